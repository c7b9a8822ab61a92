"""What the name of a test says behind what it tests."""

from __future__ import annotations

from dataclasses import replace

import pytest

from greenline.domain.generation.name_endings import passed_words, single_endings, table_endings, usual_words
from unit.generation.rendered import case, render


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        ({}, ""),
        ({"key": "3"}, "with_key"),
        ({"key": "''"}, "with_empty_key"),
        ({"strict": "False"}, "without_strict"),
        ({"key": "3", "strict": "None"}, "with_key_and_without_strict"),
        ({"a": "1", "b": "2", "c": "3"}, "with_a_b_and_c"),
        ({"a": "1", "b": "2", "c": "3", "d": "4"}, ""),
    ],
)
def test_what_is_passed_by_name(passed: dict[str, str], words: str) -> None:
    arguments = case(*passed.values(), parameters=list(passed), labels=[f"{name}=" for name in passed]).arguments
    assert passed_words(arguments) == words


def test_a_branch_says_most_then_what_is_odd_then_nothing() -> None:
    one = case("''", "3", expected="1")
    assert single_endings(one, "text_is_blank", ["text"], makes=False)[0] == "_when_text_is_blank"
    assert single_endings(one, "", ["text"], makes=False)[:2] == ["_for_empty_text", ""]
    assert single_endings(case("'a'", expected="1"), "", ["text"], makes=False)[0] == ""


def test_how_many_are_passed_of_what_may_be_many() -> None:
    one = case("1", "2", parameters=["items", "items"], expected="3")
    assert single_endings(one, "", ["items"], makes=False)[0] == "_of_two_items"
    assert table_endings([one, one], ["", ""], ())[0] == "_of_two_items"


def test_an_error_says_what_it_is_about() -> None:
    one = case("'a'", error="shop.TooBig", message="size must be small")
    assert single_endings(one, "", ["text", "size"], makes=False)[0] == "_raises_too_big_for_size"
    assert single_endings(one, "", ["text"], makes=False)[0] == "_raises_too_big"


def test_how_the_instance_was_made_says_something_too() -> None:
    one = case("'a'", call="box.put", arrange=("box = Box(3, lid=False)",), expected="1")
    assert single_endings(one, "", ["item"], makes=False)[:2] == ["_without_lid", ""]
    assert "_without_lid" in single_endings(one, "a_condition_of_many_words", ["item"], makes=False)


def test_an_error_whose_branch_has_too_many_words_is_just_that_error() -> None:
    one = case("'a'", error="ValueError", message="it cannot be")
    endings = single_endings(one, "a_condition", ["text"], makes=False)
    assert endings[0] == "_raises_value_error_when_a_condition"
    assert endings[-2:] == ["_raises_value_error", "_raises_value_error_it_cannot_be"]


def test_a_table_is_named_by_what_its_rows_share() -> None:
    rows = [case("'a'", expected="1"), case("'b'", expected="2")]
    assert table_endings(rows, ["text_is_long", "text_is_long"], ())[0] == "_when_text_is_long"
    assert table_endings(rows, ["text_is_long", ""], ())[0] == ""
    same = [case("'a'", expected="None"), case("'b'", expected="None")]
    assert table_endings(same, ["", ""], ())[0] == "_returns_none"


def test_a_second_test_of_a_branch_says_for_what() -> None:
    endings = single_endings(case("'prod'", expected="'prod-1'"), "mode_is_not_dev", ["mode"], makes=False)
    assert endings[:2] == ["_when_mode_is_not_dev", "_when_mode_is_not_dev_for_prod"]
    assert not any("_of_" in ending for ending in endings)


def test_what_a_stand_in_is_told_is_nothing_that_was_done_before() -> None:
    told = ("client = Mock(spec=Client)", "client.messages.create.return_value = 3")
    answer = ("response = Response()", "response.encoding = 'utf-8'")
    one = case("client", call="ask", arrange=(*told, *answer), expected="1")
    assert not [e for e in single_endings(one, "", ["client"], makes=False) if "after" in e]


def test_what_every_case_passes_is_told_only_where_it_is_odd() -> None:
    orders = [
        case(f"{{'bread': 'rye', 'loaves': {loaves}}}", parameters=["json"], labels=["json="], expected="1")
        for loaves in (2, 0)
    ]
    usual = usual_words(orders)
    assert usual == {"bread", "loaves"}
    assert single_endings(orders[0], "", ["json"], makes=False, usual=usual)[0] == ""
    assert single_endings(orders[1], "", ["json"], makes=False, usual=usual)[0] == "_with_zero_loaves"
    assert usual_words(orders[:1]) == set()


def test_the_plainest_case_has_the_bare_name_and_errors_say_what_they_say() -> None:
    title = {"labels": ["", "number="]}
    boundary = case("'x' * 41", "'A title'", details=("result.size == 41",), **title)
    plain = case("'Dune'", "'A title'", expected="1", **title)
    refused = [
        case(text, "1", error="ValueError", message=message, **title)
        for text, message in (("'a'", "somebody has to work"), ("'b'", "full board needs two nights"))
    ]
    names = [one.name for one in render([plain, boundary, *refused])]
    assert names[0] == "test_work"
    assert not any(name[-1].isdigit() and "41" not in name for name in names)
    apart = [
        replace(refused[1], arrange=("box = Box(1)",)),
        replace(refused[0], arrange=("box = Box(2)", "box.put(1)")),
    ]
    assert [one.name for one in render(apart)] == [
        "test_work_raises_value_error",
        "test_work_raises_value_error_somebody_has_to_work",
    ]


def test_the_maker_of_an_argument_is_no_word_for_a_case() -> None:
    made = case("Box.objects.create(size=1)", expected="4")
    assert "box" not in "".join(single_endings(made, "", ["text"], makes=False))
    assert "create" not in "".join(single_endings(made, "", ["text"], makes=False))
