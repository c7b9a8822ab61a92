"""How strong the tests of one function are: which small changes of it they notice."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from time import monotonic
from typing import TYPE_CHECKING

from greenline.domain.auditing.changes import changes_of
from greenline.domain.code.parse import parse
from greenline.domain.generation.model import Strength
from greenline.ports.project import InterpreterProblem
from greenline.services.changed_code import FAILED, ChangedCode, functions_in, lines_of, seconds_of, sound, without_row

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from greenline.domain.generation.small_changes import SmallChange
    from greenline.ports.documents import Documents
    from greenline.ports.progress import Progress
    from greenline.ports.project import InterpreterFinder, ProjectFinder
    from greenline.ports.tests import TestReport, TestRunner
    from greenline.settings import Settings

MOST_CHANGES = 24
SECONDS = 60.0
"""No change is begun after that."""
_FIRST = 40
"""Tests of a run: the fastest ones; the others only run where these notice nothing."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What was tried. Without ``strength`` nothing was, and ``problem`` says why, in a sentence."""

    text: str = ""
    """Of the file, as it was measured."""
    strength: Strength | None = None
    unnoticed: tuple[SmallChange, ...] = ()
    """In the order of the lines."""
    tests: tuple[str, ...] = ()
    """Node ids of those that judged."""
    left: int = 0
    """Changes that were not tried: there are many, or time was up."""
    unasked: int = 0
    """Tests that could not judge: they fail as it is, or want what changed code may not do."""
    problem: str = ""


class MeasureStrength:
    """Writes nothing, and keeps nothing of what ran."""

    def __init__(
        self,
        *,
        projects: ProjectFinder,
        interpreters: InterpreterFinder,
        runner: TestRunner,
        documents: Documents,
        settings: Settings,
    ) -> None:
        self._projects = projects
        self._interpreters = interpreters
        self._runner = runner
        self._documents = documents
        self._settings = settings

    async def measure(self, path: Path, qualname: str, tests: Sequence[str], progress: Progress) -> Measured:
        """Try small changes of a function in the lines that ``tests`` (node ids with absolute paths) run.

        Raises nothing for the tests' sake; cancelling ends all children.
        """
        project = self._projects.project_of(path)
        try:
            interpreter = await self._interpreters.interpreter_for(project, setting=self._settings.interpreter)
        except InterpreterProblem as problem:
            return Measured(problem=str(problem))
        text = self._documents.read(path) or ""
        code = ChangedCode(self._runner, self._documents, project, interpreter)  # of the buffers as they are now
        changes = await asyncio.to_thread(_changes, text, qualname)
        if not changes:
            return Measured(text, problem=f"There is nothing in {qualname} that a small change could be made of.")
        progress.step("Running the tests as they will run over changed code")
        report = await code.unchanged(tests, self._settings.suite_seconds, [path])
        able = sound(report)
        lines = {test: bits for test, bits in lines_of(report, path).items() if test in able}
        judging = _Judging(code, path, text, lines, seconds_of(report))
        reached = [change for change in changes if judging.reaching(change)]
        if not reached:
            return Measured(text, problem=_nothing_judged(report, qualname))
        unasked = len({without_row(o.node_id) for o in report.outcomes if o.refused or o.outcome in FAILED})
        return replace(await judging.tried(reached, progress), unasked=unasked)


@dataclass(frozen=True, slots=True)
class _Judging:
    """The tests that judge changes of a file, with its lines that each runs (bit n for line n) and the seconds."""

    code: ChangedCode
    path: Path
    text: str
    lines: Mapping[str, int]
    took: Mapping[str, float]

    async def tried(self, changes: Sequence[SmallChange], progress: Progress) -> Measured:
        """Try changes that tests reach, for as long as there is time."""
        ends = monotonic() + SECONDS
        tried, unnoticed, chosen = 0, [], changes[:MOST_CHANGES]
        left = len(changes) - len(chosen)
        for number, change in enumerate(chosen):
            progress.step(f"Trying small changes: {number + 1} of {len(chosen)}", number / len(chosen))
            if monotonic() > ends:
                left += len(chosen) - number
                break
            if text := await asyncio.to_thread(change.made_in, self.text):
                tried += 1
                if not await self._is_noticed(change, text):
                    unnoticed.append(change)
        if not tried:
            return Measured(self.text, problem="None of its changes leaves code that can be read.")
        unnoticed.sort(key=lambda change: (change.line, change.column))
        strength = Strength(tried, tried - len(unnoticed))
        return Measured(self.text, strength, tuple(unnoticed), tuple(sorted(self.lines)), left)

    def reaching(self, change: SmallChange) -> list[str]:
        """Return the tests that run its line, the fastest first."""
        found = (test for test, lines in self.lines.items() if lines >> change.line & 1)
        return sorted(found, key=lambda test: (self.took.get(test, 0.0), test))

    async def _is_noticed(self, change: SmallChange, text: str) -> bool:
        tests = self.reaching(change)
        for some in (tests[:_FIRST], tests[_FIRST:]):
            if some and await self.code.noticing(self.path, text, some, self.took):
                return True
        return False


def _changes(text: str, qualname: str) -> list[SmallChange]:
    """Return those of all definitions of the name: what reads a property and what sets it have one."""
    tree, _ = parse(text)
    nodes = [node for name, node in functions_in(tree) if name == qualname] if tree is not None else []
    return [change for node in nodes for change in changes_of(node)]


def _nothing_judged(report: TestReport, qualname: str) -> str:
    if report.problem:
        return report.problem
    if any(o.refused for o in report.outcomes):
        return (
            f"The tests of {qualname} write files elsewhere, use the network or start programs: changed code may not "
            "do that, so nothing can be measured by them."
        )
    if any(o.outcome in FAILED for o in report.outcomes):
        return f"The tests of {qualname} fail as it is: mend them first."
    return f"No test runs a line of {qualname} that could be changed."
