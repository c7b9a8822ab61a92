"""Which state of a project's reports counts: the newest that is whole. Until it is, the one before goes on counting.

Nobody writes reports at once: coverage.py opens one, computes for as long as it takes, and then writes; its data file
grows by several transactions; a test run deletes the data with its first step and writes it with its last.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from greenline.ports.coverage import CoverageProblem, NotReadYet

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from greenline.adapters.report_places import Report


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds without a change, after which a report is looked at, is called broken, or is called broken if empty."""

    settle: float = 0.25
    broken: float = 5.0
    empty: float = 120.0


@dataclass(slots=True)
class _Waiting:
    """Reports that do not count yet, and since when they are as they are."""

    found: tuple[Report, ...]
    since: float


class SettledReports:
    """Remembers the reports of each project that count. Without ``patience`` those that are there do.

    ``check`` raises CoverageProblem for what cannot be read, and NotReadYet for what cannot be read yet.
    """

    def __init__(
        self,
        check: Callable[[Report], None],
        patience: Patience | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._check = check
        self._patience = patience
        self._clock, self._now = clock, now
        self._counting: dict[Path, tuple[Report, ...]] = {}
        self._waiting: dict[Path, _Waiting] = {}
        self._doubts: dict[Path, int] = {}

    def of(self, root: Path, found: Sequence[Report]) -> tuple[Report, ...]:
        """Return the reports that count, given those that are there. Raises NotReadYet when none counted before."""
        there, counting = tuple(found), self._counting.get(root)
        if self._patience is None:
            return there
        if there != counting:
            waiting = self._waiting.get(root)
            if waiting is None or waiting.found != there:
                waiting = self._waiting[root] = _Waiting(there, self._clock())
            try:
                self._look(there, counting or (), self._clock() - waiting.since, self._patience)
            except NotReadYet:
                if counting:
                    return counting
                raise
            self._counting[root] = there
        self._waiting.pop(root, None)
        return there

    def waits(self, root: Path) -> bool:
        """Tell whether there is something newer than what counts."""
        return root in self._waiting

    def doubts(self, root: Path) -> int:
        """Return how often what counts could not be read after all: whoever watches looks again."""
        return self._doubts.get(root, 0)

    def doubt(self, root: Path, reports: Sequence[Report]) -> bool:
        """Tell whether a report that could not be read after all may be better soon, and have it looked at again."""
        if self._patience is None:
            return False
        ages = [self._now() - report.written_at for report in reports if not _is_no_file(report)]
        hope = any(age < self._patience.broken for age in ages) or not all(r.is_as_it_was for r in reports)
        if hope:
            self._doubts[root] = self.doubts(root) + 1
        return hope

    def forget(self, root: Path) -> None:
        """Let whatever is there count from now on: a person chose it."""
        self._counting.pop(root, None)
        self._waiting.pop(root, None)

    def _look(self, there: tuple[Report, ...], counting: tuple[Report, ...], waited: float, patience: Patience) -> None:
        """Look whether the newer reports are whole. Raises NotReadYet."""
        new = [report for report in there if report not in counting]
        gone = [report for report in counting if report.path not in {other.path for other in there}]
        newest = max((report.stamp for report in counting), default=(0, 0, 0))
        if gone and not any(report.stamp > newest for report in new) and waited < patience.broken:
            raise NotReadYet(f"{gone[0].path.name} is gone; what it said is shown until that is sure.")
        for report in new:
            if _is_no_file(report):
                continue  # reading it says so
            age = max(waited, self._now() - report.written_at)
            if age < patience.settle:
                raise NotReadYet(_being_written(report))
            try:
                self._check(report)
            except NotReadYet:
                raise
            except CoverageProblem as problem:
                if age < (patience.broken if report.stamp[1] else patience.empty):
                    raise NotReadYet(_being_written(report)) from problem


def _is_no_file(report: Report) -> bool:
    """Tell whether it is a folder or a pipe, say, which nobody writes."""
    return report.path.exists() and not report.path.is_file()


def _being_written(report: Report) -> str:
    return f"{report.path.name} is being written; what it says is shown as soon as that has ended."
