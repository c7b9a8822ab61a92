"""Whether running the affected tests finds what running all tests finds, and what it costs.

    python bench/run/affected.py [--suite NAME] [--mutants N] [--leave-out FILE ...] [--python PATH] [--seed TEXT]

All tests of a real package run once, recorded. Then, for each of fifty one-line changes of its source (drawn by the
seed from its functions and from what runs when it is imported), the affected tests run as after a save, and all tests
run without coverage. Each test that fails in the second must fail in the first. Prints Markdown. Exit code 0 when none
was missed, 1 otherwise, 2 when the bench could not run.
"""

from __future__ import annotations

import argparse
import ast
import asyncio
import io
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
import tokenize
from dataclasses import dataclass, replace
from pathlib import Path

from suites import BenchProblem, Suite, copied, suite

from greenline.adapters.disk_documents import DiskDocuments
from greenline.adapters.pytest_process import PytestProcess
from greenline.adapters.run_store_sqlite import RunStoreSqlite
from greenline.bootstrap import Lasting, Services, build
from greenline.domain.failures import Failure
from greenline.ports.progress import Silent
from greenline.ports.run_store import RunRecord
from greenline.ports.tests import TestReport, TestRun
from greenline.settings import Settings

SOURCES = {"packaging": "src/packaging", "more-itertools": "more_itertools"}
AT_LEVELS = 0.25
"""Share of the changes that are outside of functions."""
EXCHANGED = {
    "<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==", "+": "-", "-": "+", "*": "+", "//": "*",
    "and": "or", "or": "and", "True": "False", "False": "True", "is": "==", "in": "not in", "break": "continue",
}  # fmt: skip


@dataclass(frozen=True)
class Change:
    """One line of one file, with another token in it."""

    path: Path
    line: int
    column: int
    inside: str
    """The function, empty outside of functions."""
    old: str
    new: str
    text: str = ""


@dataclass
class Result:
    change: Change
    failing: set[str]
    missed: set[str]
    by_chance: set[str]
    """Ran, and passed this time."""
    affected_tests: int
    affected_seconds: float
    full_tests: int
    full_seconds: float
    problem: str


class Recorded(RunStoreSqlite):
    """A store that says how long it took."""

    seconds = 0.0
    contexts = 0

    def record(self, root: Path, record: RunRecord) -> None:
        began = time.perf_counter()
        super().record(root, record)
        self.seconds = time.perf_counter() - began
        self.contexts = sum(map(len, record.contexts.values()))


class Unsorted:
    """Takes the failures as they are: whether they are flaky is another bench's."""

    async def sort(self, _run: TestRun, report: TestReport, *_: object, **__: object) -> tuple[Failure, ...]:
        """Return them."""
        return tuple(Failure(o.node_id, "code", o.message, "") for o in report.outcomes if is_failure(o.outcome))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Compare the affected tests with all of them.")
    parser.add_argument("--suite", choices=SOURCES, default="more-itertools")
    parser.add_argument("--mutants", type=int, default=50)
    parser.add_argument("--leave-out", nargs="*", default=[], metavar="FILE", help="test files that are not looked at")
    parser.add_argument("--python", type=Path, default=Path(sys.executable), help="makes the environment of the tests")
    parser.add_argument("--seed", default="affected")
    parser.add_argument("--seconds", type=float, default=300.0, help="the longest that all tests may take")
    arguments = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory(prefix="greenline-bench-") as folder:
            found = asyncio.run(measured(arguments, Path(folder)))
    except BenchProblem as problem:
        print(f"The bench could not run: {problem}", file=sys.stderr)
        sys.exit(2)
    sys.exit(1 if any(result.missed for result in found) else 0)


async def measured(arguments: argparse.Namespace, folder: Path) -> list[Result]:
    of = copied(suite(arguments.suite, arguments.python), folder)
    for name in arguments.leave_out:
        (of.root / name).unlink()
    store = Recorded(folder / "runs")
    settings = Settings(interpreter=str(of.python), suite_seconds=arguments.seconds, run_parallel=False)
    services = build(settings, DiskDocuments(), Lasting(runs=store))
    services.run_suite._runs._failures = Unsorted()  # type: ignore[assignment] # noqa: SLF001 - as it says
    an_hour_ago = time.time() - 3600
    for path in of.root.rglob("*.py"):
        os.utime(path, (an_hour_ago, an_hour_ago))
    began = time.perf_counter()
    first = await services.run_suite.run(of.root, Silent())
    seconds = time.perf_counter() - began
    if not first.ok:
        raise BenchProblem(first.message)
    failing_anyhow = {failure.node_id for failure in first.failures}
    kept = store.file_of(of.root)
    print(f"### {of.name}: {first.tests} tests, first run {seconds:.1f} s\n", flush=True)
    print(f"Kept: {store.contexts} contexts in {store.seconds:.2f} s, {kept.stat().st_size / 1e6:.1f} MB\n", flush=True)
    shutil.copy2(kept, folder / "kept")
    found = []
    for change in changes(of.root / SOURCES[of.name], arguments.mutants, arguments.seed):
        found.append(await tried(services, of, change, failing_anyhow, arguments.seconds))
        row(of, found[-1], len(found))
        shutil.copy2(folder / "kept", kept)
    report(found)
    return found


async def tried(services: Services, of: Suite, change: Change, failing_anyhow: set[str], seconds: float) -> Result:
    """Make the change, run both ways, and take it back."""
    before, times = change.path.read_bytes(), change.path.stat()
    change.path.write_text(change.text, encoding="utf-8", newline="")
    try:
        began = time.perf_counter()
        affected = await services.run_affected.run([change.path], Silent())
        affected_seconds = time.perf_counter() - began
        project = services.projects.project_of(change.path)
        interpreter = await services.interpreters.interpreter_for(project, setting=str(of.python))
        run = TestRun(project, interpreter, measure=(), guarded=False, seconds=seconds)
        full = await PytestProcess().run(run, Silent())
    finally:
        change.path.write_bytes(before)
        os.utime(change.path, ns=(times.st_atime_ns, times.st_mtime_ns))
    failing = {o.node_id for o in full.outcomes if is_failure(o.outcome)} - failing_anyhow
    if full.problem and full.unfinished:
        failing.add(full.unfinished)
    found = {failure.node_id for failure in affected.failures}
    # Where the affected run did not end either, what it would have found is not known, but the person knows enough.
    missed = set() if not affected.ok and affected.message != full.problem and full.problem else failing - found
    by_chance = missed & affected.passed
    return Result(
        change, failing, missed - by_chance, by_chance, affected.tests, affected_seconds, len(full.outcomes),
        full.seconds, full.problem.splitlines()[0] if full.problem else "",
    )  # fmt: skip


def is_failure(outcome: str) -> bool:
    return outcome in {"failed", "error"}


def changes(folder: Path, count: int, seed: str) -> list[Change]:
    """Draw changes, so many of them outside of functions as AT_LEVELS says."""
    every = [change for path in sorted(folder.rglob("*.py")) for change in changes_of(path)]
    chance = random.Random(seed)
    chance.shuffle(every)
    at_levels = drawn([change for change in every if not change.inside], round(count * AT_LEVELS))
    found = [*at_levels, *drawn([change for change in every if change.inside], count - len(at_levels))]
    chance.shuffle(found)
    return found


def drawn(every: list[Change], count: int) -> list[Change]:
    """Return the first that compile and are no mere formatting, with their texts."""
    found: list[Change] = []
    for change in every:
        if len(found) == count:
            break
        text = change.path.read_text(encoding="utf-8")
        lines = text.splitlines(keepends=True)
        line = lines[change.line - 1]
        end = change.column + len(change.old)
        lines[change.line - 1] = line[: change.column] + change.new + line[end:]
        whole = "".join(lines)
        try:
            same = ast.dump(ast.parse(whole)) == ast.dump(ast.parse(text))
        except SyntaxError:
            continue
        if not same:
            found.append(replace(change, text=whole))
    return found


def changes_of(path: Path) -> list[Change]:
    """Return each token of a file that could be another."""
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    inside: dict[int, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            lines = range(node.body[0].lineno, (node.end_lineno or 0) + 1)
            inside.update((line, node.name) for line in lines if line > node.lineno)
    left_out = no_code(tree)
    found = []
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        new = exchanged(token)
        line, column = token.start
        if new is not None and line not in left_out and line == token.end[0]:
            found.append(Change(path, line, column, inside.get(line, ""), token.string, new))
    return found


def no_code(tree: ast.Module) -> set[int]:
    """Return the lines of docstrings, of annotations on their own, and of what only type checkers run."""
    found: set[int] = set()
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        is_for_checkers = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        if is_text or is_for_checkers:
            found.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return found


def exchanged(token: tokenize.TokenInfo) -> str | None:
    if token.type == tokenize.NUMBER and token.string.isdigit():
        return str(int(token.string) + 1)
    if token.type == tokenize.STRING and token.string[0] in "\"'" and not token.string.startswith(('"""', "'''")):
        return token.string[0] + "XX" + token.string[1:]
    if token.type in {tokenize.OP, tokenize.NAME}:
        return EXCHANGED.get(token.string)
    return None


def row(of: Suite, result: Result, number: int) -> None:
    if number == 1:
        print("| change | affected | all | failing | missed |\n| --- | --- | --- | --- | --- |")
    change = result.change
    where = f"{change.path.relative_to(of.root)}:{change.line} `{change.inside or 'import'}`"
    what = f"`{change.old}` -> `{change.new}`".replace("|", "\\|")
    print(
        f"| {where} {what} | {result.affected_tests} in {result.affected_seconds:.1f} s "
        f"| {result.full_tests} in {result.full_seconds:.1f} s{' (did not end)' if result.problem else ''} "
        f"| {len(result.failing)} | {', '.join(sorted(result.missed)[:3]) or '-'} |",
        flush=True,
    )


def report(found: list[Result]) -> None:
    print("\n| changes | share of the tests | share of the time | seconds |\n| --- | --- | --- | --- |")
    kinds = {
        "inside functions": [r for r in found if r.change.inside],
        "outside of functions": [r for r in found if not r.change.inside],
        "all": found,
    }
    for kind, results in kinds.items():
        ended = [r for r in results if not r.problem and r.full_tests]
        if not ended:
            continue
        tests = [r.affected_tests / max(r.full_tests, r.affected_tests) for r in ended]
        times = [r.affected_seconds / r.full_seconds for r in ended]
        seconds = [r.affected_seconds for r in ended]
        print(f"| {kind} ({len(results)}) | {both(tests, 100)} % | {both(times, 100)} % | {both(seconds, 1)} |")
    failing = sum(bool(r.failing) for r in found)
    print(f"\nShares are median / p90. {failing} of {len(found)} changes make a test fail; ", end="")
    print(f"{sum(len(r.missed) for r in found)} failures were missed", end="")
    chance = sum(len(r.by_chance) for r in found)
    print(f", {chance} ran and passed by chance." if chance else ".")


def both(values: list[float], factor: int) -> str:
    ordered = sorted(values)
    p90 = ordered[min(len(ordered) - 1, round(0.9 * (len(ordered) - 1)))]
    return f"{statistics.median(ordered) * factor:.1f} / {p90 * factor:.1f}"


if __name__ == "__main__":
    main()
