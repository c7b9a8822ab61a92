"""Functions without their names: whether the same test is there already."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TypeAlias

    Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef


class Shapes:
    """Known functions. Only those are looked at closely that agree in what is counted: to dump a tree takes long."""

    def __init__(self, functions: Iterable[Function]) -> None:
        self._pending: dict[object, list[Function]] = {}
        self._known: dict[object, set[str]] = {}
        self.add(functions)

    def add(self, functions: Iterable[Function]) -> None:
        """Take note of functions."""
        for node in functions:
            self._pending.setdefault(_counted(node), []).append(node)

    def __contains__(self, node: Function) -> bool:
        """Tell whether the same function is known by any name."""
        counted = _counted(node)
        known = self._known.setdefault(counted, set())
        known |= set(map(shape_of, self._pending.pop(counted, ())))
        return bool(known) and shape_of(node) in known


def shape_of(node: Function) -> str:
    """Return what the function is, whatever its name: decorators, arguments and body."""
    parts = [*node.decorator_list, node.args, *node.body]
    return type(node).__name__ + "".join(ast.dump(part) for part in parts)


def _counted(node: Function) -> object:
    names = tuple(each.arg for each in node.args.args)
    return names, len(node.decorator_list), *(type(each) for each in node.body)
