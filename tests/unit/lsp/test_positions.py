from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol.types import Position, Range

from greenline.domain.coverage.model import Span
from greenline.lsp.positions import Positions

EMOJI = 'x = "👋"; y = 1\n'


@pytest.mark.parametrize(("encoding", "column"), [("utf-8", 11), ("utf-16", 9), ("utf-32", 8)])
def test_an_emoji_counts_in_the_units_of_the_encoding(encoding: str, column: int) -> None:
    positions = Positions(EMOJI, encoding)
    assert positions.position(1, 8) == Position(0, column)
    assert positions.column_of(Position(0, column)) == 8


def test_lines_end_where_python_ends_them() -> None:
    positions = Positions("a\x0cb\u2028c\r\nd\re\n", "utf-16")
    assert positions.line_count == 4
    assert positions.position(2, 1) == Position(1, 1)
    assert positions.position(1, 99) == Position(0, 5)


def test_a_span_becomes_a_range() -> None:
    assert Positions("if a:\n    b\n", "utf-8").range(Span(1, 3, 2, 5)) == Range(Position(0, 3), Position(1, 5))


def test_what_lies_outside_is_moved_inside() -> None:
    positions = Positions("ab\ncd", "utf-8")
    assert positions.position(0, 5) == Position(0, 0)
    assert positions.position(9, 0) == Position(1, 2) == positions.end
    assert positions.line_of(Position(9, 0)) == 2
    assert positions.column_of(Position(0, 77)) == 2
    assert positions.line_range(7) == Range(Position(1, 2), Position(1, 2))


def test_a_line_without_its_indentation_and_comment_end() -> None:
    assert Positions("    x = 1  \n", "utf-8").line_range(1) == Range(Position(0, 4), Position(0, 9))


@given(st.text(alphabet="aé👋\u2028\x0c\r\n", max_size=30), st.sampled_from(["utf-8", "utf-16", "utf-32"]), st.data())
def test_there_and_back(text: str, encoding: str, data: st.DataObject) -> None:
    positions = Positions(text, encoding)
    offset = data.draw(st.integers(0, len(text)))
    if text[max(offset - 1, 0) : offset + 1] == "\r\n":
        return  # no position lies inside a line end
    at = positions.position_at(offset)
    before = text[:offset]
    lines = before.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert positions.line_of(at) == len(lines)
    assert positions.column_of(at) == len(lines[-1])
    encoded = {"utf-8": 1, "utf-16": 2, "utf-32": 4}[encoding]
    codec = encoding if encoding == "utf-8" else f"{encoding}-le"
    assert at.character == len(lines[-1].encode(codec)) // encoded
