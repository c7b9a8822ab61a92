"""What a test file asserts already."""

from __future__ import annotations

import ast
import copy
from typing import TYPE_CHECKING, Any

from greenline.domain.code.parse import parse
from greenline.domain.generation.unittest_words import in_plain_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_LARGEST = 500
"""Nodes of a value that takes the place of its variable."""


def assertions_of(text: str) -> frozenset[str]:
    """Return every assertion of a text in a form that does not depend on layout; empty for text that does not parse.

    A block that expects an exception is one assertion, with all that it holds. Methods of ``unittest`` that assert the
    same count as the same. Variables stand for what they were given, and what was done before is part of it: the same
    words behind other calls say something else.
    """
    tree, _ = parse(text)
    if tree is None:
        return frozenset()
    functions = [node for node in ast.walk(tree) if isinstance(node, _FUNCTIONS)]
    return frozenset(said for body in (tree.body, *(f.body for f in functions)) for said in _said_in(body))


def says_nothing_new(code: str, known: frozenset[str]) -> bool:
    """Tell whether all that a test asserts is asserted in the file already. A table says its rows, which are new."""
    found = assertions_of(code)
    return bool(found) and "parametrize" not in code and found <= known


def _said_in(body: Sequence[ast.stmt]) -> Iterator[str]:
    given: dict[str, ast.expr] = {}
    done: list[str] = []
    for statement in body:
        if isinstance(statement, (*_FUNCTIONS, ast.ClassDef)):
            continue
        plain = in_plain_words(statement)
        if _asserts(plain):
            yield "; ".join([*done, _dump(plain, given)])
        elif isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            value = _Filled(given).filled(statement.value)
            given.pop(statement.targets[0].id, None)
            if sum(1 for _ in ast.walk(value)) <= _LARGEST:
                given[statement.targets[0].id] = value
        elif not _is_docstring(statement):
            yield from _inside(statement, done)
            done.append(_dump(statement, given))


def _inside(statement: ast.stmt, done: Sequence[str]) -> Iterator[str]:
    """Yield what is asserted within a block."""
    for node in map(in_plain_words, ast.walk(statement)):
        if _asserts(node):
            yield "; ".join([*done, ast.dump(node)])


def _dump(node: ast.AST, given: dict[str, ast.expr]) -> str:
    return ast.dump(_Filled(given).filled(node)) if given else ast.dump(node)


class _Filled(ast.NodeTransformer):
    """Puts what variables were given in their places, in a copy."""

    def __init__(self, given: dict[str, ast.expr]) -> None:
        self._given = given

    def filled(self, node: ast.AST) -> Any:
        """Return the node with the variables filled in."""
        return self.visit(copy.deepcopy(node))

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """Replace a variable that is read."""
        return self._given.get(node.id, node) if isinstance(node.ctx, ast.Load) else node


def _asserts(node: ast.AST) -> bool:
    if isinstance(node, ast.With):
        return any("pytest.raises" in ast.unparse(item.context_expr) for item in node.items)
    return isinstance(node, ast.Assert)


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
