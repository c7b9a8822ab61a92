"""Would a maintainer keep the tests? Of up to three functions each of nine packages, beside the tests that they have.

    python bench/real/kept.py [--package NAME]

Prints Markdown; the same figures go to bench/.cache/kept-results.json. Each written test goes through the checklist of
checklist.py. Exit code 0 when there were tests and all of them passed under plain pytest, 2 when the bench could not
run.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shlex
import sys
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from checklist import Suite, failed_checks, lint
from measure import Row, generate, passed_names
from prepare import CACHE, ROOT, BenchProblem
from suites import PACKAGES, prepared

if TYPE_CHECKING:
    from choose import Package

RESULTS = CACHE.parent / "kept-results.json"


@dataclass
class Kept:
    """One written test, and the checks that it fails: none for one that is accepted."""

    target: str
    file: str
    name: str
    failed: list[str] = field(default_factory=list)


def main() -> int:
    parser = argparse.ArgumentParser(description="Would a maintainer keep the tests?")
    parser.add_argument("--package", action="append", choices=[each.name for each in PACKAGES], help="only this one")
    own = ROOT / ".venv" / ("Scripts/greenline.exe" if os.name == "nt" else "bin/greenline")
    parser.add_argument("--greenline", type=shlex.split, default=[str(own)], help="the command (default: %(default)s)")
    options = parser.parse_args()
    print(f"### Beside the tests that are there (Python {platform.python_version()})\n")
    print("| function | status | test file | tests | accepted | what a maintainer would not take | s |")
    print("| --- | --- | --- | ---: | ---: | --- | ---: |")
    rows: list[Row] = []
    tests: list[Kept] = []
    for package in PACKAGES:
        if not options.package or package.name in options.package:
            found, written = _bench(package, options.greenline)
            rows += found
            tests += written
    _totals(rows, tests)
    RESULTS.write_text(json.dumps({"rows": [asdict(r) for r in rows], "tests": [asdict(t) for t in tests]}, indent=2))
    return 0 if tests and not any("passes" in test.failed for test in tests) else 1


def _bench(package: Package, greenline: list[str]) -> tuple[list[Row], list[Kept]]:
    folder, python, targets = prepared(package)
    suite = Suite.of(folder)
    rows, tests = [], []
    for target in targets:
        row = generate(greenline, folder, python, target)
        file = row.test_file or ""
        names = [re.split(r"::|\.", each)[-1] for each in row.tests]  # of those in classes, too
        mine = [Kept(target, file, name, failed_checks(suite, target, file, name)) for name in names]
        if mine:
            passed = passed_names(folder, python, file)
            for test in mine:
                test.failed += lint(suite, file) + ([] if test.name in passed else ["passes"])
        good = sum(1 for test in mine if not test.failed)
        bad = "; ".join(f"{t.name}: {', '.join(t.failed)}" for t in mine if t.failed)
        said = bad or " ".join(row.reason.split()).replace("|", "\\|")[:110]
        cells = [
            f"`{package.name}` `{target}`",
            row.status,
            file,
            str(len(mine)),
            str(good),
            said,
            f"{row.seconds:.1f}",
        ]
        print("| " + " | ".join(cells) + " |", flush=True)
        rows.append(row)
        tests += mine
    return rows, tests


def _totals(rows: list[Row], tests: list[Kept]) -> None:
    good = sum(1 for test in tests if not test.failed)
    share = f" ({good / len(tests):.0%})" if tests else ""
    confirmed = sum(1 for row in rows if row.status == "confirmed")
    print(f"\n**Accepted by the checklist: {good} of {len(tests)} tests{share}**", end="")
    print(f", for {confirmed} of {len(rows)} functions.")
    for check in dict.fromkeys(check for test in tests for check in test.failed):
        print(f"- {check}: failed by {sum(1 for test in tests if check in test.failed)}")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BenchProblem as problem:
        print(problem, file=sys.stderr)
        sys.exit(2)
