"""Lines that only failing tests run: they are covered, and nothing passes that shows them to be right."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from greenline.domain.coverage.contexts import lines_of, moved, union
from greenline.domain.coverage.marks import Mark, stretches

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from greenline.domain.code.model import Module
    from greenline.domain.coverage.model import CoverageMap

_NAMED = 3


@dataclass(frozen=True, slots=True)
class RanLines:
    """What one measurement knows of who ran the lines of a text; bit sets."""

    failing: Mapping[str, int] = field(default_factory=dict)
    """By test, in pytest's words."""
    others: int = 0
    """What anything else ran: tests that passed, imports, and whatever a report tells of without saying who."""

    def in_text(self, came_from: Mapping[int, int]) -> RanLines:
        """Return the same for an edited text; ``came_from`` has its untouched lines and where they stood."""
        now_at = {was: now for now, was in came_from.items()}
        failing = {test: moved(bits & ~self.others, now_at) for test, bits in self.failing.items()}
        return RanLines({test: bits for test, bits in failing.items() if bits}, moved(self.others, now_at))


def marks_of_failing(
    measured: Iterable[RanLines], coverage: CoverageMap, module: Module, text: str
) -> tuple[Mark, ...]:
    """Return the stretches that failing tests cover and nothing else; all measurements are of the text."""
    every = tuple(measured)
    if not any(one.failing for one in every):
        return ()
    first = coverage.statements.first_line
    ran: dict[str, set[int]] = defaultdict(set)
    for one in every:
        for test, bits in one.failing.items():
            ran[test].update(first.get(line, line) for line in lines_of(bits))
    others = {first.get(line, line) for line in lines_of(union(one.others for one in every))}
    only = coverage.covered.intersection(set().union(*ran.values())) - others
    found = []
    for inside, span in stretches(only, coverage, module, text):
        tests = sorted(test for test, lines in ran.items() if lines.intersection(inside))
        message = f"Covered only by {_named(tests)}"
        found.append(Mark("covered-by-failing", span, message, ((span.start_line, span.end_line),)))
    return tuple(found)


def _named(tests: list[str]) -> str:
    names = ", ".join(f"`{_short(test)}`" for test in tests[:_NAMED])
    more = f" and {len(tests) - _NAMED} more" if len(tests) > _NAMED else ""
    return f"{'a test that fails' if len(tests) == 1 else 'tests that fail'}: {names}{more}"


def _short(test: str) -> str:
    """Return the name with its row, which may have anything in it."""
    name, bracket, row = test.partition("[")
    return name.rpartition("::")[2] + bracket + row
