"""What models cost: the ledger's entries, added up for a person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from greenline.domain.asking.ceilings import Spent
from greenline.domain.asking.entries import Entry, Kept
from greenline.domain.asking.model import Usage


@dataclass(frozen=True, slots=True)
class Sum:
    """What one model, one project or one span of time used up, and the tests that came of it."""

    name: str
    spent: Spent
    tests: int | None = None
    """That were kept; None where that cannot be told, as of a model."""

    @property
    def dollars_per_test(self) -> float | None:
        """What a test cost that was kept; None where none was, or where a price is not known."""
        return self.spent.dollars / self.tests if self.tests and not self.spent.unpriced else None


@dataclass(frozen=True, slots=True)
class Costs:
    """Today, this month, and the month by model and by project, the dearest first."""

    today: Sum
    month: Sum
    models: tuple[Sum, ...] = ()
    projects: tuple[Sum, ...] = ()
    estimated: int = 0
    """Requests of the month of which the provider did not come to say what they cost: cancelled, cut, still open."""


def costs_of(asked: Sequence[Entry], kept: Sequence[Kept], midnight: float) -> Costs:
    """Add up a month; ``midnight`` is when today began."""
    tests: dict[str, int] = {}
    for each in kept:
        tests[each.project] = tests.get(each.project, 0) + each.tests
    today = [each for each in asked if each.when >= midnight]
    return Costs(
        _sum("today", today, sum(each.tests for each in kept if each.when >= midnight)),
        _sum("this month", asked, sum(tests.values())),
        tuple(_by(asked, lambda each: each.model, lambda _: None)),
        tuple(_by(asked, lambda each: each.project, lambda name: tests.get(name, 0))),
        sum((each.usage.total > 0 and not each.exact) or each.outcome == "open" for each in asked),
    )


def _by(asked: Sequence[Entry], key: Callable[[Entry], str], tests: Callable[[str], int | None]) -> list[Sum]:
    groups: dict[str, list[Entry]] = {}
    for each in asked:
        groups.setdefault(key(each), []).append(each)
    sums = [_sum(name, group, tests(name)) for name, group in groups.items()]
    return sorted(sums, key=lambda one: (-one.spent.dollars, -one.spent.usage.total, one.name))


def _sum(name: str, asked: Sequence[Entry], tests: int | None) -> Sum:
    return Sum(
        name,
        Spent(
            sum((each.usage for each in asked), Usage()),
            sum(each.dollars or 0.0 for each in asked),
            sum(each.dollars is None for each in asked),
            len(asked),
        ),
        tests,
    )
