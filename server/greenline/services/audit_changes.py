"""Runs tests over changed code: which tests notice nothing, and which functions nobody checks."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from greenline.domain.auditing.changes import changes_of, says_something
from greenline.domain.auditing.noticing import Changed, Noticing
from greenline.domain.code.parse import parse
from greenline.services.changed_code import (
    ChangedCode,
    functions_in,
    limit_of,
    seconds_of,
    sound,
    without_row,
)
from greenline.services.show_coverage import is_test

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from greenline.domain.generation.small_changes import SmallChange
    from greenline.ports.documents import Documents
    from greenline.ports.progress import Progress
    from greenline.ports.project import Project
    from greenline.ports.tests import TestReport, TestRunner
    from greenline.services.audit_runs import Suite

_MOST_OF_ONE = 24
"""Changes of one function."""


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
        *,
        jobs: int = 1,
    ) -> TriedChanges:
        """Try changes of what the tests reach, ``jobs`` at once; ``doubtful`` tests, flaky ones, say nothing.

        Raises nothing for the tests' sake; cancelling ends all children.
        """
        started = time.monotonic()
        project, report = suite.project, suite.report
        passed, took = sorted(sound(report) - set(map(without_row, doubtful))), seconds_of(report)
        if not passed:
            return TriedChanges(Noticing([], [], {}))
        code = ChangedCode(self._runner, self._documents, project, suite.interpreter)
        progress.step("Running the tests as they will run over changed code")
        judging = sound(await code.unchanged(passed, limit_of(passed, took)))
        texts: dict[Path, str] = {}
        tests = sorted(judging, key=lambda test: (took.get(test, 0.0), test))
        functions = await asyncio.to_thread(lambda: list(self._functions(project, report, tests, texts)))
        trials = _Trials(code, Noticing(functions, tests, took), texts, took, progress)
        await trials.work_until(started, seconds, jobs)
        return TriedChanges(
            trials.noticing,
            trials.tried,
            await asyncio.to_thread(lambda: trials.noticing.left),
            len(passed) - len(judging),
            time.monotonic() - started,
        )

    def _functions(
        self, project: Project, report: TestReport, tests: Sequence[str], texts: dict[Path, str]
    ) -> Iterator[Changed]:
        """Yield the functions that sound tests run; ``texts`` is given their files'."""
        by_file: dict[Path, dict[int, int]] = {}
        numbers = {test: number for number, test in enumerate(tests)}
        for node_id, files in report.contexts.items():
            number = numbers.get(without_row(node_id))
            if number is None:
                continue
            for path, lines in files.items():
                ran = by_file.setdefault(path, {})
                ran[number] = ran.get(number, 0) | lines
        for path, ran in sorted(one for one in by_file.items() if not is_test(project, one[0])):
            text = self._text(path)
            tree, _ = parse(text)
            if tree is None:
                continue
            texts[path] = text
            name = path.relative_to(project.root).as_posix() if path.is_relative_to(project.root) else path.name
            for qualname, node in functions_in(tree):
                reached = ((change, _reaching(change, ran)) for change in changes_of(node))
                waiting = list(islice((one for one in reached if one[1]), _MOST_OF_ONE))
                if says_something([change for change, _ in waiting]):
                    yield Changed(f"{name}::{qualname}", path, node.lineno, waiting)

    def _text(self, path: Path) -> str:
        try:
            return self._documents.read(path) or ""
        except (OSError, UnicodeDecodeError, LookupError):
            return ""


@dataclass(slots=True)
class _Trials:
    """Tries one change after the other, several at once: what is known is looked at and changed by one at a time."""

    code: ChangedCode
    noticing: Noticing
    texts: Mapping[Path, str]
    took: Mapping[str, float]
    progress: Progress
    tried: int = 0
    _one: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def work_until(self, started: float, seconds: float, jobs: int) -> None:
        """Try changes until none says more, or so many seconds are over; all end with whoever waits for it."""
        workers = [asyncio.create_task(self._work(started, seconds)) for _ in range(jobs)]
        try:
            await asyncio.gather(*workers)
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)

    async def _work(self, started: float, seconds: float) -> None:
        while (spent := time.monotonic() - started) < seconds:
            self.progress.step(f"Trying small changes of the code: {self.tried} so far", spent / seconds)
            async with self._one:
                trial = await asyncio.to_thread(self.noticing.next)
                if trial is None:
                    return
                self.noticing.drop(trial)  # nobody else begins it
                text = await asyncio.to_thread(trial.change.made_in, self.texts[trial.function.path])
            if text:
                failed = await self.code.noticing(trial.function.path, text, trial.tests, self.took)
                async with self._one:
                    self.noticing.tried(trial, failed)
                    self.tried += 1


def _reaching(change: SmallChange, ran: Mapping[int, int]) -> int:
    """Return the tests that run its line, as bits; ``ran`` has the lines by the test's number."""
    return sum(1 << number for number, lines in ran.items() if lines >> change.line & 1)
