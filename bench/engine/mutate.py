"""Mutants to report a score with; the engine's own, by which it chooses, are in ``explore/mutants.py``.

No operator here is one of the engine's, and what would be the same change on whole numbers (``<`` for ``<=``, a bound
moved by one) or at the end of a function (a ``raise`` or an ``assert`` left out) is not made here. Some are close in
effect all the same: what notices that a condition is always true mostly notices that it is negated. Those are marked
``near``, so that a score can be told with and without them.
"""

from __future__ import annotations

import ast
import copy
import random
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from typing import Any

_Change = Callable[[Any], Any]

NEAR = {
    "constant": "a constant one less, doubled, or without its first character",
    "comparison negated": "a comparison that is always true, or always false",
    "arithmetic": "an operand ignored",
    "and/or": "an operand ignored",
    "condition negated": "a condition that is always true, or always false",
    "no result": "the result in a list",
    "assignment left out": "None assigned, or the old value ignored",
}
"""Operator -> what the engine has that is close to it."""

_NEGATED = {ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn,
            ast.NotIn: ast.In}  # fmt: skip
_ONE_SIDED = {ast.Lt: ast.NotEq, ast.Gt: ast.NotEq, ast.LtE: ast.Eq, ast.GtE: ast.Eq}
_ARITHMETIC = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult, ast.Pow: ast.Mult, ast.LShift: ast.RShift, ast.RShift: ast.LShift, ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd, ast.BitXor: ast.BitAnd,
}  # fmt: skip
_RELATED = {
    "lower": "upper", "upper": "lower", "strip": "lstrip", "lstrip": "rstrip", "rstrip": "lstrip", "find": "rfind",
    "rfind": "find", "startswith": "endswith", "endswith": "startswith", "partition": "rpartition",
    "rpartition": "partition", "keys": "values", "values": "keys", "match": "search", "search": "match",
    "fullmatch": "match", "isdigit": "isalnum", "isalpha": "isalnum", "removeprefix": "removesuffix",
    "removesuffix": "removeprefix", "union": "intersection", "intersection": "union", "appendleft": "append",
    "popleft": "pop",
}  # fmt: skip
_RELATED_FUNCTIONS = {"min": "max", "max": "min", "any": "all", "all": "any", "sorted": "list"}
_NOT_CODE = {"annotation", "returns", "decorator_list", "type_params"}


@dataclass(frozen=True)
class Mutant:
    """One change of a module."""

    line: int
    """First line of the changed statement."""
    operator: str
    text: str
    """The changed module."""

    @property
    def near(self) -> bool:
        return self.operator in NEAR


def sampled(source: str, count: int, seed: str, lines: Container[int] | None = None) -> list[Mutant]:
    """Return at most ``count`` mutants of what stands in functions, drawn by the seed; all compile and all differ.

    ``lines`` are those of statements that may be changed; without, all.
    """
    tree = ast.parse(source)
    sites = [site for site in _sites(tree, (), line=0, inside=False) if lines is None or site[1] in lines]
    random.Random(seed).shuffle(sites)
    seen = {ast.unparse(tree)}
    found: list[Mutant] = []
    for path, line, name, change in sites:
        text = _changed(tree, path, change)
        if text not in seen and _compiles(text):
            seen.add(text)
            found.append(Mutant(line, name, text))
        if len(found) == count:
            break
    return found


def _changed(tree: ast.Module, path: tuple[Any, ...], change: _Change) -> str:
    mutant = copy.deepcopy(tree)
    _put(mutant, path, change(_at(mutant, path)))
    return ast.unparse(ast.fix_missing_locations(mutant))


def _sites(
    node: ast.AST, path: tuple[Any, ...], *, line: int, inside: bool
) -> Iterator[tuple[tuple[Any, ...], int, str, _Change]]:
    inside = inside or isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    if isinstance(node, (ast.stmt, ast.ExceptHandler)):
        line = node.lineno
    if inside and path:
        is_default = any(field in {"defaults", "kw_defaults"} for field, _ in path)
        yield from ((path, line, "default" if is_default else name, change) for name, change in _operators(node))
    if isinstance(node, ast.JoinedStr):
        return
    for field, value in ast.iter_fields(node):
        if field in _NOT_CODE:
            continue
        children = enumerate(value) if isinstance(value, list) else [(None, value)]
        for index, child in children:
            if isinstance(child, ast.AST) and not _is_docstring(child):
                yield from _sites(child, (*path, (field, index)), line=line, inside=inside)


def _operators(node: Any) -> list[tuple[str, _Change]]:
    if isinstance(node, ast.expr):
        return _of_expression(node)
    found: list[tuple[str, _Change]] = []
    if isinstance(node, ast.AugAssign) and type(node.op) in _ARITHMETIC:
        found.append(("arithmetic", lambda n: _with(n, op=_ARITHMETIC[type(n.op)]())))
    if isinstance(node, (ast.If, ast.While)):
        found.append(("condition negated", lambda n: _with(n, test=ast.UnaryOp(ast.Not(), n.test))))
    if isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value):
        found.append(("no result", lambda n: _with(n, value=ast.Constant(None))))
    if isinstance(node, (ast.Assign, ast.AugAssign)):
        found.append(("assignment left out", lambda _: ast.Pass()))
    if isinstance(node, ast.Delete):
        found.append(("statement left out", lambda _: ast.Pass()))
    if isinstance(node, ast.Raise) and node.exc is not None:
        found.append(("other exception", _other_exception))
    if isinstance(node, (ast.Break, ast.Continue)):
        found.append(("break/continue", lambda n: ast.Continue() if isinstance(n, ast.Break) else ast.Break()))
    if isinstance(node, ast.ExceptHandler) and not isinstance(node.body[0], ast.Raise):
        found.append(("handler raises again", lambda n: _with(n, body=[ast.Raise(None, None)])))
    if isinstance(node, ast.comprehension) and node.ifs:
        found.append(("comprehension unfiltered", lambda n: _with(n, ifs=[])))
    if isinstance(node, ast.For):
        found.append(("loop backwards", lambda n: _with(n, iter=_call("reversed", _call("list", n.iter)))))
    return found


def _of_expression(node: Any) -> list[tuple[str, _Change]]:
    found: list[tuple[str, _Change]] = []
    if isinstance(node, ast.Constant) and _is_plain(node.value):
        found.append(("constant", _other_constant))
    if isinstance(node, ast.Compare):
        name, table = (
            ("comparison one-sided", _ONE_SIDED)
            if type(node.ops[0]) in _ONE_SIDED
            else ("comparison negated", _NEGATED)
        )
        found.append((name, lambda n: _with(n, ops=[table[type(n.ops[0])](), *n.ops[1:]])))
    if isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
        found.append(("arithmetic", lambda n: _with(n, op=_ARITHMETIC[type(n.op)]())))
    if isinstance(node, ast.BoolOp):
        found.append(("and/or", lambda n: _with(n, op=ast.Or() if isinstance(n.op, ast.And) else ast.And())))
    if isinstance(node, ast.UnaryOp):
        found.append(("unary", lambda n: n.operand))
    if isinstance(node, ast.IfExp):
        found.append(("condition negated", lambda n: _with(n, test=ast.UnaryOp(ast.Not(), n.test))))
    if isinstance(node, ast.Yield) and node.value is not None and not _is_none(node.value):
        found.append(("nothing yielded", lambda n: _with(n, value=None)))
    if isinstance(node, ast.Call):
        found += _of_call(node)
    return found


def _of_call(node: ast.Call) -> list[tuple[str, _Change]]:
    found: list[tuple[str, _Change]] = []
    plain = [a for a in node.args[:2] if not isinstance(a, ast.Starred)]
    if len(plain) == 2 and ast.dump(plain[0]) != ast.dump(plain[1]):
        found.append(("arguments exchanged", lambda n: _with(n, args=[n.args[1], n.args[0], *n.args[2:]])))
    if isinstance(node.func, ast.Attribute) and node.func.attr in _RELATED:
        found.append(
            ("related method", lambda n: _with(n, func=ast.Attribute(n.func.value, _RELATED[n.func.attr], ast.Load())))
        )
    if isinstance(node.func, ast.Name) and node.func.id in _RELATED_FUNCTIONS and not node.keywords:
        found.append(("related function", lambda n: _with(n, func=ast.Name(_RELATED_FUNCTIONS[n.func.id], ast.Load()))))
    return found


def _is_plain(value: Any) -> bool:
    return isinstance(value, (int, float, complex, str, bytes)) and not isinstance(value, bool)


def _other_constant(node: ast.Constant) -> ast.Constant:
    value: Any = node.value
    if isinstance(value, (int, float, complex)):
        theirs = (value * 2, 2)  # as is one more or less, where the number is a bound
        return ast.Constant(value + 2 if value + 2 not in theirs else value + 3)
    return ast.Constant(b"XX" + value if isinstance(value, bytes) else "XX" + value)


def _other_exception(node: ast.Raise) -> Any:
    """Keep what was to be said, but by an exception that hardly any code expects."""
    said = node.exc.args[:1] if isinstance(node.exc, ast.Call) else []
    return _with(node, exc=ast.Call(ast.Name("FloatingPointError", ast.Load()), said, []))


def _call(name: str, argument: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(name, ast.Load()), [argument], [])


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
