"""Names and wordings that several areas share: commands, their arguments, figures."""

from __future__ import annotations

from fnmatch import fnmatch
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from greenline.domain.coverage.model import Summary

PROTOCOL = 1
"""Version of what docs/protocol.md describes beyond LSP; it grows when a field changes its meaning or goes away."""

SERVER = "greenline"
GENERATE_TEST = "greenline.generateTest"
GENERATE_TESTS_FOR_FILE = "greenline.generateTestsForFile"
RUN_TESTS = "greenline.runTestsWithCoverage"
RUN_AFFECTED_TESTS = "greenline.runAffectedTests"
RUN_TESTS_OF_FILE = "greenline.runTestsOfFile"
INSTALL_PYTEST = "greenline.installPytest"
CANCEL_JOB = "greenline.cancelJob"
SHOW_GAP = "greenline.showGap"
NEXT_GAP = "greenline.nextGap"
PREVIOUS_GAP = "greenline.previousGap"
SHOW_REPORT_STATUS = "greenline.showReportStatus"
LOAD_REPORT = "greenline.loadReport"
CLEAR_COVERAGE = "greenline.clearCoverage"
SHOW_COVERAGE_REPORT = "greenline.showCoverageReport"
SHOW_COVERAGE_TREND = "greenline.showCoverageTrend"
RECORD_COVERAGE = "greenline.recordCoverage"
GO_TO_COVERING_TEST = "greenline.goToCoveringTest"
RUN_COVERING_TESTS = "greenline.runCoveringTests"
UPDATE_EXPECTATIONS = "greenline.updateExpectations"
DISMISS_BUG = "greenline.dismissSuspectedBug"
MEASURE_STRENGTH = "greenline.measureStrength"
AUDIT_TESTS = "greenline.auditTests"
GENERATE_TESTS = "greenline.generateTests"
RUN_TESTS_NAMED = "greenline.runTests"
MODEL_ALLOW = "greenline.model.allow"
MODEL_FORBID = "greenline.model.forbid"
MODEL_SHOW = "greenline.model.show"
MODEL_COST = "greenline.model.cost"
LIST_GAPS = "greenline.gaps"
GAPS = "greenline/gaps"
GAPS_CHANGED = "greenline/gapsChanged"
TESTS = "greenline/tests"
FILES_COVERED = "greenline/coveredFiles"
COVERAGE_DETAILS = "greenline/coverageDetails"
INTERPRETER = "greenline/interpreter"
INTERPRETER_CHANGED = "greenline/interpreterChanged"
MODEL_KEY = "greenline/modelKey"
TYPE_MODEL_KEY = "greenline/typeModelKey"
JOB_ENDED = "greenline/jobEnded"
COVERAGE = "greenline/coverage"
RUNS_CODE = frozenset(
    {
        GENERATE_TEST,
        GENERATE_TESTS,
        GENERATE_TESTS_FOR_FILE,
        RUN_TESTS,
        RUN_TESTS_NAMED,
        RUN_AFFECTED_TESTS,
        RUN_TESTS_OF_FILE,
        RUN_COVERING_TESTS,
        INSTALL_PYTEST,
        UPDATE_EXPECTATIONS,
        MEASURE_STRENGTH,
        AUDIT_TESTS,
        MODEL_ALLOW,
        MODEL_SHOW,
    }
)
"""The commands that are neither offered nor done in a workspace that is not trusted."""
LONGEST = 300
"""Characters of a message on one line."""


def target(uri: str, qualname: str | None, version: int | None) -> dict[str, Any]:
    """Return a command's whole target; without a qualified name it is the file."""
    named = {"qualname": qualname} if qualname else {}
    return {"uri": uri, **named, "version": version}


def plain(text: str) -> str:
    """Return a message with names as they are: no editor reads the backticks of toasts and progress as Markdown."""
    return text.replace("`", "")


def one_line(text: str) -> str:
    """Return a message for a toast: one short line."""
    lines = [line.strip() for line in plain(text).splitlines() if line.strip()]
    short = " ... ".join([lines[0], lines[-1]]) if len(lines) > 2 else " ".join(lines)  # noqa: PLR2004
    return short if len(short) <= LONGEST else f"{short[:LONGEST].rstrip()} ..."


def is_test_file(path: Path) -> bool:
    """Tell whether pytest would take the file for tests; nobody wants tests of tests."""
    return path.name == "conftest.py" or any(fnmatch(path.name, pattern) for pattern in ("test_*.py", "*_test.py"))


def counted(amounts: Mapping[str, int]) -> str:
    """Return "3 lines, 1 branch": how many of what, those there are none of left out."""
    return ", ".join(
        f"{count} {word if count == 1 else _PLURALS.get(word, f'{word}s')}" for word, count in amounts.items() if count
    )


def figures(summary: Summary) -> str:
    """Return "3 of 5 lines, 1 of 2 branches covered.", for who points at a percentage or has it read out."""
    lines, branches = summary.lines, summary.branches
    of_branches = f", {branches.covered} of {branches.total} branches" if branches.total else ""
    return f"{lines.covered} of {lines.total} lines{of_branches} covered."


_PLURALS = {"branch": "branches"}
