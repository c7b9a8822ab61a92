"""Routes of FastAPI and Starlette: asked through ``TestClient(app)``, with bodies that their models take."""

from __future__ import annotations

import ast
import importlib
import inspect
import sys
import typing
from typing import Any

from greenline_probe.explore.kinds.apps import apps_of, code_around, is_registered
from greenline_probe.explore.kinds.asgi_clients import client_of
from greenline_probe.explore.kinds.asgi_routes import Route, routes_of
from greenline_probe.explore.kinds.clients import Way, literals
from greenline_probe.explore.kinds.fastapi_overrides import overrides
from greenline_probe.explore.kinds.pages import know_templates, know_texts, told
from greenline_probe.explore.kinds.web_values import (
    Request,
    asked_of,
    names_in_address,
    open_slot,
    slot,
    text_slot,
)
from greenline_probe.explore.pools import unique
from greenline_probe.explore.sources import plain
from greenline_probe.explore.subject import Subject
from greenline_probe.explore.template import CLIENT, OMITTED, Slot, Template
from greenline_probe.explore.values import Values

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_PLACES = {"query_params": "query", "headers": "headers", "path_params": "query"}
MOST = 16
DEEPEST = 2
MOST_OVERRIDES = 6


def ways(subject: Subject, values: Values) -> list[Template] | None:
    """Return how the routes of an endpoint are asked, one way for each method."""
    if "." in subject.qualname:
        return None
    for app, arranged in apps_of(subject, values, _base(), _taken_up):
        found = [
            (route, method)
            for route in routes_of(app)
            if inspect.unwrap(route.endpoint) is inspect.unwrap(subject.function)
            for method in _METHODS
            if method in route.methods
        ]
        if found:
            know_texts(subject.module)
            for held in list(vars(subject.module).values()):
                if type(held).__name__ == "Jinja2Templates":
                    know_templates(held.env)
            client = Slot(CLIENT, [client_of((app, arranged), _library(), values)], "setting")
            return [_way(subject, client, route, method, arranged[-1], values) for route, method in found]
    return None


def parts(value: Any) -> list[str] | None:
    """Return status and body of a response; of one that the declared types refuse, where they do; an app's paths."""
    fastapi = sys.modules.get("fastapi")
    if fastapi is not None and isinstance(value, fastapi.FastAPI):
        return ['sorted({}.openapi()["paths"])']
    if not _is_response(value):
        return None
    if "json" in value.headers.get("content-type", ""):
        if is_refusal(value):
            return ["{}.status_code", '{}.json()["detail"][0]["loc"]']
        return ["{}.status_code", "{}.json()"]
    return ["{}.status_code", *told(value.text, "{}.text", [str(value.request.url.raw_path, "ascii")])]


def is_refusal(value: Any) -> bool:
    """Tell whether FastAPI found that a request is not of the declared types."""
    if not _is_response(value) or value.status_code != 422 or "json" not in value.headers.get("content-type", ""):
        return False
    body = value.json()
    detail = body.get("detail") if isinstance(body, dict) else None
    return isinstance(detail, list) and bool(detail) and isinstance(detail[0], dict) and "loc" in detail[0]


def is_callback(subject: Subject) -> bool:
    """Tell whether a decorator of an app or a router takes the target as an endpoint."""
    fastapi = sys.modules.get("fastapi")
    return is_registered(subject, (_base(), *([fastapi.APIRouter] if fastapi is not None else [])))


def _way(subject: Subject, client: Slot, route: Route, method: str, app: str, values: Values) -> Way:
    dependant = route.dependant
    request = Request(route.path) if dependant is None else _declared(route, dependant, values)
    if dependant is None or getattr(dependant, "request_param_name", None):
        _read(request, subject, route, method, values)
    instead = [] if dependant is None else overrides(dependant, app, values)
    return Way(subject, f"client.{method.lower()}", [client, *instead, *request.slots], join=request.join)


def _declared(route: Route, dependant: Any, values: Values) -> Request:
    """Return the request that FastAPI reads from the endpoint's parameters and those of its dependencies."""
    request = Request(route.path)
    for each in _with_dependencies(dependant):
        for param in each.path_params:
            request.path.append(slot(param.alias, _hint(param), values, is_needed=True, parameter=param.name))
        for param in each.query_params:
            request.query.append(_slot(param, values))
        for param in each.header_params:
            request.headers.append(_slot(param, values))
    body = dependant.body_params
    is_form = any(type(param.field_info).__name__ in {"Form", "File"} for param in body)
    if len(body) == 1 and not is_form and not getattr(body[0].field_info, "embed", None):
        fields = getattr(_hint(body[0]), "model_fields", None)
        if fields is None:
            request.body = Slot("body", [*_json(_hint(body[0]), body[0].name, values), OMITTED][:MOST], label="json=")
        else:
            request.json, request.has_json = _of_model(fields, values), True
    elif is_form:
        request.form = [_slot(param, values) for param in body]
    elif body:
        request.json, request.has_json = (
            [_json_slot(p.alias, _hint(p), values, is_needed=_required(p)) for p in body],
            True,
        )
    return request


def _with_dependencies(dependant: Any) -> list[Any]:
    return [dependant, *(each for inner in dependant.dependencies for each in _with_dependencies(inner))]


def _slot(param: Any, values: Values) -> Slot:
    return slot(param.alias, _hint(param), values, is_needed=_required(param), parameter=param.name)


def _required(param: Any) -> bool:
    found = getattr(param, "required", None)
    return bool(param.field_info.is_required() if found is None else found)


def _hint(param: Any) -> Any:
    hint = param.field_info.annotation
    inner = [a for a in typing.get_args(hint) if a is not type(None)]
    return inner[0] if type(None) in typing.get_args(hint) and len(inner) == 1 else hint


def _of_model(fields: dict[str, Any], values: Values, deep: int = 0) -> list[Slot]:
    found = []
    for name, info in fields.items():
        found.append(_json_slot(info.alias or name, info.annotation, values, is_needed=info.is_required(), deep=deep))
    return found


def _json_slot(name: str, hint: Any, values: Values, *, is_needed: bool, deep: int = 0) -> Slot:
    pool = _json(hint, name, values, deep)
    wrong = "'abc'" if hint in (int, float) else "None"  # what its type refuses
    chosen = [*pool, wrong, OMITTED] if is_needed else [OMITTED, *pool]
    return Slot(name, unique(chosen), label=f"{name}=", typed=True, odd=frozenset({wrong} - set(pool)))


def _json(hint: Any, name: str, values: Values, deep: int = 0) -> list[str]:
    """Return what can stand in JSON for an annotation."""
    fields = getattr(hint, "model_fields", None)
    if fields is not None and deep < DEEPEST:
        slots = _of_model(fields, values, deep + 1)
        rows = [[(s.name, s.pool[min(i, len(s.pool) - 1)]) for s in slots] for i in range(3)]
        return unique(["{" + ", ".join(f"{key!r}: {source}" for key, source in row if source) + "}" for row in rows])
    inner = [a for a in typing.get_args(hint) if a is not type(None)]
    if typing.get_origin(hint) is list and inner:
        one = _json(inner[0], name, values, deep)
        return [f"[{one[0]}]", "[]", f"[{', '.join(one[:2])}]"] if one else ["[]"]
    if type(None) in typing.get_args(hint) and len(inner) == 1:
        return [*_json(inner[0], name, values, deep), "None"]
    members = getattr(hint, "__members__", None)
    if members is not None:
        return [repr(m.value) for m in members.values()]
    parameter = inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=hint)
    pool = plain(values.of_parameter(parameter, hint))
    typical = values.leaves.typical_text(name) if hint is str else []
    return unique([s for s in pool if _is_json(s) and not (typical and s == "'abc'")])[:MOST] or ["'abc'", "3"]


def _is_json(source: str) -> bool:
    if literals([source]):
        return True
    try:
        return isinstance(ast.literal_eval(source), (list, dict, bool, type(None)))
    except (ValueError, SyntaxError, TypeError):
        return False


def _read(request: Request, subject: Subject, route: Route, method: str, values: Values) -> None:
    """Read from its code what an endpoint asks a request for, besides what it declares."""
    asked = asked_of(code_around(subject), _PLACES, _is_body)
    convertors = {name: type(each).__name__ for name, each in route.convertors.items()}
    kinds = {"IntegerConvertor": int, "FloatConvertor": float}
    declared = {each.name for each in request.slots}
    for name in names_in_address(route.path):
        if name in declared:
            continue
        request.path.append(slot(name, kinds.get(convertors.get(name, ""), str), values, is_needed=True))
    known = declared | set(convertors)
    request.query += [text_slot(n, values, asked.words) for n in asked.query if n not in known]
    request.headers += [text_slot(n, values, asked.words) for n in asked.headers if n not in known]
    if method not in ("GET", "DELETE") and not (request.has_json or request.form or request.body):
        request.json, request.has_json = [open_slot(n, values) for n in asked.json], asked.takes_json


def _is_body(node: ast.expr) -> bool:
    call = node.value if isinstance(node, ast.Await) else None
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "json"


def _taken_up(thing: Any, name: str, values: Values, module: str) -> tuple[Any, list[str]] | None:
    """Return an app that takes up a router, and what makes it in a test."""
    fastapi = sys.modules.get("fastapi")
    if fastapi is None or not isinstance(thing, fastapi.APIRouter):
        return None
    app = fastapi.FastAPI()
    app.include_router(thing)
    made = values.names.bind_attribute("fastapi", "FastAPI", fastapi.FastAPI)
    router = values.names.bind_attribute(module, name, thing)
    return app, [f"app = {made}()", f"app.include_router({router})", "app"]


def _base() -> Any:
    return importlib.import_module("starlette.applications").Starlette


def _library() -> str:
    return "fastapi" if "fastapi" in sys.modules else "starlette"


def _is_response(value: Any) -> bool:
    testing = sys.modules.get("starlette.testclient")
    client = getattr(testing, "httpx", None)  # Starlette brings its own where it can
    return client is not None and isinstance(value, client.Response)
