"""Values as Python expressions, and the names that such expressions need."""

from __future__ import annotations

import ast
import collections
import dataclasses
import datetime
import decimal
import enum
import fractions
import functools
import inspect
import keyword
import math
import pathlib
import re
import sys
import types
import uuid
from typing import Any, Callable

from greenline_probe.explore import idioms
from greenline_probe.explore.sources import LONG, repeated
from greenline_probe.preload import is_installed

MAX_SOURCE = 400
_STANDARD = getattr(sys, "stdlib_module_names", frozenset(sys.modules))
MAX_ITEMS = 40


def _told_by(thing: Any, name: str) -> Any:
    """Return an attribute, None where there is none, also where to ask is refused: a proxy has nobody behind it yet."""
    try:
        return getattr(thing, name, None)
    except Exception:
        return None


class Names:
    """The namespace that expressions are evaluated in; each binding knows the import that makes it.

    ``imports`` maps a binding to ``(module, attribute)``; an empty attribute means ``import module``.
    """

    def __init__(self, module: types.ModuleType) -> None:
        self.module = module
        self.bound: dict[str, Any] = {"__builtins__": __builtins__}
        self.imports: dict[str, tuple[str, str]] = {}
        self.reserved: frozenset[str] = frozenset()
        """What tests have other things under: the project's fixtures."""
        self.variable = ""
        """What tests call the instance of the class under test: nothing that they import is called so."""

    def of(self, thing: Any) -> str | None:
        """Return an expression for a class, function or module that can be imported, None when it cannot."""
        if isinstance(thing, types.ModuleType):
            return (
                self.bind(thing.__name__.partition(".")[0], thing.__name__, "", thing)
                if "." not in thing.__name__
                else None
            )
        qualname = _told_by(thing, "__qualname__")
        home = _told_by(thing, "__module__")
        if not isinstance(qualname, str) or not isinstance(home, str) or "<" in qualname:
            return None
        if home == "builtins":
            return qualname if getattr(sys.modules["builtins"], qualname, None) is thing else None
        top, _, rest = qualname.partition(".")
        hidden = any(part.startswith("_") for part in home.split("."))
        own = self.module.__name__
        public = [home.lstrip("_")] if home.startswith("_") else [*self._packages_used(), home.partition("._")[0]]
        foreign = home.partition(".")[0] != own.partition(".")[0] and _is_of_library(home)
        if foreign and top.startswith("_"):
            return None  # theirs to change, and not there in each version
        shorter = [] if hidden else self._shown_by(home)
        there = [] if foreign and hidden else [home]
        for name in dict.fromkeys((own, *public, *there) if hidden else (*shorter, *there, own)):
            found = getattr(sys.modules.get(name), top, None)
            if found is not None and _walk(found, rest) is thing:
                binding = self.bind_attribute(name, top, found)
                return f"{binding}.{rest}" if rest else binding
        return None

    def _shown_by(self, home: str) -> list[str]:
        """Return the packages around a library's module, the outermost first: they show what people import of it."""
        top, *rest = home.split(".")
        if not rest or top == self.module.__name__.partition(".")[0] or top in _STANDARD:
            return []
        return [".".join([top, *rest[:count]]) for count in range(len(rest))]

    def _packages_used(self) -> list[str]:
        """Return the packages whose names the module imports: they show what they keep in hidden modules."""
        homes = (getattr(value, "__module__", None) for value in vars(self.module).values())
        return [h.partition(".")[0] for h in homes if isinstance(h, str)]

    def bind_attribute(self, module: str, attribute: str, value: Any) -> str:
        """Return the expression for a module's attribute; one named like a builtin stays behind its module's name."""
        if not hasattr(sys.modules["builtins"], attribute):
            return self.bind(attribute, module, attribute, value)
        return f"{self.of_module(module)}.{attribute}"

    def of_module(self, module: str) -> str:
        """Return the expression for a module that has been imported."""
        package, _, last = module.rpartition(".")
        return self.bind(last, package or last, last if package else "", sys.modules[module])

    def bind(self, wanted: str, module: str, attribute: str, value: Any) -> str:
        """Return the binding for the value, made under the wanted name or, where that is taken, a longer one."""
        name = wanted
        while (
            name in self.reserved
            or name == self.variable
            or (name in self.bound and self.imports.get(name) != (module, attribute))
        ):
            name = f"{module.rpartition('.')[2]}_{name}"
        self.bound[name] = value
        self.imports[name] = (module, attribute)
        return name


@functools.lru_cache(maxsize=256)
def _is_of_library(home: str) -> bool:
    """Tell whether a module is Python's own or installed: what it hides, its next version may not have."""
    if home.partition(".")[0] in _STANDARD:
        return True
    place = getattr(sys.modules.get(home), "__file__", None)
    return place is not None and is_installed(place)


def is_name(text: str) -> bool:
    """Tell whether it can be written behind a dot: ``setattr`` takes other names too."""
    return text.isidentifier() and not keyword.iskeyword(text)


def _walk(thing: Any, dotted: str) -> Any:
    for part in dotted.split(".") if dotted else ():
        thing = getattr(thing, part, None)
    return thing


_EXACT = (type(None), bool, int, str, bytes, float)
"""What Python prints of these evaluates to the same."""


class Expresser:
    """Turns values into source text that evaluates to an equal value of the same type."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.folder: pathlib.Path | None = None
        """The call's own ``tmp_path``; paths below it are expressed by it."""

    def express(self, value: Any) -> str | None:
        """Return the source, or None for what has no short, exact one (objects without equality, cycles, NaN)."""
        try:
            source = self.inner(value, 0)
            if source is None or len(source) > MAX_SOURCE:
                return None
            return source if self._returns(source, value) else None
        except RecursionError:
            return None
        except Exception:
            return None

    def _returns(self, source: str, value: Any) -> bool:
        if self.folder is None and type(value) in _EXACT:
            return True  # most values are such; asking Python each time would be half of the search
        if isinstance(value, (type, types.FunctionType, types.BuiltinFunctionType, types.ModuleType)):
            return True
        space = self.names.bound if self.folder is None else {**self.names.bound, "tmp_path": self.folder}
        again = eval(source, space)
        return type(again) is type(value) and bool(again == value)

    def inner(self, value: Any, depth: int) -> str | None:
        """Return the source of a value inside another; ``depth`` says how far inside."""
        if depth > 6:
            return None
        kind = type(value)
        if self.folder is not None and (kind is str or isinstance(value, pathlib.PurePath)):
            below = _below(self.folder, value)
            if below:
                return f"str({below})" if kind is str else below
            if kind is str and str(self.folder) in value:
                return _around(str(self.folder), value)
        if kind in (str, bytes) and LONG <= len(value) <= MAX_SOURCE and value == value[:1] * len(value):
            return repeated(value[:1], len(value))
        if kind in (type(None), type(...), type(NotImplemented), bool, int, str, bytes):
            return repr(value)
        if kind is float:
            return _float(value)
        if kind is complex:
            return repr(value) if math.isfinite(value.real) and math.isfinite(value.imag) else None
        maker = _MAKERS.get(kind)
        if maker is not None:
            return maker(self, value, depth)
        if isinstance(value, type) or kind in (types.FunctionType, types.BuiltinFunctionType, types.ModuleType):
            return self.names.of(value)
        return self._of_instance(value, depth)

    def _of_instance(self, value: Any, depth: int) -> str | None:
        kind = type(value)
        if isinstance(value, enum.Enum):
            name = self.names.of(kind)
            return f"{name}.{value.name}" if name and value.name and value.name.isidentifier() else None
        if isinstance(value, tuple) and hasattr(kind, "_fields"):
            defaults = getattr(kind, "_field_defaults", {})
            pairs = [(f, getattr(value, f)) for f in kind._fields]
            return self.by_name(kind, [(f, v) for f, v in pairs if f not in defaults or not _is(v, defaults[f])], depth)
        if isinstance(value, BaseException):
            return self.positional(kind, value.args, depth)
        if isinstance(value, pathlib.PurePath):
            public = pathlib.Path if isinstance(value, pathlib.Path) else pathlib.PurePath
            return self.positional(public, [str(value)], depth)
        if getattr(kind, "__eq__", None) is object.__eq__:
            return None
        given = idioms.arguments(value)
        if given is not None:
            return self.by_name(kind, given, depth)
        if dataclasses.is_dataclass(value):
            fields = [f for f in dataclasses.fields(value) if f.init]
            return self.by_name(
                kind, [(f.name, getattr(value, f.name)) for f in fields if not _is_default(f, value)], depth
            )
        attrs = getattr(kind, "__attrs_attrs__", None)
        if attrs is not None:
            made = [(a, getattr(value, a.name)) for a in attrs if a.init]
            return self.by_name(kind, [(a.alias, v) for a, v in made if not _is(v, a.default)], depth)
        return self._by_repr(value)

    def _by_repr(self, value: Any) -> str | None:
        """Many classes print the call that makes them; the caller checks that it does."""
        text = repr(value)
        name = self.names.of(type(value))
        if name is None or not text.startswith(type(value).__name__ + "(") or len(text) > MAX_SOURCE:
            return None
        return _without_defaults(name + text[len(type(value).__name__) :], type(value))

    def by_name(self, kind: Any, pairs: list[tuple[str, Any]], depth: int) -> str | None:
        """Return the call of a class with these arguments by name."""
        name = self.names.of(kind)
        parts = [(key, self.inner(item, depth + 1)) for key, item in pairs]
        if name is None or any(source is None or not is_name(key) for key, source in parts):
            return None
        return f"{name}({', '.join(f'{key}={source}' for key, source in parts)})"

    def positional(self, kind: Any, items: Any, depth: int) -> str | None:
        """Return the call of a class with these arguments."""
        name = self.names.of(kind)
        parts = [self.inner(item, depth + 1) for item in items]
        if name is None or any(part is None for part in parts):
            return None
        return f"{name}({', '.join(str(part) for part in parts)})"

    def join(self, items: Any, depth: int) -> str | None:
        """Return the items' sources with commas between; None when one has none, or there are too many."""
        if len(items) > MAX_ITEMS:
            return None
        parts = [self.inner(item, depth + 1) for item in items]
        return None if any(part is None for part in parts) else ", ".join(str(part) for part in parts)


def _list(self: Expresser, value: Any, depth: int) -> str | None:
    inner = self.join(value, depth)
    return None if inner is None else f"[{inner}]"


def _tuple(self: Expresser, value: Any, depth: int) -> str | None:
    inner = self.join(value, depth)
    return None if inner is None else f"({inner},)" if len(value) == 1 else f"({inner})"


def _set(self: Expresser, value: Any, depth: int) -> str | None:
    inner = self.join(_in_order(value), depth)
    return None if inner is None else f"{{{inner}}}" if value else "set()"


def _frozenset(self: Expresser, value: Any, depth: int) -> str | None:
    inner = self.join(_in_order(value), depth)
    return None if inner is None else f"frozenset({{{inner}}})" if value else "frozenset()"


def _dict(self: Expresser, value: Any, depth: int) -> str | None:
    if len(value) > MAX_ITEMS:
        return None
    parts = [(self.inner(k, depth + 1), self.inner(v, depth + 1)) for k, v in value.items()]
    if any(k is None or v is None for k, v in parts):
        return None
    return "{" + ", ".join(f"{k}: {v}" for k, v in parts) + "}"


def _float(value: float) -> str | None:
    if math.isnan(value):
        return None
    if math.isinf(value):
        return 'float("inf")' if value > 0 else 'float("-inf")'
    return repr(value)


def _below(folder: pathlib.Path, value: Any) -> str | None:
    """Return ``tmp_path / 'a'`` for a path (or its text) below the folder."""
    try:
        inside = pathlib.PurePath(value).relative_to(folder).as_posix()
    except ValueError:
        return None
    return "tmp_path" if inside == "." else f"tmp_path / {inside!r}"


def _around(folder: str, text: str) -> str:
    """Return the f-string of a text that names the folder."""
    stand_in = next(char for char in map(chr, range(0xE000, 0xF8FF)) if char not in text)
    source = repr(text.replace(folder, stand_in)).replace("{", "{{").replace("}", "}}")
    inside = source[1:-1].replace(repr(stand_in)[1:-1], "{tmp_path}")
    quote = '"' if '"' not in inside and "\\'" not in inside else source[0]
    return f"f{quote}{inside}{quote}"


def _in_order(items: Any) -> list[Any]:
    """Return the items sorted: sets have no order, and a test must read the same on every run."""
    try:
        return sorted(items)
    except TypeError:
        return sorted(items, key=repr)


def _is(value: Any, default: Any) -> bool:
    return type(value) is type(default) and bool(value == default)


def _is_default(spec: Any, value: Any) -> bool:
    actual = getattr(value, spec.name)
    if spec.default is not dataclasses.MISSING:
        return _is(actual, spec.default)
    if spec.default_factory is not dataclasses.MISSING:
        return _is(actual, spec.default_factory())
    return False


def _without_defaults(source: str, kind: type) -> str:
    """Leave out of the call of a class what is passed by name and is the default, as a person would."""
    try:
        call = ast.parse(source, mode="eval").body
        parameters = inspect.signature(kind).parameters
    except (SyntaxError, ValueError, TypeError):
        return source
    if not isinstance(call, ast.Call) or not call.keywords:
        return source
    needed = [
        keyword
        for keyword in call.keywords
        if keyword.arg is None
        or keyword.arg not in parameters
        or ast.unparse(keyword.value) != repr(parameters[keyword.arg].default)
    ]
    required = [p.name for p in parameters.values() if p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD]
    if not call.args and len(required) == 1 and needed and needed[0].arg == required[0] == next(iter(parameters)):
        call.args.append(needed.pop(0).value)
    elif len(needed) == len(call.keywords):
        return source
    call.keywords = needed
    return ast.unparse(call)


def _by_args(make: Callable[[Any], Any]) -> Callable[[Expresser, Any, int], str | None]:
    return lambda self, value, depth: self.positional(type(value), make(value), depth)


def _datetime(self: Expresser, value: Any, depth: int) -> str | None:
    parts = [value.hour, value.minute, value.second, value.microsecond]
    while len(parts) > (0 if isinstance(value, datetime.datetime) else 1) and not parts[-1]:
        parts.pop()
    head = [value.year, value.month, value.day] if isinstance(value, datetime.datetime) else []
    zone = "" if value.tzinfo is None else self.inner(value.tzinfo, depth + 1)
    name = self.names.of(type(value))
    if zone is None or name is None:
        return None
    shown = ", ".join(map(str, head + parts))
    return f"{name}({shown}, tzinfo={zone})" if zone else f"{name}({shown})"


def _timedelta(self: Expresser, value: datetime.timedelta, depth: int) -> str | None:
    pairs = [("days", value.days), ("seconds", value.seconds), ("microseconds", value.microseconds)]
    return self.by_name(datetime.timedelta, [(k, v) for k, v in pairs if v], depth)


def _timezone(self: Expresser, value: datetime.timezone, depth: int) -> str | None:
    if value is datetime.timezone.utc:
        return f"{self.names.of(datetime.timezone)}.utc"
    return self.positional(datetime.timezone, [value.utcoffset(None)], depth)


def _pattern(self: Expresser, value: Any, _depth: int) -> str | None:
    module = self.names.bind("re", "re", "", re)
    flags = value.flags & ~re.UNICODE.value
    shown = (
        " | ".join(
            f"{module}.{f.name}" for f in re.RegexFlag if f.name and f.value & flags and f.value.bit_count() == 1
        )
        if flags and hasattr(int, "bit_count")
        else ""
    )
    return None if flags and not shown else f"{module}.compile({value.pattern!r}{', ' + shown if shown else ''})"


def _default_dict(self: Expresser, value: Any, depth: int) -> str | None:
    name, factory, inner = (
        self.names.of(type(value)),
        self.inner(value.default_factory, depth + 1),
        _dict(self, value, depth),
    )
    return None if name is None or factory is None or inner is None else f"{name}({factory}, {inner})"


_MAKERS: dict[type, Callable[[Expresser, Any, int], str | None]] = {
    list: _list,
    tuple: _tuple,
    set: _set,
    frozenset: _frozenset,
    dict: _dict,
    bytearray: _by_args(lambda v: [bytes(v)]),
    range: _by_args(lambda v: [v.start, v.stop] if v.step == 1 else [v.start, v.stop, v.step]),
    slice: _by_args(lambda v: [v.start, v.stop, v.step]),
    decimal.Decimal: _by_args(lambda v: [str(v)]),
    fractions.Fraction: _by_args(lambda v: [v.numerator, v.denominator]),
    uuid.UUID: _by_args(lambda v: [str(v)]),
    datetime.datetime: _datetime,
    datetime.time: _datetime,
    datetime.date: _by_args(lambda v: [v.year, v.month, v.day]),
    datetime.timedelta: _timedelta,
    datetime.timezone: _timezone,
    re.Pattern: _pattern,
    types.SimpleNamespace: lambda self, value, depth: self.by_name(type(value), list(vars(value).items()), depth),
    collections.deque: _by_args(lambda v: [list(v)] if v.maxlen is None else [list(v), v.maxlen]),
    collections.Counter: _by_args(lambda v: [dict(v)]),
    collections.OrderedDict: _by_args(lambda v: [dict(v)]),
    collections.defaultdict: _default_dict,
}
