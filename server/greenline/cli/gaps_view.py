"""How gaps read in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from greenline.cli.console import mark, print_table, print_words, shown
from greenline.domain.coverage.mapping import summarize
from greenline.domain.coverage.model import Gap
from greenline.page.words import count, not_shown, one_line, passed_by, percent, rests_on, to_gain
from greenline.services.find_gaps import GapReport
from greenline.services.picture import Picture
from greenline.services.picture_basis import Basis
from greenline.services.rank_gaps import Ranking

_MOST_NAMED = 5
"""Files that a problem of many names."""


def print_gaps(console: Console, report: GapReport, ranking: Ranking | None = None) -> None:
    """Print each file with its gaps, the worst first, then one line for all; files without gaps are only counted.

    Where the files are what filters left of a ranking, it is said what those took.
    """
    for picture in sorted(report.pictures, key=_missing, reverse=True):
        if picture.gaps or _changed(picture):
            _print_file(console, picture)
    for message, paths in report.problems.items():
        print_problem(console, paths, message)
    if ranking is None or report.pictures:
        print_words(console, _summary(report), style="bold")
    else:
        print_words(console, to_gain(ranking))
    tests = {"of tests": report.tests_left_out if report.pictures else 0}  # without any the words above say it
    for line in passed_by(tests, report.skipped, shown) if ranking is None else not_shown(ranking, shown):
        print_words(console, escape(line))
    print_basis(console, report.basis)


def print_basis(console: Console, found: Sequence[Basis]) -> None:
    """Print what the figures rest on, for each project."""
    for line in rests_on(found, shown):
        print_words(console, escape(line))


def print_problem(console: Console, paths: Sequence[Path], message: str) -> None:
    """Print what many files may share once."""
    named = ", ".join(f"[bold]{escape(shown(path))}[/]" for path in paths[:_MOST_NAMED])
    more = f" and {count(len(paths) - _MOST_NAMED, 'more file')}" if len(paths) > _MOST_NAMED else ""
    print_words(console, f"{mark(console, 'warning')} {named}{more}", indent=2)
    print_words(console, f"    {escape(one_line(message))}", indent=4)
    console.print()


def _summary(report: GapReport) -> str:
    measured = [picture for picture in report.pictures if picture.state == "measured" and not _is_left_out(picture)]
    gaps = sum(len(picture.gaps) for picture in report.pictures)
    if not report.pictures and not report.unreadable:
        only_tests = "Only tests here, which are no target. Name a file to see it all the same."
        return only_tests if report.tests_left_out else "No Python files to look at here."
    parts = [f"{count(gaps, 'gap')} in {count(sum(bool(p.gaps) for p in report.pictures), 'file')}"]
    if changed := sum(map(_changed, report.pictures)):
        parts.append(f"{count(changed, 'line')} changed since, unknown until the tests run again")
    if whole := sum(not picture.gaps and not _changed(picture) for picture in measured):
        parts.append(f"{count(whole, 'file')} complete")
    if unknown := len(report.pictures) - len(measured) + len(report.unreadable):
        parts.append(f"{unknown} without coverage")
    if measured:
        parts.append(f"{percent(report.total)} covered")
    return "; ".join(parts)


def _missing(picture: Picture) -> int:
    """Return how much there is to gain: lines that never ran, and branches of others."""
    return len(picture.map.missing) + len(picture.map.missing_branches) if picture.map else 0


def _is_left_out(picture: Picture) -> bool:
    """Tell whether the coverage data says nothing of the file, though it could."""
    return picture.state == "measured" and bool(picture.message)


def _print_file(console: Console, picture: Picture) -> None:
    name = escape(shown(picture.path))
    total = f"  {percent(summarize(picture.map))}" if picture.map else ""
    if changed := _changed(picture):
        total += f"  {count(changed, 'line')} changed since"
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
