"""What a question of the code asks for: put its one operand where the input shows the other."""

from __future__ import annotations

import ast
import contextlib
import itertools
import re
from collections.abc import Iterator
from typing import Any

from greenline_probe.explore.comparisons import Asked
from greenline_probe.explore.express import Expresser
from greenline_probe.explore.file_names import renamed, stays_below
from greenline_probe.explore.regex_samples import samples
from greenline_probe.explore.sources import LONG, evaluated, repeated

MOST_MEMBERS = 12
MOST_SAMPLES = 4
LONGEST = 200
"""So long a text or list is made where a length is compared."""
_SIMPLE = (str, int, float, bytes)
_OF_TYPE: dict[Any, list[Any]] = {
    str: ["abc"], int: [3], float: [1.5], bytes: [b"abc"], bool: [True], dict: [{"a": 1}], list: [[1, 2]],
    tuple: [(1, 2)], set: [{1, 2}], type(None): [None],
}  # fmt: skip
_EXPRESSIBLE = tuple(_OF_TYPE)


class Wanted:
    """Turns questions into sources worth trying."""

    def __init__(self, express: Expresser) -> None:
        self._express = express
        self._samples: dict[Any, tuple[list[str], set[str]]] = {}

    def sources(self, asked: Asked, source: str) -> list[str]:
        """Return changes of the source by which the question may be answered otherwise."""
        try:
            found = [made for have, want in self._wishes(asked) for made in self._substituted(source, have, want)]
            return [made for made in found if stays_below(made)]
        except Exception:  # the code's own values may refuse to be compared
            return []

    def _wishes(self, asked: Asked) -> Iterator[tuple[Any, Any]]:
        """Yield (what the input shows, what it should show)."""
        name, left, right = asked.name, asked.left, asked.right
        if name in ("In", "NotIn", "Key"):
            if type(right) is type(left) is str:
                yield from [(right, left + right), (right, left)]
            yield from ((left, item) for item in _members(right))
            if type(right) is dict and asked.answer is False and len(right) < MOST_MEMBERS:
                yield from ((right, {**right, left: value}) for value in [*list(right.values())[:1], 1, "a"])
        elif name in ("startswith", "endswith"):
            for affix in right if isinstance(right, tuple) else (right,):
                yield left, affix + left if name == "startswith" else left + affix
                yield left, affix
        elif name == "match":
            for sample in self._texts_for(right, matching=asked.answer is not True):
                yield left, sample
                if type(left) is str:
                    yield left, sample + left
                    yield left, left + sample
                    yield left, f"{left}\n{sample}"
        elif name == "Number":
            yield from ((left, text) for text in ("1", "12", "0"))
        elif name == "isinstance":
            kinds = right if isinstance(right, tuple) else (right,)
            yield from ((left, value) for kind in kinds for value in _OF_TYPE.get(kind, ()))
        elif name == "Truth":
            yield from _opposites(left)
        else:
            yield from [(left, right), (right, left)]

    def _texts_for(self, pattern: Any, *, matching: bool) -> list[str]:
        """Return a few texts that the pattern matches, or just misses."""
        if not isinstance(pattern, (str, re.Pattern)):
            return []
        if pattern not in self._samples:
            every = samples(pattern, MOST_SAMPLES)
            self._samples[pattern] = every, {s for s in every if re.search(pattern, s)}
        texts, found = self._samples[pattern]
        return [s for s in texts if (s in found) is matching][:MOST_SAMPLES]

    def _substituted(self, source: str, have: Any, want: Any) -> Iterator[str]:
        kind = type(want)
        if not source or kind not in _EXPRESSIBLE:
            return
        is_inside = source[:1] in "{[("  # an item may be of any type
        if type(have) is not kind and kind in _SIMPLE and not is_inside:
            return
        held, wanted = self._express.express(have), self._express.express(want)
        if held is None or wanted is None or held == wanted:
            return
        if source == held:
            yield wanted
            if kind in (int, float):
                yield repr(want + 1)
                yield repr(want - 1)
        elif kind not in _SIMPLE:
            if is_inside and held in source:
                yield source.replace(held, wanted, 1)
            return
        elif isinstance(have, str) and isinstance(want, str) and source[:1] in "'\"":
            yield from _replaced(source, held[1:-1], wanted[1:-1])
        elif isinstance(have, str) and isinstance(want, str) and (made := renamed(source, have, want)):
            yield from made
        elif held in source:
            yield source.replace(held, wanted, 1)
        elif kind in (int, float):
            yield from _solved(source, have, want)
        if isinstance(want, (int, float)) and isinstance(have, int) and source[:1] in "'\"[b" and 0 <= want <= LONGEST:
            yield from _resized(source, have, int(want))


def _replaced(source: str, held: str, wanted: str) -> Iterator[str]:
    """Put one text for another, also where the code has changed its case before."""
    if not held:
        return
    at = source.find(held)
    if at < 0:
        at = source.lower().find(held.lower())
    if at >= 0 and len(source.lower()) == len(source):
        yield source[:at] + wanted + source[at + len(held) :]


def _resized(source: str, have: int, want: int) -> Iterator[str]:
    """Make an argument whose length was compared as long as wanted, and one longer and shorter."""
    try:
        value = evaluated(source)
    except (ValueError, SyntaxError):
        return
    if len(value) != have or not value:
        return
    for length in (want, want + 1, want - 1):
        if LONG <= length <= LONGEST and isinstance(value, (str, bytes)):
            yield repeated("x" if isinstance(value, str) else b"x", length)
        if 0 <= length <= LONGEST:
            yield repr((value * (length // len(value) + 1))[:length])


def _solved(source: str, have: Any, want: Any) -> Iterator[str]:
    """Take what was compared for the argument plus something, then for the argument times something."""
    try:
        value = ast.literal_eval(source)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return
    if type(value) not in (int, float):
        return
    kind = type(value)
    with contextlib.suppress(OverflowError, ValueError, ZeroDivisionError):
        for found in (value + want - have, value - want + have, value * want / have):
            yield repr(kind(round(found)) if kind is int else found)


def _members(container: Any) -> list[Any]:
    if type(container) in (str, list, tuple, dict):
        return list(itertools.islice(container, MOST_MEMBERS))
    if type(container) in (set, frozenset) and len(container) <= LONGEST:
        return sorted((m for m in container if type(m) in _SIMPLE), key=repr)[:MOST_MEMBERS]
    return []


def _opposites(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield the empty or zero one for a value, and the other way round."""
    kind = type(value)
    if kind is str:
        yield value, "" if value else "abc"
    elif kind in (int, float):
        yield value, kind(0 if value else 1)
