"""What a batch brought is downloaded once, paid once, and tried also when the provider has it no more."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from greenline.adapters.batch_store_sqlite import BatchStoreSqlite
from greenline.adapters.ledger_sqlite import LedgerSqlite
from greenline.domain.asking.model import Answer, Usage
from greenline.ports.model import ModelProblem
from greenline.services.batch_report import BatchReport
from greenline.services.collect_batch import CollectBatch, Collected
from unit.services.batch_world import FEE, ROOT, Shop, asks

DAY = 86_400.0
TAX = "shop/fees.py::tax"
ANSWER = Answer("tests", usage=Usage(fresh=1_000, output=500))
PAID = (1_000 * 2.0 + 500 * 10.0) / 1e6 / 2


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(BatchStoreSqlite(tmp_path / "batches.sqlite3", now=lambda: 1e9))


async def collected(shop: Shop, name: str) -> Collected | BatchReport:
    record = next(each for each in shop.store.open_in(ROOT) if each.name == name)
    collecting = CollectBatch(shop.means, shop.way, record, shop.world.clock.sleep)
    return await collecting.collected(shop.world.told, wait=False)


async def followed_up(shop: Shop) -> None:
    """Hand in two requests, have them answered, and hand in what follows; that is answered as well."""
    await shop.hand_in(asks("k1"), asks("k2", TAX))
    shop.provider.ended["msgbatch_1"] = {"k1": ANSWER, "k2": ANSWER}
    assert isinstance(await collected(shop, "msgbatch_1"), Collected)
    (first,) = shop.store.open_in(ROOT)
    await shop.hand_in(asks("k3", FEE, "k1"), asks("k4", TAX, "k2"), after=first.id)
    shop.provider.ended["msgbatch_2"] = {"k3": ANSWER, "k4": ANSWER}


async def test_earlier_answers_are_downloaded_once_and_outlive_the_provider(shop: Shop) -> None:
    await followed_up(shop)
    shop.provider.gone.add("msgbatch_1")
    for _ in range(2):  # what came could not be tried the first time
        found = await collected(shop, "msgbatch_2")
        assert isinstance(found, Collected)
        assert {target: [each.answer for each in came] for target, came in found.came.items()} == {
            FEE: [ANSWER, ANSWER], TAX: [ANSWER, ANSWER],
        }  # fmt: skip
        shop.provider.gone.add("msgbatch_2")
    assert shop.provider.downloaded == ["msgbatch_1", "msgbatch_2"]


async def test_an_answer_whose_earlier_one_is_gone_ends_and_the_others_go_on(shop: Shop, tmp_path: Path) -> None:
    await followed_up(shop)
    with closing(sqlite3.connect(tmp_path / "batches.sqlite3")) as base:
        base.execute("delete from answer_1 where key = 'k1'")
        base.commit()
    found = await collected(shop, "msgbatch_2")
    assert isinstance(found, Collected)
    gone, *_ = found.came[FEE]
    assert isinstance(gone.answer, ModelProblem)
    assert "is not kept any more" in str(gone.answer)
    assert [each.answer for each in found.came[TAX]] == [ANSWER, ANSWER]


async def test_a_batch_that_another_key_may_see_stays_with_what_is_reserved_for_it(shop: Shop) -> None:
    await shop.hand_in(asks("k1"))
    shop.provider.gone.add("msgbatch_1")
    for days in (0, 28):
        shop.now = 1e9 + days * DAY
        report = await collected(shop, "msgbatch_1")
        assert isinstance(report, BatchReport)
        assert report.outcome == "away"
        assert "The key that is set now may be one of another workspace" in report.message
        (entry,) = shop.world.book.entries(0)
        assert (entry.outcome, entry.dollars) == ("open", 0.25)
    shop.provider.gone.clear()  # the key that asked is set again
    shop.provider.ended["msgbatch_1"] = {"k1": ANSWER}
    assert isinstance(await collected(shop, "msgbatch_1"), Collected)
    (entry,) = shop.world.book.entries(0)
    assert entry.outcome == "answered"
    assert entry.dollars == pytest.approx(PAID)


async def test_a_batch_that_no_provider_keeps_any_more_is_given_up(shop: Shop) -> None:
    await shop.hand_in(asks("k1"))
    shop.provider.gone.add("msgbatch_1")
    shop.now += 29 * DAY
    report = await collected(shop, "msgbatch_1")
    assert isinstance(report, BatchReport)
    assert (report.outcome, shop.open) == ("lost", [])
    assert [e.dollars for e in shop.world.book.entries(0)] == [0.0]


async def test_what_was_paid_stays_paid_when_the_batch_is_lost(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    await shop.hand_in(asks("k1"), asks("k2", TAX))
    shop.provider.ended["msgbatch_1"] = {"k1": ANSWER, "k2": ANSWER}
    await collected(shop, "msgbatch_1")
    (record,) = shop.store.open_in(ROOT)
    shop.store.tried(record.id, ["k1"])
    monkeypatch.setattr(shop.store, "answers", lambda keys: {})
    shop.provider.gone.add("msgbatch_1")
    shop.now += 30 * DAY
    report = await collected(shop, "msgbatch_1")
    assert isinstance(report, BatchReport)
    assert report.outcome == "lost"
    assert [(e.outcome, e.dollars) for e in shop.world.book.entries(0)] == [("answered", pytest.approx(PAID))] * 2


@pytest.mark.parametrize("how", ["lost", "put aside"])
async def test_what_the_ledger_does_not_know_is_counted_once(shop: Shop, tmp_path: Path, how: str) -> None:
    file = tmp_path / "ledger.sqlite3"
    await shop.hand_in(asks("k1"))
    if how == "put aside":
        file.write_bytes(b"something wrote over it" * 40)
    shop.provider.ended["msgbatch_1"] = {"k1": ANSWER}
    (record,) = shop.store.open_in(ROOT)
    for _ in range(2):
        means = replace(shop.means, ledger=LedgerSqlite(file, now=lambda: 1e9))
        await CollectBatch(means, shop.way, record, shop.world.clock.sleep).collected(shop.world.told, wait=False)
    assert [(e.id, e.dollars) for e in LedgerSqlite(file).entries(0)] == [("k1", pytest.approx(PAID))]
