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
        pytest.param(__ISBNChecker("1242404242"), id="isbn-checker-1242404242"),
    ],
)
def test_isbn_checker_is_isbn_10_is_false(isbn_checker):
    assert isbn_checker.is_isbn_10() is False


def test_is_string_is_true():
    assert is_string("abc") is True


@pytest.mark.parametrize(
    ("input_string", "expected"),
    [
        ("abc", True),
        (None, False),
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
    with pytest.raises(InvalidInputError, match='Expected "str", received "int"'):
        is_number(3)


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
        ("42.0", True),
        ("6965", False),
        pytest.param(" +11.11e11", False, id="11-11e11-padded"),
    ],
)
def test_is_decimal(input_string, expected):
    assert is_decimal(input_string) is expected


@pytest.mark.parametrize(
    ("input_string", "allowed_schemes", "expected"),
    [
        pytest.param("abc", None, False, id="abc"),
        pytest.param(None, None, False, id="no-input-string"),
        pytest.param("b://0.5.8.0", None, True, id="b://0.5.8.0"),
        pytest.param("abc", ["abc"], False, id="abc-abc"),
        pytest.param(
            "http://www.mysite.com", ["one"], False, id="http://www.mysite.com-one"
        ),
    ],
)
def test_is_url(input_string, allowed_schemes, expected):
    assert is_url(input_string, allowed_schemes=allowed_schemes) is expected


@pytest.mark.parametrize(
    ("input_string", "expected"),
    [
        (320, False),
        ("@gmail.com", False),
        ('@@@@a"', False),
        ("aa@aa.aa.aa", True),
        ("l.@", False),
        pytest.param(r"7@gmail.u\@", True, id="7-gmail-u"),
        ('il"@gmail.com', False),
        ('"my "@gmail.com', True),
        ('"my.email"@the-.com', True),
    ],
)
def test_is_email(input_string, expected):
    assert is_email(input_string) is expected


@pytest.mark.parametrize(
    ("input_string", "expected"),
    [
        ("abc", False),
        (None, False),
        ("4111111111111111", True),
        ("5111111111111111", True),
    ],
)
def test_is_credit_card(input_string, expected):
    assert is_credit_card(input_string) is expected


def test_is_credit_card_is_false_with_card_type():
    assert is_credit_card("abc", card_type="VISA") is False


def test_is_credit_card_raises_key_error_when_card_type_not_in_credit_cards():
    with pytest.raises(
        KeyError,
        match=re.escape(
            '\'Invalid card type "type". Valid types are: VISA, MASTERCARD'
        ),
    ):
        is_credit_card("abc", card_type="type")


@pytest.mark.parametrize(
    ("input_string", "expected"),
    [
        ("abc", False),
        ("Ua", True),
        (None, False),
        pytest.param("", False, id="empty-input-string"),
    ],
)
def test_is_camel_case(input_string, expected):
    assert is_camel_case(input_string) is expected


@pytest.mark.parametrize(
    ("input_string", "separator", "expected"),
    [
        ("_x", "_", True),
        pytest.param(None, "_", False, id="no-input-string"),
        ("aa1_a!", "_", False),
        ("abc", "other", False),
        ("aa1-a!", "-", False),
        ("abc", "a", True),
    ],
)
def test_is_snake_case(input_string, separator, expected):
    assert is_snake_case(input_string, separator=separator) is expected


@pytest.mark.parametrize(
    ("input_string", "expected"),
    [
        pytest.param({"a": 1}, False, id="a-1"),
        ("{nope}", False),
        ("[1, 2, 3]", True),
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
        ("1.200.100.75", True),
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
    ("input_string", "ignore_spaces", "expected"),
    [
        pytest.param("LOL", False, True, id="LOL"),
        pytest.param("\t", False, False, id="blank"),
        pytest.param("Lol", True, False, id="Lol-ignore-spaces"),
        pytest.param(" c", False, False, id="c-padded"),
        pytest.param("LTFL", False, False, id="LTFL"),
        pytest.param(" cbc", True, True, id="cbc-padded-ignore-spaces"),
    ],
)
def test_is_palindrome(input_string, ignore_spaces, expected):
    assert is_palindrome(input_string, ignore_spaces=ignore_spaces) is expected


def test_is_palindrome_is_true_with_ignore_case():
    assert is_palindrome("Lol", ignore_case=True) is True


def test_is_pangram_is_false_when_input_string_is_not_full_string():
    assert is_pangram("\t") is False


def test_is_pangram_is_true():
    assert is_pangram("The quick brown fox jumps over the lazy dog") is True


@pytest.mark.parametrize(
    ("input_string", "expected"),
    [
        ("abc", True),
        ("hello", False),
        pytest.param([3, 1, 2], False, id="3-1-2"),
    ],
)
def test_is_isogram(input_string, expected):
    assert is_isogram(input_string) is expected


@pytest.mark.parametrize(
    ("input_string", "expected"),
    [
        ("abc", True),
        (None, False),
        ("-", False),
    ],
)
def test_is_slug(input_string, expected):
    assert is_slug(input_string) is expected


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
    with pytest.raises(InvalidInputError, match='Expected "str", received "int"'):
        contains_html(3)


def test_words_count():
    assert words_count("abc") == 1


def test_words_count_raises_invalid_input_error_when_input_string_is_not_string():
    with pytest.raises(InvalidInputError, match='Expected "str", received "int"'):
        words_count(3)


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
    with pytest.raises(InvalidInputError, match='Expected "str", received "int"'):
        is_isbn_10(3)


def test_is_isbn_13_is_false():
    assert is_isbn_13("abc") is False


@pytest.mark.parametrize(
    ("input_string", "expected"),
    [
        ("abc", False),
        ("1506715214", True),
        ("9780312498580", True),
        ("0bcabcabcabca", False),
        pytest.param("", False, id="empty-input-string"),
    ],
)
def test_is_isbn(input_string, expected):
    assert is_isbn(input_string) is expected
