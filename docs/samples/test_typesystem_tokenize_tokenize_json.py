import re
from json.decoder import JSONDecoder
from unittest.mock import Mock, call

import pytest

from typesystem.base import ParseError, Position, ValidationError
from typesystem.schemas import Schema
from typesystem.tokenize.tokenize_json import (
    _make_scanner,
    tokenize_json,
    validate_json,
)
from typesystem.tokenize.tokens import DictToken, ListToken, ScalarToken


def test_make_scanner_when_nextchar_is_double_quote():
    result = _make_scanner(JSONDecoder(), "content")('"', -1)
    assert isinstance(result, tuple)
    assert len(result) == 2


def test_make_scanner():
    result = _make_scanner(JSONDecoder(), "content")("-0.false1", 3)
    assert isinstance(result, tuple)
    assert len(result) == 2


@pytest.mark.parametrize(
    ("content", "string"),
    [
        ("content", "n"),
        ("-0", "t"),
    ],
)
def test_make_scanner_raises_stop_iteration(content, string):
    with pytest.raises(StopIteration, match="-1"):
        _make_scanner(JSONDecoder(), content)(string, -1)


def test_make_scanner_raises_stop_iteration_for_negative_idx():
    context = Mock(side_effect=IndexError("abc"))

    with pytest.raises(StopIteration, match="-1"):
        _make_scanner(context, "-0.11e-11")("abc{def", -1)

    assert context.memo.clear.call_args_list == [call()]


@pytest.mark.parametrize(
    ("content", "expected_type", "expected_value", "expected_end"),
    [
        ("4", ScalarToken, 4, Position(line_no=1, column_no=1, char_index=0)),
        pytest.param(
            '{"":null\n}',
            DictToken,
            {"": None},
            Position(line_no=2, column_no=1, char_index=9),
            id="null",
        ),
        pytest.param(
            '{"a": [1, 2.5, true], "b": null}',
            DictToken,
            {"a": [1, 2.5, True], "b": None},
            Position(line_no=1, column_no=32, char_index=31),
            id="a-1-2-5-true-b-null",
        ),
        (
            "9555E+571",
            ScalarToken,
            float("inf"),
            Position(line_no=1, column_no=9, char_index=8),
        ),
        ("null", ScalarToken, None, Position(line_no=1, column_no=4, char_index=3)),
        ("true", ScalarToken, True, Position(line_no=1, column_no=4, char_index=3)),
        ("false", ScalarToken, False, Position(line_no=1, column_no=5, char_index=4)),
        (
            '[1, -2, "x"]',
            ListToken,
            [1, -2, "x"],
            Position(line_no=1, column_no=12, char_index=11),
        ),
        pytest.param(
            '{"":[1,2.5, true], "b": null}',
            DictToken,
            {"": [1, 2.5, True], "b": None},
            Position(line_no=1, column_no=29, char_index=28),
            id="1-2-5-true-b-null",
        ),
    ],
)
def test_tokenize_json(content, expected_type, expected_value, expected_end):
    result = tokenize_json(content)
    assert isinstance(result, expected_type)
    assert result.string == content
    assert result.value == expected_value
    assert result.start == Position(line_no=1, column_no=1, char_index=0)
    assert result.end == expected_end


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("content", "Expecting value."),
        pytest.param(b"", "No content.", id="empty-content"),
        pytest.param(b"abc", "Expecting value.", id="abc"),
        pytest.param(" ", "No content.", id="blank"),
        pytest.param(b"\x00\xff", "Expecting value.", id="bytes"),
        ("{1", "Expecting property name enclosed in double quotes."),
        ("{}c", "Extra data."),
        ('{"":2', "Expecting ',' delimiter."),
        ('{ ":"n', "Expecting ':' delimiter."),
        ('{"":  t', "Expecting value."),
        ('{"":null,', "Expecting property name enclosed in double quotes."),
        ('{"0:null,"', "Expecting ':' delimiter."),
        ('{"":  t{}c [true', "Expecting value."),
        pytest.param('{""\n:', "Expecting value.", id="brace-double-quote-newline"),
        pytest.param(
            '{""\n:-\nuser@example.com', "Expecting value.", id="user-example-com"
        ),
        ("[", "Expecting value."),
        ('""t', "Extra data."),
    ],
)
def test_tokenize_json_raises_parse_error(content, message):
    with pytest.raises(ParseError, match=re.escape(message)):
        tokenize_json(content)


def test_validate_json_raises_validation_error():
    with pytest.raises(ValidationError, match=r"Must be an object\."):
        validate_json("4", Schema({}))
