"""Runs a plan: unit after unit, or several at once, until it is done or something that was agreed on says stop."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from greenline.domain.bulk.outcome import joined, total_of
from greenline.domain.bulk.plan import WorkUnit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from greenline.domain.bulk.outcome import UnitOutcome
    from greenline.domain.bulk.plan import Plan
    from greenline.domain.coverage.model import Summary
    from greenline.services.prove_suite import Proof


@dataclass(frozen=True, slots=True)
class Limits:
    """When to stop, besides the end of the plan."""

    jobs: int = 1
    """Units that are worked on at once."""
    seconds: float | None = None
    dollars: float | None = None
    until: float | None = None
    """Percent of lines and branches of all files that were asked for."""


class Work(Protocol):
    """Generates, writes and confirms. Who cancels it gets an outcome all the same, which tells what stays."""

    async def __call__(self, unit: WorkUnit, /) -> UnitOutcome:
        """Do the work on one unit. Raises nothing for the unit's sake."""


class Watcher(Protocol):
    """Is told how it goes."""

    def begun(self, unit: WorkUnit) -> None:
        """Tell that work on a unit began."""

    def ended(self, unit: WorkUnit, outcome: UnitOutcome, run: RunPlan) -> None:
        """Tell what came of it."""


class RunPlan:
    """One run. What it knows is complete at any moment, however the run ends."""

    def __init__(
        self,
        plan: Plan,
        limits: Limits,
        *,
        test_file: Callable[[WorkUnit], Path | None] = lambda _: None,
        done: Sequence[UnitOutcome] = (),
        before: Summary | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``test_file``: units that would write to the same one wait for each other. ``done``: by an earlier process.

        What is done is not done again, but for functions that the plan has once more. ``before`` is the total then.
        """
        self.plan = plan
        self.outcomes: dict[Path, UnitOutcome] = {outcome.path: outcome for outcome in done}
        self.before = before or plan.total
        self.stopped = ""
        """Why not all of the plan was done, in words."""
        self.proofs: dict[Path, Proof] = {}
        """How the suite of each project (by root) fares with what was written; empty where nobody looked."""
        self._summaries = dict(plan.summaries)
        self._limits = limits
        self._test_file = test_file
        self._clock = clock
        self._waiting = list(plan.units)
        self._running: dict[asyncio.Task[UnitOutcome], WorkUnit] = {}
        self._began = clock()
        self._gain_done = 0
        self._spent = 0.0
        """Dollars of this process: as its seconds, they are what the limits are for."""

    @property
    def total(self) -> Summary:
        """The coverage of all files that were asked for, as it was measured last."""
        return total_of(self._summaries.values())

    @property
    def left(self) -> tuple[WorkUnit, ...]:
        """Units that no outcome tells of, or only in part."""
        return tuple(unit for unit in self.plan.units if self.left_of(unit))

    @property
    def seconds(self) -> float:
        """How long it has been going on."""
        return self._clock() - self._began

    @property
    def dollars(self) -> float:
        """What asking models cost so far, in earlier processes too."""
        return sum(outcome.dollars for outcome in self.outcomes.values())

    @property
    def seconds_left(self) -> float | None:
        """How long it may still take, by how it went until now; None while nothing is done."""
        if not self._gain_done:
            return None
        gain_left = sum(unit.gain for unit in (*self._waiting, *self._running.values()))
        likely = self.seconds / self._gain_done * gain_left
        return likely if self._limits.seconds is None else max(0.0, min(likely, self._limits.seconds - self.seconds))

    @property
    def short(self) -> Mapping[Path, tuple[Summary, float]]:
        """The files that have less than was wished for them alone: what they have, and the percent that were wished."""
        pairs = ((path, self._summaries.get(path), wanted) for path, wanted in self.plan.wished.items())
        return {path: (now, wanted) for path, now, wanted in pairs if now is not None and now.percent < wanted}

    def measured(self, summaries: Mapping[Path, Summary]) -> None:
        """Take over how much of the files all tests reach."""
        self._summaries.update({path: one for path, one in summaries.items() if path in self._summaries})

    def left_of(self, unit: WorkUnit) -> frozenset[str]:
        """Return the functions of a unit that are not done, or were others when they were."""
        outcome = self.outcomes.get(unit.path)
        done = outcome.keys if outcome else {}
        return frozenset(one.qualname for one in unit.functions if done.get(one.qualname) != one.key)

    async def work(self, work: Work, watcher: Watcher) -> None:
        """Go through the plan. A cancellation ends all that runs; what that tells is kept, and it goes on."""
        try:
            while self._waiting or self._running:
                self._start(work, watcher)
                if not self._running:
                    break
                done, _ = await asyncio.wait(
                    self._running, timeout=self._patience(), return_when=asyncio.FIRST_COMPLETED
                )
                if not done:
                    self.stopped = f"the budget of {words_of_seconds(self._limits.seconds or 0)} is used up"
                    break
                for task in done:
                    self._finish(self._running.pop(task), task.result(), watcher)
        finally:
            await self._end_all(watcher)

    def _start(self, work: Work, watcher: Watcher) -> None:
        """Begin what may begin: in the order of the plan, but nothing that waits for another one's test file."""
        busy = {self._test_file(unit) for unit in self._running.values()} - {None}
        while len(self._running) < max(1, self._limits.jobs) and not self._is_enough():
            unit = next((one for one in self._waiting if self._test_file(one) not in busy), None)
            if unit is None:
                return
            self._waiting.remove(unit)
            busy |= {self._test_file(unit)} - {None}
            watcher.begun(unit)
            self._running[asyncio.ensure_future(work(unit))] = unit

    def _is_enough(self) -> bool:
        """Tell whether nothing more is to begin, and say why."""
        limits = self._limits
        if not self._waiting:
            return True
        if limits.until is not None and self.total.percent >= limits.until:
            self.stopped = f"{limits.until:g} % is reached"
        elif limits.dollars is not None and self._spent >= limits.dollars:
            self.stopped = f"the budget of ${limits.dollars:g} is used up"
        elif limits.seconds is not None and self.seconds >= limits.seconds:
            self.stopped = f"the budget of {words_of_seconds(limits.seconds)} is used up"
        return bool(self.stopped)

    def _patience(self) -> float | None:
        return None if self._limits.seconds is None else max(0.0, self._limits.seconds - self.seconds)

    def _finish(self, unit: WorkUnit, outcome: UnitOutcome, watcher: Watcher) -> None:
        known = self.outcomes.get(unit.path)
        self.outcomes[unit.path] = joined(known, outcome) if known else outcome
        if unit.path in self._summaries and outcome.summary.lines.total:
            self._summaries[unit.path] = outcome.summary
        self._gain_done += unit.gain
        self._spent += outcome.dollars
        watcher.ended(unit, outcome, self)

    async def _end_all(self, watcher: Watcher) -> None:
        """Cancel what still runs and keep what it tells."""
        for task in self._running:
            task.cancel()
        ended = await asyncio.gather(*self._running, return_exceptions=True)
        for unit, outcome in zip(list(self._running.values()), ended, strict=True):
            if not isinstance(outcome, BaseException):
                self._finish(unit, outcome, watcher)
        self._running.clear()


def words_of_seconds(seconds: float) -> str:
    """Return a time as people say it: ``45 s``, ``1 min 30 s``, ``25 min``, ``1 h 5 min``."""
    whole = round(seconds)
    if whole < 10 * 60:
        parts = ((whole // 60, "min"), (whole % 60, "s"))
    else:
        parts = ((round(whole / 60) // 60, "h"), (round(whole / 60) % 60, "min"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "0 s"
