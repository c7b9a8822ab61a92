"""Money for batches is released whatever ends the process that reserves it."""

from __future__ import annotations

import asyncio
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from greenline.adapters.batch_store_sqlite import BatchStoreSqlite
from greenline.domain.asking.batches import BatchRecord, BatchRequest
from greenline.domain.asking.entries import Entry
from greenline.domain.asking.model import Question, Thinking
from greenline.ports.batch_store import BatchStoreProblem
from greenline.services.batch_means import HandIn
from greenline.services.batch_report import BatchReport
from greenline.services.collect_batch import CollectBatch
from greenline.services.reserve_batch import _reserved
from unit.services.asking_world import SAID, SCHEMA
from unit.services.batch_world import FEE, ROOT, Shop, asks

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(BatchStoreSqlite(tmp_path / "batches.sqlite3", now=lambda: 1e9))


class Held:
    """A step that waits until it is let go on, in the thread that it is done in."""

    def __init__(self, step: Callable[..., Any]) -> None:
        self._step = step
        self.began, self.goes_on = threading.Event(), threading.Event()

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        self.began.set()
        assert self.goes_on.wait(60)
        return self._step(*arguments, **named)


@pytest.mark.parametrize(("place", "step"), [("book", "begin_all"), ("store", "add"), ("store", "reserved")])
async def test_cancelled_while_money_is_reserved_nothing_stays_reserved(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, place: str, step: str
) -> None:
    where = shop.world.book if place == "book" else shop.store
    held = Held(getattr(where, step))
    monkeypatch.setattr(where, step, held)
    handing_in = asyncio.ensure_future(shop.hand_in(asks("k1"), asks("k2", "shop/fees.py::tax")))
    assert await asyncio.to_thread(held.began.wait, 60)
    handing_in.cancel()
    held.goes_on.set()
    with pytest.raises(asyncio.CancelledError):
        await handing_in
    assert shop.world.book.spent_today() == 0.0
    assert (shop.open, shop.provider.taken) == ([], [])
    monkeypatch.undo()
    assert await shop.hand_in(asks("k3")) == ["handed_in"]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), BatchStoreProblem("The disk is full.")])
async def test_whatever_ends_reserving_nothing_stays_reserved(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(shop.store, "reserved", fails)
    wanted = HandIn(shop.way, "one", {"k1": Question("one", SAID, SCHEMA, Thinking(None, None))}, {}, {}, None)
    record = BatchRecord("r", str(ROOT), "https://here", "one", 1e9, (asks("k1"),), status="reserving")
    with pytest.raises(type(error)), ExitStack() as turns:
        _reserved(shop.means, wanted, [record], turns, "")
    assert (shop.world.book.spent_today(), shop.open) == (0.0, [])


async def died_while_reserving(shop: Shop, request: BatchRequest) -> None:
    """Leave what a process leaves that is killed while it reserves money."""
    shop.store.add([BatchRecord("r", str(ROOT), "https://here", "one", 1e9, (request,), status="reserving")], {})
    shop.world.book.begin(Entry(1e9, "one", str(ROOT), FEE, dollars=0.25, batch=True, id=request.key), 10.0)


async def test_what_a_process_reserved_that_died_is_free_when_the_next_one_begins(shop: Shop) -> None:
    await died_while_reserving(shop, asks("k1"))
    assert await shop.hand_in(asks("k2")) == ["handed_in"]
    assert [(e.id, e.outcome) for e in shop.world.book.entries(0)] == [("k1", "cancelled"), ("k2", "open")]
    assert shop.open == [("msgbatch_1", ["k2"])]


async def test_what_a_process_reserves_that_lives_stays_its_own(shop: Shop) -> None:
    await died_while_reserving(shop, asks("k1"))
    turn = shop.store.turn("r")
    assert turn is not None
    with turn:
        assert await shop.hand_in(asks("k2")) == ["waiting"]
    assert shop.world.book.spent_today() == 0.25


async def test_who_resumes_is_told_of_what_was_never_handed_in(shop: Shop) -> None:
    await shop.hand_in(asks("k1"))
    await died_while_reserving(shop, asks("k2", FEE, "k1"))
    record = next(each for each in shop.store.open_in(ROOT) if each.id == "r")
    collecting = CollectBatch(shop.means, shop.way, record, shop.world.clock.sleep)
    report = await collecting.collected(shop.world.told, wait=False)
    assert isinstance(report, BatchReport)
    assert (report.outcome, shop.open) == ("refused", [("msgbatch_1", ["k1"])])
    assert "It cost nothing. The answers before it are kept" in report.message
