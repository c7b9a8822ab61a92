"""How long one step of exploring may go on."""

from __future__ import annotations

import time

PATIENCE = 3.0
"""So many times the budget may pass on the clock: when the machine is busy, or the code under test waits."""


class Budget:
    """Counts the main thread's own computing time, so that a busy machine does not change what is found.

    Of the thread, not the process: where the kernel has to add up threads, asking that costs as much as a call.
    """

    def __init__(self, seconds: float) -> None:
        self._computing = time.thread_time() + seconds
        self._clock = time.monotonic() + seconds * PATIENCE

    def left(self) -> float:
        """Return how many seconds of computing are left, at least 0."""
        return max(0.0, self._computing - time.thread_time())

    def is_over(self) -> bool:
        """Tell whether to stop."""
        return time.thread_time() > self._computing or time.monotonic() > self._clock
