"""What can be seen of a value, as assertions."""

from __future__ import annotations

import contextlib
import enum
import itertools
import os
import pathlib
import re
import types
from typing import Any, Callable, Union

from greenline_probe.explore import idioms
from greenline_probe.explore.express import MAX_SOURCE, Expresser, is_name
from greenline_probe.explore.stubs import holds_mocks
from greenline_probe.explore.usual_data import usual_data

Part = Union[str, tuple[str, type]]
"""What is asserted of a result: an expression with ``{}`` for it; with a class, that it gives an instance of that."""
MAX_ITEMS = 40
MAX_DETAILS = 8
MOST_COUNTED = 24
MAX_TEXT = 300
MAX_FILES = 4
MAX_MESSAGE = 66
"""So long fits on the line of its own that ``match=`` has in a test."""

_SHOWN: list[tuple[str, str, Callable[[Any], Any]]] = [
    ("__len__", "len({})", len),
    ("__str__", "str({})", str),
    ("__iter__", "list({})", lambda value: _few(itertools.islice(value, MAX_ITEMS + 1))),
]

_SHOWN_OF_DICT = [*_SHOWN[:-1], ("__iter__", "dict({})", dict), _SHOWN[-1]]
"""With the values, or else the keys alone."""
_PLAIN: dict[type, Callable[[Any], Any]] = {
    int: int.__int__,
    float: float.__float__,
    str: str.__str__,
    dict: lambda value: dict(dict.items(value)),
    list: lambda value: list.__getitem__(value, slice(None)),
    set: lambda value: set(set.__iter__(value)),
}
"""What a subclass holds, without its own methods: these may count how often they are asked."""


class Describer:
    """Turns values into expressions and assertions that hold on every run; what does not is left out."""

    def __init__(self, express: Expresser, scratch: str) -> None:
        self.express = express
        self.names = express.names
        self.scratch = scratch
        self._place = os.sep.join(scratch.split(os.sep)[:3])
        """Where this machine keeps such folders: another one keeps them elsewhere."""

    def is_stable(self, text: str) -> bool:
        """Tell whether nothing in the text belongs to this run alone: addresses, temporary folders."""
        return not _UNSTABLE.search(text) and self.scratch not in text

    def expression(self, value: Any) -> str | None:
        """Return the expression of a value, None when it has none that another run would agree with."""
        if isinstance(value, (types.FunctionType, types.BuiltinFunctionType)):
            return None
        source = self.express.express(value)
        return source if source is not None and self.is_stable(source) else None

    def describe(self, value: Any, variable: str, depth: int) -> list[str]:
        """Return assertions about an object that has no expression: its class and what can be seen of it."""
        if holds_mocks(value):
            return []  # what is asserted of a stand-in is how it was called
        with contextlib.suppress(Exception):
            known = idioms.parts(value)
            if known is not None:
                return self._parts(value, variable, known)
            name = self.names.of(type(value))
            found = [f"isinstance({variable}, {name})"] if name and depth == 0 else []
            if type(value) is str:
                opening = stable_part(value.partition(self._place)[0])
                return [f"{variable}.startswith({opening!r})"] if len(opening) >= MIN_OPENING else found
            if callable(value) and not name:
                return [f"callable({variable})"]
            usual = {f"{variable}.{key}" for key, _ in usual_data(value, public_data)}
            for expression, source in self.visible(value, variable).items():
                if expression not in usual:
                    found.append(equals(expression, source))
            if depth == 0:
                for key, inner in public_data(value):
                    if _is_of_numbers(type(value), key):
                        continue
                    if self.expression(inner) is None and self.names.of(type(inner)) and not callable(inner):
                        found += self.describe(inner, f"{variable}.{key}", 1)[:3]
            return found[:MAX_DETAILS]
        return []

    def _parts(self, value: Any, variable: str, wanted: list[Part]) -> list[str]:
        """Return assertions about what a kind of code says is worth asserting of such a value."""
        found = []
        for part in wanted:
            with contextlib.suppress(Exception):
                if isinstance(part, tuple):
                    name = self.names.of(part[1])
                    found += [f"isinstance({part[0].format(variable)}, {name})"] if name else []
                    continue
                seen = eval(part.format("value"), {"value": value})
                if _CONDITION.match(part):
                    found += [part.format(variable)] if seen is True and self.is_stable(part) else []
                    continue
                source = self.expression(seen)
                found += [equals(part.format(variable), source)] if source is not None else []
        return found[:MAX_DETAILS]

    def _state(self, value: Any, variable: str, wanted: list[str]) -> dict[str, str]:
        seen: dict[str, str] = {}
        for part in wanted:
            with contextlib.suppress(Exception):
                source = self.expression(eval(part.format("_"), {**self.names.bound, "_": value}))
                if source is not None:
                    seen[part.format(variable)] = source
        return seen

    def state_of(self, receiver: str, space: dict[str, Any]) -> dict[str, str]:
        """Return what an instance shows, empty without one."""
        if not receiver:
            return {}
        with contextlib.suppress(Exception):
            return self.visible(space[receiver], receiver)
        return {}

    def _plain(self, value: Any) -> str | None:
        """Return the source of the number, text or collection that an instance of a subclass equals, None without."""
        kind = _plain_kind(value)
        if kind is None or (hasattr(kind, "__len__") and kind.__len__(value) > MAX_SOURCE):
            return None
        with contextlib.suppress(Exception):
            again = _PLAIN[kind](value)
            return self.expression(again) if (value == again) is True else None
        return None

    def visible_data(self, value: Any, variable: str) -> dict[str, str]:
        """Return expression -> value source for public attributes and properties."""
        seen: dict[str, str] = {}
        for key, inner in public_data(value):
            source = self.expression(inner)
            if source is not None and not _is_of_numbers(type(value), key):
                seen[f"{variable}.{key}"] = source
        return seen

    def visible(self, value: Any, variable: str) -> dict[str, str]:
        """Return expression -> value source for what the object shows: attributes, properties, length, items, text."""
        known = idioms.state(value, self.names)
        if known is not None:
            return self._state(value, variable, known)
        plain = self._plain(value)
        seen = {**({variable: plain} if plain else {}), **self.visible_data(value, variable)}
        told: set[str] = set()
        for key, expression, show in _SHOWN_OF_DICT if _copies_plainly(value) else _SHOWN:
            if key in told or (plain and key != "__str__" and not _overrides(value, key)):
                continue  # is said by what it equals
            if not _defines(type(value), key) or (key == "__iter__" and hasattr(type(value), "__next__")):
                continue
            with contextlib.suppress(Exception):
                shown = show(value)
                if key == "__len__" and shown > MOST_COUNTED:
                    continue  # of so many nobody made each: it says how much was registered or installed
                source = self.expression(shown)
                if source is not None:
                    seen[expression.format(variable)] = source
                    told.add(key)
        return seen


def files_below(folder: pathlib.Path | None) -> dict[str, str]:
    """Return relative path -> text of the few small files in a call's folder."""
    found: dict[str, str] = {}
    if folder is None:
        return found
    for path in sorted(folder.rglob("*"))[: MAX_FILES * 4]:
        with contextlib.suppress(OSError, UnicodeDecodeError):
            if path.is_file() and path.stat().st_size < MAX_TEXT:
                found[path.relative_to(folder).as_posix()] = path.read_text(encoding="utf-8")
    return found


def written(folder: pathlib.Path | None, before: dict[str, str]) -> list[str]:
    """Return assertions on files that were made or changed."""
    now = files_below(folder)
    changed = [(name, text) for name, text in now.items() if before.get(name) != text]
    found = [f"(tmp_path / {name!r}).read_text() == {text!r}" for name, text in changed if not _UNSTABLE.search(text)]
    gone = [
        f"not (tmp_path / {name!r}).exists()"
        for name in before
        if name not in now and folder and not (folder / name).exists()
    ]
    return (found + gone)[:MAX_FILES]


def public_data(value: Any) -> list[tuple[str, Any]]:
    """Return the public data attributes and properties, in order; those that can be written behind a dot."""
    found: dict[str, Any] = {}
    with contextlib.suppress(Exception):
        found.update((k, v) for k, v in vars(value).items() if not k.startswith("_") and is_name(k))
    for kind in type(value).__mro__[:-1]:
        for slot in getattr(kind, "__slots__", ()) if not isinstance(getattr(kind, "__slots__", ()), str) else ():
            with contextlib.suppress(Exception):
                if not slot.startswith("_"):
                    found.setdefault(slot, getattr(value, slot))
        if kind.__module__ == "builtins":
            continue
        for key, member in vars(kind).items():
            if isinstance(member, property) and not key.startswith("_"):
                with contextlib.suppress(Exception):
                    found.setdefault(key, getattr(value, key))
    return list(found.items())


def _few(items: Any) -> list[Any]:
    found = list(items)
    if len(found) > MAX_ITEMS:
        raise ValueError("too many to be told")
    return found


def _copies_plainly(value: Any) -> bool:
    """Tell whether ``dict`` copies the few keys with their values, and asks no method of the value's own class."""
    return isinstance(value, dict) and type(value).__iter__ is dict.__iter__ and dict.__len__(value) <= MAX_ITEMS


def _plain_kind(value: Any) -> Any:
    """Return the kind of number, text or collection that the value's class is a subclass of."""
    if isinstance(value, (bool, enum.Enum)):
        return None
    return next((kind for kind in _PLAIN if isinstance(value, kind) and type(value) is not kind), None)


def _overrides(value: Any, name: str) -> bool:
    return getattr(type(value), name, None) is not getattr(_plain_kind(value), name, None)


def _is_of_numbers(kind: type, name: str) -> bool:
    """Tell whether an attribute is one that the ``numbers`` of Python give each class of theirs."""
    return next((k.__module__ == "numbers" for k in kind.__mro__ if name in vars(k)), False)


def _defines(kind: type, name: str) -> bool:
    return any(name in vars(k) for k in kind.__mro__[:-1] if k.__module__ != "builtins" or name != "__str__")


def equals(expression: str, source: str) -> str:
    """Return the assertion that the first equals the second."""
    return f"{expression} is {source}" if source in {"None", "True", "False"} else f"{expression} == {source}"


_CONDITION = re.compile(r"""(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*") in """)
_CLAUSE_END = re.compile(r"[.,;:] | \(| because | but | so that ")
MIN_CLAUSE = 20
MIN_OPENING = 4
"""Characters that a text has to begin with for its beginning to say something."""
_UNSTABLE = re.compile(r" at 0x[0-9a-fA-F]+|/tmp/|\\Temp\\\\|pytest-of-|<[\w.]+ object|<function <lambda>|<greenline>")


def stable_part(message: str) -> str:
    """Return the part of a message that is the same on every run: one short line, or the clauses that fit into it."""
    line = message.partition("\n")[0]
    found = _UNSTABLE.search(line)
    line = line[: found.start()] if found else line
    if len(line) <= MAX_MESSAGE:
        return line
    clauses = [end.start() for end in _CLAUSE_END.finditer(line[: MAX_MESSAGE + 1]) if end.start() >= MIN_CLAUSE]
    return line[: clauses[-1]] if clauses else line[:MAX_MESSAGE].rpartition(" ")[0] or line[:MAX_MESSAGE]
