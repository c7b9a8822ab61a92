"""The words of rankings and histories, the same in a terminal and in a document."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING
from unicodedata import category

from greenline.domain.coverage.trend import velocity, weeks_to

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from greenline.domain.coverage.model import Summary
    from greenline.domain.coverage.trend import Point
    from greenline.services.picture_basis import Basis
    from greenline.services.rank_gaps import Ranking

_NOT_SHOWN = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Unicode's categories of what controls, what stands for a byte that is no text, and what ends a line."""
GOALS = (50, 80)
"""Percent of the statements that it is told what it takes to reach."""
_NAMED = 3
"""Folders."""


def one_line(text: str) -> str:
    """Return a text with what controls, ends lines or is no text as Python writes them in a literal."""
    return "".join(repr(sign)[1:-1] if category(sign) in _NOT_SHOWN else sign for sign in text)


def gain(lines: int, branches: int) -> str:
    """Return what there is to gain, such as ``3 lines + 1 branch``."""
    parts = [count(lines, "line")] if lines else []
    return " + ".join([*parts, *([count(branches, "branch")] if branches else [])])


def count(number: int, noun: str) -> str:
    """Return a number with its noun."""
    plural = f"{noun}es" if noun.endswith("ch") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"


def percent(summary: Summary) -> str:
    """Return the summary in whole percent."""
    return f"{summary.whole_percent} %"


def to_gain(ranking: Ranking) -> str:
    """Return the sum of it in one line."""
    measured = ranking.total.lines.total > 0
    covered = f"; {ranking.total.whole_percent} % covered" if measured else ""
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


def not_shown(ranking: Ranking, name: Callable[[Path], str]) -> Iterator[str]:
    """Yield what it would take to reach goals, and what ``left_out`` does; ``name`` writes a path."""
    if ranking.unknown:
        yield f"{count(ranking.unknown, 'line')} changed since, unknown until the tests run again."
    if ranking.without_commits:
        yield no_commits(ranking.without_commits)
    for goal in () if ranking.changed_since else filter(lambda goal: goal.lines, map(ranking.goal, GOALS)):
        yield (
            f"To bring {count(goal.files, 'file')} of these to {goal.percent} % of the statements: "
            f"{count(goal.lines, 'line')}, +{goal.points:.1f} points of all statements."
        )
    yield from left_out(ranking, name)


def left_out(ranking: Ranking, name: Callable[[Path], str]) -> Iterator[str]:
    """Yield what is not shown, with the reasons."""
    counts = dict(ranking.left_out)
    if ranking.complete:
        counts["without a gap in lines that changed" if ranking.changed_since else "complete"] = ranking.complete
    if ranking.not_told:
        counts["that the coverage data leaves out"] = ranking.not_told
    yield from passed_by({**counts, "of tests": ranking.tests_left_out}, ranking.skipped, name)


def passed_by(files: Mapping[str, int], folders: Sequence[Path], name: Callable[[Path], str]) -> Iterator[str]:
    """Yield how many files are not shown, by what is said of them, and the folders."""
    if counted := [f"{count(number, 'file')} {why}" for why, number in files.items() if number]:
        yield f"Not shown: {'; '.join(counted)}."
    if folders:
        yield not_looked_into(folders, name)


def no_commits(why: str) -> str:
    """Say that the history tells nothing."""
    return f"How often files change does not count here: {why}."


def not_looked_into(folders: Sequence[Path], name: Callable[[Path], str]) -> str:
    """Name the first of the folders, and count the others."""
    named = ", ".join(name(folder) for folder in folders[:_NAMED])
    more = f" and {count(len(folders) - _NAMED, 'more folder')}" if len(folders) > _NAMED else ""
    return f"Not looked into, as tools make such folders: {named}{more}."


def rests_on(found: Sequence[Basis], name: Callable[[Path], str]) -> Iterator[str]:
    """Yield what the figures rest on, for each project."""
    for basis in found:
        if basis.words:
            yield f"{f'{name(basis.root)} rests on' if len(found) > 1 else 'It rests on'} {basis.words}."


def forecast(points: Sequence[Point], target: float) -> str:
    """Say how much is covered, how fast that changes, and when the target would be reached."""
    speed, weeks = velocity(points), weeks_to(points, target)
    if weeks == 0:
        return f"{points[-1].percent:.2f} % covered, {target:g} % are reached."
    if speed is None:
        return f"{points[-1].percent:.2f} % covered. Two commits of different times tell how fast that changes."
    went = f"{points[-1].percent:.2f} % covered, {speed:+.2f} points a week lately"
    if weeks is None:
        return f"{went}: {target:g} % are not reached that way."
    return f"{went}: {target:g} % in {_weeks(weeks)}."


def _weeks(weeks: float) -> str:
    if weeks > 104:  # noqa: PLR2004 - two years, beyond which nobody counts weeks
        return f"{weeks / 52:.0f} years"
    return "a week" if weeks <= 1 else f"{ceil(weeks)} weeks"
