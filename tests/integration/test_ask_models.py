"""The chain, its ceilings and the ledger, with the real SDK and a server on this machine that it talks to."""

from __future__ import annotations

import asyncio
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from greenline.adapters.anthropic_client import AnthropicClient
from greenline.adapters.ledger_sqlite import LedgerSqlite
from greenline.domain.asking.ceilings import Ceilings
from greenline.domain.asking.entries import Entry
from greenline.domain.asking.list_prices import DEFAULT_CHAIN, LIST
from greenline.domain.asking.model import Answer, Block, Conversation, Turn, Usage
from greenline.domain.asking.prices import cost
from greenline.ports.model import Connection, ModelProblem
from greenline.services.ask_models import AskModels

if TYPE_CHECKING:
    from greenline.domain.asking.account import Account
    from model_server import ModelServer

LIMIT = 30.0
FIRST, SECOND = DEFAULT_CHAIN[:2]
SAID = Conversation(
    (Block("You write tests. " * 1_000), Block("The module:\ndef f(): ...", breakpoint=True)),
    (Turn("user", (Block("Reach line 1."),)),),
)
SCHEMA = {"type": "object", "properties": {"tests": {"type": "array"}}, "required": ["tests"]}


@pytest.fixture(autouse=True)
def _no_settings_of_whoever_runs_this(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("ANTHROPIC_") or name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)


@dataclass
class Asking:
    """Who asks the server, with a clock that only waiting moves."""

    url: str
    file: Path
    ceilings: Ceilings = field(default_factory=Ceilings)
    slept: list[float] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ledger = LedgerSqlite(self.file)
        client = AnthropicClient(Connection(base_url=self.url, editor_key="sk-not-a-key"), timeout=LIMIT)
        self.models = AskModels(
            client, DEFAULT_CHAIN[:2], self.ledger, self.ceilings, clock=lambda: sum(self.slept), sleep=self.sleep
        )
        self.account = self.models.account("a.py::f", "/p")

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def step(self, message: str, fraction: float | None = None) -> None:
        self.steps.append(message)

    async def ask(self, account: Account | None = None) -> Answer:
        return await asyncio.wait_for(self.models.ask(SAID, SCHEMA, account or self.account, self), LIMIT)

    async def problem(self) -> ModelProblem:
        with pytest.raises(ModelProblem) as raised:
            await self.ask()
        return raised.value

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What another process would read."""
        return LedgerSqlite(self.file).entries(0.0)


@pytest.fixture
def asking(model_server: ModelServer, tmp_path: Path) -> Asking:
    return Asking(model_server.url, tmp_path / "ledger.sqlite3")


def limited(asking: Asking, **ceilings: float) -> Asking:
    return Asking(asking.url, asking.file, Ceilings(**ceilings))  # type: ignore[arg-type]


def models_of(server: ModelServer) -> list[str]:
    return [request.json["model"] for request in server.asked]


async def test_what_the_provider_says_is_what_is_paid(model_server: ModelServer, asking: Asking) -> None:
    model_server.answers(text="{}", times=2)
    await asking.ask()
    await asking.ask()
    first, second = asking.entries
    assert (first.model, first.project, first.target, first.outcome) == (FIRST.name, "/p", "a.py::f", "answered")
    assert first.usage.cache_written > 1_000
    assert second.usage.cache_read == first.usage.cache_written, "the prefix is the same, byte for byte"
    for entry in (first, second):
        assert entry.dollars == pytest.approx(cost(entry.usage, LIST[FIRST.name]))
        assert entry.exact
    assert second.dollars is not None
    assert first.dollars is not None
    assert second.dollars < first.dollars
    assert asking.account.spent.dollars == pytest.approx(first.dollars + second.dollars)
    assert asking.account.spent.usage == first.usage + second.usage


async def test_a_storm_ends_at_the_next_model_and_costs_nothing(model_server: ModelServer, asking: Asking) -> None:
    model_server.fails(529, model=FIRST.name, times=3)
    model_server.answers(text="{}", model=SECOND.name, times=2)
    assert (await asking.ask()).model == SECOND.name
    assert (await asking.ask()).model == SECOND.name
    assert models_of(model_server) == [FIRST.name] * 3 + [SECOND.name] * 2
    assert [(entry.outcome, entry.dollars) for entry in asking.entries[:3]] == [("failed", 0.0)] * 3
    assert f"{FIRST.name} is overloaded; asking {SECOND.name} instead" in asking.steps
    assert len(asking.slept) == 2


async def test_nobody_answers(model_server: ModelServer, asking: Asking) -> None:
    model_server.fails(529, times=3, model=FIRST.name)
    model_server.fails(500, times=3, model=SECOND.name)
    problem = await asking.problem()
    assert str(problem).startswith(
        f"No model answered: {FIRST.name} is overloaded; {SECOND.name} failed at its provider's."
    )
    assert problem.passing


async def test_what_the_provider_asks_to_wait_is_waited(model_server: ModelServer, asking: Asking) -> None:
    model_server.fails(429, retry_after=12)
    model_server.answers(text="{}")
    assert (await asking.ask()).model == FIRST.name
    (slept,) = asking.slept
    assert 12 <= slept <= 13
    assert f"{FIRST.name} has too many requests; waiting 12 s, as the provider asks" in asking.steps


async def test_a_wait_that_is_too_long_is_left_to_another_model(model_server: ModelServer, asking: Asking) -> None:
    model_server.fails(429, retry_after=3_600, model=FIRST.name)
    model_server.answers(text="{}", model=SECOND.name)
    assert (await asking.ask()).model == SECOND.name
    assert asking.slept == []


async def test_a_retired_model_makes_room_for_the_next(model_server: ModelServer, asking: Asking) -> None:
    model_server.has_model(FIRST.name, retired=True)
    model_server.answers(text="{}", times=2)
    await asking.ask()
    await asking.ask()
    assert models_of(model_server) == [SECOND.name] * 2
    assert "is not asked any more" in dict(asking.models.states())[FIRST.name]


@pytest.mark.parametrize("status", [403, 404])
async def test_a_model_that_is_not_there_or_not_allowed(model_server: ModelServer, asking: Asking, status: int) -> None:
    model_server.fails(status, model=FIRST.name)
    model_server.answers(text="{}", times=2)
    await asking.ask()
    await asking.ask()
    assert models_of(model_server) == [FIRST.name, SECOND.name, SECOND.name]


async def test_a_refused_key_is_refused_for_all(model_server: ModelServer, asking: Asking) -> None:
    model_server.key = "another"
    problem = await asking.problem()
    assert problem.kind == "unauthorized"
    assert not [entry for entry in asking.entries if entry.dollars]


async def test_an_answer_that_breaks_off_is_paid_for_and_asked_again(model_server: ModelServer, asking: Asking) -> None:
    model_server.cut_midway(text="x" * 3_000)
    model_server.error_midway(text="x" * 3_000)
    model_server.answers(text="{}")
    await asking.ask()
    first, second, third = asking.entries
    assert [entry.outcome for entry in (first, second, third)] == ["failed", "failed", "answered"]
    assert not first.exact
    assert first.usage.output > 400, "about half of the text came"
    assert first.usage.cache_written > 1_000, "the provider had said so"
    assert first.dollars
    assert second.dollars
    assert asking.account.spent.requests == 3


async def test_a_ceiling_is_said_before_anything_is_asked(model_server: ModelServer, asking: Asking) -> None:
    model_server.answers(text="{}")
    for asks, setting in (
        (limited(asking, tokens=7_000), "model.tokensPerTarget"),
        (limited(asking, dollars=0.01), "model.dollarsPerTarget"),
        (limited(asking, dollars_per_day=0.01), "model.dollarsPerDay"),
    ):
        problem = await asks.problem()
        assert problem.kind == "ceiling"
        assert setting in str(problem)
    assert model_server.asked == []
    assert asking.entries == ()


async def test_the_answer_is_no_longer_than_what_can_be_paid(model_server: ModelServer, asking: Asking) -> None:
    model_server.answers(text="{}", times=2)
    asks = limited(asking, dollars=0.1)
    await asks.ask()
    counted = sum(entry.usage.total - entry.usage.output for entry in asking.entries)
    longest = model_server.asked[0].json["max_tokens"]
    assert cost(Usage(cache_written=counted, output=longest), LIST[FIRST.name]) == pytest.approx(0.1, rel=0.01)


async def test_a_day_counts_for_all_processes(model_server: ModelServer, asking: Asking) -> None:
    model_server.answers(text="{}", times=2)
    spent = Entry(time.time() + 3600, "x", "", "", dollars=9.99)  # of today, also when midnight comes
    assert LedgerSqlite(asking.file).begin(spent, 10.0)
    problem = await asking.problem()
    assert "model.dollarsPerDay" in str(problem)
    assert model_server.asked == []


async def test_where_nobody_counts_it_is_guessed(model_server: ModelServer, asking: Asking) -> None:
    model_server.counts_tokens = False
    model_server.answers(text="{}")
    asks = limited(asking, tokens=20_000)
    await asks.ask()
    assert 20_000 - 8_000 < model_server.asked[0].json["max_tokens"] < 20_000 - 5_000


async def test_cancelling_closes_the_stream_and_is_written_down(model_server: ModelServer, asking: Asking) -> None:
    gate = model_server.stalls_midway(text="x" * 3_000)
    task = asyncio.ensure_future(asking.ask())
    assert await gate.was_reached()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, LIMIT)
    (entry,) = asking.entries
    assert (entry.outcome, entry.exact) == ("cancelled", False)
    assert entry.dollars
    assert asking.account.spent.dollars == entry.dollars


async def test_a_server_that_says_nothing_is_left_when_the_time_is_over(
    model_server: ModelServer, asking: Asking
) -> None:
    gate = model_server.slow_first_byte(text="{}")
    asks = limited(asking, seconds=1.0)
    problem = await asks.problem()
    gate.release()
    assert problem.kind == "ceiling"
    assert "model.secondsPerTarget" in str(problem)
    (entry,) = asking.entries
    assert entry.outcome == "cancelled"
