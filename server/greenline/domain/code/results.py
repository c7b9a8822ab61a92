"""What a function gives back, as its definition says."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def returns_no_value(definition: ast.AST) -> bool:
    """Tell whether a function has no result: none of its returns has a value, and it yields nothing.

    ``return None`` is an answer: whoever writes it means it.
    """
    if not isinstance(definition, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return False
    parts = list(_parts(definition))
    if any(isinstance(part, (ast.Yield, ast.YieldFrom)) for part in parts):
        return False
    return not any(isinstance(part, ast.Return) and part.value is not None for part in parts)


def _parts(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, _SCOPES):
            yield from _parts(child)
