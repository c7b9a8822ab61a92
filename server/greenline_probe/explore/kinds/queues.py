"""Functions that take queues: one that is read is filled before, with an end; another one is looked at afterwards."""

from __future__ import annotations

import ast
import queue
import typing
from typing import TYPE_CHECKING, Any

from greenline_probe.explore.pools import unique
from greenline_probe.explore.sources import plain, with_prelude

if TYPE_CHECKING:
    from greenline_probe.explore.values import Values

_READS = frozenset({"get", "get_nowait"})
_KINDS = (queue.Queue, queue.LifoQueue, queue.SimpleQueue)
_MARK_LENGTH = 2
"""A constant that is no longer stands between the parts of an item."""


def parameters(name: str, hint: Any, values: Values) -> list[str]:
    """Return queues in a variable that is named as the parameter; none for other types."""
    kind = typing.get_origin(hint) or hint
    if kind not in _KINDS:
        return []
    made = f"{name} = {values.names.of(kind)}()"
    if not values.facts.uses.get(name, set()) & _READS:
        return [with_prelude(made, name)]
    given = typing.get_args(hint)
    fillings = _fillings(plain(values.of_type(given[0], 1)) if given else [], values)
    return [with_prelude("\n".join([made, *(f"{name}.put({item})" for item in items)]), name) for items in fillings]


def _fillings(typed: list[str], values: Values) -> list[list[str]]:
    """Return rows of items, each with what ends the reading as its last."""
    marks = [c for c in values.facts.constants if isinstance(c, str) and c.strip() and len(c) <= _MARK_LENGTH]
    items = [s for s in typed if s != "None"][:3] or ["'abc'", "3"]
    if any(item[:1] in "'\"" for item in items):
        items = unique([*(repr(f"abc{mark}3") for mark in marks[:2]), *items])
    end = _end(values)
    return [[items[0], end], [*items[:3], end], *([item, end] for item in items[1:]), [end]]


def _end(values: Values) -> str:
    """Return what the code takes for the end: what it compares with by ``is``, else None."""
    for node in (n for code in values.facts.code for n in ast.walk(code)):
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Is):
            named = node.comparators[0]
            held = vars(values.names.module).get(named.id) if isinstance(named, ast.Name) else None
            if isinstance(named, ast.Name) and held is not None:
                return values.names.bind_attribute(values.names.module.__name__, named.id, held)
    return "None"
