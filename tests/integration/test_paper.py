"""What the paper says, beside what a ledger says of requests of the same lengths: the real SDK, and a server here."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from greenline.adapters.anthropic_client import AnthropicClient
from greenline.adapters.ledger_sqlite import LedgerSqlite
from greenline.domain.asking.ceilings import Ceilings
from greenline.domain.asking.costs import costs_of
from greenline.domain.asking.list_prices import DEFAULT_CHAIN
from greenline.domain.asking.model import Block, Conversation, Turn
from greenline.domain.asking.on_paper import Paper, Workload, fitted, on_paper
from greenline.ports.model import Connection
from greenline.ports.progress import Silent
from greenline.services.ask_models import AskModels

if TYPE_CHECKING:
    from pathlib import Path

    from model_server import ModelServer

LIMIT = 30.0
MODULES, FUNCTIONS = 4, 5
"""Functions of each module; half of them are asked about twice."""
CHOICE = DEFAULT_CHAIN[0]
WORK = Workload(per_module=FUNCTIONS, answer=1_000, said=1_000, left_over=1.0)
assert CHOICE.price is not None
PRICE = CHOICE.price


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LedgerSqlite:
    for name in [name for name in os.environ if name.startswith("ANTHROPIC_") or name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    return LedgerSqlite(tmp_path / "ledger.sqlite3")


def text(tokens: int) -> str:
    """Return what the server takes for so many tokens, what stands around it in JSON left out."""
    return "four" * tokens


def first_request(module: int) -> Conversation:
    return Conversation(
        (Block(text(WORK.shared), breakpoint=True),),
        (Turn("user", (Block(f"{module}{text(WORK.module)}", breakpoint=True), Block(text(WORK.own)))),),
    )


async def ask_for_all(server: ModelServer, ledger: LedgerSqlite, *, cached: bool) -> None:
    client = AnthropicClient(Connection(base_url=server.url, editor_key="sk-not-a-key"), timeout=LIMIT)
    models = AskModels(client, [CHOICE], ledger, Ceilings())
    answer = text(WORK.answer)
    server.answers(text=answer, times=MODULES * FUNCTIONS * 2)
    for number in range(MODULES * FUNCTIONS):
        said = first_request(number // FUNCTIONS)
        if not cached:
            said = Conversation((Block(text(WORK.shared)),), (Turn("user", (Block(text(WORK.module + WORK.own)),)),))
        account = models.account(f"f{number}", "/p")
        await asyncio.wait_for(models.ask(said, {}, account, Silent()), LIMIT)
        if number % 2:
            more = said.followed_by(answer, text(WORK.follow_up))
            await asyncio.wait_for(models.ask(more, {}, account, Silent()), LIMIT)


def paper(ledger: LedgerSqlite, *, cached: bool) -> Paper:
    workload = fitted(WORK, ledger.entries(0.0))
    assert workload.measured == MODULES * FUNCTIONS * 3 // 2
    papers = on_paper(MODULES * FUNCTIONS, PRICE, replace(workload, said=WORK.said))
    return next(each for each in papers if each.explored and each.cached is cached)


@pytest.mark.parametrize("cached", [True, False])
async def test_the_paper_says_what_the_ledger_says(
    model_server: ModelServer, ledger: LedgerSqlite, *, cached: bool
) -> None:
    await ask_for_all(model_server, ledger, cached=cached)
    spent = costs_of(ledger.entries(0.0), [], 0.0).month.spent
    said = paper(ledger, cached=cached)
    assert said.requests == spent.requests
    assert said.usage.total == pytest.approx(spent.usage.total, rel=0.01)
    assert said.usage.cache_written == pytest.approx(spent.usage.cache_written, rel=0.01)
    assert said.usage.cache_read == pytest.approx(spent.usage.cache_read, rel=0.01)
    assert said.dollars == pytest.approx(spent.dollars, rel=0.01)
    assert (spent.usage.cache_read > 0) is cached
