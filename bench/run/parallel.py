"""What several processes win on a whole suite, with lines, branches and contexts.

    python bench/run/parallel.py [--workers N] [--cost MS] [--rounds N] [--python PATH] [TESTS ...]

Suites of so many tests are made, in ten files, each test computing for so many milliseconds; each runs in one process
and in several, by turns. The interpreter needs pytest and pytest-xdist. Prints Markdown: medians of the seconds by the
clock, and of the processor's, which other work on the machine changes less.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import statistics
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from greenline.adapters import pytest_process
from greenline.adapters.pytest_process import PytestProcess
from greenline.ports.progress import Silent
from greenline.ports.project import Interpreter, Project
from greenline.ports.tests import TestRun

FILES = 10
SOURCE = """\
import time


def work(milliseconds):
    end = time.thread_time() + milliseconds / 1000
    found = 0
    while time.thread_time() < end:
        for number in range(100):
            found += number
    return found
"""


def project_with(root: Path, tests: int, cost: float) -> Project:
    """Write a project with so many tests."""
    root = root.resolve()
    (root / "tests").mkdir(parents=True)
    (root / "shop.py").write_text(SOURCE)
    (root / "pytest.ini").write_text("[pytest]\npythonpath = .\n")
    for file in range(FILES):
        body = "".join(f"def test_{n}(): assert shop.work({cost})\n" for n in range(tests // FILES))
        (root / "tests" / f"test_{file}.py").write_text(f"import shop\n{body}")
    return Project(root, root / "pytest.ini", (root,), (root / "tests",))


async def seconds(run: TestRun, workers: int) -> tuple[float, float]:
    """Run once; return the seconds by the clock and of the processor."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    pytest_process.workers_for = lambda *_: workers
    report = await PytestProcess().run(replace(run, parallel=True), Silent())
    if not report.green or report.workers != (workers if workers > 1 else 0):
        raise SystemExit(f"the run was not what it should be: {report.problem} ({report.workers} processes)")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return report.seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


async def measured(tests: int, options: argparse.Namespace) -> str:
    """Return a row of the table."""
    version = (sys.version_info[0], sys.version_info[1], sys.version_info[2])
    interpreter = Interpreter(Path(options.python), version, "the bench", "there")
    with tempfile.TemporaryDirectory(prefix="greenline-bench-") as folder:
        project = await asyncio.to_thread(project_with, Path(folder) / "project", tests, options.cost)
        run = TestRun(project, interpreter, measure=None, guarded=False, contexts=True, seconds=600)
        took: dict[int, list[tuple[float, float]]] = {1: [], options.workers: []}
        for _ in range(options.rounds):
            for workers, found in took.items():
                found.append(await seconds(run, workers))
    cells = [f"{statistics.median(column):.2f}" for found in took.values() for column in zip(*found, strict=True)]
    return f"| {tests} | {tests * options.cost / 1000:.1f} | {' | '.join(cells)} |"


def main() -> int:
    """Run the bench."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tests", nargs="*", type=int, default=[50, 200, 400])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--cost", type=float, default=10.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--python", default=sys.executable)
    options = parser.parse_args()
    sys.stdout.write(
        f"| tests | of computing | one process | processor | {options.workers} processes | processor |\n"
        "| --: | --: | --: | --: | --: | --: |\n"
    )
    for tests in options.tests:
        sys.stdout.write(asyncio.run(measured(tests, options)) + "\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
