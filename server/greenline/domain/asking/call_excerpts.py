"""How a file calls a function, as a person would show it: the caller, or what is around the call in it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from greenline.domain.code.parse import parse
from greenline.domain.code.text_lines import split_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenline.domain.code.model import Function

_WHOLE = 25
"""Lines up to which a caller is shown whole."""
_AROUND = 3
_DEFS = (ast.FunctionDef, ast.AsyncFunctionDef)


def call_excerpt(text: str, function: Function) -> str:
    """Return the first place of a text that calls something of the function's name, empty where there is none.

    Raises nothing.
    """
    tree, _ = parse(text)
    name = function.name
    if name == "__init__" and function.class_name:
        name = function.class_name.rpartition(".")[2]
    lines = split_lines(text)
    for call, caller in _calls(tree, name) if tree else ():
        first, last = call.lineno, call.end_lineno or call.lineno
        if caller is None:
            return "\n".join(lines[first - 1 : last])
        begin = min((each.lineno for each in caller.decorator_list), default=caller.lineno)
        end = caller.end_lineno or caller.lineno
        if end - begin < _WHOLE:
            return "\n".join(lines[begin - 1 : end])
        shown_from = max(caller.lineno + 1, first - _AROUND)
        shown_to = min(end, last + _AROUND)
        gap = [" " * (caller.col_offset + 4) + "..."]
        before = gap if shown_from > caller.lineno + 1 else []
        after = gap if shown_to < end else []
        return "\n".join([lines[caller.lineno - 1], *before, *lines[shown_from - 1 : shown_to], *after])
    return ""


def _calls(tree: ast.Module, name: str) -> Iterator[tuple[ast.stmt, ast.FunctionDef | ast.AsyncFunctionDef | None]]:
    """Yield the statements that call the name, or read it of an object, with the outermost function around each."""
    todo: list[tuple[ast.AST, ast.FunctionDef | ast.AsyncFunctionDef | None]] = [(n, None) for n in reversed(tree.body)]
    while todo:
        node, caller = todo.pop()
        caller = caller or (node if isinstance(node, _DEFS) else None)
        children = list(ast.iter_child_nodes(node))
        if isinstance(node, ast.stmt) and any(_uses(each, name) for each in _expressions(node)):
            yield node, caller
        todo.extend((child, caller) for child in reversed(children) if not isinstance(child, ast.expr))


def _expressions(statement: ast.stmt) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(statement):
        if isinstance(child, (ast.expr, ast.withitem)):
            yield from ast.walk(child)


def _uses(node: ast.AST, name: str) -> bool:
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id == name
    return isinstance(node, ast.Attribute) and node.attr == name
