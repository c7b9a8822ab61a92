"""Asking a model."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol

from greenline.domain.asking.model import Answer, Capabilities, Question, Usage

ProblemKind = Literal[
    "no_sdk",
    "no_key",
    "unauthorized",
    "forbidden",
    "unpaid",
    "not_found",
    "bad_request",
    "rate_limited",
    "overloaded",
    "server",
    "unreachable",
    "timeout",
    "cut",
    "ceiling",
    "no_consent",
    "later",
]

EditorKey = Callable[[], str | Awaitable[str]]
"""Returns the key that the editor keeps; empty for none. It is asked for when a request is made, each time."""
Provider = Literal["anthropic", "bedrock", "vertex", "foundry"]

_PASSING: frozenset[ProblemKind] = frozenset({"rate_limited", "overloaded", "server", "unreachable", "timeout", "cut"})
_OF_KEYS: frozenset[ProblemKind] = frozenset({"no_key", "unauthorized"})


@dataclass(frozen=True, slots=True)
class Connection:
    """Where models are asked, and who has the key. Holds none that a log could show: ``editor_key`` is never printed.

    What is set for Greenline counts before what is set for everything: ``key_command``, then ``editor_key``, then
    ``ANTHROPIC_API_KEY``. Bedrock, Vertex and Foundry have credentials of their own, found by the SDK's clients.
    """

    provider: Provider = "anthropic"
    base_url: str = ""
    """Of the Messages API, without ``/v1``; empty for the provider's own."""
    key_command: str = ""
    """A command line that prints the key, such as that of a password store."""
    editor_key: str | EditorKey = field(default="", repr=False, compare=False)
    """From the editor's secret storage: the key, or what returns it when it is needed."""


class ModelProblem(Exception):
    """There is no answer; the message says why and what to do, for a person, and holds no key and no source text."""

    def __init__(
        self, kind: ProblemKind, message: str, retry_after: float | None = None, usage: Usage | None = None
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.retry_after = retry_after
        """Seconds that the provider asks to wait, where it says so."""
        self.usage = usage or Usage()
        """What was used up all the same, as far as the provider has said so before the answer broke off."""
        self.received = ""
        """As much of the answer as came before it broke off; of tests in it, some may be complete."""

    @property
    def passing(self) -> bool:
        """Whether the same request may be answered a little later."""
        return self.kind in _PASSING

    @property
    def wants_key(self) -> bool:
        """Whether another key may help, or one at all."""
        return self.kind in _OF_KEYS


class ModelClient(Protocol):
    """Speaks to one provider. Each call is one attempt; cancelling it closes the stream."""

    async def ask(self, question: Question, heard: Callable[[int], None]) -> Answer:
        """Return the answer; ``heard`` gets the characters received so far, again and again. Raises ModelProblem."""

    async def count(self, question: Question) -> int:
        """Return how many tokens the request would have; asks the provider. Raises ModelProblem."""

    async def capabilities(self, model: str) -> Capabilities:
        """Return what the model can do; asked once, then remembered. Raises ModelProblem."""
