"""How long work tells what it is doing."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Receives the steps of one job."""

    def step(self, message: str, fraction: float | None = None) -> None:
        """Tell what happens now; ``fraction`` (0 to 1) is how much of the whole job is done, where it is known."""


class Silent:
    """For work that nobody watches."""

    def step(self, message: str, fraction: float | None = None) -> None:
        """Do nothing."""
