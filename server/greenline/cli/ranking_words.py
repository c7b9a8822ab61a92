"""The words of a ranking, the same in a terminal and in a document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenline.cli.console import shown
from greenline.cli.results_view import percent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from greenline.services.picture_basis import Basis
    from greenline.services.rank_gaps import Ranking

_GOALS = (50, 80)
_NAMED = 3
"""Folders."""


def gain(lines: int, branches: int) -> str:
    """Return what there is to gain, such as ``3 lines + 1 branch``."""
    parts = [count(lines, "line")] if lines else []
    return " + ".join([*parts, *([count(branches, "branch")] if branches else [])])


def count(number: int, noun: str) -> str:
    """Return a number with its noun."""
    plural = f"{noun}es" if noun.endswith("ch") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"


def to_gain(ranking: Ranking) -> str:
    """Return the sum of it in one line."""
    measured = ranking.total.lines.total > 0
    covered = f"; {percent(ranking.total)} covered" if measured else ""
    if ranking.files:
        lines = sum(file.row.lines for file in ranking.files)
        branches = sum(file.row.branches for file in ranking.files)
        return f"{gain(lines, branches)} to gain in {count(len(ranking.files), 'file')}{covered}"
    if ranking.left_out:
        return f"These filters leave no file{covered}"
    if measured:
        return f"No gaps{' in lines that changed' if ranking.changed_since else ''}{covered}"
    if ranking.problems:
        return "Nothing to rank: nothing is measured here. `greenline test` runs the tests and measures."
    if ranking.tests_left_out:
        return "Only tests here, which are no target. Name a file to see it all the same."
    return "No Python files to look at here."


def not_shown(ranking: Ranking) -> Iterator[str]:
    """Yield what it would take to reach goals, and what is not shown, with the reasons."""
    if ranking.unknown:
        yield f"{count(ranking.unknown, 'line')} changed since, unknown until the tests run again."
    if ranking.without_commits:
        yield f"How often files change does not count here: {ranking.without_commits}."
    for goal in () if ranking.changed_since else filter(lambda goal: goal.lines, map(ranking.goal, _GOALS)):
        yield (
            f"To bring {count(goal.files, 'file')} of these to {goal.percent} % of the statements: "
            f"{count(goal.lines, 'line')}, +{goal.points:.1f} points of all statements."
        )
    left_out = dict(ranking.left_out)
    if ranking.complete:
        left_out["without a gap in lines that changed" if ranking.changed_since else "complete"] = ranking.complete
    if ranking.not_told:
        left_out["that the coverage data leaves out"] = ranking.not_told
    if ranking.tests_left_out:
        left_out["of tests"] = ranking.tests_left_out
    if left_out:
        counted = [f"{count(number, 'file')} {why}" for why, number in left_out.items()]
        yield f"Not shown: {'; '.join(counted)}."
    if ranking.skipped:
        named = ", ".join(shown(folder) for folder in ranking.skipped[:_NAMED])
        more = f" and {count(len(ranking.skipped) - _NAMED, 'more folder')}" if len(ranking.skipped) > _NAMED else ""
        yield f"Not looked into, as tools make such folders: {named}{more}."


def rests_on(found: Sequence[Basis]) -> Iterator[str]:
    """Yield what the figures rest on, for each project."""
    for basis in found:
        if basis.words:
            yield f"{f'{shown(basis.root)} rests on' if len(found) > 1 else 'It rests on'} {basis.words}."
