"""Run tests with coverage: the project's whole suite, and the picture from what it reached."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from greenline.ports.project import InterpreterProblem
from greenline.services.recorded_runs import Wanted

if TYPE_CHECKING:
    from pathlib import Path

    from greenline.domain.failures import Failure
    from greenline.ports.progress import Progress
    from greenline.ports.project import InterpreterFinder, Project, ProjectFinder
    from greenline.services.recorded_runs import RecordedRun, RecordedRuns
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
    skipped: frozenset[str] = frozenset()
    """Node ids; that of a file stands for all of its tests."""
    tests: int = 0
    """How many ran."""
    seconds: float = 0.0
    problem: str = ""
    """Why pytest did not end as a run without failures does, besides ``failures``; it is in ``message`` as well."""
    none_found: bool = False
    """There was no test to run, which is the ``problem`` then."""
    cut_short: bool = False
    """Tests that were to run did not; nothing is known of those."""


class RunSuite:
    """Runs every test of a project, unsaved buffers included, and keeps what ran."""

    def __init__(
        self, *, projects: ProjectFinder, interpreters: InterpreterFinder, runs: RecordedRuns, settings: Settings
    ) -> None:
        self._projects = projects
        self._interpreters = interpreters
        self._runs = runs
        self._settings = settings

    def root_of(self, path: Path) -> Path:
        """Return the root of the project that a file or folder belongs to: what a run is of."""
        return self.project_of(path).root

    def project_of(self, path: Path) -> Project:
        """Return the project that a file or folder belongs to."""
        return self._projects.project_of(path / "any.py" if path.is_dir() else path)

    async def run(self, project_path: Path, progress: Progress) -> SuiteRun:
        """Run the suite of the project that a file or folder belongs to.

        Raises nothing for the tests' sake; cancelling ends all children.
        """
        project = self.project_of(project_path)
        progress.step(f"Running the tests of {project.root.name}")
        return await self.run_wanted(project, Wanted(), progress)

    async def run_wanted(self, project: Project, wanted: Wanted, progress: Progress) -> SuiteRun:
        """Run what is wanted of a project."""
        try:
            interpreter = await self._interpreters.interpreter_for(project, setting=self._settings.interpreter)
        except InterpreterProblem as problem:
            return SuiteRun(str(problem), ok=False, problem=str(problem), cut_short=True)
        ran = await self._runs.run(project, interpreter, wanted, progress)
        return SuiteRun(
            _message(ran),
            ok=bool(ran.measured),
            changed=ran.measured,
            failures=ran.failures,
            passed=ran.passed,
            skipped=ran.report.skipped_files
            | frozenset(o.node_id for o in ran.report.outcomes if o.outcome == "skipped"),
            tests=len(ran.report.outcomes),
            seconds=ran.report.seconds,
            problem=ran.report.problem or ran.report.complaint,
            none_found=ran.report.none_found,
            cut_short=ran.cut_short,
        )


def _message(ran: RecordedRun) -> str:
    report, files = ran.report, len(ran.measured)
    if not report.outcomes:
        return report.problem or "No tests were found; nothing was measured."
    counted = Counter("failed" if o.outcome == "error" else o.outcome for o in report.outcomes)
    failing = next((o.node_id for o in report.outcomes if o.outcome in {"failed", "error"}), "")
    named = {"failed": f" ({failing})" if counted["failed"] == 1 else f" (first: {failing})"}
    tests = ", ".join(
        f"{counted[kind]} {kind}{named.get(kind, '')}" for kind in ("passed", "failed", "skipped") if counted[kind]
    )
    measured = f"coverage of {files} {'file' if files == 1 else 'files'} is up to date"
    measured = measured if files else "nothing was measured"
    problem = f" {said}" if (said := report.problem or report.complaint) else ""
    return f"{tests or 'The tests ran'}; {measured}.{problem}"
