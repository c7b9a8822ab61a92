"""The explore engine on six modules of real packages: what its tests reach, notice and cost.

    python bench/engine/run.py [--module NAME ...] [--greenline "COMMAND"]

Prints Markdown; the figures also go to bench/.cache/engine-results.json. Exit code 0 when every test passed in every
rerun and none is marked skip or xfail, 1 otherwise, 2 when the bench could not run.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shlex
import statistics
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from measure import MUTANTS, RERUNS, Row, generated, measured
from subjects import CACHE, MODULES, BenchProblem, fresh, prepared

RESULTS = CACHE.parent / "engine-results.json"


def main() -> int:
    options = _options()
    try:
        python = prepared()
    except BenchProblem as problem:
        print(problem, file=sys.stderr)
        return 2
    load = f"load {os.getloadavg()[0]:.1f} at the start"
    print(f"Python {platform.python_version()}, {os.cpu_count()} processors, {load}.\n")
    print(
        "| module | lines % | branches % | mutants % | tests | passed 5 of 5 | functions | s | s/function median, p95 |"
    )
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    rows = []
    for module in options.module or MODULES:
        with tempfile.TemporaryDirectory(prefix="greenline-bench-") as folder:
            subject = fresh(module, Path(folder))
            row = measured(generated(subject, python, shlex.split(options.greenline)), subject, python)
        rows.append(row)
        print(_line(row), flush=True)
    print(_totals(rows))
    RESULTS.write_text(json.dumps([asdict(row) for row in rows], indent=2), encoding="utf-8")
    return 0 if all(row.tests and row.steady == row.tests and not row.clutter for row in rows) else 1


def _line(row: Row) -> str:
    confirmed = row.statuses.get("confirmed", 0)
    times = f"{statistics.median(row.per_function):.1f}, {_p95(row.per_function):.1f}" if row.per_function else ""
    return (
        f"| {row.module} | {row.line_percent:.1f} | {row.branch_percent:.1f} | {row.mutant_percent:.1f} | {row.tests} "
        f"| {row.steady} | {confirmed} of {row.functions} | {row.seconds:.0f} | {times} |"
    )


def _totals(rows: list[Row]) -> str:
    times = [seconds for row in rows for seconds in row.per_function]
    reached = sum(row.survivors.get("not reached", 0) for row in rows)
    unnoticed = sum(row.survivors.get("not noticed", 0) for row in rows)
    mean = {
        name: statistics.mean(getattr(row, name) for row in rows)
        for name in ("line_percent", "branch_percent", "mutant_percent", "seconds")
    }
    return (
        f"| mean | {mean['line_percent']:.1f} | {mean['branch_percent']:.1f} | {mean['mutant_percent']:.1f} "
        f"| {sum(r.tests for r in rows)} | {sum(r.steady for r in rows)} | | {mean['seconds']:.0f} "
        f"| {statistics.median(times):.1f}, {_p95(times):.1f} |\n\n"
        f"Mutants: {MUTANTS} a module at most, by operators that the engine does not have. "
        f"Survivors: {reached} on lines that no test reaches, {unnoticed} that run and that no assertion notices "
        f"(equivalent ones among them). "
        f"Reruns: {RERUNS}, in random order, under 3 hash seeds. "
        f"Marked skip or xfail: {sum(r.clutter for r in rows)}. "
        f"Lines of tests per test: {sum(r.lines_of_tests for r in rows) / max(1, sum(r.tests for r in rows)):.1f}."
    )


def _p95(values: list[float]) -> float:
    """By nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(0.95 * len(ordered) + 0.5) - 1)] if ordered else 0.0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--module", action="append", choices=MODULES, help="only this one; may be given several times")
    parser.add_argument("--greenline", default=f"{sys.executable} -m greenline", help="the command to measure")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
