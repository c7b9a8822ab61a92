"""What the reports of a trial say of the new tests, and of those that were there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from greenline.domain.failure_words import without_class

if TYPE_CHECKING:
    from collections.abc import Sequence

    from greenline.ports.tests import TestOutcome, TestReport

ADDS_NOTHING = "what exploring found adds no line or branch to what tests reach"
"""Why nothing is kept of a function whose tests pass."""
_REFUSED = "Greenline refused to "
_LAST = "; the last said: "
_CHAIN = re.compile(r"^(?:The above exception was|During handling of) .*$", re.MULTILINE)
"""Between an exception and the one that came of it, which pytest tells last."""
_OTHERWISE = "under another hash seed, in another order, folder, time zone and language, on another day"


def spoiled(existing: TestReport, names: Sequence[str], reports: Sequence[TestReport]) -> str:
    """Say what went wrong of which no test is known to be the cause; empty when nothing did.

    Pytest could not do its work, or a test passed although it was refused something, in a thread perhaps: without the
    guard it would do that.
    """
    problem = next((r.problem for r in reports if r.problem and name_of(r.unfinished) not in names), "")
    if problem or failed_tests(names, reports):  # what fails may do so because it was refused something, and goes
        return problem
    refused = [what for r in reports for what in r.refusals if what not in {*existing.refusals, *_of_others(r, names)}]
    return f"its tests want to {refused[0]}, which is refused while they are tried" if refused else ""


def failed_tests(names: Sequence[str], reports: Sequence[TestReport]) -> dict[str, str]:
    """Return new test -> why, for those that did not pass in every run. A parametrized test is all of its rows.

    The first report is that of a run as it will be, the others are of runs under other circumstances.
    """
    unfinished = {name_of(r.unfinished): r.problem for r in reports if r.unfinished}
    if any(name in names for name in unfinished):
        # What came after it was never tried: only the one that ended the run is to blame.
        return {name: problem for name, problem in unfinished.items() if name in names}
    failed: dict[str, str] = {}
    for number, report in enumerate(reports):
        for name, message in _failed_in(names, report).items():
            failed.setdefault(name, f"{in_one_line(message)} ({_OTHERWISE})" if number and message else message)
    # When nothing at all ran, the problem is not that of one test.
    return {} if len(failed) == len(names) and all(r.problem for r in reports) else failed


def harmed(existing: TestReport, together: TestReport) -> tuple[str, ...]:
    """Return the node ids of tests that were there, and pass no longer beside the new ones."""
    passed = {o.node_id for o in existing.outcomes if o.outcome == "passed"}
    return tuple(o.node_id for o in together.outcomes if o.node_id in passed and o.outcome in {"failed", "error"})


def why(message: str) -> str:
    """Return the reason of a function of which no test is left, from what one of them said."""
    if not message:
        return "no test of it passed"
    said = in_one_line(message)[:400]
    return f"no test of it passed twice in separate processes{': ' if said.startswith(_REFUSED) else _LAST}{said}"


def name_of(node_id: str) -> str:
    """Return the test's name in its file, without the row of a table; a method has its class before it."""
    return node_id.partition("::")[2].partition("[")[0]


def in_one_line(message: str) -> str:
    """Return the first line that pytest explains a failure by ("E  assert 1 == 2"), else the last that has words."""
    lines = [line.strip() for line in _CHAIN.split(message)[-1].splitlines() if line.strip()]
    explained = (line[1:].strip() for line in lines if line.startswith("E  "))
    return next(explained, lines[-1] if lines else message.strip())


def _of_others(report: TestReport, names: Sequence[str]) -> set[str]:
    """Return what tests were refused that are not among the new ones."""
    return {what for one in report.outcomes if name_of(one.node_id) not in names for what in one.refused}


def _words(one: TestOutcome) -> str:
    """Return what a test said; of what the guard refused only that, as the exception is ours."""
    return without_class(one.said) if one.error.rpartition(".")[2] == "GuardRefusal" else one.message


def _failed_in(names: Sequence[str], report: TestReport) -> dict[str, str]:
    outcomes: dict[str, list[tuple[str, str]]] = {}
    for one in report.outcomes:
        outcomes.setdefault(name_of(one.node_id), []).append((one.outcome, _words(one)))
    failed: dict[str, str] = {}
    for name in names:
        mine = outcomes.get(name)
        if mine is None:
            failed[name] = "" if report.problem else "pytest did not collect it"
            continue
        for outcome, message in mine:
            if outcome != "passed":
                failed.setdefault(name, message or outcome)
    return failed
