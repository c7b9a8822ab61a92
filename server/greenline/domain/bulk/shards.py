"""The work of a plan dealt out to several machines: the same on each of them, and about as much for each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from json import dumps
from typing import TYPE_CHECKING

from greenline.domain.bulk.records import relative, summary_record

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from greenline.domain.bulk.plan import WorkUnit

_WRITTEN = re.compile(r"(\d{1,4})/(\d{1,4})")
_FILE, _FUNCTION, _GAP = 4.0, 1.0, 0.1
"""About how long it takes: reading and trying a file's tests, exploring a function, each thing to gain in it."""


@dataclass(frozen=True, slots=True)
class Shard:
    """One of several parts of a plan; ``number`` counts from 1."""

    number: int
    of: int

    @classmethod
    def parse(cls, text: str) -> Shard:
        """Read ``2/3``. Raises ValueError, which says what is wrong."""
        found = _WRITTEN.fullmatch(text.strip())
        if not found:
            raise ValueError(f"{text!r} is not of the form i/n, such as 2/3 for the second of three shards")
        number, of = int(found[1]), int(found[2])
        if not 1 <= number <= of:
            raise ValueError(f"{text!r}: the first of three shards is 1/3, the last one 3/3")
        return cls(number, of)

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


def expected_cost(unit: WorkUnit) -> float:
    """Return about how long the work takes; what counts is how that of one unit stands to another's."""
    return _FILE + _FUNCTION * len(unit.functions) + _GAP * unit.gain


def deal(
    units: Sequence[WorkUnit], of: int, test_file: Callable[[WorkUnit], Path | None] = lambda _: None
) -> tuple[tuple[WorkUnit, ...], ...]:
    """Return the units of each shard, in the order of the plan; those that write to one test file stay together.

    The costliest go first, each to the shard that has least until then: none has more than its share and one file's.
    """
    groups: dict[Path, list[WorkUnit]] = {}
    for unit in units:
        groups.setdefault(test_file(unit) or unit.path, []).append(unit)
    costs = {key: sum(map(expected_cost, group)) for key, group in groups.items()}
    loads = [0.0] * of
    place: dict[Path, int] = {}
    for key in sorted(groups, key=lambda key: (-costs[key], min(unit.path for unit in groups[key]))):
        least = loads.index(min(loads))
        loads[least] += costs[key]
        place |= {unit.path: least for unit in groups[key]}
    return tuple(tuple(unit for unit in units if place[unit.path] == number) for number in range(of))


def digest_of(units: Sequence[WorkUnit], texts: Mapping[Path, str], of: int, root: Path) -> str:
    """Return words that are the same for shards of one plan: of the same gaps in the same code, dealt out alike.

    ``texts`` are digests of the test files that are there. What the order of the plan rests on besides is left out.
    """
    planned = [
        [
            relative(unit.path, root),
            [[one.qualname, one.line, one.lines, one.branches, one.key] for one in unit.functions],
            summary_record(unit.before),
            [unit.wish.coverage, unit.wish.engine],
        ]
        for unit in sorted(units, key=lambda unit: unit.path)
    ]
    there = sorted((relative(path, root), text) for path, text in texts.items())
    return sha256(dumps([planned, there, of]).encode()).hexdigest()[:32]
