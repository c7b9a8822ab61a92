"""How gaps read in a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from greenline.cli.console import mark, shown
from greenline.cli.results_view import percent
from greenline.domain.coverage.mapping import summarize
from greenline.domain.coverage.model import Gap
from greenline.services.show_coverage import Picture


def print_gaps(console: Console, pictures: Sequence[Picture]) -> None:
    """Print each file with its gaps, then one line for all; files without gaps are only counted."""
    whole = [picture for picture in pictures if picture.state == "measured" and not picture.gaps]
    for picture in pictures:
        if picture.state != "measured":
            console.print(f"{mark(console, 'warning')} [bold]{escape(shown(picture.path))}[/]", soft_wrap=True)
            console.print(f"    {escape(picture.message)}", soft_wrap=True)
        if picture.gaps:
            _print_file(console, picture)
    gaps = sum(len(picture.gaps) for picture in pictures)
    parts = [f"{gaps} {'gap' if gaps == 1 else 'gaps'} in {len(pictures)} {'file' if len(pictures) == 1 else 'files'}"]
    if whole:
        parts.append(f"{len(whole)} complete")
    if unknown := sum(picture.state != "measured" for picture in pictures):
        parts.append(f"{unknown} without coverage")
    console.print("; ".join(parts) if pictures else "no Python files here", style="bold", soft_wrap=True)


def _print_file(console: Console, picture: Picture) -> None:
    name = escape(shown(picture.path))
    total = f"  {percent(summarize(picture.map))}" if picture.map else ""
    console.print(f"[bold]{name}[/]{total}", soft_wrap=True)
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(justify="right", no_wrap=True, style="cyan")
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for gap in picture.gaps:
        sign, style = ("-", "red") if gap.kind == "uncovered" else ("~", "yellow")
        table.add_row(f"    {_lines(gap)}", f"[{style}]{sign}[/]", escape(gap.message))
    console.print(table)
    console.print()


def _lines(gap: Gap) -> str:
    first, last = gap.lines[0], gap.lines[-1]
    return str(first) if first == last else f"{first}-{last}"
