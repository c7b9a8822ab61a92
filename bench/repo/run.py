"""Whole repositories: packages from PyPI whose own suites were cut, and the tests that ``greenline generate`` writes.

    python bench/repo/run.py [--package NAME] [--share PERCENT] [--top N] [--until PERCENT] [--budget TIME]
        [--greenline "COMMAND"]

Prints Markdown; the same figures go to bench/.cache/repo-results.json. Exit code 0 when the whole suite of each package
passes in random order afterwards, 1 when not, 2 when the bench could not run.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shlex
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "real"))

from choose import Package  # noqa: E402
from cut_suite import cut  # noqa: E402
from measure import environment_of_a_person, run  # noqa: E402
from prepare import CACHE, ROOT, BenchProblem, fresh_copy, interpreter_for  # noqa: E402
from suites import PACKAGES  # noqa: E402

CHOSEN = ("boltons", "more-itertools", "tomlkit")
TOOLS = "../repo/environment.txt"
RESULTS = CACHE.parent / "repo-results.json"
GENERATE_SECONDS = 7200
ORDERS = ("1", "2", "3")
"""Seeds of the random orders in which the suite runs afterwards."""


@dataclass
class Suite:
    """What pytest and coverage.py say of all tests of the package, without Greenline."""

    lines: list[int]
    branches: list[int]
    words: str
    passed: bool

    @property
    def share(self) -> float:
        return self.lines[0] / self.lines[1] if self.lines[1] else 0.0


@dataclass
class Result:
    package: str
    kept_tests: int
    all_tests: int
    before: Suite
    after: Suite
    told: dict[str, Any] = field(default_factory=dict)
    minutes: float = 0.0
    load: float = 0.0
    """Processes that wanted a processor when it ended; with more than there are, minutes say little."""
    orders: list[str] = field(default_factory=list)
    green: bool = False


def main() -> int:
    options = _options()
    load = os.getloadavg()[0]
    print(f"Python {platform.python_version()}, {os.cpu_count()} processors, load {load:.1f} at the start.\n")
    results = [_bench(each, options) for each in PACKAGES if each.name in (options.package or CHOSEN)]
    RESULTS.write_text(json.dumps([asdict(result) for result in results], indent=2), encoding="utf-8")
    for line in _table(results):
        print(line)
    return 0 if results and all(result.green for result in results) else 1


def _bench(package: Package, options: argparse.Namespace) -> Result:
    folder = fresh_copy(package, "repo")
    python = interpreter_for(package, folder, TOOLS)
    files = sorted(file for file in folder.glob("test*/**/*.py") if file.name.startswith("test_"))
    if not files:
        raise BenchProblem(f"{package.name} {package.version} has no tests in its source distribution")
    say(f"{package.name}: cutting its suite to about {options.share:.0f} % ...")
    left, every, _ = cut(files, folder, lambda: _suite(package, folder, python).share, options.share / 100)
    before = _suite(package, folder, python)
    if not before.passed:
        raise BenchProblem(f"the suite of {package.name} fails as it was cut: {before.words}")
    say(f"{package.name}: {left} of {every} tests reach {before.share:.1%}; generating ...")
    started = time.perf_counter()
    told = _generate(package, folder, python, options)
    result = Result(package.name, left, every, before, _suite(package, folder, python), told)
    result.minutes, result.load = (time.perf_counter() - started) / 60, os.getloadavg()[0]
    orders = [_pytest(folder, python, "--random-order", f"--random-order-seed={seed}") for seed in ORDERS]
    result.orders = [_last(each.stdout) for each in orders]
    result.green = result.after.passed and all(each.returncode == 0 for each in orders)
    say(f"{package.name}: {before.share:.1%} -> {result.after.share:.1%} in {result.minutes:.1f} min; {result.orders}")
    return result


def _generate(package: Package, folder: Path, python: Path, options: argparse.Namespace) -> dict[str, Any]:
    report = CACHE / f"{package.name}-report.json"
    report.unlink(missing_ok=True)
    asked = ["--top", str(options.top), "--until", str(options.until), "--budget", options.budget]
    asked += ["--engine", "explore", "--fresh"]
    command = [*options.greenline, "generate", package.sources, *asked, "--report", str(report)]
    done = subprocess.run(
        [*command, "--interpreter", str(python)],
        cwd=folder,
        env=environment_of_a_person(),
        capture_output=True,
        text=True,
        check=False,
        timeout=GENERATE_SECONDS,
    )
    (CACHE / f"{package.name}-generate.log").write_text(done.stdout + done.stderr, encoding="utf-8")
    if not report.is_file():
        raise BenchProblem(
            f"generate wrote no report (exit code {done.returncode}): {_last(done.stderr or done.stdout)}"
        )
    told: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    return told


def _suite(package: Package, folder: Path, python: Path) -> Suite:
    data, report = folder / ".coverage", folder.parent / f"{folder.name}-coverage.json"
    report.unlink(missing_ok=True)
    ours = ["--rcfile", os.devnull, "--data-file", str(data)]
    ran = run(
        [str(python), "-m", "coverage", "run", *ours, "--branch", f"--source={package.sources}", *_PYTEST], folder
    )
    run([str(python), "-m", "coverage", "json", *ours, "-o", str(report)], folder)
    if not report.is_file():
        return Suite([0, 1], [0, 0], _last(ran.stdout + ran.stderr), passed=False)
    totals = json.loads(report.read_text(encoding="utf-8"))["totals"]
    return Suite(
        [totals["covered_lines"], totals["num_statements"]],
        [totals["covered_branches"], totals["num_branches"]],
        _last(ran.stdout),
        ran.returncode == 0,
    )


_PYTEST = ["-m", "pytest", "-q", "--no-cov", "-p", "no:cacheprovider"]


def _pytest(folder: Path, python: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return run([str(python), *_PYTEST, *options], folder)


def _table(results: list[Result]) -> list[str]:
    rows = ["", "| package | tests left | lines before | after | branches before | after | minutes | new tests |", ""]
    rows[-1] = "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    for each in results:
        cells = [each.package, f"{each.kept_tests} of {each.all_tests}", _of(each.before.lines), _of(each.after.lines)]
        cells += [_of(each.before.branches), _of(each.after.branches), f"{each.minutes:.1f}"]
        rows.append("| " + " | ".join([*cells, str(each.told["counts"]["tests"])]) + " |")
    for each in results:
        rows += ["", f"**{each.package}**: {', '.join(f'{number} {what}' for what, number in _counts(each))}."]
        rows += [f"- not testable: {len(names)} x {reason}" for reason, names in each.told["not_testable"].items()]
        rows += [f"- failed: {len(names)} x {reason}" for reason, names in each.told["failed"].items()]
        rows.append(f"- it ended: {each.told['stopped'] or 'all of the plan was done'}; load {each.load:.1f} then")
        rows.append(f"- whole suite: {each.after.words}; in three random orders: {'; '.join(each.orders)}")
    return rows


def _counts(result: Result) -> list[tuple[str, int]]:
    told = {**result.told["counts"], "suspected bugs": len(result.told["suspected_bugs"])}
    return [(what.replace("_", " "), number) for what, number in told.items() if number or what == "suspected bugs"]


def _of(counts: list[int]) -> str:
    return f"{counts[0] / counts[1]:.1%} ({counts[0]} of {counts[1]})" if counts[1] else "none"


def _last(text: str) -> str:
    return (text.strip().splitlines() or ["nothing"])[-1]


def say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def _options() -> argparse.Namespace:
    own = ROOT / ".venv" / ("Scripts/greenline.exe" if os.name == "nt" else "bin/greenline")
    parser = argparse.ArgumentParser(description="Whole repositories.")
    parser.add_argument("--package", action="append", choices=[each.name for each in PACKAGES], help="only this one")
    parser.add_argument("--share", type=float, default=20, help="percent that the cut suite reaches (%(default)s)")
    parser.add_argument("--top", type=int, default=30, help="files that tests are written for (%(default)s)")
    parser.add_argument("--until", type=int, default=80, help="percent to stop at (%(default)s)")
    parser.add_argument("--budget", default="20m", help="time for the tests of one package (%(default)s)")
    parser.add_argument("--greenline", type=shlex.split, default=[str(own)], help="the command (default: %(default)s)")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BenchProblem as problem:
        print(problem, file=sys.stderr)
        sys.exit(2)
