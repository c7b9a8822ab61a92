"""The arguments of commands: each takes one object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pygls.exceptions import JsonRpcInvalidParams


def one_object(arguments: tuple[object, ...]) -> Mapping[str, Any]:
    """Return the one object. Raises JsonRpcInvalidParams."""
    if len(arguments) != 1 or not isinstance(arguments[0], Mapping):
        raise JsonRpcInvalidParams("this command takes one object; docs/protocol.md names its fields")
    return arguments[0]


def object_or_nothing(arguments: tuple[object, ...]) -> Mapping[str, Any]:
    """Return the object, an empty one where none was given. Raises JsonRpcInvalidParams."""
    return one_object(arguments) if any(argument is not None for argument in arguments) else {}


def uri_in(values: Mapping[str, Any]) -> str:
    """Return the ``uri``. Raises JsonRpcInvalidParams."""
    uri = values.get("uri")
    if not isinstance(uri, str):
        raise JsonRpcInvalidParams("the argument has no uri")
    return uri


def natural(values: Mapping[str, Any], name: str, default: int) -> int:
    """Return a number of things, the default where there is none. Raises JsonRpcInvalidParams."""
    value = values.get(name, default)
    if type(value) is not int or value < 0:
        raise JsonRpcInvalidParams(f"{name} is not a number from 0 on")
    return value


def plain(value: object) -> dict[str, Any]:
    """Return a JSON object as a dict (pygls makes named tuples of some); anything else counts as empty."""
    if hasattr(value, "_asdict"):
        value = value._asdict()
    if not isinstance(value, Mapping):
        return {}
    return {str(k): plain(v) if isinstance(v, Mapping) or hasattr(v, "_asdict") else v for k, v in value.items()}
