"""A pytest plugin: shuffles the tests by $SHUFFLE, and writes each one's outcome as JSON to $OUTCOMES."""

from __future__ import annotations

import json
import os
import random
from typing import Any

_OUTCOMES: dict[str, str] = {}
"""Node id (or file that could not be collected) -> passed, failed, skipped, xfailed or xpassed."""


def pytest_collection_modifyitems(items: list[object]) -> None:
    """Shuffle all tests."""
    if "SHUFFLE" in os.environ:
        random.Random(os.environ["SHUFFLE"]).shuffle(items)


def pytest_collectreport(report: Any) -> None:
    """A file that cannot be collected is a failed test."""
    if report.failed:
        _OUTCOMES[report.nodeid] = "failed"


def pytest_runtest_logreport(report: Any) -> None:
    """The call's outcome counts, and whatever fails before or after it."""
    if report.when != "call" and report.passed:
        return
    is_expected = hasattr(report, "wasxfail")
    if report.skipped:
        outcome = "xfailed" if is_expected else "skipped"
    elif report.passed:
        outcome = "xpassed" if is_expected else "passed"
    else:
        outcome = "failed"
    if _OUTCOMES.get(report.nodeid) != "failed":
        _OUTCOMES[report.nodeid] = outcome


def pytest_sessionfinish() -> None:
    """Write what happened."""
    if "OUTCOMES" in os.environ:
        with open(os.environ["OUTCOMES"], "w", encoding="utf-8") as file:
            json.dump(_OUTCOMES, file)
