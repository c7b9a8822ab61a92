"""The tools that write tests: Greenline, and a search-based generator to compare it with."""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from running import run
from subjects import Place, Subject, fresh

SEARCH_SECONDS = 60
"""Of Pynguin's search. What it does before and after (imports, assertions by mutation analysis) comes on top."""
GENERATION_LIMIT = 1800.0

_START = "import sys; sys.path += sys.argv.pop(1).split(':'); from pynguin.cli import main; sys.exit(main())"


@dataclass
class Written:
    """What one tool wrote for one module, and what it said about it."""

    subject: Subject
    seconds: float
    functions: int = 0
    """Functions and methods of the module."""
    statuses: dict[str, int] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    """Function -> why Greenline says that it cannot be tested."""
    in_file: list[float] = field(default_factory=list)
    """Seconds of each function, asked for as one of the whole file."""
    problem: str = ""


def greenline(place: Place, folder: Path, command: list[str]) -> Written:
    """Run ``greenline generate`` for the whole file, as a person would."""
    subject = fresh(place, folder)
    seconds, targets, said = asked(subject, command, subject.file)
    written = Written(subject, seconds, functions=len(functions_of(subject.source)))
    failed = [target for target in targets if target["status"] == "failed"]
    written.problem = "; ".join(f"{t['target'].partition('::')[2]} failed: {t['reason']}" for t in failed[:3])
    written.problem = written.problem if targets else said[-500:]
    for target in targets:
        written.statuses[target["status"]] = written.statuses.get(target["status"], 0) + 1
        if target["status"] == "not_testable":
            written.refused[target["target"].partition("::")[2]] = target["reason"]
    written.in_file = [target["seconds"] for target in targets]
    return written


def asked(subject: Subject, command: list[str], target: str) -> tuple[float, list[dict[str, Any]], str]:
    """Ask Greenline for one target; return the whole command's seconds, its answers and its complaints."""
    began = time.monotonic()
    whole = [*command, "generate", target, "--interpreter", str(subject.python), "--format", "json"]
    ended = subprocess.run(
        whole, cwd=subject.project, check=False, capture_output=True, text=True, timeout=GENERATION_LIMIT
    )
    seconds = time.monotonic() - began
    return seconds, json.loads(ended.stdout)["targets"] if ended.stdout.strip() else [], ended.stderr


def pynguin(place: Place, folder: Path, interpreter: Path, *, seconds: int = SEARCH_SECONDS) -> Written:
    """Run Pynguin for the module with its defaults; what it wrote stands in a copy that it never touched.

    It calls the code with random arguments: it works in a scratch folder, which is its home as well.
    """
    scratch = Path(tempfile.mkdtemp(prefix="greenline-bench-"))
    try:
        touched = fresh(place, scratch / "project")
        out, work = scratch / "out", scratch / "work"
        out.mkdir()
        work.mkdir()
        options = {"--project-path": touched.project, "--output-path": out, "--module-name": place.module,
                   "--maximum-search-time": seconds, "--seed": 1, "--report-dir": work / "report"}  # fmt: skip
        ended = run(
            [interpreter, "-c", _START, place.needs or work, *(part for pair in options.items() for part in pair)],
            cwd=work, scratch=scratch, seconds=GENERATION_LIMIT, PYNGUIN_DANGER_AWARE="1",
        )  # fmt: skip
        subject = fresh(place, folder)
        if any(out.rglob("test_*.py")):
            shutil.copytree(out, subject.tests)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    how = "its time was up" if ended.status is None else f"exit status {ended.status}: {ended.output[-500:]}"
    return Written(subject, ended.seconds, len(functions_of(subject.source)), problem="" if ended.status == 0 else how)


def functions_of(source: Path) -> list[str]:
    """Return the qualified names of a file's functions and methods, without nested ones."""
    return list(dict.fromkeys(_functions(ast.parse(source.read_text(encoding="utf-8")).body, "")))


def _functions(body: list[ast.stmt], prefix: str) -> list[str]:
    found: list[str] = []
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            found.append(prefix + node.name)
        elif isinstance(node, ast.ClassDef):
            found += _functions(node.body, f"{prefix}{node.name}.")
        elif isinstance(node, (ast.If, ast.Try)):
            found += _functions([*node.body, *node.orelse], prefix)
    return found
