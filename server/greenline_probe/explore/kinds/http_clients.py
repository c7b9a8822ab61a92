"""Code that asks a server, by requests, httpx or aiohttp: what it is answered is registered with responses or respx.

Where these are not there, specced clients answer.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from typing import TYPE_CHECKING, Any

from greenline_probe.explore.kinds import http_bodies, http_clients_specced
from greenline_probe.explore.kinds.called import handled, libraries_of
from greenline_probe.explore.kinds.http_replies import Reply, Request, grouped, http_replies, latest
from greenline_probe.explore.pools import unique

if TYPE_CHECKING:
    from greenline_probe.explore.express import Expresser
    from greenline_probe.explore.subject import Subject
    from greenline_probe.explore.template import Slot
    from greenline_probe.explore.values import Values

_LIBRARIES = {"requests": "responses", "httpx": "respx"}
"""What asks -> what its answers are registered with."""
STANDS_IN = True
KNOWN = True
"""A client can always be made, though it may take longer than a call is given."""
_OPENING = "http_replies(monkeypatch, "
_SUCCESS = 300
_EMPTY = 204
_LINK = ": 'http"
_WITH_METHOD = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
_ERRORS = {
    "requests": [("Timeout", "timed out"), ("ConnectionError", "connection refused")],
    "httpx": [("ConnectTimeout", "timed out"), ("ConnectError", "connection refused")],
    "aiohttp": [("ConnectionTimeoutError", "timed out"), ("ClientConnectionError", "connection refused")],
}
_asking: list[Subject] = []
"""Whose code asks the clients that are made."""


def ways(subject: Subject, _: Values) -> None:
    """Note whose code it is: what a client answers is what that code tells apart."""
    _asking[:] = [subject]


def settings(subject: Subject, values: Values) -> list[Slot]:
    """Return the slot of a server's answers, where the code asks one."""
    from greenline_probe.explore.template import Slot  # noqa: PLC0415 - it imports this package

    library = _library(subject)
    if not library:
        return [
            Slot(name, pool, "setting")
            for each in _without_tool(subject)
            for name, pool in http_clients_specced.statements(subject, values, each, _plans(subject, values, each))
        ]
    values.names.bound["http_replies"] = http_replies
    pool = [f"{_OPENING}{plan})" for plan in _plans(subject, values, library)]
    return [Slot("$http", pool, "setting")]


def instances(kind: Any, values: Values) -> list[str]:
    """Return a client as people make one."""
    home = str(getattr(kind, "__module__", "")).partition(".")[0]
    if reaches_outside(kind) and not _has_tool(home):
        plans = _plans(_asking[0], values, home) if _asking else []
        return http_clients_specced.clients(kind, _asking[0], values, home, plans) if plans else []
    if reaches_outside(kind):
        return [f"{values.names.of_module(home)}.{kind.__name__}()"]
    return []


def reaches_outside(kind: Any) -> bool:
    """Tell whether it is a class of clients."""
    home = str(getattr(kind, "__module__", "")).partition(".")[0]
    return getattr(kind, "__name__", "") in http_clients_specced.CLIENTS.get(home, ())


def arranged(
    lines: list[str], space: dict[str, Any], express: Expresser
) -> tuple[list[str], list[str], list[str]] | None:
    """Return the statements as a test has them, its decorators, and what it asserts of the requests."""
    places = [i for i, line in enumerate(lines) if line.startswith(_OPENING)]
    if not places:
        left = [without for line in lines if (without := http_clients_specced.without_answers(line, space))]
        return (left, [], []) if left != lines else None
    requests = latest[0].requests if latest else []
    library = requests[0].library if requests else ""
    written: list[str] = []
    for request, replies in grouped(requests):
        made = (
            _of_requests(request, replies, express) if library == "requests" else _of_httpx(request, replies, express)
        )
        written += made
    place = places[0]
    left = [line for line in lines if not line.startswith(_OPENING)]
    if not requests:
        return left, [], []
    tool = express.names.of_module(_LIBRARIES[library])
    decorator = f"{tool}.activate" if library == "requests" else f"{tool}.mock"
    counted = (
        f"len({tool}.calls) == {len(requests)}"
        if library == "requests"
        else f"{tool}.calls.call_count == {len(requests)}"
    )
    return [*left[:place], *written, *left[place:]], [decorator], [counted] if len(requests) > 1 else []


# ---- what is tried -------------------------------------------------------------------------------------------------


def _library(subject: Subject) -> str:
    named = libraries_of(subject)
    for library, tool in _LIBRARIES.items():
        if library in named and _has_tool(library):
            importlib.import_module(tool)
            return library
    return ""


def _has_tool(library: str) -> bool:
    return library in _LIBRARIES and importlib.util.find_spec(_LIBRARIES[library]) is not None


def _without_tool(subject: Subject) -> list[str]:
    named = libraries_of(subject)
    return [each for each in http_clients_specced.CLIENTS if each in named and not _has_tool(each)]


def _plans(subject: Subject, values: Values, library: str) -> list[str]:
    json = http_bodies.bodies(subject, values)
    texts = http_bodies.texts(subject)
    linked, ends = [b for b in json if _LINK in b], [b for b in json if _LINK not in b]
    if linked and ends:  # each page that leads to another needs that one
        json = [*ends, *linked]
    made = [*json, *texts] if json or texts else ["{'id': 1}" if _has_tool(library) else "''"]
    headers = http_bodies.headers(subject, values)
    bad = [s for s in http_bodies.statuses(subject) if s >= _SUCCESS]
    good = [s for s in http_bodies.statuses(subject) if s < _SUCCESS and s != _EMPTY] or [200]
    right = [f"({good[0]}, {body})" for body in made]
    wrong = [f"({status}, '')" for status in bad]
    wrong += [f"({status}, '', {given})" for status in bad for given in headers]
    other = [f"({status}, {made[0]})" for status in [*good[1:], 200]]
    other += [f"({_EMPTY}, '')"] if _EMPTY in http_bodies.statuses(subject) else []
    other += [f"({good[0]}, {made[0]}, {given})" for given in headers]
    errors = _errors(subject, values, library)
    garbled = ["(200, 'not json')"] if json and _minds_garbled(subject) else []
    pages = [f"({good[0]}, {one}), ({good[0]}, {two})" for one in linked[:1] for two in ends[:2]]
    single = [right[0], *pages, *wrong[:4], *errors, *other, *right[1:], *garbled, *wrong[4:]]
    double = [f"{one}, {right[0]}" for one in [*wrong[:4], *errors]]
    double += [f"{right[0]}, {two}" for two in right[1:]]
    return unique([*single, *double])


def _errors(subject: Subject, values: Values, library: str) -> list[str]:
    """Return the errors that the code is ready for."""
    module, name = sys.modules[library], values.names.of_module(library)
    caught = tuple(kind for kind in handled(subject) if kind.__module__.partition(".")[0] == library)
    wanted = [(n, m) for n, m in _ERRORS[library] if caught and issubclass(getattr(module, n, object), caught)]
    return [f"{name}.{n}({m!r})" for n, m in wanted]


def _minds_garbled(subject: Subject) -> bool:
    return any(issubclass(ValueError, kind) or issubclass(kind, ValueError) for kind in handled(subject))


# ---- what is written -----------------------------------------------------------------------------------------------


def _of_requests(request: Request, replies: list[Reply], express: Expresser) -> list[str]:
    tool = express.names.of_module("responses")
    if request.method in _WITH_METHOD:
        head = f"{tool}.{request.method.lower()}({request.url!r}"
    else:
        head = f"{tool}.add({request.method!r}, {request.url!r}"
    match = []
    if request.sent is not None:
        match.append(f"json_params_matcher({express.express(request.sent)})")
    if request.own_headers:
        match.append(f"header_matcher({request.own_headers!r})")
    if match:
        matchers = express.names.bind("matchers", "responses", "matchers", sys.modules["responses"].matchers)
        match = [f"match=[{', '.join(f'{matchers}.{m}' for m in match)}]"]
    return [f"{', '.join([head, *_registered(reply, express), *match])})" for reply in replies]


def _registered(reply: Reply, express: Expresser) -> list[str]:
    if reply.error is not None:
        return [f"body={_error(reply.error, express)}"]
    return _content(reply, express, "body")


def _of_httpx(request: Request, replies: list[Reply], express: Expresser) -> list[str]:
    tool, httpx = express.names.of_module("respx"), express.names.of_module("httpx")
    named = [f"json={express.express(request.sent)}"] if request.sent is not None else []
    named += [f"headers={request.own_headers!r}"] if request.own_headers else []
    if request.method in _WITH_METHOD:
        head = f"{tool}.{request.method.lower()}({', '.join([repr(request.url), *named])})"
    else:
        head = f"{tool}.route({', '.join([f'method={request.method!r}', f'url={request.url!r}', *named])})"
    made = []
    for reply in replies:
        if reply.error is not None:
            made.append(_error(reply.error, express))
        else:
            status, *rest = _content(reply, express, "text", always=True)
            made.append(f"{httpx}.Response({', '.join([status.partition('=')[2], *rest])})")
    if len(replies) > 1:
        return [f"{head}.mock(side_effect=[{', '.join(made)}])"]
    return [f"{head}.mock({'side_effect' if replies[0].error is not None else 'return_value'}={made[0]})"]


def _content(reply: Reply, express: Expresser, text: str, *, always: bool = False) -> list[str]:
    shown = [f"status={reply.status}"] if always or reply.status != 200 else []
    if reply.body != "" or (reply.status < _SUCCESS and reply.status != _EMPTY):
        shown.append(f"{text if isinstance(reply.body, str) else 'json'}={express.express(reply.body)}")
    return [*shown, *([f"headers={reply.headers!r}"] if reply.headers else [])]


def _error(error: BaseException, express: Expresser) -> str:
    home = type(error).__module__.partition(".")[0]
    return f"{express.names.of_module(home)}.{type(error).__name__}({str(error)!r})"
