"""Where the nodes of a syntax tree stand in their text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from greenline.domain.code.text_lines import code_points, split_lines

if TYPE_CHECKING:
    import ast

_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Span:
    """A range of a text, in code points from its beginning."""

    start: int
    end: int


class Spans:
    """Finds nodes of the tree that ``parse`` makes of the text."""

    def __init__(self, text: str) -> None:
        self.text = text
        before = len(text) - len(text.removeprefix("\ufeff"))  # no part of the first line, for the parser
        self._lines = split_lines(text[before:])
        self._starts = [before, *(before + end.end() for end in _LINE_END.finditer(text[before:]))]

    def of(self, node: ast.expr | ast.stmt) -> Span:
        """Return where the node stands."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return Span(self._at(node.lineno, node.col_offset), self._at(node.end_lineno, node.end_col_offset))

    def source(self, node: ast.expr | ast.stmt) -> str:
        """Return the node's source."""
        return self.slice(self.of(node))

    def slice(self, span: Span) -> str:
        """Return the text of a range."""
        return self.text[span.start : span.end]

    def line_and_column(self, offset: int) -> tuple[int, int]:
        """Return line (from 1) and column (from 0, in code points) of a place."""
        line = max((n for n, start in enumerate(self._starts) if start <= offset), default=0)
        return line + 1, offset - self._starts[line]

    def _at(self, line: int, utf8_offset: int) -> int:
        return self._starts[line - 1] + code_points(self._lines[line - 1], utf8_offset)
