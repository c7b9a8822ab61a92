"""The ledger: what was asked of models, and what it cost."""

from __future__ import annotations

from typing import Protocol

from greenline.domain.asking.entries import Entry, Kept


class Ledger(Protocol):
    """Keeps entries for all processes of a person. Nothing here raises: where nothing can be kept, this process knows.

    Calls may wait for another process for some seconds: not for the event loop's thread.
    """

    def spent_today(self) -> float:
        """Return the dollars since the last midnight here; open requests count with the most that they can cost."""

    def begin(self, entry: Entry, most_today: float) -> int | None:
        """Write down a request before it is made; return its number, or None where the day would cost more than that.

        Looking and writing are one step, whatever other processes do.
        """

    def end(self, number: int, entry: Entry) -> None:
        """Replace the open entry of that number by what became of it."""

    def keep(self, kept: Kept) -> None:
        """Add how many tests a target got from models."""

    def entries(self, since: float) -> tuple[Entry, ...]:
        """Return the requests since then, the oldest first."""

    def kept(self, since: float) -> tuple[Kept, ...]:
        """Return the tests that were kept since then, the oldest first."""
