"""Generate for many targets by batches: half the price, and nobody waits; another process can go on with them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from greenline.domain.generation.model import TargetResult
from greenline.ports.batch_store import BatchStoreProblem
from greenline.ports.model import ModelProblem
from greenline.services.ask_in_batch import AskInBatch
from greenline.services.batch_report import BatchReport, elsewhere, unknown
from greenline.services.collect_batch import CollectBatch, Collected
from greenline.services.first_round import FirstRound
from greenline.services.hand_in_batch import hand_in, not_handed_in
from greenline.services.next_round import NextRound

if TYPE_CHECKING:
    from greenline.domain.asking.batches import BatchRecord
    from greenline.domain.code.model import Target
    from greenline.ports.progress import Progress
    from greenline.ports.project import Project, ProjectFinder
    from greenline.services.ask_in_batch import BatchWay
    from greenline.services.batch_means import BatchMeans, HandIn
    from greenline.services.target_results import Generation
    from greenline.settings import EngineChoice

_MOVED = "It is at {}, and {} is set now. Set that again, or call the batch off there."
_NOT_ASKED = "{} Nothing was done. Without --batch, what exploring finds is written, and a model asked where it can be."
_CALLED_OFF = "It is called off. What is answered by then stays, and `greenline generate --resume` collects it."
_HAS_ENDED = "It has ended already: `greenline generate --resume` collects it."
_STAYS = "The batch stays where it is: `greenline generate --resume` tries again."

Generate = Callable[["Target", "Progress"], Awaitable["Generation"]]
Ended = Callable[["Sequence[TargetResult]", bool], Awaitable[None]]


class Writes(Protocol):
    """Whoever writes what is generated, confirms it, and tells a person."""

    async def work(self, targets: Sequence[Target], generate: Generate, ended: Ended) -> None:
        """Go through targets: generate, write and confirm each, and await ``ended`` with its results.

        The second argument of ``ended`` is False where tests were found and could not be written.
        """

    def reported(self, report: BatchReport) -> None:
        """Hear of a batch: when it is handed in, and when it is collected or cannot be."""


@dataclass(frozen=True, slots=True)
class GenerateInBatches:
    """Hands in, collects and calls off."""

    means: BatchMeans
    projects: ProjectFinder
    refusal: Callable[[Project], str]
    """Why no model may be asked about a project, empty where one may. Reads files."""
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def objection(self, targets: Sequence[Target]) -> str:
        """Return why nothing can be asked in batches for these targets; what may pass until then is no reason."""
        roots = {self.projects.project_of(target.path).root: target for target in targets}
        for target in roots.values():
            project = self.projects.project_of(target.path)
            reason = await asyncio.to_thread(self.refusal, project)
            if reason:
                return _NOT_ASKED.format(reason)
            try:
                await self._asks(project).choice()
            except ModelProblem as problem:
                if not problem.passing:
                    return _NOT_ASKED.format(problem)
        try:
            await asyncio.to_thread(self.means.store.names)
        except BatchStoreProblem as problem:
            return _NOT_ASKED.format(problem)
        return ""

    async def hand_in(
        self, targets: Sequence[Target], writes: Writes, *, engine: EngineChoice = "auto"
    ) -> list[BatchReport]:
        """Explore, and hand in what is left, in a batch for each project, or several. Raises BatchStoreProblem."""

        async def ended(results: Sequence[TargetResult], written: bool) -> None:
            """Leave all to what is handed in."""

        first = FirstRound(self.means, engine)
        await writes.work(targets, first.generate, ended)
        return await self._handed_in(await first.to_hand_in(), writes)

    async def resume(
        self, record: BatchRecord, writes: Writes, progress: Progress, *, wait: bool = False
    ) -> list[BatchReport]:
        """Try what came of a batch, and hand in what follows it. Raises BatchStoreProblem.

        With ``wait`` it is waited for, as are those that follow.
        """
        turn = await asyncio.to_thread(self.means.store.turn, record.id)
        if turn is None:
            return _told(writes, elsewhere(record))
        with turn:
            if (now := self._again(record)) is None:  # another process was quicker
                return []
            found = await self._collected(now, progress, wait=wait)
            if isinstance(found, BatchReport):
                return _told(writes, found)
            reports = await self._tried(found, writes)
        if not wait:
            return reports
        for report in [each for each in reports if each.outcome == "handed_in"]:
            reports += await self.resume(report.record, writes, progress, wait=True)
        return reports

    async def cancel(self, record: BatchRecord) -> BatchReport:
        """Have a batch end early. Whoever waits for it collects what is answered by then."""
        if not record.name:
            return BatchReport(record, "unknown", unknown(record))
        way = await self._way(record)
        if isinstance(way, BatchReport):
            return way
        try:
            if (await way.batches.state(record.name)).ended:
                return BatchReport(record, "waiting", _HAS_ENDED)
            await way.batches.cancel(record.name)
        except ModelProblem as problem:
            return BatchReport(record, "away", str(problem))
        return BatchReport(record, "cancelling", _CALLED_OFF)

    def open_in(self, folder: Path) -> tuple[BatchRecord, ...]:
        """Return the batches of the project around a folder that are not collected. Raises BatchStoreProblem."""
        return self.means.store.open_in(self._project_in(folder).root)

    async def _collected(self, record: BatchRecord, progress: Progress, *, wait: bool) -> Collected | BatchReport:
        way = await self._way(record)
        if isinstance(way, BatchReport):
            return way
        if reason := await asyncio.to_thread(self.refusal, self._project_in(Path(record.project))):
            return BatchReport(record, "away", f"{reason} {_STAYS}")
        try:
            return await CollectBatch(self.means, way, record, self.sleep).collected(progress, wait=wait)
        except ModelProblem as problem:
            return BatchReport(record, "away", f"{problem} {_STAYS}", passing=problem.passing)

    async def _way(self, record: BatchRecord) -> BatchWay | BatchReport:
        """Return how its provider is asked, or that this is not the one that is set now."""
        way = await asyncio.to_thread(self.means.way, self._project_in(Path(record.project)))
        if way.endpoint == record.endpoint:
            return way
        return BatchReport(record, "away", _MOVED.format(record.endpoint, way.endpoint))

    def _project_in(self, folder: Path) -> Project:
        return self.projects.project_of(folder / "any.py")

    async def _tried(self, collected: Collected, writes: Writes) -> list[BatchReport]:
        """Try what came, and hand in what follows."""
        record, store = collected.record, self.means.store
        known = await asyncio.to_thread(store.known, [request.key for request in record.open])
        next_round = NextRound(self.means, record, collected.came, known)

        async def ended(results: Sequence[TargetResult], written: bool) -> None:
            await asyncio.to_thread(store.tried, record.id, next_round.ended(results, written=written))

        await writes.work(next_round.targets, next_round.generate, ended)
        report = replace(collected.report, changed=tuple(next_round.changed))
        _told(writes, report)
        return [report, *await self._handed_in(await next_round.to_hand_in(), writes, after=record.id)]

    async def _handed_in(self, asked: Mapping[Path, HandIn], writes: Writes, *, after: str = "") -> list[BatchReport]:
        reports: list[BatchReport] = []

        def told(report: BatchReport) -> None:
            reports.extend(_told(writes, report))

        for root, wanted in asked.items():
            try:
                await hand_in(self.means, root, wanted, told, after=after)
            except ModelProblem as problem:  # noqa: PERF203 - one project takes no other with it
                told(not_handed_in(self.means, root, wanted, str(problem)))
        return reports

    def _again(self, record: BatchRecord) -> BatchRecord | None:
        """Return the record as it is now; None where nothing is left to do."""
        there = self.means.store.open_in(Path(record.project))
        return next((each for each in there if each.id == record.id), None)

    def _asks(self, project: Project) -> AskInBatch:
        means = self.means
        return AskInBatch(
            means.way(project), means.ledger, ceilings=means.ceilings, thinking=means.thinking, came={}, now=means.now
        )


def _told(writes: Writes, report: BatchReport) -> list[BatchReport]:
    writes.reported(report)
    return [report]
