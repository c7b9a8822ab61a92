"""The work on one file of a run over many: generate, write once, confirm; each step written down before it is made."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from greenline.adapters.atomic_write import WriteProblem, Written, take_back, write_edit
from greenline.adapters.disk_documents import DiskDocuments
from greenline.adapters.git_commit import CommitProblem, GitCommit
from greenline.cli.console import shown
from greenline.cli.write_and_confirm import Run
from greenline.domain.bulk.outcome import UnitOutcome, outcome_of
from greenline.domain.bulk.plan import NOTHING, WorkUnit
from greenline.domain.bulk.states import state_of
from greenline.domain.code.model import Target
from greenline.domain.coverage.mapping import summarize
from greenline.domain.generation.model import TargetResult, TestEdit
from greenline.ports.cluster import ClusterProblem
from greenline.ports.journal import Journal, JournalProblem, OpenWrite
from greenline.services.find_tests import generation_of, own_fault
from greenline.services.target_results import joined_results

if TYPE_CHECKING:
    from greenline.bootstrap import Services
    from greenline.domain.bulk.found import Found
    from greenline.domain.bulk.states import States
    from greenline.domain.coverage.model import Summary
    from greenline.ports.progress import Progress
    from greenline.services.generate_tests import Generation
    from greenline.settings import EngineChoice

log = logging.getLogger(__name__)
MOST_AT_ONCE = 25
"""Functions that are generated for, written and confirmed in one piece."""
Finds = Callable[[WorkUnit, "Progress"], Awaitable["Found"]]
"""Returns what was found for a unit; asked once more where the test file has changed meanwhile."""


@dataclass(frozen=True, slots=True)
class JournalOfRun:
    """What one run writes down."""

    journal: Journal
    root: Path
    words: str
    root_of: Callable[[Path], Path]
    """The root of the project that a file is in: a run may be for several."""

    def writes(self, unit: WorkUnit, written: Written) -> None:
        """Write down what is about to be written."""
        self.journal.writes(self.root_of(unit.path), self.words, unit.path, _open(written))

    def leaves(self, written: Written) -> None:
        """Write down what is about to be left in a file where tests are taken out."""
        self.journal.leaves(self.root, self.words, _open(written))

    def states(self) -> Mapping[Path, States]:
        """Return what the run has left in each file that it wrote to."""
        return self.journal.states(self.words)

    def done(self, outcome: UnitOutcome) -> None:
        """Write down what came of a unit."""
        self.journal.done(self.root, self.words, outcome)

    def take_back(self, root: Path) -> list[str]:
        """Undo what a killed run had written for a project and not confirmed; return what became of it, in words."""
        told = [_take_back(write) for write in self.journal.open_writes(root)]
        self.journal.taken_back(root)
        return [words for words in told if words]


@dataclass(frozen=True, slots=True)
class BulkWork:
    """Implements ``Work``. ``done`` is told what came of a unit before anybody else; it may raise JournalProblem."""

    services: Services
    engine: EngineChoice
    kept: JournalOfRun
    done: Callable[[UnitOutcome], None]
    progress: Callable[[WorkUnit], Progress]
    finds: Finds | None = None
    """What generates, where that is done, or was done, elsewhere."""

    async def __call__(self, unit: WorkUnit) -> UnitOutcome:
        """Do the work on a unit; a cancellation ends it with an outcome that says so."""
        began = time.monotonic()
        results, stopped, settled = await self._portions(unit, began)
        before, (summary, cancelled) = unit.before, await self._measured(unit.path)
        for _ in range(unit.wish.rounds - 1):
            if stopped or cancelled or not _is_worth_another(unit, before, summary):
                break
            more, stopped = await self._round(unit)
            results, before = _joined(results, more), summary
            summary, cancelled = await self._measured(unit.path)
        seconds = time.monotonic() - began
        over = outcome_of(replace(unit, functions=unit.functions[:settled]), results, summary, seconds)
        rest = replace(unit, functions=unit.functions[settled:])
        last = outcome_of(rest, results, summary, seconds, stopped=stopped)
        outcome = replace(last, functions=(*over.functions, *last.functions))
        self.done(outcome)
        return outcome

    async def _portions(self, unit: WorkUnit, began: float) -> tuple[list[TargetResult], bool, int]:
        """Do the first round of a file, of a large one so many functions at a time: what is done then is kept.

        Whatever ends the work later, a budget or a kill, takes no more with it than one portion. Returns the results,
        whether it was cancelled, and how many functions were over before that.
        """
        if self.finds is not None or len(unit.functions) <= MOST_AT_ONCE:
            return *await self._round(unit), 0
        results: list[TargetResult] = []
        for end in range(MOST_AT_ONCE, len(unit.functions) + MOST_AT_ONCE, MOST_AT_ONCE):
            more, stopped = await self._round(replace(unit, functions=unit.functions[end - MOST_AT_ONCE : end]))
            results += more
            if stopped or any(result.target.qualname is None for result in more):
                return results, stopped, end - MOST_AT_ONCE
            so_far = replace(unit, functions=unit.functions[:end])
            summary, cancelled = await self._measured(unit.path)
            self.done(outcome_of(so_far, results, summary, time.monotonic() - began))
            if cancelled:
                late = TargetResult(Target(unit.path), "cancelled", "cancelled before it began")
                return [*results, late], True, end
        return results, False, len(unit.functions)

    async def _round(self, unit: WorkUnit) -> tuple[list[TargetResult], bool]:
        """Generate, write and confirm once; return the results, and whether that was cancelled."""
        run = Run(self.services, self._engine(unit), generate=self._generates(unit), write=self._writes(unit))
        try:
            await run.work([Target(unit.path)], self.progress(unit), lambda _target, _results: None)
        except asyncio.CancelledError:
            return run.results, True
        except (JournalProblem, ClusterProblem):
            raise
        except Exception as error:  # a fault of ours in one file: the others are not to be lost for it
            log.exception("generating for %s failed", unit.path)
            return [own_fault(unit, error)], False
        return run.results, False

    def _engine(self, unit: WorkUnit) -> EngineChoice:
        return unit.wish.engine or self.engine

    def _generates(self, unit: WorkUnit) -> Callable[[Target, Progress], Awaitable[Generation]]:
        async def generate(target: Target, progress: Progress) -> Generation:
            if self.finds is not None:
                return generation_of(await self.finds(unit, progress))
            return await self.services.generate.generate(
                target, progress, engine=self._engine(unit), only_for=unit.qualnames
            )

        return generate

    def _writes(self, unit: WorkUnit) -> Callable[[TestEdit], Written]:
        return lambda edit: write_edit(edit, lambda written: self.kept.writes(unit, written))

    async def _measured(self, path: Path) -> tuple[Summary, bool]:
        """Return the file's coverage, and whether it was cancelled meanwhile: that waits, for what is to be kept."""
        looking = asyncio.ensure_future(asyncio.to_thread(self._summary, path))
        cancelled = False
        while not looking.done():
            try:
                await asyncio.shield(looking)
            except asyncio.CancelledError:  # noqa: PERF203 - it may come twice
                cancelled = True
        return looking.result(), cancelled

    def _summary(self, path: Path) -> Summary:
        """Return the file's coverage as it was measured last."""
        try:
            text = DiskDocuments().read(path)
            picture = self.services.show.picture(path, text) if text is not None else None
        except (OSError, UnicodeDecodeError):
            return NOTHING
        except Exception:  # a fault of ours: what was confirmed is not to be lost for it
            log.exception("nobody can say what is covered of %s", path)
            return NOTHING
        return summarize(picture.map) if picture and picture.map is not None else NOTHING


def _open(written: Written) -> OpenWrite:
    return OpenWrite(written.file, written.before, written.after, written.folders)


def _take_back(write: OpenWrite) -> str:
    """Undo a write; return what became of it, empty where nothing had been written yet."""
    where = shown(write.file)
    if _is_in_head(write):
        return f"{where} is in HEAD as a run that was killed wrote it, and stays: nobody knows whether its tests hold."
    try:
        undone = take_back(Written(write.file, write.before, write.after, write.folders))
    except (WriteProblem, OSError) as problem:
        return f"A run that was killed left this: {problem}"
    return f"Taken back: {where}, which a run that was killed wrote and did not confirm." if undone else ""


def _is_in_head(write: OpenWrite) -> bool:
    """Tell whether somebody has committed what was written, and has it still."""
    try:
        is_there = write.file.read_bytes() == write.after
        return is_there and state_of(GitCommit(write.file.parent).committed(write.file)) == state_of(write.after)
    except (CommitProblem, OSError):
        return False


def _is_worth_another(unit: WorkUnit, before: Summary, now: Summary) -> bool:
    """Tell whether one more round may bring the file to what was wished."""
    wanted = 100.0 if unit.wish.coverage is None else unit.wish.coverage
    return before.percent < now.percent < wanted


def _joined(first: list[TargetResult], second: list[TargetResult]) -> list[TargetResult]:
    """Return the results of two rounds, one for each function."""
    found = {result.target: result for result in first}
    for result in second:
        known = found.get(result.target)
        found[result.target] = joined_results(known, result) if known else result
    return list(found.values())
