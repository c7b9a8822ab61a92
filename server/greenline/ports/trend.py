"""What is remembered of how coverage went."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from greenline.domain.coverage.trend import Point


class TrendProblem(Exception):
    """It cannot be read or kept; the message says why and what to do."""


class TrendStore(Protocol):
    """One history for each project."""

    def place(self, root: Path) -> Path:
        """Return the file that it is in, whether it is there or not."""

    def points(self, root: Path) -> list[Point]:
        """Return what was recorded, in the order of recording. Raises TrendProblem."""

    def record(self, root: Path, point: Point) -> None:
        """Keep a point instead of an earlier one of the same commit. Raises TrendProblem."""
