"""What the tests that were written for one module are worth, without Greenline's own word for it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mutate import sampled

if TYPE_CHECKING:
    from subjects import Subject

RERUNS = 5
MUTANTS = 60
MUTANT_SECONDS = 20.0


@dataclass
class Row:
    """The figures of one module; percents from 0 to 100."""

    module: str
    seconds: float = 0.0
    functions: int = 0
    statuses: dict[str, int] = field(default_factory=dict)
    per_function: list[float] = field(default_factory=list)
    tests: int = 0
    lines_of_tests: int = 0
    steady: int = 0
    """Tests that passed in every rerun."""
    clutter: int = 0
    """Tests marked skip or xfail."""
    line_percent: float = 0.0
    branch_percent: float = 0.0
    mutants: int = 0
    killed: int = 0
    survivors: dict[str, int] = field(default_factory=dict)
    """Cause -> how many: "not reached" (the line never runs) or "not noticed"."""

    @property
    def mutant_percent(self) -> float:
        return 100.0 * self.killed / self.mutants if self.mutants else 0.0


def generated(subject: Subject, python: Path, greenline: list[str]) -> Row:
    """Run ``greenline generate`` for the whole file, as a person would."""
    began = time.monotonic()
    command = [*greenline, "generate", subject.file, "--interpreter", str(python), "--format", "json"]
    ended = subprocess.run(command, cwd=subject.project, check=False, capture_output=True, text=True, timeout=1800)
    row = Row(subject.module, seconds=time.monotonic() - began)
    targets = json.loads(ended.stdout)["targets"] if ended.stdout.strip() else []
    for target in targets:
        row.statuses[target["status"]] = row.statuses.get(target["status"], 0) + 1
    row.functions = len(targets)
    row.per_function = [target["seconds"] for target in targets]
    texts = [path.read_text(encoding="utf-8") for path in subject.tests.rglob("test_*.py")]
    row.lines_of_tests = sum(1 for text in texts for line in text.splitlines() if line.strip())
    row.clutter = sum(len(re.findall(r"xfail|\.skip", text)) for text in texts)
    return row


def measured(row: Row, subject: Subject, python: Path) -> Row:
    """Rerun, count coverage by coverage.py alone, and let the held-out mutants meet the tests."""
    if not subject.tests.is_dir():
        return row
    outcomes: dict[str, list[bool]] = {}
    for number in range(RERUNS):
        for test, passed in _outcomes(subject, python, hash_seed=(0, 1, 4242)[number % 3], shuffle=number).items():
            outcomes.setdefault(test, []).append(passed)
    row.tests = len(outcomes)
    row.steady = sum(1 for seen in outcomes.values() if len(seen) == RERUNS and all(seen))
    missing = _coverage(row, subject, python)
    _mutation(row, subject, python, missing)
    return row


def _pytest(subject: Subject, python: Path, *more: str, hash_seed: int = 0, **environment: str) -> Any:
    env = {"PATH": os.environ["PATH"], "PYTHONHASHSEED": str(hash_seed), "PYTHONDONTWRITEBYTECODE": "1", **environment}
    env["PYTHONPATH"] = str(Path(__file__).parent)
    command = [str(python), *more, "-p", "no:cacheprovider", "-q", "tests"]
    return subprocess.run(
        command, cwd=subject.project, check=False, capture_output=True, text=True, env=env, timeout=300
    )


def _outcomes(subject: Subject, python: Path, *, hash_seed: int, shuffle: int) -> dict[str, bool]:
    report = Path(tempfile.mkdtemp()) / "report.xml"
    _pytest(
        subject,
        python,
        "-m",
        "pytest",
        "-p",
        "shuffled",
        f"--junitxml={report}",
        hash_seed=hash_seed,
        SHUFFLE=str(shuffle),
    )
    from xml.etree import ElementTree as Xml  # noqa: PLC0415 - written by our own pytest

    cases = Xml.parse(report).iter("testcase") if report.exists() else []
    found = {f"{case.get('classname')}::{case.get('name')}": len(case) == 0 for case in cases}
    shutil.rmtree(report.parent)
    return found


def _coverage(row: Row, subject: Subject, python: Path) -> set[int]:
    data = subject.project / "coverage.json"
    _pytest(subject, python, "-m", "coverage", "run", "--branch", f"--include={subject.file}", "-m", "pytest")
    subprocess.run(
        [str(python), "-m", "coverage", "json", "-q", "-o", str(data)], cwd=subject.project, check=True, timeout=120
    )
    (only,) = json.loads(data.read_text())["files"].values()
    summary = only["summary"]
    row.line_percent = 100.0 * summary["covered_lines"] / max(1, summary["num_statements"])
    row.branch_percent = 100.0 * summary["covered_branches"] / max(1, summary["num_branches"])
    return set(only["missing_lines"])


def _mutation(row: Row, subject: Subject, python: Path, missing: set[int]) -> None:
    original = subject.source.read_text(encoding="utf-8")
    try:
        for line, _, text in sampled(original, MUTANTS, f"bench:{subject.module}"):
            subject.source.write_text(text, encoding="utf-8")
            row.mutants += 1
            try:
                ended = subprocess.run(
                    [str(python), "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "tests"], cwd=subject.project,
                    check=False, capture_output=True, timeout=MUTANT_SECONDS,
                    env={"PATH": os.environ["PATH"], "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"},
                )  # fmt: skip
                survived = ended.returncode == 0
            except subprocess.TimeoutExpired:
                survived = False
            if survived:
                cause = "not reached" if line in missing else "not noticed"
                row.survivors[cause] = row.survivors.get(cause, 0) + 1
            else:
                row.killed += 1
    finally:
        subject.source.write_text(original, encoding="utf-8")
