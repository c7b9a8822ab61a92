"""The addresses that a Django project's URLs give its views, and what may stand in them."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from greenline_probe.explore.kinds.web_values import names_in_address, slot
from greenline_probe.explore.pools import unique
from greenline_probe.explore.regex_samples import samples
from greenline_probe.explore.subject import Subject
from greenline_probe.explore.template import Slot
from greenline_probe.explore.values import Values

_CONVERTERS = {"IntConverter": int}
_PLACE = re.compile(r"%\((\w+)\)s")
_GROUP = re.compile(r"\((?:\?P<(\w+)>|(\?))?")


class Address(NamedTuple):
    """One address, a name in brackets for each part that varies, and what is known of these parts."""

    path: str
    types: dict[str, Any]
    groups: dict[str, str]
    """Name -> regular expression, for what is given by ``re_path``."""

    def slots(self, values: Values) -> list[Slot]:
        """Return a slot for each part that varies; what its regular expression does not take leads nowhere."""
        found = []
        for name in names_in_address(self.path):
            part = slot(name, self.types.get(name, str), values, is_needed=True)
            if name in self.groups:
                pool = [
                    *slot(name, int, values, is_needed=True).pool,
                    *part.pool,
                    *map(repr, samples(self.groups[name])),
                ]
                part.pool = unique([s for s in pool if re.fullmatch(self.groups[name], s.strip("'\""))]) or part.pool
            found.append(part)
        return found


def addresses_of(subject: Subject) -> list[Address]:
    """Return the addresses of a view."""
    resolver = importlib.import_module("django.urls").get_resolver()
    return [address for address, callback in _views(resolver, Address("/", {}, {})) if _is(callback, subject)]


def _views(resolver: Any, before: Address) -> Iterator[tuple[Address, Any]]:
    for pattern in resolver.url_patterns:
        for part in _parts(pattern.pattern):
            whole = Address(before.path + part.path, {**before.types, **part.types}, {**before.groups, **part.groups})
            if hasattr(pattern, "url_patterns"):
                yield from _views(pattern, whole)
            else:
                yield whole, pattern.callback


def _parts(pattern: Any) -> Iterator[Address]:
    """Yield the forms of one part; a regular expression has several where it leaves something open."""
    route, regex = getattr(pattern, "_route", None), getattr(pattern, "_regex", None)
    if isinstance(route, str):
        kinds = {name: _CONVERTERS.get(type(each).__name__, str) for name, each in pattern.converters.items()}
        yield Address(route, kinds, {})
    elif isinstance(regex, str):
        groups = dict(_groups(regex))
        for path, names in importlib.import_module("django.utils.regex_helper").normalize(regex):
            known = {name: groups[name] for name in names if name in groups}
            yield Address(_PLACE.sub(r"<\1>", path).replace("%%", "%"), {}, known)


def _groups(regex: str) -> Iterator[tuple[str, str]]:
    """Yield the groups of a regular expression, those without names as Django counts them: ``_0``, ``_1``."""
    count = 0
    for found in _GROUP.finditer(regex):
        if found.group(2) or (found.start() and regex[found.start() - 1] == "\\"):
            continue
        inside = _until_closed(regex[found.end() :])
        if found.group(1):
            yield found.group(1), inside
        else:
            yield f"_{count}", inside
            count += 1


def _until_closed(regex: str) -> str:
    """Return what comes before the bracket that closes a group which is open."""
    depth, in_class, was_escape = 1, False, False
    for place, character in enumerate(regex):
        if was_escape:
            was_escape = False
            continue
        was_escape = character == "\\"
        in_class = character == "[" or (in_class and character != "]")
        depth += {"(": 1, ")": -1}.get(character, 0) if not in_class else 0
        if depth == 0:
            return regex[:place]
    return regex


def _is(callback: Any, subject: Subject) -> bool:
    if subject.owner is not None:
        return getattr(callback, "view_class", None) is subject.owner
    return inspect.isfunction(callback) and inspect.unwrap(callback) is subject.function
