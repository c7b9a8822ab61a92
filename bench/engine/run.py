"""The explore engine on modules of real packages: what its tests reach, notice and cost.

    python bench/engine/run.py [--module NAME ...] [--subject PACKAGE==VERSION:MODULE ...] [--pynguin] [--alone N]
                               [--no-causes] [--python PATH] [--greenline "COMMAND"]

Prints Markdown; the figures also go to bench/.cache/engine-results.json. Exit code 0 when every one of Greenline's
tests passed in every rerun and none is marked skip or xfail, 1 otherwise, 2 when the bench could not run.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shlex
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

import report
from causes import judged
from generators import asked, functions_of, greenline, pynguin
from measure import Row, measured
from subjects import CACHE, MODULES, BenchProblem, Place, any_module, fresh, interpreter_name, open_modules
from subjects import pynguin as pynguin_interpreter

RESULTS = CACHE.parent / "engine-results.json"


def main() -> int:
    """Measure what the command line asks for."""
    options = _options()
    began = time.monotonic()
    try:
        places = _places(options)
        other = pynguin_interpreter(options.python) if options.pynguin else None
        print(f"{interpreter_name(options.python)}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}.\n")
        print(report.HEAD, flush=True)
        rows: list[Row] = []
        for place in places:
            rows += _module(place, other, options)
            _keep(rows)
    except BenchProblem as problem:
        print(problem, file=sys.stderr)
        return 2
    print(report.totals(rows))
    parts = [report.said(), report.comparison(rows), report.times(rows), report.operators(rows)]
    parts += [report.causes(rows), report.problems(rows)]
    print("".join(f"\n{part}\n" for part in parts if part))
    print(f"{time.monotonic() - began:.0f} s in all; each missed branch and surviving mutant is in {RESULTS.name}.")
    return 0 if all(row.is_sound for row in rows if row.tool == "Greenline") else 1


def _keep(rows: list[Row]) -> None:
    """Write what is measured so far."""
    figures = {"mutant_percent", "far_percent", "clutter"}
    told = [{**asdict(row), **{name: getattr(row, name) for name in figures}} for row in rows]
    RESULTS.write_text(json.dumps(told, indent=2, sort_keys=True), encoding="utf-8")


def _places(options: argparse.Namespace) -> list[Place]:
    places = [any_module(subject, options.python) for subject in options.subject]
    if options.module or not places:
        wanted = options.module or MODULES
        places += [place for place in open_modules(options.python) if place.module in wanted]
    return places


def _module(place: Place, other: Path | None, options: argparse.Namespace) -> list[Row]:
    """Measure one module by each tool, and print each row as soon as it is known."""
    command = shlex.split(options.greenline)
    with tempfile.TemporaryDirectory(prefix="greenline-bench-") as name:
        folder = Path(name)
        ours = greenline(place, folder / "greenline", command)
        row = measured("Greenline", ours)
        print(report.line(row), flush=True)
        rows, theirs = [row], None
        if other is not None:
            theirs = pynguin(place, folder / "pynguin", other)
            rows.append(measured("Pynguin", theirs))
            print(report.line(rows[1]), flush=True)
        if options.causes:
            judged(row, ours, (rows[1], theirs) if theirs else None)
        _alone(row, place, folder, command, options.alone)
    return rows


def _alone(row: Row, place: Place, folder: Path, command: list[str], most: int) -> None:
    """Ask for functions one by one, each in a project of its own, as a person clicks; note what was confirmed."""
    names = functions_of(fresh(place, folder / "names").source) if most else []
    random.Random(place.module).shuffle(names)
    for number, function in enumerate(names[:most]):
        subject = fresh(place, folder / f"alone-{number}")
        seconds, targets, _ = asked(subject, command, f"{subject.file}::{function}")
        if [target["status"] for target in targets] == ["confirmed"]:
            row.alone.append(targets[0]["seconds"])
            row.alone_command.append(seconds)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--module", action="append", choices=MODULES, help="only this one; may be given several times")
    parser.add_argument("--subject", action="append", default=[], metavar="PACKAGE==VERSION:MODULE",
                        help="a module of any package from PyPI, not the six; may be given several times")  # fmt: skip
    parser.add_argument("--pynguin", action="store_true", help="measure Pynguin beside it (minutes for each module)")
    parser.add_argument("--alone", type=int, default=10, metavar="N",
                        help="ask for N functions of each module one by one, to time them (10; 0: none)")  # fmt: skip
    parser.add_argument("--no-causes", dest="causes", action="store_false", help="do not ask why something is missed")
    parser.add_argument("--python", type=Path, default=Path(sys.executable), help="the interpreter to measure with")
    parser.add_argument("--greenline", default=f"{sys.executable} -m greenline", help="the command to measure")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
