import re
from json.decoder import JSONDecoder

import pytest

from typesystem.base import ParseError, Position, ValidationError
from typesystem.fields import Field
from typesystem.schemas import Schema
from typesystem.tokenize.tokenize_json import (
    _make_scanner,
    tokenize_json,
    validate_json,
)
from typesystem.tokenize.tokens import DictToken, ListToken, ScalarToken


def test_make_scanner():
    result = _make_scanner(JSONDecoder(), "abc")("-0.false1", 3)
    assert isinstance(result, tuple)
    assert len(result) == 2


def test_make_scanner_raises_stop_iteration():
    with pytest.raises(StopIteration, match=r"^3"):
        _make_scanner(JSONDecoder(), "abc")("content", 3)


@pytest.mark.parametrize(
    ("content", "expected_type", "expected_value", "expected_end"),
    [
        pytest.param(
            "4", ScalarToken, 4, Position(line_no=1, column_no=1, char_index=0), id="4"
        ),
        pytest.param(
            "{\t}",
            DictToken,
            {},
            Position(line_no=1, column_no=3, char_index=2),
            id="brace-tab-closing-brace",
        ),
        pytest.param(
            '{"": [], "b":\n null}',
            DictToken,
            {"": [], "b": None},
            Position(line_no=2, column_no=6, char_index=19),
            id="b-null",
        ),
        pytest.param(
            "9555E+571",
            ScalarToken,
            float("inf"),
            Position(line_no=1, column_no=9, char_index=8),
            id="9555E+571",
        ),
        pytest.param(
            "null",
            ScalarToken,
            None,
            Position(line_no=1, column_no=4, char_index=3),
            id="null",
        ),
        pytest.param(
            "true",
            ScalarToken,
            True,
            Position(line_no=1, column_no=4, char_index=3),
            id="true",
        ),
        pytest.param(
            "false",
            ScalarToken,
            False,
            Position(line_no=1, column_no=5, char_index=4),
            id="false",
        ),
        pytest.param(
            '[2,""]',
            ListToken,
            [2, ""],
            Position(line_no=1, column_no=6, char_index=5),
            id="2",
        ),
        pytest.param(
            '""',
            ScalarToken,
            "",
            Position(line_no=1, column_no=2, char_index=1),
            id="double-quote",
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
        pytest.param(b"", "No content.", id="empty-content"),
        pytest.param("utf-8", "Expecting value.", id="utf-8"),
        pytest.param(b"abc", "Expecting value.", id="abc"),
        pytest.param(" ", "No content.", id="blank"),
        pytest.param(
            "{", "Expecting property name enclosed in double quotes.", id="brace"
        ),
        pytest.param("{}c", "Extra data.", id="{}c"),
        pytest.param(
            '{\r"',
            "Unterminated string starting at.",
            id="brace-carriage-return-double-quote",
        ),
        pytest.param("{ }l", "Extra data.", id="{-}l"),
        pytest.param(
            '{"":5,', "Expecting property name enclosed in double quotes.", id="5"
        ),
        pytest.param('{"": [true], "b"', "Expecting ':' delimiter.", id="true-b"),
        pytest.param(
            '{"":[5,true],"":null ', "Expecting ',' delimiter.", id="5-true-null-padded"
        ),
        pytest.param('{""\n:', "Expecting value.", id="brace-double-quote-newline"),
        pytest.param("n", "Expecting value.", id="n"),
        pytest.param("[", "Expecting value.", id="bracket"),
        pytest.param("foo bar baz", "Expecting value.", id="foo-bar-baz"),
        pytest.param('""c', "Extra data.", id="c"),
    ],
)
def test_tokenize_json_raises_parse_error(content, message):
    with pytest.raises(ParseError, match="^" + re.escape(message)):
        tokenize_json(content)


def test_validate_json_raises_validation_error():
    with pytest.raises(ValidationError, match=r"^Must be an object\."):
        validate_json("4", Schema({"a": Field()}))
