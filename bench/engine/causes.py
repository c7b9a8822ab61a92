"""Why a branch is missed, and why a mutant survives: each cause, and how it was found out."""

from __future__ import annotations

import ast
import json
import re
import shutil
import tempfile
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from generators import Written
from measure import Row, sampled_of
from mutate import Mutant
from reachable import Dead, dead, facts_of
from running import INSIDE, pytest_environment, run
from subjects import Subject

CALLS = 5000
CALLS_SECONDS = 10.0
WITNESS_LIMIT = 3600.0

NOT_FOUND = "input not found"
WEAK = "oracle too weak"
DEAD = "not reachable"
EQUIVALENT = "equivalent"
UNDECIDED = "undecided"
MUTANT_CAUSES = (NOT_FOUND, WEAK, DEAD, EQUIVALENT, UNDECIDED)
_REFUSED = re.compile(r"refused|\bneeds (?:a |the )?(?:network|display|database)")


@dataclass(frozen=True)
class Missed:
    """One missed branch or surviving mutant."""

    what: str
    line: int
    cause: str
    evidence: str
    is_shown: bool
    """A run or the bytecode shows the cause; otherwise it is a judgement."""


@dataclass(frozen=True)
class _Known:
    """What there is to judge by."""

    dead: Dead
    refused: dict[int, str]
    """Line -> why Greenline will not run what it is in."""
    found: dict[str, Any]
    """The witnesses' answer."""
    missing: set[int]
    tool: str
    taken: set[tuple[int, int]]
    """Branches that the other tool's tests take."""
    noticed: set[int]
    """Mutants that the other tool's tests notice."""


def judged(row: Row, written: Written, other: tuple[Row, Written] | None = None) -> None:
    """Fill in ``row.causes``: why branches are missed and mutants survive. ``other`` is another tool's result."""
    subject = written.subject
    source = subject.source.read_text(encoding="utf-8")
    known = _Known(
        dead(source, facts_of(subject.python), row.missing_branches),
        _refused_lines(source, written.refused),
        _witnesses(row, subject, other[1].subject if other else None),
        set(row.missing_lines),
        other[0].tool if other else "",
        set(other[0].executed_branches) if other else set(),
        set(range(row.mutants)) - set(other[0].survivors) if other else set(),
    )
    branches = [_branch(branch, known) for branch in row.missing_branches]
    mutants = _mutants(row, subject, known)
    row.causes = {
        "branches": dict(Counter(_told(m) for m in branches)),
        "mutants": dict(Counter(m.cause for m in mutants)),
        "least_calls": _least_calls(known.found),
        "problem": known.found.get("problem", ""),
        "each": [asdict(m) for m in (*branches, *mutants)],
    }


def _least_calls(found: dict[str, Any]) -> int:
    """Of the mutants in which no call showed a difference, return the least number of calls that were made."""
    return min((int(n) for key, n in found["calls"].items() if n and key not in found["found"]), default=0)


def _told(missed: Missed) -> str:
    """Branches of which nobody knows whether they can be taken are counted apart."""
    return missed.cause if missed.cause == DEAD or missed.is_shown else UNDECIDED


def _branch(branch: tuple[int, int], known: _Known) -> Missed:
    start, end = branch
    what = f"{start} -> {end}" if end > 0 else f"{start} -> exit"
    if branch in known.taken:
        return Missed(what, start, NOT_FOUND, f"{known.tool}'s tests take it", is_shown=True)
    if [start, end] in known.found["branches"]:
        return Missed(what, start, NOT_FOUND, "a changed call takes it", is_shown=True)
    if branch in known.dead.branches:
        return Missed(what, start, DEAD, known.dead.branches[branch], is_shown=True)
    if start in known.refused:
        return Missed(what, start, DEAD, f"Greenline says: {known.refused[start]}", is_shown=False)
    return Missed(what, start, NOT_FOUND, "nothing is known that takes it", is_shown=False)


def _mutants(row: Row, subject: Subject, known: _Known) -> list[Missed]:
    mutants = sampled_of(subject)
    return [_survivor(number, mutants[number], known) for number in row.survivors]


def _survivor(number: int, mutant: Mutant, known: _Known) -> Missed:
    """Take the first cause that holds; what a run or the bytecode shows goes before what is only likely."""
    key, line = str(number), mutant.line
    never_runs, calls = line in known.missing, known.found["calls"].get(key)
    causes = (
        (key in known.found["same"], EQUIVALENT, "the same bytecode", True),
        (never_runs and line in known.dead.lines, DEAD, known.dead.lines.get(line), True),
        (key in known.found["seen"], WEAK, known.found["seen"].get(key), True),
        (key in known.found["found"], NOT_FOUND, known.found["found"].get(key), True),
        (number in known.noticed, NOT_FOUND, f"{known.tool}'s tests notice it", True),
        (never_runs and line in known.refused, DEAD, f"Greenline says: {known.refused.get(line)}", False),
        (never_runs, NOT_FOUND, "its line never runs", False),
        (calls, EQUIVALENT, f"no difference in {calls} changed calls", False),
        (True, UNDECIDED, "no call of the tests could be made again", False),
    )
    _, cause, evidence, is_shown = next(row for row in causes if row[0])
    return Missed(f"mutant {number}: {mutant.operator}", line, cause, evidence or "", is_shown)


def _witnesses(row: Row, subject: Subject, other: Subject | None) -> dict[str, Any]:
    """Run the search for witnesses in a copy of the project, which invented calls may spoil."""
    scratch = Path(tempfile.mkdtemp(prefix="greenline-bench-"))
    try:
        project, home = scratch / "project", scratch / "home"
        home.mkdir()
        shutil.copytree(subject.project, project, ignore=shutil.ignore_patterns("__pycache__"))
        tests = ["tests"]
        if other is not None and other.tests.is_dir():
            shutil.copytree(other.tests, project / "others", ignore=shutil.ignore_patterns("__pycache__"))
            tests.append("others")
        mutants = sampled_of(subject)
        task, answer = home / "task.json", home / "answer.json"  # the guard lets no one write elsewhere
        task.write_text(
            json.dumps({
                "file": str(project / subject.file), "tests": tests, "calls": CALLS, "seconds": CALLS_SECONDS,
                "seed": subject.module, "branches": row.missing_branches,
                "mutants": {str(number): mutants[number].text for number in row.survivors},
            })
        )  # fmt: skip
        server = Path(__file__).resolve().parents[2] / "server"
        ended = run(
            [subject.python, "-m", "greenline_bench.witness", task, answer], cwd=project, scratch=home,
            seconds=WITNESS_LIMIT, **pytest_environment(PYTHONPATH=f"{INSIDE}:{server}"),
        )  # fmt: skip
        if answer.exists():
            told: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
            return told
        return {"same": [], "seen": {}, "found": {}, "calls": {}, "branches": [], "problem": ended.output[-800:]}
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _refused_lines(source: str, refused: dict[str, str]) -> dict[int, str]:
    """Return the lines of functions that Greenline refuses for what they would do to the machine."""
    found: dict[int, str] = {}

    def visit(body: list[ast.stmt], prefix: str) -> None:
        for node in body:
            if isinstance(node, ast.ClassDef):
                visit(node.body, f"{prefix}{node.name}.")
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                reason = refused.get(prefix + node.name, "")
                if _REFUSED.search(reason):
                    found.update(dict.fromkeys(range(node.lineno, (node.end_lineno or node.lineno) + 1), reason))

    visit(ast.parse(source).body, "")
    return found
