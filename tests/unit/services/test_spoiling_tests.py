"""The tests that spoil a run are found in few runs, and the good ones of the same function stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from greenline.services.spoiling_tests import MOST_RUNS, RUNS_IN_VAIN, spoilers

if TYPE_CHECKING:
    from collections.abc import Sequence


class Runs:
    """Runs of numbers; those in ``bad`` spoil them."""

    def __init__(self, *bad: int) -> None:
        self.bad = set(bad)
        self.count = 0

    async def __call__(self, some: Sequence[int]) -> str:
        self.count += 1
        assert some
        return "a thread" if self.bad & set(some) else ""


@pytest.mark.parametrize("bad", range(8))
async def test_one_of_eight_is_found_alone(bad: int) -> None:
    runs = Runs(bad)
    assert await spoilers([range(8)], "a thread", runs) == {bad: "a thread"}
    assert runs.count <= MOST_RUNS


async def test_the_good_ones_of_a_function_stay_beside_other_functions() -> None:
    runs = Runs(4)
    assert await spoilers([[1, 2], [3, 4, 5], [6]], "a thread", runs) == {4: "a thread"}


async def test_when_a_function_s_tests_are_all_alike_few_runs_are_made() -> None:
    runs = Runs(*range(32))
    assert await spoilers([range(32)], "a thread", runs) == {}
    assert runs.count == RUNS_IN_VAIN


async def test_what_cannot_be_parted_in_time_goes_and_the_rest_stays() -> None:
    found = await spoilers([range(64)], "a thread", Runs(1))
    assert 1 in found
    assert len(found) <= 8


async def test_what_is_only_wrong_together_is_left_out_together() -> None:
    async def together(some: Sequence[int]) -> str:
        return "too much" if {1, 2} <= set(some) else ""

    assert await spoilers([[1, 2], [3]], "too much", together) == {1: "too much", 2: "too much"}
