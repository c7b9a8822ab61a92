"""Which changes to try next, and what those that were tried say of tests and functions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress
from operator import getitem
from pathlib import Path
from typing import TYPE_CHECKING

from greenline.domain.auditing.model import Weakness
from greenline.domain.coverage.contexts import union

if TYPE_CHECKING:
    from greenline.domain.generation.small_changes import SmallChange

_FEWEST = 3
"""Changes that say something of a test, or of a function."""
_MOST_TESTS = 40
"""Of one run, where a function is reached by more: the fastest ones. The others follow where none noticed anything."""


@dataclass(slots=True)
class Changed:
    """One function, and the tests that reach each of its changes."""

    name: str
    """``path::qualname``, as a person would write it from the project's root."""
    path: Path
    line: int
    waiting: list[tuple[SmallChange, int]]
    """Not tried yet, with the tests that run its line: bit n for the n-th; the plainest first."""
    tried: list[SmallChange] = field(default_factory=list)
    unsure: set[SmallChange] = field(default_factory=set)
    """Noticed by none of the tests that ran, while others are waiting that reach them as well."""
    reached: int = 0
    """Tests that ran while it was changed, as bits."""
    noticed: int = 0


@dataclass(frozen=True, slots=True)
class Trial:
    """A change, and the tests to run over it."""

    function: Changed
    change: SmallChange
    tests: tuple[str, ...]
    reaching: int
    """All that it could be tried with, as bits."""


@dataclass(frozen=True, slots=True)
class _Possible:
    """What would be tried next of a function, and what that is worth; both stay until one of the tests closes."""

    function: Changed
    change: SmallChange
    reaching: int
    tests: int
    worth: tuple[float, int]


class Noticing:
    """Takes down who noticed what. ``tests`` are the node ids that the bits of a number stand for, the fastest first.

    A large project has thousands of functions and of tests: what is known of a function is kept as long as it holds.
    """

    def __init__(self, functions: list[Changed], tests: Sequence[str], seconds: Mapping[str, float]) -> None:
        self.functions = functions
        self._tests = tests
        self._numbers = {test: number for number, test in enumerate(tests)}
        self._seconds = _sums([seconds.get(test, 0.0) for test in tests])
        self._open = (1 << len(tests)) - 1
        """Tests that noticed nothing so far: any change that they reach may be the one that they are there for."""
        self._possible: dict[int, _Possible | None] = {}
        """By the function's place among the functions."""
        self._missed: dict[str, list[tuple[Changed, SmallChange]]] = {}
        self._noticing: set[str] = set()
        """Tests that failed once: they can."""

    def next(self) -> Trial | None:
        """Return the change that says most for the time that it takes; None when none says anything new."""
        best = max(self._possibles(), key=lambda possible: possible.worth, default=None)
        if best is None:
            return None
        return Trial(best.function, best.change, tuple(sorted(self._named(best.tests))), best.reaching)

    def tried(self, trial: Trial, failed: Collection[str]) -> None:
        """Take down which of a trial's tests failed."""
        function = trial.function
        ran = sum(1 << self._numbers[test] for test in trial.tests)
        if trial.change not in function.tried:
            function.tried.append(trial.change)
        function.reached |= ran
        function.noticed += bool(failed)
        self._noticing.update(failed)
        for test in trial.tests:
            if test not in failed:
                self._missed.setdefault(test, []).append((function, trial.change))
        self._close(test for test in trial.tests if test in failed)
        self.drop(trial)
        function.unsure.discard(trial.change)
        if not function.noticed and (others := trial.reaching & ~ran):
            function.unsure.add(trial.change)
            function.waiting.append((trial.change, others))

    def drop(self, trial: Trial) -> None:
        """Forget a change that could not be tried."""
        function = trial.function
        function.waiting = [one for one in function.waiting if one[0] is not trial.change]
        self._possible = {
            place: one for place, one in self._possible.items() if one is None or one.function is not function
        }

    @property
    def left(self) -> int:
        """How many functions have something untried that would say something."""
        return sum(1 for _ in self._possibles())

    def unchecked(self) -> Iterator[Weakness]:
        """Yield functions that tests run, and of whose changes none was noticed."""
        for function in self.functions:
            is_known = function.tried and not function.unsure
            if function.noticed or not is_known or (len(function.tried) < _FEWEST - 1 and function.waiting):
                continue
            count = function.reached.bit_count()
            who = "the test that runs it" if count == 1 else f"any of the {count} tests that run it"
            evidence = f"Not noticed by {who}: {_examples(function.tried)}."
            advice = "Assert what it gives or changes."
            yield Weakness("unchecked", function.name, function.path, function.line, evidence, advice)

    def cannot_fail(self) -> Iterator[tuple[str, str]]:
        """Yield tests that notice nothing of all that they run, though others do, with the evidence."""
        waiting = self._waiting()
        for test, missed in self._missed.items():
            noticed_by_others = any(function.noticed for function, _ in missed)
            is_known = test not in self._noticing and not waiting >> self._numbers[test] & 1
            if is_known and noticed_by_others and len(missed) >= _FEWEST:
                of = {change: function for function, change in missed}
                yield test, f"It notices none of {_examples(list(of), of)}."

    @property
    def undecided(self) -> int:
        """How many tests have noticed nothing so far, of which more changes would tell."""
        waiting = self._waiting()
        return sum(1 for test in self._missed.keys() - self._noticing if waiting >> self._numbers[test] & 1)

    def _waiting(self) -> int:
        """Return the tests that reach something untried."""
        return union(reaching for function in self.functions for _, reaching in function.waiting)

    def _possibles(self) -> Iterator[_Possible]:
        for place, function in enumerate(self.functions):
            if place not in self._possible:
                self._possible[place] = self._plainest(function)
            possible = self._possible[place]
            if possible is not None:
                yield possible

    def _plainest(self, function: Changed) -> _Possible | None:
        """Return the plainest change of a function that still says something, None where none does."""
        for change, reaching in function.waiting:
            tests = reaching & self._open
            if not function.noticed:
                tests |= reaching if change in function.unsure else _lowest(reaching, _MOST_TESTS)
            if tests:
                return _Possible(function, change, reaching, tests, self._worth(function, change, tests))
        return None

    def _close(self, tests: Iterable[str]) -> None:
        """Expect nothing new of tests, and choose again where they were to run."""
        closed = self._open & sum(1 << self._numbers[test] for test in tests)
        self._open &= ~closed
        self._possible = {place: one for place, one in self._possible.items() if one is None or not one.tests & closed}

    def _worth(self, function: Changed, change: SmallChange, tests: int) -> tuple[float, int]:
        news = (tests & self._open).bit_count() + 2 * (not function.noticed) / (1 + len(function.tried))
        seconds = 0.5 + sum(map(getitem, self._seconds, tests.to_bytes(len(self._seconds), "little")))
        return news / seconds, -change.line

    def _named(self, tests: int) -> Iterator[str]:
        return compress(self._tests, map(int, reversed(f"{tests:b}")))


def _sums(seconds: Sequence[float]) -> list[list[float]]:
    """Return, for each eight of them, what any of these take together, by the byte whose bits stand for them."""
    tables = []
    for start in range(0, len(seconds), 8):
        sums = [0.0]
        for one in seconds[start : start + 8]:
            sums += [before + one for before in sums]
        tables.append(sums)
    return tables


def _lowest(number: int, count: int) -> int:
    """Return no more than so many of its bits, from the lowest."""
    kept = 0
    while number and count:
        lowest = number & -number
        kept, number, count = kept | lowest, number ^ lowest, count - 1
    return kept


def _examples(changes: list[SmallChange], of: Mapping[SmallChange, Changed] | None = None) -> str:
    """Return "6 changes (line 12: `None` instead of `total`, ...)"."""
    first = changes[0]
    words = first.words if of is None else first.words.replace("line ", f"{of[first].path.name}:", 1)
    return f"{len(changes)} {'change' if len(changes) == 1 else 'changes'} ({words}{', ...' * (len(changes) > 1)})"
