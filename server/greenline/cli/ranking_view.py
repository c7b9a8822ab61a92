"""How a ranking of gaps reads in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from rich.console import Console
from rich.markup import escape

from greenline.cli.console import Row, print_long_table, print_words, shown
from greenline.cli.gaps_view import print_basis, print_problem
from greenline.domain.coverage.worth import FileWorth, FunctionWorth
from greenline.page.words import count, gain, not_shown, percent, to_gain
from greenline.services.rank_gaps import Ranking, tier_of

_FUNCTIONS = 3
"""Of each file: what is behind them is counted."""


def print_ranking(console: Console, ranking: Ranking, *, group: str = "none") -> None:
    """Print the files with their worthiest functions, what was left out and why, and what there is to gain."""
    for title, files in _groups(ranking.files, group):
        if title:
            console.print(f"[bold]{escape(title)}[/]  [dim]{count(len(files), 'file')}[/]", soft_wrap=True)
        print_long_table(console, ("worth", "covered", "gaps", "where"), partial(_rows, files))
        console.print()
    for message, paths in ranking.problems.items():
        print_problem(console, paths, message)
    print_words(console, to_gain(ranking), style="bold" if ranking.files else "")
    for line in not_shown(ranking, shown):
        print_words(console, escape(line))
    print_basis(console, ranking.basis)


def _groups(files: tuple[FileWorth, ...], group: str) -> Iterator[tuple[str, tuple[FileWorth, ...]]]:
    """Yield the files under a title each, the worthiest group first; without groups all under none."""
    if group == "none":
        if files:
            yield "", files
        return
    found: dict[str, list[FileWorth]] = {}
    for file in files:
        title = tier_of(file.row.summary.lines.total) if group == "tier" else file.row.package or "in no package"
        found.setdefault(title, []).append(file)
    for title, members in sorted(found.items(), key=lambda one: -sum(file.worth for file in one[1])):
        yield title, tuple(members)


def _rows(files: Iterable[FileWorth]) -> Iterator[Row]:
    for file in files:
        row = file.row
        gained = gain(row.lines, row.branches)
        yield _row(f"{file.worth:.0f}", "bold", percent(row.summary), gained, (shown(row.path), "bold"))
        for function in file.functions[:_FUNCTIONS]:
            one = function.row
            place = (f"  {one.name}:{one.line}", ""), (f"  {_why(function)}", "dim")
            yield _row(f"{function.worth:.0f}", "", "", gain(one.lines, one.branches), *place)
        if (more := len(file.functions) - _FUNCTIONS) > 0:
            yield _row("", "", "", "", (f"  and {count(more, 'more function')}", "dim"))


def _row(worth: str, style: str, covered: str, gained: str, *where: tuple[str, str]) -> Row:
    return [(worth, style)], [(covered, "")], [(gained, "")], where


def _why(function: FunctionWorth) -> str:
    row = function.row
    why = [f"complexity {row.complexity}"] if row.complexity > 1 else []
    why += [count(function.calls, "call")] if function.calls else []
    why += [count(function.commits, "commit")] if function.commits else []
    why += [row.in_the_way] if row.in_the_way else []
    return ", ".join(why)
