"""All that the generation services need from the world, as tests want it: files, runs and what exploring finds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from greenline.adapters.coverage_parser import CoverageParser
from greenline.domain.coverage.model import Executed
from greenline.domain.generation.kept_tests import named_tests
from greenline.domain.generation.model import Candidate, Proposal
from greenline.domain.generation.place import Placement
from greenline.ports.coverage import Exclusions, Measured
from greenline.ports.documents import SavedFile
from greenline.ports.progress import Silent
from greenline.ports.project import Interpreter, InterpreterProblem, Project
from greenline.ports.tests import TestOutcome, TestReport
from greenline.services.confirm_tests import ConfirmTests
from greenline.services.generate_tests import GenerateTests
from greenline.services.report_age import ReportAge
from greenline.services.show_coverage import ShowCoverage
from greenline.services.test_trial import TestTrial
from greenline.services.workbench import Workbench
from greenline.services.written_by_model import WrittenByModel
from greenline.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from greenline.domain.code.call_sites import Caller
    from greenline.domain.code.model import Target
    from greenline.ports.engine import Assignment
    from greenline.ports.progress import Progress
    from greenline.ports.tests import TestRun
    from greenline.services.confirm_tests import Confirmation
    from greenline.services.generate_tests import Generation

SOURCE = """\
def sign(number):
    if number < 0:
        return "minus"
    return "plus"


def twice(number):
    return number * 2
"""
LINES = {"minus": {1, 2, 3, 7}, "plus": {1, 2, 4, 7}, "twice": {1, 7, 8}}
ARCS = {"minus": {(2, 3), (3, -1)}, "plus": {(2, 4), (4, -1)}, "twice": {(8, -7)}}


def candidate(name: str, function: str = "sign") -> Candidate:
    return Candidate(name, f'def {name}():\n    assert {function}("{name}")', (f"from shop import {function}",))


@dataclass
class World:
    """Implements the ports. A test reaches what the ends of its name say: ``test_sign_minus`` runs LINES["minus"]."""

    root: Path
    buffers: dict[Path, str] = field(default_factory=dict)
    proposals: dict[str, Proposal] = field(default_factory=dict)
    outcomes: dict[tuple[str, int], str] = field(default_factory=dict)
    """(test, number of the run from 0) -> outcome; passed for what is not there. Number -1 is every run."""
    during: Callable[[TestRun, int], Any] = lambda run, number: None
    exploring: Callable[[Assignment], Any] = lambda assignment: None
    pytest_version: str | None = "8"
    no_interpreter: str = ""
    reported: Executed | None = None
    known: list[Path] = field(default_factory=list)
    """Files that the report tells of."""
    runs: list[TestRun] = field(default_factory=list)
    explored: list[Assignment] = field(default_factory=list)
    living: int = 0
    refusals: tuple[str, ...] = ()
    callers: list[Caller] = field(default_factory=list)
    prepared: list[tuple[int, ...]] = field(default_factory=list)

    def __post_init__(self) -> None:
        everything: Any = self
        self.source = self.root / "shop.py"
        self.tests = self.root / "test_shop.py"
        self.source.write_text(SOURCE, encoding="utf-8")
        self.settings = Settings(interpreter="python", explore_seconds=3.0, run_seconds=9.0)
        self.show = ShowCoverage(everything, everything, CoverageParser(), everything)
        by_model = WrittenByModel()
        bench = Workbench(
            projects=everything, interpreters=everything, layout=everything, documents=everything,
            runner=everything, callers=everything, readiness=everything, show=self.show,
            age=ReportAge(everything, everything), settings=self.settings, by_model=by_model,
        )  # fmt: skip
        self.service = GenerateTests(
            workbench=bench, trial=TestTrial(everything, self.show, self.settings),
            engines={"explore": _Engine(self)}, settings=self.settings,
        )  # fmt: skip
        self.confirming = ConfirmTests(
            projects=everything, interpreters=everything, runner=everything, show=self.show,
            documents=everything, settings=self.settings, by_model=by_model,
        )  # fmt: skip

    # ---- what is asked ---------------------------------------------------------------------------------------------

    async def generate(self, target: Target) -> Generation:
        return await self.service.generate(target, Silent())

    async def confirm(self, generation: Generation) -> Confirmation:
        return await self.confirming.confirm(generation, Silent())

    def propose(self, qualname: str, *candidates: Candidate, **more: Any) -> None:
        self.proposals[qualname] = Proposal("explore", candidates, observations=7, **more)

    # ---- the ports -------------------------------------------------------------------------------------------------

    def prepare(self, project: Project, interpreter: Interpreter, hash_seeds: Sequence[int]) -> None:
        self.prepared.append(tuple(hash_seeds))

    def project_of(self, path: Path) -> Project:
        return Project(self.root, self.root / "pyproject.toml", (self.root,), ())

    async def interpreter_for(self, project: Project, *, setting: str = "") -> Interpreter:
        if self.no_interpreter:
            raise InterpreterProblem(self.no_interpreter)
        return Interpreter(self.root / setting, (3, 11, 0), "the setting", self.pytest_version)

    def test_file_for(self, project: Project, source: Path, thing: str = "") -> Placement:
        return Placement(self.tests, self.tests.exists(), "it is where tests are", why="where tests are")

    def callers_of(self, project: Project, path: Path, module_name: str, names: Any, unsaved: Any) -> list[Caller]:
        return self.callers

    def read(self, path: Path) -> str | None:
        if path in self.buffers:
            return self.buffers[path]
        return path.read_text(encoding="utf-8") if path.exists() else None

    def unsaved(self) -> dict[Path, str]:
        return dict(self.buffers)

    def saved(self, path: Path) -> SavedFile | None:
        return SavedFile(path.read_text(encoding="utf-8"), 0.0) if path.exists() else None

    def report_of(self, project: Project) -> Path:
        return project.root / ".coverage"

    def written_at(self, project: Project) -> float | None:
        return None if self.reported is None else 1.0

    def measured(self, project: Project, path: Path) -> Any:
        return None if self.reported is None else Measured(self.reported, self.root / ".coverage", 1.0)

    def files(self, project: Project) -> list[Path]:
        return self.known

    def test_files(self, project: Project) -> list[Path]:
        return []

    def modified_at(self, path: Path) -> float | None:
        return 0.0 if path.exists() else None

    def exclusions(self, project: Project) -> Exclusions:
        return Exclusions()

    def is_measured(self, project: Project, path: Path) -> bool:
        return True

    async def found_for(self, assignment: Assignment) -> Proposal:
        self.explored.append(assignment)
        self.living += 1
        try:
            waiting = self.exploring(assignment)
            if waiting is not None:
                await waiting
        finally:
            self.living -= 1
        return self.proposals.get(
            assignment.function.qualname, Proposal("explore", reason="nothing was found", not_testable=True)
        )

    async def run(self, run: TestRun, progress: Progress) -> TestReport:
        number = len(self.runs)
        self.runs.append(run)
        self.living += 1
        try:
            await asyncio.sleep(0)
            answer = self.during(run, number)
            if asyncio.isfuture(answer):
                await answer
            elif isinstance(answer, TestReport):
                return answer
            return self._report(run, number)
        finally:
            self.living -= 1

    def _report(self, run: TestRun, number: int) -> TestReport:
        (tests,) = {selected.partition("::")[0] for selected in run.selection}
        wanted = {selected.partition("::")[2] for selected in run.selection} - {""}
        text = run.overlay[self.tests]
        there = [name for name in named_tests(text) if name.rpartition("::")[2].startswith("test_")]
        found = [name for name in there if not wanted or name in wanted]
        outcomes = []
        lines: set[int] = {1, 7}
        arcs: set[tuple[int, int]] = {(-1, 1), (1, 7), (7, -1)}
        for name in found:
            outcome: Any = self.outcomes.get((name, -1)) or self.outcomes.get((name, number)) or "passed"
            outcomes.append(
                TestOutcome(f"{tests}::{name}", outcome, "" if outcome == "passed" else "E  assert 1 == 2\nE  no")
            )
            if "::" in name and outcome != "passed":  # it ends at once
                continue
            end = name.rpartition("_")[2]
            lines |= LINES.get(end, set())
            arcs |= ARCS.get(end, set())
        ran = {self.source: Executed(frozenset(lines), frozenset(arcs))}
        # Those of the test that was there; what a run says of a scratch path is never said twice.
        refusals = tuple(each.format(run=len(self.runs)) for each in self.refusals) if "test_old" in found else ()
        outcomes = [replace(o, refused=refusals) if o.node_id.endswith("::test_old") else o for o in outcomes]
        return TestReport(tuple(outcomes), ran, seconds=0.1, refusals=refusals)


class _Engine:
    """The engine's face of a world, whose ``propose`` is the test's."""

    name = "explore"

    def __init__(self, world: World) -> None:
        self._world = world

    async def propose(self, assignment: Assignment, progress: Progress) -> Proposal:
        return await self._world.found_for(assignment)
