"""What is taken down for a batch, what is given of one that answered, and what both may cost."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from greenline.domain.asking.batches import without_tests
from greenline.domain.asking.ceilings import Ceilings, Spent
from greenline.domain.asking.model import Answer, ModelChoice, Price, Thinking, Usage
from greenline.ports.model import ModelProblem
from greenline.ports.model_batches import BatchState
from greenline.services.ask_in_batch import AskInBatch, BatchWay, Came
from greenline.services.model_requests import ModelRequests
from unit.services.asking_world import PRICE, SAID, SCHEMA, World

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from greenline.domain.asking.account import Account
    from greenline.domain.asking.model import Question

FEW = Ceilings(tokens=200_000, dollars=1.0, dollars_per_day=10.0)


class Batches:
    """A provider that takes batches for some models."""

    def __init__(self, problems: Mapping[str, ModelProblem]) -> None:
        self.problems = problems
        self.checked: list[str] = []

    async def check(self, model: str) -> None:
        self.checked.append(model)
        if model in self.problems:
            raise self.problems[model]

    async def parted(self, questions: Mapping[str, Question]) -> Sequence[Mapping[str, Question]]:
        return [questions]

    async def submit(self, questions: Mapping[str, Question]) -> str:
        raise NotImplementedError

    async def state(self, batch: str) -> BatchState:
        raise NotImplementedError

    async def answers(self, batch: str) -> Mapping[str, Answer | ModelProblem]:
        raise NotImplementedError

    async def made_since(self, when: float, questions: int) -> Sequence[str]:
        raise NotImplementedError

    async def cancel(self, batch: str) -> None:
        raise NotImplementedError


def asking(
    world: World,
    *models: str,
    came: Mapping[str, Sequence[Came]] | None = None,
    ceilings: Ceilings = FEW,
    price: Price | None = PRICE,
    **problems: ModelProblem,
) -> AskInBatch:
    chain = [ModelChoice(name, priority, price) for priority, name in enumerate(models or ("one",))]
    requests = ModelRequests(world.provider, world.book, world.clock, lambda: 1e9)
    way = BatchWay(Batches(problems), requests, chain[::-1], "https://here")
    return AskInBatch(way, world.book, ceilings=ceilings, thinking=Thinking(None, None), came=came or {})


async def said(asks: AskInBatch, account: Account, world: World) -> str:
    with pytest.raises(ModelProblem) as raised:
        await asks.ask(SAID, SCHEMA, account, world.told)
    return str(raised.value)


@pytest.fixture
def world() -> World:
    return World()


async def test_what_would_be_asked_is_taken_down_at_half_the_price(world: World) -> None:
    asks = asking(world)
    problem = await said(asks, asks.account("a.py::f", "/p"), world)
    assert "asked for in a batch" in problem
    wanted = asks.wanted["a.py::f"]
    assert (wanted.question.model, wanted.question.conversation) == ("one", SAID)
    assert wanted.most == pytest.approx((1_000 * 1.25 * 2 + 32_000 * 10) / 1e6 / 2)
    assert world.provider.asked == []
    assert world.book.entries(0) == ()


async def test_asked_once_more_from_the_start_it_is_the_same_request(world: World) -> None:
    asks = asking(world)
    for _ in range(2):  # the test file moved on, and all is generated anew
        await said(asks, asks.account("a.py::f"), world)
    assert list(asks.wanted) == ["a.py::f"]


async def test_an_answer_that_came_is_given_and_what_follows_taken_down(world: World) -> None:
    spent = Spent(Usage(fresh=10, output=5), 0.5, requests=1)
    asks = asking(world, came={"a.py::f": [Came(Answer("tests"), spent)]})
    account = asks.account("a.py::f")
    assert await asks.ask(SAID, SCHEMA, account, world.told) == Answer("tests")
    assert account.spent == spent
    assert "sent back in the next batch" in await said(asks, account, world)
    most = asks.wanted["a.py::f"].most
    assert most is not None
    assert most + 0.5 <= 1.0, "both are for one function"


async def test_after_the_second_answer_nothing_more_is_asked(world: World) -> None:
    came = [Came(Answer("one"), Spent()), Came(Answer("two"), Spent())]
    asks = asking(world, came={"a.py::f": came})
    account = asks.account("a.py::f")
    assert [(await asks.ask(SAID, SCHEMA, account, world.told)).text for _ in came] == ["one", "two"]
    assert "sent back once" in await said(asks, account, world)
    assert asks.wanted == {}


async def test_a_request_without_an_answer_keeps_nobody_elses(world: World) -> None:
    asks = asking(world, came={"a.py::f": [Came(ModelProblem("unauthorized", "No."), Spent())]})
    with pytest.raises(ModelProblem, match=r"No\.") as raised:
        await asks.ask(SAID, SCHEMA, asks.account("a.py::f"), world.told)
    assert raised.value.kind == "cut", "with such a key all others were asked as well"


async def test_what_waits_to_be_handed_in_counts_for_the_day(world: World) -> None:
    one = (1_000 * 1.25 * 2 + 32_000 * 10) / 1e6 / 2
    asks = asking(world, ceilings=replace(FEW, dollars_per_day=1.5 * one))
    await said(asks, asks.account("a.py::f"), world)
    await said(asks, asks.account("a.py::g"), world)
    assert sum(each.most or 0 for each in asks.wanted.values()) == pytest.approx(1.5 * one, rel=0.01)
    assert "model.dollarsPerDay" in await said(asks, asks.account("a.py::h"), world)
    assert list(asks.wanted) == ["a.py::f", "a.py::g"]


async def test_a_function_has_its_own_ceiling(world: World) -> None:
    world.provider.prompt = 199_000
    asks = asking(world)
    assert "model.tokensPerTarget" in await said(asks, asks.account("a.py::f"), world)
    assert asks.wanted == {}


async def test_the_first_model_that_takes_batches_is_asked(world: World) -> None:
    unable = ModelProblem("bad_request", "one cannot be asked in batches.")
    asks = asking(world, "one", "two", one=unable)
    await said(asks, asks.account("a.py::f"), world)
    await said(asks, asks.account("a.py::g"), world)
    assert {each.question.model for each in asks.wanted.values()} == {"two"}
    batches = asks.way.batches
    assert isinstance(batches, Batches)
    assert batches.checked == ["one", "two"]
    nobody = asking(world, "one", one=unable)
    assert await said(nobody, nobody.account("a.py::f"), world) == str(unable)


async def test_a_model_that_cannot_be_asked_about_now_is_not_passed_over(world: World) -> None:
    asks = asking(world, "one", "two", one=ModelProblem("unreachable", "Nobody is there."))
    assert await said(asks, asks.account("a.py::f"), world) == "Nobody is there."


async def test_an_unknown_price_is_none(world: World) -> None:
    asks = asking(world, "mine", price=None)
    await said(asks, asks.account("a.py::f"), world)
    assert (asks.wanted["a.py::f"].usual, asks.wanted["a.py::f"].most) == (None, None)


async def test_only_tests_that_were_kept_are_counted(world: World) -> None:
    asks = asking(world)
    await asks.keep(asks.account("a.py::f", "/p"), 0)
    await asks.keep(asks.account("a.py::f", "/p"), 2)
    assert [(kept.target, kept.tests) for kept in world.book.tests] == [("a.py::f", 2)]


def test_tests_that_were_kept_are_taken_out_of_an_answer() -> None:
    answer = Answer('{"tests": [{"name": "test_a", "code": "def test_a(): assert f(1)"}, '
                    '{"name": "test_b", "code": "def test_b(): assert f(2)"}]}')  # fmt: skip
    assert "test_a" not in without_tests(answer, ["test_a"]).text
    assert "def test_b(): assert f(2)" in without_tests(answer, ["test_a"]).text
    assert without_tests(answer, []) is answer
    assert without_tests(Answer("I cannot."), ["test_a"]) == Answer("I cannot.")
