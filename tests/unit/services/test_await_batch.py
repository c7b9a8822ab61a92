"""Waiting for a batch: how often somebody looks, what ends it, and what does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from greenline.domain.asking.model import Answer
from greenline.ports.model import ModelProblem
from greenline.ports.model_batches import BatchState, batch_key
from greenline.services.await_batch import await_batch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from greenline.domain.asking.model import Question

GOING_ON = BatchState(ended=False, waiting=2)
ENDED = BatchState(ended=True, answered=2)
ANSWERS: dict[str, Answer | ModelProblem] = {"a": Answer("one"), "b": ModelProblem("server", "It broke.")}


class Batches:
    """A provider that goes through these states, or problems, one for each look."""

    def __init__(self, *looks: BatchState | ModelProblem) -> None:
        self.looks = [*looks]
        self.waited: list[float] = []
        self.cancelled = False

    async def submit(self, questions: Mapping[str, Question]) -> str:
        raise NotImplementedError

    async def cancel(self, batch: str) -> None:
        self.cancelled = True

    async def state(self, batch: str) -> BatchState:
        look = self.looks.pop(0)
        if isinstance(look, ModelProblem):
            raise look
        return look

    async def answers(self, batch: str) -> Mapping[str, Answer | ModelProblem]:
        assert batch == "batch-1"
        return ANSWERS

    async def sleep(self, seconds: float) -> None:
        self.waited.append(seconds)


async def test_it_is_looked_at_less_and_less_often_until_it_has_ended() -> None:
    batches, heard = Batches(*[GOING_ON] * 7, ENDED), list[BatchState]()
    assert await await_batch(batches, "batch-1", batches.sleep, heard.append) == ANSWERS
    assert batches.waited == [15, 30, 60, 120, 240, 300, 300]
    assert heard == [*[GOING_ON] * 7, ENDED]
    assert batches.looks == []


async def test_one_that_has_ended_is_not_waited_for() -> None:
    batches = Batches(ENDED)
    assert await await_batch(batches, "batch-1", batches.sleep) == ANSWERS
    assert batches.waited == []


async def test_a_provider_that_is_away_for_a_while_is_asked_again_when_it_says() -> None:
    away = [ModelProblem("overloaded", "Later."), ModelProblem("rate_limited", "Later.", retry_after=400.0)]
    batches = Batches(*away, GOING_ON, ENDED)
    assert await await_batch(batches, "batch-1", batches.sleep) == ANSWERS
    assert batches.waited == [15, 400, 60]


async def test_a_provider_that_stays_away_is_given_up() -> None:
    batches = Batches(*[ModelProblem("unreachable", "Nobody there.")] * 20)
    with pytest.raises(ModelProblem, match="Nobody there"):
        await await_batch(batches, "batch-1", batches.sleep)
    assert len(batches.waited) == 10


async def test_being_away_now_and_then_adds_up_to_nothing() -> None:
    now_and_then: list[BatchState | ModelProblem] = [ModelProblem("server", "Oh."), GOING_ON] * 15
    batches = Batches(*now_and_then, ENDED)
    assert await await_batch(batches, "batch-1", batches.sleep) == ANSWERS


async def test_a_batch_that_nobody_knows_is_no_reason_to_wait() -> None:
    batches = Batches(ModelProblem("not_found", "There is no such batch."))
    with pytest.raises(ModelProblem, match="no such batch"):
        await await_batch(batches, "batch-1", batches.sleep)
    assert batches.waited == []


async def test_who_stops_waiting_leaves_the_batch_alone() -> None:
    batches = Batches(GOING_ON, ENDED)

    async def stopped(_: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await await_batch(batches, "batch-1", stopped)
    assert not batches.cancelled
    assert await await_batch(batches, "batch-1", batches.sleep) == ANSWERS


def test_any_text_has_a_key_that_is_its_own() -> None:
    assert batch_key("price_of-1") == "price_of-1"
    texts = ["shop/prices.py::price", "shop/prices.py::Price", "a" * 65, "", "ä", "\udcff", "a\n"]
    keys = [batch_key(text) for text in texts]
    assert keys == [batch_key(text) for text in texts]
    assert len(set(keys)) == len(texts)
    assert all(len(key) <= 64 and key.replace("-", "").isalnum() and key.isascii() for key in keys)
