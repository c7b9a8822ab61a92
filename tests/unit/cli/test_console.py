"""What is printed to files and pipes."""

from __future__ import annotations

import io

from rich.console import Console
from rich.table import Table

from greenline.cli.console import print_long_table, print_table


def _table() -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("worth", justify="right", no_wrap=True)
    table.add_column("gaps", justify="right", no_wrap=True)
    table.add_column("where", overflow="fold")
    table.add_row("[bold]1234567[/]", "3 lines + 1 branch", "[bold]größe/漢字.py[/]")
    table.add_row("7", "", "  f\\[x]:3  [dim]complexity 3[/]")
    return table


def test_a_long_table_is_what_a_table_is() -> None:
    printed = []
    for show in (print_table, print_long_table):
        console = Console(file=io.StringIO(), width=10_000, highlight=False)
        show(console, _table())
        printed.append(console.file.getvalue())  # type: ignore[attr-defined]

    assert printed[0] == printed[1]
    assert printed[1].splitlines()[2] == "      7                        f[x]:3  complexity 3"
