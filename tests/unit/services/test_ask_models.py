from __future__ import annotations

import asyncio
import math
import sys
from dataclasses import replace
from typing import NoReturn

import pytest

from greenline.domain.asking.account import Account
from greenline.domain.asking.ceilings import LEAST_THOUGHT, Ceilings
from greenline.domain.asking.model import Answer, Capabilities, Price, Thinking, Usage
from greenline.ports.model import ModelProblem, ProblemKind
from unit.services.asking_world import PRICE, SAID, SCHEMA, World, answer, never


@pytest.fixture
def world() -> World:
    return World()


def overloaded() -> ModelProblem:
    return ModelProblem("overloaded", "The provider is overloaded.")


def limited(seconds: float | None) -> ModelProblem:
    return ModelProblem("rate_limited", "Too many requests.", seconds)


async def test_the_first_of_the_chain_answers_and_is_named(world: World) -> None:
    world.provider.script["one"] = [answer()]
    models = world.models("one", "two")
    account = models.account("a.py::f", "/p")
    assert await models.ask(SAID, SCHEMA, account, world.told) == replace(answer(), model="one")
    question = world.provider.asked[0]
    assert (question.model, question.conversation, dict(question.schema)) == ("one", SAID, SCHEMA)
    assert world.told.steps == ["Asking one", "Sending about 1,000 tokens to one; about $0.06, at most $0.32"]
    assert account.spent.usage == Usage(fresh=1_000, output=500)
    assert account.spent.dollars == pytest.approx((1_000 * 2 + 500 * 10) / 1e6)
    assert account.words == "1 request, 1,500 tokens, $0.0070"


async def test_the_ledger_says_with_which_prompts_it_was_asked(world: World) -> None:
    world.provider.script["one"] = [answer()]
    models = world.models("one")
    await models.ask(replace(SAID, prompts="12-abc"), SCHEMA, models.account("f"), world.told)
    assert [entry.prompts for entry in world.book.entries(0.0)] == ["12-abc"]


async def test_a_storm_opens_the_breaker_and_the_next_one_is_asked_from_then_on(world: World) -> None:
    world.provider.script.update({"one": [overloaded()], "two": [answer()]})
    models = world.models("one", "two")
    assert (await models.ask(SAID, SCHEMA, models.account("f"), world.told)).model == "two"
    assert world.provider.models == ["one", "one", "one", "two"]
    assert "one is overloaded; asking two instead" in world.told.steps
    assert (await models.ask(SAID, SCHEMA, models.account("g"), world.told)).model == "two"
    assert world.provider.models[4:] == ["two"]
    assert models.states()[0][1].startswith("is asked again in ")
    world.clock.time += 61
    world.provider.script["one"] = [answer()]
    assert (await models.ask(SAID, SCHEMA, models.account("h"), world.told)).model == "one"
    assert models.states() == (("one", "is asked"), ("two", "is asked"))


async def test_nobody_is_left_so_it_says_so_and_asks_nobody_for_a_while(world: World) -> None:
    world.provider.script.update({"one": [overloaded()], "two": [ModelProblem("server", "It failed.")]})
    models = world.models("one", "two")
    with pytest.raises(ModelProblem, match="one is overloaded; two failed at its provider's") as raised:
        await models.ask(SAID, SCHEMA, models.account("f"), world.told)
    assert raised.value.passing
    asked = len(world.provider.asked)
    with pytest.raises(ModelProblem, match="No model answered") as raised:
        await models.ask(SAID, SCHEMA, models.account("g"), world.told)
    assert len(world.provider.asked) == asked
    assert raised.value.retry_after is not None
    assert 0 < raised.value.retry_after <= 60


async def test_waits_grow_and_are_told(world: World) -> None:
    world.provider.script["one"] = [overloaded(), overloaded(), answer()]
    models = world.models()
    await models.ask(SAID, SCHEMA, models.account("f"), world.told)
    first, second = world.clock.slept
    assert 1 <= first <= 2
    assert 2 <= second <= 3
    waits = [step for step in world.told.steps if "waiting" in step]
    assert waits == [f"one is overloaded; waiting {math.ceil(seconds)} s" for seconds in (first, second)]


async def test_what_the_provider_asks_is_waited_for(world: World) -> None:
    world.provider.script["one"] = [limited(12), answer()]
    models = world.models("one", "two")
    assert (await models.ask(SAID, SCHEMA, models.account("f"), world.told)).model == "one"
    (slept,) = world.clock.slept
    assert 12 <= slept <= 13
    assert "one has too many requests; waiting 12 s, as the provider asks" in world.told.steps


async def test_a_wait_beyond_the_seconds_goes_on_to_the_next_at_once(world: World) -> None:
    world.provider.script.update({"one": [limited(700)], "two": [answer()]})
    models = world.models("one", "two")
    assert (await models.ask(SAID, SCHEMA, models.account("f"), world.told)).model == "two"
    assert world.clock.slept == []
    await models.ask(SAID, SCHEMA, models.account("g"), world.told)
    assert world.provider.models == ["one", "two", "two"]
    world.clock.time += 701
    await models.ask(SAID, SCHEMA, models.account("h"), world.told)
    assert world.provider.models[3:] == ["one", "two"]


async def test_nobody_waits_beyond_the_seconds_where_the_provider_asks_for_nothing(world: World) -> None:
    world.provider.script.update({"one": [overloaded()], "two": [answer()]})
    models = world.models("one", "two", ceilings=Ceilings(seconds=0.9))
    assert (await models.ask(SAID, SCHEMA, models.account("f"), world.told)).model == "two"
    assert (world.provider.models, world.clock.slept) == (["one", "two"], [])


async def test_too_many_requests_are_no_failures_of_the_model(world: World) -> None:
    world.provider.script["one"] = [limited(None), limited(None), limited(None), answer()]
    models = world.models()
    with pytest.raises(ModelProblem, match="Too many"):
        await models.ask(SAID, SCHEMA, models.account("f"), world.told)
    assert (await models.ask(SAID, SCHEMA, models.account("g"), world.told)).text == "done"


async def test_a_retired_model_is_never_asked_again(world: World) -> None:
    world.provider.script.update({"one": [ModelProblem("not_found", "It is gone.")], "two": [answer()]})
    models = world.models("one", "two")
    for _ in range(2):
        told = await models.ask(SAID, SCHEMA, models.account("f"), world.told)
        assert told.instead == "one is not there, or not any more", "also when it is not even asked"
        world.clock.time += 10_000
    assert world.provider.models == ["one", "two", "two"]
    assert not [step for step in world.told.steps if "overloaded" in step]
    assert models.states()[0] == ("one", "is not asked any more: It is gone.")


async def test_a_model_that_is_said_to_be_retired_is_not_asked(world: World) -> None:
    world.provider.script["two"] = [answer()]
    world.provider.able["one"] = Capabilities(retired=True)
    models = world.models("one", "two")
    await models.ask(SAID, SCHEMA, models.account("f"), world.told)
    assert world.provider.models == ["two"]


@pytest.mark.parametrize("kind", ["unauthorized", "no_key", "no_sdk", "no_consent"])
async def test_what_every_model_has_ends_it_at_once(world: World, kind: str) -> None:
    world.provider.script["one"] = [ModelProblem(kind, "The key is refused.")]  # type: ignore[arg-type]
    models = world.models("one", "two")
    with pytest.raises(ModelProblem, match=r"The key is refused\."):
        await models.ask(SAID, SCHEMA, models.account("f"), world.told)
    assert world.provider.models == ["one"]


async def test_a_place_that_cannot_be_reached_is_not_asked_for_another_model(world: World) -> None:
    world.provider.script["one"] = [ModelProblem("unreachable", "No network.")]
    models = world.models("one", "two")
    with pytest.raises(ModelProblem, match="No network"):
        await models.ask(SAID, SCHEMA, models.account("f"), world.told)
    with pytest.raises(ModelProblem, match=r"one cannot be reached; two cannot be reached.*: No network"):
        await models.ask(SAID, SCHEMA, models.account("f"), world.told)
    assert world.provider.models == ["one"] * 3


async def test_a_request_that_one_does_not_take_goes_to_the_next(world: World) -> None:
    world.provider.script.update({"one": [ModelProblem("bad_request", "Too large.")], "two": [answer()]})
    models = world.models("one", "two")
    assert (await models.ask(SAID, SCHEMA, models.account("f"), world.told)).model == "two"
    assert world.clock.slept == []
    world.provider.able["one"] = Capabilities(max_input=2_500)
    await models.ask(SAID, SCHEMA, models.account("f"), world.told)
    assert world.provider.models == ["one", "two", "two"]


async def test_a_refusal_is_an_answer(world: World) -> None:
    world.provider.script["one"] = [Answer("", "refusal", Usage(fresh=10))]
    models = world.models("one", "two")
    assert (await models.ask(SAID, SCHEMA, models.account("f"), world.told)).stop == "refusal"


async def test_without_the_library_it_is_said_what_is_missing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tenacity", None)
    models = world.models("one", "two")
    with pytest.raises(ModelProblem, match=r"tenacity .* greenline\[model\]") as raised:
        await models.ask(SAID, SCHEMA, models.account("f"), world.told)
    assert raised.value.kind == "no_sdk"


# Ceilings


async def test_an_answer_is_never_longer_than_what_is_left_pays(world: World) -> None:
    world.provider.script["one"] = [answer()]
    models = world.models(ceilings=Ceilings(dollars=0.05))
    await models.ask(SAID, SCHEMA, models.account("f"), world.told)
    longest = world.provider.asked[0].max_tokens
    assert longest == int((0.05 - 1.25 * 1_000 * 2e-6) / 10e-6)
    models = world.models(ceilings=Ceilings(tokens=5_000))
    await models.ask(SAID, SCHEMA, models.account("f"), world.told)
    assert world.provider.asked[1].max_tokens == 4_000
    world.provider.able["one"] = Capabilities(max_output=3_000)
    await models.ask(SAID, SCHEMA, models.account("f"), world.told)
    assert world.provider.asked[2].max_tokens == 3_000


@pytest.mark.parametrize(
    ("ceilings", "setting"),
    [
        (Ceilings(tokens=6_000), "model.tokensPerTarget"),
        (Ceilings(dollars=0.03), "model.dollarsPerTarget"),
        (Ceilings(dollars_per_day=0.03), "model.dollarsPerDay"),
    ],
)
async def test_a_request_that_could_pass_a_ceiling_is_not_made(world: World, ceilings: Ceilings, setting: str) -> None:
    world.provider.script["one"] = [answer(usage=Usage(fresh=3_000, output=500))]
    models = world.models("one", "two", ceilings=ceilings)
    account = models.account("f")
    await models.ask(SAID, SCHEMA, account, world.told)
    with pytest.raises(ModelProblem, match=setting) as raised:
        await models.ask(SAID, SCHEMA, account, world.told)
    assert raised.value.kind == "ceiling"
    assert world.provider.models == ["one"]


async def test_who_thinks_needs_more_room(world: World) -> None:
    world.provider.script["one"] = [answer()]
    ceilings = Ceilings(tokens=LEAST_THOUGHT + 999)
    await world.models(ceilings=ceilings).ask(SAID, SCHEMA, Account("f", "", ceilings), world.told)
    thinking = world.models(ceilings=ceilings, thinking=Thinking("low", 4_000))
    with pytest.raises(ModelProblem, match=r"model\.tokensPerTarget"):
        await thinking.ask(SAID, SCHEMA, thinking.account("f"), world.told)
    world.provider.able["one"] = Capabilities(max_output=4_000)
    await thinking.ask(SAID, SCHEMA, thinking.account("f"), world.told)
    assert [question.max_tokens for question in world.provider.asked] == [5_999, 4_000]


async def test_others_spend_the_days_money_too(world: World) -> None:
    async def meanwhile(*_: object) -> Answer:
        raise AssertionError

    world.provider.script["one"] = [meanwhile]
    begin = world.book.begin
    world.book.begin = lambda entry, most_today: begin(entry, 0.0)  # type: ignore[method-assign]
    models = world.models()
    with pytest.raises(ModelProblem, match=r"model\.dollarsPerDay"):
        await models.ask(SAID, SCHEMA, models.account("f"), world.told)


async def test_who_counts_nothing_is_guessed_for(world: World) -> None:
    world.provider.script["one"] = [answer()]
    world.provider.prompt = ModelProblem("not_found", "No counting here.")
    models = world.models(ceilings=Ceilings(tokens=4_000))
    await models.ask(SAID, SCHEMA, models.account("f"), world.told)
    signs = len("Write tests.") + len("def f(): ...") + len(str(SCHEMA))
    assert world.provider.asked[0].max_tokens == 4_000 - -(-signs // 3)


async def test_who_hangs_before_the_request_holds_up_nobody_for_longer_than_the_seconds(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(_: object) -> NoReturn:
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(world.provider, "count", hang)
    monkeypatch.setattr(world.provider, "capabilities", hang)
    world.provider.script["one"] = [answer()]
    models = world.models(ceilings=Ceilings(seconds=0.01))
    assert (await models.ask(SAID, SCHEMA, models.account("f"), world.told)).text == "done"


async def test_without_a_price_tokens_are_what_counts(world: World) -> None:
    world.provider.script["one"] = [answer()]
    models = world.models(ceilings=Ceilings(tokens=10_000, dollars=0.000001), price=None)
    account = models.account("f")
    await models.ask(SAID, SCHEMA, account, world.told)
    assert account.words == "1 request, 1,500 tokens, at a price that is not known"
    assert next(iter(world.book.written.values())).dollars is None


async def test_a_model_that_takes_too_long_is_left_and_its_cost_is_kept(world: World) -> None:
    world.provider.script["one"] = [never]
    models = world.models("one", "two", ceilings=Ceilings(seconds=0.01))
    account = models.account("f")
    with pytest.raises(ModelProblem, match=r"model\.secondsPerTarget") as raised:
        await models.ask(SAID, SCHEMA, account, world.told)
    assert raised.value.kind == "ceiling"
    assert account.spent.usage == Usage(fresh=1_000, output=1_000)


async def test_waiting_counts_as_time(world: World) -> None:
    world.provider.script["one"] = [limited(12), answer()]
    models = world.models(ceilings=Ceilings(seconds=20))
    account = models.account("f")
    await models.ask(SAID, SCHEMA, account, world.told)
    assert 12 <= account.spent.seconds <= 13
    world.provider.script["one"] = [limited(12), answer()]
    with pytest.raises(ModelProblem, match="Too many"):
        await models.ask(SAID, SCHEMA, account, world.told)


# The ledger


async def test_every_request_is_written_down_before_and_after(world: World) -> None:
    seen: list[tuple[str, float | None]] = []

    async def look(*_: object) -> Answer:
        seen.extend((entry.outcome, entry.dollars) for entry in world.book.written.values())
        return answer()

    world.provider.script["one"] = [overloaded(), look]
    models = world.models()
    await models.ask(SAID, SCHEMA, models.account("a.py::f", "/p"), world.told)
    longest = world.provider.asked[1].max_tokens
    assert seen == [("failed", 0.0), ("open", pytest.approx((1.25 * 1_000 * 2 + longest * 10) / 1e6))]
    _, entry = world.book.written.values()
    assert (entry.model, entry.project, entry.target, entry.when) == ("one", "/p", "a.py::f", 1e9)
    assert (entry.outcome, entry.usage, entry.exact) == ("answered", answer().usage, True)
    assert entry.dollars == pytest.approx(0.007)


async def test_cancelling_keeps_what_it_may_have_cost(world: World) -> None:
    heard = asyncio.Event()

    async def slowly(question: object, tell: object) -> Answer:
        tell(3_000)  # type: ignore[operator]
        heard.set()
        await asyncio.Event().wait()
        raise AssertionError

    world.provider.script["one"] = [slowly]
    models = world.models()
    account = models.account("f")
    asking = asyncio.ensure_future(models.ask(SAID, SCHEMA, account, world.told))
    await asyncio.wait_for(heard.wait(), 10)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    (entry,) = world.book.written.values()
    assert (entry.outcome, entry.exact, entry.usage) == ("cancelled", False, Usage(fresh=1_000, output=1_000))
    assert account.spent.dollars == entry.dollars == pytest.approx((1_000 * 2 + 1_000 * 10) / 1e6)


async def test_a_stream_that_was_cut_is_paid_for_as_far_as_it_came(world: World) -> None:
    cut = ModelProblem("cut", "It broke off.", usage=Usage(fresh=10, cache_read=990, output=7))
    world.provider.script["one"] = [cut, answer()]
    models = world.models()
    account = models.account("f")
    await models.ask(SAID, SCHEMA, account, world.told)
    first, _ = world.book.written.values()
    assert (first.outcome, first.exact, first.usage) == ("failed", False, Usage(10, 0, 990, 7))
    assert account.spent.requests == 2


async def test_who_does_not_count_tokens_comes_to_the_ceiling_all_the_same(world: World) -> None:
    async def says(question: object, tell: object) -> Answer:
        tell(3_000)  # type: ignore[operator]
        return Answer("{}", usage=Usage())

    world.provider.script["one"] = [says]
    models = world.models()
    account = models.account("f")
    await models.ask(SAID, SCHEMA, account, world.told)
    (entry,) = world.book.written.values()
    assert (entry.outcome, entry.exact, entry.usage) == ("answered", False, Usage(fresh=1_000, output=1_000))
    assert account.spent.usage == entry.usage


async def test_the_most_that_came_of_an_answer_is_there_until_a_whole_one_is(world: World) -> None:
    cuts = [ModelProblem("cut", "It broke off.") for _ in range(3)]
    for cut, text in zip(cuts, ("some", "most of it", "much"), strict=True):
        cut.received = text
    world.provider.script["one"] = list(cuts)
    models = world.models()
    account = models.account("f")
    with pytest.raises(ModelProblem):
        await models.ask(SAID, SCHEMA, account, world.told)
    assert account.received == "most of it"
    other = world.models()
    world.provider.script["one"] = [cuts[0], answer()]
    await other.ask(SAID, SCHEMA, account, world.told)
    assert account.received == ""


@pytest.mark.parametrize(("kind", "usage"), [("timeout", Usage(1_000, output=1_000)), ("server", Usage())])
async def test_what_is_not_told_is_taken_to_be_paid_where_an_answer_had_begun(
    world: World, kind: ProblemKind, usage: Usage
) -> None:
    async def begin(question: object, tell: object) -> Answer:
        tell(3_000)  # type: ignore[operator]
        raise ModelProblem(kind, "It failed.")

    world.provider.script["one"] = [begin, answer()]
    models = world.models()
    await models.ask(SAID, SCHEMA, models.account("f"), world.told)
    first, _ = world.book.written.values()
    assert (first.outcome, first.usage) == ("failed", usage)


async def test_an_answer_is_told_while_it_grows(world: World) -> None:
    async def grow(question: object, tell: object) -> Answer:
        for signs in (1_000, 5_000, 6_000, 12_000):
            tell(signs)  # type: ignore[operator]
        return answer()

    world.provider.script["one"] = [answer(), grow]
    models = world.models()
    account = models.account("f")
    await models.ask(SAID, SCHEMA, account, world.told)
    await models.ask(SAID, SCHEMA, account, world.told)
    assert world.told.steps[2:] == [
        "Asking one (1 request, 1,500 tokens, $0.0070 so far)",
        "one has written about 1,667 tokens (2 requests, 4,167 tokens, $0.03 so far)",
        "one has written about 4,000 tokens (2 requests, 6,500 tokens, $0.05 so far)",
    ]


async def test_kept_tests_are_written_down(world: World) -> None:
    models = world.models()
    await models.keep(models.account("a.py::f", "/p"), 3)
    (kept,) = world.book.tests
    assert (kept.project, kept.target, kept.tests, kept.when) == ("/p", "a.py::f", 3, 1e9)


async def test_before_anybody_is_asked_the_cost_is_foreseen(world: World) -> None:
    foreseen = world.models("one", ceilings=Ceilings(dollars=0.1), price=Price(3.0, 15.0)).foresee(SAID, SCHEMA)
    assert foreseen.model == "one"
    assert foreseen.usual is not None
    assert foreseen.most is not None
    assert 0 < foreseen.usual < foreseen.most <= 0.1
    assert world.provider.asked == []
    assert world.models(price=None).foresee(SAID, SCHEMA).words.endswith("at a price that is not known")
    assert PRICE.input == 2.0
