"""The text of one buffer while it is edited: changes cost what they change, but for copying."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lsprotocol import types

from greenline.domain.code.text_lines import split_lines
from greenline.lsp.positions import units_to_column

if TYPE_CHECKING:
    from greenline.domain.coverage.following import Following

_WITH_ENDS = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")


@dataclass(frozen=True, slots=True)
class Splice:
    """Lines that gave way to others; ``first`` counts from 0."""

    first: int
    removed: int
    inserted: int


class TextBuffer:
    """Lines with their ends. Only LF, CRLF and CR end one; the last has no end, and may be empty."""

    def __init__(self, text: str, encoding: types.PositionEncodingKind | str) -> None:
        self._encoding = encoding
        self._ended = _with_ends(text)
        self.lines = split_lines(text)
        """Without their ends. Do not change it."""

    @property
    def text(self) -> str:
        """The whole text."""
        return "".join(self._ended)

    def change(self, change: types.TextDocumentContentChangeEvent) -> Splice:
        """Apply what the client sent: a part, or without a range the whole. Positions outside are moved inside."""
        if not isinstance(change, types.TextDocumentContentChangePartial):
            return self._replace(0, len(self._ended), change.text)
        first, start = self._place(change.range.start)
        last, end = max(self._place(change.range.end), (first, start))
        text = self._ended[first][:start] + change.text + self._ended[last][end:]
        return self._replace(first, last + 1, text)

    def _place(self, position: types.Position) -> tuple[int, int]:
        if position.line < 0:
            return 0, 0
        if position.line >= len(self.lines):
            return len(self.lines) - 1, len(self.lines[-1])
        return position.line, units_to_column(self.lines[position.line], position.character, self._encoding)

    def _replace(self, first: int, last: int, text: str) -> Splice:
        """Put a text in the place of some lines. CR and LF that meet are one line end."""
        if first > 0 and self._ended[first - 1].endswith("\r") and text.startswith("\n"):
            first -= 1
            text = self._ended[first] + text
        new = _with_ends(text)
        if last < len(self._ended):
            new.pop()  # what follows the last end is the next line, which is there
        bare = [line.rstrip("\r\n") for line in new]
        splice = self._smallest(first, self.lines[first:last], bare)
        self._ended[first:last] = new
        self.lines[first:last] = bare
        return splice

    @staticmethod
    def _smallest(first: int, old: list[str], new: list[str]) -> Splice:
        """Leave out the lines at both ends that stay what they were."""
        shorter = min(len(old), len(new))
        head = next((n for n in range(shorter) if old[n] != new[n]), shorter)
        left = shorter - head
        tail = next((n for n in range(left) if old[-1 - n] != new[-1 - n]), left)
        return Splice(first + head, len(old) - head - tail, len(new) - head - tail)


def follow(following: Following, splice: Splice, lines: list[str]) -> Following:
    """Return what stands after the splice; ``lines`` are all lines after it."""
    if not splice.removed and not splice.inserted:
        return following
    return following.edited(splice.first, splice.removed, splice.inserted, lines)


def _with_ends(text: str) -> list[str]:
    """Return the lines with their ends; behind a last end there is one more, empty line."""
    lines = _WITH_ENDS.findall(text)
    # At the end of the text the expression matches once more, empty, behind a line without an end.
    return lines if not lines[-2:-1] or lines[-2].endswith(("\r", "\n")) else lines[:-1]
