"""Rounds of batches: what is tried goes as when a model is asked at once, and what is done with is not tried again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from greenline.adapters.batch_store_sqlite import BatchStoreSqlite
from greenline.domain.asking.batches import BatchRecord
from greenline.domain.asking.ceilings import Spent
from greenline.domain.asking.entries import Entry
from greenline.domain.asking.model import Answer
from greenline.domain.code.model import Target
from greenline.domain.generation.model import TargetResult
from greenline.domain.generation.small_changes import SmallChange
from greenline.ports.model import ModelProblem
from greenline.ports.progress import Silent
from greenline.ports.tests import TestOutcome, TestReport, TestRun
from greenline.services.ask_in_batch import Came
from greenline.services.first_round import FirstRound
from greenline.services.next_round import NextRound
from unit.services.asking_world import SAID, SCHEMA
from unit.services.batch_world import FEE, ROOT, Shop, asks
from unit.services.generation_world import ARCS, LINES, SOURCE, World, candidate
from unit.services.loop_world import ENDPOINT, ModelWorld, proposed, said

if TYPE_CHECKING:
    from greenline.services.batch_means import BatchMeans, HandIn

COLUMN = SOURCE.index("(")
CHANGE = SmallChange("line 1: another name", 1, COLUMN, 1, COLUMN, "_other")


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(BatchStoreSqlite(tmp_path / "batches.sqlite3", now=lambda: 1e9))


def tried(shop: Shop) -> NextRound:
    """Return the round that tries what came of a request."""
    record = BatchRecord("r", str(ROOT), "https://here", "one", 1e9, (asks("k1"),), name="msgbatch_1")
    found = NextRound(shop.means, record, {FEE: [Came(Answer("tests"), Spent())]}, {})
    found._taken.at(cast("Any", type("P", (), {"root": ROOT})))
    return found


async def test_where_nothing_more_could_be_asked_for_now_the_answer_is_tried_again(shop: Shop) -> None:
    shop.world.book.begin(Entry(1e9, "one", "/elsewhere", "a.py::f", dollars=10.0), 10.0)
    assert await not_asked_on(shop, r"what is left of it does not pay.*greenline cost") == []


async def not_asked_on(shop: Shop, why: str) -> list[str]:
    """Try an answer after which nothing is asked; return the requests that are done with it."""
    next_round = tried(shop)
    asking = next_round._taken._asks[ROOT]
    account = asking.account(FEE)
    await asking.ask(SAID, SCHEMA, account, shop.world.told)
    with pytest.raises(ModelProblem, match=why):
        await asking.ask(SAID, SCHEMA, account, shop.world.told)
    result = TargetResult(Target(ROOT / "shop/fees.py", "fee"), "failed", engine="model")
    return next_round.ended([result], written=True)


@pytest.mark.parametrize("ceiling", ["dollars_per_day", "dollars"])
async def test_what_no_day_pays_is_said_once(shop: Shop, ceiling: str) -> None:
    shop.ceilings = replace(shop.ceilings, **{ceiling: 0.0001})  # type: ignore[arg-type]
    words = {"dollars_per_day": r"does not pay such a request on any day", "dollars": r"model\.dollarsPerTarget"}
    assert await not_asked_on(shop, words[ceiling]) == ["k1"]


@pytest.mark.parametrize(
    ("kind", "done"), [("no_consent", ["k1"]), ("bad_request", ["k1"]), ("unauthorized", []), ("no_key", [])]
)
async def test_what_nobody_will_take_is_said_once_and_what_a_key_may_help_stays(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, kind: Any, done: list[str]
) -> None:
    async def check(model: str) -> None:
        raise ModelProblem(kind, "No.")

    monkeypatch.setattr(shop.provider, "check", check)
    assert await not_asked_on(shop, "No") == done


@pytest.mark.parametrize(
    ("status", "written", "kept"), [("confirmed", True, ("test_a",)), ("failed", True, ()), ("confirmed", False, ())]
)
async def test_only_what_was_written_and_holds_is_taken_out_of_an_answer(
    shop: Shop, status: Any, written: bool, kept: tuple[str, ...]
) -> None:
    next_round = tried(shop)
    asking = next_round._taken._asks[ROOT]
    account = asking.account(FEE)
    await asking.ask(SAID, SCHEMA, account, shop.world.told)
    with pytest.raises(ModelProblem):
        await asking.ask(SAID, SCHEMA, account, shop.world.told)
    result = TargetResult(Target(ROOT / "shop/fees.py", "fee"), status, engine="model", tests=("test_a",))
    assert next_round.ended([result], written=written) == []
    (wanted,) = (await next_round.to_hand_in()).values()
    assert [request.kept for request in wanted.requests.values()] == [kept]


@pytest.fixture
def model(tmp_path: Path) -> ModelWorld:
    world = World(tmp_path)
    found = (candidate("test_sign_minus"),)
    world.propose("sign", *found, survivors=("line 3: another text",), unnoticed=(CHANGE,))
    return ModelWorld(world, agreed=("https://here", ENDPOINT))


def noticing(world: World, noticed_by: str) -> None:
    """Let a test fail where the change is made, and nowhere else."""

    def during(run: TestRun, number: int) -> TestReport | None:
        report = world._report(run, number)
        if "sign_other" not in run.overlay.get(world.source, ""):
            return None
        outcomes = [
            TestOutcome(each.node_id, "failed" if each.node_id.endswith(noticed_by) else "passed")
            for each in report.outcomes
        ]
        return TestReport(tuple(outcomes), report.coverage)

    world.during = during


async def asked_first(shop: Shop, model: ModelWorld) -> tuple[BatchMeans, HandIn]:
    """Explore, write what that gives, and return what is to be handed in."""
    means = replace(shop.means, generator=model.generator, gaps=model.gaps)
    first = FirstRound(means, "auto")
    generation = await first.generate(Target(model.world.source, "sign"), Silent())
    assert [result.status for result in generation.results] == ["confirmed"]
    assert generation.edit is not None
    generation.edit.path.write_text(generation.edit.new_text)
    (wanted,) = (await first.to_hand_in()).values()
    return means, wanted


async def tried_next(model: ModelWorld, means: BatchMeans, wanted: HandIn, *tests: dict[str, Any]) -> TargetResult:
    (request,) = wanted.requests.values()
    record = BatchRecord("r", str(model.world.root), "https://here", "one", 1e9, (request,), name="msgbatch_1")
    came = {request.target: [Came(said(*tests), Spent(requests=1))]}
    next_round = NextRound(means, record, came, wanted.known)
    (target,) = next_round.targets
    generation = await next_round.generate(target, Silent())
    (result,) = generation.results
    return result


async def test_a_day_later_what_exploring_found_is_told_as_it_was(shop: Shop, model: ModelWorld) -> None:
    means, wanted = await asked_first(shop, model)
    result = await tried_next(model, means, wanted, proposed("test_sign_plus"))
    assert (result.status, result.tests) == ("confirmed", ("test_sign_plus",))
    first, second = model.explored
    assert second.survivors == first.survivors == ("line 3: another text",)
    assert (second.calls, second.tests) == (7, first.tests)
    assert second.coverage is not None
    assert len(model.world.explored) == 1, "it is explored once"


async def test_a_day_later_a_test_is_kept_for_a_change_that_it_alone_notices(shop: Shop, model: ModelWorld) -> None:
    means, wanted = await asked_first(shop, model)
    noticing(model.world, "test_more_plus")
    result = await tried_next(model, means, wanted, proposed("test_sign_plus"), proposed("test_more_plus"))
    assert result.tests == ("test_sign_plus", "test_more_plus")
    assert "`test_more_plus` notices a small change of the code that no test noticed (line 1: another name)." in (
        result.model_notes
    )


async def test_of_another_text_nothing_is_known(shop: Shop, model: ModelWorld) -> None:
    means, wanted = await asked_first(shop, model)
    model.world.source.write_text(SOURCE + "\n# changed\n")
    noticing(model.world, "test_more_plus")
    result = await tried_next(model, means, wanted, proposed("test_sign_plus"), proposed("test_more_plus"))
    assert result.tests == ("test_sign_plus",)
    assert model.explored[-1].survivors == ()


class OnTwo:
    """The round that tries what came for ``sign`` and ``twice``, which are in one file."""

    def __init__(self, shop: Shop, model: ModelWorld, **answers: Answer) -> None:
        self.model = model
        self.means = replace(shop.means, generator=model.generator, gaps=model.gaps)
        requests = tuple(asks(f"k-{name}", f"shop.py::{name}") for name in answers)
        record = BatchRecord("r", str(model.world.root), "https://here", "one", 1e9, requests, name="msgbatch_1")
        came = {f"shop.py::{name}": [Came(answer, Spent(requests=1))] for name, answer in answers.items()}
        self.round = NextRound(self.means, record, came, {})

    async def tried(self) -> tuple[list[TargetResult], list[str]]:
        """Return the results, and the keys of the requests that are done with."""
        (target,) = self.round.targets
        generation = await self.round.generate(target, Silent())
        return [*generation.results], self.round.ended(generation.results, written=True)


FAILS = said(proposed("test_sign_never", "assert sign(1) == 2"))
TWICE = said(proposed("test_it_twice", "assert twice(2) == 4", imports=["from shop import twice"]))


@pytest.mark.parametrize("kind", ["no_key", "unauthorized"])
async def test_after_a_key_that_is_missing_the_other_answers_of_the_file_stay(
    shop: Shop, model: ModelWorld, monkeypatch: pytest.MonkeyPatch, kind: Any
) -> None:
    async def check(model: str) -> None:
        raise ModelProblem(kind, "No.")

    monkeypatch.setattr(shop.provider, "check", check)
    model.world.outcomes[("test_sign_never", -1)] = "failed"
    on_two = OnTwo(shop, model, sign=FAILS, twice=TWICE)
    (_, twice), done = await on_two.tried()
    assert (twice.tests, done) == ((), [])
    assert any("The answer is kept" in note for note in twice.model_notes)


async def test_after_consent_is_taken_back_the_answers_that_were_not_tried_stay(shop: Shop, model: ModelWorld) -> None:
    on_two = OnTwo(shop, model, sign=said(proposed("test_sign_plus"), proposed("test_sign_minus")), twice=TWICE)
    model.world.during = lambda run, number: setattr(model, "agreed", ())
    (sign, twice), done = await on_two.tried()
    assert (sign.status, twice.awaits_consent, done) == ("confirmed", True, ["k-sign"])
    assert any("The answer is kept" in note for note in twice.model_notes)


async def test_an_answer_to_which_nothing_is_left_is_done_with(
    shop: Shop, model: ModelWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LINES, "plus", LINES["plus"] | LINES["twice"])
    monkeypatch.setitem(ARCS, "plus", ARCS["plus"] | ARCS["twice"])
    both = said(proposed("test_sign_plus"), proposed("test_sign_minus"))
    (_, twice), done = await OnTwo(shop, model, sign=both, twice=TWICE).tried()
    assert (twice.status, twice.tests) == ("nothing_to_gain", ())
    assert twice.reason == "the tests reach every line and branch of it already"
    assert done == ["k-sign", "k-twice"]


async def test_the_answer_for_a_function_that_is_gone_is_done_with(shop: Shop, model: ModelWorld) -> None:
    on_two = OnTwo(shop, model, sign=said(proposed("test_sign_plus"), proposed("test_sign_minus")), twice=TWICE)
    model.world.source.write_text(SOURCE.partition("\n\n\ndef twice")[0] + "\n")
    (_, twice), done = await on_two.tried()
    assert twice.reason == "shop.py has no function `twice` any more."
    assert done == ["k-sign", "k-twice"]


async def test_the_answers_for_a_file_that_is_gone_are_done_with_and_those_for_a_broken_one_stay(
    shop: Shop, model: ModelWorld
) -> None:
    model.world.source.write_text("def sign(:\n")
    assert (await OnTwo(shop, model, sign=FAILS, twice=TWICE).tried())[1] == []
    model.world.source.unlink()
    assert (await OnTwo(shop, model, sign=FAILS, twice=TWICE).tried())[1] == ["k-sign", "k-twice"]


async def test_where_nothing_was_tried_by_our_own_mistake_the_answer_stays(
    shop: Shop, model: ModelWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def first(*_: Any) -> None:
        raise KeyError("first")

    monkeypatch.setattr(model, "first", first)
    assert (await OnTwo(shop, model, sign=FAILS, twice=TWICE).tried())[1] == []
