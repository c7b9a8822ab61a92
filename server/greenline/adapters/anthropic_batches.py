"""Many questions at once by the Message Batches API. What it knows of a batch it asks for: nothing is kept here."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

from greenline.adapters.anthropic_client import AnthropicClient, answer_of
from greenline.adapters.anthropic_problems import problem_of_type
from greenline.adapters.anthropic_request import message_arguments
from greenline.domain.asking.model import Capabilities
from greenline.ports.model import ModelProblem
from greenline.ports.model_batches import BatchState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from greenline.adapters.anthropic_problems import Asked
    from greenline.domain.asking.model import Answer, Question

MOST = 100_000
"""Questions of one batch; the API refuses more."""
MOST_BYTES = 250_000_000
"""Of one batch; the API refuses more than 256 MB, whichever those are."""
_AT_ONCE = 100
"""Batches of one page of their list."""


class AnthropicBatches:
    """ModelBatches with the connection of a client."""

    def __init__(self, client: AnthropicClient, *, most: int = MOST, most_bytes: int = MOST_BYTES) -> None:
        """``most`` and ``most_bytes`` are what one batch may have."""
        self._client = client
        self._most, self._most_bytes = most, most_bytes

    async def check(self, model: str) -> None:
        """Look whether a model can be asked in batches; see ModelBatches."""
        async with self._client.opened(model) as (client, asked):
            _batches(client, asked)
        await self._able(model)

    async def parted(self, questions: Mapping[str, Question]) -> Sequence[Mapping[str, Question]]:
        """Part questions by what one batch may have; see ModelBatches."""
        parts: list[dict[str, Question]] = []
        used = 0
        for key, question in questions.items():
            size = len(json.dumps(_request(key, question, await self._able(question.model))))
            if not parts or len(parts[-1]) == self._most or used + size > self._most_bytes:
                parts.append({})
                used = 0
            parts[-1][key] = question
            used += size
        return parts

    async def submit(self, questions: Mapping[str, Question]) -> str:
        """Hand in questions; see ModelBatches."""
        if not 0 < len(questions) <= MOST:
            raise ModelProblem(
                "bad_request", f"A batch has 1 to {MOST:,} questions; this one would have {len(questions):,}."
            )
        able = {model: await self._able(model) for model in {question.model for question in questions.values()}}
        requests = [_request(key, question, able[question.model]) for key, question in questions.items()]
        first = next(iter(questions.values()))
        async with self._client.opened(first.model, *questions.values()) as (client, asked):
            made = await _batches(client, asked).create(requests=requests)
            return str(made.id)

    async def state(self, batch: str) -> BatchState:
        """Return how far it is; see ModelBatches."""
        async with self._client.opened(batch) as (client, asked):
            return _state(await _retrieved(client, asked, batch))

    async def answers(self, batch: str) -> Mapping[str, Answer | ModelProblem]:
        """Return what came of each question; see ModelBatches."""
        async with self._client.opened(batch) as (client, asked):
            if not _state(await _retrieved(client, asked, batch)).ended:
                raise ModelProblem("bad_request", f"The batch {batch} has not ended yet. Collect its answers later.")
            lines = await client.messages.batches.results(batch)
            try:
                return {line.custom_id: _result(line.result, asked) async for line in lines}
            finally:
                await lines.close()

    async def made_since(self, when: float, questions: int) -> Sequence[str]:
        """Return the names of batches that may be one whose name nobody knows; see ModelBatches."""
        found = []
        async with self._client.opened("batches") as (client, asked):
            async for told in _batches(client, asked).list(limit=_AT_ONCE):  # the newest first
                if told.created_at.timestamp() < when:
                    break
                if sum(told.request_counts.to_dict().values()) == questions:
                    found.append(str(told.id))
        return found

    async def cancel(self, batch: str) -> None:
        """Have it end early; see ModelBatches."""
        async with self._client.opened(batch) as (client, asked):
            if not _state(await _retrieved(client, asked, batch)).ended:
                await client.messages.batches.cancel(batch)

    async def _able(self, model: str) -> Capabilities:
        able = await self._client.capabilities(model)
        if able.retired or (not able.batch and able != Capabilities()):
            raise ModelProblem(
                "bad_request", f"{model} cannot be asked in batches. Ask it target by target, or choose another."
            )
        return able


def _request(key: str, question: Question, able: Capabilities) -> dict[str, Any]:
    return {"custom_id": key, "params": message_arguments(question, able)}


def _batches(client: Any, asked: Asked) -> Any:
    if client.messages.batches is None:
        raise ModelProblem("bad_request", f"{asked.where} takes no batches. Ask target by target.")
    return client.messages.batches


async def _retrieved(client: Any, asked: Asked, batch: str) -> Any:
    import anthropic  # noqa: PLC0415 - it is loaded already: the client is of it

    try:
        return await _batches(client, asked).retrieve(batch)
    except anthropic.NotFoundError:
        raise ModelProblem(
            "not_found",
            f"{asked.where} has no batch {batch} (404). Answers are kept for 29 days, and shown to keys of the "
            "workspace that asked.",
        ) from None


def _state(told: Any) -> BatchState:
    counts = told.request_counts
    return BatchState(
        ended=told.processing_status == "ended",
        cancelling=told.processing_status == "canceling",
        waiting=counts.processing,
        answered=counts.succeeded,
        failed=counts.errored + counts.canceled + counts.expired,
    )


def _result(result: Any, asked: Asked) -> Answer | ModelProblem:
    if result.type == "succeeded":
        return answer_of(result.message, "")
    if result.type == "errored":
        return problem_of_type(str(result.error.error.type), dataclasses.replace(asked, model="such model"))
    if result.type == "canceled":
        return ModelProblem("cut", "The batch was cancelled before this question's turn.")
    return ModelProblem("timeout", f"{asked.where} did not come to this question within a day. Ask it again.")
