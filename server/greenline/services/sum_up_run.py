"""What a run over many files comes to, counted."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from greenline.domain.bulk.outcome import FunctionOutcome
    from greenline.domain.generation.model import Status
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
    test_files: int
    not_begun: int
    """Functions that no outcome tells of, or that were cancelled."""


def sum_up(run: RunPlan) -> Sums:
    """Count."""
    functions = list(_functions(run))
    ended = [one for _, one in functions if one.status != "cancelled"]
    statuses = Counter(one.status for one in ended)
    tests = {(one.test_file, test) for one in ended for test in one.tests}
    not_begun = sum(len(run.left_of(unit)) for unit in run.plan.units)
    return Sums(
        {status: statuses[status] for status in _ORDER if statuses[status]},
        _by_reason(functions, "not_testable"),
        _by_reason(functions, "failed"),
        len(tests),
        len({file for file, _ in tests}),
        not_begun,
    )


def _functions(run: RunPlan) -> Iterator[tuple[str, FunctionOutcome]]:
    """Yield each function with a name that tells it from those of other files."""
    for outcome in run.outcomes.values():
        for one in outcome.functions:
            yield f"{outcome.path.stem}.{one.qualname}", one


def _by_reason(functions: list[tuple[str, FunctionOutcome]], status: Status) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for name, one in functions:
        if one.status == status:
            found.setdefault(_kind(one.reason), []).append(name)
    return {reason: tuple(names) for reason, names in sorted(found.items(), key=lambda item: -len(item[1]))}


def _kind(reason: str) -> str:
    """Return the first clause of a reason, without the names in it."""
    first = (reason.strip().splitlines() or ["no reason was told"])[0]
    return _NAMED.sub("`...`", first).partition(": ")[0]
