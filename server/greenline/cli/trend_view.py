"""How a history of coverage reads in a terminal, and for programs."""

from __future__ import annotations

from datetime import datetime, timezone
from math import ceil, floor
from typing import TYPE_CHECKING

from rich.markup import escape

from greenline.cli.console import shown, true_path
from greenline.cli.json_text import json_text
from greenline.domain.coverage.trend import velocity, weeks_to
from greenline.page.words import forecast

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from greenline.domain.coverage.trend import Point
    from greenline.services.keep_trend import Trend

_HEIGHT, _WIDTH, _NARROW = 8, 60, 10
_BLOCKS, _PLAIN = " ▁▂▃▄▅▆▇█", "     ####"
_SHOWN = 5


def print_trend(console: Console, trend: Trend, target: float) -> None:
    """Print a chart over time, the last commits, the velocity and when the target would be reached."""
    points = trend.points
    if not points:
        console.print("No history yet: `greenline trend --record`, after a run of the tests with coverage, begins one.")
        return
    if len(points) > 1:
        blocks = _PLAIN if console.options.ascii_only else _BLOCKS
        for line in chart([point.percent for point in _over_time(points, _WIDTH)], blocks):
            console.print(line, markup=False, highlight=False, soft_wrap=True)
        console.print(f"       {_day(points[0])} to {_day(points[-1])}", style="dim")
        console.print()
    for at in range(max(0, len(points) - _SHOWN), len(points)):
        console.print(_row(points, at), soft_wrap=True)
    console.print(forecast(points, target), style="bold", soft_wrap=True)
    console.print(f"[dim]{len(points)} of {escape(shown(trend.file))}[/]" if len(points) > _SHOWN else
                  f"[dim]{escape(shown(trend.file))}[/]", soft_wrap=True)  # fmt: skip


def as_json(trend: Trend, target: float) -> str:
    """Return one object; keys may be added, but are not changed or removed."""
    points = [
        {
            "commit": point.commit,
            "at": datetime.fromtimestamp(point.at, timezone.utc).isoformat(),
            "lines": [point.summary.lines.covered, point.summary.lines.total],
            "branches": [point.summary.branches.covered, point.summary.branches.total],
            "percent": round(point.percent, 2),
        }
        for point in trend.points
    ]
    speed = velocity(trend.points) if trend.points else None
    weeks = weeks_to(trend.points, target)
    whole = {
        "file": true_path(trend.file),
        "points": points,
        "percent_a_week": None if speed is None else round(speed, 3),
        "target": target,
        "weeks_to_target": None if weeks is None else round(weeks, 1),
    }
    return json_text(whole)


def chart(percents: Sequence[float], blocks: str) -> list[str]:
    """Return lines with a column for each figure, and what they stand for at the left."""
    low = max(0, floor((min(percents) - 1) / _NARROW) * _NARROW)
    high = min(100, ceil((max(percents) + 1) / _NARROW) * _NARROW)
    eighths = [round((percent - low) / (high - low) * _HEIGHT * 8) for percent in percents]
    lines = []
    for row in reversed(range(_HEIGHT)):
        columns = "".join(blocks[min(8, max(0, eighth - 8 * row))] for eighth in eighths)
        label = f"{high if row == _HEIGHT - 1 else low:>4} %" if row in {0, _HEIGHT - 1} else " " * 6
        lines.append(f"{label} {columns}".rstrip())
    return lines


def _over_time(points: Sequence[Point], width: int) -> list[Point]:
    """Return the newest point of each part of the time, or the last one before it where there is none."""
    first, last = points[0].at, points[-1].at
    if last <= first or len(points) <= 2:  # noqa: PLR2004 - one column each
        return list(points)[-width:]
    columns: list[Point] = []
    at = 0
    for column in range(width):
        until = first + (last - first) * (column + 1) / width
        while at + 1 < len(points) and points[at + 1].at <= until:
            at += 1
        columns.append(points[at])
    return columns


def _row(points: Sequence[Point], at: int) -> str:
    point = points[at]
    change = f"  {point.percent - points[at - 1].percent:+.2f}" if at else ""
    name = point.commit[:10] or "no commit"
    return f"  {_day(point)}  {name:<10}  {point.percent:6.2f} %{change}"


def _day(point: Point) -> str:
    return datetime.fromtimestamp(point.at, timezone.utc).date().isoformat()
