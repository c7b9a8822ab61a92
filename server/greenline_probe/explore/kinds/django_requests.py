"""Functions that only get a request, and views at no address: called with one that ``RequestFactory`` makes."""

from __future__ import annotations

import ast
import importlib
import inspect
import sys
from dataclasses import dataclass, field

from greenline_probe.explore.definitions import find_def
from greenline_probe.explore.kinds.clients import Arguments, Way
from greenline_probe.explore.kinds.django_tests import asker, settings_of_django
from greenline_probe.explore.kinds.django_views import METHODS, methods_of, request_of, stored
from greenline_probe.explore.kinds.web_values import Request, asked_of, text_slot
from greenline_probe.explore.subject import Subject
from greenline_probe.explore.template import OMITTED, Slot, Template, slots_of
from greenline_probe.explore.values import Values

_REQUEST = "request"
_USER = "user"
_KEYS = {"REMOTE_ADDR": ["'10.0.0.1'"], "HTTP_X_FORWARDED_FOR": ["'192.0.2.7, 10.0.0.1'", "' 192.0.2.7'"]}
"""What is typical of some keys of ``request.META``."""


@dataclass
class _Direct(Way):
    """A call with a request: ``view(rf.get("/"))``."""

    maker_of_request: str = ""
    request: Request = field(default_factory=lambda: Request("/"))
    meta: list[Slot] = field(default_factory=list)
    user: Slot | None = None
    others: list[Slot] = field(default_factory=list)

    def arrange(self, chosen: tuple[str, ...]) -> list[str]:
        """Return the statements before the call: what the request gets that a middleware would give it, too."""
        lines = super().arrange(chosen)
        user = self._chosen(chosen).get(id(self.user), "")
        return [*lines, f"{_REQUEST} = {self._request(chosen)}", f"{_REQUEST}.user = {user}"] if user else lines

    def arguments(self, chosen: tuple[str, ...]) -> Arguments:
        """Return the request and what else the function takes."""
        by_slot = self._chosen(chosen)
        first = _REQUEST if by_slot.get(id(self.user)) else self._request(chosen)
        return [(_REQUEST, "", first), *((s.name, s.label, by_slot[id(s)]) for s in self.others if by_slot.get(id(s)))]

    def _request(self, chosen: tuple[str, ...]) -> str:
        by_slot = self._chosen(chosen)
        given = self.request.join([(s, by_slot[id(s)]) for s in self.request.slots])
        given += [(s.name, f"{s.name}=", by_slot[id(s)]) for s in self.meta if by_slot[id(s)]]
        return f"{self.maker_of_request}({', '.join(label + source for _, label, source in given)})"

    def _chosen(self, chosen: tuple[str, ...]) -> dict[int, str]:
        return {id(slot): source for slot, source in zip(self.slots, chosen)}


def ways(subject: Subject, values: Values) -> list[Template] | None:
    """Return calls with requests, one way for each method that the code tells apart."""
    callee = _callee(subject, values)
    if not callee or settings_of_django() is None:
        return None
    others = slots_of(_without_request(subject), values, values.hints(subject.function), "argument")
    if others is None:
        return None
    factory = asker("RequestFactory", values)
    found: list[Template] = []
    for method in methods_of(subject):
        request, meta, user = request_of(subject, "/", method, values), _meta(subject, values), _user(subject, values)
        slots = [*stored(subject, values), *request.slots, *meta, *([user] if user else []), *others]
        maker = f"{factory.expression}.{method}"
        way = _Direct(
            subject, callee, slots, maker_of_request=maker, request=request, meta=meta, user=user, others=others
        )
        found.append(factory.put_before(way))
    return found


def _callee(subject: Subject, values: Values) -> str:
    """Return what is called with a request, empty for what takes none."""
    http, views = sys.modules.get("django.http"), sys.modules.get("django.views")
    first = next(iter(subject.signature.parameters.values()), None)
    if first is None or http is None:
        return ""
    hint = values.hints(subject.function).get(first.name, first.annotation)
    is_request = isinstance(hint, type) and issubclass(hint, http.HttpRequest)
    if not is_request and (first.name != _REQUEST or (hint is not first.empty and not isinstance(hint, str))):
        return ""
    if subject.kind == "function":
        thing = getattr(subject.module, subject.qualname)
        return values.names.bind_attribute(subject.module.__name__, subject.qualname, thing)
    if views is not None and isinstance(subject.owner, type) and issubclass(subject.owner, views.View):
        name = values.names.of(subject.owner) if subject.name in METHODS else None
        return f"{name}.as_view()" if name else ""
    return ""


def _without_request(subject: Subject) -> inspect.Signature:
    parameters = list(subject.signature.parameters.values())[1:]
    if subject.owner is not None:  # what the address gives is passed on by name
        parameters = [
            p.replace(kind=p.KEYWORD_ONLY) for p in parameters if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)
        ]
    return subject.signature.replace(parameters=parameters)


def _meta(subject: Subject, values: Values) -> list[Slot]:
    """Return slots for the keys of ``request.META`` that are read."""
    node = find_def(subject.tree, subject.qualname)
    slots = []
    for key in asked_of([node] if node is not None else [], {"META": "query"}, lambda _: False).query:
        slot = text_slot(key, values)
        slot.given = frozenset(_KEYS.get(key, ()))
        slot.pool = [OMITTED, *_KEYS.get(key, ()), *slot.pool[1:]]
        slots += [slot] if key.isidentifier() else []
    return slots


def _user(subject: Subject, values: Values) -> Slot | None:
    """Return the slot of the one who asks, where the code looks at that: nobody known, then somebody."""
    node = find_def(subject.tree, subject.qualname)
    reads = any(isinstance(n, ast.Attribute) and n.attr == _USER for n in ast.walk(node)) if node is not None else False
    apps = importlib.import_module("django.apps").apps
    if not reads or not apps.ready or not apps.is_installed("django.contrib.auth"):
        return None
    auth = importlib.import_module("django.contrib.auth")
    models = importlib.import_module("django.contrib.auth.models")
    nobody, somebody = values.names.of(models.AnonymousUser), values.names.of(auth.get_user_model())
    name = getattr(auth.get_user_model(), "USERNAME_FIELD", "username")
    known = [f"{somebody}({name}='ada')", f"{somebody}({name}='ada', is_staff=True)"] if somebody else []
    return Slot(_USER, [f"{nobody}()", *known], label=f"{_USER}=")
