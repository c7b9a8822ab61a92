"""Flask views: asked through the test client of the app, a factory's app, or one that takes up their blueprint."""

from __future__ import annotations

import ast
import contextlib
import functools
import importlib
import inspect
import re
import sys
from collections.abc import Iterator
from typing import Any

from greenline_probe.explore.kinds.apps import apps_of, code_around, given_client, is_registered
from greenline_probe.explore.kinds.clients import Way
from greenline_probe.explore.kinds.pages import holds, know_templates, know_texts, told
from greenline_probe.explore.kinds.web_values import (
    Asked,
    Request,
    asked_of,
    names_in_address,
    open_slot,
    slot,
    text_slot,
)
from greenline_probe.explore.subject import Subject
from greenline_probe.explore.template import CLIENT, Slot, Template
from greenline_probe.explore.values import Values

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_PLACES = {"args": "query", "values": "query", "form": "form", "headers": "headers", "json": "json"}
_CONVERTERS = {"IntegerConverter": int, "FloatConverter": float}
_DESCRIBED = re.compile(r"<p>(.*?)</p>", re.DOTALL)
_raised: list[BaseException] = []
"""What views raised that nobody handled, in the last request."""


def ways(subject: Subject, values: Values) -> list[Template] | None:
    """Return how the routes of a view are asked, one way for each method."""
    if "." in subject.qualname:
        return None
    for app, arranged in apps_of(subject, values, sys.modules["flask"].Flask, _taken_up):
        rules = [
            (rule, method)
            for rule in app.url_map.iter_rules()
            if _is(app.view_functions.get(rule.endpoint), subject.function)
            for method in _METHODS
            if method in rule.methods
        ]
        if rules:
            _watch()
            know_texts(subject.module)
            know_templates(app.jinja_env)
            made = "\n".join([*arranged[:-1], f"client = {arranged[-1]}.test_client()"])
            knows = f"next(r for r in {{}}.application.url_map.iter_rules() if r.rule == {rules[0][0].rule!r})"
            given = given_client(values, importlib.import_module("flask.testing").FlaskClient, knows)
            client = Slot(CLIENT, [f"client = {given}" if given else made], "setting")
            asked = _asked(subject)
            return [_way(subject, client, rule, method, asked, values) for rule, method in rules]
    return None


@contextlib.contextmanager
def around() -> Iterator[None]:
    """Look at each request by itself."""
    _raised.clear()
    yield


def failure(value: Any) -> BaseException | None:
    """Return what a view raised and nobody handled, where the response says no more than that."""
    if not _is_response(value) or value.status_code != 500 or not _raised:
        return None
    return _raised.pop()


def is_unhandled(value: Any) -> bool:
    """Tell whether a person would see that something is broken: meant or not, nobody has answered the request."""
    return _is_response(value) and value.status_code == 500


def parts(value: Any) -> list[str] | None:
    """Return status and body of a response, and where it leads; the addresses of an app."""
    flask = sys.modules.get("flask")
    if flask is not None and isinstance(value, flask.Flask):
        return ["sorted(map(str, {}.url_map.iter_rules()))"]
    if not _is_response(value):
        return None
    if value.is_json:
        return ["{}.status_code", "{}.get_json()"]
    if 300 <= value.status_code < 400:
        return ["{}.status_code", "{}.location"]
    text = value.get_data(as_text=True)
    shown = "{}.text" if hasattr(value, "text") else "{}.get_data(as_text=True)"
    if value.status_code >= 400 and "<!doctype html>" in text:
        return ["{}.status_code", *_description(value.status_code, text, shown)]
    request = getattr(value, "request", None)
    sent = [] if request is None else [request.full_path]  # what it sent has been read
    return ["{}.status_code", *told(text, shown, sent)]


def _description(status: int, text: str, shown: str) -> list[str]:
    """Return what the project says about an error; what Werkzeug says of each is its own."""
    known = importlib.import_module("werkzeug.exceptions").default_exceptions.get(status)
    found = _DESCRIBED.search(text)
    said = found.group(1) if found else ""
    if not said or "&" in said or "\n" in said or known is None or said == known.description:
        return []
    return [holds(said, shown)]


def is_callback(subject: Subject) -> bool:
    """Tell whether a decorator of an app or a blueprint takes the target as a view."""
    flask = sys.modules["flask"]
    return is_registered(subject, (flask.Flask, flask.Blueprint))


def _way(subject: Subject, client: Slot, rule: Any, method: str, asked: Asked, values: Values) -> Way:
    converters = {name: type(each).__name__ for name, each in rule._converters.items()}  # noqa: SLF001 - no other way
    request = Request(rule.rule)
    for name in names_in_address(rule.rule):
        hint = _CONVERTERS.get(converters.get(name, ""), str)
        request.path.append(slot(name, hint, values, is_needed=True))
    request.query = [text_slot(name, values, asked.words) for name in asked.query]
    request.headers = [text_slot(name, values, asked.words) for name in asked.headers]
    if method not in ("GET", "DELETE"):
        request.form = [text_slot(name, values) for name in asked.form]
        request.json = [open_slot(name, values) for name in asked.json]
        request.has_json = asked.takes_json
    return Way(subject, f"client.{method.lower()}", [client, *request.slots], join=request.join)


def _asked(subject: Subject) -> Asked:
    return asked_of(code_around(subject), _PLACES, _is_json)


def _is_json(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Attribute) and node.func.attr == "get_json"
    return isinstance(node, ast.Attribute) and node.attr == "json" and ast.unparse(node.value) == "request"


def _taken_up(thing: Any, name: str, values: Values, module: str) -> tuple[Any, list[str]] | None:
    """Return an app that takes up a blueprint, and what makes it in a test."""
    flask = sys.modules["flask"]
    if not isinstance(thing, flask.Blueprint):
        return None
    app = flask.Flask("app")
    app.register_blueprint(thing)
    made = values.names.bind_attribute("flask", "Flask", flask.Flask)
    blueprint = values.names.bind_attribute(module, name, thing)
    return app, [f'app = {made}("app")', f"app.register_blueprint({blueprint})", "app"]


def _is(view: Any, function: Any) -> bool:
    return view is not None and inspect.unwrap(view) is inspect.unwrap(function)


def _watch() -> None:
    """Hear of what views raise: the response alone does not tell."""
    flask = sys.modules["flask"]
    try:
        flask.got_request_exception.connect(_heard)
    except RuntimeError:  # Flask before 2.3, without blinker: there are no signals
        _watch_without_signals(flask.Flask)


@functools.lru_cache(maxsize=1)
def _watch_without_signals(app: Any) -> None:
    handle = app.handle_exception

    def handle_exception(self: Any, error: Exception) -> Any:
        _heard(self, error)
        return handle(self, error)

    app.handle_exception = handle_exception


def _heard(_sender: Any, exception: BaseException, **_: Any) -> None:
    _raised[:] = [exception]


def _is_response(value: Any) -> bool:
    wrappers = sys.modules.get("werkzeug.wrappers")
    return wrappers is not None and isinstance(value, wrappers.Response)
