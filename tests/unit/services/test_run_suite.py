from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

from greenline.adapters.project_files import ProjectFiles
from greenline.domain.coverage.model import Executed
from greenline.domain.failures import Failure
from greenline.ports.progress import Silent
from greenline.ports.project import Interpreter, InterpreterProblem, Project
from greenline.ports.tests import TestOutcome, TestReport
from greenline.services.recorded_runs import RecordedRuns
from greenline.services.run_suite import RunSuite
from greenline.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from greenline.ports.progress import Progress
    from greenline.ports.tests import TestRun
    from greenline.services.run_records import Scope


class World:
    """Projects, an interpreter, a runner, buffers and the picture, all as the test wants them."""

    def __init__(self, root: Path, report: TestReport) -> None:
        self.root = root
        self.report = report
        self.during: Callable[[], None] = lambda: None
        self.buffers: dict[Path, str] = {}
        self.no_interpreter = ""
        self.runs: list[TestRun] = []
        self.recorded: dict[Path, tuple[Executed, str]] = {}

    def project_of(self, path: Path) -> Project:
        return Project(self.root, None, (self.root,), ())

    async def interpreter_for(self, project: Project, *, setting: str = "") -> Interpreter:
        if self.no_interpreter:
            raise InterpreterProblem(self.no_interpreter)
        return Interpreter(self.root / setting, (3, 11, 0), "the setting", "8")

    async def run(self, run: TestRun, progress: Progress) -> TestReport:
        self.runs.append(run)
        self.during()
        return self.report

    def read(self, path: Path) -> str | None:
        return self.buffers[path] if path in self.buffers else path.read_text(encoding="utf-8")

    def unsaved(self) -> dict[Path, str]:
        return dict(self.buffers)

    def modified_at(self, path: Path) -> float | None:
        return path.stat().st_mtime if path.exists() else None

    def changed_at(self, path: Path) -> float | None:
        return max(path.stat().st_mtime, path.stat().st_ctime) if path.exists() else None

    def test_files(self, project: Project) -> list[Path]:
        return []

    def keep(
        self,
        project: Project,
        report: TestReport,
        texts: Mapping[Path, str],
        scope: Scope,
        modified: Mapping[Path, float],
    ) -> frozenset[Path]:
        self.recorded = {path: (ran, texts[path]) for path, ran in report.coverage.items() if path in texts}
        self.scope = scope
        assert set(modified) == set(texts) - set(self.buffers)
        return frozenset(self.recorded)

    async def sort(
        self, run: TestRun, report: TestReport, progress: Progress, *, started: float
    ) -> tuple[Failure, ...]:
        return tuple(Failure(o.node_id, "code", "", "") for o in report.outcomes if o.outcome == "failed")

    async def suite(self, path: Path | None = None, projects: Any = None) -> Any:
        everything: Any = self
        settings = Settings(interpreter="python", suite_seconds=7.0)
        runs = RecordedRuns(
            runner=everything,
            show=everything,
            documents=everything,
            sources=everything,
            settings=settings,
            failures=everything,
        )
        suite = RunSuite(projects=projects or everything, interpreters=everything, runs=runs, settings=settings)
        return await suite.run(path or self.root / "a.py", Silent())


RAN = Executed(frozenset({1}))
PASSED = TestOutcome("t::a", "passed")


def saved(root: Path, *names: str) -> list[Path]:
    """Write files that were saved a minute ago."""
    paths = [root / name for name in names]
    for path in paths:
        path.write_text("x = 1\n", encoding="utf-8")
        os.utime(path, (time.time() - 60,) * 2)
    return paths


async def test_it_runs_everything_and_records_what_ran(tmp_path: Path) -> None:
    a, b = saved(tmp_path, "a.py", "b.py")
    world = World(tmp_path, TestReport((PASSED, TestOutcome("t::b", "failed")), {a: RAN, b: RAN}))
    world.buffers = {b: "y = 2\n"}
    result = await world.suite()
    (run,) = world.runs
    assert (run.selection, run.measure, run.guarded, run.seconds, run.contexts) == ((), None, False, 7.0, True)
    assert run.overlay == {b: "y = 2\n"}
    assert world.recorded == {a: (RAN, "x = 1\n"), b: (RAN, "y = 2\n")}
    assert result.changed == {a, b}
    assert result.ok
    assert (result.passed, [f.node_id for f in result.failures], result.tests) == ({"t::a"}, ["t::b"], 2)
    assert (world.scope.complete, world.scope.everything, world.scope.cut_short) == (True, True, False)
    assert result.message == "1 passed, 1 failed (t::b); coverage of 2 files is up to date."


async def test_a_folder_means_the_project_in_it_and_not_the_one_above(tmp_path: Path) -> None:
    root = tmp_path / "project"
    root.mkdir()
    (root / "pyproject.toml").touch()
    world = World(root, TestReport((PASSED,)))
    await world.suite(root, ProjectFiles())
    assert [run.project.root for run in world.runs] == [root]


async def test_what_was_edited_or_saved_meanwhile_is_not_guessed(tmp_path: Path) -> None:
    edited, written, gone, same = saved(tmp_path, "edited.py", "written.py", "gone.py", "same.py")
    world = World(tmp_path, TestReport((PASSED,), dict.fromkeys((edited, written, gone, same), RAN)))

    def during() -> None:
        world.buffers[edited] = "other\n"
        os.utime(written, (time.time() + 60,) * 2)
        gone.unlink()

    world.during = during
    assert (await world.suite()).changed == {same}


async def test_a_run_that_ended_early_was_not_of_everything(tmp_path: Path) -> None:
    (a,) = saved(tmp_path, "a.py")
    world = World(tmp_path, TestReport((PASSED,), {a: RAN}, problem="The tests did not end within 7 s."))
    await world.suite()
    assert (world.scope.complete, world.scope.everything) == (True, False)
    world.report = TestReport((PASSED, TestOutcome("t.py", "error")), {a: RAN})
    await world.suite()
    assert (world.scope.everything, world.scope.cut_short) == (False, True)


async def test_a_problem_is_said_in_its_own_words(tmp_path: Path) -> None:
    world = World(tmp_path, TestReport(problem="pytest is not installed: pip install pytest"))
    result = await world.suite()
    assert (result.ok, result.message) == (False, "pytest is not installed: pip install pytest")
    world.report = TestReport()
    assert "No tests" in (await world.suite()).message
    world.no_interpreter = "There is no Python here."
    assert (await world.suite()).message == "There is no Python here."


async def test_unsaved_files_of_another_project_are_none_of_this_one(tmp_path: Path) -> None:
    (a,) = saved(tmp_path, "a.py")
    world = World(tmp_path, TestReport((PASSED,), {a: RAN}))
    world.buffers = {tmp_path.parent / "elsewhere" / "b.py": "y = 2\n"}

    assert (await world.suite()).ok
    assert world.runs[0].overlay == {}


async def test_a_file_replaced_by_an_older_one_during_the_run_is_not_what_ran(tmp_path: Path) -> None:
    a, older = saved(tmp_path, "a.py", "older.py")
    world = World(tmp_path, TestReport((PASSED,), {a: RAN}))

    def replaced() -> None:
        began = time.time()
        while older.stat().st_ctime < began:  # the clock of the disk goes on in steps of some milliseconds
            os.utime(older, (began - 60,) * 2)
        older.replace(a)

    world.during = replaced
    await world.suite()

    assert world.recorded == {}
