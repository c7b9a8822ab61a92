"""What a call does to the environment variables: its test asserts it, and puts it back."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import Callable
from unittest import mock

from greenline_probe.explore.express import Names

MAX_CHANGES = 3
MAX_VALUE = 80
SHORTEST_INHERITED = 4
_ENDS_IN_FOLDERS = ("PATH", "PYTHONPATH")
_NEEDED = ("PATH", "PYTHON", "TMP", "TEMP", "SYSTEMROOT", "LD_", "DYLD_", "GREENLINE")


def variables() -> dict[str, str]:
    """Return the environment as it is."""
    return dict(os.environ)


def put_back(before: dict[str, str]) -> None:
    """Make the environment what it was."""
    if variables() != before:
        os.environ.clear()
        os.environ.update(before)


def changes(before: dict[str, str], names: Names, is_stable: Callable[[str], bool]) -> list[str]:
    """Return assertions on what changed since; what contains a value that was inherited is true here only."""
    now = variables()
    if now == before:
        return []
    environ = f"{names.bind('os', 'os', '', os)}.environ"
    inherited = {value for value in before.values() if len(value) >= SHORTEST_INHERITED}
    found = [
        f"{environ}[{name!r}] == {now[name]!r}"
        for name in sorted(now)
        if before.get(name) != now[name]
        and len(now[name]) <= MAX_VALUE
        and is_stable(now[name])
        and not any(value in now[name] for value in inherited)
    ]
    return [*found, *(f"{name!r} not in {environ}" for name in sorted(before) if name not in now)][:MAX_CHANGES]


def restoring(before: dict[str, str], known: frozenset[str], names: Names) -> str:
    """Return the decorator of a test that puts the environment back, empty where only ``known`` variables changed."""
    now = variables()
    if all(now.get(name) == before.get(name) for name in {*now, *before} - known):
        return ""
    return f"{names.bind('mock', 'unittest', 'mock', mock)}.patch.dict({names.bind('os', 'os', '', os)}.environ)"


@contextlib.contextmanager
def another(asked: list[str], folder: str) -> Iterator[None]:
    """Let the process see another person's environment: other values of what is inherited, and of what is asked for."""
    before = variables()
    try:
        for name, value in before.items():
            if name in _ENDS_IN_FOLDERS:
                os.environ[name] = os.pathsep.join([value, os.path.join(folder, "bin")])
            elif not name.startswith(_NEEDED):
                del os.environ[name]
        os.environ["HOME"] = folder
        os.environ.update((name, "elsewhere") for name in asked)
        yield
    finally:
        put_back(before)
