"""The routes of an app of Starlette or FastAPI: its own, those of included routers, and those below a mount."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

DEEPEST = 8


@dataclass(frozen=True)
class Route:
    """One address with the function behind it."""

    path: str
    """The whole address, a name in braces for each part that varies."""
    methods: frozenset[str]
    endpoint: Any
    dependant: Any = None
    """What FastAPI read from the endpoint's parameters, None for a route of Starlette's."""
    convertors: dict[str, Any] = field(default_factory=dict)
    """By the name of a part of the address."""


def routes_of(app: Any, prefix: str = "", deep: int = DEEPEST) -> Iterator[Route]:
    """Yield the routes of functions that answer by HTTP."""
    for route in getattr(app, "routes", ()):
        # FastAPI keeps an included router as one entry that knows its routes; before, it copied them.
        included = getattr(route, "effective_route_contexts", None)
        for each in included() if callable(included) else [route]:
            yield from _one(getattr(each, "starlette_route", None) or each, prefix, deep)


def _one(route: Any, prefix: str, deep: int) -> Iterator[Route]:
    path, endpoint = getattr(route, "path", None), getattr(route, "endpoint", None)
    methods = getattr(route, "methods", None)
    if path is None:  # a host, which clients do not ask for
        return
    if methods and inspect.isfunction(endpoint):
        convertors = getattr(route, "param_convertors", None) or {}
        yield Route(f"{prefix}{path}", frozenset(methods), endpoint, getattr(route, "dependant", None), convertors)
    # An app of its own is asked by its own name: what it depends on is not overridden from outside.
    elif deep and not hasattr(getattr(route, "app", None), "dependency_overrides"):
        yield from routes_of(route, f"{prefix}{path}", deep - 1)
