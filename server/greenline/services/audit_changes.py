"""Runs tests over changed code: which tests notice nothing, and which functions nobody checks."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from greenline.domain.auditing.changes import changes_of
from greenline.domain.auditing.modules import FUNCTIONS
from greenline.domain.auditing.noticing import Changed, Noticing
from greenline.domain.code.parse import parse
from greenline.ports.progress import Silent
from greenline.ports.tests import TestRun
from greenline.services.show_coverage import is_test

if TYPE_CHECKING:
    import ast
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from greenline.domain.auditing.modules import FunctionNode
    from greenline.domain.generation.small_changes import SmallChange
    from greenline.ports.documents import Documents
    from greenline.ports.progress import Progress
    from greenline.ports.project import Project
    from greenline.ports.tests import TestReport, TestRunner
    from greenline.services.audit_runs import Suite

_MOST_OF_ONE = 8
"""Changes of one function."""
_SECONDS_OF_RUN = 10.0
"""For a run over changed code, beside three times what its tests take: a loop may have no end now."""
_FAILED = ("failed", "error")


@dataclass(frozen=True, slots=True)
class TriedChanges:
    """What came of it."""

    noticing: Noticing
    tried: int = 0
    left: int = 0
    """Functions of which something was left untried for want of time."""
    refused: int = 0
    """Tests that want what code may not do while it is changed."""
    seconds: float = 0.0


class AuditChanges:
    """Tries changes, within a number of seconds; every run is refused writes elsewhere, network and programs."""

    def __init__(self, runner: TestRunner, documents: Documents) -> None:
        self._runner = runner
        self._documents = documents

    async def look(
        self,
        suite: Suite,
        doubtful: Collection[str],
        seconds: float,
        progress: Progress,
    ) -> TriedChanges:
        """Try changes of what the tests reach; ``doubtful`` tests, flaky ones, say nothing.

        Raises nothing for the tests' sake; cancelling ends all children.
        """
        started = time.monotonic()
        project, interpreter, report = suite.project, suite.interpreter, suite.report
        passed = [o.node_id for o in report.outcomes if o.outcome == "passed" and o.node_id not in doubtful]
        took = {o.node_id: o.seconds for o in report.outcomes}
        progress.step("Running the tests as they will run over changed code")
        first = await self._run(TestRun(project, interpreter, selection=tuple(passed), seconds=_limit(passed, took)))
        sound = {o.node_id for o in first.outcomes if o.outcome == "passed" and not o.refused}
        texts: dict[Path, str] = {}
        tests = sorted(sound, key=lambda test: (took.get(test, 0.0), test))
        functions = await asyncio.to_thread(lambda: list(self._functions(project, report, tests, texts)))
        noticing = Noticing(functions, tests, took)
        tried = 0
        while (spent := time.monotonic() - started) < seconds:
            trial = await asyncio.to_thread(noticing.next)
            if trial is None:
                break
            progress.step(f"Trying small changes of the code: {tried} so far", spent / seconds)
            text = await asyncio.to_thread(trial.change.made_in, texts[trial.function.path])
            if not text:
                noticing.drop(trial)
                continue
            run = TestRun(
                project,
                interpreter,
                overlay={trial.function.path: text},
                selection=trial.tests,
                seconds=_limit(trial.tests, took),
            )
            noticing.tried(trial, _failed(await self._run(run), trial.tests))
            tried += 1
        return TriedChanges(
            noticing,
            tried,
            await asyncio.to_thread(lambda: noticing.left),
            len(passed) - len(sound),
            time.monotonic() - started,
        )

    async def _run(self, run: TestRun) -> TestReport:
        return await self._runner.run(run, Silent())

    def _functions(
        self, project: Project, report: TestReport, tests: Sequence[str], texts: dict[Path, str]
    ) -> Iterator[Changed]:
        """Yield the functions that sound tests run; ``texts`` is given their files'."""
        by_file: dict[Path, dict[int, int]] = {}
        for number, test in enumerate(tests):
            for path, lines in report.contexts.get(test, {}).items():
                if not is_test(project, path):
                    by_file.setdefault(path, {})[number] = lines
        for path, ran in sorted(by_file.items()):
            text = self._text(path)
            tree, _ = parse(text)
            if tree is None:
                continue
            texts[path] = text
            name = path.relative_to(project.root).as_posix() if path.is_relative_to(project.root) else path.name
            for qualname, node in _functions_in(tree):
                reached = ((change, _reaching(change, ran)) for change in changes_of(node))
                waiting = list(islice((one for one in reached if one[1]), _MOST_OF_ONE))
                if waiting:
                    yield Changed(f"{name}::{qualname}", path, node.lineno, waiting)

    def _text(self, path: Path) -> str:
        try:
            return self._documents.read(path) or ""
        except (OSError, UnicodeDecodeError, LookupError):
            return ""


def _reaching(change: SmallChange, ran: Mapping[int, int]) -> int:
    """Return the tests that run its line, as bits; ``ran`` has the lines by the test's number."""
    return sum(1 << number for number, lines in ran.items() if lines >> change.line & 1)


def _functions_in(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, FunctionNode]]:
    for node in getattr(tree, "body", ()):
        if isinstance(node, FUNCTIONS):
            yield f"{prefix}{node.name}", node
        else:
            inner = f"{prefix}{node.name}." if hasattr(node, "name") else prefix
            yield from _functions_in(node, inner)


def _limit(tests: Collection[str], took: Mapping[str, float]) -> float:
    return _SECONDS_OF_RUN + 3 * sum(took.get(test, 0.0) for test in tests)


def _failed(report: TestReport, tests: Collection[str]) -> frozenset[str]:
    """Return the tests that noticed: also those that could not even run, as code that runs at import was changed."""
    unmoved = {o.node_id for o in report.outcomes if o.outcome not in _FAILED}
    return frozenset(test for test in tests if test not in unmoved)
