"""What lies ready before tests are generated: the target's text, its project and interpreter, and what tests reach."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from greenline.domain.code.model import Function, Module, Target
from greenline.domain.code.module_name import module_name
from greenline.domain.code.parse import parse
from greenline.domain.code.read_module import read_module
from greenline.domain.coverage.mapping import summarize_tested
from greenline.domain.coverage.merge_maps import merge_maps
from greenline.domain.coverage.model import CoverageMap, Executed, Summary
from greenline.domain.generation.lessons import Lessons
from greenline.domain.generation.place import Placement
from greenline.ports.coverage import CoverageProblem
from greenline.ports.project import Interpreter, Project
from greenline.ports.tests import TestReport, TestRun
from greenline.services.find_seeds import Seeds, join_seeds, read_call_sites
from greenline.services.show_coverage import is_test
from greenline.services.test_trial import SEEDS
from greenline.services.written_by_model import WrittenByModel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from greenline.domain.code.call_sites import Seen
    from greenline.ports.callers import Callers
    from greenline.ports.documents import Documents
    from greenline.ports.layout import TestLayout
    from greenline.ports.progress import Progress
    from greenline.ports.project import InterpreterFinder, ProjectFinder
    from greenline.ports.readiness import Readiness
    from greenline.ports.teachers import Teachers
    from greenline.ports.tests import TestRunner
    from greenline.services.report_age import ReportAge
    from greenline.services.show_coverage import ShowCoverage
    from greenline.settings import Settings


class BadTarget(Exception):
    """Nothing can be generated for what was asked; the message says why, for a person."""


@dataclass(frozen=True, slots=True)
class Bench:
    """An immutable snapshot of all that generating for one file looks at."""

    path: Path
    text: str
    module: Module
    module_name: str
    project: Project
    interpreter: Interpreter
    placement: Placement
    test_text: str | None
    """The test file as it is now, None when it is to be made."""
    before: CoverageMap
    """What tests reach already: the report, our own runs, and the tests in the test file, just run."""
    unsaved: Mapping[Path, str]
    """The texts that runs see instead of the disk's: open buffers, and the file itself as it was read."""
    existing: TestReport
    """How the tests that are in the test file fare without us."""
    seconds: float = 0.0
    seeds: Mapping[str, Seeds] = field(default_factory=dict)
    """By qualified name: how the project and its tests call the function."""
    confined: bool = False
    """What runs here was written by a model, in part, which hears what it says: see ``TestRun``."""
    lessons: Lessons = field(default_factory=Lessons)
    """What the tests that are there teach of how the next ones are written."""

    def has_gaps(self, function: Function) -> bool:
        """Tell whether tests leave a line or branch of the function out."""
        summary = self.summary(function)
        return (summary.lines.covered, summary.branches.covered) != (summary.lines.total, summary.branches.total)

    def summary(self, function: Function, coverage: CoverageMap | None = None) -> Summary:
        """Count what tests of the function are for, local functions and a property's setter included."""
        return summarize_tested(coverage or self.before, function, self.module)

    def gains(self, function: Function, after: CoverageMap) -> bool:
        """Tell whether more lines or branches of the function are reached than before."""
        was, now = self.summary(function), self.summary(function, after)
        return now.lines.covered > was.lines.covered or now.branches.covered > was.branches.covered

    def target_of(self, function: Function) -> Target:
        """Return the function's written name."""
        return Target(self.path, qualname=function.qualname)


@dataclass(frozen=True, slots=True)
class _Found:
    """What is read before anything is run."""

    path: Path
    text: str
    module: Module
    module_name: str
    functions: list[Function]
    project: Project
    placement: Placement
    test_text: str | None
    unsaved: Mapping[Path, str]


class Workbench:
    """Prepares benches."""

    def __init__(
        self,
        *,
        projects: ProjectFinder,
        interpreters: InterpreterFinder,
        layout: TestLayout,
        documents: Documents,
        runner: TestRunner,
        callers: Callers,
        readiness: Readiness,
        show: ShowCoverage,
        age: ReportAge,
        settings: Settings,
        teachers: Teachers | None = None,
        by_model: WrittenByModel | None = None,
    ) -> None:
        self._teachers = teachers
        self._projects = projects
        self._interpreters = interpreters
        self._layout = layout
        self._documents = documents
        self._runner = runner
        self._callers = callers
        self._readiness = readiness
        self._show = show
        self._age = age
        self._settings = settings
        self._by_model = by_model or WrittenByModel()

    async def prepare(self, target: Target, progress: Progress) -> tuple[list[Function], Bench]:
        """Return the functions that the target means and their bench. Raises BadTarget and InterpreterProblem."""
        began = time.monotonic()
        found = self._found(target)
        interpreter = await self._interpreters.interpreter_for(found.project, setting=self._settings.interpreter)
        if interpreter.pytest_version is not None:  # without, the code can be explored, and that is all
            self._readiness.prepare(found.project, interpreter, SEEDS)
        reading = asyncio.ensure_future(asyncio.to_thread(self._call_sites, found))
        try:
            existing = await self._run_existing(found, interpreter, progress)
            before = await self._reached(found, interpreter, existing, progress)
            written = await reading
        finally:
            reading.cancel()
        bench = Bench(
            path=found.path,
            text=found.text,
            module=found.module,
            module_name=found.module_name,
            project=found.project,
            interpreter=interpreter,
            placement=found.placement,
            test_text=found.test_text,
            before=before,
            unsaved=found.unsaved,
            existing=existing,
            seeds=join_seeds(found.module, written, existing.calls.get(found.path, ())),
            lessons=await asyncio.to_thread(self._lessons, found),
            confined=self._is_by_model(found),
            seconds=time.monotonic() - began,
        )
        return found.functions, bench

    def _found(self, target: Target) -> _Found:
        """Read all texts, at one moment. Raises BadTarget."""
        path = Path(target.path).absolute()
        project = self._projects.project_of(path)
        name = _importable(project, path)
        text = self._read(path)
        module, problems = read_module(text)
        if problems:
            raise BadTarget(f"{path.name} does not parse: {problems[0]}. Mend that first.")
        functions = functions_of(target, module)
        placement = self._layout.test_file_for(project, path, _thing(functions))
        if placement.problem:
            raise BadTarget(placement.problem)
        unsaved = {p: t for p, t in self._documents.unsaved().items() if p.is_relative_to(project.root)}
        test_text = self._read_tests(placement)
        return _Found(path, text, module, name, functions, project, placement, test_text, {**unsaved, path: text})

    def _is_by_model(self, found: _Found) -> bool:
        """Tell whether tests in the file were written by a model just now: nobody has looked at them yet."""
        return found.test_text is not None and self._by_model.is_in_text(found.test_text, found.project.root)

    def _call_sites(self, found: _Found) -> dict[str, Seen]:
        return read_call_sites(
            self._callers, found.project, found.path, found.module_name, found.functions, unsaved=found.unsaved
        )

    def _lessons(self, found: _Found) -> Lessons:
        if self._teachers is None:
            return Lessons()
        tests = found.placement.path
        texts = found.unsaved if found.test_text is None else {**found.unsaved, tests: found.test_text}
        return self._teachers.lessons(found.project, tests, texts)

    def _read_tests(self, placement: Placement) -> str | None:
        """Return the test file's text, also of a buffer that was never saved; None when there is no such file."""
        if not placement.exists and placement.path not in self._documents.unsaved():
            return None
        text = self._read(placement.path)
        _, problems = parse(text)
        if problems:
            raise BadTarget(
                f"The tests would go to {placement.path.name}, which does not parse: {problems[0]}. Mend that first."
            )
        return text

    def _read(self, path: Path) -> str:
        try:
            text = self._documents.read(path)
        except (OSError, UnicodeDecodeError) as error:
            raise BadTarget(f"{path} cannot be read: {error}") from error
        if text is None:
            raise BadTarget(f"There is no file {path}.")
        return text

    async def _reached(
        self, found: _Found, interpreter: Interpreter, existing: TestReport, progress: Progress
    ) -> CoverageMap:
        """Return what tests reach now. What only data of deleted tests may tell of is measured again."""
        ran = existing.coverage.get(found.path, Executed(arcs=frozenset()))
        measured = self._show.map_of(found.path, found.text, ran)
        before = reached(self._show, found.path, found.text, existing)
        if interpreter.pytest_version is None:
            return before
        told = [summarize_tested(before, function, found.module) for function in found.functions]
        if told == [summarize_tested(measured, function, found.module) for function in found.functions]:
            return before
        try:
            # Tests that changed mostly grew, ours among them: running all each time would cost more than it tells.
            if not await asyncio.to_thread(self._age.gone, found.project):
                return before
        except CoverageProblem:
            return before
        progress.step("Running all tests: some that the coverage data tells of are gone")
        run = TestRun(
            found.project,
            interpreter,
            overlay=found.unsaved,
            measure=(found.path,),
            seconds=self._settings.run_seconds,
            confined=self._by_model.is_in(found.project.root),
        )
        report = await self._runner.run(run, progress)
        now = report.coverage.get(found.path, Executed(arcs=frozenset()))
        return self._show.map_of(found.path, found.text, ran.merged(now))

    async def _run_existing(self, found: _Found, interpreter: Interpreter, progress: Progress) -> TestReport:
        tests = found.placement.path
        if found.test_text is None or interpreter.pytest_version is None:
            return TestReport()
        progress.step(f"Running the tests in {tests.name}")
        run = TestRun(
            found.project,
            interpreter,
            overlay={**found.unsaved, tests: found.test_text},
            selection=(str(tests),),
            measure=(found.path,),
            record_calls=True,
            seconds=self._settings.run_seconds,
            confined=self._is_by_model(found),
        )
        return await self._runner.run(run, progress)


def reached(show: ShowCoverage, path: Path, text: str, report: TestReport) -> CoverageMap:
    """Return what tests reach: those that just ran, and what the picture of the file knows besides."""
    measured = show.map_of(path, text, report.coverage.get(path, Executed(arcs=frozenset())))
    picture = show.picture(path, text)
    known = picture.map if picture.state == "measured" else None
    if known is None or known.statements.lines != measured.statements.lines:
        return measured
    if known.branches_known:
        return merge_maps(measured, known)
    elsewhere = measured.missing & known.covered  # of these lines nobody knows which way they went
    return replace(
        measured,
        covered=measured.covered | elsewhere,
        missing=measured.missing - elsewhere,
        unknown_branches=frozenset(
            (line, end) for line, ends in measured.statements.branches.items() if line in elsewhere for end in ends
        ),
    )


def _importable(project: Project, path: Path) -> str:
    """Return the name that the file is imported by. Raises BadTarget for what no tests are written for."""
    if path.suffix != ".py":
        raise BadTarget(f"{path.name} is no Python module; name a .py file.")
    if is_test(project, path):
        raise BadTarget(f"{path.name} holds tests itself; name the code that it tests.")
    name = module_name(path, project.source_roots)
    if name is None:
        raise BadTarget(f"{path.name} cannot be imported: its name or folder is no Python identifier.")
    return name


def _thing(functions: Sequence[Function]) -> str:
    """Return the function or class that all of them are, or are of; empty where they are several."""
    names = {function.qualname.partition(".")[0] for function in functions}
    return names.pop() if len(names) == 1 else ""


def functions_of(target: Target, module: Module) -> list[Function]:
    """Return the functions that a target means: one, the one around a line, or all of a file. Raises BadTarget."""
    if target.qualname:
        found = [f for f in module.functions if f.qualname == target.qualname]
        if not found:
            return _methods_of(target, module)
        return _testable(found)[:1] or found[-1:]
    if target.line is not None:
        around = [f for f in module.functions if f.first_line <= target.line <= f.end_line and not f.is_local]
        if not around:
            raise BadTarget(f"Line {target.line} of {target.path.name} is in no function.")
        return [max(around, key=lambda f: f.first_line)]
    functions = _testable(module.functions)
    if not functions:
        raise BadTarget(f"{target.path.name} defines no function.")
    return functions


def _methods_of(target: Target, module: Module) -> list[Function]:
    inside = _testable([f for f in module.functions if f.qualname.startswith(f"{target.qualname}.")])
    if not inside and any(c.qualname == target.qualname for c in module.classes):
        raise BadTarget(f"`{target.qualname}` in {target.path.name} defines no method that could be called.")
    if not inside:
        raise BadTarget(f"{target.path.name} has no function `{target.qualname}`.")
    return inside


def _testable(functions: Sequence[Function]) -> list[Function]:
    """Leave out what is only reachable through another, and definitions that are declarations."""
    kept: dict[str, Function] = {}
    for function in functions:
        last_parts = {decorator.rpartition(".")[2] for decorator in function.decorators}
        if function.is_local or last_parts & {"overload", "setter", "deleter"}:
            continue
        kept[function.qualname] = function
    return list(kept.values())
