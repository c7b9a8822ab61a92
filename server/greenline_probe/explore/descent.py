"""Small steps towards the missing side of a condition, as long as they bring it nearer."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Callable, Optional

from greenline_probe.explore.comparisons import Asked, Place
from greenline_probe.explore.progress import distance
from greenline_probe.explore.template import Choice

MAX_CALLS = 60
MOST_NUMBERS = 6
LONGEST = 400
_NUMBER = re.compile(r"(?<![\w\\])-?\d+(?!\w)")

Call = Callable[[Choice], Optional[list[Asked]]]
Move = Callable[[str, int], Optional[str]]


@dataclass
class Descent:
    """One way down: to the other answer of the question at ``place``.

    ``call`` makes a choice and returns what it asked, None when it was made before.
    """

    place: Place
    answer: bool
    """The only one that calls had so far."""
    apart: float
    call: Call
    calls: int = 0
    is_there: bool = False

    def run(self, start: Choice) -> None:
        """Take steps from ``start`` until it is there, no step helps or too many were taken."""
        best: Choice | None = start
        while best is not None and not self._is_over():
            best = self._next(best)

    def _next(self, best: Choice) -> Choice | None:
        for i, source in enumerate(best.chosen):
            for move in _moves(source):
                reached = self._follow(best, i, move)
                if reached is not best:
                    return reached
                if self._is_over():
                    return None
        return None

    def _follow(self, best: Choice, i: int, move: Move) -> Choice:
        """Step this way, and twice as far as long as it helps."""
        step = 1
        while not self._is_over():
            made = move(best.chosen[i], step)
            if made is None or len(made) > LONGEST:
                return best
            choice = Choice(best.template, (*best.chosen[:i], made, *best.chosen[i + 1 :]))
            if not self._is_nearer(choice):
                return best
            best, step = choice, step * 2
        return best

    def _is_nearer(self, choice: Choice) -> bool:
        self.calls += 1
        asked = [a for a in self.call(choice) or () if a.place == self.place]
        self.is_there = any(a.answer is not self.answer for a in asked)
        apart = min((d for a in asked if (d := distance(a)) is not None), default=self.apart)
        if apart >= self.apart:
            return False
        self.apart = apart
        return True

    def _is_over(self) -> bool:
        return self.is_there or self.calls >= MAX_CALLS


def _moves(source: str) -> Iterator[Move]:
    for i in range(min(MOST_NUMBERS, len(_NUMBER.findall(source)))):
        yield lambda text, step, i=i: _shifted(text, i, step)  # type: ignore[misc]
        yield lambda text, step, i=i: _shifted(text, i, -step)  # type: ignore[misc]
    if source[:1] in "'\"[b":
        yield _grown
        yield _cut


def _shifted(source: str, index: int, by: int) -> str | None:
    found = list(_NUMBER.finditer(source))
    if index >= len(found):
        return None
    span = found[index]
    old = span.group()
    new = str(int(old) + by)
    return source[: span.start()] + (new.zfill(len(old)) if old.startswith("0") else new) + source[span.end() :]


def _grown(source: str, by: int) -> str | None:
    value = _literal(source)
    if not value:
        return None
    return repr(value + (value * (by // len(value) + 1))[:by])


def _cut(source: str, by: int) -> str | None:
    value = _literal(source)
    return repr(value[:-by]) if value and len(value) >= by else None


def _literal(source: str) -> Any:
    try:
        value = ast.literal_eval(source)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None
    return value if isinstance(value, (str, bytes, list)) else None
