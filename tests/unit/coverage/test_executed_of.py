"""What is known of a text, handed on without the measurements that it is known by."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenline.adapters.coverage_parser import CoverageParser
from greenline.domain.coverage.executed_of import executed_of
from greenline.domain.coverage.mapping import coverage_map
from greenline.domain.coverage.merge_maps import merge_maps
from greenline.domain.coverage.model import CoverageMap, Executed

TEXT = """\
import sys


def price(grams, reduced=False):
    if grams > 500:
        total = 7
    else:
        total = 4
    for _ in range(grams):
        with open(
            "x"
        ) as file:
            if reduced: return 0
    while True:
        if total: break
    return total if reduced else (
        -total
    )


if sys.platform == "win32":  # pragma: no branch
    price(1)
def unused():  # pragma: no cover
    return 1
"""
STATEMENTS, _ = CoverageParser().analyse(TEXT)
LINES = range(1, TEXT.count("\n") + 1)
ARCS = [(line, end) for line, ends in STATEMENTS.branches.items() for end in ends]


def maps() -> st.SearchStrategy[CoverageMap]:
    lines = st.frozensets(st.sampled_from(LINES))
    arcs = st.none() | st.frozensets(st.sampled_from(ARCS))
    return st.builds(Executed, lines, arcs).map(lambda executed: coverage_map(STATEMENTS, executed))


def reached(found: CoverageMap) -> tuple[object, ...]:
    return found.covered, found.missing, found.branches_known, found.missing_branches, found.excluded_ran


@given(maps())
def test_a_map_of_what_it_gives_is_the_same(found: CoverageMap) -> None:
    assert reached(coverage_map(STATEMENTS, executed_of(found))) == reached(found)


@given(maps(), maps())
def test_it_adds_to_a_run_what_the_map_would_add(run: CoverageMap, known: CoverageMap) -> None:
    handed_on = coverage_map(STATEMENTS, executed_of(known))
    assert reached(merge_maps(run, handed_on)) == reached(merge_maps(run, known))


@pytest.mark.parametrize("unknown", [frozenset({5}), frozenset({13})])
def test_what_the_map_does_not_know_did_not_run(unknown: frozenset[int]) -> None:
    whole = coverage_map(STATEMENTS, Executed(frozenset(LINES), frozenset(ARCS)))
    then = CoverageMap(STATEMENTS, whole.covered - unknown, frozenset(), True, frozenset(), unknown)
    ran = executed_of(then)
    assert not ran.lines & unknown
    assert ran.arcs is not None
    assert not {line for line, _ in ran.arcs} & unknown
