"""The ledger: what was asked of models, and what it cost."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from greenline.domain.asking.entries import Entry, Kept


class Ledger(Protocol):
    """Keeps entries for all processes of a person. Nothing here raises: where nothing can be kept, this process knows.

    Calls may wait for another process for some seconds: not for the event loop's thread.
    """

    def spent_today(self) -> float:
        """Return the dollars since the last midnight here; open requests count with the most that they can cost."""

    def begin(self, entry: Entry, most_today: float) -> bool:
        """Write down a request before it is made; False, and nothing is written, where the day would cost more.

        Looking and writing are one step, whatever other processes do.
        """

    def begin_all(self, entries: Sequence[Entry], most_today: float) -> frozenset[str]:
        """Write down as many requests as the day pays, in one step; return the identities of those."""

    def end(self, entry: Entry) -> None:
        """Write down what became of a request, also where it is not known that it began.

        An answer is paid once: however often somebody says what became of it, the first time counts.
        """

    def release(self, ids: Collection[str]) -> None:
        """Write down that requests were never made, and cost nothing; what has ended stays as it is."""

    def keep(self, kept: Kept) -> None:
        """Add how many tests a target got from models."""

    def entries(self, since: float) -> tuple[Entry, ...]:
        """Return the requests since then, the oldest first."""

    def kept(self, since: float) -> tuple[Kept, ...]:
        """Return the tests that were kept since then, the oldest first."""
