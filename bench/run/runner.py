"""One test file, run as a person runs it and by the warm runner: how long it takes, and whether both say the same.

    python bench/run/runner.py [--times N] [--python PATH ...] [--files N]

Prints Markdown. The ways take turns, so that all see the same load of the machine. What is compared is the suite of
packaging, file by file: the outcome of every test, by a cold ``python -m pytest`` and by a fork of a warm process.
Exit code 0 when the two agree in every test, 1 otherwise, 2 when the bench could not run.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

from suites import BenchProblem, Suite, copied, suite

from greenline.adapters.interpreter_discovery import InterpreterDiscovery
from greenline.adapters.probes import Probes
from greenline.adapters.project_files import ProjectFiles
from greenline.adapters.pytest_process import PytestProcess
from greenline.ports.progress import Silent
from greenline.ports.project import Interpreter, Project
from greenline.ports.tests import TestRun

MODULE = "def sign(number):\n    if number < 0:\n        return -1\n    return 1\n"
COVERAGE = ("-m", "coverage", "run", "--branch", "--source=.")
TEST = "from signs import sign\n\n\ndef test_sign():\n    assert sign(-2) == -1\n"


def main() -> int:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description="Print what a warm runner brings, and whether it says the same.")
    parser.add_argument("--times", type=int, default=40)
    parser.add_argument("--files", type=int, default=100, help="at most so many test files are compared")
    parser.add_argument(
        "--python", type=Path, nargs="*", default=[], help="more interpreters, with pytest and coverage"
    )
    options = parser.parse_args()
    try:
        return asyncio.run(_measured(options, suite("packaging")))
    except BenchProblem as problem:
        print(problem, file=sys.stderr)
        return 2


async def _measured(options: argparse.Namespace, whole: Suite) -> int:
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; milliseconds, p50 / p95 of {options.times}.\n")
    print("| Python | cold | cold, branches by coverage.py | warm | warm with lines, branches, contexts | of cold |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for each in [whole.python, *options.python]:
        await _times(each.absolute(), options.times)
    with tempfile.TemporaryDirectory(prefix="greenline-bench-") as name:
        own = copied(whole, Path(name))
        return await _compared(own.root, own.python, options.files)


async def _times(python: Path, times: int) -> None:
    with tempfile.TemporaryDirectory(prefix="greenline-bench-") as name:
        root = _project(Path(name, "signs"))
        run = await _run_of(root / "test_signs.py", python)
        warm = PytestProcess(Probes())
        measured = replace(run, measure=(root / "signs.py",), contexts=True)
        ways: list[Callable[[], Awaitable[object]]] = [
            lambda: _cold(python, root),
            lambda: _cold(python, root, *COVERAGE),
            lambda: _green(warm, run),
            lambda: _green(warm, measured),
        ]
        taken: list[list[float]] = [[] for _ in ways]
        for number in range(times + 1):
            for way, seconds in zip(ways, taken, strict=True):
                began = time.perf_counter()
                await way()
                if number:  # the first starts the warm process
                    seconds.append(time.perf_counter() - began)
    share = statistics.median(taken[-1]) / statistics.median(taken[0])
    version = ".".join(map(str, run.interpreter.version))
    print(f"| {version} | {' | '.join(_said(seconds) for seconds in taken)} | {share:.2f} |", flush=True)


def _project(root: Path) -> Path:
    root.mkdir()
    (root / "signs.py").write_text(MODULE)
    (root / "test_signs.py").write_text(TEST)
    (root / "pyproject.toml").write_text("[tool.pytest.ini_options]\n")
    return root


async def _run_of(test: Path, python: Path) -> TestRun:
    project: Project = ProjectFiles().project_of(test)
    interpreter: Interpreter = await InterpreterDiscovery().interpreter_for(project, setting=str(python))
    return TestRun(project, interpreter, selection=(str(test),), guarded=False)


async def _cold(python: Path, root: Path, *around: str) -> None:
    command = [str(python), *around, "-m", "pytest", "-q", "test_signs.py"]
    ended = await asyncio.create_subprocess_exec(
        *command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
    )
    output, _ = await ended.communicate()
    if ended.returncode:
        raise BenchProblem(f"{' '.join(command)} ended with exit code {ended.returncode}: {output.decode()[-500:]}")


async def _green(runner: PytestProcess, run: TestRun) -> None:
    report = await runner.run(run, Silent())
    if not report.green or (run.contexts and not report.contexts):
        raise BenchProblem(f"the warm run failed: {report.problem or report.outcomes}")


def _said(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    p95 = ordered[math.ceil(0.95 * len(ordered)) - 1]
    return f"{1000 * statistics.median(ordered):.0f} / {1000 * p95:.0f}"


async def _compared(root: Path, python: Path, most: int) -> int:
    """Compare the outcomes of each test file; print what differs."""
    os.environ["PYTHONHASHSEED"] = "0"  # in rows of sets, tests have the same names everywhere
    runner = PytestProcess(Probes())
    differing: list[str] = []
    tests = files = 0
    for file in sorted((root / "tests").glob("test_*.py"))[:most]:
        cold = _outcomes(python, root, file)
        report = await runner.run(replace(await _run_of(file, python), seconds=600.0), Silent())
        if report.problem:
            differing.append(f"{file.name}: {report.problem}")
        warm = sorted((o.node_id.rpartition("::")[2], o.outcome) for o in report.outcomes)
        files, tests = files + 1, tests + len(cold)
        differing += [f"{file.name}: {one}" for one in sorted({*cold} ^ {*warm})]
        if len(cold) != len(warm):
            differing.append(f"{file.name}: {len(cold)} tests cold, {len(warm)} warm")
    print(f"\nCold and by a fork: {tests} tests of {files} files of packaging; {len(differing)} differ.")
    for one in differing[:20]:
        print(f"- {one}")
    return 1 if differing else 0


def _outcomes(python: Path, root: Path, file: Path) -> list[tuple[str, str]]:
    """Run the file cold; return each test's name and outcome, as pytest's own report has them."""
    with tempfile.TemporaryDirectory(prefix="greenline-bench-") as name:
        report = Path(name, "report.xml")
        command = [str(python), "-m", "pytest", "-q", f"--junitxml={report}", "-p", "no:cacheprovider", str(file)]
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
        subprocess.run(command, cwd=root, env=environment, check=False, capture_output=True)
        if not report.exists():
            raise BenchProblem(f"{' '.join(command)} wrote no report")
        return sorted((str(case.get("name")), _outcome(case)) for case in ET.parse(report).getroot().iter("testcase"))


def _outcome(case: ET.Element) -> str:
    kinds = {"failure": "failed", "error": "error"}
    for child in case:
        if child.tag in kinds:
            return kinds[child.tag]
        if child.tag == "skipped":
            return "xfailed" if child.get("type") == "pytest.xfail" else "skipped"
    return "passed"


if __name__ == "__main__":
    sys.exit(main())
