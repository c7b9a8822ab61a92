"""The first round of batches: targets are explored, and a model is asked for what that leaves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from greenline.domain.asking.batches import BatchRequest
from greenline.services.ask_in_batch import FIRST, NEXT
from greenline.services.taken_down import TakenDown, name_in

if TYPE_CHECKING:
    from pathlib import Path

    from greenline.domain.code.model import Target
    from greenline.domain.generation.model import TargetResult
    from greenline.ports.progress import Progress
    from greenline.services.ask_in_batch import Wanted
    from greenline.services.batch_means import BatchMeans, HandIn
    from greenline.services.target_results import Generation
    from greenline.settings import EngineChoice

_WAITS = "a model is asked for what is left of it, in a batch"


class FirstRound:
    """Generates what exploring gives. Whoever drives it writes and confirms."""

    def __init__(self, means: BatchMeans, engine: EngineChoice) -> None:
        self._taken = TakenDown(means, {})
        self._generator = means.generator(means.gaps(self._taken.at))
        self._engine = engine

    async def generate(self, target: Target, progress: Progress) -> Generation:
        """Return what exploring gives; see GenerateTests. What is left waits to be handed in."""
        generation = await self._generator.generate(target, progress, engine=self._engine)
        results = tuple(self._told(result, generation) for result in generation.results)
        return replace(generation, results=results)

    async def to_hand_in(self) -> dict[Path, HandIn]:
        """Return what is asked, by project. Raises ModelProblem."""
        return await self._taken.to_hand_in(_request)

    def _told(self, result: TargetResult, generation: Generation) -> TargetResult:
        name = name_in(self._taken.roots, result.target)
        self._taken.take(name, result.target, generation)
        if not self._taken.wants(name):
            return result
        return waiting(result, _WAITS)


def waiting(result: TargetResult, reason: str) -> TargetResult:
    """Return the result of a function that is asked for in a batch."""
    if result.status in {"confirmed", "cancelled"}:
        return result
    notes = tuple(note for note in result.model_notes if note not in {FIRST, NEXT})
    return replace(result, status="waiting", reason=reason, model_notes=notes)


def _request(key: str, target: str, module_hash: str, wanted: Wanted) -> BatchRequest:
    return BatchRequest(key, target, module_hash, wanted.most)
