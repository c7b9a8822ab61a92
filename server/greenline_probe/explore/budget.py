"""How long one step of exploring may go on."""

from __future__ import annotations

import time

PATIENCE = 3.0
"""So many times the budget may pass on the clock: when the machine is busy, or the code under test waits."""


class Budget:
    """Counts this process's own computing time, so that a busy machine does not change what is found."""

    def __init__(self, seconds: float) -> None:
        self._computing = time.process_time() + seconds
        self._clock = time.monotonic() + seconds * PATIENCE

    def is_over(self) -> bool:
        """Tell whether to stop."""
        return time.process_time() > self._computing or time.monotonic() > self._clock
