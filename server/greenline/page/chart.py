"""How coverage went, as a line over time."""

from __future__ import annotations

from datetime import datetime, timezone
from math import ceil, floor
from typing import TYPE_CHECKING

from greenline.page.markup import Html, element
from greenline.page.words import count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from greenline.domain.coverage.trend import Point

_WIDTH, _HEIGHT, _LEFT, _EDGE = 720, 220, 52, 12
_STEP = 10
"""Percent between two lines of the grid."""
_MOST_DOTS = 60
_MOST_ROWS = 50


def history(points: Sequence[Point], forecast: str) -> Html:
    """Return a section with the line, where it leads, and the newest points as a table; there is a point at least."""
    rows = [_row(points, at) for at in reversed(range(max(0, len(points) - _MOST_ROWS), len(points)))]
    head = element("tr", *(element("th", words, scope="col") for words in ("day", "commit", "covered", "change")))
    table = element("table", element("thead", head), element("tbody", *rows))
    commits = count(len(points), "commit")
    newest = f"the newest {_MOST_ROWS} of {commits}" if len(points) > _MOST_ROWS else commits
    drawn = _line(points) if len(points) > 1 else Html()
    return element(
        "section",
        element("h2", "Trend"),
        element("p", forecast),
        drawn,
        element("details", element("summary", f"Figures: {newest}"), element("div", table, class_="wide")),
        id="trend",
    )


def _line(points: Sequence[Point]) -> Html:
    percents = [point.percent for point in points]
    low = max(0, floor((min(percents) - 1) / _STEP) * _STEP)
    high = min(100, ceil((max(percents) + 1) / _STEP) * _STEP)
    first, last = points[0].at, points[-1].at

    def x(at: float) -> float:
        return _LEFT + (at - first) / ((last - first) or 1) * (_WIDTH - _LEFT - _EDGE)

    def y(percent: float) -> float:
        return _EDGE + (high - percent) / (high - low) * (_HEIGHT - 3 * _EDGE)

    grid = [
        part
        for percent in range(low, high + 1, _STEP)
        for part in (
            element("line", x1=_LEFT, x2=_WIDTH - _EDGE, y1=f"{y(percent):.1f}", y2=f"{y(percent):.1f}"),
            element("text", f"{percent} %", x=_LEFT - 6, y=f"{y(percent) + 4:.1f}", text_anchor="end"),
        )
    ]
    places = " ".join(f"{x(point.at):.1f},{y(point.percent):.1f}" for point in points)
    dots = [
        element("circle", element("title", _words(point)), cx=f"{x(point.at):.1f}", cy=f"{y(point.percent):.1f}", r=3.5)
        for point in (points if len(points) <= _MOST_DOTS else (points[0], points[-1]))
    ]
    days = [
        element("text", _day(points[0]), x=_LEFT, y=_HEIGHT - 4),
        element("text", _day(points[-1]), x=_WIDTH - _EDGE, y=_HEIGHT - 4, text_anchor="end"),
    ]
    label = f"Coverage from {_words(points[0])} to {_words(points[-1])}"
    return element(
        "svg",
        *grid,
        element("polyline", points=places),
        *dots,
        *days,
        viewBox=f"0 0 {_WIDTH} {_HEIGHT}",
        class_="chart",
        role="img",
        aria_label=label,
    )


def _row(points: Sequence[Point], at: int) -> Html:
    point = points[at]
    change = f"{point.percent - points[at - 1].percent:+.2f}" if at else ""
    cells = (_day(point), point.commit[:10] or "no commit", f"{point.percent:.2f} %", change)
    return element("tr", *(element("td", cell) for cell in cells))


def _words(point: Point) -> str:
    return f"{point.percent:.2f} % on {_day(point)}"


def _day(point: Point) -> str:
    return datetime.fromtimestamp(point.at, timezone.utc).date().isoformat()
