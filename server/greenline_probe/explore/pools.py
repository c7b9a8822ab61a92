"""Pools: lists of expressions, most typical and readable first."""

from __future__ import annotations

from collections.abc import Iterable

MAX_POOL = 80


def unique(sources: Iterable[str]) -> list[str]:
    """Return each once, in the order of their first."""
    return list(dict.fromkeys(sources))


def interleave(pools: list[list[str]]) -> list[str]:
    """Take from each pool in turn, so that every kind of value comes early."""
    longest = max(map(len, pools), default=0)
    return unique(pool[i] for i in range(longest) for pool in pools if i < len(pool))


def typical_first(pool: list[str], typed: list[str]) -> list[str]:
    """Put the first value of the type, the ordinary case, before the boundaries."""
    if typed and typed[0] in pool:
        pool.remove(typed[0])
        pool.insert(0, typed[0])
    return pool[: MAX_POOL * 2]
