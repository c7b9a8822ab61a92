"""Calls through a test client: what is chosen for many slots is put together into the few arguments of one call."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Any, Callable

from greenline_probe.explore.sources import expression_of, plain
from greenline_probe.explore.template import Slot, Template

Pairs = list[tuple[Slot, str]]
Arguments = list[tuple[str, str, str]]

FORM = "client"


def _as_they_are(pairs: Pairs) -> Arguments:
    return [(s.name, s.label, expression_of(source)) for s, source in pairs if source and s.role == "argument"]


@dataclass
class Way(Template):
    """One way to call the target through a client. ``callee`` is the client's method."""

    form: str = FORM
    fixed: tuple[str, ...] = ()
    """Arguments that come first and are the same in each call."""
    join: Callable[[Pairs], Arguments] = _as_they_are
    """Makes (name, label, expression) of what is passed out of all slots and what is chosen for them."""

    def arguments(self, chosen: tuple[str, ...]) -> Arguments:
        """Return (parameter, label, expression) of what is passed in the call."""
        return self.join(list(zip(self.slots, chosen)))

    def call(self, passed: list[str], chosen: tuple[str, ...]) -> str:  # noqa: ARG002 - as it is called
        """Return the call with these argument texts (labels included)."""
        return f"{self.callee}({', '.join([*self.fixed, *passed])})"


def as_texts(source: str) -> list[str]:
    """Return the source as texts are typed or sent: ``3`` is ``'3'``, each item of a list is one; no literal stays."""
    expression = expression_of(source)
    try:
        value: Any = ast.literal_eval(expression)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return [expression]
    items = value if isinstance(value, (list, tuple)) else [value]
    return [repr(str(item)) for item in items]


def literals(pool: list[str]) -> list[str]:
    """Return those that are numbers and texts: what can be typed, or stand in an address."""
    return [s for s in plain(pool) if _is_scalar(s)]


def _is_scalar(source: str) -> bool:
    try:
        value = ast.literal_eval(source)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return False
    return isinstance(value, (str, int, float)) and "\x00" not in str(value) and str(value).isprintable()
