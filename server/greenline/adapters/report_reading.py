"""What a reader of one report offers, whatever its format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from greenline.domain.coverage.model import Executed


class ReportReader(Protocol):
    """One state of one report. Each method costs what it is asked for and raises CoverageProblem."""

    def executed(self, names: Sequence[str]) -> Executed | None:
        """Return what ran in the file of these names, together; None when it knows none of them."""

    def names_like(self, file_name: str) -> list[str]:
        """Return the names that end with this file name."""

    def names(self) -> list[str]:
        """Return every name."""
