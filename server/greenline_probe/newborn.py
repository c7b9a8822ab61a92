"""Makes a forked child what a fresh process would be: the steps that Python's own start takes."""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import importlib.machinery
import os
import sys
import tempfile
import time
from typing import TYPE_CHECKING

from greenline_probe import limits, wire
from greenline_probe.channel import Channel, point_at_nothing

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_STARTS_WITH_PYTHON = frozenset({"sitecustomize", "usercustomize"})


class Place:
    """Where the value of an environment variable lies that others see in /proc/PID/environ."""

    def __init__(self, address: int, text: str) -> None:
        self._address = address
        self.text = text

    def write(self, text: str) -> None:
        """Put another value there, of the same length. ``os.environ`` and what it is handed to are not changed."""
        assert len(text) == len(self.text)
        ctypes.memmove(self._address, text.encode("ascii"), len(text))
        self.text = text


def place_of(name: str) -> tuple[Place | None, str]:
    """Return the place of the variable, or None and why this process cannot have children that are told apart."""
    try:
        entries = ctypes.POINTER(ctypes.c_void_p).in_dll(ctypes.CDLL(None), "environ")
        start = f"{name}=".encode("ascii")
        number = 0
        while (entry := entries[number]) is not None:
            text = ctypes.string_at(entry)
            if text.startswith(start):
                place = Place(entry + len(start), text[len(start) :].decode("ascii"))
                return (place, "") if _is_seen(place, start) else (None, "its environment cannot be marked")
            number += 1
    except (OSError, ValueError, AttributeError):
        pass
    return None, "its environment cannot be found"


def _is_seen(place: Place, start: bytes) -> bool:
    before = place.text
    other = "".join("0" if letter != "0" else "1" for letter in before)
    place.write(other)
    try:
        with open("/proc/self/environ", "rb") as stream:
            return start + other.encode("ascii") in stream.read().split(b"\0")
    finally:
        place.write(before)


def settle(descriptor: int, parent: int) -> Channel:
    """Read the Birth and become what it says; leaves where a fresh process would have imported other modules."""
    os.setsid()
    limits.die_with_parent(parent)
    channel = Channel(descriptor, os.dup(descriptor))
    line = next(iter(channel.requests()), "")
    if not line:  # nobody wants it any more
        os._exit(0)
    birth = wire.decode(line, wire.Birth)
    _take_output(birth.output)
    os.chdir(birth.folder)
    texts = _texts()
    os.environ.clear()
    os.environ.update(birth.environment)
    if texts != _texts():
        _take_locale()
    if hasattr(time, "tzset"):
        time.tzset()
    tempfile.tempdir = None
    first = _python_path()
    hidden = shadowed([*birth.first, *first], {name.partition(".")[0] for name in sys.modules})
    if hidden:
        channel.reply(wire.Problem("unfit", f"{hidden} would be imported in place of what is imported already"))
        os._exit(0)
    sys.path[:] = list(dict.fromkeys([*first, *sys.path]))
    importlib.invalidate_caches()
    if "numpy.random" in sys.modules:  # it alone does not seed itself again in a child
        sys.modules["numpy.random"].seed()
    return channel


def _texts() -> list[str | None]:
    return [os.environ.get(name) for name in ("LC_ALL", "LC_CTYPE", "LANG")]


def _take_locale() -> None:
    """Take the locale for texts, and none of the others, from the environment."""
    import _locale  # noqa: PLC0415 - few need it; `locale` itself imports more than a start of Python does

    with contextlib.suppress(_locale.Error):  # type: ignore[attr-defined, unused-ignore] # not installed
        _locale.setlocale(_locale.LC_CTYPE, "")


def _take_output(path: str) -> None:
    point_at_nothing(0)
    output = os.open(path, os.O_WRONLY | os.O_APPEND)
    for standard in (1, 2):
        os.dup2(output, standard)
    os.close(output)


def _python_path() -> list[str]:
    """Return the entries of PYTHONPATH as ``site`` makes them."""
    entries = os.environ.get("PYTHONPATH", "")
    return [os.path.abspath(entry) for entry in entries.split(os.pathsep)] if entries else []


def shadowed(folders: Sequence[str], imported: Collection[str]) -> str:
    """Return a module in one of the folders that has the name of one that is imported; empty for none."""
    names = {*imported, *_STARTS_WITH_PYTHON} - {"__main__", "greenline_probe"}
    suffixes = tuple(importlib.machinery.all_suffixes())
    for folder in dict.fromkeys(folders):
        try:
            entries = os.listdir(folder)
        except OSError:
            continue
        for entry in entries:
            path = os.path.join(folder, entry)
            if entry.partition(".")[0] in names and (
                entry.endswith(suffixes) or os.path.isfile(os.path.join(path, "__init__.py"))
            ):
                return path
    return ""
