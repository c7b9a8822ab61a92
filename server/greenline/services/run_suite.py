"""Run tests with coverage: the project's whole suite, and the picture from what it reached."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from greenline.ports.project import InterpreterProblem
from greenline.ports.tests import TestRun

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from greenline.domain.coverage.model import Executed
    from greenline.domain.failures import Failure
    from greenline.ports.documents import Documents
    from greenline.ports.progress import Progress
    from greenline.ports.project import InterpreterFinder, Project, ProjectFinder
    from greenline.ports.tests import TestReport, TestRunner
    from greenline.services.show_coverage import ShowCoverage
    from greenline.settings import Settings


@dataclass(frozen=True, slots=True)
class SuiteRun:
    """How the run ended. ``ok``: it measured something, even if tests failed; ``message`` is for the person."""

    message: str
    ok: bool
    changed: frozenset[Path] = frozenset()
    """Files whose picture changed."""
    failures: tuple[Failure, ...] = ()
    passed: frozenset[str] = frozenset()
    """Node ids; what failed before and is here does so no more."""


class RunSuite:
    """Runs every test of a project, unsaved buffers included, and records what ran."""

    def __init__(
        self,
        *,
        projects: ProjectFinder,
        interpreters: InterpreterFinder,
        runner: TestRunner,
        show: ShowCoverage,
        documents: Documents,
        settings: Settings,
    ) -> None:
        self._projects = projects
        self._interpreters = interpreters
        self._runner = runner
        self._show = show
        self._documents = documents
        self._settings = settings

    def root_of(self, path: Path) -> Path:
        """Return the root of the project that a file or folder belongs to: what a run is of."""
        return self._project_of(path).root

    async def run(self, project_path: Path, progress: Progress) -> SuiteRun:
        """Run the suite of the project that a file or folder belongs to.

        Raises nothing for the tests' sake; cancelling ends all children.
        """
        project = self._project_of(project_path)
        try:
            interpreter = await self._interpreters.interpreter_for(project, setting=self._settings.interpreter)
        except InterpreterProblem as problem:
            return SuiteRun(str(problem), ok=False)
        overlay = self._documents.unsaved()
        started = time.time()
        progress.step(f"Running the tests of {project.root.name}")
        run = TestRun(
            project,
            interpreter,
            overlay=overlay,
            measure=None,
            seconds=self._settings.suite_seconds,
            guarded=False,
            parallel=self._settings.run_parallel,
        )
        report = await self._runner.run(run, progress)
        texts = self._texts_that_ran(report.coverage, overlay, started)
        measured = {path: executed for path, executed in report.coverage.items() if path in texts}
        changed = self._show.record(measured, texts) if measured else frozenset()
        return SuiteRun(_message(report, len(measured)), ok=bool(measured), changed=changed)

    def _project_of(self, path: Path) -> Project:
        return self._projects.project_of(path / "any.py" if path.is_dir() else path)

    def _texts_that_ran(
        self, measured: Mapping[Path, Executed], overlay: Mapping[Path, str], started: float
    ) -> dict[Path, str]:
        """Return the texts that surely ran: what was edited or saved meanwhile is left out, not guessed."""
        edited = self._documents.unsaved()
        texts: dict[Path, str] = {}
        for path in measured:
            if path in overlay:
                texts[path] = overlay[path]
            elif path not in edited:
                try:
                    text = self._documents.read(path) if path.stat().st_mtime < started else None
                except (OSError, UnicodeDecodeError):
                    text = None
                if text is not None:
                    texts[path] = text
        return texts


def _message(report: TestReport, files: int) -> str:
    if not report.outcomes:
        return report.problem or "No tests were found; nothing was measured."
    counted = Counter("failed" if o.outcome == "error" else o.outcome for o in report.outcomes)
    tests = ", ".join(f"{counted[kind]} {kind}" for kind in ("passed", "failed", "skipped") if counted[kind])
    measured = f"coverage of {files} {'file' if files == 1 else 'files'} is up to date"
    failing = next((f" First failure: {o.node_id}." for o in report.outcomes if o.outcome in {"failed", "error"}), "")
    problem = f" {report.problem}" if report.problem else ""
    return f"{tests or 'The tests ran'}; {measured}.{failing}{problem}"
