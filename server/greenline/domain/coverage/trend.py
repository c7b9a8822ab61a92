"""How coverage went from commit to commit, how fast, and when it would be where somebody wants it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from statistics import median
from typing import TYPE_CHECKING

from greenline.domain.coverage.model import Summary

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_WEEK = 7 * 86_400.0
_LATELY = 13 * _WEEK
_MOST = 200
"""Points that a velocity is taken from: all pairs of them are looked at."""


@dataclass(frozen=True, slots=True)
class Point:
    """Coverage at one commit."""

    commit: str
    """Its hash; empty outside of git."""
    at: float
    """Seconds since the epoch: when it was committed, or else recorded."""
    summary: Summary
    files: int = 0

    @property
    def percent(self) -> float:
        """Lines and branches together."""
        return self.summary.percent


def in_order(points: Iterable[Point]) -> list[Point]:
    """Return them by time, of each commit the one that was recorded last."""
    newest: dict[object, Point] = {}
    for number, point in enumerate(points):
        newest[point.commit or number] = point
    return sorted(newest.values(), key=lambda point: point.at)


def velocity(points: Sequence[Point]) -> float | None:
    """Return percent a week over the last 13 weeks before the newest of ordered points; None where nobody can tell.

    The median of the slopes of all pairs (Theil 1950, Sen 1968): one commit that was measured badly does not bend it.
    """
    lately = [point for point in points if points[-1].at - point.at <= _LATELY][-_MOST:]
    slopes = [
        (later.percent - earlier.percent) / (later.at - earlier.at) * _WEEK
        for earlier, later in combinations(lately, 2)
        if later.at > earlier.at
    ]
    return median(slopes) if slopes else None


def weeks_to(points: Sequence[Point], target: float) -> float | None:
    """Return in how many weeks so many percent would be reached; 0 where they are, None where it does not go there."""
    if points and points[-1].percent >= target:
        return 0.0
    speed = velocity(points) if points else None
    return (target - points[-1].percent) / speed if speed is not None and speed > 0 else None
