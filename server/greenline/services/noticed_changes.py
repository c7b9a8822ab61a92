"""Tests that reach nothing new: which small changes of the code they notice that no test noticed before."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from greenline.domain.generation.source_readers import reads_source
from greenline.ports.progress import Silent
from greenline.ports.tests import TestRun
from greenline.services.merge_in_layout import MergeInLayout
from greenline.services.trial_verdicts import failed_tests, harmed, name_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from greenline.domain.code.model import Function
    from greenline.domain.generation.merge import Merged
    from greenline.domain.generation.model import Candidate
    from greenline.domain.generation.small_changes import SmallChange
    from greenline.ports.progress import Progress
    from greenline.ports.tests import TestReport, TestRunner
    from greenline.services.workbench import Bench
    from greenline.settings import Settings

MOST_CHANGES = 12
"""Each takes a run of the test file, and one more where a test fails."""
SECONDS = 20.0
"""No run begins after that."""
_SECONDS_OF_RUN = 10.0


@dataclass(frozen=True, slots=True)
class _Trial:
    bench: Bench
    merged: Merged
    names: Collection[str]
    """New tests that pass while nothing is changed."""
    unchanged: TestReport
    """How all tests fare then, in the same confinement."""


class NoticedChanges:
    """Runs the test file, with the new tests, over changed code; writes nothing."""

    def __init__(self, runner: TestRunner, settings: Settings) -> None:
        self._runner = runner
        self._settings = settings

    async def noticing(
        self,
        bench: Bench,
        function: Function,
        candidates: Sequence[Candidate],
        changes: Sequence[SmallChange],
        progress: Progress,
    ) -> tuple[Candidate, ...]:
        """Return those of the candidates that notice a change that neither tests nor earlier ones do, told which.

        Those that may read the text of the module are none of them.
        """
        ends = time.monotonic() + SECONDS
        candidates = [each for each in candidates if not reads_source(each, bench.path.name)]
        if not candidates or not changes:
            return ()
        merged = await MergeInLayout(None, bench, progress).merge({function: candidates})
        if merged.problem or not merged.names:
            return ()
        progress.step("Looking which small changes of the code the tests notice")
        trial = await self._begun(bench, merged)
        noticed_by: dict[str, list[SmallChange]] = {}
        for change in changes[:MOST_CHANGES]:
            if not trial.names or time.monotonic() > ends:
                break
            for name in await self._noticing(trial, change, ends):
                noticed_by.setdefault(name, []).append(change)
        return _chosen(candidates, merged, noticed_by)

    async def _begun(self, bench: Bench, merged: Merged) -> _Trial:
        """Run the tests with nothing changed: what fails then, in this confinement perhaps, tells of no change."""
        unchanged = await self._run(bench, merged, merged.names, bench.text)
        failed = failed_tests(merged.names, [unchanged])
        names = [] if unchanged.problem else [name for name in merged.names if name not in failed]
        return _Trial(bench, merged, names, unchanged)

    async def _noticing(self, trial: _Trial, change: SmallChange, ends: float) -> list[str]:
        """Return the new tests that fail with a change, each time: one that fails by chance notices nothing."""
        text = await asyncio.to_thread(change.made_in, trial.bench.text)
        failed = await self._failed(trial, text) if text else None
        if not failed or time.monotonic() > ends:
            return []
        again = await self._failed(trial, text) or ()
        return [name for name in failed if name in again]

    async def _failed(self, trial: _Trial, text: str) -> list[str] | None:
        """Return the new tests that fail with this text of the module; None where that is no merit of theirs."""
        report = await self._run(trial.bench, trial.merged, trial.names, text)
        old = [node for node in harmed(trial.unchanged, report) if name_of(node) not in trial.merged.names]
        if report.problem or old:  # it breaks all, or a test that is there notices it
            return None
        failed = failed_tests(trial.merged.names, [report])
        return [name for name in trial.names if name in failed]

    async def _run(self, bench: Bench, merged: Merged, names: Collection[str], text: str) -> TestReport:
        path = bench.placement.path
        alone = tuple(f"{path}::{name}" for name in names)
        run = TestRun(
            bench.project,
            bench.interpreter,
            overlay={**bench.unsaved, path: merged.new_text, bench.path: text},
            selection=alone if bench.existing.problem else (str(path),),
            seconds=min(self._settings.run_seconds, _SECONDS_OF_RUN + 2 * bench.existing.seconds),
            confined=bench.confined,
        )
        return await self._runner.run(run, Silent())


def _chosen(
    candidates: Sequence[Candidate], merged: Merged, noticed_by: dict[str, list[SmallChange]]
) -> tuple[Candidate, ...]:
    """Return candidates that each notice something that those before them do not."""
    seen: set[SmallChange] = set()
    chosen = []
    for candidate, name in zip(candidates, merged.placed, strict=True):
        new = [change for change in noticed_by.get(name or "", ()) if change not in seen]
        if new:
            seen.update(new)
            chosen.append(replace(candidate, notices=tuple(new)))
    return tuple(chosen)
