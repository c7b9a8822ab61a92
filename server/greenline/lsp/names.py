"""Names and wordings that several areas share: commands, their arguments, figures."""

from __future__ import annotations

from fnmatch import fnmatch
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

PROTOCOL = 1
"""Version of what docs/protocol.md describes beyond LSP; it grows when a field changes its meaning or goes away."""

SERVER = "greenline"
GENERATE_TEST = "greenline.generateTest"
GENERATE_TESTS_FOR_FILE = "greenline.generateTestsForFile"
RUN_TESTS = "greenline.runTestsWithCoverage"
CANCEL_JOB = "greenline.cancelJob"
SHOW_GAP = "greenline.showGap"
JOB_ENDED = "greenline/jobEnded"

COMPLETE = 100.0


def target(uri: str, qualname: str | None, version: int | None) -> dict[str, Any]:
    """Return a command's whole target; without a qualified name it is the file."""
    named = {"qualname": qualname} if qualname else {}
    return {"uri": uri, **named, "version": version}


def percent(value: float) -> str:
    """Return a percentage for reading. Only what is complete is called 100, and only what is empty 0."""
    rounded = round(value)
    if rounded in {0, 100} and value not in {0.0, COMPLETE}:
        return "> 0" if rounded == 0 else "> 99"
    return str(rounded)


def is_test_file(path: Path) -> bool:
    """Tell whether pytest would take the file for tests; nobody wants tests of tests."""
    return path.name == "conftest.py" or any(fnmatch(path.name, pattern) for pattern in ("test_*.py", "*_test.py"))
