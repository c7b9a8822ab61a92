"""What is asked of a model, what it answers, and what that used up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from greenline.domain.coverage.model import CoverageMap

Role = Literal["user", "assistant"]
Effort = Literal["low", "medium", "high", "xhigh", "max"]
Stop = Literal["end", "max_tokens", "refusal"]


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a prompt. With ``breakpoint`` all up to its end is to be cached: it is the same next time."""

    text: str
    breakpoint: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """What one side says."""

    role: Role
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Conversation:
    """All that was said so far; the last turn is the person's side."""

    system: tuple[Block, ...]
    turns: tuple[Turn, ...]
    prompts: str = ""
    """The version of the prompts that it was made with, for the ledger."""

    def followed_by(self, answer: str, request: str) -> Conversation:
        """Return the conversation with what the model answered, and what is asked next."""
        said = (Turn("assistant", (Block(answer),)), Turn("user", (Block(request),)))
        return replace(self, turns=(*self.turns, *said))


@dataclass(frozen=True, slots=True)
class Thinking:
    """How much a model may think first: a word, or tokens for those that take a number. Both None: not at all."""

    effort: Effort | None = "high"
    budget: int | None = 20_000


@dataclass(frozen=True, slots=True)
class Question:
    """One request. ``schema`` (a JSON schema) is the form of the answer, for models that can keep to one."""

    model: str
    conversation: Conversation
    schema: Mapping[str, Any] = field(default_factory=dict)
    thinking: Thinking = field(default_factory=Thinking)
    max_tokens: int = 32_000
    """Of the answer, thinking included."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of requests. ``fresh`` ones of the input were neither read from the cache nor written to it."""

    fresh: int = 0
    cache_written: int = 0
    cache_read: int = 0
    output: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.fresh + other.fresh,
            self.cache_written + other.cache_written,
            self.cache_read + other.cache_read,
            self.output + other.output,
        )

    @property
    def total(self) -> int:
        """All tokens, in and out."""
        return self.fresh + self.cache_written + self.cache_read + self.output


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. ``text`` is without thinking; with ``max_tokens`` or a refusal it may stop anywhere."""

    text: str
    stop: Stop = "end"
    usage: Usage = field(default_factory=Usage)
    model: str = ""
    """Who answered: the chain may have gone on to another one than was asked first."""
    instead: str = ""
    """Why those before it in the chain did not, in words: "one is overloaded"; empty where it was the first."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a model can do, as its provider says; what nobody says is not sent."""

    adaptive_thinking: bool = False
    budgeted_thinking: bool = False
    can_stop_thinking: bool = False
    """Whether it may be told not to think; some think when nothing is said."""
    efforts: tuple[Effort, ...] = ()
    structured_outputs: bool = False
    batch: bool = False
    max_input: int | None = None
    max_output: int | None = None
    retired: bool = False


@dataclass(frozen=True, slots=True)
class Price:
    """Dollars per million tokens."""

    input: float
    output: float
    cache_read: float = 0.1
    """Of the input's price, for what is read from the cache."""
    long_prompt: int | None = None
    """A prompt of more tokens costs ``long_factor`` times as much, and so does its answer."""
    long_factor: float = 1.0


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """One model of the chain; the first that can answers. Without a price its cost is unknown."""

    name: str
    priority: int = 0
    """The lowest is asked first."""
    price: Price | None = None
    max_output: int | None = None
    """Tokens of one answer, where less is wanted than the model could."""


@dataclass(frozen=True, slots=True)
class ProposedTest:
    """One test as a model wrote it, not yet looked at."""

    name: str
    code: str
    imports: tuple[str, ...] = ()
    intent: str = ""
    """What it shows, in a sentence."""
    lines: tuple[int, ...] = ()
    """Of the module: those that it is meant to reach."""
    suspected_bug: str = ""
    """Why the code itself may be wrong where this test fails, in the model's words; empty for none."""


FailureKind = Literal["wrong_test", "suspected_bug", "environment", "flaky", "refused", "weakened", "no_gain"]


@dataclass(frozen=True, slots=True)
class FailedTest:
    """A proposed test that was not kept. ``message`` says why: what pytest printed of it, or a sentence of ours."""

    test: ProposedTest
    message: str
    kind: FailureKind
    absent: tuple[str, ...] = ()
    """Files that are not there for it, where that may be why: as the run told, since a test can print anything."""


@dataclass(frozen=True, slots=True)
class Explored:
    """What is known of a target when a model is asked: what running it showed, and what is left all the same.

    Every text of a tuple stands on a line of its own in the prompt, in this order.
    """

    observations: tuple[str, ...] = ()
    """One for each call that is worth telling: ``parse("2d") == 48``, ``parse("") raises ValueError: "empty"``."""
    tests: tuple[str, ...] = ()
    """Source of the tests that are kept already: they are not to be written again."""
    coverage: CoverageMap | None = None
    """What tests reach with those; None: what the assignment says they do."""
    survivors: tuple[str, ...] = ()
    """Small changes of the code that no test notices: "line 12: bound one higher"."""
    suspected_bugs: tuple[str, ...] = ()
    """What looks wrong in the code itself: ``parse("-1") raises IndexError: ...``."""
    hindered: tuple[str, ...] = ()
    """What kept calls from going on, in a sentence each."""
    calls: int = 0
    """How often the target was called; 0: it was not explored."""
