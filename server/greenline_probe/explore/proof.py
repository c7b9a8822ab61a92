"""Whether a law holds: tried on whatever inputs the engine has, and on changed code."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import Any

from greenline_probe.explore.budget import Budget
from greenline_probe.explore.laws import Law
from greenline_probe.explore.observe import Observer
from greenline_probe.explore.readable_rows import LEAST_DISTINCT, Row, is_fit, reading_cost

LEAST_INPUTS = 30
"""So many of the inputs must be such that the law speaks of them."""
PATIENCE = 60
"""So many inputs in a row that the law does not speak of end the attempt."""
SLOW = 0.02
"""Seconds of computing. That one of many takes longer may be chance: garbage is collected, or the core is shared."""
SURELY_SLOW = 0.1
"""Seconds that no chance takes."""
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


@dataclass
class _Given:
    """An input as the law sees it."""

    kind: type
    key: str
    """What comes of the plain call, as text."""
    is_trivial: bool
    """The law says nothing about it."""


@dataclass
class Proof:
    """A law that held. ``rows`` are inputs that show it, the most readable first."""

    law: Law
    kind: type
    """The class of the first argument: of others nothing is known."""
    rows: list[Row] = field(default_factory=list)


class Prover:
    """Runs the tests of laws."""

    def __init__(self, observer: Observer, budget: Budget) -> None:
        self._observer = observer
        self._budget = budget
        self._failed: set[tuple[str, Row]] = set()
        """Calls that raise: no law speaks of them."""
        self.refuted: Row | None = None
        """Of the last law: a call for which it does not hold."""
        self._slowest = [0.0, 0.0]
        """Computing time of the two slowest tests of a law since ``watch``, in seconds; the slowest comes last."""

    @property
    def is_slow(self) -> bool:
        """Whether tests of a law took long since ``watch``."""
        return self._slowest[0] > SLOW or self._slowest[1] > SURELY_SLOW

    def watch(self) -> None:
        """Forget what tests took so far."""
        self._slowest = [0.0, 0.0]

    def prove(self, law: Law, inputs: list[Row], least: int = LEAST_INPUTS) -> Proof | None:
        """Return the proof when the law holds wherever it speaks, often enough, and not of nothing.

        ``least`` inputs must be such that it speaks of them.
        """
        self.refuted = None
        kind: type | None = None
        held = silent = 0
        telling: dict[str, Row] = {}
        for row in inputs:
            if self._budget.is_over():
                return None
            if silent > PATIENCE:
                break
            given = None if (law.given, row) in self._failed else self._given(law, row)
            if given is None or given.kind is not (kind or given.kind):
                silent += 1
                continue
            kind, silent = given.kind, 0
            holds = self.holds(law, row)
            if holds is not True:
                self.refuted = row if holds is False else None
                return None
            held += 1
            better = given.key not in telling or reading_cost(row) < reading_cost(telling[given.key])
            if not given.is_trivial and better and all(map(is_fit, row)):
                telling[given.key] = row
        if kind is None or held < least or len(telling) < LEAST_DISTINCT:
            return None
        return Proof(law, kind, sorted(telling.values(), key=reading_cost))

    def speaks(self, law: Law, row: Row) -> bool:
        """Tell whether the law is about such an input."""
        return self._given(law, row) is not None

    def holds(self, law: Law, row: Row) -> bool | None:
        """Run the test of the law; None when it could not be run to its end."""

        def work() -> bool:
            space = self._space(law, row)
            begun = time.process_time()
            for step in law.steps:
                exec(step, space)
            held = all(bool(eval(check, space)) for check in law.checks)
            self._slowest = sorted([*self._slowest, time.process_time() - begun])[1:]
            return held

        found, error = self._observer.guarded(f"{' and '.join(law.checks)} for {', '.join(row)}", work)
        return None if error is not None else bool(found)

    def _given(self, law: Law, row: Row) -> _Given | None:
        """Make the plain call; None where the law does not speak of the input."""

        def work() -> _Given | None:
            result = eval(law.given, self._space(law, row))
            fresh = self._space(law, row)  # the call may have changed what it got
            fresh["given_result"] = result
            first = fresh[law.parameters[0]]
            if not law.fits(first, result) or not all(eval(condition, fresh) for condition in law.conditions):
                return None
            key = self._observer.express.express(result) or _ADDRESS.sub("", repr(result))
            return _Given(type(first), key, bool(eval(law.trivial, fresh)))

        found: _Given | None
        found, error = self._observer.guarded(f"{law.given} for {', '.join(row)}", work)
        if error is not None:
            self._failed.add((law.given, row))
            return None
        return found

    def _space(self, law: Law, row: Row) -> dict[str, Any]:
        bound = self._observer.names.bound
        return {**bound, **{name: eval(source, bound) for name, source in zip(law.parameters, row)}}
