"""Django views: asked by the test client, at the address that the project's URLs give them."""

from __future__ import annotations

import ast
import importlib
import sys
from typing import TYPE_CHECKING, Any

from greenline_probe.explore.definitions import find_def
from greenline_probe.explore.kinds.clients import Way
from greenline_probe.explore.kinds.django_addresses import Address, addresses_of
from greenline_probe.explore.kinds.django_tests import asker, settings_of_django
from greenline_probe.explore.kinds.pages import LONGEST
from greenline_probe.explore.kinds.web_values import Asked, Request, asked_of, open_slot, text_slot
from greenline_probe.explore.subject import Subject
from greenline_probe.explore.template import Slot, Template
from greenline_probe.explore.values import Values

if TYPE_CHECKING:
    from greenline_probe.explore.express import Names

METHODS = ("get", "post", "put", "patch", "delete")
_PLACES = {"GET": "query", "POST": "form", "headers": "headers"}


def ways(subject: Subject, values: Values) -> list[Template] | None:
    """Return how a view is asked at each of its addresses, one way for each method."""
    if subject.owner is not None and subject.name not in METHODS:
        return None
    if not getattr(settings_of_django(), "ROOT_URLCONF", None):
        return None
    addresses = addresses_of(subject)
    if not addresses:
        return None
    client = asker("Client", values)
    return [
        client.put_before(_way(subject, f"{client.expression}.{method}", address, values))
        for address in addresses
        for method in methods_of(subject)
    ]


def state(value: Any, _names: Names) -> list[str] | None:
    """Return nothing of a client: what it remembers is asserted of no response."""
    test = sys.modules.get("django.test")
    return [] if test is not None and isinstance(value, (test.Client, test.RequestFactory)) else None


def parts(value: Any) -> list[str] | None:
    """Return status and body of a response, and where it leads."""
    if not _is_response(value):
        return None
    if not getattr(value, "is_rendered", True):
        return ["{}.status_code", "{}.template_name"]
    if "json" in value.headers.get("Content-Type", "") and hasattr(value, "json"):  # it came through a client
        return ["{}.status_code", "{}.json()"]
    if 300 <= value.status_code < 400 and hasattr(value, "url"):
        return ["{}.status_code", "{}.url"]
    text = b"" if value.streaming else value.content
    is_short = 0 < len(text) <= LONGEST and b"<!doctype html>" not in text.lower()
    return ["{}.status_code", *(["{}.content.decode()"] if is_short else [])]


def request_of(subject: Subject, path: str, method: str, values: Values) -> Request:
    """Return the slots of a request by that method, as far as they do not stand in the path."""
    asked = _asked(subject)
    request = Request(path, words={"form": "data=", "json": "data=", "headers": "headers="})
    request.query = [text_slot(name, values) for name in asked.query]
    request.headers = [text_slot(name, values) for name in asked.headers]
    if method in ("post", "put", "patch"):
        request.form = [text_slot(name, values) for name in asked.form]
        request.json, request.has_json = [open_slot(name, values) for name in asked.json], asked.takes_json
        if request.has_json:
            request.more = ("content_type", "content_type=", "'application/json'")
    return request


def methods_of(subject: Subject) -> list[str]:
    """Return the methods that a view tells apart, or needs for what it reads."""
    if subject.owner is not None:
        return [subject.name]
    asked = _asked(subject)
    named = {n.value for n in ast.walk(subject.node) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    sends = "POST" in named or asked.form or asked.takes_json or "require_POST" in ast.unparse(subject.node)
    more = [m for m in METHODS[2:] if m.upper() in named]
    is_told = "GET" in named and "request.method" in ast.unparse(subject.node)
    return ["get", *(["post"] if sends or is_told else []), *more]


def _way(subject: Subject, callee: str, address: Address, values: Values) -> Way:
    request = request_of(subject, address.path, callee.rpartition(".")[2], values)
    request.path = address.slots(values)
    return Way(subject, callee, [*stored(subject, values), *request.slots], join=request.join)


def stored(subject: Subject, values: Values) -> list[Slot]:
    """Return slots for the rows that are stored before a view is asked."""
    if "django.db.models" not in sys.modules:
        return []
    models = importlib.import_module("greenline_probe.explore.kinds.django_models")
    slots: list[Slot] = models.settings(subject, values)
    return slots


def _asked(subject: Subject) -> Asked:
    node = find_def(subject.tree, subject.qualname)
    return asked_of([node] if node is not None else [], _PLACES, _is_body)


def _is_body(node: ast.expr) -> bool:
    """Tell ``json.loads(request.body)``."""
    return (
        isinstance(node, ast.Call) and ast.unparse(node.func).endswith("loads") and "request.body" in ast.unparse(node)
    )


def _is_response(value: Any) -> bool:
    http = sys.modules.get("django.http")
    return http is not None and isinstance(value, http.HttpResponseBase)
