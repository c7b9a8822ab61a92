"""Which lines of a text belong to one statement, from its tree: most have one line, and need no look at their text."""

from __future__ import annotations

import ast
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, Any, cast

from greenline.adapters.skimmed_tokens import Unclear, end_of_statement
from greenline.domain.code.parse import all_statements, blocks_of

if TYPE_CHECKING:
    from collections.abc import Sequence


def first_of_several(text: str, tree: ast.Module) -> dict[int, int]:
    """Return the first line of the statement for each line of one that has several: a block's head is one by itself.

    Of a text with line ends of one kind. Raises Unclear where only tokens can tell.
    """
    if "\\\n" in text:
        raise Unclear
    read = _Reader(text)
    for node in cast("Sequence[Any]", all_statements(tree)):
        if not blocks_of(type(node)):
            if node.lineno != node.end_lineno:
                read.keep(node.lineno, node.end_lineno)
        elif isinstance(node, ast.Match):
            read.head(node.lineno, node.cases[0].pattern)
        elif isinstance(node, ast.match_case):
            read.must_begin(node.pattern.lineno, "case")
            read.head(node.pattern.lineno, node.body[0])
        else:
            read.decorators(node)
            read.head(node.lineno, node.body[0])
    return read.found


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._lines = text.split("\n")
        self.found: dict[int, int] = {}

    @cached_property
    def _starts(self) -> list[int]:
        """Where each line begins."""
        return list(accumulate((len(line) + 1 for line in self._lines), initial=0))

    def keep(self, first: int, last: int) -> None:
        """Remember a statement. Raises Unclear where it shares a line with another."""
        for line in range(first, last + 1):
            if self.found.setdefault(line, first) != first:
                raise Unclear

    def head(self, first: int, inner: ast.stmt | ast.pattern) -> None:
        """Look where the head of a block ends, before what stands in the block first."""
        begins = min([inner.lineno, *(one.lineno for one in getattr(inner, "decorator_list", ()))])
        if begins == first or not (isinstance(inner, ast.pattern) or self._begins_a_line(inner)):
            raise Unclear
        if begins > first + 1:
            line = self._lines[first - 1]
            start = self._starts[first - 1] + len(line) - len(line.lstrip())
            last = end_of_statement(self._text, start, first)
            if last != first:
                self.keep(first, last)

    def decorators(self, node: ast.AST) -> None:
        """Look at those that have several lines."""
        for one in getattr(node, "decorator_list", ()):
            self.must_begin(one.lineno, "@")
            if self._lines[one.lineno - 1].lstrip(" \t@")[:1] == "(":  # which may end behind what it holds
                raise Unclear
            if one.lineno != one.end_lineno:
                self.keep(one.lineno, one.end_lineno)

    def must_begin(self, line: int, word: str) -> None:
        """Raise Unclear where the line begins otherwise."""
        if not self._lines[line - 1].lstrip().startswith(word):
            raise Unclear

    def _begins_a_line(self, node: ast.stmt) -> bool:
        return not self._lines[node.lineno - 1][: node.col_offset].strip()
