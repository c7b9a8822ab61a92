"""What a run over many files comes to, counted."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from greenline.domain.generation.model import Strength

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from greenline.domain.bulk.outcome import FunctionOutcome, UnitOutcome
    from greenline.domain.generation.model import Status, SuspectedBug
    from greenline.services.run_plan import RunPlan

_ORDER: tuple[Status, ...] = ("confirmed", "nothing_to_gain", "not_testable", "failed", "cancelled", "waiting")
_NAMED = re.compile(r"`[^`]*`")


@dataclass(frozen=True, slots=True)
class Sums:
    """How the functions of a run ended. Each function counts once."""

    statuses: Mapping[Status, int]
    not_testable: Mapping[str, tuple[str, ...]]
    """Reason, without what differs from function to function -> names. The most frequent first."""
    failed: Mapping[str, tuple[str, ...]]
    tests: int
    cases: int
    """What those tests have: a row of a table is one."""
    test_files: int
    not_begun: int
    """Functions that no outcome tells of, or that were cancelled."""
    strength: Strength | None = None
    """What the tests notice, of functions of which it was measured."""
    measured: int = 0
    """How many those are."""


@dataclass(frozen=True, slots=True)
class Suspected:
    """A place that looks like a bug, with one call that shows it."""

    path: Path
    qualname: str
    bug: SuspectedBug
    others: int = 0
    """More calls, perhaps of other functions, that end in the same way at the same line."""


def suspected_bugs(run: RunPlan) -> list[Suspected]:
    """Return what looks like a bug, each place once however many functions lead there."""
    found: dict[tuple[Path, object, str], Suspected] = {}
    calls: dict[tuple[Path, object, str], set[str]] = {}
    for outcome in _in_order(run):
        for one in outcome.functions:
            for bug in one.suspected_bugs:
                key = outcome.path, bug.line or bug.call, bug.words
                found.setdefault(key, Suspected(outcome.path, one.qualname, bug))
                calls.setdefault(key, set()).add(bug.call)
    return [replace(one, others=len(calls[key]) - 1) for key, one in found.items()]


def sum_up(run: RunPlan) -> Sums:
    """Count."""
    functions = list(_functions(run))
    ended = [one for _, one in functions if one.status != "cancelled"]
    statuses = Counter(one.status for one in ended)
    tests = {(one.test_file, test): one.cases.get(test, 1) for one in ended for test in one.tests}
    measured = [one.strength for one in ended if one.tests and one.strength is not None]
    not_begun = sum(len(run.left_of(unit)) for unit in run.plan.units)
    return Sums(
        {status: statuses[status] for status in _ORDER if statuses[status]},
        _by_reason(functions, "not_testable"),
        _by_reason(functions, "failed"),
        len(tests),
        sum(tests.values()),
        len({file for file, _ in tests}),
        not_begun,
        Strength(sum(one.mutants for one in measured), sum(one.killed for one in measured)) if measured else None,
        len(measured),
    )


def _in_order(run: RunPlan) -> list[UnitOutcome]:
    """Return the outcomes by their files: which one was done first says nothing."""
    return sorted(run.outcomes.values(), key=lambda outcome: outcome.path)


def _functions(run: RunPlan) -> Iterator[tuple[str, FunctionOutcome]]:
    """Yield each function with a name that tells it from those of other files."""
    for outcome in _in_order(run):
        for one in outcome.functions:
            yield f"{outcome.path.stem}.{one.qualname}", one


def _by_reason(functions: list[tuple[str, FunctionOutcome]], status: Status) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for name, one in functions:
        if one.status == status:
            found.setdefault(_kind(one.reason), []).append(name)
    return {reason: tuple(names) for reason, names in sorted(found.items(), key=lambda item: -len(item[1]))}


def _kind(reason: str) -> str:
    """Return what a reason says before it becomes particular, without the names in it."""
    first = (reason.strip().splitlines() or ["no reason was told"])[0]
    general, colon, _ = _NAMED.sub("`...`", first).partition(": ")
    return (colon and general.rpartition("; ")[0]) or general
