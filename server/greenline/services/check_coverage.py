"""Whether coverage is what a team wants it to be: of changed lines, in all, and not less than it was."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from greenline.ports.trend import TrendProblem
from greenline.services.rank_gaps import Ranking, Wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from greenline.domain.coverage.model import Ratio
    from greenline.domain.coverage.trend import Point
    from greenline.domain.coverage.worth import FileWorth
    from greenline.services.keep_trend import KeepTrend
    from greenline.services.rank_gaps import RankGaps
    from greenline.services.suite_coverage import Suite, SuiteCoverage, SuiteReach

_NOTHING = "nothing is measured here: run `greenline test`, or the tests with coverage, first"
_NO_BRANCHES = "the report tells nothing of branches: measure with `branch = true`"
_NOT_RECORDED = "nothing is recorded for {since} or before: run `greenline trend --record` there, and keep its file"


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
    not_below: str = ""
    """A branch or commit: neither the total nor the branches may be less than was recorded for it."""
    suites: tuple[Suite, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """One goal, and whether it is met."""

    what: str
    is_met: bool
    words: str
    by_gaps: bool = False
    """Whether covering the gaps of the ranking is what would meet it."""


@dataclass(frozen=True, slots=True)
class Check:
    """What came of it; ``ranking`` is of all that was looked at, of changed lines where those are asked for."""

    verdicts: tuple[Verdict, ...]
    ranking: Ranking

    @property
    def is_met(self) -> bool:
        """Whether all goals are."""
        return all(verdict.is_met for verdict in self.verdicts)

    @property
    def in_the_way(self) -> tuple[FileWorth, ...]:
        """The files whose gaps are why a goal is not met; none where something else is."""
        is_short = any(verdict.by_gaps and not verdict.is_met for verdict in self.verdicts)
        return self.ranking.files if is_short else ()


class CheckCoverage:
    """Runs nothing of the project's. ``past`` tells what was recorded, where that is asked for."""

    def __init__(self, ranking: RankGaps, suites: SuiteCoverage, past: Callable[[], KeepTrend]) -> None:
        self._ranking = ranking
        self._suites = suites
        self._past = past

    def check(self, paths: Sequence[Path], goals: Goals) -> Check:
        """Look at the files. Raises HistoryProblem where git knows no such branch."""
        everything = changed = None
        verdicts: list[Verdict] = []
        if goals.changed_since:
            changed = self._ranking.rank(paths, Wanted(changed_since=goals.changed_since))
            verdicts.append(_of_changed(changed, 0.0 if goals.changed is None else goals.changed))
        if changed is None or goals.suites or _wants_totals(goals):
            everything = self._ranking.rank(paths)
        if everything is not None and _wants_totals(goals):
            verdicts += _of_totals(everything, goals)
        if goals.not_below:
            verdicts += self._of_past(paths, everything, goals.not_below)
        if everything is not None and goals.suites:
            verdicts += (_of_suite(found, everything) for found in self._suites.of(paths, goals.suites))
        ranking = changed or everything
        assert ranking is not None, "one of both was looked at"
        return Check(tuple(verdicts), ranking)

    def _of_past(self, paths: Sequence[Path], ranking: Ranking | None, since: str) -> list[Verdict]:
        what, past = f"not below {since}", self._past()
        root = past.root(paths[0])
        try:
            point = past.before(root, since)
        except TrendProblem as problem:
            return [Verdict(what, False, str(problem))]
        if point is None:
            return [Verdict(what, False, _NOT_RECORDED.format(since=since))]
        if ranking is None or list(paths) != [root]:
            ranking = self._ranking.rank([root])  # as what was recorded
        if why := _why_not_known(ranking):
            return [Verdict(what, False, why)]
        then, now = point.summary, ranking.total
        if not then.branches.total or not now.branches.total:  # a total of lines is none of lines and branches
            lines = _compared("lines", now.lines.percent, then.lines.percent, point)
            return [lines, _without_branches(then.branches, point)] if then.branches.total else [lines]
        return [
            _compared("total", now.percent, then.percent, point),
            _compared("branches", now.branches.percent, then.branches.percent, point),
        ]


def _wants_totals(goals: Goals) -> bool:
    return any(goal is not None for goal in (goals.lines, goals.branches, goals.total))


def _compared(what: str, now: float, then: float, point: Point) -> Verdict:
    """Say whether it fell; figures that differ differ in what is said of them."""
    at = point.commit[:10]
    if now >= then:
        return Verdict(f"{what} not below {at}", True, f"{now:.2f} %, {then:.2f} % then")
    fell = f"{now:.2f} %, {then:.2f} % then" if f"{now:.2f}" != f"{then:.2f}" else f"{now:.5f} %, {then:.5f} % then"
    return Verdict(f"{what} not below {at}", False, f"{fell}: cover what is new, or what the removed tests reached")


def _without_branches(then: Ratio, point: Point) -> Verdict:
    words = (
        f"{_NO_BRANCHES}, or leave --not-below out once where the code has none any more ({then.percent:.2f} % then)"
    )
    return Verdict(f"branches not below {point.commit[:10]}", False, words)


def _why_not_known(ranking: Ranking) -> str:
    """Return why nobody can tell how much of everything is covered."""
    return ranking.not_known if ranking.total.lines.total else _NOTHING


def _of_suite(found: SuiteReach, ranking: Ranking) -> Verdict:
    suite = found.suite
    what = f"suite {suite.name}"
    if not found.tests:
        why = " ".join(found.notes) or "Is the pattern right? It counts from the project's root."
        return Verdict(what, False, f"no test of {' '.join(suite.patterns)} is known to reach anything. {why}")
    if ranking.not_known:
        return Verdict(what, False, ranking.not_known)
    verdict = replace(_verdict(what, found.reached, suite.goal, "statements"), by_gaps=False)
    if verdict.is_met:
        return verdict
    worst = ", ".join(f"{path.name} ({missing:,})" for path, missing in found.worst)
    said = [f"{verdict.words}. Most is missing in {worst}.", *found.notes]
    return Verdict(what, False, " ".join(said))


def _of_changed(ranking: Ranking, goal: float) -> Verdict:
    what = f"changed since {ranking.changed_since}"
    if ranking.not_known:
        return Verdict(what, False, ranking.not_known)
    if not ranking.changed.total:
        return Verdict(what, True, "no statements changed")
    return _verdict(what, ranking.changed, goal, "statements")


def _of_totals(ranking: Ranking, goals: Goals) -> list[Verdict]:
    total = ranking.total
    if why := _why_not_known(ranking):
        return [Verdict("total", False, why)]
    found = []
    if goals.lines is not None:
        found.append(_verdict("lines", total.lines, goals.lines, "statements"))
    if goals.branches is not None:
        if not total.branches.total:
            found.append(Verdict("branches", False, _NO_BRANCHES))
        else:
            found.append(_verdict("branches", total.branches, goals.branches, "branches"))
    if goals.total is not None:
        is_met = total.percent >= goals.total
        words = f"{total.percent:.2f} % ({_wanted(goals.total, is_met=is_met)})"
        found.append(Verdict("total", is_met, words, by_gaps=True))
    return found


def _verdict(what: str, ratio: Ratio, goal: float, noun: str) -> Verdict:
    is_met = ratio.percent >= goal
    figures = f"{ratio.covered:,} of {ratio.total:,} {noun}"
    return Verdict(what, is_met, f"{ratio.percent:.2f} %, {figures} ({_wanted(goal, is_met=is_met)})", by_gaps=True)


def _wanted(goal: float, *, is_met: bool) -> str:
    return f"{goal:g} % wanted" if is_met else f"less than the {goal:g} % that are wanted"
