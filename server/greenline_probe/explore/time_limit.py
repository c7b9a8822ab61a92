"""Stops one call that takes too long, as far as signals reach."""

from __future__ import annotations

import contextlib
import signal
import sys
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
        """The frame of the block, as long as the limit is on."""
        self._timers = (
            (signal.SIGALRM, signal.ITIMER_REAL, seconds + WAITING_SECONDS),
            (signal.SIGPROF, signal.ITIMER_PROF, seconds),
        )
        self._then: list[tuple[int, Any, int, tuple[float, float]]] = []
        """Who hears of an alarm after this limit, and when."""

    def __enter__(self) -> None:
        self._guard = guard = sys._getframe(1)  # noqa: SLF001 - by inspect it takes a reference cycle
        for alarm, timer, first in self._timers:
            before = signal.signal(alarm, self.strike)
            left = signal.setitimer(timer, first, _AGAIN)
            outer = getattr(before, "__self__", None)
            if isinstance(outer, _Limit) and outer.is_around(guard):
                self._then.append((alarm, before, timer, (left[0] or _AGAIN, _AGAIN)))
            else:
                self._then.append((alarm, signal.SIG_IGN, timer, (0.0, 0.0)))  # one may be on its way

    def __exit__(self, *_: object) -> None:
        for alarm, handler, timer, left in self._then:  # by nothing that the code under test may have replaced
            signal.setitimer(timer, 0)
            signal.signal(alarm, handler)
            signal.setitimer(timer, *left)
        self._guard = None

    def is_around(self, frame: FrameType | None) -> bool:
        """Tell whether the limit is on, and the frame within its block."""
        while frame is not None and frame is not self._guard:
            frame = frame.f_back
        return frame is not None

    def strike(self, alarm: int, frame: FrameType | None) -> None:
        """Answer an alarm."""
        if self._guard is None or self._is_between_calls(frame):
            return
        if alarm != signal.SIGALRM or not self._clock.grants_more():
            raise TimeUp

    def _is_between_calls(self, frame: FrameType | None) -> bool:
        """Tell whether the block itself runs, or what limits it: raised there, it would get out or strike twice."""
        if frame is self._guard:
            return True
        while frame is not None and frame is not self._guard:
            if frame.f_code in _OURS:
                return True
            frame = frame.f_back
        return False


_OURS = (_Limit.strike.__code__, _Limit.__enter__.__code__, _Limit.__exit__.__code__)


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
