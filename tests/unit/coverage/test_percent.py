"""One rule for the figure that people read: coverage.py's, or its report and the editor would differ by one."""

from __future__ import annotations

import pytest
from coverage.results import Numbers
from hypothesis import given
from hypothesis import strategies as st

from greenline.domain.coverage.model import Ratio, Summary


@pytest.mark.parametrize(
    ("lines", "branches", "whole"),
    [
        ((0, 0), (0, 0), 100),
        ((2, 2), (1, 1), 100),
        ((999, 1000), (0, 0), 99),
        ((1, 1), (999, 1000), 99),
        ((1, 1000), (0, 0), 1),
        ((0, 1000), (0, 3), 0),
        ((29, 50), (0, 0), 58),
        ((4, 7), (2, 4), 55),
        ((1, 8), (0, 0), 12),
    ],
)
def test_percents_are_rounded_so_that_only_what_is_complete_is_100_and_only_nothing_is_0(
    lines: tuple[int, int], branches: tuple[int, int], whole: int
) -> None:
    assert Summary(Ratio(*lines), Ratio(*branches)).whole_percent == whole


part = st.integers(0, 3000)


@given(part, part, part, part)
def test_the_figure_is_that_of_coverage_py(ran: int, lines: int, taken: int, branches: int) -> None:
    ran, taken = min(ran, lines), min(taken, branches)
    theirs = Numbers(
        precision=0,
        n_statements=lines,
        n_missing=lines - ran,
        n_branches=branches,
        n_missing_branches=branches - taken,
    )
    assert str(Summary(Ratio(ran, lines), Ratio(taken, branches)).whole_percent) == theirs.pc_covered_str
