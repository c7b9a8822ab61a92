"""Packages with their own test suites, and the functions of theirs that those leave something of."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from choose import SEED, Package, named_functions
from measure import environment_of_a_person
from prepare import CACHE, BenchProblem, fresh_copy, interpreter_for

if TYPE_CHECKING:
    from pathlib import Path

TOOLS = "kept_environment.txt"
WANTED = 3
SUITE_SECONDS = 900
PACKAGES = (
    Package("boltons", "26.2.0", "boltons", sampled=True),
    Package("click", "8.5.1", "src/click", sampled=True),
    Package("humanize", "4.17.0", "src/humanize", sampled=True),
    Package("itsdangerous", "2.2.0", "src/itsdangerous", sampled=True),
    Package("marshmallow", "4.4.0", "src/marshmallow", sampled=True),
    Package("more-itertools", "11.2.1", "more_itertools", sampled=True),
    Package("python-dotenv", "1.2.4", "src/dotenv", sampled=True),
    Package("python-slugify", "9.2.0", "slugify", sampled=True),
    Package("tomlkit", "0.15.2", "tomlkit", sampled=True),
)


def prepared(package: Package) -> tuple[Path, Path, list[str]]:
    """Return a copy with the package's tests and a report of them, its Python, and the targets.

    The targets are public functions of which the package's own tests leave a line or a branch, the ``WANTED`` smallest
    by SHA-256 of the seed and the target: nobody picks the ones that work.
    """
    folder = fresh_copy(package, "kept")
    python = interpreter_for(package, folder, TOOLS)
    data, report = _measured(package, folder, python)
    shutil.copy(data, folder / ".coverage")
    functions = {path: found["functions"] for path, found in json.loads(report.read_text())["files"].items()}
    left = [t for t in _public(package, folder) if _leaves_something(functions, t)]
    left.sort(key=lambda target: hashlib.sha256(f"{SEED}:{target}".encode()).hexdigest())
    return folder, python, left[:WANTED]


def _measured(package: Package, folder: Path, python: Path) -> tuple[Path, Path]:
    """Run the package's own tests under coverage.py, once for each version of package and Python."""
    kept = CACHE / "suites" / f"{package.name}-{package.version}-{'.'.join(map(str, sys.version_info[:3]))}"
    data, report = kept / "data", kept / "report.json"
    if not report.is_file():
        print(f"Running the tests of {package.name} ...", file=sys.stderr)
        kept.mkdir(parents=True, exist_ok=True)
        coverage = [str(python), "-m", "coverage"]
        ours = ["--rcfile", os.devnull, "--data-file", str(data)]
        run = [*coverage, "run", *ours, "--branch", f"--source={package.sources}", "-m", "pytest", "-q", "--no-cov"]
        _run(run, folder)
        _run([*coverage, "json", *ours, "-o", str(report)], folder)
        if not report.is_file():
            raise BenchProblem(f"the tests of {package.name} could not be run: {' '.join(run)}")
    return data, report


def _run(command: list[str], folder: Path) -> None:
    subprocess.run(
        command, cwd=folder, env=environment_of_a_person(), capture_output=True, check=False, timeout=SUITE_SECONDS
    )


def _public(package: Package, folder: Path) -> list[str]:
    return [target for target, is_public in named_functions(package, folder) if is_public]


def _leaves_something(functions: dict[str, dict[str, Any]], target: str) -> bool:
    path, _, qualname = target.partition("::")
    found = functions.get(path, {}).get(qualname)
    return bool(found and (found["missing_lines"] or found["missing_branches"]))
