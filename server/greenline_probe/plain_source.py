"""Values as source, without running any code of the person's: no ``repr``, ``==`` or attribute of an unknown class."""

from __future__ import annotations

import datetime
import decimal
import enum
import fractions
import io
import math
import pathlib
import re
import sys
import time
import types
import uuid
from typing import Any, Callable

MAX_SOURCE = 400
_MAX_TEXT = 200
_MAX_ITEMS = 20
_DEEPEST = 4
_MAX_BITS = 256
_DAYS = 2
"""What is that near to now came from the clock, and would be another value in the next run."""


class NotPlain(Exception):
    """The value has no short, exact source that the next run would give again."""


class PlainSource:
    """Writes values of exact builtin and standard types, enum members, named tuples, dataclasses and functions.

    ``imports`` gathers what the sources need: name -> module. Texts that hold one of ``avoid`` (folders of this run)
    are not plain.
    """

    def __init__(self, avoid: tuple[str, ...] = ()) -> None:
        self.imports: dict[str, str] = {}
        self._avoid = avoid

    def of(self, value: Any, depth: int = 0) -> str:
        """Return the source. Raises NotPlain."""
        kind = type(value)
        maker = _MAKERS.get(kind)
        if depth > _DEEPEST:
            raise NotPlain
        if maker is None:
            maker = _maker_by_class(kind)
        source = maker(self, value, depth + 1)
        if len(source) > MAX_SOURCE:
            raise NotPlain
        return source

    def named(self, thing: Any) -> str:
        """Return the name of a class or function that can be imported, and note the import. Raises NotPlain."""
        home, qualname = where_defined(thing)
        top = qualname.partition(".")[0]
        if home == "builtins":
            return qualname
        if self.imports.setdefault(top, home) != home:
            raise NotPlain  # two things of one name
        return qualname

    def text(self, value: Any) -> str:
        """Return the source of a ``str`` or ``bytes``. Raises NotPlain."""
        if len(value) > _MAX_TEXT or (isinstance(value, str) and any(folder in value for folder in self._avoid)):
            raise NotPlain
        return repr(value)

    def joined(self, items: Any, depth: int) -> str:
        """Return the sources of the items with commas between. Raises NotPlain."""
        if len(items) > _MAX_ITEMS:
            raise NotPlain
        return ", ".join([self.of(item, depth) for item in items])


def where_defined(thing: Any) -> tuple[str, str]:
    """Return module and qualified name of a class or function that an import leads to. Raises NotPlain."""
    if issubclass(type(thing), type):
        home, qualname = (type.__dict__[name].__get__(thing) for name in ("__module__", "__qualname__"))
    elif type(thing) in (types.FunctionType, types.BuiltinFunctionType):
        home, qualname = thing.__module__, thing.__qualname__
    else:
        raise NotPlain
    if type(home) is not str or type(qualname) is not str or "<" in qualname:
        raise NotPlain
    last = home.rpartition(".")[2]
    if home == "__main__" or last.startswith("test_") or last.endswith("_test") or last in ("conftest", "tests"):
        raise NotPlain  # what only tests have
    module = sys.modules.get(home)
    if not issubclass(type(module), types.ModuleType):
        raise NotPlain
    found: Any = module
    for part in qualname.split("."):
        space = _own(found) if issubclass(type(found), type) else object.__getattribute__(found, "__dict__")
        found = space.get(part)
    if found is not thing:
        raise NotPlain
    return home, qualname


def type_source(value: Any, depth: int = 0) -> str:
    """Return the source of a value's type: ``int``, ``list[str]``, ``pkg.mod.Class``. Raises NotPlain."""
    kind = type(value)
    if kind in (list, set, frozenset, dict) and depth <= _DEEPEST:
        parts = [list(value.keys()), list(value.values())] if kind is dict else [list(value)]
        inner = [{type_source(item, depth + 1) for item in part[:3]} for part in parts]
        if value and all(len(found) == 1 for found in inner):
            return f"{kind.__name__}[{', '.join(found.pop() for found in inner)}]"
        return kind.__name__
    if value is None or type.__dict__["__module__"].__get__(kind) == "unittest.mock":
        raise NotPlain
    if kind in (types.FunctionType, types.BuiltinFunctionType, types.MethodType):
        return "collections.abc.Callable"
    if kind in (types.GeneratorType, type(iter(())), type(iter([]))):
        return "collections.abc.Iterator"
    home, qualname = where_defined(kind)
    return qualname if home == "builtins" else f"{home}.{qualname}"


def class_that_defines(kind: Any, name: str, code: types.CodeType) -> Any:
    """Return the class in the MRO in which the method of that code stands, None when it is found in none."""
    for base in type.__dict__["__mro__"].__get__(kind):
        found = _own(base).get(name)
        if type(found) in (classmethod, staticmethod):
            found = found.__func__
        elif type(found) is property:
            found = found.fget
        if type(found) is types.FunctionType and found.__code__ is code:
            return base
    return None


def _own(kind: Any) -> Any:
    """Return the class's own attributes, past whatever its metaclass makes of them."""
    return type.__dict__["__dict__"].__get__(kind)


def _maker_by_class(kind: Any) -> Callable[[PlainSource, Any, int], str]:
    own = _own(kind)
    bases = type.__dict__["__mro__"].__get__(kind)
    if any(base is enum.Enum for base in bases):
        return _member
    if any(base is tuple for base in bases) and type(own.get("_fields")) is tuple:
        return _named_tuple
    if "__dataclass_fields__" in own:
        return _data_class
    if any(base is type for base in bases):
        return _named
    raise NotPlain


def _member(self: PlainSource, value: Any, _depth: int) -> str:
    name = object.__getattribute__(value, "__dict__").get("_name_")
    if type(name) is not str or not name.isidentifier():
        raise NotPlain
    return f"{self.named(type(value))}.{name}"


def _named_tuple(self: PlainSource, value: Any, depth: int) -> str:
    fields = _own(type(value))["_fields"]
    items = list(tuple.__iter__(value))
    if len(fields) != len(items) or len(items) > _MAX_ITEMS:
        raise NotPlain
    shown = ", ".join(f"{field}={self.of(item, depth)}" for field, item in zip(fields, items))
    return f"{self.named(type(value))}({shown})"


def _data_class(self: PlainSource, value: Any, depth: int) -> str:
    own = _own(type(value))
    held = own.get("__dict__") and object.__getattribute__(value, "__dict__")
    if type(held) is not dict:
        held = _slots_of(value, own)
    pairs = []
    for name, field in own["__dataclass_fields__"].items():
        if str(getattr(field, "_field_type", "")) != "_FIELD" or name not in held:
            if str(getattr(field, "_field_type", "")) == "_FIELD_CLASSVAR":
                continue
            raise NotPlain
        if field.init and held[name] is not field.default:
            pairs.append((name, self.of(held[name], depth)))
    return f"{self.named(type(value))}({', '.join(f'{name}={source}' for name, source in pairs)})"


def _slots_of(value: Any, own: Any) -> dict[str, Any]:
    found = {}
    for name, member in own.items():
        if type(member) is types.MemberDescriptorType:
            try:
                found[name] = member.__get__(value)
            except AttributeError:
                continue
    return found


def _set(self: PlainSource, value: Any, depth: int) -> str:
    if len(value) > _MAX_ITEMS:
        raise NotPlain
    inner = ", ".join(sorted(self.of(item, depth) for item in value))
    if type(value) is frozenset:
        return f"frozenset({{{inner}}})" if inner else "frozenset()"
    return f"{{{inner}}}" if inner else "set()"


def _dict(self: PlainSource, value: Any, depth: int) -> str:
    if len(value) > _MAX_ITEMS:
        raise NotPlain
    return "{" + ", ".join(f"{self.of(k, depth)}: {self.of(v, depth)}" for k, v in value.items()) + "}"


def _tuple(self: PlainSource, value: Any, depth: int) -> str:
    inner = self.joined(value, depth)
    return f"({inner},)" if len(value) == 1 else f"({inner})"


def _number(_self: PlainSource, value: Any, _depth: int) -> str:
    if type(value) is float and not math.isfinite(value):
        return f"float('{value}')"
    if abs(value - time.time()) < _DAYS * 86400 or (type(value) is int and value.bit_length() > _MAX_BITS):
        raise NotPlain
    return repr(value)


def _called(make: Callable[[Any], list[Any]]) -> Callable[[PlainSource, Any, int], str]:
    return lambda self, value, depth: f"{self.named(type(value))}({self.joined(make(value), depth)})"


def _moment(self: PlainSource, value: Any, depth: int) -> str:
    day = value.date() if type(value) is datetime.datetime else value
    if abs((day - datetime.date.today()).days) <= _DAYS:  # noqa: DTZ011 - either zone's day is near enough
        raise NotPlain
    parts = [value.year, value.month, value.day]
    if type(value) is datetime.datetime:
        parts += [value.hour, value.minute, value.second, value.microsecond]
        while len(parts) > 3 and not parts[-1]:  # noqa: PLR2004 - year, month and day always stand
            parts.pop()
    zone = getattr(value, "tzinfo", None)
    more = "" if zone is None else f", tzinfo={self.of(zone, depth)}"
    return f"{self.named(type(value))}({', '.join(map(str, parts))}{more})"


def _path(self: PlainSource, value: Any, depth: int) -> str:
    if value.is_absolute():
        raise NotPlain
    name = "PurePath" if type(value).__name__.startswith("Pure") else "Path"
    return f"{self.named(getattr(pathlib, name))}({self.of(str(value), depth)})"


def _random_looking(self: PlainSource, value: uuid.UUID, depth: int) -> str:
    if value.version in (1, 4):
        raise NotPlain
    return f"{self.named(uuid.UUID)}({self.of(str(value), depth)})"


def _pattern(self: PlainSource, value: Any, depth: int) -> str:
    flags = value.flags & ~re.UNICODE.value
    return f"{self.named(re.compile)}({self.of(value.pattern, depth)}{f', {flags}' if flags else ''})"


def _named(self: PlainSource, value: Any, _depth: int) -> str:
    return self.named(value)


_MAKERS: dict[Any, Callable[[PlainSource, Any, int], str]] = {
    type(None): lambda _self, _value, _depth: "None",
    bool: lambda _self, value, _depth: repr(value),
    int: _number,
    float: _number,
    complex: lambda _self, value, _depth: repr(value),
    str: lambda self, value, _depth: self.text(value),
    bytes: lambda self, value, _depth: self.text(value),
    list: lambda self, value, depth: f"[{self.joined(value, depth)}]",
    tuple: _tuple,
    set: _set,
    frozenset: _set,
    dict: _dict,
    bytearray: _called(lambda v: [bytes(v)]),
    range: _called(lambda v: [v.start, v.stop, v.step]),
    slice: _called(lambda v: [v.start, v.stop, v.step]),
    decimal.Decimal: _called(lambda v: [str(v)]),
    fractions.Fraction: _called(lambda v: [v.numerator, v.denominator]),
    datetime.timedelta: _called(lambda v: [v.days, v.seconds, v.microseconds]),
    datetime.timezone: _called(lambda v: [v.utcoffset(None)]),
    datetime.time: _called(lambda v: [v.hour, v.minute, v.second, v.microsecond]),
    datetime.date: _moment,
    datetime.datetime: _moment,
    uuid.UUID: _random_looking,
    io.StringIO: _called(lambda v: [v.getvalue()]),
    io.BytesIO: _called(lambda v: [v.getvalue()]),
    pathlib.PosixPath: _path,
    pathlib.PurePosixPath: _path,
    pathlib.WindowsPath: _path,
    pathlib.PureWindowsPath: _path,
    re.Pattern: _pattern,
    type: _named,
    types.FunctionType: _named,
    types.BuiltinFunctionType: _named,
}
