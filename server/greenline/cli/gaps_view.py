"""How gaps read in a terminal."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from greenline.cli.console import mark, print_table, shown
from greenline.cli.results_view import percent
from greenline.domain.coverage.mapping import summarize
from greenline.domain.coverage.model import Gap
from greenline.services.find_gaps import GapReport
from greenline.services.show_coverage import Picture


def print_gaps(console: Console, report: GapReport) -> None:
    """Print each file with its gaps, then one line for all; files without gaps are only counted."""
    for picture in report.pictures:
        if picture.state != "measured":
            _print_problem(console, picture.path, picture.message)
        if picture.gaps or _changed(picture):
            _print_file(console, picture)
    for path, message in report.unreadable:
        _print_problem(console, path, message)
    console.print(_summary(report), style="bold", soft_wrap=True)
    for basis in report.basis:
        if basis.words:
            whose = f"{escape(shown(basis.root))} rests on" if len(report.basis) > 1 else "It rests on"
            console.print(f"{whose} {escape(basis.words)}.", soft_wrap=True)


def _summary(report: GapReport) -> str:
    measured = [picture for picture in report.pictures if picture.state == "measured"]
    gaps = sum(len(picture.gaps) for picture in report.pictures)
    if not report.pictures and not report.unreadable:
        return "No Python files to look at here."
    parts = [f"{_count(gaps, 'gap')} in {_count(sum(bool(p.gaps) for p in report.pictures), 'file')}"]
    if changed := sum(map(_changed, report.pictures)):
        parts.append(f"{_count(changed, 'line')} changed since, unknown until the tests run again")
    if whole := sum(not picture.gaps and not _changed(picture) for picture in measured):
        parts.append(f"{_count(whole, 'file')} complete")
    if unknown := len(report.pictures) - len(measured) + len(report.unreadable):
        parts.append(f"{unknown} without coverage")
    if measured:
        parts.append(f"{percent(report.total)} covered")
    return "; ".join(parts)


def _print_problem(console: Console, path: Path, message: str) -> None:
    console.print(f"{mark(console, 'warning')} [bold]{escape(shown(path))}[/]", soft_wrap=True)
    console.print(f"    {escape(message)}", soft_wrap=True)
    console.print()


def _count(number: int, noun: str) -> str:
    return f"{number} {noun if number == 1 else noun + 's'}"


def _print_file(console: Console, picture: Picture) -> None:
    name = escape(shown(picture.path))
    total = f"  {percent(summarize(picture.map))}" if picture.map else ""
    if changed := _changed(picture):
        total += f"  {_count(changed, 'line')} changed since"
    console.print(f"[bold]{name}[/]{total}", soft_wrap=True)
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(justify="right", no_wrap=True, style="cyan")
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for gap in picture.gaps:
        sign, style = ("-", "red") if gap.kind == "uncovered" else ("~", "yellow")
        table.add_row(f"    {_lines(gap)}", f"[{style}]{sign}[/]", escape(gap.explanation))
    print_table(console, table)
    console.print()


def _changed(picture: Picture) -> int:
    """Return how many lines nobody knows, because they changed after they were measured."""
    return len(picture.map.unknown) if picture.map else 0


def _lines(gap: Gap) -> str:
    first, last = gap.lines[0], gap.lines[-1]
    return str(first) if first == last else f"{first}-{last}"
