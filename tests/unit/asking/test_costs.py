from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenline.domain.asking.ceilings import Spent
from greenline.domain.asking.costs import costs_of
from greenline.domain.asking.entries import Entry, Kept
from greenline.domain.asking.list_prices import LIST
from greenline.domain.asking.model import Price, Usage
from greenline.domain.asking.on_paper import ENOUGH, Paper, Workload, fitted, on_paper
from greenline.domain.asking.prices import cost

MIDNIGHT = 1_000.0
SONNET = LIST["claude-sonnet-5-5"]
YESTERDAY = Entry(999.0, "one", "/p", "f", Usage(fresh=100), 0.5, "answered")
TODAY = Entry(1_000.0, "two", "/q", "g", Usage(output=200), 0.25, "answered")


# What was spent


def test_a_month_is_added_up_by_time_model_and_project() -> None:
    kept = [Kept(999.0, "/p", "f", 2), Kept(1_001.0, "/q", "g", 3)]
    costs = costs_of([YESTERDAY, TODAY], kept, MIDNIGHT)
    assert (costs.today.spent, costs.today.tests) == (Spent(TODAY.usage, 0.25, 0, 1), 3)
    assert (costs.month.spent, costs.month.tests) == (Spent(Usage(100, 0, 0, 200), 0.75, 0, 2), 5)
    assert [(one.name, one.spent.dollars, one.tests) for one in costs.models] == [
        ("one", 0.5, None),
        ("two", 0.25, None),
    ]
    assert [(one.name, one.tests) for one in costs.projects] == [("/p", 2), ("/q", 3)]
    assert costs.month.dollars_per_test == pytest.approx(0.15)


def test_a_price_that_is_not_known_makes_no_price_of_a_test() -> None:
    costs = costs_of([TODAY, replace(TODAY, dollars=None)], [Kept(1_000.0, "/q", "g", 1)], MIDNIGHT)
    assert costs.today.spent == Spent(Usage(output=400), 0.25, 1, 2)
    assert costs.today.dollars_per_test is None
    assert costs_of([TODAY], [], MIDNIGHT).today.dollars_per_test is None


def test_what_nobody_said_is_counted_as_an_estimate() -> None:
    cut = replace(TODAY, outcome="failed", exact=False)
    refused = replace(TODAY, outcome="failed", usage=Usage(), dollars=0.0)
    assert costs_of([TODAY, cut, replace(TODAY, outcome="open"), refused], [], MIDNIGHT).estimated == 2


def test_an_empty_ledger_cost_nothing() -> None:
    costs = costs_of([], [], MIDNIGHT)
    assert (costs.month.spent, costs.models, costs.projects, costs.estimated) == (Spent(), (), (), 0)


# On paper


def by_way(papers: tuple[Paper, ...]) -> dict[tuple[bool, bool], Paper]:
    return {(paper.cached, paper.explored): paper for paper in papers}


def test_two_functions_of_one_module_cost_what_their_requests_cost() -> None:
    work = Workload(
        per_module=2, shared=100, module=1_000, own=10, answer=50, said=20, again=0.5, follow_up=5, left_over=0.5
    )
    ways = by_way(on_paper(2, SONNET, work))
    first, second = Usage(10, 1_100, 0, 50), Usage(10, 0, 1_100, 50)
    follow_up = Usage(10 + 20 + 5, 0, 1_100, 50)  # thinking is not sent back
    alone = ways[True, False]
    assert alone.requests == 3
    assert alone.usage == first + second + follow_up
    assert alone.dollars == pytest.approx(sum(cost(usage, SONNET) for usage in (first, second, follow_up)))
    assert alone.batch == pytest.approx(alone.dollars / 2)
    assert ways[False, False].usage == Usage(fresh=2 * 1_110 + 1_135, output=150)
    assert (ways[True, True].requests, ways[True, True].usage) == (1, first)
    assert ways[False, True].usage == Usage(fresh=1_110, output=50)


def test_each_module_is_written_to_the_cache_once_and_what_all_modules_share_only_once() -> None:
    work = Workload(per_module=10, shared=100, module=1_000, again=0.0, left_over=0.25)
    ways = by_way(on_paper(30, SONNET, work))
    assert ways[True, True].requests == 8
    assert ways[True, True].usage.cache_written == 3 * 1_000 + 100
    assert ways[True, False].usage.cache_written == 3 * 1_000 + 100
    assert ways[True, False].usage.cache_read == 27 * 1_000 + 29 * 100


def test_where_each_module_is_asked_about_once_the_cache_makes_it_dearer() -> None:
    ways = by_way(on_paper(40, SONNET, Workload(per_module=10, again=0.0, left_over=0.1)))
    assert (ways[True, True].requests, ways[True, True].usage.cache_read) == (4, 3 * Workload().shared)
    assert ways[True, True].dollars > ways[False, True].dollars


@given(
    st.integers(1, 300),
    st.builds(
        Workload,
        per_module=st.integers(2, 40),
        shared=st.integers(0, 9_000),
        module=st.integers(1_000, 30_000),
        again=st.floats(0, 3),
        left_over=st.floats(0, 1),
    ),
)
def test_exploring_first_is_never_dearer_and_neither_way_uses_other_tokens_for_the_cache(
    functions: int, work: Workload
) -> None:
    ways = by_way(on_paper(functions, SONNET, work))
    for cached in (True, False):
        assert ways[cached, True].requests <= ways[cached, False].requests
        assert ways[cached, True].usage.total <= ways[cached, False].usage.total
    for explored in (True, False):
        with_cache, without = ways[True, explored], ways[False, explored]
        assert (with_cache.requests, with_cache.usage.total) == (without.requests, without.usage.total)


def test_a_thousand_functions_cost_less_with_caching_and_much_less_with_exploring() -> None:
    ways = by_way(on_paper(1_000, SONNET, Workload()))
    assert ways[True, True].dollars < ways[False, True].dollars < ways[False, False].dollars
    assert ways[True, True].dollars < 0.5 * ways[True, False].dollars
    assert ways[True, False].requests == 1_500


def test_without_enough_answers_the_assumptions_stand() -> None:
    answers = [replace(TODAY, usage=Usage(fresh=10, output=10))] * (ENOUGH - 1)
    unsure = [replace(TODAY, exact=False), replace(TODAY, outcome="failed")] * ENOUGH
    assert fitted(Workload(), [*answers, *unsure]) == Workload()


def answers_of(target: str, first: Usage, later: Usage) -> list[Entry]:
    return [
        Entry(float(number), "one", "/p", target, first if number == 0 else later, 0.1, "answered")
        for number in range(ENOUGH)
    ]


def test_what_was_really_asked_says_more_than_assumptions() -> None:
    work = Workload(shared=400, module=500, own=100, answer=100, said=50)
    answers = [
        *answers_of("f", Usage(300, 1_600, 0, 400), Usage(900, 0, 1_600, 200)),
        *answers_of("g", Usage(100, 0, 2_000, 400), Usage(900, 0, 2_000, 200)),
    ]
    told = fitted(work, answers)
    assert (told.shared, told.module, told.own) == (400, 1_400, 200)
    assert (told.answer, told.said) == (210, 105)
    assert (told.again, told.measured) == (ENOUGH - 1, 2 * ENOUGH)


def test_where_nobody_tells_of_a_cache_all_lengths_are_scaled() -> None:
    work = Workload(shared=400, module=500, own=100, answer=100)
    told = fitted(work, answers_of("f", Usage(fresh=2_000, output=300), Usage(fresh=5_000, output=300)))
    assert (told.shared, told.module, told.own, told.answer) == (800, 1_000, 200, 300)


def test_what_costs_nothing_costs_nothing_on_paper() -> None:
    assert {paper.dollars for paper in on_paper(10, Price(0.0, 0.0), Workload())} == {0.0}
