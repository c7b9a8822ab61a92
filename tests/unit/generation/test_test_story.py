"""What a test shows, in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from greenline.domain.generation.test_story import story_of, summary_of
from unit.generation.rendered import case

if TYPE_CHECKING:
    from greenline.domain.generation.case import Case

FAILS = case("''", error="errors.BadText", message="no")


@pytest.mark.parametrize(
    ("name", "qualname", "cases", "summary"),
    [
        (
            "test_work_raises_bad_text_for_empty_text",
            "work",
            [FAILS],
            "work raises BadText for empty text.",
        ),
        ("test_box_put_is_true_with_key", "Box.put", [case("1", expected="True")], "Box.put gives True with key."),
        ("test_work_when_number_above_3", "work", [case("4", expected="5")], "What work gives when number above 3."),
        ("test_work", "work", [case("4", expected="5"), case("5", expected="6")], "What work gives."),
        ("test_work_gives_two", "work", [case("4", expected="[1, 2]")] * 2, "work gives two."),
        ("test_box_add", "Box.__add__", [case("4", expected="5"), case("5", expected="6")], "What Box.__add__ gives."),
        ("test_box", "Box.__init__", [case("4", shape="object")], "What a new Box holds."),
    ],
)
def test_one_sentence_says_what_the_name_says(name: str, qualname: str, cases: list[Case], summary: str) -> None:
    assert summary_of(name, qualname, cases) == summary


@pytest.mark.parametrize(
    ("cases", "story"),
    [
        ([case("'a'", expected="3")], "Given text 'a', when work is called, then the result is 3."),
        ([FAILS], "Given text '', when work is called, then BadText is raised."),
        (
            [case(call="box.size", arrange=("box = Box(3)", "box.put('pen')"), expected="4")],
            "Given a box after put, when size is called, then the result is 4.",
        ),
        (
            [case(call="tea_cart.total", fixtures=("tea_cart",), expected="4")],
            "Given the fixture tea_cart, when total is called, then the result is 4.",
        ),
        (
            [case(c, expected=c) for c in "123"],
            "Given each of the rows, when work is called, then the result is the expected one.",
        ),
        (
            [case("'a'", arrange=("monkeypatch.setenv('A', 'b')",), after=("capsys.readouterr().out == ''",))],
            "Given its surroundings and text 'a', when work is called, then it is printed.",
        ),
    ],
)
def test_given_when_then(cases: list[Case], story: str) -> None:
    assert " ".join(story_of(cases).split()) == story


def test_a_story_that_is_too_long_for_a_line_has_three() -> None:
    story = story_of([case("'the quick brown fox'", "'jumps over the lazy'", expected="'dog'")])

    assert [line.partition(" ")[0] for line in story.split("\n")] == ["Given", "when", "then"]
