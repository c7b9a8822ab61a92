"""What ``greenline audit`` says of the suites of three packages from PyPI, and what a reader said of each finding.

    python bench/audit/run.py [--package NAME] [--budget TIME] [--reruns N] [--sample N] [--greenline "COMMAND"]

Prints Markdown. Each finding with the source of the test or function that it is about goes to
bench/.cache/audit-PACKAGE.md, to be read; what was decided is in bench/audit/read.json, by package, kind and subject.
Exit code 0; 2 when the bench could not run.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import json
import os
import platform
import shlex
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "real"))

from choose import SEED, Package  # noqa: E402
from measure import environment_of_a_person  # noqa: E402
from prepare import CACHE, ROOT, BenchProblem, fresh_copy, interpreter_for  # noqa: E402
from suites import PACKAGES  # noqa: E402

CHOSEN = ("boltons", "marshmallow", "tomlkit")
TOOLS = "../audit/environment.txt"
READ = HERE / "read.json"
MOST_SECONDS = 3600
VERDICTS = ("true", "of no use", "false")


@dataclass
class Result:
    package: Package
    folder: Path
    told: dict[str, Any]
    seconds: float
    read: dict[str, dict[str, str]]
    """Verdict and why, by ``kind subject``."""

    def sample(self, most: int) -> list[dict[str, Any]]:
        """Return the findings to be read: all, or those that a hash draws."""
        weaknesses: list[dict[str, Any]] = self.told["weaknesses"]
        drawn = sorted(weaknesses, key=lambda one: hashlib.sha256(f"{SEED}:{known_by(one)}".encode()).hexdigest())
        return [one for one in weaknesses if one in drawn[:most]]


def main() -> int:
    options = _options()
    load = os.getloadavg()[0]
    print(f"Python {platform.python_version()}, {os.cpu_count()} processors, load {load:.1f} at the start.\n")
    verdicts = json.loads(READ.read_text(encoding="utf-8"))
    chosen = [each for each in PACKAGES if each.name in (options.package or CHOSEN)]
    results = [_bench(each, verdicts.get(f"{each.name} {each.version}", {}), options) for each in chosen]
    for line in _table(results, options.sample):
        print(line)
    return 0


def known_by(weakness: dict[str, Any]) -> str:
    """Return what a finding is known by from one run to the next."""
    return f"{weakness['kind']} {weakness['subject']}"


def _bench(package: Package, read: dict[str, dict[str, str]], options: argparse.Namespace) -> Result:
    folder = fresh_copy(package, "audit")
    python = interpreter_for(package, folder, TOOLS)
    say(f"{package.name}: auditing ...")
    started = time.perf_counter()
    command = [*options.greenline, "audit", "--format", "json", "--interpreter", str(python)]
    done = subprocess.run(
        [*command, "--budget", options.budget, "--reruns", str(options.reruns)],
        cwd=folder,
        env=environment_of_a_person(),
        capture_output=True,
        text=True,
        check=False,
        timeout=MOST_SECONDS,
    )
    try:
        told = json.loads(done.stdout)
    except ValueError:
        raise BenchProblem(f"audit of {package.name} ended with {done.returncode}: {done.stderr.strip()}") from None
    result = Result(package, folder, told, time.perf_counter() - started, read)
    _write_to_read(result, options.sample)
    return result


def _write_to_read(result: Result, most: int) -> None:
    """Write each finding with the source that it is about, and what was decided, where it was read before."""
    parts = [f"# {result.package.name} {result.package.version}"]
    for one in result.sample(most):
        verdict = result.read.get(known_by(one))
        said = f"{verdict['verdict']}: {verdict['why']}" if verdict else "not read"
        parts.append(f"## {known_by(one)}\n\n{one['path']}:{one['line']}: {one['evidence']}\n\nRead as {said}")
        parts.append(f"```python\n{_source(result.folder / one['path'], one['line'])}\n```")
    (CACHE.parent / f"audit-{result.package.name}.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def _source(path: Path, line: int) -> str:
    """Return the innermost function that stands around a line, with its decorators."""
    text = path.read_text(encoding="utf-8")
    around = [
        node
        for node in ast.walk(ast.parse(text))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.lineno <= line <= (node.end_lineno or 0)
    ]
    lines = text.splitlines()
    if not around:
        return lines[line - 1]
    inner = max(around, key=lambda node: node.lineno)
    first = min([inner.lineno, *(mark.lineno for mark in inner.decorator_list)])
    return "\n".join(lines[first - 1 : inner.end_lineno])


def _table(results: list[Result], most: int) -> list[str]:
    rows = ["| package | tests | findings | read | true | of no use | false | seconds |"]
    rows.append("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for each in results:
        found, sample = each.told["weaknesses"], each.sample(most)
        cells = [each.package.name, each.told["tests"], len(found), *_verdicts(each, sample), f"{each.seconds:.0f}"]
        rows.append(f"| {' | '.join(map(str, cells))} |")
    rows += ["", "| kind | findings | read | true | of no use | false |", "| --- | ---: | ---: | ---: | ---: | ---: |"]
    kinds = Counter(one["kind"] for each in results for one in each.told["weaknesses"])
    for kind, count in kinds.most_common():
        read = [_verdicts(each, [one for one in each.sample(most) if one["kind"] == kind]) for each in results]
        rows.append(f"| {' | '.join(map(str, [kind, count, *map(sum, zip(*read, strict=True))]))} |")
    for each in results:
        notes = [*each.told["notes"], *each.told["problems"]]
        rows += ["", f"**{each.package.name} {each.package.version}**", *(f"- {note}" for note in notes)]
    return rows


def _verdicts(result: Result, sample: list[dict[str, Any]]) -> list[int]:
    """Return how many were read, and how many of them are true, of no use, and false."""
    counts = Counter(result.read[known_by(one)]["verdict"] for one in sample if known_by(one) in result.read)
    return [counts.total(), *(counts[verdict] for verdict in VERDICTS)]


def say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def _options() -> argparse.Namespace:
    own = ROOT / ".venv" / ("Scripts/greenline.exe" if os.name == "nt" else "bin/greenline")
    parser = argparse.ArgumentParser(description="What an audit says of real suites.")
    parser.add_argument("--package", action="append", choices=[each.name for each in PACKAGES], help="only this one")
    parser.add_argument("--budget", default="5m", help="for small changes of each package's code (%(default)s)")
    parser.add_argument("--reruns", type=int, default=2, help="times that all tests run again (%(default)s)")
    parser.add_argument("--sample", type=int, default=60, help="findings of a package to be read (%(default)s)")
    parser.add_argument("--greenline", type=shlex.split, default=[str(own)], help="the command (default: %(default)s)")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BenchProblem as problem:
        print(problem, file=sys.stderr)
        sys.exit(2)
