import re

import pytest

from string_utils.errors import InvalidInputError
from string_utils.validation import (
    __ISBNChecker,
    contains_html,
    is_camel_case,
    is_credit_card,
    is_decimal,
    is_email,
    is_full_string,
    is_integer,
    is_ip,
    is_ip_v4,
    is_ip_v6,
    is_isbn,
    is_isbn_10,
    is_isbn_13,
    is_isogram,
    is_json,
    is_number,
    is_palindrome,
    is_pangram,
    is_slug,
    is_snake_case,
    is_string,
    is_url,
    is_uuid,
    words_count,
)


def test_isbn_checker():
    isbn_checker = __ISBNChecker("-")
    assert isbn_checker.input_string == ""


def test_isbn_checker_without_normalize():
    isbn_checker = __ISBNChecker("-", normalize=False)
    assert isbn_checker.input_string == "-"


@pytest.mark.parametrize(
    "isbn_checker",
    [
        pytest.param(__ISBNChecker("42"), id="isbn-checker-42"),
        pytest.param(__ISBNChecker("4242424242424"), id="isbn-checker-4242424242424"),
        pytest.param(__ISBNChecker("1234567890424"), id="isbn-checker-1234567890424"),
    ],
)
def test_isbn_checker_is_isbn_13_is_false(isbn_checker):
    assert isbn_checker.is_isbn_13() is False


@pytest.mark.parametrize(
    "isbn_checker",
    [
        pytest.param(__ISBNChecker("4242424242"), id="isbn-checker-4242424242"),
        pytest.param(__ISBNChecker("0042424242"), id="isbn-checker-0042424242"),
    ],
)
def test_isbn_checker_is_isbn_10_is_false(isbn_checker):
    assert isbn_checker.is_isbn_10() is False


def test_is_string_is_true():
    assert is_string("abc") is True


@pytest.mark.parametrize(
    ("input_string", "expected"),
    [
        pytest.param("abc", True, id="abc"),
        pytest.param(None, False, id="no-input-string"),
        pytest.param(" ", False, id="blank"),
    ],
)
def test_is_full_string(input_string, expected):
    assert is_full_string(input_string) is expected


@pytest.mark.parametrize(
    ("input_string", "expected"),
    [
        ("abc", False),
        ("19.99", True),
    ],
)
def test_is_number(input_string, expected):
    assert is_number(input_string) is expected


def test_is_number_raises_invalid_input_error_when_input_string_is_not_str():
    with pytest.raises(InvalidInputError, match=r'^Expected "str", received "int"'):
        is_number(4)


@pytest.mark.parametrize(
    ("input_string", "expected"),
    [
        ("abc", False),
        (".4", False),
        ("6965", True),
    ],
)
def test_is_integer(input_string, expected):
    assert is_integer(input_string) is expected


@pytest.mark.parametrize(
    ("input_string", "expected"),
    [
        pytest.param("42.0", True, id="42.0"),
        pytest.param("6965", False, id="6965"),
        pytest.param(" +11.11e11", False, id="11-11e11-padded"),
    ],
)
def test_is_decimal(input_string, expected):
    assert is_decimal(input_string) is expected


@pytest.mark.parametrize(
    ("input_string", "allowed_schemes", "expected"),
    [
        pytest.param("abc", None, False, id="abc"),
        pytest.param("b://0.5.8.0", None, True, id="b://0.5.8.0"),
        pytest.param("abc", ["abc"], False, id="abc-abc"),
        pytest.param(" ", None, False, id="blank"),
        pytest.param("https://mysite.com", ["abc"], False, id="https://mysite.com-abc"),
    ],
)
def test_is_url(input_string, allowed_schemes, expected):
    assert is_url(input_string, allowed_schemes=allowed_schemes) is expected


@pytest.mark.parametrize(
    ("input_string", "expected"),
    [
        pytest.param(320, False, id="320"),
        pytest.param("@gmail.com", False, id="@gmail.com"),
        pytest.param('@@@@a"', False, id="a"),
        pytest.param("aa@aa.aa.aa", True, id="aa@aa.aa.aa"),
        pytest.param("l.@", False, id="l.@"),
        pytest.param(" aa@aa.aa.aa", False, id="aa-aa-aa-aa-padded"),
        pytest.param(r"7@ht.u\@", True, id="7-ht-u"),
        pytest.param('il"@er.co', False, id="il-er-co"),
        pytest.param('"e_@er.co', False, id="e-er-co"),
        pytest.param('".l"@tr.co', True, id="l-tr-co"),
        pytest.param('" l"@tr.co', True, id="l-tr-co-2"),
        pytest.param(r"\@.@ht.hu", False, id="ht-hu"),
        pytest.param(r"7@ht.huac\@", False, id="7-ht-huac"),
        pytest.param('@a"\\ @bc.de', False, id="a-bc-de"),
    ],
)
def test_is_email(input_string, expected):
    assert is_email(input_string) is expected


@pytest.mark.parametrize(
    ("input_string", "card_type", "expected"),
    [
        pytest.param("abc", None, False, id="abc"),
        pytest.param(None, None, False, id="no-input-string"),
        pytest.param("4111111111111111", None, True, id="4111111111111111"),
        pytest.param("5111111111111111", None, True, id="5111111111111111"),
        pytest.param("abc", "VISA", False, id="abc-VISA"),
    ],
)
def test_is_credit_card(input_string, card_type, expected):
    assert is_credit_card(input_string, card_type=card_type) is expected


def test_is_credit_card_raises_key_error_when_card_type_not_in_credit_cards():
    with pytest.raises(
        KeyError,
        match=re.escape(
            '\'Invalid card type "abc". Valid types are: VISA, MASTERCARD, AMERICAN_EXPRESS,'
        ),
    ):
        is_credit_card("abc", card_type="abc")


@pytest.mark.parametrize(
    ("input_string", "expected"),
    [
        pytest.param("abc", False, id="abc"),
        pytest.param("Ua", True, id="Ua"),
        pytest.param(None, False, id="no-input-string"),
        pytest.param("", False, id="empty-input-string"),
    ],
)
def test_is_camel_case(input_string, expected):
    assert is_camel_case(input_string) is expected


@pytest.mark.parametrize(
    ("input_string", "separator", "expected"),
    [
        pytest.param("_x", "_", True, id="_x-underscore"),
        pytest.param(None, "_", False, id="no-input-string-underscore"),
        pytest.param("aa1_a!", "_", False, id="aa1_a!-underscore"),
        pytest.param("foo", "abc", False, id="foo-abc"),
        pytest.param("abc", "aa1_a", False, id="abc-aa1_a"),
        pytest.param("abc", "a", True, id="abc-a"),
        pytest.param("o_x", "_x", True, id="o_x-_x"),
    ],
)
def test_is_snake_case(input_string, separator, expected):
    assert is_snake_case(input_string, separator=separator) is expected


@pytest.mark.parametrize(
    ("input_string", "expected"),
    [
        pytest.param({"a": 1}, False, id="a-1"),
        pytest.param("{nope}", False, id="{nope}"),
        pytest.param("[1, 2, 3]", True, id="1-2-3"),
    ],
)
def test_is_json(input_string, expected):
    assert is_json(input_string) is expected


@pytest.mark.parametrize(
    ("input_string", "allow_hex", "expected"),
    [
        pytest.param("abc", False, False, id="abc"),
        pytest.param(None, False, False, id="no-input-string"),
        pytest.param("abc", True, False, id="abc-allow-hex"),
        pytest.param(
            "6f8aa2f9686c4ac387665712354a04cf",
            False,
            False,
            id="6f8aa2f9686c4ac387665712354a04cf",
        ),
        pytest.param(
            "6f8aa2f9-686c-4ac3-8766-5712354a04cf",
            False,
            True,
            id="6f8aa2f9-686c-4ac3-8766-5712354a04cf",
        ),
        pytest.param("6f8aa2f9686c4ac387665712354a04cf", True, True, id="allow-hex"),
    ],
)
def test_is_uuid(input_string, allow_hex, expected):
    assert is_uuid(input_string, allow_hex=allow_hex) is expected


@pytest.mark.parametrize(
    ("input_string", "expected"),
    [
        ("abc", False),
        (-1, False),
        ("255.200.100.75", True),
        ("255.200.100.999", False),
        ("1.0.1.7", True),
    ],
)
def test_is_ip_v4(input_string, expected):
    assert is_ip_v4(input_string) is expected


@pytest.mark.parametrize(
    ("input_string", "expected"),
    [
        ("abc", False),
        (None, False),
        ("a:a:a:a:a:a:a:a", True),
    ],
)
def test_is_ip_v6(input_string, expected):
    assert is_ip_v6(input_string) is expected


@pytest.mark.parametrize(
    ("input_string", "expected"),
    [
        ("abc", False),
        ("9.6.4.4", True),
        ("a:a:a:a:a:a:a:a", True),
    ],
)
def test_is_ip(input_string, expected):
    assert is_ip(input_string) is expected


@pytest.mark.parametrize(
    ("input_string", "ignore_spaces", "ignore_case", "expected"),
    [
        pytest.param("LOL", False, False, True, id="LOL"),
        pytest.param("\t", False, False, False, id="blank"),
        pytest.param("Lol", True, False, False, id="Lol-ignore-spaces"),
        pytest.param("Lol", False, True, True, id="Lol-ignore-case"),
        pytest.param(" c", False, False, False, id="c-padded"),
        pytest.param("LTFL", False, False, False, id="LTFL"),
        pytest.param(" cbc", True, False, True, id="cbc-padded-ignore-spaces"),
    ],
)
def test_is_palindrome(input_string, ignore_spaces, ignore_case, expected):
    assert (
        is_palindrome(
            input_string, ignore_spaces=ignore_spaces, ignore_case=ignore_case
        )
        is expected
    )


def test_is_pangram_is_false_when_input_string_is_not_full_string():
    assert is_pangram("\t") is False


def test_is_pangram_is_true_when_input_string_is_full_string():
    assert is_pangram("The quick brown fox jumps over the lazy dog") is True


@pytest.mark.parametrize(
    ("input_string", "expected"),
    [
        pytest.param("abc", True, id="abc"),
        pytest.param("hello", False, id="hello"),
        pytest.param([3, 1, 2], False, id="3-1-2"),
    ],
)
def test_is_isogram(input_string, expected):
    assert is_isogram(input_string) is expected


@pytest.mark.parametrize(
    ("input_string", "separator", "expected"),
    [
        pytest.param("abc", "-", True, id="abc"),
        pytest.param(None, "-", False, id="no-input-string"),
        pytest.param("-", "-", False, id="dash"),
        pytest.param("a--b", "-", True, id="a--b"),
        pytest.param(" ", None, False, id="blank-no-separator"),
    ],
)
def test_is_slug(input_string, separator, expected):
    assert is_slug(input_string, separator=separator) is expected


@pytest.mark.parametrize(
    ("input_string", "expected"),
    [
        ("abc", False),
        ("<!doctype-c>", True),
    ],
)
def test_contains_html(input_string, expected):
    assert contains_html(input_string) is expected


def test_contains_html_raises_invalid_input_error_when_input_string_is_not_string():
    with pytest.raises(InvalidInputError, match=r'^Expected "str", received "int"'):
        contains_html(6)


def test_words_count_when_input_string_is_string():
    assert words_count("abc") == 1


def test_words_count_raises_invalid_input_error_when_input_string_is_not_string():
    with pytest.raises(InvalidInputError, match=r'^Expected "str", received "int"'):
        words_count(1)


@pytest.mark.parametrize(
    "input_string",
    [
        "abc",
        "abcabcabca",
    ],
)
def test_is_isbn_10_is_false(input_string):
    assert is_isbn_10(input_string) is False


def test_is_isbn_10_raises_invalid_input_error_when_input_string_is_not_string():
    with pytest.raises(InvalidInputError, match=r'^Expected "str", received "int"'):
        is_isbn_10(-3)


def test_is_isbn_13_is_false():
    assert is_isbn_13("abc") is False


@pytest.mark.parametrize(
    ("input_string", "expected"),
    [
        ("abc", False),
        ("1506715214", True),
        ("9780312498580", True),
        ("0bcabcabcabca", False),
    ],
)
def test_is_isbn(input_string, expected):
    assert is_isbn(input_string) is expected
