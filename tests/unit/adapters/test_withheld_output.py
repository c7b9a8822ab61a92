"""Where tests cannot be confined, nothing that one could choose is left in a report."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from greenline.adapters.withheld_output import WHY, without_what_tests_say
from greenline.domain.coverage.model import Executed
from greenline.domain.generation.noted import Noted
from greenline.ports.tests import CallsSeen, Frame, TestOutcome, TestReport

TOLD = "zebra"
FAILED = TestOutcome(
    f"tests/test_a.py::test_a[{TOLD}]",
    "failed",
    f"E  {TOLD}",
    error=f"test_a.{TOLD}",
    said=TOLD,
    frames=(Frame(Path(f"/{TOLD}.py"), 1, TOLD),),
    refused=(f"read /nowhere/{TOLD}", f"{TOLD} anything"),
)


def test_nothing_is_left_that_a_test_could_choose() -> None:
    report = TestReport(
        outcomes=(FAILED,), problem=TOLD, complaint=TOLD, unfinished=f"tests/test_a.py::test_a[{TOLD}]",
        refusals=(f"write to /{TOLD}", TOLD), noted=(Noted(**dict.fromkeys(_names(Noted), TOLD)),),
        calls={Path("a.py"): (CallsSeen(1, (TOLD,)),)}, coverage={Path("a.py"): Executed(frozenset({1}))},
    )  # fmt: skip
    told = without_what_tests_say(report)
    assert TOLD not in repr(told)
    assert told.withheld
    assert told.coverage == report.coverage
    assert told.refusals == ("write to something", "do what no test may do")


def _names(kind: type) -> list[str]:
    return [each.name for each in dataclasses.fields(kind)]


def test_the_kind_of_an_error_is_told_where_it_is_pythons() -> None:
    of_python = dataclasses.replace(FAILED, error="AssertionError", refused=())
    (outcome,) = without_what_tests_say(TestReport(outcomes=(of_python,))).outcomes
    assert (outcome.node_id, outcome.outcome) == ("tests/test_a.py::test_a", "failed")
    assert outcome.message == f"AssertionError: {WHY}"


def test_what_was_refused_is_told_without_where() -> None:
    (outcome,) = without_what_tests_say(TestReport(outcomes=(FAILED,))).outcomes
    assert outcome.message == "an exception of its own: Greenline refused to read something"


def test_what_passed_says_nothing() -> None:
    (outcome,) = without_what_tests_say(TestReport(outcomes=(TestOutcome("a.py::test", "passed"),))).outcomes
    assert outcome == TestOutcome("a.py::test", "passed")
