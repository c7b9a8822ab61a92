"""Assertions that cannot fail, whatever the code does."""

from __future__ import annotations

import ast
import operator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_OPERATORS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda one, other: one in other,
    ast.NotIn: lambda one, other: one not in other,
}
_UNKNOWN = object()
_CONSTANT = "it is made of constants only"


def holds_always(test: ast.expr) -> str:
    """Return why a condition is true whatever happens, as the end of a sentence; empty where it may be false."""
    if isinstance(test, ast.BoolOp):
        parts = [holds_always(each) for each in test.values]
        certain = any(parts) if isinstance(test.op, ast.Or) else all(parts)
        return next(filter(None, parts)) if certain else ""
    if isinstance(test, ast.Compare):
        return _comparison(test)
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        value = _value(test.operand)
        return _CONSTANT if value is not _UNKNOWN and not value else ""
    return _of_value(test)


def _of_value(test: ast.expr) -> str:
    if isinstance(test, (ast.Tuple, ast.List, ast.Set)):
        is_filled = test.elts and not any(isinstance(each, ast.Starred) for each in test.elts)
        kind = {ast.Tuple: "tuple", ast.List: "list"}.get(type(test), "set")
        return f"a {kind} that is not empty is true, whatever is in it" if is_filled else ""
    if isinstance(test, (ast.Lambda, ast.GeneratorExp)):
        return "nothing of it is called"
    if isinstance(test, ast.Call):
        return _of_everything(test)
    value = _value(test)
    return _CONSTANT if value is not _UNKNOWN and value else ""


def _comparison(test: ast.Compare) -> str:
    if len(test.ops) != 1:
        return ""
    left, right, op = test.left, test.comparators[0], type(test.ops[0])
    if _is_length(left) and (op, _value(right)) in {(ast.GtE, 0), (ast.Gt, -1), (ast.NotEq, -1)}:
        return "no length is below zero"
    if isinstance(left, ast.Name) and ast.dump(left) == ast.dump(right) and op in {ast.Is, ast.Eq}:
        return "it is compared with itself"
    values = _value(left), _value(right)
    if _UNKNOWN in values or op not in _OPERATORS:
        return ""
    try:
        return _CONSTANT if _OPERATORS[op](*values) else ""
    except TypeError:
        return ""


def _of_everything(test: ast.Call) -> str:
    is_instance = isinstance(test.func, ast.Name) and test.func.id == "isinstance" and len(test.args) == 2  # noqa: PLR2004 - its two
    if is_instance and ast.unparse(test.args[1]) == "object":
        return "everything is an object"
    return ""


def _is_length(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "len"


def _value(node: ast.expr) -> Any:
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return _UNKNOWN
