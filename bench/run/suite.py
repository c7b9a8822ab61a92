"""What coverage costs on a real suite, by coverage.py and by Greenline, and whether both say the same.

    python bench/run/suite.py [--python PATH]... [--subject NAME] [--times N] [TEST ...]

Prints Markdown, for each interpreter: the seconds of a whole run (wall clock, and processor, which other work on the
machine disturbs less) without coverage, with each core of coverage.py, and as Greenline runs a suite, with lines,
branches and, for each test, its lines. Ways take turns; with several times, the least seconds count. "Of none" is by
processor time.

Then the results are compared: each statement and branch of each file, as coverage.py's own analysis counts them. From
3.12 on both measure one and the same run; before, where only one can, two runs with one hash seed. Every difference is
listed by kind, with how often it was seen and an example. In two runs some are of the runs and not of the measuring:
what tests draw by chance, and hooks for pytest's summary, which Greenline leaves out.

Subjects are the sympy and networkx of wheels.txt (a part of their suites, unless tests are named). The first run needs
the package index; what it fetched stays in bench/.cache. Exit code 0 when nothing differs, 1 otherwise, 2 when the
bench cannot run.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from suites import CACHE, HERE, BenchProblem, environment, pip

SERVER = HERE.parents[1] / "server"
TESTS = {
    "sympy": [
        "sympy/core/tests/test_basic.py",
        "sympy/core/tests/test_expr.py",
        "sympy/core/tests/test_sympify.py",
        "sympy/polys/tests/test_densearith.py",
    ],
    "networkx": ["networkx/algorithms/shortest_paths", "networkx/algorithms/tree", "networkx/classes"],
}
MONITORING, BRANCHES_BY_MONITORING = (3, 12), (3, 14)


@dataclass(frozen=True)
class Way:
    """One way to run; ``core`` is coverage.py's name for what it measures with, ``since`` the Python that has it."""

    title: str
    arguments: str
    core: str = ""
    since: tuple[int, int] = (3, 9)


WAYS = (
    Way("no coverage", "none"),
    Way("coverage.py, lines, C tracer", "coverage lines", "ctrace"),
    Way("coverage.py, lines, sys.monitoring", "coverage lines", "sysmon", MONITORING),
    Way("coverage.py, branches, C tracer", "coverage branches", "ctrace"),
    Way("coverage.py, branches, sys.monitoring", "coverage branches", "sysmon", BRANCHES_BY_MONITORING),
    Way("coverage.py, branches and contexts, C tracer", "coverage contexts", "ctrace"),
    Way("Greenline, lines and branches", "greenline branches"),
    Way("Greenline, lines, branches and contexts", "greenline contexts"),
)


def main() -> int:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description="Print what coverage costs, and whether the results agree.")
    parser.add_argument("--python", type=Path, action="append")
    parser.add_argument("--subject", choices=sorted(TESTS), default="sympy")
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("tests", nargs="*")
    options = parser.parse_args()
    try:
        folder = _packages()
        tests = options.tests or TESTS[options.subject]
        pythons = options.python or [Path(sys.executable)]
        agree = [_Suite(python, folder, options.subject, tests).report(options.times) for python in pythons]
    except BenchProblem as problem:
        print(problem, file=sys.stderr)
        return 2
    return 0 if all(agree) else 1


class _Suite:
    """The suite with one interpreter."""

    def __init__(self, python: Path, folder: Path, package: str, tests: list[str]) -> None:
        self._python = environment(python)
        self._folder, self._package, self._tests = folder, package, tests
        asked = subprocess.check_output([self._python, "-c", "import sys; print(*sys.version_info[:3])"], text=True)
        self._version = tuple(map(int, asked.split()))

    def report(self, times: int) -> bool:
        """Print the figures; tell whether the results agree."""
        version = ".".join(map(str, self._version))
        print(f"## {self._package}, Python {version}\n")
        _, _, first = self._run("none")  # whatever is compiled is compiled now
        print(f"{' '.join(self._tests)}: {first['tests']} tests; "
              f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} at the start\n", flush=True)  # fmt: skip
        ways = [way for way in WAYS if way.since <= self._version[:2]]
        taken: dict[Way, list[tuple[float, float]]] = defaultdict(list)
        results: dict[Way, Any] = {}
        for _ in range(times):
            for way in ways:
                wall, processor, results[way] = self._run(way.arguments, way.core)
                taken[way].append((processor, wall))
                if results[way]["tests"] != first["tests"] or not first["tests"]:
                    raise BenchProblem(f"{way.title}: {results[way]['tests']} tests, not {first['tests']}")
        least = min(taken[WAYS[0]])[0]
        print("| way | wall s | processor s | of none |\n| --- | ---: | ---: | ---: |")
        for way in ways:
            processor, wall = min(taken[way])
            print(f"| {way.title} | {wall:.1f} | {processor:.1f} | {processor / least:.2f} |", flush=True)
        if self._version >= MONITORING:
            _, _, both = self._run("both", "ctrace")
            return self._compare(both, {})
        theirs = next(way for way in ways if way.arguments == "coverage branches")
        return self._compare(results[theirs], results[WAYS[-2]])

    def _run(self, arguments: str, core: str = "", *rest: str) -> tuple[float, float, Any]:
        """Return the seconds by the clock and of the processor, and what was written down."""
        with tempfile.TemporaryDirectory(prefix="greenline-bench-") as name:
            output = Path(name, "output.json")
            variables = {**os.environ, "PYTHONHASHSEED": "0", "COVERAGE_CORE": core or "ctrace"}
            script = [self._python, HERE / "inside_suite.py", arguments, SERVER, self._package, output]
            began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
            done = subprocess.run(
                [*map(str, script), *(rest or self._tests)], cwd=self._folder, env=variables, check=False,
                capture_output=True, text=True, stdin=subprocess.DEVNULL,
            )  # fmt: skip
            wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
            if not output.exists():
                raise BenchProblem(f"{arguments} failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
            processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            return wall, processor, json.loads(output.read_text())

    def _compare(self, first: Any, second: Any) -> bool:
        """Print what both say, and what only one says."""
        with tempfile.TemporaryDirectory(prefix="greenline-bench-") as name:
            paths = [Path(name, "first.json"), Path(name, "second.json")]
            for path, each in zip(paths, (first, second), strict=True):
                path.write_text(json.dumps(each))
            _, _, found = self._run("judge", "", *map(str, paths))
        print(f"\nBoth have {found['lines']} statements and {found['branches']} branches of {found['files']} files.")
        kinds: dict[tuple[str, str], list[str]] = defaultdict(list)
        for file, what, whose, at in found["differing"]:
            kinds[self._kind(what, at), whose].append(f"{file}, {at}")
        for (kind, whose), places in sorted(kinds.items()):
            print(f"- {kind}, only by {whose}: {len(places)}, as {places[0]}")
        print("Nothing differs.\n" if not kinds else "")
        return not kinds

    @staticmethod
    def _kind(what: str, at: Any) -> str:
        if what == "lines":
            return "statement"
        return "branch that leaves the function" if at[1] < 0 else "branch to another line"


def _packages() -> Path:
    """Fetch the packages of wheels.txt, with their tests, into one folder. Raises BenchProblem."""
    folder, wanted = CACHE / "wheels", (HERE / "wheels.txt").read_text()
    stamp = folder / "ready"
    if not stamp.is_file() or stamp.read_text() != wanted:
        options = ["--no-deps", "--no-compile", "--only-binary", ":all:", "--require-hashes", "--ignore-installed"]
        pip(Path(sys.executable), "install", *options, "--target", folder, "-r", HERE / "wheels.txt")
        (folder / "pytest.ini").write_text("[pytest]\n")  # or pytest would go by this project's settings
        stamp.write_text(wanted)
    return folder


if __name__ == "__main__":
    sys.exit(main())
