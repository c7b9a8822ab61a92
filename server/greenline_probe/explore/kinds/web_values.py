"""What is sent to a route: values for addresses, query strings, forms and JSON, and how they are written."""

from __future__ import annotations

import ast
import inspect
import re
import urllib.parse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from greenline_probe.explore.kinds.clients import Arguments, Pairs, literals
from greenline_probe.explore.pools import unique
from greenline_probe.explore.sources import expression_of
from greenline_probe.explore.template import OMITTED, Slot
from greenline_probe.explore.values import Values

MOST = 16
_PLACE = re.compile(r"<(?:[^:<>]+:)?(\w+)>|\{(\w+)(?::[^{}]+)?\}")
_TAKES = frozenset({"get", "getlist", "pop"})
_OPEN = ["3", "'abc'", "0", "'1'", "True", "['a', 'b']", "None"]


@dataclass
class Request:
    """The slots of one kind of request; each list holds what goes to one place of it."""

    address: str
    """The path, a name in brackets for each part that varies."""
    path: list[Slot] = field(default_factory=list)
    query: list[Slot] = field(default_factory=list)
    form: list[Slot] = field(default_factory=list)
    json: list[Slot] = field(default_factory=list)
    body: Slot | None = None
    """The whole JSON body, where it is one value."""
    headers: list[Slot] = field(default_factory=list)
    has_json: bool = False
    words: dict[str, str] = field(default_factory=lambda: {"form": "data=", "json": "json=", "headers": "headers="})
    """How the client calls what is sent."""
    more: tuple[str, str, str] | None = None
    """A further argument of a request with JSON: (name, label, expression)."""

    @property
    def slots(self) -> list[Slot]:
        """All of them, in order."""
        body = [self.body] if self.body is not None else []
        return [*self.path, *self.query, *self.form, *self.json, *body, *self.headers]

    def join(self, pairs: Pairs) -> Arguments:
        """Return the arguments of the client's method."""
        chosen = {id(slot): expression_of(source) for slot, source in pairs if source}
        found = [("url", "", self._url(chosen))]
        chosen |= {id(s): _as_header(chosen[id(s)]) for s in self.headers if id(s) in chosen}
        chosen = {key: source for key, source in chosen.items() if source}
        for name, slots in (("form", self.form), ("json", self.json), ("headers", self.headers)):
            given = [f"{s.name!r}: {chosen[id(s)]}" for s in slots if id(s) in chosen]
            if given or (name == "json" and self.has_json and self.body is None):
                found.append((name, self.words[name], "{" + ", ".join(given) + "}"))
        if self.body is not None and id(self.body) in chosen:
            found.append(("json", self.words["json"], chosen[id(self.body)]))
        if self.more is not None:
            found.append(self.more)
        return found

    def _url(self, chosen: dict[int, str]) -> str:
        by_name = {s.name: chosen.get(id(s), "") for s in self.path}
        address = _PLACE.sub(
            lambda m: urllib.parse.quote(_text(by_name.get(m.group(1) or m.group(2), ""))), self.address
        )
        pairs = [(s.name, item) for s in self.query if id(s) in chosen for item in _items(chosen[id(s)])]
        return repr(address + ("?" + urllib.parse.urlencode(pairs) if pairs else ""))


def names_in_address(address: str) -> list[str]:
    """Return the names of the parts that vary."""
    return [one or other for one, other in _PLACE.findall(address)]


def slot(name: str, hint: Any, values: Values, *, is_needed: bool, parameter: str = "") -> Slot:
    """Return the slot of one part of an address, a query or a form, typed by an annotation."""
    found = typed(parameter or name, hint, values)
    return Slot(name, found if is_needed else [OMITTED, *found], "argument", f"{name}=", typed=True)


def typed(name: str, hint: Any, values: Values) -> list[str]:
    """Return texts and numbers for a name; what only looks like an address of its own is left out."""
    parameter = inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=hint)
    pool = [s for s in literals(values.of_parameter(parameter, hint)) if not set("{}%/?#") & set(s)]
    typical = values.leaves.typical_text(name) if hint is str else []
    return unique([s for s in pool if s not in ("''", "' '") and not (typical and s == "'abc'")])[:MOST] or ["'abc'"]


def open_slot(name: str, values: Values) -> Slot:
    """Return the slot of a key of which nothing is known but its name."""
    return Slot(
        name, [OMITTED, *unique([*values.leaves.typical_text(name), *_OPEN, *_words(values)])], label=f"{name}="
    )


def text_slot(name: str, values: Values, words: Sequence[str] = ()) -> Slot:
    """Return the slot of a query parameter or a field of a form: it comes as text. ``words`` may be looked for."""
    typical = values.leaves.typical_text(name) or ["'abc'"]
    found = [*typical, *_words(values), *map(repr, words), "'3'", "'0'", "'1'", "'-1'"]
    return Slot(name, [OMITTED, *unique(found)], label=f"{name}=")


def _words(values: Values) -> list[str]:
    return [repr(c) for c in values.facts.constants if isinstance(c, str) and re.fullmatch(r"[\w-]{1,20}", c)][:8]


@dataclass
class Asked:
    """What a view asks its request for."""

    query: list[str] = field(default_factory=list)
    form: list[str] = field(default_factory=list)
    json: list[str] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    takes_json: bool = False
    words: list[str] = field(default_factory=list)
    """What answers are compared with."""


def asked_of(functions: Sequence[ast.AST], places: dict[str, str], is_json: Callable[[ast.expr], bool]) -> Asked:
    """Read what the functions ask of a request: ``places`` maps attributes of it to the lists of ``Asked``."""
    found = Asked()
    for function in functions:
        bodies = {t.id for t, value in _assigned(function) if is_json(value)}
        for owner, key in _keys(function):
            if isinstance(owner, ast.Attribute) and owner.attr in places:
                _add(getattr(found, places[owner.attr]), key)
            elif is_json(owner) or (isinstance(owner, ast.Name) and owner.id in bodies):
                _add(found.json, key)
        found.words += [word for word in _compared(function) if word not in found.words]
        found.takes_json |= any(isinstance(n, ast.expr) and is_json(n) for n in ast.walk(function))
    return found


def _compared(function: ast.AST) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Compare):
            for side in [node.left, *node.comparators]:
                if isinstance(side, ast.Constant) and isinstance(side.value, str) and side.value.isprintable():
                    yield side.value


def _add(names: list[str], name: str) -> None:
    if name not in names:
        names.append(name)


def _assigned(function: ast.AST) -> Iterator[tuple[ast.Name, ast.expr]]:
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            value = node.value.values[0] if isinstance(node.value, ast.BoolOp) else node.value
            yield node.targets[0], value


def _keys(function: ast.AST) -> Iterator[tuple[ast.expr, str]]:
    """Yield (what is asked, key) of ``x["key"]``, ``x.get("key")`` and ``"key" in x``."""
    for node in ast.walk(function):
        owner: ast.expr | None = None
        key: ast.expr | None = None
        if isinstance(node, ast.Subscript):
            owner, key = node.value, node.slice
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            if node.func.attr in _TAKES:
                owner, key = node.func.value, node.args[0]
        elif isinstance(node, ast.Compare) and isinstance(node.ops[0], (ast.In, ast.NotIn)):
            owner, key = node.comparators[0], node.left
        if owner is not None and isinstance(key, ast.Constant) and isinstance(key.value, str):
            yield owner, key.value


def _text(source: str) -> str:
    return next(iter(_items(source)), "") if source else ""


def _as_header(source: str) -> str:
    """Return a value as a header's text, nothing for one that no client sends."""
    text = next(iter(_items(source)), None)
    return repr(text) if text is not None and text.isascii() and text.isprintable() else ""


def _items(source: str) -> list[str]:
    try:
        value: Any = ast.literal_eval(source)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return [source]
    if value is None:  # is not sent
        return []
    if isinstance(value, bool):
        return [str(value).lower()]
    return [str(item) for item in value] if isinstance(value, (list, tuple)) else [str(value)]
