"""The one place where the domain's lines and columns become LSP positions, and back.

The domain counts lines from 1 and columns in code points. LSP counts lines from 0 and columns in the units of the
encoding that was negotiated: bytes (utf-8), 16-bit units (utf-16) or code points (utf-32). Only LF, CRLF and CR end a
line, in LSP and in Python's own grammar; ``str.splitlines`` also splits at form feeds and must not be used here.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from lsprotocol import types

from greenline.domain.code.text_lines import split_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from greenline.domain.coverage.model import Span

_LINE_END = re.compile(r"\r\n|\n|\r")
_BEYOND_BMP = 0xFFFF


def start_of(line: int) -> types.Range:
    """Return the place before the first character of a line (from 1): the same in every text and encoding."""
    at = types.Position(max(line, 1) - 1, 0)
    return types.Range(at, at)


def units_to_column(line: str, units: int, encoding: types.PositionEncodingKind | str) -> int:
    """Return the column (code points) that so many units of the encoding lead to; at most the end of the line.

    A place inside a character counts as before it.
    """
    if line.isascii() or encoding == types.PositionEncodingKind.Utf32:
        return min(max(units, 0), len(line))
    seen = 0
    for column, character in enumerate(line):
        seen += _units(character, encoding)
        if seen > units:
            return column
    return len(line)


class Positions:
    """Converts positions of one text in one encoding. What lies outside of the text is moved to its nearest end."""

    def __init__(
        self, text: str, encoding: types.PositionEncodingKind | str, lines: Sequence[str] | None = None
    ) -> None:
        """``lines`` are those of the text without their ends, where they are known already."""
        self._text = text
        self._encoding = types.PositionEncodingKind(encoding)
        self._lines = split_lines(text) if lines is None else lines
        self._starts: list[int] = []

    @property
    def line_count(self) -> int:
        """Lines of the text; a line end at the very end opens one more, empty line."""
        return len(self._lines)

    def position(self, line: int, column: int) -> types.Position:
        """Return the LSP position of a domain line (from 1) and column (code points)."""
        if line < 1:
            return types.Position(0, 0)
        if line > self.line_count:
            return self.end
        return types.Position(line - 1, self._units(self._line(line)[: max(column, 0)]))

    def plain_range(self, line: int, start: int, end: int) -> dict[str, dict[str, int]]:
        """Return the range between two columns of a line as JSON has it; thousands may be wanted at once."""
        text = self._line(line)
        return {
            "start": {"line": line - 1, "character": self._units(text[:start])},
            "end": {"line": line - 1, "character": self._units(text[:end])},
        }

    def range(self, span: Span) -> types.Range:
        """Return the LSP range of a domain span."""
        return types.Range(
            self.position(span.start_line, span.start_column), self.position(span.end_line, span.end_column)
        )

    def plain_span(self, span: Span) -> dict[str, dict[str, int]]:
        """Return the range of a domain span as JSON has it."""
        return {
            "start": self._plain(span.start_line, span.start_column),
            "end": self._plain(span.end_line, span.end_column),
        }

    def plain_line(self, line: int) -> dict[str, dict[str, int]]:
        """Return ``line_range`` as JSON has it."""
        text = self._line(line) if 1 <= line <= self.line_count else ""
        return {
            "start": self._plain(line, len(text) - len(text.lstrip())),
            "end": self._plain(line, len(text.rstrip())),
        }

    def line_range(self, line: int) -> types.Range:
        """Return the range of a line's text, without its indentation and its end."""
        if not 1 <= line <= self.line_count:
            return types.Range(self.position(line, 0), self.position(line, 0))
        text = self._line(line)
        stripped = text.rstrip()
        return types.Range(self.position(line, len(text) - len(text.lstrip())), self.position(line, len(stripped)))

    def line_of(self, position: types.Position) -> int:
        """Return the domain line (from 1) of an LSP position."""
        return min(max(position.line, 0), self.line_count - 1) + 1

    def column_of(self, position: types.Position) -> int:
        """Return the domain column of an LSP position; one inside a character counts as before it."""
        return units_to_column(self._line(self.line_of(position)), position.character, self._encoding)

    def position_at(self, offset: int) -> types.Position:
        """Return the LSP position of an offset into the text, in code points."""
        if not self._starts:
            self._starts = [0, *(end.end() for end in _LINE_END.finditer(self._text))]
        line = bisect_right(self._starts, offset)
        return self.position(line, offset - self._starts[line - 1])

    @property
    def end(self) -> types.Position:
        """The position behind the last character."""
        return self.position(self.line_count, len(self._lines[-1]))

    def _plain(self, line: int, column: int) -> dict[str, int]:
        if 1 <= line <= self.line_count:
            return {"line": line - 1, "character": self._units(self._line(line)[: max(column, 0)])}
        outside = self.position(line, column)
        return {"line": outside.line, "character": outside.character}

    def _line(self, line: int) -> str:
        return self._lines[line - 1]

    def _units(self, text: str) -> int:
        return _units(text, self._encoding)


def _units(text: str, encoding: types.PositionEncodingKind | str) -> int:
    if text.isascii() or encoding == types.PositionEncodingKind.Utf32:
        return len(text)
    if encoding == types.PositionEncodingKind.Utf8:
        return len(text.encode("utf-8", "surrogatepass"))
    return len(text) + sum(ord(character) > _BEYOND_BMP for character in text)
