"""What became of a plan, unit by unit: small, so that it can be written down and joined with what others did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from greenline.domain.bulk.plan import NOTHING
from greenline.domain.coverage.model import Ratio, Summary
from greenline.domain.generation.counted_tests import cases_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from greenline.domain.bulk.plan import WorkUnit
    from greenline.domain.generation.model import Status, Strength, SuspectedBug, TargetResult

SETTLED: frozenset[Status] = frozenset({"confirmed", "nothing_to_gain", "not_testable"})
"""What trying again would not change while nothing else does."""
_GONE = "no function of this name can be called alone any more"


@dataclass(frozen=True, slots=True)
class FunctionOutcome:
    """How one function ended; as ``TargetResult``, without what only the moment needs."""

    qualname: str
    status: Status
    key: str = ""
    """Of the function as it was planned."""
    reason: str = ""
    engine: str = ""
    test_file: Path | None = None
    tests: tuple[str, ...] = ()
    before: Summary | None = None
    after: Summary | None = None
    suspected_bugs: tuple[SuspectedBug, ...] = ()
    left: tuple[str, ...] = ()
    seconds: float = 0.0
    tokens: int = 0
    dollars: float | None = 0.0
    again: bool = False
    """Though nothing changes: a model was to be asked, and could not be, or not to the end."""
    cases: Mapping[str, int] = field(default_factory=dict)
    """How many each test has; a row of a table is one."""
    strength: Strength | None = None
    """What the tests notice, where that was measured of all of them."""


@dataclass(frozen=True, slots=True)
class UnitOutcome:
    """How the work on one file ended. ``summary`` is the file's coverage after it, as it was measured."""

    path: Path
    functions: tuple[FunctionOutcome, ...]
    summary: Summary = NOTHING
    seconds: float = 0.0

    @property
    def keys(self) -> dict[str, str]:
        """The keys of the functions that were not cancelled, by their names."""
        return {one.qualname: one.key for one in self.functions if one.status != "cancelled"}

    @property
    def over(self) -> frozenset[str]:
        """The keys of the functions that the run need not try again when it goes on."""
        return frozenset(one.key for one in self.functions if one.status != "cancelled" and not one.again)

    @property
    def settled(self) -> tuple[str, ...]:
        """The keys of the functions that need not be tried again."""
        return tuple(one.key for one in self.functions if one.status in SETTLED and one.key and not one.again)

    @property
    def dollars(self) -> float:
        """What asking models cost, as far as prices are known."""
        return sum(one.dollars or 0.0 for one in self.functions)


def outcome_of(
    unit: WorkUnit, results: Sequence[TargetResult], summary: Summary, seconds: float, *, stopped: bool = False
) -> UnitOutcome:
    """Return what came of a unit; one entry for each function that was planned, whatever the results tell of.

    ``stopped``: before it was over, so that what is left of a function may have been still to come.
    """
    told = {result.target.qualname: result for result in results}
    general = told.get(None)
    functions = []
    for planned in unit.functions:
        result = told.get(planned.qualname, general)
        if result is None:
            functions.append(FunctionOutcome(planned.qualname, "not_testable", planned.key, _GONE))
        else:
            functions.append(_function(planned.qualname, planned.key, result, stopped=stopped))
    return UnitOutcome(unit.path, tuple(functions), summary, seconds)


def total_of(summaries: Iterable[Summary]) -> Summary:
    """Return the sum."""
    counts = [0, 0, 0, 0]
    for one in summaries:
        for place, number in enumerate((one.lines.covered, one.lines.total, one.branches.covered, one.branches.total)):
            counts[place] += number
    return Summary(Ratio(counts[0], counts[1]), Ratio(counts[2], counts[3]))


def joined(first: UnitOutcome, second: UnitOutcome) -> UnitOutcome:
    """Return two outcomes of one file as one: the later figures, and of each function what it has by both."""
    functions = {one.qualname: one for one in first.functions}
    for one in second.functions:
        known = functions.get(one.qualname)
        functions[one.qualname] = _with_earlier(one, known) if known else one
    return UnitOutcome(first.path, tuple(functions.values()), second.summary, first.seconds + second.seconds)


def _with_earlier(one: FunctionOutcome, known: FunctionOutcome) -> FunctionOutcome:
    """Return what came of a function with what an earlier try cost, and with the tests that it has from that."""
    both = replace(
        one,
        seconds=round(known.seconds + one.seconds, 2),
        tokens=known.tokens + one.tokens,
        dollars=None if known.dollars is None or one.dollars is None else known.dollars + one.dollars,
    )
    if not known.tests:
        return both
    return replace(
        both,
        status=one.status if one.status == "cancelled" else "confirmed",
        reason=one.reason if one.status == "cancelled" else "",
        engine=known.engine,
        test_file=known.test_file,
        tests=tuple(dict.fromkeys((*known.tests, *one.tests))),
        before=known.before,
        after=one.after or known.after,
        cases={**known.cases, **one.cases},
        strength=None if one.tests else known.strength,
    )


def _function(qualname: str, key: str, result: TargetResult, *, stopped: bool) -> FunctionOutcome:
    coverage = result.coverage
    tests = result.tests if result.status == "confirmed" else ()
    return FunctionOutcome(
        qualname,
        result.status,
        key,
        result.reason,
        result.engine,
        result.edit.path if result.edit and result.status == "confirmed" else None,
        tests,
        coverage.before if coverage else None,
        coverage.after if coverage else None,
        result.suspected_bugs,
        result.left,
        round(result.seconds, 2),
        result.tokens,
        result.dollars,
        again=bool(result.model_problem or result.awaits_consent or (stopped and result.left)),
        cases={test: cases_in(result.code, [test]) for test in tests},
        strength=result.strength if tests else None,
    )
