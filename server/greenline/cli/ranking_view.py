"""How a ranking of gaps reads in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from greenline.cli.console import print_table, shown
from greenline.cli.gaps_view import print_basis, print_problem
from greenline.cli.results_view import percent
from greenline.domain.coverage.worth import FileWorth, FunctionWorth
from greenline.services.rank_gaps import Ranking, tier_of

_FUNCTIONS = 3
"""Of each file: what is behind them is counted."""
_GOALS = (50, 80)


def print_ranking(console: Console, ranking: Ranking, *, group: str = "none") -> None:
    """Print the files with their worthiest functions, what was left out and why, and what there is to gain."""
    for title, files in _groups(ranking.files, group):
        if title:
            console.print(f"[bold]{escape(title)}[/]  [dim]{_count(len(files), 'file')}[/]", soft_wrap=True)
        print_table(console, _table(files))
        console.print()
    for message, paths in ranking.problems.items():
        print_problem(console, paths, message)
    for line in _summary(ranking):
        console.print(line, soft_wrap=True)
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


def _table(files: Iterable[FileWorth]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("worth", justify="right", no_wrap=True)
    table.add_column("covered", justify="right", no_wrap=True)
    table.add_column("gaps", justify="right", no_wrap=True)
    table.add_column("where", overflow="fold")
    for file in files:
        row = file.row
        worth, covered = f"[bold]{file.worth:.0f}[/]", percent(row.summary)
        table.add_row(worth, covered, _gain(row.lines, row.branches), f"[bold]{escape(shown(row.path))}[/]")
        for function in file.functions[:_FUNCTIONS]:
            one = function.row
            table.add_row(f"{function.worth:.0f}", "", _gain(one.lines, one.branches), f"  {_function(function)}")
        if (more := len(file.functions) - _FUNCTIONS) > 0:
            table.add_row("", "", "", f"  [dim]and {_count(more, 'more function')}[/]")
    return table


def _function(function: FunctionWorth) -> str:
    row = function.row
    why = [f"complexity {row.complexity}"] if row.complexity > 1 else []
    why += [_count(function.calls, "call")] if function.calls else []
    why += [_count(function.commits, "commit")] if function.commits else []
    why += [row.in_the_way] if row.in_the_way else []
    return f"{escape(row.name)}:{row.line}  [dim]{escape(', '.join(why))}[/]"


def _gain(lines: int, branches: int) -> str:
    parts = [_count(lines, "line")] if lines else []
    return " + ".join([*parts, *([_count(branches, "branch")] if branches else [])])


def _summary(ranking: Ranking) -> Iterator[str]:
    lines = sum(file.row.lines for file in ranking.files)
    branches = sum(file.row.branches for file in ranking.files)
    measured = ranking.total.lines.total > 0
    covered = f"; {percent(ranking.total)} covered" if measured else ""
    if ranking.files:
        yield f"[bold]{_gain(lines, branches)} to gain in {_count(len(ranking.files), 'file')}{covered}[/]"
    elif measured:
        yield f"[bold]No gaps{covered}[/]"
    elif ranking.tests_left_out:
        yield "Only tests here, which are no target. Name a file to see it all the same."
    else:
        yield "No Python files to look at here."
    if ranking.unknown:
        yield f"{_count(ranking.unknown, 'line')} changed since, unknown until the tests run again."
    for goal in filter(lambda goal: goal.lines, map(ranking.goal, _GOALS)):
        yield (
            f"To bring {_count(goal.files, 'file')} of these to {goal.percent} %: {_count(goal.lines, 'line')}, "
            f"+{goal.points:.1f} points in all."
        )
    left_out = dict(ranking.left_out)
    if ranking.complete:
        left_out["complete"] = ranking.complete
    if ranking.tests_left_out:
        left_out["that are tests"] = ranking.tests_left_out
    if left_out:
        counted = [f"{_count(number, 'file')} {escape(why)}" for why, number in left_out.items()]
        yield f"Not shown: {'; '.join(counted)}."


def _count(number: int, noun: str) -> str:
    plural = f"{noun}es" if noun.endswith("ch") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"
