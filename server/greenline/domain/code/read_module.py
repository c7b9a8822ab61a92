"""Read what a text defines, without importing it."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from greenline.domain.code.model import Class, Function, Module, Parameter
from greenline.domain.code.parse import blocks_of, inner_statements, parse
from greenline.domain.code.text_lines import code_points, split_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenline.domain.code.model import FunctionKind, ParameterKind

_Def = ast.FunctionDef | ast.AsyncFunctionDef
_IMPLICIT: dict[str, FunctionKind] = {
    "__new__": "staticmethod",
    "__init_subclass__": "classmethod",
    "__class_getitem__": "classmethod",
}
_PROPERTIES = {"property", "cached_property", "abstractproperty", "setter", "getter", "deleter"}


def read_module(text: str) -> tuple[Module, list[str]]:
    """Return the functions and classes in the order of the text, and the problems in words.

    A text that does not parse gives an empty Module. Local functions are named ``outer.inner``. Raises nothing.
    """
    tree, problems = parse(text)
    if tree is None:
        return Module(), problems
    return _Reader(text).read(tree), []


class _Reader:
    """Collects definitions of one text; deep ``elif`` chains make recursion a risk, so it keeps its own stack."""

    def __init__(self, text: str) -> None:
        self._lines = split_lines(text.removeprefix("\ufeff"))
        self._may_yield = "yield" in text
        self._shift = 1 if text.startswith("\ufeff") else 0
        self._functions: list[Function] = []
        self._classes: list[Class] = []

    def read(self, tree: ast.Module) -> Module:
        # (statement, qualified name so far, class it stands in, inside a function)
        todo: list[tuple[ast.AST, str, str | None, bool]] = [(node, "", None, False) for node in tree.body]
        while todo:
            node, prefix, class_name, local = todo.pop()
            if not blocks_of(type(node)):  # most
                continue
            if isinstance(node, _Def):
                qualname = prefix + node.name
                self._functions.append(self._function(node, qualname, class_name, local=local))
                todo.extend((child, f"{qualname}.", None, True) for child in node.body)
            elif isinstance(node, ast.ClassDef):
                qualname = prefix + node.name
                self._classes.append(self._class(node, qualname))
                todo.extend((child, f"{qualname}.", qualname, local) for child in node.body)
            else:
                todo.extend((child, prefix, class_name, local) for child in inner_statements(node))
        return Module(
            tuple(sorted(self._functions, key=lambda f: (f.line, f.name_column))),
            tuple(sorted(self._classes, key=lambda c: c.line)),
        )

    def _function(self, node: _Def, qualname: str, class_name: str | None, *, local: bool) -> Function:
        return Function(
            qualname=qualname,
            kind=_kind(node, in_class=class_name is not None),
            first_line=_first_line(node),
            line=node.lineno,
            name_column=self._name_column(node),
            body_line=node.body[0].lineno,
            end_line=node.end_lineno or node.lineno,
            parameters=tuple(self._parameters(node.args)),
            returns=self._source(node.returns),
            decorators=self._sources(node.decorator_list),
            is_async=isinstance(node, ast.AsyncFunctionDef),
            is_generator=self._yields(node),
            class_name=class_name,
            is_local=local,
        )

    def _class(self, node: ast.ClassDef, qualname: str) -> Class:
        return Class(
            qualname=qualname,
            first_line=_first_line(node),
            line=node.lineno,
            end_line=node.end_lineno or node.lineno,
            bases=self._sources(node.bases),
            decorators=self._sources(node.decorator_list),
            name_column=self._name_column(node),
        )

    def _parameters(self, args: ast.arguments) -> Iterator[Parameter]:
        positional = [*args.posonlyargs, *args.args]
        defaults = [None] * (len(positional) - len(args.defaults)) + list(args.defaults)
        for index, (arg, default) in enumerate(zip(positional, defaults, strict=True)):
            kind: ParameterKind = "positional-only" if index < len(args.posonlyargs) else "positional-or-keyword"
            yield self._parameter(arg, kind, default)
        if args.vararg:
            yield self._parameter(args.vararg, "var-positional")
        for arg, default in zip(args.kwonlyargs, args.kw_defaults, strict=True):
            yield self._parameter(arg, "keyword-only", default)
        if args.kwarg:
            yield self._parameter(args.kwarg, "var-keyword")

    def _parameter(self, arg: ast.arg, kind: ParameterKind, default: ast.expr | None = None) -> Parameter:
        return Parameter(arg.arg, kind, self._source(arg.annotation), self._source(default))

    def _sources(self, nodes: list[ast.expr]) -> tuple[str, ...]:
        return tuple(source for node in nodes if (source := self._source(node)) is not None)

    def _source(self, node: ast.expr | None) -> str | None:
        """Return the expression as written; one over several lines is written anew, to stand without parentheses."""
        if node is None:
            return None
        if node.lineno != node.end_lineno or node.end_col_offset is None:
            return ast.unparse(node)
        line = self._lines[node.lineno - 1]
        return line[code_points(line, node.col_offset) : code_points(line, node.end_col_offset)]

    def _yields(self, node: _Def) -> bool:
        """Tell whether it is a generator; most functions do not have the word, and need no walk through expressions."""
        if not self._may_yield:
            return False
        lines = self._lines[node.lineno - 1 : node.end_lineno]
        return any("yield" in line for line in lines) and _has_yield(node)

    def _name_column(self, node: _Def | ast.ClassDef) -> int:
        line = self._lines[node.lineno - 1]
        start = code_points(line, node.col_offset)
        shift = self._shift if node.lineno == 1 else 0
        found = re.compile(r"(?:(?:async\s+)?def|class)\s+").match(line, start)
        return (found.end() if found else start) + shift


def _first_line(node: _Def | ast.ClassDef) -> int:
    return min((decorator.lineno for decorator in node.decorator_list), default=node.lineno)


def _kind(node: _Def, *, in_class: bool) -> FunctionKind:
    if not in_class:
        return "function"
    for decorator in node.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        if name == "staticmethod":
            return "staticmethod"
        if name == "classmethod":
            return "classmethod"
        if name in _PROPERTIES:
            return "property"
    return _IMPLICIT.get(node.name, "method")


def _has_yield(node: _Def) -> bool:
    todo: list[ast.AST] = list(node.body)
    while todo:
        inner = todo.pop()
        if isinstance(inner, (ast.Yield, ast.YieldFrom)):
            return True
        if isinstance(inner, _Def):  # its defaults and decorators still run here
            todo.extend([*inner.decorator_list, inner.args])
        elif not isinstance(inner, (ast.Lambda, ast.ClassDef)):
            todo.extend(ast.iter_child_nodes(inner))
    return False
