"""What the documentation of a function shows that it gives: an expectation must not come to contradict it."""

from __future__ import annotations

import ast
import doctest
from typing import TYPE_CHECKING

from greenline.domain.code.parse import parse
from greenline.domain.generation.filled_names import expression_in

if TYPE_CHECKING:
    from collections.abc import Iterator


def contradicted(text: str, qualname: str, call: str, new: str) -> str:
    """Return what the documentation shows for the call where that is not ``new``; empty when it shows nothing else."""
    wanted = _plain_call(call)
    if wanted is None:
        return ""
    for example in _examples(text, qualname):
        if _plain_call(example.source) != wanted:
            continue
        shown = example.want.strip()
        if example.exc_msg is not None:
            return f"that it raises {example.exc_msg.strip()}"
        if shown and "..." not in shown and _normal(shown) != _normal(new):
            return shown
    return ""


def _examples(text: str, qualname: str) -> Iterator[doctest.Example]:
    """Yield the examples of the function, of the classes around it and of the module."""
    node: ast.AST | None = parse(text)[0]
    around = [node]
    for part in qualname.split("."):
        node = next((n for n in reversed(getattr(node, "body", ())) if getattr(n, "name", "") == part), None)
        around.append(node)
    for holder in around:
        if not isinstance(holder, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Module)):
            continue
        try:
            yield from doctest.DocTestParser().get_examples(ast.get_docstring(holder) or "")
        except ValueError:  # a prompt without a blank after it: no example then
            continue


def _plain_call(source: str) -> str | None:
    """Return what is called with what, however the function is reached; None for what is no call."""
    node = expression_in(source)
    if not isinstance(node, ast.Call):
        return None
    by_name = sorted(f"{k.arg}={ast.unparse(k.value)}" for k in node.keywords)
    return f"{ast.unparse(node.func).rpartition('.')[2]}({', '.join([*map(ast.unparse, node.args), *by_name])})"


def _normal(source: str) -> str:
    node = expression_in(source)
    return ast.unparse(node) if node is not None else source
