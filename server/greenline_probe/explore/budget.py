"""How long one step of exploring may go on."""

from __future__ import annotations

import time

PATIENCE = 3.0
"""So many times the budget may pass on the clock: the code under test may wait."""
_SCHEDULED = "/proc/thread-self/schedstat"
"""Linux: nanoseconds computing, nanoseconds waiting for a processor, and how often it ran."""


class Budget:
    """Counts the main thread's own computing time, so that a busy machine does not change what is found.

    Of the thread, not the process: where the kernel has to add up threads, asking that costs as much as a call.
    """

    def __init__(self, seconds: float) -> None:
        self._computing = time.thread_time() + seconds
        self._clock = time.monotonic() + seconds * PATIENCE
        self._queued = queued_seconds()

    def left(self) -> float:
        """Return how many seconds of computing are left, at least 0."""
        return max(0.0, self._computing - time.thread_time())

    def is_over(self) -> bool:
        """Tell whether to stop."""
        return time.thread_time() > self._computing or (time.monotonic() > self._clock and self._has_waited())

    def _has_waited(self) -> bool:
        """Grant the time that others had the processor; tell whether the clock has run out all the same."""
        queued = queued_seconds()
        self._clock += queued - self._queued
        self._queued = queued
        return time.monotonic() > self._clock


def queued_seconds(scheduled: str = _SCHEDULED) -> float:
    """Return how long this thread (or that of another file) was ready and had no processor.

    0 where the system does not tell.
    """
    try:
        with open(scheduled, "rb") as file:  # no codec to import: the code under test may just have been interrupted
            return int(file.read().split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0
