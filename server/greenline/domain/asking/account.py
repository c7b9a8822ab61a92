"""What one target may use up when models are asked for it, and what it did."""

from __future__ import annotations

from greenline.domain.asking.ceilings import Ceilings, Spent


class Account:
    """One for each target of one job. It grows with each request; whoever asks shows it."""

    def __init__(self, target: str, project: str = "", ceilings: Ceilings = Ceilings()) -> None:  # noqa: B008 - frozen
        self.target = target
        """``path.py::function``, for the ledger."""
        self.project = project
        self.ceilings = ceilings
        self.spent = Spent()
        self.received = ""
        """The most that came of an answer which broke off, as long as no whole one has come after it."""

    @property
    def words(self) -> str:
        """Say what was used up so far: "2 requests, 12,400 tokens, $0.08"; nothing asked is empty."""
        return self.spent.words
