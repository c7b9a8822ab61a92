"""What an object of a library's class holds only because every one of its class does."""

from __future__ import annotations

import contextlib
import functools
import inspect
import sys
from typing import Any, Callable

from greenline_probe.preload import is_installed

Data = list[tuple[str, Any]]
Reader = Callable[[Any], Data]
_MISSING = object()


def usual_data(value: Any, read: Reader) -> Data:
    """Return of an object's public data, which ``read`` reads, what its library put there by itself.

    What a class of a library takes by default is its business: its next version may take something else.
    """
    data = read(value)
    kinds = [kind for kind in type(value).__mro__[:-1] if kind.__module__ != "builtins"]
    library = next((kind for kind in kinds if _is_of_library(kind)), None)
    if library is None or isinstance(value, BaseException):
        return []
    usual = dict(_defaults(library))
    if library is not type(value):
        # The project's class has made one of the library's already, so that another does no harm.
        usual.update(_data_of_a_new_one(library, read))
    return [(key, inner) for key, inner in data if _is_same(usual.get(key, _MISSING), inner)]


def _is_of_library(kind: type) -> bool:
    place = getattr(sys.modules.get(kind.__module__), "__file__", None)
    return place is not None and is_installed(place)


@functools.lru_cache(maxsize=64)
def _defaults(kind: type) -> tuple[tuple[str, Any], ...]:
    with contextlib.suppress(Exception):
        found = inspect.signature(kind).parameters.values()
        return tuple((p.name, p.default) for p in found if p.default is not inspect.Parameter.empty)
    return ()


@functools.lru_cache(maxsize=64)
def _data_of_a_new_one(kind: type, read: Reader) -> tuple[tuple[str, Any], ...]:
    with contextlib.suppress(Exception):
        return tuple(read(kind()))
    return ()


def _is_same(one: Any, other: Any) -> bool:
    with contextlib.suppress(Exception):
        return type(one) is type(other) and bool(one == other)
    return False
