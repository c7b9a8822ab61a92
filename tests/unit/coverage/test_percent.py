"""One rule for the figure that people read."""

from __future__ import annotations

import pytest

from greenline.domain.coverage.model import Ratio, Summary


@pytest.mark.parametrize(
    ("lines", "branches", "whole"),
    [
        ((0, 0), (0, 0), 100),
        ((2, 2), (1, 1), 100),
        ((999, 1000), (0, 0), 99),
        ((1, 1), (999, 1000), 99),
        ((1, 1000), (0, 0), 0),
        ((29, 50), (0, 0), 58),
        ((4, 7), (2, 4), 54),
    ],
)
def test_percents_are_rounded_down_so_that_only_what_is_complete_is_100(
    lines: tuple[int, int], branches: tuple[int, int], whole: int
) -> None:
    assert Summary(Ratio(*lines), Ratio(*branches)).whole_percent == whole
