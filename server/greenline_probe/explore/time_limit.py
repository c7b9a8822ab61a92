"""Stops one call that takes too long, as far as signals reach."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from typing import Any

from greenline_probe.explore.budget import queued_seconds

WAITING_SECONDS = 0.4
"""So much longer than it may compute a call may take on the clock: it waits, or the machine is busy with others."""
_AGAIN = 0.05
_STARVED = 0.5
"""A thread that others kept from the processor for this share of a time has not had that time."""
_MOST_GRANTED = 40


class TimeUp(BaseException):
    """The call took too long. Not an Exception, so that the code under test does not swallow it by habit."""


@contextlib.contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise TimeUp in a call that computes for longer; again and again, for code that swallows it.

    Computing is counted, not the clock: a busy machine must not make another outcome of a call.
    """
    if not hasattr(signal, "setitimer"):
        yield
        return
    signal.signal(signal.SIGALRM, _Clock())
    signal.signal(signal.SIGPROF, _stop)
    signal.setitimer(signal.ITIMER_PROF, seconds, _AGAIN)
    signal.setitimer(signal.ITIMER_REAL, seconds + WAITING_SECONDS, _AGAIN)
    try:
        yield
    finally:
        _silence()


class _Clock:
    """Strikes when the time on the clock is over, later where the machine was busy with others."""

    def __init__(self) -> None:
        self._queued = -1.0
        self._granted = 0

    def __call__(self, *_: Any) -> None:
        before, self._queued = self._queued, queued_seconds()
        is_first = before < 0 and self._queued > 0  # nothing to compare with yet: look again
        if (is_first or self._queued - before > _AGAIN * _STARVED) and self._granted < _MOST_GRANTED:
            self._granted += 1
            return
        raise TimeUp


def _stop(*_: Any) -> None:
    raise TimeUp


def _silence() -> None:
    """Stop the alarms even when one strikes while being stopped."""
    while True:
        try:
            for alarm, timer in ((signal.SIGALRM, signal.ITIMER_REAL), (signal.SIGPROF, signal.ITIMER_PROF)):
                signal.signal(alarm, signal.SIG_IGN)
                signal.setitimer(timer, 0)
        except TimeUp:
            continue
        return
