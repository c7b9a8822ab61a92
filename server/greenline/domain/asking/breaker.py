"""A circuit breaker: who failed again and again is not asked for a while. Pure; the time is passed in."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

FAILURES = 3
"""In a row, after which it opens."""
FIRST_PAUSE, LONGEST_PAUSE = 60.0, 900.0
"""Seconds; each time that the first request after a pause fails the next one is twice as long."""


@dataclass(frozen=True, slots=True)
class Breaker:
    """What is known of one model. Times are seconds of any one clock that never goes back."""

    failures: int = 0
    until: float = 0.0
    """Not to be asked before."""
    pauses: int = 0
    why: str = ""
    """The last failure, in words; empty while all is well."""

    def allows(self, now: float) -> bool:
        """Tell whether it may be asked: always, or again."""
        return now >= self.until

    def failed(self, now: float, why: str) -> Breaker:
        """Return it after a failure: open after some in a row, and after a single one that followed a pause."""
        failures = self.failures + 1
        if failures < FAILURES and not self.pauses:
            return replace(self, failures=failures, why=why)
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2**self.pauses)
        return Breaker(failures, now + pause, self.pauses + 1, why)

    def held(self, now: float, seconds: float, why: str) -> Breaker:
        """Return it after its provider asked to wait for longer than anybody does."""
        return replace(self, until=max(self.until, now + seconds), why=why)

    def gone(self, why: str) -> Breaker:
        """Return it when there is no such model, or none for this key: it is not asked again."""
        return replace(self, until=math.inf, why=why)

    def words(self, now: float) -> str:
        """Say its state for a person."""
        if not self.why:
            return "is asked"
        if math.isinf(self.until):
            return f"is not asked any more: {self.why}"
        if not self.allows(now):
            return f"is asked again in {math.ceil(self.until - now)} s: {self.why}"
        return f"is asked; it last failed: {self.why}"


CLOSED = Breaker()
"""Nothing is known against it; so it is again after an answer."""
