"""Run ``greenline generate`` for one function at a time, and check what it wrote without it."""

from __future__ import annotations

import json
import os
import subprocess
import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

GENERATE_SECONDS = 300
CHECK_SECONDS = 600
_FROM_OUTSIDE = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PYTEST_ADDOPTS", "COVERAGE_FILE", "COVERAGE_PROCESS_START")


@dataclass
class Row:
    """One function: what Greenline said, and how long the person would have waited."""

    target: str
    status: str
    reason: str
    seconds: float
    tests: list[str] = field(default_factory=list)
    test_file: str | None = None
    coverage: dict[str, Any] | None = None
    observations: int = 0
    measured: dict[str, list[int]] | None = None
    """What coverage.py says of the function afterwards, without Greenline."""


@dataclass
class Check:
    """The written tests under plain pytest."""

    passed: list[str] = field(default_factory=list)
    not_passed: list[str] = field(default_factory=list)
    output: str = ""
    lines: list[int] = field(default_factory=list)
    branches: list[int] = field(default_factory=list)


def generate(greenline: list[str], folder: Path, python: Path, target: str) -> Row:
    """Ask for one function's tests; a crash or a time-out is a result like any other."""
    command = [*greenline, "generate", target, "--format", "json", "--interpreter", str(python)]
    started = time.perf_counter()
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment_of_a_person(),
            capture_output=True,
            text=True,
            check=False,
            timeout=GENERATE_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return Row(target, "timed out", f"no answer in {GENERATE_SECONDS} s", time.perf_counter() - started)
    seconds = time.perf_counter() - started
    try:
        (answer,) = json.loads(done.stdout)["targets"]
    except (ValueError, KeyError, TypeError):
        said = (done.stderr.strip() or done.stdout.strip() or "nothing").splitlines()[-1]
        return Row(target, "no answer", f"exit code {done.returncode}, last words: {said}", seconds)
    return Row(
        target,
        answer["status"],
        answer["reason"],
        seconds,
        answer["tests"],
        answer["test_file"],
        answer["coverage"],
        answer["observations"],
    )


def check(folder: Path, python: Path, sources: str, rows: list[Row]) -> Check:
    """Run every written test again under plain pytest in a fresh process, then once more under coverage.py."""
    files = sorted({row.test_file for row in rows if row.status == "confirmed" and row.test_file})
    if not files:
        return Check()
    report = folder.parent / f"{folder.name}-pytest.xml"
    report.unlink(missing_ok=True)
    plain = [str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", *files]
    done = run(plain, folder)
    found = Check(output=done.stdout[-4000:] + done.stderr[-2000:])
    passed = _passed(report)
    for row in rows:
        for name in row.tests if row.status == "confirmed" else []:
            (found.passed if name in passed.get(Path(row.test_file or "").stem, set()) else found.not_passed).append(
                name
            )
    measured = _measured(folder, python, sources, files)
    if measured:
        found.lines, found.branches = _counts(measured["totals"])
        _add_measured(rows, measured["files"])
    return found


def passed_names(folder: Path, python: Path, file: str) -> set[str]:
    """Run a test file under plain pytest in a fresh process; return the tests that passed with each of their cases."""
    report = folder.parent / f"{folder.name}-pytest.xml"
    report.unlink(missing_ok=True)
    run([str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", file], folder)
    return {name for names in _passed(report).values() for name in names}


def _measured(folder: Path, python: Path, sources: str, files: list[str]) -> dict[str, Any] | None:
    """Return coverage.py's own report of the written tests."""
    data, report = folder.parent / f"{folder.name}.coverage", folder.parent / f"{folder.name}-coverage.json"
    data.unlink(missing_ok=True)
    report.unlink(missing_ok=True)
    coverage = [str(python), "-m", "coverage"]
    # A configuration of the package's own would decide what is counted.
    ours = ["--rcfile", os.devnull, "--data-file", str(data)]
    run([*coverage, "run", *ours, "--branch", f"--source={sources}", "-m", "pytest", "-q", *files], folder)
    run([*coverage, "json", *ours, "-o", str(report)], folder)
    return json.loads(report.read_text(encoding="utf-8")) if report.is_file() else None


def _add_measured(rows: list[Row], files: dict[str, Any]) -> None:
    for row in rows:
        path, _, qualname = row.target.partition("::")
        function = files.get(path, {}).get("functions", {}).get(qualname)
        if function:
            lines, branches = _counts(function["summary"])
            row.measured = {"lines": lines, "branches": branches}


def _counts(summary: dict[str, Any]) -> tuple[list[int], list[int]]:
    lines = [summary["covered_lines"], summary["num_statements"]]
    return lines, [summary["covered_branches"], summary["num_branches"]]


def _passed(report: Path) -> dict[str, set[str]]:
    """Return the names of the tests that passed with each of their cases, by the stem of their file."""
    outcomes: dict[tuple[str, str], bool] = {}
    if not report.is_file():
        return {}
    for case in ET.parse(report).getroot().iter("testcase"):
        key = (case.get("classname", "").rpartition(".")[2], case.get("name", "").partition("[")[0])
        good = not any(case.findall(kind) for kind in ("failure", "error", "skipped"))
        outcomes[key] = outcomes.get(key, True) and good
    passed: dict[str, set[str]] = {}
    for (stem, name), good in outcomes.items():
        if good:
            passed.setdefault(stem, set()).add(name)
    return passed


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command of the package's; one that does not end in time has ended with -1, and says so."""
    try:
        return subprocess.run(
            command,
            cwd=folder,
            env=environment_of_a_person(),
            capture_output=True,
            text=True,
            check=False,
            timeout=CHECK_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, -1, "", f"no end in {CHECK_SECONDS} s")


def environment_of_a_person() -> dict[str, str]:
    """Return the environment without what would reach into the package's tests from this process."""
    return {name: value for name, value in os.environ.items() if name not in _FROM_OUTSIDE}
