"""What is printed to files and pipes."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Table

from greenline.cli.console import out, print_long_table, print_table, print_words, shown, true_path
from greenline.cli.gaps_markdown import code
from greenline.cli.json_text import json_text
from greenline.cli.progress_line import steps_bar
from greenline.page.words import one_line


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


WORDS = "  [bold]12[/]  To bring 3 files of these to 50 % of the statements: src/parcels/prices.py and more"


def test_in_a_terminal_lines_end_between_words_and_go_on_below_their_beginning() -> None:
    console = Console(file=io.StringIO(), width=30, force_terminal=True, color_system=None, highlight=False)
    print_words(console, WORDS, indent=6)
    printed = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert printed == [
        "  12  To bring 3 files of",
        "      these to 50 % of the",
        "      statements:",
        "      src/parcels/prices.py",
        "      and more",
    ]


def test_bars_leave_room_for_what_the_terminal_writes_at_ctrl_c() -> None:
    console = Console(file=io.StringIO(), width=40, force_terminal=True)
    bar = steps_bar(console)
    bar.add_task("a step that is told in many words " * 3, total=1.0, subject="src/parcels/shipment.py")
    drawn = console.render_lines(bar.get_renderable(), pad=False)
    assert max(sum(part.cell_length for part in line) for line in drawn) <= 40 - len("^C")


def test_in_a_pipe_a_line_stays_one(capsys: pytest.CaptureFixture[str]) -> None:
    print_words(out(), WORDS * 2, indent=6)
    assert capsys.readouterr().out == f"{WORDS * 2}\n".replace("[bold]", "").replace("[/]", "")


def test_json_has_true_paths_and_no_terminal_obeys_it() -> None:
    name = "a\x1b[2J\x9b\u2028\udce9größe.py"
    text = json_text({"path": true_path(Path.cwd() / name)})
    assert json.loads(text) == {"path": name}
    assert "größe" in text
    assert not {"\x1b", "\x9b", "\u2028", "\udce9"} & set(text)


def test_a_name_is_one_line_whatever_it_holds() -> None:
    forged = "a\n::error title=owned::\x1b[2J\r\x85\u2028b.py"
    said = shown(Path.cwd() / forged)

    assert said == "a\\n::error title=owned::\\x1b[2J\\r\\x85\\u2028b.py"
    assert one_line("\udce9 größe 漢字 'x' \\n\u200d.py") == "\\udce9 größe 漢字 'x' \\n\u200d.py"


def test_code_in_markdown_is_ended_by_nothing_of_its_own() -> None:
    assert code("a|b") == "`a\\|b`"
    assert code("a`` `b") == "```a`` `b```"
    assert code("`a") == "`` `a ``"
    assert code("a\n\n# b") == "`a\\n\\n# b`"
