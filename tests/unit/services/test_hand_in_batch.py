"""What is handed in is paid once, and what was paid is not lost where the next request is not taken."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from greenline.adapters.batch_store_sqlite import BatchStoreSqlite
from greenline.domain.asking.batches import BatchRecord, BatchRequest
from greenline.domain.asking.ceilings import Ceilings, Spent
from greenline.domain.asking.model import Answer, ModelChoice, Question, Thinking
from greenline.domain.code.model import Target
from greenline.domain.generation.model import TargetResult
from greenline.ports.batch_store import BatchStoreProblem
from greenline.ports.model import ModelProblem
from greenline.ports.model_batches import BatchState
from greenline.services.ask_in_batch import BatchWay, Came
from greenline.services.batch_report import BatchReport
from greenline.services.batch_round import BatchMeans, BatchRound, HandIn
from greenline.services.collect_batch import CollectBatch
from greenline.services.generate_in_batches import GenerateInBatches
from greenline.services.hand_in_batch import hand_in
from greenline.services.model_requests import ModelRequests
from unit.services.asking_world import PRICE, SAID, SCHEMA, World

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path("/home/me/shop")
FEE = "shop/fees.py::fee"


class Provider:
    """Takes batches, or says why not."""

    def __init__(self) -> None:
        self.refuses: ModelProblem | None = None
        self.taken: list[list[str]] = []

    async def check(self, model: str) -> None:
        pass

    async def parted(self, questions: Mapping[str, Question]) -> Sequence[Mapping[str, Question]]:
        return [questions]

    async def submit(self, questions: Mapping[str, Question]) -> str:
        if self.refuses:
            raise self.refuses
        self.taken.append([*questions])
        return f"msgbatch_{len(self.taken)}"

    async def state(self, batch: str) -> BatchState:
        raise NotImplementedError

    async def answers(self, batch: str) -> Mapping[str, Answer | ModelProblem]:
        raise NotImplementedError

    async def made_since(self, when: float, questions: int) -> Sequence[str]:
        return []

    async def cancel(self, batch: str) -> None:
        raise NotImplementedError


class Shop:
    """A project, its list of batches, and whoever hands them in."""

    def __init__(self, store: BatchStoreSqlite) -> None:
        self.store, self.provider, self.world = store, Provider(), World()
        requests = ModelRequests(self.world.provider, self.world.book, self.world.clock, lambda: 1e9)
        self.way = BatchWay(self.provider, requests, [ModelChoice("one", 0, PRICE)], "https://here")
        self.ceilings = Ceilings(tokens=200_000, dollars=1.0, dollars_per_day=10.0)
        self.told: list[BatchReport] = []

    @property
    def means(self) -> BatchMeans:
        return BatchMeans(
            generator=lambda _: cast("Any", None),
            gaps=lambda _: cast("Any", None),
            way=lambda _: self.way,
            store=self.store,
            ledger=self.world.book,
            ceilings=self.ceilings,
            thinking=Thinking(None, None),
            settings={},
            now=lambda: 1e9,
        )

    async def hand_in(self, *requests: BatchRequest, after: str = "") -> list[str]:
        """Hand in; return what became of each batch."""
        self.told = []
        asked = {request.key: Question("one", SAID, SCHEMA, Thinking(None, None)) for request in requests}
        wanted = HandIn(self.way, "one", asked, {request.key: request for request in requests}, None)
        await hand_in(self.means, ROOT, wanted, self.told.append, after=after)
        return [report.outcome for report in self.told]

    @property
    def open(self) -> list[tuple[str, list[str]]]:
        """Names of the open batches, with the keys that are open in each."""
        return [(each.name, [request.key for request in each.open]) for each in self.store.open_in(ROOT)]


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(BatchStoreSqlite(tmp_path / "batches.sqlite3", now=lambda: 1e9))


def asks(key: str, target: str = FEE, *earlier: tuple[str, str]) -> BatchRequest:
    return BatchRequest(key, target, "abc", 0.25, earlier=earlier)


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
            shop.store.add([BatchRecord("r", str(ROOT), "https://here", "one", 1e9, (asks("k1"),))])
        return [questions]

    monkeypatch.setattr(shop.provider, "parted", parted)
    assert await shop.hand_in(asks("k2"), asks("k3", "shop/fees.py::tax")) == ["waiting", "handed_in"]
    assert shop.provider.taken == [["k3"]]
    assert [entry.outcome for entry in shop.world.book.entries(0)] == ["cancelled", "cancelled", "open"]


async def followed_up(shop: Shop) -> list[str]:
    """Hand in a request, and another that follows it."""
    await shop.hand_in(asks("k1"))
    (first,) = shop.store.open_in(ROOT)
    return await shop.hand_in(asks("k2", FEE, ("msgbatch_1", "k1")), after=first.id)


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
    assert await shop.hand_in(asks("k2", FEE, ("msgbatch_1", "k1")), after=first.id) == ["refused"]
    assert shop.open == [("msgbatch_1", ["k1"])]
    assert "`greenline generate --resume` tries them again" in shop.told[0].message
    monkeypatch.setattr(shop.provider, "refuses", None)
    assert await shop.hand_in(asks("k3", FEE, ("msgbatch_1", "k1")), after=first.id) == ["handed_in"]
    assert shop.open == [("msgbatch_2", ["k3"])]


async def test_where_the_day_does_not_pay_what_follows_the_paid_answer_stays(shop: Shop) -> None:
    shop.ceilings = replace(shop.ceilings, dollars_per_day=0.3)
    assert await followed_up(shop) == ["refused"]
    assert shop.open == [("msgbatch_1", ["k1"])]


async def test_where_what_follows_never_reached_the_provider_the_paid_answer_stays(shop: Shop) -> None:
    await shop.hand_in(asks("k1"))
    (first,) = shop.store.open_in(ROOT)
    shop.provider.refuses = ModelProblem("unreachable", "Nobody is there.")
    assert await shop.hand_in(asks("k2", FEE, ("msgbatch_1", "k1")), after=first.id) == ["unknown"]
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


def tried(shop: Shop) -> BatchRound:
    """Return the round that tries what came of a request."""
    record = BatchRecord("r", str(ROOT), "https://here", "one", 1e9, (asks("k1"),), name="msgbatch_1")
    found = BatchRound(shop.means, "model", record, {FEE: [Came(Answer("tests"), Spent())]})
    found._at(cast("Any", type("P", (), {"root": ROOT})))
    return found


async def test_where_nothing_more_could_be_asked_for_now_the_answer_is_tried_again(shop: Shop) -> None:
    shop.ceilings = replace(shop.ceilings, dollars_per_day=0.0001)
    batch_round = tried(shop)
    asking = batch_round._asks[ROOT]
    account = asking.account(FEE)
    await asking.ask(SAID, SCHEMA, account, shop.world.told)
    with pytest.raises(ModelProblem, match=r"model\.dollarsPerDay"):
        await asking.ask(SAID, SCHEMA, account, shop.world.told)
    result = TargetResult(Target(ROOT / "shop/fees.py", "fee"), "failed", engine="model")
    assert batch_round.ended([result], written=True) == []


@pytest.mark.parametrize(
    ("status", "written", "kept"), [("confirmed", True, ("test_a",)), ("failed", True, ()), ("confirmed", False, ())]
)
async def test_only_what_was_written_and_holds_is_taken_out_of_an_answer(
    shop: Shop, status: Any, written: bool, kept: tuple[str, ...]
) -> None:
    batch_round = tried(shop)
    asking = batch_round._asks[ROOT]
    account = asking.account(FEE)
    await asking.ask(SAID, SCHEMA, account, shop.world.told)
    with pytest.raises(ModelProblem):
        await asking.ask(SAID, SCHEMA, account, shop.world.told)
    result = TargetResult(Target(ROOT / "shop/fees.py", "fee"), status, engine="model", tests=("test_a",))
    assert batch_round.ended([result], written=written) == []
    (wanted,) = (await batch_round.to_hand_in()).values()
    assert [request.kept for request in wanted.requests.values()] == [kept]
