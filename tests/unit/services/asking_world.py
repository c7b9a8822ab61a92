"""A provider, a clock and a ledger for those who ask models, all scripted."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from greenline.domain.asking.ceilings import Ceilings
from greenline.domain.asking.model import (
    Answer,
    Block,
    Capabilities,
    Conversation,
    ModelChoice,
    Price,
    Question,
    Thinking,
    Turn,
    Usage,
)
from greenline.ports.model import ModelProblem
from greenline.services.ask_models import AskModels

if TYPE_CHECKING:
    from greenline.domain.asking.entries import Entry, Kept

Event = Answer | ModelProblem | Callable[[Question, Callable[[int], None]], Awaitable[Answer]]
PRICE = Price(2.0, 10.0)
SAID = Conversation((Block("Write tests."),), (Turn("user", (Block("def f(): ...", breakpoint=True),)),))
SCHEMA = {"type": "object"}


def answer(text: str = "done", usage: Usage = Usage(fresh=1_000, output=500)) -> Answer:  # noqa: B008 - frozen
    return Answer(text, usage=usage)


@dataclass
class Clock:
    """Time that passes where somebody sleeps, and nowhere else."""

    time: float = 1_000.0
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds


class Told:
    """A job's progress."""

    def __init__(self) -> None:
        self.steps: list[str] = []

    def step(self, message: str, fraction: float | None = None) -> None:
        self.steps.append(message)


class Provider:
    """A ModelClient. Of each model the events come in order, and the last one again and again."""

    def __init__(self) -> None:
        self.script: dict[str, list[Event]] = defaultdict(list)
        self.asked: list[Question] = []
        self.prompt: int | ModelProblem = 1_000
        self.able: dict[str, Capabilities | ModelProblem] = {}

    @property
    def models(self) -> list[str]:
        return [question.model for question in self.asked]

    async def ask(self, question: Question, heard: Callable[[int], None]) -> Answer:
        self.asked.append(question)
        script = self.script[question.model]
        event = script.pop(0) if len(script) > 1 else script[0]
        if isinstance(event, ModelProblem):
            raise event
        return event if isinstance(event, Answer) else await event(question, heard)

    async def count(self, question: Question) -> int:
        if isinstance(self.prompt, ModelProblem):
            raise self.prompt
        return self.prompt

    async def capabilities(self, model: str) -> Capabilities:
        able = self.able.get(model, Capabilities())
        if isinstance(able, ModelProblem):
            raise able
        return able


class Book:
    """A ledger that keeps nothing beyond this process."""

    def __init__(self) -> None:
        self.written: dict[str, Entry] = {}
        self.tests: list[Kept] = []

    def spent_today(self) -> float:
        return sum(entry.dollars or 0.0 for entry in self.written.values())

    def begin(self, entry: Entry, most_today: float) -> bool:
        if entry.dollars and self.spent_today() + entry.dollars > most_today:
            return False
        self.written[entry.id] = entry
        return True

    def begin_all(self, entries: Sequence[Entry], most_today: float) -> frozenset[str]:
        return frozenset(entry.id for entry in entries if self.begin(entry, most_today))

    def end(self, entry: Entry) -> None:
        if entry.id not in self.written or self.written[entry.id].outcome != "answered":
            self.written[entry.id] = entry

    def release(self, ids: Collection[str]) -> None:
        for each in ids:
            if each in self.written and self.written[each].outcome == "open":
                self.written[each] = replace(self.written[each], dollars=0.0, outcome="cancelled")

    def keep(self, kept: Kept) -> None:
        self.tests.append(kept)

    def entries(self, since: float) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.written.values() if entry.when >= since)

    def kept(self, since: float) -> tuple[Kept, ...]:
        return tuple(kept for kept in self.tests if kept.when >= since)


@dataclass
class World:
    provider: Provider = field(default_factory=Provider)
    clock: Clock = field(default_factory=Clock)
    book: Book = field(default_factory=Book)
    told: Told = field(default_factory=Told)

    def models(
        self,
        *names: str,
        ceilings: Ceilings = Ceilings(),  # noqa: B008 - frozen
        price: Price | None = PRICE,
        thinking: Thinking = Thinking(None, None),  # noqa: B008 - frozen
    ) -> AskModels:
        chain = [ModelChoice(name, priority, price) for priority, name in enumerate(names or ("one",))]
        times = {"clock": self.clock, "now": lambda: 1e9, "sleep": self.clock.sleep}
        return AskModels(self.provider, chain[::-1], self.book, ceilings, thinking, **times)  # type: ignore[arg-type]


async def never(question: Question, heard: Callable[[int], None]) -> Answer:
    """Say three thousand characters, and then nothing."""
    heard(3_000)
    await asyncio.Event().wait()
    raise AssertionError
