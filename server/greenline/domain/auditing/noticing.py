"""Which changes to try next, and what those that were tried say of tests and functions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from greenline.domain.auditing.model import Weakness

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenline.domain.generation.small_changes import SmallChange

ENOUGH = 6
"""Changes that a test did not notice, one after the other: more would hardly say more."""
_FEWEST = 3
"""That say something of a test."""
_MOST_TESTS = 40
"""Of one run, where a function is reached by more: the fastest ones."""


@dataclass(slots=True)
class Changed:
    """One function, and the tests that reach each of its changes."""

    name: str
    """``path::qualname``, as a person would write it from the project's root."""
    path: Path
    line: int
    waiting: list[tuple[SmallChange, frozenset[str]]]
    """Not tried yet, with the node ids of the tests that run its line; the plainest first."""
    tried: list[SmallChange] = field(default_factory=list)
    reached: set[str] = field(default_factory=set)
    """Tests that ran while it was changed."""
    noticed: int = 0


@dataclass(frozen=True, slots=True)
class Trial:
    """A change, and the tests to run over it."""

    function: Changed
    change: SmallChange
    tests: tuple[str, ...]


class Noticing:
    """Takes down who noticed what."""

    def __init__(self, functions: list[Changed], seconds: Mapping[str, float]) -> None:
        self.functions = functions
        self._seconds = seconds
        self._missed: dict[str, list[tuple[Changed, SmallChange]]] = {}
        self._noticing: set[str] = set()
        """Tests that failed once: they can."""

    def next(self) -> Trial | None:
        """Return the change that says most for the time that it takes; None when none says anything new."""
        trials = [trial for function in self.functions if (trial := self._trial(function)) is not None]
        return max(trials, key=self._worth, default=None)

    def tried(self, trial: Trial, failed: Collection[str]) -> None:
        """Take down which of a trial's tests failed."""
        function = trial.function
        function.waiting = [one for one in function.waiting if one[0] is not trial.change]
        function.tried.append(trial.change)
        function.reached.update(trial.tests)
        function.noticed += bool(failed)
        self._noticing.update(failed)
        for test in trial.tests:
            if test not in failed:
                self._missed.setdefault(test, []).append((function, trial.change))

    def drop(self, trial: Trial) -> None:
        """Forget a change that could not be tried."""
        trial.function.waiting = [one for one in trial.function.waiting if one[0] is not trial.change]

    @property
    def left(self) -> int:
        """How many functions have something untried that would say something."""
        return sum(self._trial(function) is not None for function in self.functions)

    def unchecked(self) -> Iterator[Weakness]:
        """Yield functions that tests run, and of whose changes none was noticed."""
        for function in self.functions:
            if function.noticed or not function.tried or (len(function.tried) < _FEWEST - 1 and function.waiting):
                continue
            count = len({test.partition("[")[0] for test in function.reached})
            who = "the test that runs it" if count == 1 else f"any of the {count} tests that run it"
            evidence = f"Not noticed by {who}: {_examples(function.tried)}."
            advice = "Assert what it gives or changes."
            yield Weakness("unchecked", function.name, function.path, function.line, evidence, advice)

    def cannot_fail(self, rows: Mapping[str, Collection[str]]) -> Iterator[tuple[str, str]]:
        """Yield tests that noticed nothing, with the evidence; ``rows`` has the node ids of each by its own."""
        for test, node_ids in rows.items():
            if any(row in self._noticing for row in node_ids):
                continue
            missed = {one[1]: one[0] for row in node_ids for one in self._missed.get(row, ())}
            noticed_by_others = any(function.noticed for function in missed.values())
            if len(missed) >= _FEWEST and noticed_by_others:
                yield test, f"It notices none of {_examples(list(missed), missed)}."

    def _trial(self, function: Changed) -> Trial | None:
        """Return the plainest change of a function that still says something, None where none does."""
        for change, reaching in function.waiting:
            tests = {test for test in reaching if self._is_open(test)}
            if not function.noticed:
                tests |= set(sorted(reaching, key=lambda test: self._seconds.get(test, 0.0))[:_MOST_TESTS])
            if tests:
                return Trial(function, change, tuple(sorted(tests)))
        return None

    def _is_open(self, test: str) -> bool:
        return test not in self._noticing and len(self._missed.get(test, ())) < ENOUGH

    def _worth(self, trial: Trial) -> tuple[float, int]:
        news = sum(map(self._is_open, trial.tests)) + 2 * (not trial.function.noticed) / (1 + len(trial.function.tried))
        seconds = 0.5 + sum(self._seconds.get(test, 0.0) for test in trial.tests)
        return news / seconds, -trial.change.line


def _examples(changes: list[SmallChange], of: Mapping[SmallChange, Changed] | None = None) -> str:
    """Return "6 changes (line 12: `None` instead of `total`, ...)"."""
    first = changes[0]
    words = first.words if of is None else first.words.replace("line ", f"{of[first].path.name}:", 1)
    return f"{len(changes)} {'change' if len(changes) == 1 else 'changes'} ({words}{', ...' * (len(changes) > 1)})"
