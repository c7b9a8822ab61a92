"""One target on the command line: generate, write once, confirm, and take it back when that fails."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from greenline.adapters.atomic_write import MovedOn, WriteProblem, Written, write_edit
from greenline.domain.code.model import Target
from greenline.domain.generation.model import TargetResult, TestEdit
from greenline.ports.progress import WRITTEN, Progress, Share
from greenline.services.confirm_tests import Confirmation
from greenline.services.generate_tests import Generation
from greenline.services.stopped import Stopped
from greenline.settings import EngineChoice

if TYPE_CHECKING:
    from greenline.bootstrap import Services


_ATTEMPTS = 3
"""Another `greenline generate`, or the person, may write to the same file meanwhile."""
Ended = Callable[[Target, Sequence[TargetResult]], None]
Generate = Callable[[Target, Progress], Awaitable[Generation]]


@dataclass
class Run:
    """What was asked for and what has come of it so far; complete even when the work is cancelled."""

    services: Services
    engine: EngineChoice = "auto"
    dry_run: bool = False
    results: list[TargetResult] = field(default_factory=list)
    generate: Generate | None = None
    """What generates, where that is not the engine alone."""
    write: Callable[[TestEdit], Written] = write_edit
    unwritten: set[Target] = field(default_factory=set)
    """Targets whose tests could not be written: what was found for them is lost, unless whoever generates keeps it."""
    left: str = ""
    """What could not be taken back when the work was cancelled, in words."""

    async def work(self, targets: Sequence[Target], progress: Progress, ended: Ended) -> None:
        """Go through the targets one after the other and tell ``ended`` each one's results.

        A cancelled task leaves no file changed that was not confirmed, and a result for each target that says so.
        What was confirmed before a model was asked is written all the same.
        """
        for number, target in enumerate(targets):
            try:
                results = await self._worked(target, progress)
            except asyncio.CancelledError as cancelled:
                told = await self._what_stays(target, cancelled, progress)
                reason = f"cancelled; {self.left or 'nothing was written'}"
                self.results += told or [TargetResult(target, "cancelled", reason)]
                if told:
                    ended(target, told)
                rest = targets[number + 1 :]
                self.results += [TargetResult(later, "cancelled", "cancelled before it began") for later in rest]
                raise
            self.results.extend(results)
            ended(target, results)

    async def _what_stays(
        self, target: Target, cancelled: asyncio.CancelledError, progress: Progress
    ) -> Sequence[TargetResult]:
        """Write and confirm what was confirmed before a model was asked; empty for any other cancellation."""
        generation = cancelled.generation if isinstance(cancelled, Stopped) else None
        if generation is None or generation.edit is None:
            return ()
        if self.dry_run:
            return generation.results
        progress.step("Writing what was confirmed before")
        try:
            return await self._confirmed(generation, self.write(generation.edit), progress, target)
        except (MovedOn, WriteProblem) as problem:
            return _failed(generation.results, str(problem))
        except asyncio.CancelledError:  # once more: then nothing of it stays
            return ()

    async def _worked(self, target: Target, progress: Progress) -> Sequence[TargetResult]:
        share = Share(progress, 0.0, 1.0 if self.dry_run else WRITTEN)
        for left in reversed(range(_ATTEMPTS)):
            generation = await self._generated(target, share)
            if generation.edit is None or self.dry_run:
                return generation.results
            try:
                written = self.write(generation.edit)
            except MovedOn as problem:
                if not left:
                    self.unwritten.add(target)
                    return _failed(generation.results, str(problem))
                progress.step(f"{generation.edit.path.name} changed meanwhile; starting again")
            except WriteProblem as problem:
                self.unwritten.add(target)
                return _failed(generation.results, str(problem))
            else:
                return await self._confirmed(generation, written, progress, target)
        raise AssertionError("the last attempt has returned")

    async def _generated(self, target: Target, progress: Progress) -> Generation:
        if self.generate is not None:
            return await self.generate(target, progress)
        return await self.services.generate.generate(target, progress, engine=self.engine)

    async def _confirmed(
        self, generation: Generation, written: Written, progress: Progress, target: Target
    ) -> Sequence[TargetResult]:
        try:
            confirmation = await self.services.confirm.confirm(generation, Share(progress, WRITTEN, 1.0))
        except BaseException:
            try:
                written.undo()
            except WriteProblem as problem:
                self.left = str(problem)
            raise
        if confirmation.ok:
            return confirmation.results
        if confirmation.problem:  # nobody knows whether the tests hold
            self.unwritten.add(target)
        reason = _why(confirmation)
        try:
            written.undo()
        except WriteProblem as problem:
            reason += f"\n{problem}"
        else:
            reason += f"\n{_restored(written)}"
        return _failed(generation.results, reason)


def _failed(results: Sequence[TargetResult], reason: str) -> list[TargetResult]:
    """Return the results with those that had tests to write turned into failures."""
    return [
        replace(result, status="failed", reason=reason, coverage=None) if result.status == "confirmed" else result
        for result in results
    ]


def _why(confirmation: Confirmation) -> str:
    if confirmation.problem:
        return confirmation.problem
    failures = [f"{failure.node_id}: {failure.message}".rstrip(": ") for failure in confirmation.failures]
    return "\n".join(failures) or confirmation.message or "none of the new tests ran in the file as written"


def _restored(written: Written) -> str:
    name = Path(written.file).name
    return f"{name} was removed again." if written.before is None else f"{name} is as it was before."
