"""What lies ready before tests are generated: the target's text, its project and interpreter, and what tests reach."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from greenline.domain.code.model import Function, Module, Target
from greenline.domain.code.module_name import module_name
from greenline.domain.code.read_module import read_module
from greenline.domain.coverage.mapping import summarize
from greenline.domain.coverage.merge_maps import merge_maps
from greenline.domain.coverage.model import CoverageMap, Executed
from greenline.domain.generation.place import Placement
from greenline.ports.project import Interpreter, Project
from greenline.ports.tests import TestReport, TestRun
from greenline.services.show_coverage import is_test

if TYPE_CHECKING:
    from collections.abc import Sequence

    from greenline.ports.documents import Documents
    from greenline.ports.layout import TestLayout
    from greenline.ports.progress import Progress
    from greenline.ports.project import InterpreterFinder, ProjectFinder
    from greenline.ports.tests import TestRunner
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
    existing: TestReport
    """How the tests that are in the test file fare without us."""
    seconds: float = 0.0

    def has_gaps(self, function: Function) -> bool:
        """Tell whether tests leave a line or branch of the function out."""
        summary = summarize(self.before, function, self.module)
        return (summary.lines.covered, summary.branches.covered) != (summary.lines.total, summary.branches.total)

    def target_of(self, function: Function) -> Target:
        """Return the function's written name."""
        return Target(self.path, qualname=function.qualname)


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
        show: ShowCoverage,
        settings: Settings,
    ) -> None:
        self._projects = projects
        self._interpreters = interpreters
        self._layout = layout
        self._documents = documents
        self._runner = runner
        self._show = show
        self._settings = settings

    async def prepare(self, target: Target, progress: Progress) -> tuple[list[Function], Bench]:
        """Return the functions that the target means and their bench. Raises BadTarget and InterpreterProblem."""
        began = time.monotonic()
        path = Path(target.path).absolute()
        text = self._read(path)
        module, problems = read_module(text)
        if problems:
            raise BadTarget(f"{path.name} does not parse: {problems[0]}. Mend that first.")
        functions = functions_of(target, module)
        project = self._projects.project_of(path)
        if is_test(project, path):
            raise BadTarget(f"{path.name} holds tests itself; name the code that it tests.")
        name = module_name(path, project.source_roots)
        if name is None:
            raise BadTarget(f"{path.name} cannot be imported: its name or folder is no Python identifier.")
        interpreter = await self._interpreters.interpreter_for(project, setting=self._settings.interpreter)
        placement = self._layout.test_file_for(project, path)
        test_text = self._read(placement.path) if placement.exists else None
        unsaved = {p: t for p, t in self._documents.unsaved().items() if p.is_relative_to(project.root)}
        existing = TestReport()
        if test_text is not None:
            progress.step(f"Running the tests in {placement.path.name}")
            existing = await self._run_existing(
                project, interpreter, placement.path, path, unsaved | {placement.path: test_text}, progress
            )
        bench = Bench(
            path, text, module, name, project, interpreter, placement, test_text,
            self._before(path, text, existing), unsaved, existing,
        )  # fmt: skip
        return functions, replace(bench, seconds=time.monotonic() - began)

    def _read(self, path: Path) -> str:
        try:
            text = self._documents.read(path)
        except (OSError, UnicodeDecodeError) as error:
            raise BadTarget(f"{path} cannot be read: {error}") from error
        if text is None:
            raise BadTarget(f"There is no file {path}.")
        return text

    async def _run_existing(
        self,
        project: Project,
        interpreter: Interpreter,
        tests: Path,
        source: Path,
        overlay: Mapping[Path, str],
        progress: Progress,
    ) -> TestReport:
        run = TestRun(
            project,
            interpreter,
            overlay=overlay,
            selection=(str(tests),),
            measure=(source,),
            seconds=self._settings.run_seconds,
        )
        return await self._runner.run(run, progress)

    def _before(self, path: Path, text: str, existing: TestReport) -> CoverageMap:
        ran = existing.coverage.get(path, Executed(arcs=frozenset()))
        measured = self._show.map_of(path, text, ran)
        picture = self._show.picture(path, text)
        if (
            picture.state != "measured"
            or picture.map is None
            or picture.map.statements.lines != measured.statements.lines
        ):
            return measured
        if picture.map.branches_known:
            return merge_maps(measured, picture.map)
        return replace(
            measured, covered=measured.covered | picture.map.covered, missing=measured.missing - picture.map.covered
        )


def functions_of(target: Target, module: Module) -> list[Function]:
    """Return the functions that a target means: one, the one around a line, or all of a file. Raises BadTarget."""
    if target.qualname:
        found = [f for f in module.functions if f.qualname == target.qualname]
        inside = [f for f in module.functions if f.qualname.startswith(f"{target.qualname}.")]
        if not found and inside:  # a class: each of its methods
            return _testable(inside)
        if not found:
            raise BadTarget(f"{target.path.name} has no function `{target.qualname}`.")
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


def _testable(functions: Sequence[Function]) -> list[Function]:
    """Leave out what is only reachable through another, and definitions that are declarations."""
    kept: dict[str, Function] = {}
    for function in functions:
        last_parts = {decorator.rpartition(".")[2] for decorator in function.decorators}
        if function.is_local or last_parts & {"overload", "setter", "deleter"}:
            continue
        kept[function.qualname] = function
    return list(kept.values())
