"""Asking a model many things at once, for half the price, when nobody waits for the answers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from greenline.domain.asking.model import Answer, Question
from greenline.ports.model import ModelProblem

_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class BatchState:
    """How far a batch is. Until it has ended, all of it is ``waiting``."""

    ended: bool
    cancelling: bool = False
    waiting: int = 0
    answered: int = 0
    failed: int = 0
    """Errors, and what was cancelled or took longer than a day."""


class ModelBatches(Protocol):
    """Speaks to one provider. A batch lives there: whoever has its name can go on with it, after a restart too."""

    async def check(self, model: str) -> None:
        """Look whether a model can be asked in batches here. Raises ModelProblem where it cannot."""

    async def parted(self, questions: Mapping[str, Question]) -> Sequence[Mapping[str, Question]]:
        """Part questions so that each part can be handed in as one batch. Raises ModelProblem."""

    async def submit(self, questions: Mapping[str, Question]) -> str:
        """Hand in questions by their keys (see ``batch_key``); return the batch's name. Raises ModelProblem."""

    async def state(self, batch: str) -> BatchState:
        """Return how far it is. Raises ModelProblem."""

    async def answers(self, batch: str) -> Mapping[str, Answer | ModelProblem]:
        """Return what came of each question, by its key, once the batch has ended. Raises ModelProblem."""

    async def made_since(self, when: float, questions: int) -> Sequence[str]:
        """Return the names of the batches of so many questions that were made since then (seconds since the epoch).

        Raises ModelProblem.
        """

    async def cancel(self, batch: str) -> None:
        """Have it end early; what is answered by then stays. Raises ModelProblem."""


def batch_key(text: str) -> str:
    """Return a key that a provider takes for any text, such as the name of a target; the same each time."""
    return text if _KEY.fullmatch(text) else f"k-{sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:40]}"
