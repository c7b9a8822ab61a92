from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenline.domain.code.read_module import read_module
from greenline.domain.generation.case_names import (
    argument_words,
    distinct,
    joined,
    outcome_words,
    result_words,
    short_of,
    special_about,
    subject_words,
)
from greenline.domain.generation.condition_words import condition_words
from greenline.domain.generation.value_words import snake, value_slug
from unit.generation.rendered import case


@pytest.mark.parametrize(
    ("condition", "holds", "fails"),
    [
        ("express", "with_express", "without_express"),
        ("not prices", "without_prices", "with_prices"),
        ("zone is None", "without_zone", "with_zone"),
        ("self.is_open", "is_open", "is_not_open"),
        ("has_items", "has_items", "has_no_items"),
        ("self.is_finished()", "is_finished", "is_not_finished"),
        ("cart.can_pay(sum)", "cart_can_pay_sum", "cart_cannot_pay_sum"),
        ("is_prime(n)", "n_is_prime", "n_is_not_prime"),
        ("grams > 10_000", "grams_above_10000", "grams_at_most_10000"),
        ("10 < grams", "grams_above_10", "grams_at_most_10"),
        ("state == 'sorting'", "state_is_sorting", "state_is_not_sorting"),
        ("state == 'not at home'", "state_is_not_at_home", "state_is_other_than_not_at_home"),
        ("text == ''", "text_is_empty", "text_is_not_empty"),
        ("items == []", "items_is_empty", "items_is_not_empty"),
        ("len(compact) != 6", "compact_length_is_not_6", "compact_length_is_6"),
        ("zone not in BASE_PRICE", "zone_not_in_base_price", "zone_in_base_price"),
        ("'@' in text", "with_at_in_text", "without_at_in_text"),
        ("code in {'SAMEDAY', 'MORNING'}", "code_is_sameday_or_morning", ""),
        ("name.startswith('x-')", "name_starts_with_x", "name_does_not_start_with_x"),
        ("path.endswith('.py')", "path_ends_with_py", "path_does_not_end_with_py"),
        ("not address.name.strip()", "name_is_blank", "name_is_not_blank"),
        ("digits.isdigit()", "digits_is_numeric", "digits_is_not_numeric"),
        ("path.exists()", "path_is_there", "path_is_not_there"),
        ("row.get('number')", "with_number", "without_number"),
        ("re.match(PATTERN, line)", "line_matches", "line_does_not_match"),
        ("PATTERN.fullmatch(line.strip())", "line_matches", "line_does_not_match"),
        ("isinstance(value, (int, str))", "value_is_int_or_str", "value_is_not_int_or_str"),
        ("hasattr(value, 'name')", "value_has_name", "value_has_no_name"),
        ("deep and wide", "with_deep_and_with_wide", ""),
        ("m", "", ""),
        ("k in environ", "", ""),
        ("not (deep or wide)", "without_deep_and_without_wide", ""),
        ("options['deep']", "with_deep", "without_deep"),
        ("digits[0] == '0'", "first_of_digits_is_0", "first_of_digits_is_not_0"),
        ("any(x for x in y)", "", ""),
        ("compute(a, b)", "", ""),
        ("(yield)", "", ""),
        ("1 < a < 3", "", ""),
        ("a_rather_long_name.startswith(another_one_that_is_long)", "", ""),
    ],
)
def test_a_condition_in_words(condition: str, holds: str, fails: str) -> None:
    test = ast.parse(condition, mode="eval").body
    assert (condition_words(test, holds=True), condition_words(test, holds=False)) == (holds, fails)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("''", "empty"),
        ("' '", "blank"),
        ("' a '", "a_padded"),
        ("'.'", "dot"),
        ("'é'", "latin_small_letter_e_with_acute"),
        ("'né'", "ne"),
        ("'éß→'", "e"),
        ("'→←'", "unicode"),
        ("'{'", "brace"),
        ("-1", "minus_1"),
        ("1.5", "1_5"),
        ("250.0", "250"),
        ("-2.0", "minus_2"),
        ("None", "none"),
        ("True", "true"),
        ("[]", "empty_list"),
        ("{}", "empty_dict"),
        ("[1, 2]", "1_2"),
        ("{'a': None}", "a_none"),
        ("Entry(number='', grams=3)", "entry"),
        ("[Entry(number='', grams=3)]", "one_entry"),
        ("[HTTPError(1), HTTPError(2)]", "two_http_errors"),
        ("[Entry(1), other]", ""),
        ("tmp_path / 'data.txt'", ""),
        ("tmp_path", ""),
        ("str(tmp_path)", ""),
        ("iter([1])", ""),
        ("[Entry(1), Entry(2)]", "two_entries"),
        ("[Box(1), Box(2), Box(3)]", "three_boxes"),
        ("datetime.date(2024, 1, 2)", "date"),
        ("lambda x: x", "function"),
        ("Color.RED", "red"),
        ("a[b]", ""),
        ("not python", ""),
    ],
)
def test_a_value_in_words(source: str, words: str) -> None:
    assert value_slug(source) == words


@given(
    st.one_of(
        st.text(), st.integers(), st.floats(), st.lists(st.text()), st.dictionaries(st.text(), st.integers())
    ).map(repr)
)
def test_words_for_any_value_can_be_part_of_a_name(source: str) -> None:
    words = value_slug(source)
    assert f"test_{words}".isidentifier()
    assert words == words.lower()


def test_words_for_several_arguments_end_where_they_say_nothing_more() -> None:
    assert argument_words(case("3", "'a'", "''").arguments) == "3_and_a_and_empty"
    assert argument_words(case("'key'", "'abc'").arguments) == "key_and_abc"
    assert argument_words(case("'quite a long text'", "'and one that is longer'").arguments) == ""


def test_flags_go_by_their_names() -> None:
    parameters = ["grams", "express", "insured", "zone"]
    assert (
        argument_words(case("3", "True", "False", "None", parameters=parameters).arguments)
        == "3_express_no_insured_no_zone"
    )


def test_results_in_words() -> None:
    assert (
        result_words(case("1", error="ValueError", message="the number is missing, alas"))
        == "the_number_is_missing_alas"
    )
    assert result_words(case("1", expected="[]")) == "gives_empty_list"
    assert result_words(case("1", expected="'quite a long text and then some more'")) == ""


@pytest.mark.parametrize(
    ("name", "words"), [("HTTPServer", "http_server"), ("ValueError", "value_error"), ("_Box", "box"), ("x", "x")]
)
def test_a_class_in_words(name: str, words: str) -> None:
    assert snake(name) == words


def test_subjects() -> None:
    module, _ = read_module(
        "def _(): ...\ndef __hidden(): ...\ndef parseHeader(): ...\n"
        "class HTTPBox:\n    def __init__(self): ...\n    def __len__(self): ...\n    def put(self): ...\n"
    )
    assert [subject_words(f.qualname) for f in module.functions] == [
        "underscore", "hidden", "parse_header", "http_box", "http_box_len", "http_box_put",
    ]  # fmt: skip


def test_outcomes() -> None:
    assert outcome_words(case("1", error="shop.errors.OutOfStock")) == "raises_out_of_stock"
    assert [outcome_words(case("1", expected=e)) for e in ("None", "True", "False", "3")] == [
        "returns_none", "is_true", "is_false", "",
    ]  # fmt: skip
    assert outcome_words(case("1", expected="None", after=("capsys.readouterr().out == 'a'",))) == "prints"
    assert outcome_words(case("1", expected="None", after=("box.size == 3",))) == ""


def test_joining_cutting_and_telling_apart() -> None:
    assert joined("with_express") == "with_express"
    assert joined("is_not_finished") == "when_not_finished"
    assert joined("grams_above_3") == "when_grams_above_3"
    assert short_of("test_a_long_name", 12) == "test_a_long"
    assert list(distinct(["a", "a", "b", "a"], {"a", "a_3"})) == ["a_2", "a_4", "b", "a_5"]


FUNCTION = """\
def f(deep, b):
    if deep:
        deep = 1
    if b > 3:
        return deep
    return 0
"""


def test_the_branch_that_one_case_takes_and_others_do_not_is_special() -> None:
    function = ast.parse(FUNCTION).body[0]
    common = {(-1, 2), (2, 3), (3, 4)}
    cases = [
        case("1", edges=frozenset(common | {(4, 5), (5, -1)})),
        case("2", edges=frozenset(common | {(4, 6), (6, -1)})),
        case("3", edges=frozenset({(-1, 2), (2, 4), (4, 6), (6, -1)})),
    ]
    assert special_about(cases, function, {}) == ["b_above_3", "", "without_deep"]
    assert special_about(cases[:1], function, {}) == ["b_above_3"]


@pytest.mark.parametrize(
    ("body", "arc", "words"),
    [
        ("if not text:\n        raise ValueError\n    return 1", (2, 4), ""),
        ("if not text:\n        raise ValueError\n    return 1", (2, 3), "without_text"),
        ("if deep:\n        text = 1\n    return text", (2, 4), "without_deep"),
        ("while text:\n        text = text[1:]\n    return 1", (2, 4), ""),
        ("best = 1\n    best = 2\n    if best is None:\n        text = 1\n    return 1", (4, 5), ""),
        ("for line in text:\n        if line:\n            pass\n    return 1", (3, 4), ""),
        ("found = get(text)\n    if found is None:\n        raise KeyError\n    return 1", (3, 4), "without_found"),
        (
            "name = get(text)\n    if name.startswith('x-'):\n        name = name[2:]\n    return 1",
            (3, 4),
            "name_starts_with_x",
        ),
        (
            "name = get(text)\n    name = name.strip().lower()\n    if not name:\n        raise KeyError\n    return 1",
            (4, 5),
            "without_name",
        ),
        ("name = get(text)\n    name = name[1:]\n    if not name:\n        raise KeyError\n    return 1", (4, 5), ""),
        (
            "name = get(text)\n    while deep:\n        if name:\n            deep = 0\n        name = get(deep)",
            (4, 5),
            "",
        ),
        ("if text.currency != deep.currency:\n        raise KeyError\n    return 1", (2, 3), "currency_differs"),
    ],
)
def test_a_branch_is_told_in_words_that_a_caller_knows(body: str, arc: tuple[int, int], words: str) -> None:
    function = ast.parse(f"def f(text, deep):\n    {body}\n").body[0]
    assert special_about([case("1", edges=frozenset({arc})), case("2")], function, {}) == [words, ""]


def test_an_if_on_one_line_tells_nothing() -> None:
    function = ast.parse("def f(a):\n    if a: return 1\n    return 2\n").body[0]
    assert special_about([case("1", edges=frozenset({(2, -1)}))], function, {}) == [""]
