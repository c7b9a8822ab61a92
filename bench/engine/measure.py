"""What the tests that were written for one module are worth, whoever wrote them, and without their word for it."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from generators import Written
from mutate import Mutant, sampled
from running import pytest_environment, run
from subjects import BenchProblem, Subject

RERUNS = 5
HASH_SEEDS = (0, 1, 4242)
MUTANTS = 60
MUTANT_SECONDS = 20.0
RUN_SECONDS = 300.0


@dataclass
class Row:
    """The figures of one tool's tests for one module; percents from 0 to 100."""

    tool: str
    module: str
    seconds: float = 0.0
    functions: int = 0
    statuses: dict[str, int] = field(default_factory=dict)
    in_file: list[float] = field(default_factory=list)
    alone: list[float] = field(default_factory=list)
    """Seconds from request to confirmed test, of functions that were asked for one by one."""
    alone_command: list[float] = field(default_factory=list)
    """The same, with the start and end of the command line around it."""
    problem: str = ""
    tests: int = 0
    """Test cases: each row of a parametrize table counts."""
    test_functions: int = 0
    lines_of_tests: int = 0
    steady: int = 0
    """Tests that passed in every rerun."""
    outcomes: dict[str, int] = field(default_factory=dict)
    """Of the first run: passed, failed, skipped, xfailed, xpassed."""
    line_percent: float = 0.0
    branch_percent: float = 0.0
    missing_lines: list[int] = field(default_factory=list)
    missing_branches: list[tuple[int, int]] = field(default_factory=list)
    executed_branches: list[tuple[int, int]] = field(default_factory=list)
    by_function: dict[str, list[int]] = field(default_factory=dict)
    """Qualified name -> lines covered, all lines, branches covered, all branches; of its body."""
    mutants: int = 0
    killed: int = 0
    far: int = 0
    """Mutants by operators that the engine has nothing close to."""
    far_killed: int = 0
    operators: dict[str, list[int]] = field(default_factory=dict)
    """Operator -> killed, all."""
    survivors: list[int] = field(default_factory=list)
    """Numbers among the module's mutants."""
    deselected: int = 0
    """Tests that failed in a rerun, or on the module as ast.unparse writes it; they notice nothing."""
    causes: dict[str, Any] = field(default_factory=dict)

    @property
    def mutant_percent(self) -> float:
        return 100.0 * self.killed / self.mutants if self.mutants else 0.0

    @property
    def far_percent(self) -> float:
        return 100.0 * self.far_killed / self.far if self.far else 0.0

    @property
    def clutter(self) -> int:
        """Tests marked skip or xfail."""
        return sum(self.outcomes.get(name, 0) for name in ("skipped", "xfailed", "xpassed"))

    @property
    def is_sound(self) -> bool:
        return bool(self.tests) and self.steady == self.tests and not self.clutter


def measured(tool: str, written: Written, mutants: list[Mutant] | None = None) -> Row:
    """Rerun, count coverage by coverage.py alone, and let the held-out mutants meet the tests.

    ``mutants`` are others than the module's.
    """
    subject = written.subject
    row = Row(tool, subject.module, written.seconds, written.functions, written.statuses, written.in_file)
    row.problem = written.problem
    mutants = sampled_of(subject) if mutants is None else mutants
    row.mutants, row.far = len(mutants), sum(not m.near for m in mutants)
    row.survivors = list(range(len(mutants)))
    files = list(subject.tests.rglob("test_*.py")) if subject.tests.is_dir() else []
    texts = [path.read_text(encoding="utf-8") for path in files]
    row.lines_of_tests = sum(1 for text in texts for line in text.splitlines() if line.strip())
    row.test_functions = sum(len(re.findall(r"^\s*(?:async )?def test_", text, re.MULTILINE)) for text in texts)
    scratch = Path(tempfile.mkdtemp(prefix="greenline-bench-"))
    try:
        # Without tests, importing nothing covers nothing: that is measured too.
        subject.tests.mkdir(exist_ok=True)
        failing = _reruns(row, subject, scratch) if files else set()
        _coverage(row, subject, scratch)
        if row.tests:
            _mutation(row, subject, scratch, mutants, failing)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return row


def sampled_of(subject: Subject) -> list[Mutant]:
    """Return the module's mutants, the same for every tool."""
    return sampled(subject.source.read_text(encoding="utf-8"), MUTANTS, f"bench:{subject.module}")


def _reruns(row: Row, subject: Subject, scratch: Path) -> set[str]:
    """Run in random order under several hash seeds; return the tests that failed in any run."""
    seen: dict[str, list[str]] = {}
    for number in range(RERUNS):
        seed = str(HASH_SEEDS[number % len(HASH_SEEDS)])
        for test, outcome in _outcomes(subject, scratch, PYTHONHASHSEED=seed, SHUFFLE=str(number)).items():
            seen.setdefault(test, []).append(outcome)
            if number == 0:
                row.outcomes[outcome] = row.outcomes.get(outcome, 0) + 1
    row.tests = len(seen)
    row.steady = sum(1 for outcomes in seen.values() if outcomes == ["passed"] * RERUNS)
    return {test for test, outcomes in seen.items() if "failed" in outcomes}


def _outcomes(subject: Subject, scratch: Path, **environment: str) -> dict[str, str]:
    report = scratch / "outcomes.json"
    report.unlink(missing_ok=True)
    _pytest(subject, scratch, OUTCOMES=str(report), **environment)
    found: dict[str, str] = json.loads(report.read_text(encoding="utf-8")) if report.exists() else {}
    return found


def _pytest(subject: Subject, scratch: Path, *before: object, **environment: str) -> None:
    run(
        [subject.python, *(before or ["-m", "pytest"]), "-p", "greenline_bench.outcomes", "-p", "no:cacheprovider",
         "-q", "tests"],
        cwd=subject.project, scratch=scratch, seconds=RUN_SECONDS, **pytest_environment(**environment),
    )  # fmt: skip


def _coverage(row: Row, subject: Subject, scratch: Path) -> None:
    """Count what the tests alone reach; a module that none of them imports has nothing covered."""
    data, report = scratch / "coverage", scratch / "coverage.json"
    own = (f"--rcfile={os.devnull}", "--branch", f"--include={subject.file}", f"--data-file={data}")
    first = ("-m", "coverage", "run", *own, "-m", "pytest")  # a project's own settings would count other files
    _pytest(subject, scratch, *first)
    only = _report(subject, scratch, data, report)
    if only is None:
        row.missing_lines = list(range(1, 1 + len(subject.source.read_text(encoding="utf-8").splitlines())))
        return
    summary = only["summary"]
    row.line_percent = 100.0 * summary["covered_lines"] / max(1, summary["num_statements"])
    branches = summary["num_branches"]
    row.branch_percent = 100.0 * summary["covered_branches"] / branches if branches else 100.0
    row.missing_lines = only["missing_lines"]
    row.missing_branches = [(a, b) for a, b in only["missing_branches"]]
    row.executed_branches = [(a, b) for a, b in only["executed_branches"]]
    row.by_function = {name: _counts(each["summary"]) for name, each in only["functions"].items()}


def _counts(summary: dict[str, int]) -> list[int]:
    return [summary[key] for key in ("covered_lines", "num_statements", "covered_branches", "num_branches")]


def _report(subject: Subject, scratch: Path, data: Path, report: Path) -> Any:
    run(
        [subject.python, "-m", "coverage", "json", "-q", f"--rcfile={os.devnull}", f"--data-file={data}", "-o", report],
        cwd=subject.project, scratch=scratch, seconds=120.0,
    )  # fmt: skip
    files = json.loads(report.read_text(encoding="utf-8"))["files"] if report.exists() else {}
    return next(iter(files.values()), None)


def _mutation(row: Row, subject: Subject, scratch: Path, mutants: list[Mutant], failing: set[str]) -> None:
    """Let each mutant meet the tests that pass on the module as ``ast.unparse`` writes it."""
    original = subject.source.read_text(encoding="utf-8")
    try:
        same = ast.unparse(ast.parse(original))
        subject.source.write_text(same, encoding="utf-8")
        # Positions in files may be told by the code under test: those tests would notice every mutant.
        failing |= {t for t, outcome in _outcomes(subject, scratch).items() if outcome == "failed"}
        row.deselected = len(failing)
        noticed = trial(subject, scratch, [same, *(m.text for m in mutants)], failing)
    finally:
        subject.source.write_text(original, encoding="utf-8")
    if noticed[0]:
        row.problem = row.problem or "the tests fail on the unchanged module too: no mutant counts as noticed"
        return
    row.survivors = [number for number, seen in enumerate(noticed[1:]) if not seen]
    for mutant, seen in zip(mutants, noticed[1:], strict=True):
        row.killed += seen
        row.far_killed += seen and not mutant.near
        counts = row.operators.setdefault(mutant.operator, [0, 0])
        counts[0] += seen
        counts[1] += 1


def trial(subject: Subject, scratch: Path, texts: list[str], deselected: set[str]) -> list[bool]:
    """Return for each text of the module whether the tests notice it. Raises BenchProblem."""
    task = scratch / "trial.json"
    task.write_text(
        json.dumps({
            "package": subject.module.partition(".")[0], "file": str(subject.source), "mutants": texts,
            "deselected": sorted(deselected), "seconds": MUTANT_SECONDS,
        })
    )  # fmt: skip
    ended = run(
        [subject.python, "-m", "greenline_bench.trial", task], cwd=subject.project, scratch=scratch,
        seconds=60.0 + len(texts) * (MUTANT_SECONDS + 2.0), **pytest_environment(),
    )  # fmt: skip
    answers = [json.loads(line) for line in ended.output.splitlines() if line.startswith('{"mutant"')]
    if len(answers) != len(texts):
        raise BenchProblem(
            f"{len(answers)} of {len(texts)} mutants of {subject.module} answered: {ended.output[-800:]}"
        )
    return [answer["noticed"] for answer in answers]
