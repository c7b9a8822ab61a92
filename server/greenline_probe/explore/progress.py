"""How far the calls have come beyond lines: which answers each question had, and who is nearest to the others."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable
from typing import Any

from greenline_probe.explore.comparisons import Asked, Place
from greenline_probe.explore.goals import Goals
from greenline_probe.explore.template import Choice

MOST_PARENTS = 8
"""So many ways to a condition are remembered."""
MOST_EQUALS = 20
_FAR = 1e9
_WITHOUT_MEASURE = ("match", "isinstance", "Truth", "Number", "Is", "IsNot")
_NUMBERS = (bool, int, float)


def distance(asked: Asked) -> float | None:
    """Return how far the question was from being answered otherwise, at least 0; None when nothing tells."""
    left, right = asked.left, asked.right
    if asked.name in _WITHOUT_MEASURE:
        return None
    if type(right) in (list, tuple, set, frozenset, dict) and asked.name in ("Key", "In", "NotIn"):
        members = list(right) if len(right) <= MOST_EQUALS else []
        return min((d for m in members if (d := _between(left, m)) is not None), default=None)
    if asked.name in ("startswith", "endswith") and type(left) is type(right) is str:
        cut = left[: len(right)] if asked.name == "startswith" else left[-len(right) :]
        return _between(cut, right)
    return _between(left, right)


def _between(left: Any, right: Any) -> float | None:
    if type(left) in _NUMBERS and type(right) in _NUMBERS:
        apart = abs(_difference(left, right))
        return float(apart) if apart < _FAR else _FAR
    if type(left) is type(right) and type(left) in (str, bytes):
        return abs(len(left) - len(right)) * 2.0 + sum(1 for a, b in zip(left, right) if a != b)
    return None


class Progress:
    """Remembers, by place and by condition, the calls that later ones should start from."""

    def __init__(self, goals: Goals) -> None:
        self._goals = goals
        self._features: set[Any] = set()
        self._ways: dict[int, dict[frozenset[tuple[int, int]], Choice]] = {}
        self._picked: dict[int, int] = {}
        self._exits: dict[int, set[tuple[int, int]]] = {}
        for arc in goals.arcs:
            self._exits.setdefault(arc[0], set()).add(arc)
        self.answers: dict[Place, set[bool]] = {}
        self.nearest: dict[Place, tuple[float, Choice]] = {}
        """For questions that had one answer only: the smallest distance from the other, and the call."""

    def note(self, choice: Choice, asked: Iterable[Asked], edges: frozenset[tuple[int, int]], met: set[Any]) -> bool:
        """Learn from a call; tell whether it showed something new about a question."""
        fresh = self._note_answers(choice, asked)
        for line in self._goals.reached_by(edges):
            exits = self._exits.get(line)
            if exits is None:
                continue
            if exits <= met:
                self._ways.pop(line, None)
                continue
            ways = self._ways.setdefault(line, {})
            known = ways.get(edges)
            if known is None or choice.cost < known.cost:
                ways[edges] = choice
            if len(ways) > MOST_PARENTS:
                del ways[next(iter(ways))]
        return fresh

    def is_open(self, place: Place, met: set[Any]) -> bool:
        """Tell whether the question belongs to a condition with a branch still missing."""
        exits = self._exits.get(self._goals.statement(place[0]))
        return exits is not None and not exits <= met

    def pick(self, rng: random.Random, met: set[Any]) -> Choice | None:
        """Return a call that reached a condition whose other side is missing, each condition in its turn."""
        lines = [line for line in self._ways if not self._exits[line] <= met]
        if not lines:
            return None
        line = min(lines, key=lambda n: (self._picked.get(n, 0), n))
        self._picked[line] = self._picked.get(line, 0) + 1
        near = [c for p, (_, c) in self.nearest.items() if self._goals.statement(p[0]) == line]
        if near and rng.random() < 0.4:
            return rng.choice(near)
        return rng.choice(list(self._ways[line].values()))

    def _note_answers(self, choice: Choice, asked: Iterable[Asked]) -> bool:
        times: dict[Place, int] = {}
        fresh = False
        for question in asked:
            place = question.place
            times[place] = times.get(place, 0) + 1
            feature = (place, _answer(question))
            if feature not in self._features:
                self._features.add(feature)
                fresh = True
            if question.answer is not None:
                self._note_nearest(choice, question)
        for place, count in times.items():
            feature = (place, f"times {min(count, 3)}")
            if feature not in self._features:
                self._features.add(feature)
                fresh = True
        return fresh

    def _note_nearest(self, choice: Choice, question: Asked) -> None:
        place, answer = question.place, question.answer
        answers = self.answers.setdefault(place, set())
        if len(answers) == 2:
            return
        answers.add(bool(answer))
        if len(answers) == 2:
            self.nearest.pop(place, None)
            return
        apart = distance(question)
        known = self.nearest.get(place)
        if apart is None:
            apart = _FAR
        if known is None or (apart, choice.cost) < (known[0], known[1].cost):
            self.nearest[place] = apart, choice


def _difference(left: Any, right: Any) -> Any:
    try:
        return left - right
    except OverflowError:  # a whole number that no float holds
        return math.inf if left > right else -math.inf


def _answer(asked: Asked) -> Any:
    """Return what kind of answer it was: for numbers by how much they differ, for texts what they share."""
    left, right = asked.left, asked.right
    if type(left) in _NUMBERS and type(right) in _NUMBERS:
        apart = _difference(left, right)
        return asked.answer, max(-2, min(2, apart)) if isinstance(apart, int) else (apart > 0, apart < 0)
    if type(left) is type(right) is str and left and right:
        return asked.answer, left.startswith(right), right.startswith(left)
    if asked.name == "Truth":
        is_simple = left is None or type(left) in (*_NUMBERS, str, bytes, list, tuple, dict, set, frozenset)
        return asked.answer, type(left).__name__ if is_simple else "", bool(left) if is_simple else None
    return asked.answer
