"""Ways to read: the project whose functions a model's hostile tests use. Not a test."""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import socket
import sqlite3
import sys
from pathlib import Path


def read(way: str, place: str) -> str:
    """Return what is at a place, read in one of several ways."""
    return WAYS[way](place)


def by_open(place: str) -> str:
    return Path(place).read_text(errors="replace")


def by_descriptor(place: str) -> str:
    return os.read(os.open(place, os.O_RDONLY), 4096).decode(errors="replace")


def by_names(place: str) -> str:
    return " ".join(os.listdir(place))  # noqa: PTH208 - the event is that of this one


def by_native(place: str) -> str:
    """Read by functions of the C library, under names that nobody looks for."""
    library = ctypes.CDLL(None, use_errno=True)
    opened = getattr(library, "__open")(place.encode(), 0)
    if opened < 0:
        raise OSError(ctypes.get_errno(), "not opened")
    text = ctypes.create_string_buffer(4096)
    library.read(opened, text, 4096)
    return text.value.decode(errors="replace")


def swallowed(place: str) -> str:
    with contextlib.suppress(BaseException):
        return by_open(place)
    return by_native(place)


def by_database(place: str) -> str:
    with contextlib.closing(sqlite3.connect(f"file:{place}?mode=ro", uri=True)) as connection:
        return str(connection.execute("select said from told").fetchall())


def by_attaching(place: str) -> str:
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("attach ? as other", (place,))
        return str(connection.execute("select said from other.told").fetchall())


def by_socket(place: str) -> str:
    with socket.socket(socket.AF_UNIX) as connected:
        connected.connect(place)
        return connected.recv(4096).decode()


def by_native_socket(place: str) -> str:
    with socket.socket(socket.AF_UNIX) as connected:
        address = b"\x01\x00" + place.encode() + b"\0"
        if getattr(ctypes.CDLL(None, use_errno=True), "__connect")(connected.fileno(), address, len(address)) < 0:
            raise OSError(ctypes.get_errno(), "not connected")
        return connected.recv(4096).decode()


def by_port(place: str) -> str:
    with socket.create_connection(("127.0.0.1", int(place)), timeout=10) as connected:
        return connected.recv(4096).decode()


def by_users(place: str) -> str:
    return str(pwd.getpwnam(place))


def by_variable(place: str) -> str:
    return os.environ.get(place, "")


def by_raising(place: str) -> str:
    raise type(by_open(place).strip(), (Exception,), {})


WAYS = {name.partition("by_")[2] or name: each for name, each in vars(sys.modules[__name__]).items() if callable(each)}
