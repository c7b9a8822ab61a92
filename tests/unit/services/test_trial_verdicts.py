"""What is said of new tests that did not pass in their trial."""

from __future__ import annotations

import pytest

from greenline.ports.tests import TestOutcome, TestReport
from greenline.services.trial_verdicts import failed_tests, why

WHAT = "Greenline refused to change the priority of process 3"
TRACEBACK = "shop.py:2: in lower\n    os.setpriority(0, pid, 19)\nshop.py:2: GuardRefusal"
REFUSED = TestOutcome(
    "t.py::test_lower", "failed", TRACEBACK, "greenline_probe.guard.GuardRefusal",
    f"greenline_probe.guard.GuardRefusal: {WHAT}",
)  # fmt: skip
PASSED = TestOutcome("t.py::test_lower", "passed")


@pytest.mark.parametrize("reports", [[TestReport((REFUSED,))], [TestReport((PASSED,)), TestReport((REFUSED,))]])
def test_a_refusal_is_told_in_its_words(reports: list[TestReport]) -> None:
    reason = why(failed_tests(["test_lower"], reports)["test_lower"])

    assert reason.startswith(f"no test of it passed twice in separate processes: {WHAT}")
    assert "GuardRefusal" not in reason


def test_what_else_failed_is_told_by_its_last_line() -> None:
    failed = TestOutcome("t.py::test_lower", "failed", "E  no\nE  assert 1 == 2", "AssertionError", "assert 1 == 2")

    reason = why(failed_tests(["test_lower"], [TestReport((failed,))])["test_lower"])

    assert reason == "no test of it passed twice in separate processes; the last said: E  assert 1 == 2"
