"""Whether coverage is what a team wants it to be: of changed lines, in all, and not less than it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from greenline.services.rank_gaps import Ranking, Wanted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from greenline.domain.coverage.model import Ratio
    from greenline.services.rank_gaps import RankGaps


@dataclass(frozen=True, slots=True)
class Goals:
    """In percent; None: not asked for."""

    changed_since: str = ""
    changed: float | None = None
    """Of the statements in lines that changed since that branch."""
    lines: float | None = None
    branches: float | None = None
    total: float | None = None
    """Lines and branches together, as coverage.py's total."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One goal, and whether it is met."""

    what: str
    is_met: bool
    words: str


@dataclass(frozen=True, slots=True)
class Check:
    """What came of it; ``ranking`` has the gaps that stand in the way, of changed lines where those are asked for."""

    verdicts: tuple[Verdict, ...]
    ranking: Ranking

    @property
    def is_met(self) -> bool:
        """Whether all goals are."""
        return all(verdict.is_met for verdict in self.verdicts)


class CheckCoverage:
    """Runs nothing of the project's."""

    def __init__(self, ranking: RankGaps) -> None:
        self._ranking = ranking

    def check(self, paths: Sequence[Path], goals: Goals) -> Check:
        """Look at the files. Raises HistoryProblem where git knows no such branch."""
        everything = changed = None
        verdicts: list[Verdict] = []
        if goals.changed_since:
            changed = self._ranking.rank(paths, Wanted(changed_since=goals.changed_since))
            verdicts.append(_of_changed(changed, 0.0 if goals.changed is None else goals.changed))
        if changed is None or _wants_totals(goals):
            everything = self._ranking.rank(paths)
            verdicts += _of_totals(everything, goals)
        ranking = changed or everything
        assert ranking is not None, "one of both was looked at"
        return Check(tuple(verdicts), ranking)


def _wants_totals(goals: Goals) -> bool:
    return any(goal is not None for goal in (goals.lines, goals.branches, goals.total))


def _of_changed(ranking: Ranking, goal: float) -> Verdict:
    what = f"changed since {ranking.changed_since}"
    if ranking.unmeasured:
        files = "1 changed file" if ranking.unmeasured == 1 else f"{ranking.unmeasured} changed files"
        return Verdict(what, False, f"nothing is known of {files}: measure the tests again")
    if ranking.unknown:
        lines = "1 line" if ranking.unknown == 1 else f"{ranking.unknown} lines"
        return Verdict(what, False, f"{lines} changed after they were measured: measure the tests again")
    if not ranking.changed.total:
        return Verdict(what, True, "no statements changed")
    return _verdict(what, ranking.changed, goal, "statements")


def _of_totals(ranking: Ranking, goals: Goals) -> list[Verdict]:
    total = ranking.total
    if not total.lines.total:
        return [Verdict("total", False, "nothing is measured here: run the tests with coverage first")]
    found = []
    if goals.lines is not None:
        found.append(_verdict("lines", total.lines, goals.lines, "statements"))
    if goals.branches is not None:
        if not total.branches.total:
            words = "the report tells nothing of branches: measure with `branch = true`"
            found.append(Verdict("branches", False, words))
        else:
            found.append(_verdict("branches", total.branches, goals.branches, "branches"))
    if goals.total is not None:
        is_met = total.percent >= goals.total
        found.append(Verdict("total", is_met, f"{total.percent:.2f} % ({_wanted(goals.total, is_met=is_met)})"))
    return found


def _verdict(what: str, ratio: Ratio, goal: float, noun: str) -> Verdict:
    is_met = ratio.percent >= goal
    figures = f"{ratio.covered:,} of {ratio.total:,} {noun}"
    return Verdict(what, is_met, f"{ratio.percent:.2f} %, {figures} ({_wanted(goal, is_met=is_met)})")


def _wanted(goal: float, *, is_met: bool) -> str:
    return f"{goal:g} % wanted" if is_met else f"less than the {goal:g} % that are wanted"
