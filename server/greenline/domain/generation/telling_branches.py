"""The branches of a function that say something about a case to those who read its callers only."""

from __future__ import annotations

import ast
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from greenline.domain.generation.condition_words import SAME

if TYPE_CHECKING:
    from collections.abc import Iterator

_LEAVING = (ast.Return, ast.Raise, ast.Continue, ast.Break)
_LOOPS = (ast.For, ast.AsyncFor, ast.While)


@dataclass(frozen=True, slots=True)
class Branch:
    """A condition; ``inside`` is the first line of what runs when it holds."""

    test: ast.expr
    inside: int
    is_guard: bool
    """Where it holds the function is left or goes on with the next item: to pass it is what usually happens."""


def branches_of(function: ast.AST) -> dict[int, Branch]:
    """Map the line of a condition to its branch, for those that ask for what a caller knows of."""
    inner = _InnerNames(function)
    found: dict[int, Branch] = {}
    for node in ast.walk(function):
        if not isinstance(node, (ast.If, ast.While)) or node.body[0].lineno == node.lineno:
            continue
        hidden = inner.at(node)
        if hidden & {each.id for each in ast.walk(node.test) if isinstance(each, ast.Name)}:
            continue
        is_guard = isinstance(node, ast.While) or (isinstance(node.body[-1], _LEAVING) and not node.orelse)
        found[node.lineno] = Branch(node.test, node.body[0].lineno, is_guard)
    return found


class _InnerNames:
    """The local variables that change while the function works: what they hold, no caller has a word for."""

    def __init__(self, function: ast.AST) -> None:
        nodes = list(ast.walk(function))
        tidied = {id(target) for node in nodes for target in _tidied(node)}
        self._arguments = {node.arg for node in nodes if isinstance(node, ast.arg)}
        self._looped = {name for node in nodes for name in _bound_by_loop(node)}
        self._loops = [node for node in nodes if isinstance(node, _LOOPS)]
        self._stored = [n for n in nodes if isinstance(n, ast.Name) and _is_stored(n) and id(n) not in tidied]

    def at(self, condition: ast.stmt) -> set[str]:
        """Return those that have changed where the condition is asked; what comes later does not matter to it."""
        last = condition.lineno
        for loop in self._loops:
            if loop.lineno <= condition.lineno <= (loop.end_lineno or 0):
                last = max(last, loop.end_lineno or 0)
        times = Counter(name.id for name in self._stored if name.lineno <= last)
        return ({name for name, number in times.items() if number > 1} | self._looped) - self._arguments


def _tidied(node: ast.AST) -> Iterator[ast.Name]:
    """Yield the target of ``name = name.strip().lower()``: it is called the same, and means the same."""
    if not isinstance(node, ast.Assign) or len(node.targets) != 1 or not isinstance(node.targets[0], ast.Name):
        return
    value = node.value
    while isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr in SAME:
        value = value.func.value
    if value is not node.value and isinstance(value, ast.Name) and value.id == node.targets[0].id:
        yield node.targets[0]


def _is_stored(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


def _bound_by_loop(node: ast.AST) -> Iterator[str]:
    if isinstance(node, (ast.For, ast.AsyncFor)):
        yield from (each.id for each in ast.walk(node.target) if isinstance(each, ast.Name))
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        yield node.target.id
