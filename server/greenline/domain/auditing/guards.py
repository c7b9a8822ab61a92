"""Guards: conditions on what a value is, or whether it is there, with nothing to do where it is not."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from greenline.domain.code.dotted_names import last_name

if TYPE_CHECKING:
    from collections.abc import Mapping

_OF_TYPES = frozenset({"isinstance", "issubclass", "hasattr", "callable"})


def guards_in(tree: ast.AST) -> dict[int, range]:
    """Return the lines of what each guard protects, by the guard's own line."""
    return {
        node.lineno: range(node.body[0].lineno, (node.body[-1].end_lineno or node.body[-1].lineno) + 1)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and not node.orelse and _asks_what_it_is(node.test)
    }


def leads_past(arc: tuple[int, int], guards: Mapping[int, range]) -> bool:
    """Tell whether a way is that past a guard: many functions are never given what they guard against."""
    return arc[0] in guards and arc[1] not in guards[arc[0]]


def _asks_what_it_is(test: ast.expr) -> bool:
    if isinstance(test, ast.BoolOp):
        return all(map(_asks_what_it_is, test.values))
    if isinstance(test, ast.Compare):
        of_none = isinstance(test.comparators[0], ast.Constant) and test.comparators[0].value is None
        return of_none and isinstance(test.ops[0], (ast.Is, ast.IsNot))
    return isinstance(test, ast.Call) and last_name(test.func) in _OF_TYPES
