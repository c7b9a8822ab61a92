"""Run tests as the person would, with lines, branches and contexts, and keep what they reached."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from greenline.ports.tests import TestRun
from greenline.services.run_records import Scope, file_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

    from greenline.domain.failures import Failure
    from greenline.ports.documents import Documents
    from greenline.ports.progress import Progress
    from greenline.ports.project import Interpreter, Project
    from greenline.ports.source_tree import SourceTree
    from greenline.ports.tests import TestReport, TestRunner
    from greenline.services.show_coverage import ShowCoverage
    from greenline.services.sort_failures import SortFailures
    from greenline.settings import Settings


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to run: nothing chosen means all tests of the project."""

    selection: tuple[str, ...] = ()
    """Absolute paths, or node ids with an absolute path."""
    skip: frozenset[str] = frozenset()
    affected: frozenset[str] = frozenset()
    """Tests that the changes since the last run affect, chosen or not."""
    gone: frozenset[Path] = frozenset()
    """Files that ran and are no more; ``affected`` has the tests that were to notice."""
    options: tuple[str, ...] = ()
    """Of pytest, as a person wrote them: what does not run because of them is not gone."""

    @property
    def everything(self) -> bool:
        """All tests are to run, as far as anybody knows."""
        return not self.selection and not self.options


@dataclass(frozen=True, slots=True)
class RecordedRun:
    """What came of it. ``measured`` are the files of which it is known what ran."""

    report: TestReport
    measured: frozenset[Path]
    failures: tuple[Failure, ...] = ()

    @property
    def cut_short(self) -> bool:
        """Tests that were to run did not."""
        return cut_short(self.report)

    @property
    def passed(self) -> frozenset[str]:
        """Node ids."""
        return frozenset(o.node_id for o in self.report.outcomes if o.outcome in {"passed", "xfailed", "xpassed"})


def cut_short(report: TestReport) -> bool:
    """Tell whether tests that were to run did not: after an error while collecting, pytest runs none."""
    stopped = (report.problem and not (report.none_found or report.all_ran)) or report.not_run
    return bool(stopped) or any(o.outcome == "error" and "::" not in o.node_id for o in report.outcomes)


class RecordedRuns:
    """What "Run tests" and "run affected tests" have in common."""

    def __init__(
        self,
        *,
        runner: TestRunner,
        show: ShowCoverage,
        documents: Documents,
        sources: SourceTree,
        settings: Settings,
        failures: SortFailures | None = None,
    ) -> None:
        self._runner = runner
        self._show = show
        self._documents = documents
        self._sources = sources
        self._settings = settings
        self._failures = failures

    async def run(self, project: Project, interpreter: Interpreter, wanted: Wanted, progress: Progress) -> RecordedRun:
        """Run, keep and sort. Raises nothing for the tests' sake; cancelling ends all children, and keeps nothing."""
        # Another project's unsaved files are none of this run's.
        overlay = {p: text for p, text in self._documents.unsaved().items() if p.is_relative_to(project.root)}
        started = time.time()
        run = TestRun(
            project,
            interpreter,
            overlay=overlay,
            selection=wanted.selection,
            measure=None,
            seconds=self._settings.suite_seconds,
            guarded=False,
            contexts=True,
            skip=wanted.skip,
            parallel=self._settings.run_parallel and (not wanted.selection or _asks_for_processes(wanted.options)),
            options=wanted.options,
        )
        report = await self._runner.run(run, progress)
        if report.replaced:  # the texts that were laid over are not what ran there, or not all the time
            run = replace(run, overlay={p: text for p, text in overlay.items() if p not in report.replaced})
        measured = await asyncio.to_thread(self._keep, run, report, wanted, started)
        failures = await self._failures.sort(run, report, progress, started=started) if self._failures else ()
        return RecordedRun(report, measured, failures)

    def _keep(self, run: TestRun, report: TestReport, wanted: Wanted, started: float) -> frozenset[Path]:
        """Write down what ran; on a thread of its own, since that reads and writes files."""
        if not report.coverage and not report.none_found:
            return frozenset()
        root = run.project.root
        looked_at = frozenset(self._looked_at(run, report))
        is_cut_short = cut_short(report) or bool(wanted.options)
        files = {*report.coverage, *looked_at, *(file_of(root, o.node_id) for o in report.outcomes)}
        texts, modified = self._texts_that_ran(files, run.overlay, started)
        ran = {outcome.node_id for outcome in report.outcomes}
        scope = Scope(
            complete=True,
            everything=wanted.everything and not is_cut_short,
            cut_short=is_cut_short,
            looked_at=looked_at,
            skipped=run.skip,
            pending=wanted.affected - ran,
            gone=wanted.gone,
        )
        return self._show.keep(run.project, report, texts, scope, modified)

    def _looked_at(self, run: TestRun, report: TestReport) -> Iterable[Path]:
        """Return the test files whose every test has run, or was left out on purpose."""
        if cut_short(report) or run.options:
            return []
        if not run.selection:
            return self._sources.test_files(run.project)
        chosen = [run.project.root / item for item in run.selection if "::" not in item]
        return [file for file in self._sources.test_files(run.project) if any(file.is_relative_to(c) for c in chosen)]

    def _texts_that_ran(
        self, files: Collection[Path], overlay: Mapping[Path, str], started: float
    ) -> tuple[dict[Path, str], dict[Path, float]]:
        """Return the texts that surely ran, and when they were written.

        What was edited or saved meanwhile is left out, not guessed.
        """
        edited = self._documents.unsaved()
        texts: dict[Path, str] = {}
        modified: dict[Path, float] = {}
        for path in files:
            if path in overlay:
                texts[path] = overlay[path]
                continue
            written, changed = self._sources.modified_at(path), self._sources.changed_at(path)
            if path in edited or written is None or changed is None or changed >= started:
                continue
            try:
                text = self._documents.read(path)
            except (OSError, UnicodeDecodeError, LookupError):
                continue
            if text is not None:
                texts[path], modified[path] = text, written
        return texts, modified


def _asks_for_processes(options: Iterable[str]) -> bool:
    return any(option.startswith(("-n", "--numprocesses")) for option in options)
