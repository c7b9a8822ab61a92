"""Asks a model through the Anthropic SDK: one attempt for each call, streamed, closed when nobody waits any more."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from greenline.adapters.anthropic_problems import Asked, cut, problem_of, retired
from greenline.adapters.anthropic_request import count_arguments, message_arguments
from greenline.adapters.known_capabilities import KnownCapabilities
from greenline.adapters.model_access import Key, find_key, open_client, place
from greenline.domain.asking.model import Answer, Capabilities, Stop, Usage
from greenline.ports.model import ModelProblem

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from greenline.domain.asking.model import Effort, Question
    from greenline.ports.model import Connection

SILENCE = 300.0
"""Seconds without a byte; the service sends a sign of life now and then, also while a model thinks."""
_STOPS: dict[str, Stop] = {
    "max_tokens": "max_tokens",
    "model_context_window_exceeded": "max_tokens",
    "refusal": "refusal",
}
_EFFORTS: tuple[Effort, ...] = ("low", "medium", "high", "xhigh", "max")
_LONGEST = 16
"""Characters of an answer for each token that it may have; whoever sends more does not count."""


class AnthropicClient:
    """A ModelClient. Each call has a client of the SDK of its own, so that nothing stays open between them.

    ``timeout`` is in seconds without a byte; how long a whole answer may take is for the caller to say. ``cache`` is
    the folder that keeps what models can do.
    """

    def __init__(self, connection: Connection, *, timeout: float = SILENCE, cache: Path | None = None) -> None:
        self._connection = connection
        self._timeout = timeout
        self._known = KnownCapabilities(cache)
        self._key: Key | None = None
        self._finding = asyncio.Lock()

    async def ask(self, question: Question, heard: Callable[[int], None]) -> Answer:
        """Return the answer; see ModelClient."""
        came = _Heard()
        async with self.opened(question.model, question, came=came) as (client, asked):
            capabilities = await self._capabilities(client, asked)
            if capabilities.retired:
                raise retired(asked)
            return await _streamed(client, message_arguments(question, capabilities), asked, came, heard)

    async def count(self, question: Question) -> int:
        """Return how many tokens the request would have; see ModelClient."""
        async with self.opened(question.model, question) as (client, asked):
            capabilities = await self._capabilities(client, asked)
            counted = await client.messages.count_tokens(**count_arguments(question, capabilities))
            return int(counted.input_tokens)

    async def capabilities(self, model: str) -> Capabilities:
        """Return what the model can do; see ModelClient."""
        if known := await self._remembered(model):
            return known
        async with self.opened(model) as (client, asked):
            return await self._capabilities(client, asked)

    @contextlib.asynccontextmanager
    async def opened(
        self, model: str, *questions: Question, came: _Heard | None = None
    ) -> AsyncIterator[tuple[Any, Asked]]:
        """Open the SDK's client for one call; what goes wrong in it is raised as a ModelProblem."""
        prompt = "\n".join(map(_text, questions))
        asked = Asked(place(self._connection), model, self._timeout, prompt=prompt)
        async with self._finding:
            key = self._key or await find_key(self._connection)
            self._key = key if key and key.lasting else None
            asked = dataclasses.replace(asked, key=key)
        try:
            client = await asyncio.to_thread(open_client, self._connection, asked.key, self._timeout)
        except Exception as error:  # noqa: BLE001 - looking for credentials, other libraries fail in their own ways
            raise problem_of(error, asked) from None
        try:
            yield client, asked
        except Exception as error:  # noqa: BLE001 - an endpoint may send what the SDK does not expect
            problem = problem_of(error, asked)
            if came:
                problem.usage, problem.received = came.usage, "".join(came.text)
            self._learn(problem, model)
            raise problem from None  # the SDK's exceptions hold the request, with the key
        finally:
            await client.close()

    def _learn(self, problem: ModelProblem, model: str) -> None:
        """Forget what may have been wrong: the next attempt finds it anew."""
        if problem.kind == "unauthorized":
            self._key = None
        if problem.kind in {"bad_request", "not_found"}:
            self._known.forget(place(self._connection), model)

    async def _remembered(self, model: str) -> Capabilities | None:
        return await asyncio.to_thread(self._known.of, place(self._connection), model)

    async def _capabilities(self, client: Any, asked: Asked) -> Capabilities:
        """Return what is known or told. Who does not tell at all, as many gateways, gets the plainest request."""
        if known := await self._remembered(asked.model):
            return known
        told = None
        if getattr(client, "models", None) is not None:
            try:
                told = await client.models.retrieve(asked.model)
            except Exception as error:
                problem = problem_of(error, asked)
                if problem.passing or problem.kind == "unauthorized":
                    raise
        found = _read_capabilities(told) if told else Capabilities()
        lasting = told is not None and told.capabilities is not None
        await asyncio.to_thread(self._known.remember, place(self._connection), asked.model, found, lasting=lasting)
        return found


@dataclass
class _Heard:
    """What has come of an answer."""

    text: list[str] = field(default_factory=list)
    characters: int = 0
    usage: Usage = field(default_factory=Usage)
    stop: str = ""
    model: str = ""
    started: bool = False
    complete: bool = False

    def take(self, event: Any) -> None:
        """Take in an event of the SDK's stream."""
        if event.type == "text":
            self.text.append(event.text)
            self.characters += len(event.text)
        elif event.type == "thinking":
            self.characters += len(event.thinking)
        elif event.type == "message_start":
            self.started = True
            self.model = event.message.model or ""
            self.usage = _usage(event.message.usage, Usage())
        elif event.type == "message_delta":
            self.stop = event.delta.stop_reason or ""
            self.usage = _usage(event.usage, self.usage)
        elif event.type == "message_stop":
            self.complete = True


async def _streamed(
    client: Any, arguments: dict[str, Any], asked: Asked, came: _Heard, heard: Callable[[int], None]
) -> Answer:
    most = arguments["max_tokens"] * _LONGEST
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what the SDK knows of models is older than what the models say
        stream = client.messages.stream(**arguments)
    async with stream as events:
        async for event in events:
            came.take(event)
            heard(came.characters)
            if came.characters > most:
                raise ModelProblem("server", f"The answer of {asked.model} does not end. Choose another model.")
    if not came.started:
        raise ValueError
    if not (came.complete and came.stop):
        raise cut(asked)
    return Answer("".join(came.text), _STOPS.get(came.stop, "end"), came.usage, came.model or asked.model)


def answer_of(message: Any, model: str) -> Answer:
    """Return a whole message of the SDK as an answer."""
    text = "".join(block.text for block in message.content if block.type == "text")
    return Answer(
        text, _STOPS.get(message.stop_reason or "", "end"), _usage(message.usage, Usage()), message.model or model
    )


def _usage(told: Any, before: Usage) -> Usage:
    """Return the counts of the SDK's usage: each is a total, and what is not told stays as it was."""
    fields = {
        "fresh": "input_tokens",
        "cache_written": "cache_creation_input_tokens",
        "cache_read": "cache_read_input_tokens",
        "output": "output_tokens",
    }
    counts = ((ours, getattr(told, theirs, None)) for ours, theirs in fields.items())
    return dataclasses.replace(before, **{ours: max(0, int(count)) for ours, count in counts if count is not None})


def _read_capabilities(info: Any) -> Capabilities:
    """``info``: the SDK's ModelInfo. What a gateway leaves out is not there."""

    def supported(*names: str) -> bool:
        found = info.capabilities
        for name in names:
            found = getattr(found, name, None)
        return getattr(found, "supported", False) is True

    thinks = supported("thinking")
    return Capabilities(
        adaptive_thinking=thinks and supported("thinking", "types", "adaptive"),
        budgeted_thinking=thinks and supported("thinking", "types", "enabled"),
        can_stop_thinking=thinks and supported("thinking", "types", "disabled"),
        efforts=tuple(effort for effort in _EFFORTS if supported("effort") and supported("effort", effort)),
        structured_outputs=supported("structured_outputs"),
        batch=supported("batch"),
        max_input=info.max_input_tokens,
        max_output=info.max_tokens,
        retired=info.lifecycle == "retired",
    )


def _text(question: Question) -> str:
    turns = question.conversation.turns
    return "\n".join(
        block.text for blocks in (question.conversation.system, *(t.blocks for t in turns)) for block in blocks
    )
