"""Stops one call that takes too long, as far as signals reach."""

from __future__ import annotations

import contextlib
import inspect
import signal
from types import FrameType
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


def limited(seconds: float) -> contextlib.AbstractContextManager[None]:
    """Raise TimeUp in a call that computes for longer; again and again, for code that swallows it.

    Computing is counted, not the clock: a busy machine must not make another outcome of a call. It strikes in what
    the block calls, not between two calls: nothing gets out of the ``with`` past its end.
    """
    return _Limit(seconds) if hasattr(signal, "setitimer") else contextlib.nullcontext()


class _Limit(contextlib.AbstractContextManager[None]):
    """Not a generator: an alarm that strikes at the door of a generator's end would leave the alarms on."""

    def __init__(self, seconds: float) -> None:
        self._clock = _Clock()
        self._guard: FrameType | None = None
        self._timers = (
            (signal.SIGALRM, signal.ITIMER_REAL, seconds + WAITING_SECONDS),
            (signal.SIGPROF, signal.ITIMER_PROF, seconds),
        )
        self._outer: list[tuple[Any, Any]] = []

    def __enter__(self) -> None:
        here = inspect.currentframe()
        self._guard = here.f_back if here else None
        for alarm, timer, first in self._timers:
            before = signal.signal(alarm, self._strike)
            self._outer.append((before, signal.setitimer(timer, first, _AGAIN)))

    def __exit__(self, *_: object) -> None:
        for (alarm, timer, _first), (before, left) in zip(self._timers, self._outer):
            signal.setitimer(timer, 0)
            is_within = isinstance(getattr(before, "__self__", None), _Limit)
            signal.signal(alarm, before if is_within else signal.SIG_IGN)  # one may be on its way
            if is_within:
                signal.setitimer(timer, *left)

    def _strike(self, alarm: int, frame: FrameType | None) -> None:
        if self._is_between_calls(frame) or (alarm == signal.SIGALRM and self._clock.grants_more()):
            return
        raise TimeUp

    def _is_between_calls(self, frame: FrameType | None) -> bool:
        """Tell whether the block itself runs, or what sets and lifts a limit: raised there, it would get out."""
        if frame is self._guard:
            return True
        while frame is not None and frame is not self._guard:
            if frame.f_code in _ENDS:
                return True
            frame = frame.f_back
        return False


_ENDS = (_Limit.__enter__.__code__, _Limit.__exit__.__code__)


class _Clock:
    """Gives a call more time where the machine was busy with others."""

    def __init__(self) -> None:
        self._queued = -1.0
        self._granted = 0

    def grants_more(self) -> bool:
        before, self._queued = self._queued, queued_seconds()
        is_first = before < 0 and self._queued > 0  # nothing to compare with yet: look again
        if not (is_first or self._queued - before > _AGAIN * _STARVED) or self._granted >= _MOST_GRANTED:
            return False
        self._granted += 1
        return True
