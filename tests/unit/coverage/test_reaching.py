"""Which tests reach a line, and when that is not to be trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from greenline.adapters.coverage_parser import CoverageParser
from greenline.domain.code.read_module import read_module
from greenline.domain.coverage.contexts import bits_of
from greenline.domain.coverage.reaching import (
    Evidence,
    Reached,
    Recording,
    body_lines,
    evidence,
    named_share,
    reached,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

TEXT = '''\
def sign(n):
    """Documented."""
    if (
        n
        < 0
    ):
        return -1
    return 1


def outer():
    def inner():
        return 1
    return inner


def lazy():
    yield 1
    yield 2


def short(): return 1


class Box:
    size = 1

    def take(self):
        class Local:
            one = 1
        return Local
'''
MODULE, _ = read_module(TEXT)
STATEMENTS, _ = CoverageParser().analyse(TEXT)


def judged(tests: Mapping[str, list[int]], outside: list[int] | None = None) -> Evidence:
    bits = {test: bits_of(lines) for test, lines in tests.items()}
    return evidence(bits, bits_of(outside or []), MODULE, STATEMENTS)


def test_who_is_inside_came_in_through_the_beginning() -> None:
    assert judged({"a": [3, 4, 7], "b": [3, 4, 8]}) == Evidence(1, 0)
    assert judged({"a": [3, 4, 7], "b": [8]}) == Evidence(1, 1)
    assert judged({"a": [3, 4, 7], "b": [8]}).denied


def test_another_line_of_the_first_statement_is_its_beginning_too() -> None:
    """A comparison that raised was never finished: its last lines did not run."""
    assert judged({"a": [3, 4, 5, 7], "b": [4, 5]}) == Evidence(1, 0)


def test_what_ran_outside_of_tests_shows_where_a_function_begins() -> None:
    assert judged({"a": [7], "b": [8]}, [3, 4, 5]) == Evidence(1, 1)


def test_one_test_alone_tells_nothing() -> None:
    assert judged({"a": [3, 7], "b": [14]}) == Evidence()
    assert not Evidence().denied


@pytest.mark.parametrize(
    "tests",
    [
        {"a": [18], "b": [19]},  # a generator goes on in the test that asks
        {"a": [12, 14], "b": [13]},  # a function inside is called when it was handed out
        {"a": [22], "b": [22]},  # one line tells nothing of where it began
        {"a": [29, 30, 31], "b": [26]},
    ],
)
def test_what_may_well_run_without_the_beginning_is_no_evidence_against(tests: dict[str, list[int]]) -> None:
    assert judged(tests).against == 0


def test_a_thread_that_outlives_its_test_is_no_reason_for_doubt_among_many() -> None:
    assert not (Evidence(1, 1) + Evidence(11, 0)).denied
    assert (Evidence(1, 1) + Evidence(8, 0)).denied


def test_the_share_of_lines_that_a_test_is_named_for() -> None:
    assert named_share({"a": bits_of([1, 3, 4])}, bits_of([1, 3, 7, 8, 11]), MODULE) == (2, 4)


def recording(tests: Mapping[str, list[int]], outside: list[int] | None = None, **more: object) -> Recording:
    came_from = {line: line for line in range(1, 50)}
    bits = {test: bits_of(lines) for test, lines in tests.items()}
    return Recording(bits, bits_of(outside or []), **({"came_from": came_from} | more))  # type: ignore[arg-type]


def test_those_that_run_little_else_come_first() -> None:
    found = reached([recording({"all": [1, 2, 3, 4], "b": [2], "a": [2], "other": [3]})], [2])
    assert found.tests == ("a", "b", "all")
    assert found.complete


def test_lines_count_where_they_stood_when_they_were_measured() -> None:
    moved = recording({"a": [2], "b": [3]}, came_from={5: 2, 6: 3})
    assert reached([moved], [5]).tests == ("a",)
    assert reached([moved], [2]) == Reached()
    assert reached([moved], [2, 6]).tests == ("b",)


def test_several_recordings_are_joined_and_doubts_stay() -> None:
    one, other = recording({"a": [2]}), recording({"b": [2]}, [3], complete=False)
    assert reached([one, other], [2]) == Reached(("a", "b"), complete=False)
    assert reached([one, other], [3]) == Reached((), complete=False, outside=True)
    assert not reached([], [2]).complete


def test_the_lines_of_a_call() -> None:
    assert [list(body_lines(f)) for f in MODULE.functions if f.qualname in {"lazy", "short"}] == [[18, 19], [22]]
