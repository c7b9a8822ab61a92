"""Paths as reports spell them: of this machine or another, of this system or another."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_WINDOWS = re.compile(r"[A-Za-z]:[\\/]|\\\\")


def is_absolute(name: str) -> bool:
    """Tell whether the path starts at the top, on whatever system it was written."""
    return name.startswith("/") or _WINDOWS.match(name) is not None


def parts_of(name: str) -> tuple[str, ...]:
    """Return folders and file; both kinds of slashes part them where the path is one of Windows."""
    if _WINDOWS.match(name) or ("\\" in name and "/" not in name):
        name = name.replace("\\", "/")
    return tuple(part for part in name.split("/") if part not in {"", "."})


def common_tail(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many of the last parts two paths share."""
    count = 0
    for mine, theirs in zip(reversed(one), reversed(other), strict=False):
        if mine != theirs:
            break
        count += 1
    return count


def moved(name: str, start: str, to: str) -> str | None:
    """Return the name with its first folders replaced; None when it does not begin with ``start``.

    What begins with a drive letter is compared as Windows does, whatever the case.
    """
    begins, parts = parts_of(start), parts_of(name)
    if is_absolute(start) != is_absolute(name) or len(parts) <= len(begins):
        return None
    fold = str.casefold if _WINDOWS.match(start) else str
    if [fold(part) for part in parts[: len(begins)]] != [fold(part) for part in begins]:
        return None
    return "/".join([to.rstrip("/\\"), *parts[len(begins) :]])
