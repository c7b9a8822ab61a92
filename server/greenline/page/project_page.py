"""The page of one project, and that of its history alone; see ``greenline.page.report``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenline.page.listings import Listing
from greenline.page.report import Gaps, Trend, page
from greenline.page.words import count, forecast, not_shown, rests_on, to_gain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from greenline.services.find_gaps import FindGaps
    from greenline.services.keep_trend import Trend as History
    from greenline.services.rank_gaps import Ranking

MOST_SOURCE = 8_000_000
"""Characters of source in one page: some two hundred thousand lines, which a browser opens in no time."""
TARGET = 80.0
"""Percent that a forecast is for, where nobody says another."""
_FULL = 0.98
"""Of that; then no more files are read to find a small one that still fits."""


def project_page(
    ranking: Ranking,
    gaps: FindGaps,
    history: History | None,
    project: str,
    name: Callable[[Path], str],
    *told: str,
) -> str:
    """Return the page about the project of that name; ``name`` writes a path.

    ``told`` is said beside what is said of the ranking.
    """
    listings = tuple(_listings(ranking, gaps))
    without = len(ranking.files) - len(listings)
    said = [*not_shown(ranking, name), *rests_on(ranking.basis, name), *told]
    trend = _trend(history, TARGET) if history is not None and history.points else None
    return page(f"Coverage of {project}", name, Gaps(ranking, to_gain(ranking), said, listings, without), trend)


def trend_page(history: History, target: float, name: Callable[[Path], str]) -> str:
    """Return a page with nothing but the trend, of which there is a point at least."""
    return page(f"Coverage over {count(len(history.points), 'commit')}", name, trend=_trend(history, target))


def _trend(history: History, target: float) -> Trend:
    return Trend(history.points, forecast(history.points, target))


def _listings(ranking: Ranking, gaps: FindGaps) -> Iterator[Listing]:
    """Yield the sources, the worthiest first, that fit into one page."""
    used = 0
    for file in ranking.files:
        if used >= MOST_SOURCE * _FULL:
            return
        found = _read(gaps, file.row.path)
        if found is not None and used + found.size <= MOST_SOURCE:
            used += found.size
            yield found


def _read(gaps: FindGaps, path: Path) -> Listing | None:
    """Return a file's source; None where it went away since it was ranked."""
    try:
        found = gaps.one(path)
    except (OSError, UnicodeDecodeError):
        return None
    return Listing.of(*found) if found is not None else None
