"""A text as Python and editors count it, and the insertions made into it."""

from __future__ import annotations

import ast
import re
import symtable
import warnings
from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING

from greenline.domain.code.syntax_tree import module_of
from greenline.domain.generation.model import Insertion

if TYPE_CHECKING:
    from collections.abc import Sequence

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_NEWLINE = re.compile(r"\r\n|\r|\n")
_BOM = "\ufeff"


class SourceText:
    """Lines end at LF, CR LF and CR only: a form feed is part of its line. Lines are 1-based."""

    def __init__(self, text: str) -> None:
        self.text = text
        pieces = [match.group() for match in _LINE.finditer(text)]
        if len(pieces) > 1 and not pieces[-1] and not _NEWLINE.search(pieces[-2][-1:]):
            pieces.pop()  # the empty match behind a last line that has no newline
        self._pieces = pieces
        self._starts = [0, *accumulate(len(piece) for piece in pieces)][: len(pieces)]

    @property
    def line_count(self) -> int:
        """How many lines there are; an empty one after the final newline counts."""
        return len(self._pieces)

    @property
    def newline(self) -> str:
        """The line ending that is used most."""
        found = _NEWLINE.findall(self.text)
        return max(dict.fromkeys(found), key=found.count, default="\n")

    def line(self, number: int) -> str:
        """Return the line without its ending and without a byte order mark."""
        return self._pieces[number - 1].rstrip("\r\n").removeprefix(_BOM if number == 1 else "")

    def start(self, number: int) -> int:
        """Return the offset of the line's first character; behind the last line it is the end of the text."""
        if number > len(self._starts):
            return len(self.text)
        return self._starts[number - 1] + (1 if number == 1 and self.text.startswith(_BOM) else 0)

    def offset(self, number: int, utf8_column: int) -> int:
        """Return the offset of a position as ``ast`` gives it."""
        head = self.line(number).encode("utf-8", "surrogatepass")[:utf8_column]
        return self.start(number) + len(head.decode("utf-8", "surrogatepass"))

    def place(self, number: int, column: int) -> int:
        """Return the offset of a line and column as insertions have them."""
        return self._starts[number - 1] + column

    def insertion(self, offset: int, text: str) -> Insertion:
        """Return the insertion at an offset."""
        row = bisect_right(self._starts, offset) - 1
        return Insertion(row + 1, offset - self._starts[row], text)

    def with_insertions(self, insertions: Sequence[Insertion]) -> str:
        """Return the text with all of them in it."""
        text = self.text
        for each in sorted(insertions, key=lambda i: (i.line, i.column), reverse=True):
            at = self.place(each.line, each.column)
            text = text[:at] + each.text + text[at:]
        return text

    def parse(self) -> ast.Module:
        """Parse quietly. Raises SyntaxError or ValueError."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return module_of(self.text.removeprefix(_BOM))

    def symbols(self) -> symtable.SymbolTable:
        """Return the table of the module's scopes. Raises SyntaxError or ValueError."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return symtable.symtable(self.text.removeprefix(_BOM), "<tests>", "exec")


def apply_insertions(text: str, insertions: Sequence[Insertion]) -> str:
    """Return ``text`` with the insertions made; all positions refer to ``text`` as it is before any of them."""
    return SourceText(text).with_insertions(insertions)
