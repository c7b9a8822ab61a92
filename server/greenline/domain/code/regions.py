"""Which lines belong to which function, as coverage.py's reports by function see it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from operator import attrgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from greenline.domain.code.model import Function, Module


def own_lines(function: Function, module: Module | None = None) -> frozenset[int]:
    """Return the lines of the body without the header and, given the module, without the bodies of functions inside."""
    lines = set(_body(function))
    for other in _from_line_to_line(module.functions, function.line, function.end_line) if module else ():
        if other is not function and _inside(other, function):
            lines.difference_update(_body(other))
    return frozenset(lines)


def tested_lines(function: Function, module: Module) -> frozenset[int]:
    """Return the lines that tests of a function are for: its body, what is defined inside, a property's setter too."""
    accessors = {f"{function.name}.setter", f"{function.name}.deleter"}
    others = (f for f in module.functions if f.qualname == function.qualname and accessors & set(f.decorators))
    return own_lines(function).union(*(own_lines(other) for other in others))


def owners(module: Module) -> dict[int, Function]:
    """Map each line of a function's body to the innermost such function; headers belong to what is around them."""
    found: dict[int, Function] = {}
    for function in sorted(module.functions, key=lambda f: (f.line, -f.end_line)):
        found.update(dict.fromkeys(_body(function), function))
    return found


def _from_line_to_line(functions: Sequence[Function], first: int, last: int) -> Sequence[Function]:
    """Return the functions that begin there; they are in the order of the text, and there may be thousands."""
    line = attrgetter("line")
    return functions[bisect_left(functions, first, key=line) : bisect_right(functions, last, key=line)]


def _body(function: Function) -> range:
    return range(function.body_line, function.end_line + 1)


def _inside(inner: Function, outer: Function) -> bool:
    if inner.line == outer.line:  # several on one line: only names tell
        return inner.qualname.startswith(outer.qualname + ".")
    return outer.body_line <= inner.line and inner.end_line <= outer.end_line and outer.line < inner.line
