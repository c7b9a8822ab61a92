"""Whether a value is one that its annotation allows, as far as a literal tells."""

from __future__ import annotations

import ast
import collections.abc
import types
import typing
from typing import Any

_UNIONS = (typing.Union, getattr(types, "UnionType", typing.Union))
_ITEMS = (list, tuple, set, frozenset)


def fits(hint: Any, source: str) -> bool:
    """Tell whether the expression may be passed for the hint; what is no literal, or has no hint, may."""
    if hint is None:
        return True
    try:
        value = ast.literal_eval(source)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return True
    return _allows(hint, value)


def _allows(hint: Any, value: Any) -> bool:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in _UNIONS:
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
