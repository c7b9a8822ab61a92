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
