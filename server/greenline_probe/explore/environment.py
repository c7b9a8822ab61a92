"""What a call does to the environment variables: its test asserts it, and puts it back."""

from __future__ import annotations

import os
from typing import Callable
from unittest import mock

from greenline_probe.explore.express import Names

MAX_CHANGES = 3
MAX_VALUE = 80


def variables() -> dict[str, str]:
    """Return the environment as it is."""
    return dict(os.environ)


def put_back(before: dict[str, str]) -> None:
    """Make the environment what it was."""
    if variables() != before:
        os.environ.clear()
        os.environ.update(before)


def changes(before: dict[str, str], names: Names, is_stable: Callable[[str], bool]) -> tuple[str, list[str]]:
    """Return the decorator that puts the environment back, and assertions on what changed since.

    Both are empty when nothing did.
    """
    now = variables()
    if now == before:
        return "", []
    environ = f"{names.bind('os', 'os', '', os)}.environ"
    found = [
        f"{environ}[{name!r}] == {now[name]!r}"
        for name in sorted(now)
        if before.get(name) != now[name] and len(now[name]) <= MAX_VALUE and is_stable(now[name])
    ]
    found += [f"{name!r} not in {environ}" for name in sorted(before) if name not in now]
    return f"{names.bind('mock', 'unittest', 'mock', mock)}.patch.dict({environ})", found[:MAX_CHANGES]
