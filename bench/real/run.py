"""Greenline on real code: ten functions each of three packages from PyPI.

    python bench/real/run.py [--package NAME] [--first N] [--greenline "COMMAND"]

Prints Markdown; the same figures go to bench/.cache/real-results.json. Exit code 0 when every test that was confirmed
passed again under plain pytest and gained what was claimed, 1 when not or when nothing was confirmed, 2 when the bench
could not run.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shlex
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import report
from choose import PACKAGES, TARGETS, chosen, committed
from measure import check, generate
from prepare import CACHE, ROOT, BenchProblem, interpreter_for, unpacked, working_copy

if TYPE_CHECKING:
    from choose import Package
    from measure import Check, Row

RESULTS = CACHE.parent / "real-results.json"


def main() -> int:
    options = _options()
    packages = [each for each in PACKAGES if not options.package or each.name in options.package]
    rows: list[Row] = []
    checks: list[Check] = []
    saved: list[dict[str, Any]] = []
    print(f"Python {platform.python_version()}, {os.cpu_count()} processors.\n")
    for package in packages:
        removed, found, again = _bench(package, options)
        for line in report.table(f"{package.name} {package.version}", found, removed):
            print(line, flush=True)
        rows += found
        checks.append(again)
        saved.append(
            {
                "package": package.name,
                "version": package.version,
                "rows": [asdict(r) for r in found],
                "again": asdict(again),
            }
        )
    for line in report.totals(rows, checks):
        print(line)
    RESULTS.write_text(json.dumps({"python": platform.python_version(), "packages": saved}, indent=2), encoding="utf-8")
    good = any(each.passed for each in checks) and not any(each.not_passed for each in checks)
    good = good and not report.overstated(rows)
    return 0 if good else 1


def _bench(package: Package, options: argparse.Namespace) -> tuple[list[str], list[Row], Check]:
    targets = committed().get(package.name)
    if targets != chosen(package, unpacked(package)):
        raise BenchProblem(f"{TARGETS.name} is not what the rule gives for {package.name}: run bench/real/choose.py")
    folder, removed = working_copy(package)
    python = interpreter_for(package, folder)
    rows = []
    for number, target in enumerate(targets[: options.first], start=1):
        print(f"  {package.name} {number}/{len(targets)} {target} ...", end=" ", file=sys.stderr, flush=True)
        rows.append(generate(options.greenline, folder, python, target))
        print(f"{rows[-1].status}, {rows[-1].seconds:.1f} s", file=sys.stderr)
    return removed, rows, check(folder, python, package.sources, rows)


def _options() -> argparse.Namespace:
    own = ROOT / ".venv" / ("Scripts/greenline.exe" if os.name == "nt" else "bin/greenline")
    parser = argparse.ArgumentParser(description="Greenline on real code.")
    parser.add_argument("--package", action="append", choices=[each.name for each in PACKAGES], help="only this one")
    parser.add_argument("--first", type=int, help="only so many functions of each package")
    parser.add_argument("--greenline", type=shlex.split, default=[str(own)], help="the command (default: %(default)s)")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BenchProblem as problem:
        print(problem, file=sys.stderr)
        sys.exit(2)
