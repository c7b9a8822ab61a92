"""Django views: asked by ``django.test.Client``, at the address that the project's URLs give them."""

from __future__ import annotations

import ast
import functools
import importlib
import inspect
import logging
import sys
from collections.abc import Iterator
from typing import Any

from greenline_probe.explore.definitions import find_def
from greenline_probe.explore.kinds.clients import Way
from greenline_probe.explore.kinds.web_values import (
    LONGEST,
    Asked,
    Request,
    asked_of,
    names_in_address,
    open_slot,
    slot,
    text_slot,
)
from greenline_probe.explore.subject import Subject
from greenline_probe.explore.template import Template
from greenline_probe.explore.values import Values

_PLACES = {"GET": "query", "POST": "form", "headers": "headers"}
_CONVERTERS = {"IntConverter": int}
_METHODS = ("get", "post", "put", "patch", "delete")


def ways(subject: Subject, values: Values) -> list[Template] | None:
    """Return how a view is asked at each of its addresses, one way for each method."""
    if subject.owner is not None and subject.name not in _METHODS:
        return None
    if not _is_set_up():
        return None
    found = [
        (address, pattern)
        for address, pattern in _patterns(importlib.import_module("django.urls").get_resolver(), "/")
        if _is(pattern.callback, subject)
    ]
    if not found:
        return None
    _as_in_tests()
    client = importlib.import_module("django.test").Client
    maker = values.names.bind("Client", "django.test", "Client", client)
    asked = _asked(subject)
    methods = [subject.name] if subject.owner is not None else _methods(asked, subject)
    return [
        _way(subject, f"{maker}().{method}", address, pattern, asked, values)
        for address, pattern in found
        for method in methods
    ]


def parts(value: Any) -> list[str] | None:
    """Return status and body of a response, and where it leads."""
    if not _is_response(value):
        return None
    if "json" in value.headers.get("Content-Type", ""):
        return ["{}.status_code", "{}.json()"]
    if 300 <= value.status_code < 400 and hasattr(value, "url"):
        return ["{}.status_code", "{}.url"]
    text = b"" if value.streaming else value.content
    is_short = 0 < len(text) <= LONGEST and b"<!doctype html>" not in text.lower()
    return ["{}.status_code", *(["{}.content.decode()"] if is_short else [])]


def _way(subject: Subject, callee: str, address: str, pattern: Any, asked: Asked, values: Values) -> Way:
    method = callee.rpartition(".")[2]
    request = Request(address, words={"form": "data=", "json": "data=", "headers": "headers="})
    converters = {name: type(each).__name__ for name, each in pattern.pattern.converters.items()}
    for name in names_in_address(address):
        hint = _CONVERTERS.get(converters.get(name, ""), str)
        request.path.append(slot(name, hint, values, is_needed=True))
    request.query = [text_slot(name, values) for name in asked.query]
    request.headers = [text_slot(name, values) for name in asked.headers]
    if method in ("post", "put", "patch"):
        request.form = [text_slot(name, values) for name in asked.form]
        request.json, request.has_json = [open_slot(name, values) for name in asked.json], asked.takes_json
        if request.has_json:
            request.more = ("content_type", "content_type=", "'application/json'")
    return Way(subject, callee, request.slots, join=request.join)


def _methods(asked: Asked, subject: Subject) -> list[str]:
    """Return the methods that a function view tells apart, or needs for what it reads."""
    named = {n.value for n in ast.walk(subject.node) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    sends = "POST" in named or asked.form or asked.takes_json or "require_POST" in ast.unparse(subject.node)
    more = [m for m in _METHODS[2:] if m.upper() in named]
    return ["get", *(["post"] if sends else []), *more]


def _asked(subject: Subject) -> Asked:
    node = find_def(subject.tree, subject.qualname)
    return asked_of([node] if node is not None else [], _PLACES, _is_body)


def _is_body(node: ast.expr) -> bool:
    """Tell ``json.loads(request.body)``."""
    return (
        isinstance(node, ast.Call) and ast.unparse(node.func).endswith("loads") and "request.body" in ast.unparse(node)
    )


def _patterns(resolver: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    """Yield (address, pattern) of each view; what is given by regular expressions is left out."""
    for pattern in resolver.url_patterns:
        route = getattr(pattern.pattern, "_route", None)
        if route is None:
            continue
        if hasattr(pattern, "url_patterns"):
            yield from _patterns(pattern, f"{prefix}{route}")
        else:
            yield f"{prefix}{route}", pattern


def _is(callback: Any, subject: Subject) -> bool:
    if subject.owner is not None:
        return getattr(callback, "view_class", None) is subject.owner
    return inspect.isfunction(callback) and inspect.unwrap(callback) is subject.function


def _is_set_up() -> bool:
    settings = importlib.import_module("django.conf").settings
    return bool(settings.configured and getattr(settings, "ROOT_URLCONF", None))


@functools.lru_cache(maxsize=1)
def _as_in_tests() -> None:
    """Let the test client's host be known, as pytest-django does; what Django logs of each error is not asserted."""
    logging.getLogger("django.request").propagate = False
    importlib.import_module("django.test.utils").setup_test_environment()


def _is_response(value: Any) -> bool:
    http = sys.modules.get("django.http")
    return http is not None and isinstance(value, http.HttpResponseBase)
