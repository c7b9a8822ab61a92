"""Clients of HTTP without what registers answers for them: specced sessions and functions that give real responses.

requests and httpx, where neither responses nor respx is there; aiohttp, whose responses are specced too.
"""

from __future__ import annotations

import ast
import json
import re
from typing import TYPE_CHECKING, Any
from unittest import mock

from greenline_probe.explore.kinds.called import Called, calls_of, code_of
from greenline_probe.explore.kinds.http_replies import reason
from greenline_probe.explore.kinds.outside_calls import replaced
from greenline_probe.explore.sources import with_prelude

if TYPE_CHECKING:
    from greenline_probe.explore.subject import Subject
    from greenline_probe.explore.values import Values

CLIENTS = {
    "requests": {"Session"},
    "httpx": {"Client", "AsyncClient"},
    "aiohttp": {"ClientSession"},
}
_METHODS = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "request"})
_MADE = re.compile(r"^(\w+) = \w*(?:create_autospec|Mock|MagicMock)\((?!spec=\w*\.?ClientResponse)", re.MULTILINE)
_NAMES = ("response", "second")
FIRST_ERROR = 400


def statements(subject: Subject, values: Values, library: str, plans: list[str]) -> list[tuple[str, list[str]]]:
    """Return a name and statements for each function of the library that is called, and each client that is made."""
    found = []
    for called in calls_of(subject):
        home = str(getattr(called.thing, "__module__", "")).partition(".")[0]
        if home != library:
            continue
        if called.attribute in _METHODS and not isinstance(called.thing, type):
            found.append(
                (f"${called.attribute}", [_function(called, plan, subject, values, library) for plan in plans])
            )
        elif isinstance(called.thing, type) and called.thing.__name__ in CLIENTS[library]:
            variable = variable_of(library)
            put = f"monkeypatch.setattr({called.place(values.names)}, lambda **options: {variable})"
            made = [_client(called.thing, plan, subject, values, library) for plan in plans]
            found.append((f"${called.attribute}", [f"{each}\n{put}" for each in made]))
    return found


def clients(kind: Any, subject: Subject, values: Values, library: str, plans: list[str]) -> list[str]:
    """Return specced clients, each with other answers."""
    variable = variable_of(library)
    return [with_prelude(_client(kind, plan, subject, values, library), variable) for plan in plans]


def variable_of(library: str) -> str:
    """Return what a client is called."""
    return "client" if library == "httpx" else "session"


def without_answers(line: str, space: dict[str, Any]) -> str:
    """Return statements without answers that nothing asked for; empty where nothing is left to stand in for."""
    made = _MADE.search(line)
    if made is None or "response" not in line or _is_called(space.get(made[1])):
        return line
    if "create_autospec(" in made[0]:
        return ""
    if not re.search(rf"^{made[1]}\.(?:{'|'.join(_METHODS)})\.", line, re.MULTILINE):
        return line  # another kind's client, which has no such methods
    kept = (f"{made[1]} = ", "monkeypatch.setattr(", f"{made[1]}.__")
    return "\n".join(part for part in line.split("\n") if part.startswith(kept))


def _is_called(stand_in: Any) -> bool:
    if isinstance(stand_in, mock.NonCallableMock):
        return any(name in _METHODS for name, _, _ in stand_in.method_calls)
    return getattr(stand_in, "call_count", None) != 0


# ---- what stands in --------------------------------------------------------------------------------------------------


def _function(called: Called, plan: str, subject: Subject, values: Values, library: str) -> str:
    before, answers, is_error = _answers(plan, subject, values, library)
    if len(answers) > 1 or is_error:
        given = f"side_effect={answers[0] if len(answers) == 1 else _listed(answers)}"
    else:
        given = f"return_value={answers[0]}"
    return "\n".join([*before, *replaced(called, values, [given])])


def _client(kind: Any, plan: str, subject: Subject, values: Values, library: str) -> str:
    before, answers, is_error = _answers(plan, subject, values, library)
    variable, name = variable_of(library), f"{values.names.of_module(library)}.{kind.__name__}"
    used, is_entered = _used(subject, kind), _is_entered(subject, library)
    maker = "MagicMock" if is_entered or library == "aiohttp" else "Mock"
    maker = values.names.bind(maker, "unittest.mock", maker, getattr(mock, maker))
    lines = [*before, f"{variable} = {maker}(spec={name})"]
    if is_entered:
        enter = "__aenter__" if library == "aiohttp" or kind.__name__.startswith("Async") else "__enter__"
        lines.append(f"{variable}.{enter}.return_value = {variable}")
    for method in used:
        place = f"{variable}.{method}"
        if library == "aiohttp" and not _is_awaited(subject, method):
            place += ".return_value.__aenter__"
        elif library == "aiohttp":
            maker = values.names.bind("AsyncMock", "unittest.mock", "AsyncMock", mock.AsyncMock)
            lines.append(f"{place} = {maker}(spec={name}.{method})")
        if len(answers) > 1 or is_error:
            lines.append(f"{place}.side_effect = {answers[0] if len(answers) == 1 else _listed(answers)}")
        else:
            lines.append(f"{place}.return_value = {answers[0]}")
    return "\n".join(lines)


def _listed(answers: list[str]) -> str:
    return f"[{', '.join(answers)}]"


def _used(subject: Subject, kind: type) -> list[str]:
    """Return the methods by which the code asks clients of the class."""
    found = []
    for node in (n for code in code_of(subject) for n in ast.walk(code)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _METHODS:
            asked = ast.unparse(node.func.value).rpartition(".")[2].lower()
            if hasattr(kind, node.func.attr) and ("session" in asked or "client" in asked or "http" in asked):
                found.append(node.func.attr)
    return list(dict.fromkeys(found)) or ["get"]


def _is_entered(subject: Subject, library: str) -> bool:
    """Tell whether a client is entered: ``with httpx.Client() as client``."""
    items = [i for code in code_of(subject) for n in ast.walk(code) for i in getattr(n, "items", ()) if _is_item(i)]
    shown = [ast.unparse(item.context_expr) for item in items]
    return any(name in each for each in shown for name in CLIENTS[library])


def _is_item(item: Any) -> bool:
    return isinstance(item, ast.withitem)


def _is_awaited(subject: Subject, method: str) -> bool:
    awaited = [n.value for code in code_of(subject) for n in ast.walk(code) if isinstance(n, ast.Await)]
    return any(isinstance(n, ast.Call) and getattr(n.func, "attr", "") == method for n in awaited)


# ---- what is answered ------------------------------------------------------------------------------------------------


def _answers(plan: str, subject: Subject, values: Values, library: str) -> tuple[list[str], list[str], bool]:
    """Return statements before, an expression for each answer, and whether the only one is an error."""
    call = ast.parse(f"_({plan})", mode="eval").body
    given = call.args if isinstance(call, ast.Call) else []
    before: list[str] = []
    found: list[str] = []
    for node in given:
        if isinstance(node, ast.Call):
            found.append(ast.unparse(node))
            continue
        status, body, *headers = ast.literal_eval(node)
        name = _NAMES[sum(1 for each in found if each in _NAMES)]
        lines, source = _MAKERS[library](name, status, body, headers[0] if headers else {}, subject, values)
        before += lines
        found.append(source)
    return before, found, len(given) == 1 and isinstance(given[0], ast.Call)


def _of_requests(
    name: str, status: int, body: Any, headers: dict[str, str], subject: Subject, values: Values
) -> tuple[list[str], str]:
    content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    lines = [f"{name} = {values.names.of_module('requests')}.Response()", f"{name}.status_code = {status}"]
    if content:
        lines.append(f"{name}.raw = {values.names.of_module('io')}.BytesIO({content!r})")
    if status >= FIRST_ERROR and "raise_for_status" in _asked(subject):
        lines.append(f"{name}.reason = {reason(status)!r}")
    if content and "text" in _asked(subject):
        lines.append(f"{name}.encoding = 'utf-8'")
    return [*lines, *(f"{name}.headers[{key!r}] = {value!r}" for key, value in headers.items())], name


def _of_httpx(
    _: str, status: int, body: Any, headers: dict[str, str], subject: Subject, values: Values
) -> tuple[list[str], str]:
    httpx = values.names.of_module("httpx")
    given = [str(status)]
    if body != "":
        given.append(f"{'text' if isinstance(body, str) else 'json'}={body!r}")
    given += [f"headers={headers!r}"] if headers else []
    if "raise_for_status" in _asked(subject):  # which it cannot do for no request
        given.append(f"request={httpx}.Request('GET', 'https://example.com')")
    return [], f"{httpx}.Response({', '.join(given)})"


def _of_aiohttp(
    name: str, status: int, body: Any, headers: dict[str, str], subject: Subject, values: Values
) -> tuple[list[str], str]:
    asked, aiohttp = _asked(subject), values.names.of_module("aiohttp")
    maker = values.names.bind("Mock", "unittest.mock", "Mock", mock.Mock)
    told = [f"status={status}"]
    told += [f"ok={status < FIRST_ERROR}"] if "ok" in asked else []
    told += [f"headers={headers!r}"] if "headers" in asked else []
    lines = [f"{name} = {maker}(spec={aiohttp}.ClientResponse, {', '.join(told)})"]
    if status >= FIRST_ERROR and "raise_for_status" in asked:
        asked_for = f"{maker}(spec={aiohttp}.RequestInfo, real_url='https://example.com')"
        error = f"{aiohttp}.ClientResponseError({asked_for}, (), status={status})"
        lines.append(f"{name}.raise_for_status.side_effect = {error}")
    elif isinstance(body, str) and body == "not json" and "json" in asked:
        lines.append(f"{name}.json.side_effect = ValueError({body!r})")
    elif not isinstance(body, str):
        lines.append(f"{name}.json.return_value = {body!r}")
    for method in ("text", "read"):
        if method in asked and isinstance(body, str):
            lines.append(f"{name}.{method}.return_value = {(body if method == 'text' else body.encode())!r}")
    return lines, name


def _asked(subject: Subject) -> set[str]:
    return {n.attr for code in code_of(subject) for n in ast.walk(code) if isinstance(n, ast.Attribute)}


_MAKERS = {"requests": _of_requests, "httpx": _of_httpx, "aiohttp": _of_aiohttp}
