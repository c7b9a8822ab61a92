"""Whether what was measured can have been measured of one text: lines alone say so, by what else must have run."""

from __future__ import annotations

import ast
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

from greenline.domain.code.parse import all_statements, blocks_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from greenline.domain.coverage.model import Executed, Statements

_Function = (ast.FunctionDef, ast.AsyncFunctionDef)
_Definition = (*_Function, ast.ClassDef)
_Nested = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.AnnAssign, ast.arg)
_LEAVES_A_TRACE = (
    ast.Import,
    ast.ImportFrom,
    ast.Assign,
    ast.AugAssign,
    ast.Return,
    ast.Raise,
    ast.For,
    ast.AsyncFor,
    ast.With,
    ast.AsyncWith,
    *_Definition,
)
"""Statements that every version of Python compiles to something with a line of its own."""

_PARTED = {"handlers", "cases"}


def can_be_of(tree: ast.Module, statements: Statements, executed: Executed, *, is_whole: bool = True) -> bool:
    """Tell whether a text can have run so.

    Each line that ran, and each end of an arc, must be where something can run; what is entered or left must be a
    module, function, class, lambda or comprehension; and what ran must have been reached: what stands before it in its
    block ran too, and so did the line that the block belongs to. All of that holds for each version of Python, whose
    arcs and lines of decorators, ``with`` blocks and calls over several lines differ. Without ``is_whole``, lines may
    have been left out by rules that nobody knows here, and that something did not run says nothing.
    """
    can_run = statements.lines | statements.excluded | {1, *_lines_of_strings(tree)}
    ends = {abs(end) for arc in executed.arcs or () for end in arc}
    if not all(statements.first_line.get(line, line) in can_run for line in (executed.lines | ends) - {0}):
        return False
    if executed.arcs and not _can_be_entered(_entries(executed), tree, statements):
        return False
    reached = _Reached(statements.lines, executed.lines, sorted(executed.lines))
    try:
        return not is_whole or not reached.contradicts(tree.body)
    except RecursionError:  # a chain of a thousand `elif`s
        return True


def _entries(executed: Executed) -> set[int]:
    return {-end for arc in executed.arcs or () for end in arc if end < 0}


def _can_be_entered(lines: set[int], tree: ast.Module, statements: Statements) -> bool:
    """Tell whether a code object may begin at each of the lines.

    Most do at a definition, and those are found without a look into expressions.
    """
    others = lines.difference(_lines_of_definitions(tree))
    return not others or others.issubset(_lines_of_nested(tree, statements))


def _lines_of_definitions(tree: ast.Module) -> Iterator[int]:
    """Yield the lines that a module, function or class may begin at; a module's at its docstring before Python 3.10."""
    yield 1
    for first in tree.body[:1]:
        yield from range(_start(first), (first.end_lineno or first.lineno) + 1)
    for node in all_statements(tree):
        if isinstance(node, _Definition):
            yield from range(_start(node), _body_start(node) + 1)


def _lines_of_nested(tree: ast.Module, statements: Statements) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, _Nested):
            yield from (node.lineno, statements.first_line.get(node.lineno, node.lineno))


def _lines_of_strings(tree: ast.Module) -> Iterator[int]:
    """Yield the lines of docstrings: they are stored when a class or module is made, and count as no statement."""
    for node in all_statements(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield from range(node.lineno, (node.end_lineno or node.lineno) + 1)


@dataclass(frozen=True, slots=True)
class _Reached:
    """What ran, and which lines can tell that they did not."""

    countable: frozenset[int]
    ran: frozenset[int]
    in_order: Sequence[int]
    """What ran, sorted."""

    def contradicts(self, block: Sequence[ast.stmt]) -> bool:
        """Tell whether something in the block ran, or in a block in it, that cannot have been reached."""
        if not block or not self._ran_between(_start(block[0]), block[-1].end_lineno or 0):
            return False
        missed = [at for at, s in enumerate(block) if not self.is_touched(s) and self._must_show(s)]
        if missed and self._cannot_be_missed(block, missed):
            return True
        return any(self.contradicts(inner) for one in block if blocks_of(type(one)) for inner in _blocks(one))

    def _ran_between(self, first: int, last: int) -> bool:
        at = bisect_left(self.in_order, first)
        return at < len(self.in_order) and self.in_order[at] <= last

    def _cannot_be_missed(self, block: Sequence[ast.stmt], missed: Sequence[int]) -> bool:
        """Tell whether something in or behind the statements at ``missed`` ran that needs them."""
        reached = next((at for at in reversed(range(len(block))) if self._shows_it_was_reached(block[at])), None)
        if reached is None:
            return False
        # What the block begins with may have run before anybody measured.
        first = next((at for at, statement in enumerate(block) if self.is_touched(statement)), reached)
        return any(first < at < reached or self._ran_in(block[at]) for at in missed)

    def is_touched(self, statement: ast.stmt) -> bool:
        """Tell whether the statement itself, or the head of its block, ran."""
        if statement.lineno == statement.end_lineno and not blocks_of(type(statement)):  # most
            return statement.lineno in self.ran
        return not self.ran.isdisjoint(_own_lines(statement))

    def _ran_inside(self, statement: ast.stmt) -> bool:
        """Tell whether something ran in its blocks that runs when the statement does."""
        return not isinstance(statement, _Function) and self._ran_in(statement)

    def _shows_it_was_reached(self, statement: ast.stmt) -> bool:
        return self._ran_inside(statement) or (self.is_touched(statement) and not _runs_later(statement))

    def _must_show(self, statement: ast.stmt) -> bool:
        return isinstance(statement, _LEAVES_A_TRACE) and not self.countable.isdisjoint(_own_lines(statement))

    def _ran_in(self, statement: ast.stmt) -> bool:
        """Tell whether something ran in its blocks, also if that is a function."""
        if not blocks_of(type(statement)) or not self._ran_between(statement.lineno, statement.end_lineno or 0):
            return False
        return any(map(self._shows_it_was_reached, (s for inner in _blocks(statement) for s in inner)))


def _runs_later(statement: ast.stmt) -> bool:
    """Tell whether its own lines may run without it having been reached while there was somebody to measure that.

    A function that was defined before is told with the line of its ``def`` when it has variables for inner functions.
    """
    if isinstance(statement, _Function):
        return True
    if _blocks(statement):
        return False
    return any(isinstance(node, (ast.Lambda, ast.GeneratorExp)) for node in ast.walk(statement))


def _blocks(statement: ast.stmt) -> list[list[ast.stmt]]:
    found: list[list[ast.stmt]] = []
    for name in blocks_of(type(statement)):
        inner = getattr(statement, name)
        if name in _PARTED:
            found += (part.body for part in inner)
        elif inner:
            found.append(inner)
    return found


def _own_lines(statement: ast.stmt) -> Sequence[int]:
    """Return the lines of the statement, without those of its blocks."""
    return range(_start(statement), _head_end(statement) + 1)


def _start(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(decorator.lineno for decorator in decorators)])


def _body_start(statement: ast.stmt) -> int:
    return next((inner[0].lineno for inner in _blocks(statement)), statement.lineno)


def _head_end(statement: ast.stmt) -> int:
    """Return the last line of a simple statement, or of what stands before a block."""
    inner = [block[0] for block in _blocks(statement)]
    if not inner:
        return statement.end_lineno or statement.lineno
    return max(statement.lineno, min(_start(first) for first in inner) - 1)
