"""Waits for a batch that a provider works on. Nothing is lost when this ends early: the batch goes on there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenline.ports.model import ModelProblem

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from greenline.domain.asking.model import Answer
    from greenline.ports.model_batches import BatchState, ModelBatches

FIRST, LAST = 15.0, 300.0
"""Seconds between two looks: twice as many each time, from the one to the other."""
_MOST_PROBLEMS = 10
"""In a row, of those that may pass."""


async def await_batch(
    batches: ModelBatches,
    batch: str,
    sleep: Callable[[float], Awaitable[None]],
    told: Callable[[BatchState], None] = lambda _: None,
) -> Mapping[str, Answer | ModelProblem]:
    """Return the answers of a batch once it has ended; ``told`` hears of its state at each look.

    A provider that is away for a while is asked again. Raises ModelProblem where it stays away, or knows no such batch.
    """
    pause, problems = FIRST, 0
    while True:
        try:
            state = await batches.state(batch)
            told(state)
            if state.ended:
                return await batches.answers(batch)
            problems, wait = 0, pause
        except ModelProblem as problem:
            problems += 1
            if not problem.passing or problems > _MOST_PROBLEMS:
                raise
            wait = max(pause, problem.retry_after or 0.0)
        await sleep(wait)
        pause = min(2 * pause, LAST)
