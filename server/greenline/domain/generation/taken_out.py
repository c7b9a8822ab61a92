"""A test file without some of its tests: as text, so that nothing else of it changes."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from greenline.domain.code.parse import parse

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

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
    still_used = {node.id for node in kept if isinstance(node, ast.Name)}
    was_used = {node.id for test in tests for node in ast.walk(test) if isinstance(node, ast.Name)}
    imports = [
        node
        for node in tree.body
        if isinstance(node, (ast.Import, ast.ImportFrom)) and _bound(node) <= was_used - still_used
    ]
    lines = _LINES.findall(text)
    for first, last in sorted((_span(node, lines) for node in (*tests, *imports)), reverse=True):
        del lines[first - 1 : last]
    return "".join(lines)


def has_tests(text: str) -> bool:
    """Tell whether anything is left that pytest would run."""
    tree, _ = parse(text)
    return tree is None or any(isinstance(node, _FUNCTIONS) and node.name.startswith("test") for node in ast.walk(tree))


def _tests(tree: ast.Module, names: Collection[str]) -> Iterator[_Statement]:
    """Yield the functions of these names; a class of which nothing but they would be left, instead of them."""
    for node in tree.body:
        if isinstance(node, _FUNCTIONS) and node.name in names:
            yield node
        elif isinstance(node, ast.ClassDef):
            methods = [one for one in node.body if isinstance(one, _FUNCTIONS) and f"{node.name}::{one.name}" in names]
            others = [one for one in node.body if one not in methods and not _is_text(one)]
            yield from methods if others or not methods else [node]


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_inside(node: ast.AST, test: _Statement) -> bool:
    line = getattr(node, "lineno", 0)
    return _first(test) <= line <= (test.end_lineno or test.lineno)


def _bound(node: ast.Import | ast.ImportFrom) -> set[str]:
    return {alias.asname or alias.name.partition(".")[0] for alias in node.names}


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
