"""A test file without some of its tests: as text, so that nothing else of it changes."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from greenline.domain.code.parse import parse

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from typing import TypeGuard

_LINES = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_Statement = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom


def without_tests(text: str, names: Collection[str]) -> str:
    """Return the text without these tests (``test_x``, or ``TestBox::test_x``), and without what only they imported.

    A text that does not parse, or has none of them, is returned as it is. Raises nothing.
    """
    tree, _ = parse(text)
    if tree is None:
        return text
    tests = list(_tests(tree, names))
    if not tests:
        return text
    kept = [node for node in ast.walk(tree) if not any(_is_inside(node, test) for test in tests)]
    only_there = {node.id for test in tests for node in ast.walk(test) if isinstance(node, ast.Name)}
    only_there.difference_update(name for node in kept for name in _named(node))
    imports = [node for node in tree.body if _is_import(node) and _bound(node) <= only_there and _is_alone(node, tree)]
    lines = _LINES.findall(text)
    for first, last in sorted((_span(node, lines) for node in (*tests, *imports)), reverse=True):
        del lines[first - 1 : last]
    return "".join(lines)


def is_bare(text: str) -> bool:
    """Tell whether nothing is left but docstring and imports, by which no test comes in."""
    tree, _ = parse(text)
    if tree is None or not all(_is_text(node) or (_is_import(node) and not _brings_tests(node)) for node in tree.body):
        return False
    of_these = {line for node in tree.body for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)}
    return not any(line.strip() for number, line in enumerate(_LINES.findall(text), 1) if number not in of_these)


def _tests(tree: ast.Module, names: Collection[str]) -> Iterator[_Statement]:
    """Yield the functions of these names; a class of which nothing but they would be left, instead of them."""
    for node in tree.body:
        if isinstance(node, _FUNCTIONS) and node.name in names:
            yield node
        elif isinstance(node, ast.ClassDef):
            methods = [one for one in node.body if isinstance(one, _FUNCTIONS) and f"{node.name}::{one.name}" in names]
            others = [one for one in node.body if one not in methods and (node.bases or not _is_text(one))]
            yield from methods if others or not methods else [node]


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_inside(node: ast.AST, test: _Statement) -> bool:
    line = getattr(node, "lineno", 0)
    return _first(test) <= line <= (test.end_lineno or test.lineno)


def _is_import(node: ast.stmt) -> TypeGuard[ast.Import | ast.ImportFrom]:
    return isinstance(node, (ast.Import, ast.ImportFrom))


def _is_alone(node: ast.stmt, tree: ast.Module) -> bool:
    """Tell whether no other statement stands in the same lines."""
    first, last = node.lineno, node.end_lineno or node.lineno
    return not any(
        one is not node and one.lineno <= last and (one.end_lineno or one.lineno) >= first for one in tree.body
    )


def _brings_tests(node: ast.Import | ast.ImportFrom) -> bool:
    return any(name == "*" or name.lower().startswith("test") for name in _bound(node))


def _bound(node: ast.Import | ast.ImportFrom) -> set[str]:
    return {alias.asname or alias.name.partition(".")[0] for alias in node.names}


def _named(node: ast.AST) -> Iterator[str]:
    """Yield what a node calls by its name: pytest finds fixtures by those of parameters, and by texts."""
    if isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def _first(node: _Statement) -> int:
    decorators = [] if isinstance(node, (ast.Import, ast.ImportFrom)) else node.decorator_list
    return min(node.lineno, *(one.lineno for one in decorators)) if decorators else node.lineno


def _span(node: _Statement, lines: list[str]) -> tuple[int, int]:
    """Return the lines to take, from 1: with the empty ones before it, for a test that has something above it."""
    first, last = _first(node), node.end_lineno or node.lineno
    if not isinstance(node, (ast.Import, ast.ImportFrom)):
        while first > 1 and not lines[first - 2].strip():
            first -= 1
    return first, last
