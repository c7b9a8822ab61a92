"""How fast coverage changes, and when it would be where somebody wants it."""

from __future__ import annotations

import pytest

from greenline.domain.coverage.model import Ratio, Summary
from greenline.domain.coverage.trend import Point, in_order, velocity, weeks_to

WEEK = 7 * 86_400.0


def point(weeks: float, percent: int, commit: str = "") -> Point:
    return Point(commit or f"c{weeks}", weeks * WEEK, Summary(Ratio(percent, 100), Ratio(0, 0)))


def test_points_come_by_time_and_of_each_commit_the_last_that_was_recorded() -> None:
    found = in_order([point(2, 50, "b"), point(1, 40, "a"), point(2, 55, "b")])
    assert [(one.commit, one.percent) for one in found] == [("a", 40), ("b", 55)]


def test_points_without_a_commit_are_all_kept() -> None:
    alone = [Point("", at, Summary(Ratio(1, 2), Ratio(0, 0))) for at in (1.0, 2.0)]
    assert in_order(alone) == alone


def test_one_bad_measurement_does_not_bend_the_velocity() -> None:
    points = [point(week, 50 + 2 * week) for week in range(10)]
    points[6] = point(6, 3)
    assert velocity(points) == pytest.approx(2.0)


def test_only_the_last_weeks_count() -> None:
    assert velocity([point(0, 90), point(20, 10), point(21, 11)]) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("points", "weeks"),
    [
        ([point(0, 50), point(1, 52)], 14.0),
        ([point(0, 50), point(1, 80)], 0.0),
        ([point(0, 52), point(1, 50)], None),
        ([point(0, 50), point(1, 50)], None),
        ([point(0, 50)], None),
        ([point(0, 50, "a"), point(0, 60, "b")], None),
        ([], None),
    ],
)
def test_when_a_target_is_reached(points: list[Point], weeks: float | None) -> None:
    assert weeks_to(points, 80.0) == (weeks if weeks is None else pytest.approx(weeks))
