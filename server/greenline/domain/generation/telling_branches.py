"""The branches of a function that say something about a case to those who read its callers only."""

from __future__ import annotations

import ast
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_LEAVING = (ast.Return, ast.Raise, ast.Continue, ast.Break)


@dataclass(frozen=True, slots=True)
class Branch:
    """A condition; ``inside`` is the first line of what runs when it holds."""

    test: ast.expr
    inside: int
    is_guard: bool
    """Where it holds the function is left or goes on with the next item: to pass it is what usually happens."""


def branches_of(function: ast.AST) -> dict[int, Branch]:
    """Map the line of a condition to its branch, for those that ask for what a caller knows of."""
    hidden = _inner_names(function)
    found: dict[int, Branch] = {}
    for node in ast.walk(function):
        if not isinstance(node, (ast.If, ast.While)) or node.body[0].lineno == node.lineno:
            continue
        if hidden & {each.id for each in ast.walk(node.test) if isinstance(each, ast.Name)}:
            continue
        is_guard = isinstance(node, ast.While) or (isinstance(node.body[-1], _LEAVING) and not node.orelse)
        found[node.lineno] = Branch(node.test, node.body[0].lineno, is_guard)
    return found


def _inner_names(function: ast.AST) -> set[str]:
    """Return the local variables that change while the function works: what they hold, no caller has a word for."""
    arguments = {node.arg for node in ast.walk(function) if isinstance(node, ast.arg)}
    stored = Counter(node.id for node in ast.walk(function) if _is_stored(node))  # type: ignore[attr-defined]
    looped = {name for node in ast.walk(function) for name in _bound_by_loop(node)}
    return ({name for name, times in stored.items() if times > 1} | looped) - arguments


def _is_stored(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


def _bound_by_loop(node: ast.AST) -> Iterator[str]:
    if isinstance(node, (ast.For, ast.AsyncFor)):
        yield from (each.id for each in ast.walk(node.target) if isinstance(each, ast.Name))
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        yield node.target.id
