"""How good the tests are: what their text says at once, then what runs show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from greenline.domain.auditing.model import Weakness, by_weight
from greenline.services.audit_suite import Wanted, first_of

if TYPE_CHECKING:
    from greenline.ports.progress import Progress
    from greenline.services.audit_suite import AuditSuite
    from greenline.services.read_audit import ReadAudit


@dataclass(frozen=True, slots=True)
class Audit:
    """What was found, the worst first, and what was not looked at."""

    weaknesses: tuple[Weakness, ...]
    tests: int
    files: int
    left_out: Mapping[str, int] = field(default_factory=dict)
    """How many weaknesses are not told, by what keeps them back."""
    problems: tuple[str, ...] = ()
    """What could not be looked at, in sentences."""
    notes: tuple[str, ...] = ()
    """What was done, what it took, and what was left for want of time, in sentences."""


class AuditTests:
    """Reads all tests first, then runs those of one project after the other."""

    def __init__(self, reading: ReadAudit, suite: AuditSuite) -> None:
        self._reading = reading
        self._suite = suite

    async def audit(self, paths: Sequence[Path], wanted: Wanted, progress: Progress) -> Audit:
        """Look at the tests in files and folders. Raises nothing for the tests' sake; cancelling ends all children."""
        progress.step("Reading the tests")
        read = await self._reading.read(paths, wanted.most_patches)
        told: list[Weakness] = []
        left_out: Counter[str] = Counter()
        problems: list[str] = []
        notes: list[str] = []
        for one in read:
            found = list(one.weaknesses)
            problems += [f"{path}: {why}." for path, why in one.problems.items()]
            problems += one.empty
            problems += [f"[tool.greenline.audit]: {why}." for why in one.ignored.problems]
            if wanted.runs and one.tests:
                seen = await self._suite.look(one, wanted, progress)
                found += seen.weaknesses
                problems += seen.problems
                notes += seen.notes
            elif one.made_elsewhere:
                notes.append(_not_read(one.made_elsewhere))
            kept, ignored = one.told(_once(found))
            told += kept
            left_out += ignored
        tests, files = sum(len(one.tests) for one in read), sum(len(one.files) for one in read)
        return Audit(tuple(by_weight(told)), tests, files, dict(left_out), tuple(problems), tuple(notes))


def _not_read(made: Sequence[str]) -> str:
    """Say what nobody knows of without running it."""
    what = "1 name is" if len(made) == 1 else f"{len(made)} names are"
    return f"{what} given to what other code makes, tests perhaps, and not read: {first_of(made)}."


def _once(weaknesses: Sequence[Weakness]) -> list[Weakness]:
    """Return each kind once for each place and subject; rows of a table are one test."""
    seen: dict[tuple[str, str, int], Weakness] = {}
    for one in weaknesses:
        seen.setdefault((one.kind, one.subject.partition("[")[0], one.line), one)
    return list(seen.values())


__all__ = ["Audit", "AuditTests", "Wanted"]
