from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenline.domain.asking.breaker import CLOSED, FAILURES, FIRST_PAUSE, LONGEST_PAUSE, Breaker
from greenline.domain.asking.ceilings import (
    LEAST_ANSWER,
    Ceilings,
    Spent,
    guessed_tokens,
    out_of_time,
    room,
    seconds_left,
)
from greenline.domain.asking.list_prices import AS_OF, DEFAULT_CHAIN, LIST, list_price
from greenline.domain.asking.model import Price, Thinking, Usage
from greenline.domain.asking.prices import cost, in_dollars, most, payable
from greenline.domain.asking.thinking import thinking_of

SONNET = Price(2.0, 10.0)
amounts = st.just(0.0) | st.floats(0.001, 100)
prices = st.builds(
    Price,
    input=amounts,
    output=amounts,
    cache_read=st.floats(0, 1.25),
    long_prompt=st.none() | st.integers(0, 400_000),
    long_factor=st.floats(1, 10),
)
tokens = st.integers(0, 500_000)


# Prices


@pytest.mark.parametrize(
    ("usage", "dollars"),
    [
        (Usage(fresh=1_000_000), 2.0),
        (Usage(cache_written=1_000_000), 2.5),
        (Usage(cache_read=1_000_000), 0.2),
        (Usage(output=1_000_000), 10.0),
        (Usage(1_000, 2_000, 3_000, 4_000), (1_000 * 2 + 2_000 * 2.5 + 3_000 * 0.2 + 4_000 * 10) / 1e6),
        (Usage(), 0.0),
    ],
)
def test_each_kind_of_token_has_its_price(usage: Usage, dollars: float) -> None:
    assert cost(usage, SONNET) == pytest.approx(dollars)
    assert cost(usage, SONNET, batch=True) == pytest.approx(dollars / 2)


def test_reading_from_the_cache_costs_what_the_models_list_says() -> None:
    read = Usage(cache_read=1_000_000)
    assert cost(read, LIST["claude-opus-5-5"]) == pytest.approx(0.20)
    assert cost(read, LIST["claude-fable-5-2"]) == pytest.approx(0.20)
    assert cost(read, LIST["claude-haiku-4-5"]) == pytest.approx(0.10)


def test_a_long_prompt_makes_all_of_its_request_dearer() -> None:
    haiku = LIST["claude-haiku-5-5"]
    assert cost(Usage(fresh=100_000, output=1_000), haiku) == pytest.approx(0.0105)
    assert cost(Usage(fresh=1, cache_read=100_000, output=1_000), haiku) == pytest.approx(
        5 * (0.1 + 0.1 * 0.1 * 100_000 + 0.5 * 1_000) / 1e6
    )


@given(prices, tokens, st.floats(0, 50))
def test_what_is_payable_never_costs_more(price: Price, prompt: int, dollars: float) -> None:
    longest = payable(dollars, prompt, price)
    if longest is None:
        assert most(prompt, 10**9, price) <= dollars * (1 + 1e-9)
    elif longest:
        assert most(prompt, longest, price) <= dollars * (1 + 1e-9)
        assert most(prompt, longest + 2, price) > dollars * (1 - 1e-9)


def test_a_price_of_next_to_nothing_is_none() -> None:
    assert payable(1.0, 1_000, Price(0.0, 1e-300)) is None
    assert payable(-0.1, 1_000, Price(0.0, 0.0)) == 0


@given(prices, st.builds(Usage, fresh=tokens, cache_written=tokens, cache_read=tokens, output=tokens))
def test_no_request_costs_more_than_the_most(price: Price, usage: Usage) -> None:
    prompt = usage.fresh + usage.cache_written + usage.cache_read
    assert cost(usage, price) <= most(prompt, usage.output, price) * (1 + 1e-9)


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "$0.00"),
        (0.00001, "less than $0.0001"),
        (0.0042, "$0.0042"),
        (0.1, "$0.10"),
        (1234.5, "$1,234.50"),
    ],
)
def test_money_is_read_by_persons(amount: float, words: str) -> None:
    assert in_dollars(amount) == words


# The list


def test_the_list_is_dated_and_its_chain_is_of_it() -> None:
    assert AS_OF >= "2026-11"
    assert [choice.priority for choice in DEFAULT_CHAIN] == [0, 1, 2, 3]
    assert all(choice.price == LIST[choice.name] for choice in DEFAULT_CHAIN)


def test_the_models_of_the_list_are_those_that_the_sdk_knows() -> None:
    import typing

    from anthropic.types import Model

    known = {name for part in typing.get_args(Model) for name in typing.get_args(part)}
    assert known, "the SDK names models in another way now"
    assert set(LIST) <= known
    assert {choice.name for choice in DEFAULT_CHAIN} <= known


@pytest.mark.parametrize(
    "name",
    [
        "claude-sonnet-4-5",
        "claude-sonnet-4-5-20250929",
        "claude-sonnet-4-5@20250929",
        "anthropic.claude-sonnet-4-5-20250929-v1:0",
        "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "global.anthropic.claude-sonnet-4-5",
    ],
)
def test_every_provider_has_a_name_of_its_own_for_a_model(name: str) -> None:
    assert list_price(name) == Price(3.0, 15.0)


@pytest.mark.parametrize("name", ["", "qwen3-coder", "claude-sonnet-4", "my-claude-sonnet-4-5", "claude-sonnet-4-55"])
def test_what_is_not_in_the_list_has_no_price(name: str) -> None:
    assert list_price(name) is None


# Thinking


@pytest.mark.parametrize(
    ("setting", "thinking"),
    [
        ("off", Thinking(None, None)),
        ("low", Thinking("low", 4_000)),
        ("medium", Thinking("medium", 10_000)),
        ("high", Thinking("high", 20_000)),
        ("5000", Thinking("medium", 5_000)),
        ("1000", Thinking("low", 1_000)),
        ("60000", Thinking("high", 60_000)),
    ],
)
def test_a_word_or_a_number_serves_models_of_both_ways(setting: str, thinking: Thinking) -> None:
    assert thinking_of(setting) == thinking


# Ceilings


def test_there_is_room_for_what_every_ceiling_leaves() -> None:
    ceilings = Ceilings(tokens=50_000, dollars=1.0, dollars_per_day=10.0)
    spent = Spent(Usage(fresh=10_000, output=5_000), dollars=0.9)
    assert room(ceilings, Spent(), 0.0, 10_000, SONNET).tokens == 40_000
    assert room(ceilings, spent, 1.0, 10_000, SONNET).tokens == pytest.approx(7_500, abs=1)
    assert room(ceilings, Spent(), 9.95, 10_000, SONNET).tokens == pytest.approx(2_500, abs=1)
    assert room(ceilings, spent, 0.0, 10_000, None).tokens == 25_000
    assert room(Ceilings(dollars=0.001), Spent(), 5.0, 10_000, Price(0.0, 0.0)).tokens == 190_000


TOKENS = (
    "One function may use 20,000 tokens (model.tokensPerTarget); 9,000 are used up, and the next request of 10,000 "
    "would leave too few for its answer."
)
TARGET = (
    "One function may cost $0.50 (model.dollarsPerTarget); $0.46 are spent, and the rest does not pay another request."
)
DAY = (
    "A day may cost $10.00 (model.dollarsPerDay), and what is left of it does not pay another request. "
    "`greenline cost` says what it was spent on."
)


@pytest.mark.parametrize(
    ("ceilings", "spent", "today", "words"),
    [
        (Ceilings(tokens=20_000), Spent(Usage(output=9_000)), 0.0, TOKENS),
        (Ceilings(dollars=0.5), Spent(dollars=0.46), 0.0, TARGET),
        (Ceilings(), Spent(), 9.99, DAY),
    ],
)
def test_a_reached_ceiling_says_which(ceilings: Ceilings, spent: Spent, today: float, words: str) -> None:
    full = room(ceilings, spent, today, 10_000, SONNET)
    assert (full.tokens, full.reason) == (0, words)


@given(
    st.builds(
        Ceilings, tokens=st.integers(1_000, 300_000), dollars=st.floats(0.001, 5), dollars_per_day=st.floats(0.001, 5)
    ),
    st.builds(Spent, usage=st.builds(Usage, fresh=tokens), dollars=st.floats(0, 5)),
    st.floats(0, 5),
    tokens,
    prices,
)
def test_an_answer_that_fits_passes_no_ceiling(
    ceilings: Ceilings, spent: Spent, today: float, prompt: int, price: Price
) -> None:
    free = room(ceilings, spent, today, prompt, price)
    assert (free.tokens == 0) == bool(free.reason)
    if free.reason:
        return
    dollars = most(prompt, free.tokens, price)
    assert free.tokens >= LEAST_ANSWER
    assert spent.usage.total + prompt + free.tokens <= ceilings.tokens
    assert spent.dollars + dollars <= ceilings.dollars * (1 + 1e-9)
    assert today + dollars <= ceilings.dollars_per_day * (1 + 1e-9)


def test_time_runs_out() -> None:
    assert seconds_left(Ceilings(seconds=60), Spent(seconds=45)) == 15
    assert seconds_left(Ceilings(seconds=60), Spent(seconds=61)) == 0
    assert out_of_time(Ceilings(seconds=60)).startswith("Models may be asked for 60 s for one function")


def test_what_was_spent_adds_up_and_is_said() -> None:
    spent = Spent(Usage(fresh=1_000), 0.02, 0, 1) + Spent(Usage(output=234), 0.0, 1, 1, 3.0)
    assert spent == Spent(Usage(1_000, 0, 0, 234), 0.02, 1, 2, 3.0)
    assert spent.words == "2 requests, 1,234 tokens, $0.02, and 1 of unknown price"
    assert Spent().words == Spent(seconds=3).words == ""


def test_tokens_are_guessed_rather_too_many() -> None:
    assert (guessed_tokens(0), guessed_tokens(1), guessed_tokens(300)) == (0, 1, 100)


# Circuit breakers


def fail(breaker: Breaker, now: float, times: int = FAILURES) -> Breaker:
    for _ in range(times):
        breaker = breaker.failed(now, "It is overloaded.")
    return breaker


def test_some_failures_in_a_row_open_it_for_a_while() -> None:
    assert fail(CLOSED, 100.0, FAILURES - 1).allows(100.0)
    opened = fail(CLOSED, 100.0)
    assert not opened.allows(100.0 + FIRST_PAUSE - 0.1)
    assert opened.allows(100.0 + FIRST_PAUSE)


def test_one_failure_after_a_pause_opens_it_for_twice_as_long_up_to_a_limit() -> None:
    breaker, now, pauses = fail(CLOSED, 0.0), 0.0, []
    for _ in range(6):
        pauses.append(breaker.until - now)
        now = breaker.until
        breaker = breaker.failed(now, "Again.")
    assert pauses == [60.0, 120.0, 240.0, 480.0, LONGEST_PAUSE, LONGEST_PAUSE]


def test_it_is_held_for_as_long_as_the_provider_asks() -> None:
    held = CLOSED.held(10.0, 700.0, "Too many requests.")
    assert not held.allows(709.0)
    assert held.allows(710.0)
    assert held.held(11.0, 1.0, "Again.").until == 710.0, "a shorter wait does not end a longer one"


def test_who_is_gone_is_gone() -> None:
    assert not CLOSED.gone("Retired.").allows(1e18)


def test_a_breaker_says_how_it_is() -> None:
    assert CLOSED.words(0.0) == "is asked"
    assert CLOSED.failed(0.0, "Why.").words(0.0) == "is asked; it last failed: Why."
    assert fail(CLOSED, 0.0).words(18.5) == "is asked again in 42 s: It is overloaded."
    assert CLOSED.gone("Retired.").words(0.0) == "is not asked any more: Retired."
