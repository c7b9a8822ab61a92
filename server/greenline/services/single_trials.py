"""Candidates tried one by one, each in a process of its own: a bad one spoils none, and each tells what it gains."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from greenline.domain.asking.looked_for import about, words_of
from greenline.domain.coverage.merge_maps import merge_maps
from greenline.domain.coverage.model import Executed
from greenline.ports.tests import TestRun
from greenline.services.merge_in_layout import MergeInLayout
from greenline.services.test_trial import PROPERTY_SECONDS, TRIAL_SECONDS
from greenline.services.trial_verdicts import failed_tests

if TYPE_CHECKING:
    from collections.abc import Sequence

    from greenline.domain.code.model import Function
    from greenline.domain.coverage.model import CoverageMap
    from greenline.domain.generation.model import Candidate
    from greenline.ports.progress import Progress
    from greenline.ports.tests import TestReport, TestRunner
    from greenline.services.show_coverage import ShowCoverage
    from greenline.services.workbench import Bench
    from greenline.settings import Settings

_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Single:
    """How one candidate fared alone."""

    candidate: Candidate
    message: str = ""
    """Why it did not pass: what pytest printed, or a sentence; empty where it passed."""
    absent: tuple[str, ...] = ()
    """Files that are not there for it, where that may be why; the message says so too."""
    coverage: CoverageMap | None = None
    """What it alone reaches, where it passed."""


class SingleTrials:
    """Runs each candidate alone in the test file as it would be; writes nothing."""

    def __init__(self, runner: TestRunner, show: ShowCoverage, settings: Settings) -> None:
        self._runner = runner
        self._show = show
        self._settings = settings

    async def run(
        self, bench: Bench, function: Function, candidates: Sequence[Candidate], progress: Progress
    ) -> tuple[Single, ...]:
        """Return how each fared, in their order. Cancelling ends all processes."""
        gate = asyncio.Semaphore(_AT_ONCE)

        async def one(candidate: Candidate) -> Single:
            async with gate:
                return await self._try(bench, function, candidate, progress)

        tasks = [asyncio.ensure_future(one(candidate)) for candidate in candidates]
        try:
            return tuple(await asyncio.gather(*tasks))
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _try(self, bench: Bench, function: Function, candidate: Candidate, progress: Progress) -> Single:
        merged = await MergeInLayout(None, bench, progress).merge({function: [candidate]})
        if merged.problem or not merged.names:
            return Single(candidate, merged.problem or "the same test is there already, or it is not Python")
        path = bench.placement.path
        run = TestRun(
            bench.project,
            bench.interpreter,
            overlay={**bench.unsaved, path: merged.new_text},
            selection=tuple(f"{path}::{name}" for name in merged.names),
            measure=(bench.path,),
            seconds=min(self._settings.run_seconds, TRIAL_SECONDS + PROPERTY_SECONDS),
            confined=bench.confined,
        )
        report = await self._runner.run(run, progress)
        message, absent = _why(merged.names, report)
        if message:
            return Single(candidate, _with_what_is_absent(message, absent), absent)
        ran = report.coverage.get(bench.path, Executed(arcs=frozenset()))
        return Single(candidate, coverage=self._show.map_of(bench.path, bench.text, ran))


def gaining(bench: Bench, function: Function, singles: Sequence[Single]) -> list[Single]:
    """Return those that passed and reach a line or branch of the function that neither tests nor earlier ones do."""
    now, found = bench.before, []
    for single in singles:
        if single.message or single.coverage is None:
            continue
        after = merge_maps(now, single.coverage)
        was, is_ = bench.summary(function, now), bench.summary(function, after)
        if is_.lines.covered > was.lines.covered or is_.branches.covered > was.branches.covered:
            found.append(single)
            now = after
    return found


def _why(names: Sequence[str], report: TestReport) -> tuple[str, tuple[str, ...]]:
    """Return why it did not pass, and what may be why; what it was refused counts also where it swallowed that."""
    of_the_file = (o.message for o in report.outcomes if o.outcome == "error" and "::" not in o.node_id)
    broken = next((said for said in of_the_file if said), "")
    if broken:  # pytest's own problem is only that it found nothing there then
        return broken, report.looked_for
    failed = failed_tests(names, [report])
    message = next((said for said in failed.values() if said), "") or report.problem
    if message or failed:
        return message or "pytest did not run it", about(report.looked_for, message)
    refused = [what for outcome in report.outcomes for what in outcome.refused]
    return (f"it wants to {refused[0]}, which is refused while tests are tried" if refused else ""), ()


def _with_what_is_absent(message: str, files: Sequence[str]) -> str:
    """Add that files are not there."""
    return f"{message.rstrip()}\n{words_of(files)}" if files else message
