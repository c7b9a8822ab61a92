"""Which lines of a text belong to one statement, from its tree: most have one line, and need no look at their text."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, cast

from greenline.adapters.skimmed_tokens import Unclear, end_of_statement
from greenline.domain.code.parse import all_statements, blocks_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from greenline.adapters.skimmed_tokens import TextLines


def first_lines_of_several(lines: TextLines, tree: ast.Module) -> dict[int, int]:
    """Return the first line of the statement for each line of one that has several: a block's head is one by itself.

    Of a text with line ends of one kind. Raises Unclear where only tokens can tell.
    """
    if "\\\n" in lines.text:
        raise Unclear
    found = _Found(lines)
    for node in cast("Sequence[Any]", all_statements(tree)):
        if not blocks_of(type(node)):
            if node.lineno != node.end_lineno:
                found.add(node.lineno, node.end_lineno)
        elif isinstance(node, ast.Match):
            found.add_head(node.lineno, node.cases[0].pattern.lineno)
        elif isinstance(node, ast.match_case):
            found.add_case(node)
        else:
            found.add_decorators(getattr(node, "decorator_list", ()))
            found.add_head_of(node.lineno, node.body)
    return found.first_lines


class _Found:
    def __init__(self, lines: TextLines) -> None:
        self._text = lines
        self._lines = lines.lines
        self.first_lines: dict[int, int] = {}

    def add(self, first: int, last: int) -> None:
        """Add a statement. Raises Unclear where it shares a line with another."""
        for line in range(first, last + 1):
            if self.first_lines.setdefault(line, first) != first:
                raise Unclear

    def add_head_of(self, first: int, body: Sequence[ast.stmt]) -> None:
        """Add what stands before a block, if it has several lines."""
        inner = body[0]
        if body[-1].end_lineno == first:
            return
        begins = min([inner.lineno, *(one.lineno for one in getattr(inner, "decorator_list", ()))])
        if begins == first or self._lines[inner.lineno - 1][: inner.col_offset].strip():
            raise Unclear
        self.add_head(first, begins)

    def add_head(self, first: int, behind: int) -> None:
        """Add it where the next line that is not of it, or of no statement, is not that below."""
        if behind > first + 1:
            last = end_of_statement(self._text, first)
            if last != first:
                self.add(first, last)

    def add_case(self, case: ast.match_case) -> None:
        """Add its head, which begins where its pattern does, unless that is in parentheses over several lines."""
        line = case.pattern.lineno
        if not self._lines[line - 1][: case.pattern.col_offset].lstrip().startswith("case"):
            raise Unclear
        self.add_head_of(line, case.body)

    def add_decorators(self, decorators: Sequence[ast.expr]) -> None:
        """Add those that have several lines."""
        for one in decorators:
            before = self._lines[one.lineno - 1].lstrip()
            if not before.startswith("@") or before.lstrip("@ \t").startswith("("):  # may end behind what it holds
                raise Unclear
            if one.end_lineno is not None and one.lineno != one.end_lineno:
                self.add(one.lineno, one.end_lineno)
