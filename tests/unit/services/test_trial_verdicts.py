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


@pytest.mark.parametrize(
    "message",
    [
        "    def test_lower():\n>       assert 1 == 2\nE       assert 1 == 2\nE        +  where 1 = x\n\nt.py:2: E",
        "something else\nassert 1 == 2\n\n",
        "E   KeyError\n\nThe above exception was the direct cause of the following exception:\n\nE   assert 1 == 2\n",
    ],
)
def test_what_else_failed_is_told_by_what_pytest_explains_it_by(message: str) -> None:
    failed = TestOutcome("t.py::test_lower", "failed", message, "AssertionError", "assert 1 == 2")

    reason = why(failed_tests(["test_lower"], [TestReport((failed,))])["test_lower"])

    assert reason == "no test of it passed twice in separate processes; the last said: assert 1 == 2"
