"""How long work tells what it is doing."""

from __future__ import annotations

from typing import Protocol

WRITTEN = 0.8
"""How much of generating and confirming is done when the tests are written."""


class Progress(Protocol):
    """Receives the steps of one job."""

    def step(self, message: str, fraction: float | None = None) -> None:
        """Tell what happens now; ``fraction`` (0 to 1) is how much of the whole job is done, where it is known."""


class Silent:
    """For work that nobody watches."""

    def step(self, message: str, fraction: float | None = None) -> None:
        """Do nothing."""


class Share:
    """The part of a job from ``start`` to ``end`` (0 to 1): its own steps count from 0 to 1, and never go back.

    Several pieces of work may share one: what counts is the one that is furthest.
    """

    def __init__(self, progress: Progress, start: float, end: float) -> None:
        self._progress = progress
        self._start, self._end = start, end
        self._furthest = 0.0

    def step(self, message: str, fraction: float | None = None) -> None:
        """Pass the step on as one of the whole job."""
        if fraction is None:
            self._progress.step(message)
            return
        self._furthest = max(self._furthest, min(1.0, fraction))
        self._progress.step(message, self._start + (self._end - self._start) * self._furthest)


class Counted:
    """One of several pieces of work: each step says which."""

    def __init__(self, progress: Progress, number: int, of: int) -> None:
        self._progress = progress
        self._which = f"{number} of {of}: " if of > 1 else ""

    def step(self, message: str, fraction: float | None = None) -> None:
        """Pass the step on."""
        self._progress.step(f"{self._which}{message}", fraction)
