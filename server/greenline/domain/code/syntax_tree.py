"""Trees of Python's source. Several threads make them at once, which Python 3.11 takes badly."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")
_TRIES = 20


def module_of(source: str) -> ast.Module:
    """Return the tree of a file, or of statements. Raises what ``ast.parse`` raises where Python refuses the source."""
    return _made(lambda: ast.parse(source))


def expression_of(source: str) -> ast.expr:
    """Return the tree of one expression. Raises as above."""
    return _made(lambda: ast.parse(source, mode="eval")).body


def literal_of(source: str) -> Any:
    """Return the value of a literal. Raises what ``ast.literal_eval`` raises."""
    return ast.literal_eval(expression_of(source.lstrip(" \t")))


def _made(make: Callable[[], T]) -> T:
    """Make it again where Python says that its depth was miscounted: 3.11 counts that of all threads as one.

    See https://github.com/python/cpython/issues/106905.
    """
    for _ in range(_TRIES):
        try:
            return make()
        except SystemError:  # noqa: PERF203 - at the next try the others are elsewhere
            continue
    return make()
