"""Whether an annotation allows a value, as far as a literal tells, and what it leaves open."""

from __future__ import annotations

import collections.abc
import inspect
import types
import typing
from typing import Any

from greenline_probe.explore.sources import evaluated

UNIONS = (typing.Union, getattr(types, "UnionType", typing.Union))
_ITEMS = (list, tuple, set, frozenset)


def fits(hint: Any, source: str) -> bool:
    """Tell whether the expression may be passed for the hint; what is no literal, or has no hint, may."""
    if hint is None:
        return True
    try:
        value = evaluated(source)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return True
    return _allows(hint, value)


def accepts(hint: Any, kind: type) -> bool:
    """Tell whether values of the class may be passed for the hint; for none, anything may."""
    if hint in (inspect.Parameter.empty, Any, object) or isinstance(hint, (typing.TypeVar, str)):
        return True
    parts = typing.get_args(hint) if typing.get_origin(hint) in UNIONS else (hint,)
    plain = [typing.get_origin(p) or p for p in parts]
    if kind is int and float in plain:
        return True
    return any(p is kind or p is Any or _is_subclass(kind, p) for p in plain)


def is_open(hint: Any) -> bool:
    """Tell whether a container's annotation says nothing of what is in it: dict, List[Dict[str, Any]] ..."""
    origin, args = typing.get_origin(hint) or hint, typing.get_args(hint)
    if origin in UNIONS:
        return any(is_open(a) for a in args if a is not type(None))
    if (
        not isinstance(origin, type)
        or not issubclass(origin, collections.abc.Iterable)
        or issubclass(origin, (str, bytes))
    ):
        return False
    if not args:
        return origin in {dict, list, tuple} or origin.__module__ == "collections.abc"
    last = args[-1]
    return (
        last in (Any, object)
        or isinstance(last, typing.TypeVar)
        or (typing.get_origin(last) in UNIONS)
        or is_open(last)
    )


def is_number_only(hint: Any) -> bool:
    """Tell whether the annotation is of numbers and nothing else, but perhaps for None."""
    parts = typing.get_args(hint) if typing.get_origin(hint) in UNIONS else (hint,)
    return all(part in (int, float, complex, type(None)) for part in parts)


def looks(source: str, hint: Any) -> bool:
    """Tell whether the display fits the annotation's container."""
    origin = typing.get_origin(hint) or hint
    if origin in UNIONS:
        return any(looks(source, a) for a in typing.get_args(hint))
    if not isinstance(origin, type):
        return False
    kind = {"{": dict, "[": list, "(": tuple}.get(source[:1])
    return kind is not None and _is_subclass(kind, origin)


def _allows(hint: Any, value: Any) -> bool:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in UNIONS:
        return any(_allows(each, value) for each in arguments)
    if origin is typing.Literal:
        return any(type(each) is type(value) and each == value for each in arguments)
    if hint is None or hint is type(None):
        return value is None
    if not isinstance(origin or hint, type):
        return True  # Any, type variables, what is newer than this
    return _is_instance(value, origin or hint) and _items_fit(origin, arguments, value)


def _is_instance(value: Any, kind: type) -> bool:
    if kind in (float, complex) and isinstance(value, (int, float)):
        return True
    try:
        return isinstance(value, kind)
    except TypeError:  # a protocol that nobody may ask
        return True


def _items_fit(origin: Any, arguments: tuple[Any, ...], value: Any) -> bool:
    if not arguments or not isinstance(origin, type):
        return True
    if isinstance(value, dict):
        keys, values = arguments if len(arguments) == 2 else (arguments[0], Any)
        return all(_allows(keys, k) and _allows(values, v) for k, v in value.items())
    if not isinstance(value, _ITEMS):
        return True
    if origin is tuple and not (len(arguments) == 2 and arguments[1] is Ellipsis):
        return len(value) == len(arguments) and all(map(_allows, arguments, value))
    if not issubclass(origin, collections.abc.Iterable):
        return True
    return all(_allows(arguments[0], item) for item in value)


def _is_subclass(kind: type, of: Any) -> bool:
    try:
        return isinstance(of, type) and issubclass(kind, of)
    except TypeError:  # protocols and TypedDicts refuse to be asked
        return False
