"""Calls that got far are remembered for those that go further."""

from __future__ import annotations

import random
from typing import Any

import pytest

from greenline_probe.explore.comparisons import Asked
from greenline_probe.explore.goals import Goals
from greenline_probe.explore.progress import MOST_PARENTS, Progress, distance
from greenline_probe.explore.suspects import Suspects
from greenline_probe.explore.template import Choice, Slot, Template

TEMPLATE: Any = Template(None, "f", [Slot("a", ["1"]), Slot("b", ["2"])])  # type: ignore[arg-type]
GOALS = Goals(frozenset({1, 2, 3}), frozenset({(1, 2), (1, 3)}), {10: 1})


def choice(*chosen: str, cost: float = 1.0) -> Choice:
    return Choice(TEMPLATE, chosen, cost=cost)


@pytest.mark.parametrize(
    ("name", "left", "right", "apart"),
    [
        ("Lt", 3, 10, 7.0),
        ("Eq", "abc", "abd", 1.0),
        ("Eq", "abc", "ab", 2.0),
        ("startswith", "value", "vx", 1.0),
        ("endswith", "value", "le", 1.0),
        ("In", 5, [1, 9, 7], 2.0),
        ("Key", "ab", {"ac": 1, "zzzz": 2}, 1.0),
        ("Eq", 1e300, -1e300, 1e9),
        pytest.param("Lt", 10**400, 1.5, 1e9, id="more than a float holds"),
        ("Eq", None, 3, None),
        ("match", "text", "pattern", None),
    ],
)
def test_how_far_a_question_is_from_its_other_answer(name: str, left: Any, right: Any, apart: float | None) -> None:
    assert distance(Asked((1, 0, name), left, right, answer=False)) == apart


def test_a_condition_with_a_side_missing_gives_its_parents_until_both_are_there() -> None:
    progress = Progress(GOALS)
    progress.note(choice("1", "2"), [], frozenset({(-1, 10), (1, 3)}), {1, 3, (1, 3)})
    rng = random.Random("seed")

    picked = progress.pick(rng, {(1, 3)})
    assert picked is not None
    assert picked.chosen == ("1", "2")
    assert progress.pick(rng, {(1, 3), (1, 2)}) is None
    assert progress.is_open((10, 4, "Eq"), {(1, 3)})
    assert not progress.is_open((10, 4, "Eq"), {(1, 3), (1, 2)})
    assert not progress.is_open((3, 4, "Eq"), set())


def test_of_many_ways_to_a_condition_the_latest_few_stay() -> None:
    progress = Progress(GOALS)
    for i in range(20):
        progress.note(choice(str(i), "2"), [], frozenset({(-1, 1), (50 + i, 60)}), set())
    rng = random.Random("seed")

    picked = {c.chosen[0] for _ in range(300) if (c := progress.pick(rng, set())) is not None}
    assert picked == {str(i) for i in range(20 - MOST_PARENTS, 20)}


def test_the_nearest_call_is_kept_while_a_question_has_one_answer() -> None:
    progress, place = Progress(GOALS), (10, 4, "Gt")
    for value in (5, 60, 20):
        progress.note(choice(str(value), "2"), [Asked(place, value, 100, answer=False)], frozenset(), set())
    apart, nearest = progress.nearest[place]
    assert (apart, nearest.chosen) == (40.0, ("60", "2"))

    progress.note(choice("101", "2"), [Asked(place, 101, 100, answer=True)], frozenset(), set())
    assert progress.nearest == {}


def test_new_answers_tell_something_and_old_ones_do_not() -> None:
    progress, place = Progress(GOALS), (10, 4, "Gt")

    def note(*asked: Asked) -> bool:
        return progress.note(choice("1", "2"), asked, frozenset(), set())

    assert note(Asked(place, 5, 10, answer=False))
    assert not note(Asked(place, 3, 10, answer=False))
    assert note(Asked(place, 9, 10, answer=False)), "one apart is another case than far apart"
    assert note(Asked(place, 9, 10, answer=False), Asked(place, 8, 10, answer=False)), "asked twice"
    assert note(Asked((11, 0, "Truth"), None, None))
    assert note(Asked((11, 0, "Truth"), [], None))
    assert not note(Asked((11, 0, "Truth"), [], None))


def test_only_a_value_that_alone_can_be_the_cause_is_blamed() -> None:
    suspects = Suspects()
    suspects.note(choice("x", "y"), works=False)
    assert not suspects.include(choice("x", "y"))
    suspects.note(choice("1", "2"), works=True)
    suspects.note(choice("bad", "2"), works=False)
    assert suspects.include(choice("bad", "9"))
    suspects.note(choice("bad", "5"), works=True)
    assert not suspects.include(choice("bad", "9"))


def test_numbers_that_no_float_holds_are_compared_too() -> None:
    progress = Progress(GOALS)
    asked = [Asked((1, 0, "Lt"), left, 1.5, left < 1.5) for left in (10**400, -(10**400))]
    assert [progress.note(choice("1"), [each], frozenset(), set()) for each in asked] == [True, True]
    assert not any(progress.note(choice("2"), [each], frozenset(), set()) for each in asked)
