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
            '{"":[true],"b": null}',
            DictToken,
            {"": [True], "b": None},
            Position(line_no=1, column_no=21, char_index=20),
            id="true-b-null",
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
            '"{"',
            ScalarToken,
            "{",
            Position(line_no=1, column_no=3, char_index=2),
            id="double-quote-brace",
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
            "{f", "Expecting property name enclosed in double quotes.", id="{f"
        ),
        pytest.param("{}c", "Extra data.", id="{}c"),
        pytest.param('{"":1', "Expecting ',' delimiter.", id="1"),
        pytest.param(
            '{"": 5,', "Expecting property name enclosed in double quotes.", id="5"
        ),
        pytest.param('{"" : c', "Expecting value.", id="c"),
        pytest.param('{"":  1 ', "Expecting ',' delimiter.", id="1-padded"),
        pytest.param('{""', "Expecting ':' delimiter.", id="brace-double-quote"),
        pytest.param('{ ""', "Expecting ':' delimiter.", id="brace-space-double-quote"),
        pytest.param('{"" :', "Expecting value.", id="brace-double-quote-space"),
        pytest.param('{"": \n', "Expecting value.", id="brace-double-quote-colon"),
        pytest.param("n", "Expecting value.", id="n"),
        pytest.param("[", "Expecting value.", id="bracket"),
        pytest.param("[t", "Expecting value.", id="t"),
        pytest.param("[f", "Expecting value.", id="f"),
        pytest.param('""c', "Extra data.", id="c-2"),
    ],
)
def test_tokenize_json_raises_parse_error(content, message):
    with pytest.raises(ParseError, match="^" + re.escape(message)):
        tokenize_json(content)


def test_validate_json_raises_validation_error():
    with pytest.raises(ValidationError, match=r"^Must be an object\."):
        validate_json("4", Schema({"a": Field()}))
