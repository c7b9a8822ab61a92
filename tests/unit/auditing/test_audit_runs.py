"""What is said of tests that ran more than once."""

from __future__ import annotations

import sys
from pathlib import Path

from greenline.adapters.project_files import ProjectFiles
from greenline.ports.project import Interpreter
from greenline.ports.tests import TestOutcome, TestReport
from greenline.services.audit_runs import Suite, slow


def report(**seconds: float) -> TestReport:
    return TestReport(
        tuple(TestOutcome(f"test_a.py::{test}", "passed", seconds=took) for test, took in seconds.items())
    )


def test_a_test_is_slow_where_it_is_each_time_that_it_runs(tmp_path: Path) -> None:
    interpreter = Interpreter(Path(sys.executable), (3, 12, 0), "VIRTUAL_ENV", "8.0")
    first = report(test_slow=3.0, test_busy=1.6, test_gone=1.2, test_quick=0.1)
    suite = Suite(ProjectFiles().project_of(tmp_path / "a.py"), interpreter, (), first, {}, 60.0)
    again = [report(test_slow=2.0, test_busy=1.4, test_quick=0.1), report(test_slow=2.5, test_busy=0.2, test_quick=2.0)]
    told = list(slow(suite, 1.0, again))
    assert [(one.subject, one.evidence.partition(";")[0]) for one in told] == [
        ("test_a.py::test_slow", "It takes 2.0 s"),
        ("test_a.py::test_gone", "It takes 1.2 s"),
    ]
    assert [one.subject for one in slow(suite, 1.5, [])] == ["test_a.py::test_slow", "test_a.py::test_busy"]
