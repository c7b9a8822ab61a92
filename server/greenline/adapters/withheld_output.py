"""What is left of a report when tests that could read anything must say nothing to a model."""

from __future__ import annotations

import builtins
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from greenline.ports.tests import TestOutcome, TestReport

WHY = "what it said is withheld, because this system cannot keep a model's tests from reading other files"
_ERRORS = frozenset(
    name
    for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, BaseException)
)  # fmt: skip
_OF_OTHERS = frozenset({"Failed", "GuardRefusal", "FixtureLookupError", "ValidationError", "CollectError"})
_VERBS = (
    "read", "write to", "delete the folder", "delete", "create the folder", "create the link", "create",
    "open the database", "move something to", "move", "change", "connect to", "listen on", "send to", "look up", "run",
    "start a process", "send signal", "call", "link", "truncate",
)  # fmt: skip
"""What refusals begin with, the longer ones first; what follows is whatever the test asked for."""


def without_what_tests_say(report: TestReport) -> TestReport:
    """Return the report with nothing in it that a test could have chosen: outcomes, and words of ours alone.

    Names of rows, of exceptions that are not Python's, and of what was refused are such things, too.
    """
    return replace(
        report,
        outcomes=tuple(map(_told, report.outcomes)),
        problem=report.problem and f"The tests did not come to their end; {WHY}.",
        complaint=report.complaint and f"pytest found fault with the run; {WHY}.",
        unfinished=_without_row(report.unfinished),
        refusals=tuple(dict.fromkeys(map(_verb, report.refusals))),
        calls={},
        noted=(),
        looked_for=(),
        withheld=True,
    )


def _told(outcome: TestOutcome) -> TestOutcome:
    error = _class(outcome.error)
    refused = tuple(dict.fromkeys(map(_verb, outcome.refused)))
    said = outcome.said or outcome.message
    words = f"{error or outcome.outcome}: {_refused(refused) or WHY}" if said or error else ""
    return replace(
        outcome,
        node_id=_without_row(outcome.node_id),
        message=words,
        error=error,
        said=words,
        frames=(),
        refused=refused,
    )


def _refused(refused: tuple[str, ...]) -> str:
    return f"Greenline refused to {refused[0]}" if refused else ""


def _class(error: str) -> str:
    name = error.rpartition(".")[2]
    if name in _ERRORS or name in _OF_OTHERS:
        return name
    return "an exception of its own" if error else ""


def _verb(what: str) -> str:
    verb = next((verb for verb in _VERBS if what.startswith(f"{verb} ")), "")
    return f"{verb} something" if verb else "do what no test may do"


def _without_row(node_id: str) -> str:
    return node_id.partition("[")[0]
