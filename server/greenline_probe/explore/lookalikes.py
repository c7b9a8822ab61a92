"""Values of a shape: dictionaries with the keys that the code asks for, objects with the attributes that it reads."""

from __future__ import annotations

import datetime
import decimal
import io
import pathlib
import re
import types
from typing import TYPE_CHECKING, Any

from greenline_probe.explore.pools import unique
from greenline_probe.explore.shape import Shape
from greenline_probe.explore.sources import plain
from greenline_probe.explore.stubs import mock_name

if TYPE_CHECKING:
    from greenline_probe.explore.values import Values

MOST = 30
MOST_KEYS = 8
DEEPEST = 3
_USUAL: tuple[Any, ...] = (
    str, bytes, dict, list, set, frozenset, tuple, int, float, complex, datetime.datetime, datetime.date, datetime.time,
    datetime.timedelta, decimal.Decimal, io.StringIO, io.BytesIO,
)  # fmt: skip
_RARE: tuple[Any, ...] = (
    pathlib.Path, re.Match, re.Pattern, type, types.FunctionType, types.GeneratorType, types.CoroutineType,
    types.AsyncGeneratorType, BaseException,
)  # fmt: skip
_SAYS_LITTLE = frozenset("name start end args parent parents string pos stem suffix root close send throw".split())  # noqa: SIM905
"""Attributes that many a class of a project's has too."""
_BEYOND = frozenset({"iterates", "len", "indexes", "calls", "awaits", "enters"})
"""What a plain object cannot do."""


class Lookalikes:
    """Makes expressions from shapes; where a shape says little, there are none."""

    def __init__(self, values: Values) -> None:
        self._values = values

    def of(self, shape: Shape, depth: int = 0) -> list[str]:
        """Return a pool, the fullest value first: a dictionary, an object, a tuple or a list of such."""
        if depth > DEEPEST:
            return []
        if self.is_mapping(shape):
            return self.mapping(shape, depth)
        if is_object(shape):
            return [*self._instances(shape), *self._namespaces(shape, depth)]
        if len(shape.parts) > 1:
            places = range(max(shape.parts) + 1)
            pools = _distinct([self._inner("", shape.parts.get(i, Shape()), depth) for i in places])
            return [f"({', '.join(row)})" for row in _rows(pools)][:MOST]
        if shape.element is not None and not shape.attributes and not shape.element.is_empty:
            inner = plain(self.of(shape.element, depth + 1))
            if (
                not inner
                and shape.uses & {"iterates", "async iterates"}
                and self._values.guesses.has_kind(shape.element)
            ):
                inner = plain(self._values.guesses.like("", shape.element, depth + 1))[:8]
            if inner:
                every = [f"[{', '.join(inner[:2])}]", f"[{inner[0]}]", *(f"[{i}]" for i in inner[2:]), "[]"]
                return every[:MOST]
        return []

    def is_mapping(self, shape: Shape) -> bool:
        """Tell whether it is asked for keys by name."""
        if not shape.items or is_object(shape):
            return False
        return bool(set(shape.items) - shape.optional) or bool(
            {"get", "items", "keys", "setdefault"} & {*shape.attributes}
        )

    def mapping(self, shape: Shape, depth: int = 0) -> list[str]:
        """Return dictionaries with the keys, then without one, then with other values."""
        keys = list(shape.items)[:MOST_KEYS]
        pools = dict(zip(keys, _distinct([self._inner(key, shape.items[key], depth) for key in keys])))
        full = [f"{key!r}: {pools[key][0]}" for key in keys]
        required = [shown for key, shown in zip(keys, full) if key not in shape.optional]
        rows = [full, *([required] if required and len(required) < len(full) else [])]
        rows += [full[:i] + full[i + 1 :] for i, key in enumerate(keys) if key in shape.optional]
        rows += [[*required, *([] if one in required else [one])] for one in full]
        for rank in range(1, 5):
            for i, key in enumerate(keys):
                if rank < len(pools[key]):
                    other = f"{key!r}: {pools[key][rank]}"
                    rows.append([*full[:i], other, *full[i + 1 :]])
        rows += [full[:i] + full[i + 1 :] for i, key in enumerate(keys) if key not in shape.optional]
        return [*unique(["{" + ", ".join(row) + "}" for row in rows])[:MOST], "{}"]

    def _namespaces(self, shape: Shape, depth: int) -> list[str]:
        """Return plain objects with the attributes that are read."""
        names = [n for n in shape.attributes if not n.startswith("__")][:MOST_KEYS]
        if names and all(is_command(shape.attributes[n]) for n in names) and not shape.uses & _BEYOND:
            return [f"{mock_name(self._values.names, 'Mock')}(spec={names!r})"]
        maker = self._values.names.of(types.SimpleNamespace)
        if not names or maker is None or shape.uses & _BEYOND:
            return []
        pools = _distinct([self._attribute(name, shape.attributes[name], depth) for name in names])
        full = [f"{name}={pool[0]}" for name, pool in zip(names, pools)]
        rows = [full]
        rows += [full[:i] + full[i + 1 :] for i, name in enumerate(names) if name in shape.optional]
        for rank in range(1, 4):
            for i, (name, pool) in enumerate(zip(names, pools)):
                if rank < len(pool):
                    rows.append([*full[:i], f"{name}={pool[rank]}", *full[i + 1 :]])
        return unique([f"{maker}({', '.join(row)})" for row in rows])[:MOST]

    def _attribute(self, name: str, shape: Shape, depth: int) -> list[str]:
        """Return values for an attribute; a method's are functions that give what is expected of its result."""
        if shape.result is None:
            return self._inner(name, shape, depth)
        if is_command(shape):
            return [f"{mock_name(self._values.names, 'Mock')}()"]
        parameters = ["value", "other", "third", "fourth"][: max(0, shape.arity)]
        head = f"lambda {', '.join(parameters)}: " if parameters else "lambda: "
        return [head + result for result in self._inner(name, shape.result, depth)[:4]]

    def _inner(self, name: str, shape: Shape, depth: int) -> list[str]:
        """Return a pool, never empty, for what is kept under a name."""
        found = plain(self._values.guesses.like(name, shape, depth + 1))[:6]
        return found or ["'abc'", "3", "None"]

    def _instances(self, shape: Shape) -> list[str]:
        """Return instances of the classes at hand that have all the attributes."""
        values = self._values
        wanted = sorted(n for n in shape.attributes if n not in shape.optional and not n.startswith("__"))
        paths = [p for name in wanted for p in _paths(name, shape.attributes[name])]
        found: list[str] = []
        own = values.names.module.__name__
        for kind in sorted(
            (k for k in vars(values.names.module).values() if isinstance(k, type)), key=lambda k: k.__module__ != own
        ):
            if kind.__module__ != "builtins" and _may_have(kind, set(wanted)):
                made = plain(values.objects.of(kind, 1))[:6]
                found += [m for m in made if all(values.attempt(f"{m}.{path}") for path in paths)]
            if len(found) >= MOST_KEYS * 2:
                break
        return found


def is_object(shape: Shape) -> bool:
    """Tell whether attributes are read that no usual type has."""
    names = {n for n in shape.attributes if n not in shape.optional}
    if not names:
        return False
    if any(s.result is not None and (s.result.items or is_object(s.result)) for s in shape.attributes.values()):
        return True  # no method of a usual type returns such things
    if any(all(hasattr(kind, name) for name in names) for kind in _USUAL):
        return False
    return names <= _SAYS_LITTLE or not any(all(hasattr(kind, name) for name in names) for kind in _RARE)


def is_command(shape: Shape) -> bool:
    """Tell whether it is called for what it does: nobody looks at the result."""
    result = shape.result
    if result is None or result.uses != {"dropped"} or shape.uses - {"calls"}:
        return False
    return not (result.attributes or result.items or result.parts or result.element or result.result)


def _paths(name: str, shape: Shape) -> list[str]:
    """Return dotted attributes below an attribute, as far as no call lies between."""
    inner = [n for n in shape.attributes if n not in shape.optional and not n.startswith("__")]
    return [f"{name}.{path}" for n in inner for path in _paths(n, shape.attributes[n])] or [name]


def _may_have(kind: type, names: set[str]) -> bool:
    """Tell whether instances can have these attributes: as far as the class, its fields and its constructor say."""
    known: set[str] = set()
    for base in kind.__mro__[:-1]:
        known |= set(vars(base)) | set(vars(base).get("__annotations__", {}))
        for name in ("__init__", "__new__"):
            code = getattr(vars(base).get(name), "__code__", None)
            known |= set(code.co_names) if code is not None else set()
    return bool(names) and names <= known


def _distinct(pools: list[list[str]]) -> list[list[str]]:
    """Begin each pool with another value where there is one: equal values hide which one was taken."""
    taken: set[str] = set()
    found = []
    for pool in pools:
        first = next((s for s in pool[:5] if s not in taken and s not in {"None", "''", "0", "1"}), pool[0])
        taken.add(first)
        found.append([first, *(s for s in pool if s != first)])
    return found


def _rows(pools: list[list[str]]) -> list[list[str]]:
    """Return the first of each, then each varied alone."""
    base = [pool[0] for pool in pools]
    rows = [base]
    for rank in range(1, 4):
        rows += [[*base[:i], pool[rank], *base[i + 1 :]] for i, pool in enumerate(pools) if rank < len(pool)]
    return rows
