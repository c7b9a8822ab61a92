"""The tables say what was measured."""

from __future__ import annotations

import report
from measure import Row


def row(tool: str, module: str, branches: float, killed: int, seconds: float, **more: object) -> Row:
    return Row(tool, module, seconds, branch_percent=branches, mutants=10, killed=killed, **more)  # type: ignore[arg-type]


def test_the_comparison_names_what_greenline_is_not_ahead_on() -> None:
    rows = [
        row("Greenline", "a", 90.0, 8, 5.0), row("Pynguin", "a", 70.0, 8, 100.0),
        row("Greenline", "b", 100.0, 9, 5.0), row("Pynguin", "b", 100.0, 5, 100.0),
    ]  # fmt: skip
    assert report.comparison(rows) == "Greenline is not ahead on a in mutants; it takes 0.050 of the other tool's time."
    assert "ahead on every module in both" in report.comparison(rows[2:])
    assert report.comparison(rows[:1]) == ""


def test_means_are_of_each_tool() -> None:
    rows = [
        row("Greenline", "a", 90.0, 8, 4.0),
        row("Greenline", "b", 70.0, 6, 6.0),
        row("Pynguin", "a", 10.0, 1, 60.0),
    ]
    first, second = report.totals(rows).splitlines()
    assert first.startswith("| mean | Greenline | 0.0 | 80.0 | 70.0 |")
    assert first.endswith("| 5.0 |")
    assert second.startswith("| mean | Pynguin | 0.0 | 10.0 | 10.0 |")


def test_causes_add_up() -> None:
    causes = {
        "branches": {"input not found": 1, "undecided": 2}, "mutants": {"oracle too weak": 3, "equivalent": 1},
        "least_calls": 4990, "problem": "",
    }  # fmt: skip
    rows = [row("Greenline", name, 50.0, 5, 1.0, causes=causes) for name in ("a", "b")]
    lines = report.causes(rows).splitlines()
    assert lines[2] == "| a | 3 | 1 | 2 | 0 | 4 | 0 | 3 | 0 | 1 | 0 | 4990 |"
    assert lines[4] == "| all | 6 | 2 | 4 | 0 | 8 | 0 | 6 | 0 | 2 | 0 | 4990 |"
    assert report.causes([row("Greenline", "a", 1.0, 1, 1.0)]) == ""


def test_a_percentile_is_a_value_that_was_measured() -> None:
    assert report.p95([float(n) for n in range(1, 101)]) == 95.0
    assert report.p95([3.0, 1.0]) == 3.0
    assert report.p95([]) == 0.0


def test_a_row_is_sound_when_every_test_passed_every_time_and_none_is_marked() -> None:
    assert row("Greenline", "a", 1.0, 1, 1.0, tests=2, steady=2).is_sound
    assert not row("Greenline", "a", 1.0, 1, 1.0, tests=2, steady=1).is_sound
    assert not row("Greenline", "a", 1.0, 1, 1.0, tests=2, steady=2, outcomes={"xfailed": 1}).is_sound
    assert not row("Greenline", "a", 1.0, 1, 1.0).is_sound
