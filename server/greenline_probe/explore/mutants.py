"""Small changes of the target's code, swapped in while its callers stay: an input that none disturbs checks little.

The operators ask what an input and its assertions depend on (is this operand used, is this bound exact, does the loop
run twice). They are deliberately not those that a mutation score is reported with.
"""

from __future__ import annotations
import __future__

import ast
import copy
import functools
import gc
import operator
import types
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Callable

MAX_MUTANTS = 150
_FUTURE = functools.reduce(operator.or_, (getattr(__future__, n).compiler_flag for n in __future__.all_feature_names))


@dataclass
class Mutant:
    """One change: the code objects to swap in, where it is and what it does."""

    line: int
    what: str
    code: types.CodeType
    edit: tuple[int, int, int, int, str]
    """The same in the file's text: from line and column (in bytes) to line and column, and what stands there then."""


class Mutation:
    """All mutants of one function, and the function objects that run its code."""

    def __init__(
        self, function: Any, node: ast.AST, qualname: str, filename: str, beat: Callable[[], object] = lambda: None
    ) -> None:
        self._beat = beat
        """Called for each mutant: of a long function, making all takes a while, in which nothing else is heard."""
        self.functions = _functions_running(function, node)
        self.original = self.functions[0].__code__ if self.functions else None
        self.mutants = list(self._make(node, qualname, filename)) if self.original is not None else []

    def apply(self, mutant: Mutant | None) -> None:
        """Swap the mutant in; None restores the original."""
        for function in self.functions:
            function.__code__ = mutant.code if mutant else self.original

    def _make(self, node: ast.AST, qualname: str, filename: str) -> Iterator[Mutant]:
        original = self.original
        assert original is not None
        for line, what, changed, edit in _changes(node):
            self._beat()
            code = _compile(changed, qualname, filename, original)
            if code is not None and code.co_freevars == original.co_freevars and code.co_code != b"":
                yield Mutant(line, what, code, edit)


def _functions_running(function: Any, node: ast.AST) -> list[Any]:
    """Return every function object made from the ``def``, behind whatever decorators."""
    lines = {getattr(node, "lineno", 0), *(d.lineno for d in getattr(node, "decorator_list", []))}
    name = getattr(node, "name", "")
    seen: set[int] = set()
    stack, found = [function], []
    while stack and len(seen) < 200:
        thing = stack.pop()
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        code: Any = getattr(thing, "__code__", None)
        if isinstance(thing, types.FunctionType) and code.co_name == name and code.co_firstlineno in lines:
            found.append(thing)
            break
        stack += [getattr(thing, a) for a in ("__wrapped__", "__func__", "fget", "func") if hasattr(thing, a)]
        stack += [c.cell_contents for c in getattr(thing, "__closure__", None) or () if _is_filled(c)]
    if not found:
        return []
    same = [f for f in gc.get_referrers(found[0].__code__) if isinstance(f, types.FunctionType)]
    return same or found


def _is_filled(cell: Any) -> bool:
    try:
        return callable(cell.cell_contents)
    except ValueError:
        return False


def _compile(node: ast.AST, qualname: str, filename: str, original: types.CodeType) -> types.CodeType | None:
    """Compile the changed ``def`` inside its classes (private names are mangled there) and dig out its code object."""
    wrapped: Any = node
    wrapped.decorator_list = []
    parts = qualname.split(".")[:-1]
    for part in reversed(parts):
        wrapped = _class_around(wrapped, part)
    try:
        module = ast.fix_missing_locations(ast.Module(body=[wrapped], type_ignores=[]))
        code: types.CodeType = compile(module, filename, "exec", flags=original.co_flags & _FUTURE, dont_inherit=True)
    except (SyntaxError, ValueError, TypeError, RecursionError):
        return None
    for name in qualname.split("."):
        inner = [c for c in code.co_consts if isinstance(c, types.CodeType) and c.co_name == name]
        if not inner:
            return None
        code = inner[-1]
    return code


def _class_around(node: ast.stmt, name: str) -> ast.ClassDef:
    around = ast.ClassDef(name=name, bases=[], keywords=[], body=[node], decorator_list=[])
    around.lineno, around.col_offset = 1, 0
    if "type_params" in around._fields:
        around.type_params = []  # type: ignore[attr-defined,unused-ignore]
    return around


def _changes(node: ast.AST) -> Iterator[tuple[int, str, ast.AST, tuple[int, int, int, int, str]]]:
    """Yield (line, what, the def changed, the edit) for each change; the def is changed again for the next one."""
    node = copy.deepcopy(node)  # once: for each change, copying a long function takes longer than compiling it
    sites = list(_sites(node, ()))
    if len(sites) > MAX_MUTANTS:
        step = len(sites) / MAX_MUTANTS
        sites = [sites[int(i * step)] for i in range(MAX_MUTANTS)]
    for path, what, change in sites:
        original = _get(node, path)
        changed = change(copy.deepcopy(original))
        if changed is None:
            continue
        edit = _edit(original, changed)
        _put(node, path, changed)
        yield getattr(original, "lineno", 0), what, node, edit
        _put(node, path, original)


def _edit(original: Any, changed: Any) -> tuple[int, int, int, int, str]:
    """Return the change as one of the text; of a block only its head, which alone changes."""
    head = {ast.If: "test", ast.While: "test", ast.For: "iter"}.get(type(original), "")
    if head and type(changed) is type(original):
        original, changed = getattr(original, head), getattr(changed, head)
    # A copy: places that are missing are filled in where it is compiled, from what stands around it.
    source = ast.unparse(ast.fix_missing_locations(copy.deepcopy(changed)))
    if isinstance(changed, ast.expr) and not isinstance(changed, ast.Slice):
        source = f"({source})"
    return original.lineno, original.col_offset, original.end_lineno, original.end_col_offset, source


_Change = Callable[[Any], Any]


def _sites(node: ast.AST, path: Any) -> Iterator[tuple[Any, str, _Change]]:
    for field, value in ast.iter_fields(node):
        if field in {"annotation", "returns", "decorator_list", "type_params", "args", "keywords"} and isinstance(
            node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.AnnAssign)
        ):
            continue
        children = enumerate(value) if isinstance(value, list) else [(None, value)]
        for index, child in children:
            if not isinstance(child, ast.AST) or _is_docstring(child) or isinstance(child, ast.JoinedStr):
                continue
            here = (*path, (field, index))
            for what, change in _operators(child):
                yield here, what, change
            yield from _sites(child, here)


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _operators(node: ast.AST) -> list[tuple[str, _Change]]:
    found: list[tuple[str, _Change]] = []
    if isinstance(node, (ast.If, ast.IfExp)):
        found += [
            ("condition is always true", lambda n: _with_test(n, True)),
            ("condition is always false", lambda n: _with_test(n, False)),
        ]
    elif isinstance(node, ast.While):
        found.append(("loop never runs", lambda n: _with_test(n, False)))
    elif isinstance(node, ast.BinOp):
        found += [("right operand ignored", lambda n: n.left), ("left operand ignored", lambda n: n.right)]
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        found += [
            ("negation is always true", lambda _: ast.Constant(True)),
            ("negation is always false", lambda _: ast.Constant(False)),
        ]
    elif isinstance(node, (ast.Break, ast.Continue)):
        found.append(("loop goes on with what follows", lambda _: ast.Pass()))
    elif isinstance(node, ast.BoolOp):
        found += [(f"operand {i + 1} ignored", _dropper(i)) for i in range(len(node.values))]
    elif (
        isinstance(node, ast.Compare)
        and len(node.ops) == 1
        and isinstance(node.ops[0], (ast.Lt, ast.LtE, ast.Gt, ast.GtE))
    ):
        found += [("bound one higher", lambda n: _nudged(n, 1)), ("bound one lower", lambda n: _nudged(n, -1))]
    elif isinstance(node, ast.Compare) and len(node.ops) == 1:
        found += [
            ("comparison is always true", lambda _: ast.Constant(True)),
            ("comparison is always false", lambda _: ast.Constant(False)),
        ]
    elif isinstance(node, ast.Constant):
        found += _constant_changes(node.value)
    elif isinstance(node, ast.Call):
        found += _call_changes(node)
    elif isinstance(node, ast.Assign):
        found.append(
            ("nothing assigned", lambda n: ast.Assign(targets=n.targets, value=ast.Constant(None), lineno=n.lineno))
        )
    elif isinstance(node, ast.AugAssign):
        found.append(("old value ignored", lambda n: ast.Assign(targets=[n.target], value=n.value, lineno=n.lineno)))
    elif isinstance(node, ast.For):
        found += [
            ("loop stops after the first", lambda n: _sliced(n, None, 1)),
            ("loop skips the first", lambda n: _sliced(n, 1, None)),
        ]
    elif isinstance(node, ast.Slice):
        found += [("slice starts at the beginning", lambda n: ast.Slice(None, n.upper, n.step) if n.lower else None)]
        found += [("slice goes to the end", lambda n: ast.Slice(n.lower, None, n.step) if n.upper else None)]
    elif isinstance(node, (ast.List, ast.Dict, ast.Set)):
        found.append(
            (
                "empty",
                lambda n: (
                    ast.List([], ast.Load())
                    if isinstance(n, ast.List) and isinstance(n.ctx, ast.Load)
                    else ast.Dict([], [])
                    if isinstance(n, ast.Dict) and n.keys
                    else None
                ),
            )
        )
    elif isinstance(node, ast.Raise):
        found.append(("returns instead of raising", lambda _: ast.Return(None)))
    elif isinstance(node, ast.Return) and node.value is not None:
        found.append(("result in a list", lambda n: ast.Return(ast.List([n.value], ast.Load()))))
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        found.append(("call left out", lambda _: ast.Expr(ast.Constant(None))))
    elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        found.append(("subscript left out", lambda n: n.value))
    return found


def _constant_changes(value: Any) -> list[tuple[str, _Change]]:
    if isinstance(value, bool):
        return [("negated", lambda n: ast.Constant(not n.value))]
    if isinstance(value, (int, float)):
        return [
            ("one less", lambda n: ast.Constant(n.value - 1)),
            ("doubled", lambda n: ast.Constant(n.value * 2 or 2)),
        ]
    if isinstance(value, str):
        return [("other text", lambda n: ast.Constant(n.value[1:] if n.value else "~"))]
    if isinstance(value, bytes):
        return [("other bytes", lambda n: ast.Constant(n.value[1:] if n.value else b"~"))]
    return []


def _call_changes(node: ast.Call) -> list[tuple[str, _Change]]:
    found: list[tuple[str, _Change]] = []
    if isinstance(node.func, ast.Attribute):
        found.append((f"without .{node.func.attr}()", lambda n: n.func.value))
    elif len(node.args) == 1 and not node.keywords and not isinstance(node.args[0], ast.Starred):
        found.append(("argument instead of the call", lambda n: n.args[0]))
    if node.keywords:
        found.append(("last keyword left out", lambda n: _with_keywords(n, n.keywords[:-1])))
    if len(node.args) > 1:
        found.append(("last argument left out", lambda n: _with_arguments(n, n.args[:-1])))
    return found


def _with_test(node: Any, value: bool) -> Any:
    node.test = ast.Constant(value)
    return node


def _dropper(index: int) -> _Change:
    return lambda node: _without_value(node, index)


def _without_value(node: Any, index: int) -> Any:
    values = [v for i, v in enumerate(node.values) if i != index]
    return values[0] if len(values) == 1 else ast.BoolOp(node.op, values)


def _nudged(node: Any, by: int) -> Any:
    """Shift the right side by one where it is a number; the original stays where it is not."""
    right = node.comparators[0]
    number = ast.BinOp(left=right, op=ast.Add(), right=ast.Constant(by))
    node.comparators = [number]
    return node


def _sliced(node: Any, start: Any, stop: Any) -> Any:
    bounds = ast.Slice(ast.Constant(start) if start else None, ast.Constant(stop) if stop else None, None)
    as_list = ast.Call(func=ast.Name(id="list", ctx=ast.Load()), args=[node.iter], keywords=[])
    node.iter = ast.Subscript(value=as_list, slice=bounds, ctx=ast.Load())
    return node


def _with_keywords(node: Any, keywords: Any) -> Any:
    node.keywords = keywords
    return node


def _with_arguments(node: Any, arguments: Any) -> Any:
    node.args = arguments
    return node


def _get(node: Any, path: Any) -> Any:
    for field, index in path:
        node = getattr(node, field)
        if index is not None:
            node = node[index]
    return node


def _put(node: Any, path: Any, value: Any) -> None:
    parent = _get(node, path[:-1])
    field, index = path[-1]
    if index is None:
        setattr(parent, field, value)
    else:
        getattr(parent, field)[index] = value
