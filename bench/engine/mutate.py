"""Mutants to report a score with; the engine's own, by which it chooses, are in ``explore/mutants.py``.

Constants changed, comparisons turned to their neighbour or opposite, arithmetic exchanged, and/or exchanged, unary
operators dropped, conditions negated, results turned to None, statements deleted, ``break`` and ``continue`` exchanged.

No operator is in both, and what would be the same change is left out here (negated booleans, calls left out). Some are
close in effect all the same: ``<`` turned to ``<=`` here, a bound moved by one there.
"""

from __future__ import annotations

import ast
import copy
import random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_COMPARISONS = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
_ARITHMETIC = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult, ast.Pow: ast.Mult, ast.LShift: ast.RShift, ast.RShift: ast.LShift, ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd, ast.BitXor: ast.BitAnd,
}  # fmt: skip
_NOT_CODE = {"annotation", "returns", "decorator_list", "type_params"}


def sampled(source: str, count: int, seed: str) -> list[tuple[int, str, str]]:
    """Return at most ``count`` mutants as (line, operator, source), drawn by the seed; all compile and all differ."""
    tree = ast.parse(source)
    sites = list(_sites(tree, (), inside=False))
    random.Random(seed).shuffle(sites)
    seen = {ast.unparse(tree)}
    found = []
    for path, name, change in sites:
        mutant = copy.deepcopy(tree)
        line = getattr(_at(mutant, path), "lineno", 0)
        _put(mutant, path, change(_at(mutant, path)))
        text = ast.unparse(ast.fix_missing_locations(mutant))
        if text not in seen and _compiles(text):
            seen.add(text)
            found.append((line, name, text))
        if len(found) == count:
            break
    return found


def _sites(node: ast.AST, path: tuple[Any, ...], *, inside: bool) -> Iterator[tuple[Any, str, Callable[[Any], Any]]]:
    inside = inside or isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    if inside and path:
        yield from ((path, name, change) for name, change in _operators(node))
    if isinstance(node, ast.JoinedStr):
        return
    for field, value in ast.iter_fields(node):
        if field in _NOT_CODE:
            continue
        children = enumerate(value) if isinstance(value, list) else [(None, value)]
        for index, child in children:
            if isinstance(child, ast.AST) and not _is_docstring(child):
                yield from _sites(child, (*path, (field, index)), inside=inside)


def _operators(node: Any) -> list[tuple[str, Callable[[Any], Any]]]:
    found: list[tuple[str, Callable[[Any], Any]]] = []
    if (
        isinstance(node, ast.Constant)
        and isinstance(node.value, (int, float, complex, str, bytes))
        and not isinstance(node.value, bool)
    ):
        found.append(("constant", _other_constant))
    if isinstance(node, ast.Compare) and type(node.ops[0]) in _COMPARISONS:
        found.append(("comparison", lambda n: _with(n, ops=[_COMPARISONS[type(n.ops[0])](), *n.ops[1:]])))
    if isinstance(node, (ast.BinOp, ast.AugAssign)) and type(node.op) in _ARITHMETIC:
        found.append(("arithmetic", lambda n: _with(n, op=_ARITHMETIC[type(n.op)]())))
    if isinstance(node, ast.BoolOp):
        found.append(("and/or", lambda n: _with(n, op=ast.Or() if isinstance(n.op, ast.And) else ast.And())))
    if isinstance(node, ast.UnaryOp):
        found.append(("unary", lambda n: n.operand))
    if isinstance(node, (ast.If, ast.While, ast.IfExp)):
        found.append(("negated condition", lambda n: _with(n, test=ast.UnaryOp(ast.Not(), n.test))))
    if isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value):
        found.append(("result", lambda n: _with(n, value=ast.Constant(None))))
    if isinstance(node, (ast.Assign, ast.AugAssign, ast.Raise, ast.Delete, ast.Assert)):
        found.append(("deleted statement", lambda _: ast.Pass()))
    if isinstance(node, (ast.Break, ast.Continue)):
        found.append(("break/continue", lambda n: ast.Continue() if isinstance(n, ast.Break) else ast.Break()))
    return found


def _other_constant(node: ast.Constant) -> ast.Constant:
    value: Any = node.value
    if isinstance(value, (int, float, complex)):
        return ast.Constant(value + 1)
    return ast.Constant(b"XX" + value if isinstance(value, bytes) else "XX" + value)


def _with(node: Any, **fields: Any) -> Any:
    for name, value in fields.items():
        setattr(node, name, value)
    return node


def _at(node: Any, path: tuple[Any, ...]) -> Any:
    for field, index in path:
        node = getattr(node, field) if index is None else getattr(node, field)[index]
    return node


def _put(tree: ast.AST, path: tuple[Any, ...], value: Any) -> None:
    parent, (field, index) = _at(tree, path[:-1]), path[-1]
    if index is None:
        setattr(parent, field, value)
    else:
        getattr(parent, field)[index] = value


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _compiles(text: str) -> bool:
    try:
        compile(text, "mutant", "exec")
    except (SyntaxError, ValueError):
        return False
    return True
