"""From which character to which the statements of a text reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenline.domain.code.text_lines import split_lines
from greenline.domain.coverage.model import Span

if TYPE_CHECKING:
    from collections.abc import Mapping


class Extents:
    """Of one text; ``first_line`` maps each line of a statement that spans several to its first."""

    def __init__(self, text: str, first_line: Mapping[int, int]) -> None:
        self._lines = split_lines(text)
        self._last_line: dict[int, int] = {}
        for line, first in first_line.items():
            self._last_line[first] = max(line, self._last_line.get(first, line))

    def span(self, first: int, last: int) -> Span:
        """Return whole statements, from one to another by their first lines, without the blanks around them."""
        end = self.last_line(last)
        return Span(first, self.indent(first), end, self.end(end))

    def last_line(self, first: int) -> int:
        """Return the last line of the statement that begins there."""
        return self._last_line.get(first, first)

    def indent(self, line: int) -> int:
        """Return the column of the line's first character that is no blank."""
        text = self._lines[line - 1]
        return len(text) - len(text.lstrip("\ufeff \t\f"))

    def end(self, line: int) -> int:
        """Return the column behind the line's last character that is no blank."""
        return len(self._lines[line - 1].rstrip())
