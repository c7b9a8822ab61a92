"""What is handed in is paid once, and what was paid is not lost where the next request is not taken."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from greenline.adapters.batch_store_sqlite import BatchStoreSqlite
from greenline.domain.asking.batches import BatchRecord
from greenline.domain.asking.model import Question
from greenline.domain.code.model import Target
from greenline.ports.batch_store import BatchStoreProblem
from greenline.ports.model import ModelProblem
from greenline.services.batch_report import BatchReport
from greenline.services.collect_batch import CollectBatch
from greenline.services.generate_in_batches import GenerateInBatches
from unit.services.batch_world import FEE, ROOT, Shop, asks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(BatchStoreSqlite(tmp_path / "batches.sqlite3", now=lambda: 1e9))


async def test_what_waits_already_is_not_paid_twice(shop: Shop) -> None:
    assert await shop.hand_in(asks("k1")) == ["handed_in"]
    assert await shop.hand_in(asks("k2"), asks("k3", "shop/fees.py::tax")) == ["waiting", "handed_in"]
    assert shop.provider.taken == [["k1"], ["k3"]]
    assert (shop.told[0].record.name, shop.told[0].message.partition(";")[0]) == (
        "msgbatch_1", f"{FEE}: already asked for in it, and not again",
    )  # fmt: skip
    assert await shop.hand_in(asks("k4")) == ["waiting"]
    assert [entry.target for entry in shop.world.book.entries(0)] == [FEE, "shop/fees.py::tax"]


async def test_a_name_that_is_no_text_is_known_again(shop: Shop) -> None:
    odd = "shop/\udcff.py::fee"
    assert await shop.hand_in(asks("k1", odd)) == ["handed_in"]
    assert await shop.hand_in(asks("k2", odd)) == ["waiting"]


async def test_another_process_that_was_just_quicker_counts_as_well(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def parted(questions: Mapping[str, Question]) -> Sequence[Mapping[str, Question]]:
        if not shop.store.open_in(ROOT):
            shop.store.add([BatchRecord("r", str(ROOT), "https://here", "one", 1e9, (asks("k1"),))], {})
        return [questions]

    monkeypatch.setattr(shop.provider, "parted", parted)
    assert await shop.hand_in(asks("k2"), asks("k3", "shop/fees.py::tax")) == ["waiting", "handed_in"]
    assert shop.provider.taken == [["k3"]]
    assert [entry.outcome for entry in shop.world.book.entries(0)] == ["open"]


async def followed_up(shop: Shop) -> list[str]:
    """Hand in a request, and another that follows it."""
    await shop.hand_in(asks("k1"))
    (first,) = shop.store.open_in(ROOT)
    return await shop.hand_in(asks("k2", FEE, "k1"), after=first.id)


async def test_a_request_that_follows_takes_the_place_of_the_first(shop: Shop) -> None:
    assert await followed_up(shop) == ["handed_in"]
    assert shop.open == [("msgbatch_2", ["k2"])]


@pytest.mark.parametrize("kind", ["rate_limited", "overloaded", "unauthorized"])
async def test_where_what_follows_is_refused_the_paid_answer_stays(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, kind: Any
) -> None:
    await shop.hand_in(asks("k1"))
    shop.provider.refuses = ModelProblem(kind, "Not now.")
    (first,) = shop.store.open_in(ROOT)
    assert await shop.hand_in(asks("k2", FEE, "k1"), after=first.id) == ["refused"]
    assert shop.open == [("msgbatch_1", ["k1"])]
    assert "`greenline generate --resume` tries them again" in shop.told[0].message
    monkeypatch.setattr(shop.provider, "refuses", None)
    assert await shop.hand_in(asks("k3", FEE, "k1"), after=first.id) == ["handed_in"]
    assert shop.open == [("msgbatch_2", ["k3"])]


async def test_what_the_provider_never_takes_is_said_once(shop: Shop) -> None:
    await shop.hand_in(asks("k1"))
    shop.provider.refuses = ModelProblem("bad_request", "The request is too large.")
    (first,) = shop.store.open_in(ROOT)
    shop.store.named(first.id, "msgbatch_1")
    assert await shop.hand_in(asks("k2", FEE, "k1"), after=first.id) == ["refused"]
    assert shop.told[0].message == "The request is too large. What failed of the answers before it is not sent back."
    assert shop.open == []
    assert [(e.outcome, e.dollars) for e in shop.world.book.entries(0)] == [("open", 0.25), ("cancelled", 0.0)]


async def test_where_the_day_does_not_pay_what_follows_the_paid_answer_stays(shop: Shop) -> None:
    shop.ceilings = replace(shop.ceilings, dollars_per_day=0.3)
    assert await followed_up(shop) == ["refused"]
    assert shop.open == [("msgbatch_1", ["k1"])]


async def test_where_what_follows_never_reached_the_provider_the_paid_answer_stays(shop: Shop) -> None:
    await shop.hand_in(asks("k1"))
    (first,) = shop.store.open_in(ROOT)
    shop.provider.refuses = ModelProblem("unreachable", "Nobody is there.")
    assert await shop.hand_in(asks("k2", FEE, "k1"), after=first.id) == ["unknown"]
    (second,) = shop.store.open_in(ROOT)
    later = replace(shop.means, now=lambda: 1e9 + 1_000)
    report = await CollectBatch(later, shop.way, second, shop.world.clock.sleep).collected(shop.world.told, wait=False)
    assert isinstance(report, BatchReport)
    assert (report.outcome, shop.open) == ("refused", [("msgbatch_1", ["k1"])])
    assert "tries them again" in report.message


async def test_a_batch_that_was_taken_and_could_not_be_noted_is_told(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(record: str, name: str) -> None:
        raise BatchStoreProblem("The disk is full.")

    monkeypatch.setattr(shop.store, "named", full)
    assert await shop.hand_in(asks("k1")) == ["unknown"]
    assert shop.told[0].record.name == "msgbatch_1"
    assert "The disk is full. `greenline generate --resume` finds it" in shop.told[0].message


async def test_a_list_of_batches_that_cannot_be_used_is_noticed_before_exploring(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "batches.sqlite3").write_text("no database " * 100)
    projects = cast("Any", type("Projects", (), {"project_of": lambda _, path: type("P", (), {"root": ROOT})}))()
    batches = GenerateInBatches(shop.means, projects, lambda _: "")
    objection = await batches.objection([Target(ROOT / "shop/fees.py", "fee")])
    assert "A damaged file can be moved away" in objection
    assert "Nothing was done" in objection
