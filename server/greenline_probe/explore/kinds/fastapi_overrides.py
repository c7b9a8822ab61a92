"""What stands in the place of what an endpoint depends on: another value, or a session of a database in memory."""

from __future__ import annotations

import collections.abc as cabc
import importlib
import inspect
import sys
import typing
from collections.abc import Iterator
from typing import Any

from greenline_probe.explore.sources import plain
from greenline_probe.explore.template import OMITTED, Slot
from greenline_probe.explore.values import Values

MOST = 6
DEEPEST = 4
_GIVES = (cabc.Iterator, cabc.Iterable, cabc.Generator, cabc.AsyncIterator, cabc.AsyncIterable, cabc.AsyncGenerator)
"""What a dependency is annotated with that yields what it gives."""


def overrides(dependant: Any, app: str, values: Values) -> list[Slot]:
    """Return slots that put something else in the place of what an endpoint depends on.

    ``dependant`` is what FastAPI read of the endpoint, ``app`` the expression of its app. A session is always put
    there: where the endpoint would get one otherwise, there is no database.
    """
    found: dict[str, Slot] = {}
    for name, call, hint, is_direct in _asked(dependant, values, DEEPEST):
        known = values.names.of(call)
        if known is None or known in found:
            continue
        place = f"monkeypatch.setitem({app}.dependency_overrides, {known}, lambda: "
        sessions = _sessions(hint, values)
        if sessions:
            found[known] = Slot(f"${name}", [f"{rows}{place}{given})" for rows, given in sessions], "setting")
        elif is_direct:
            bare = inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=hint)
            pool = [f"{place}{source})" for source in plain(values.of_parameter(bare, hint))]
            found[known] = Slot(f"${name}", [OMITTED, *pool[:MOST]], "setting")
    return list(found.values())


def _asked(dependant: Any, values: Values, deep: int) -> Iterator[tuple[str, Any, Any, bool]]:
    """Yield (parameter, function, what it gives, whether the endpoint itself asks) of all that is depended on."""
    hints = values.hints(inspect.unwrap(dependant.call)) if inspect.isfunction(dependant.call) else {}
    for inner in dependant.dependencies:
        if inner.name and inspect.isfunction(inner.call):
            own = values.hints(inner.call).get("return", inspect.Parameter.empty)
            hint = hints.get(inner.name, inspect.Parameter.empty)
            yield inner.name, inner.call, _given(own if hint is inspect.Parameter.empty else hint), deep == DEEPEST
        if deep:
            yield from _asked(inner, values, deep - 1)


def _given(hint: Any) -> Any:
    """Return what is given by a dependency that is annotated so: what it yields, not what makes that."""
    return typing.get_args(hint)[0] if typing.get_origin(hint) in _GIVES else hint


def _sessions(hint: Any, values: Values) -> list[tuple[str, str]]:
    """Return (statements before, expression) of sessions, for a dependency that gives one."""
    if "sqlalchemy.orm" not in sys.modules:
        return []
    kind = importlib.import_module("greenline_probe.explore.kinds.sqlalchemy_sessions")
    if not kind.is_session(hint):
        return []
    given = values.objects.given(hint)
    if given:
        return [("", given[0])]
    return [(f"{rows}\n" if rows else "", kind.SHARED) for rows in kind.shared(values)]
