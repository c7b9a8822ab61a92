"""Run the tests that a change affects, and no others."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from greenline.domain.code.import_graph import imports
from greenline.services.affected_tests import holds_tests
from greenline.services.recorded_runs import Wanted
from greenline.services.run_records import file_of
from greenline.services.run_suite import SuiteRun

if TYPE_CHECKING:
    from collections.abc import Sequence

    from greenline.ports.documents import Documents
    from greenline.ports.layout import TestLayout
    from greenline.ports.progress import Progress
    from greenline.ports.project import Project
    from greenline.ports.source_tree import SourceTree
    from greenline.services.affected_tests import Affected, AffectedTests
    from greenline.services.run_suite import RunSuite

_NOTHING_RECORDED = "Nothing is recorded yet: run all tests once, and from then on only the affected ones will run."
_NO_FILE = "There is no file whose tests could run."
_MOST_READ = 400
"""Test files that are read to find those that import a file."""


class RunAffected:
    """Runs tests as the person would, with coverage; what they reach is kept for the next time."""

    def __init__(
        self, *, suite: RunSuite, affected: AffectedTests, documents: Documents, sources: SourceTree, layout: TestLayout
    ) -> None:
        self._suite = suite
        self._affected = affected
        self._documents = documents
        self._sources = sources
        self._layout = layout

    async def run(self, paths: Sequence[Path], progress: Progress, options: Sequence[str] = ()) -> SuiteRun:
        """Run the tests that changes affect: of these files, which belong to one project, and of all that ran.

        A folder among them means its project. Where nothing was recorded yet, that of a folder runs all tests, and that
        of files their own tests. ``options`` are pytest's, and may leave some out.
        Raises nothing for the tests' sake; cancelling ends all children.
        """
        if not paths:
            return SuiteRun(_NO_FILE, ok=True)
        project, own = self._suite.project_of(paths[0]), tuple(options)
        progress.step("Looking for the tests that the changes affect")
        affected = await asyncio.to_thread(self._affected.of, project, paths)
        if not affected.recorded or (not affected.whole and _has_folder(paths)):
            return await self._first(project, paths, own, progress)
        if not affected.whole:
            affected = await asyncio.to_thread(self._with_own_tests, project, paths, affected)
        notes = " ".join(affected.notes)
        nothing = SuiteRun(f"No test is affected. {notes}".strip(), ok=True)
        if not affected.files:
            return nothing
        wanted = Wanted(tuple(map(str, affected.files)), affected.skipped, affected.tests, affected.gone, own)
        ran = await self._suite.run_wanted(project, wanted, progress)
        if ran.none_found and not own:  # those that were in the files are gone
            return replace(nothing, changed=ran.changed)
        of_all = str(ran.tests)
        if affected.whole:
            of_all += f" of {max(ran.tests, await asyncio.to_thread(self._affected.known, project))}"
        count = "1 test is affected" if of_all == "1" else f"{of_all} tests are affected"
        return replace(ran, message=f"{count}: {ran.message} {notes}".strip())

    async def run_tests_of(self, path: Path, progress: Progress) -> SuiteRun:
        """Run the tests of one file: itself, where it holds tests, else those that import it or are named after it."""
        project = self._suite.project_of(path)
        progress.step(f"Looking for the tests of {path.name}")
        affected, files = await asyncio.to_thread(self._tests_of, project, [path])
        if not files:
            return SuiteRun(f"No test file imports {path.name}.", ok=True)
        wanted = Wanted(tuple(map(str, files)), affected=affected.tests, gone=affected.gone)
        return await self._suite.run_wanted(project, wanted, progress)

    async def run_selected(
        self,
        selection: Sequence[str],
        progress: Progress,
        *,
        options: Sequence[str] = (),
        folder: Path | None = None,
    ) -> SuiteRun:
        """Run chosen files, folders or node ids (absolute paths) of one project, affected or not.

        ``options`` are pytest's, and may leave some out. With none chosen, all of the project that ``folder`` is in.
        """
        project = self._suite.project_of(folder or Path(selection[0].partition("::")[0]))
        # What is affected and does not run now is still to be run later.
        affected = await asyncio.to_thread(self._affected.of, project)
        progress.step(f"Running tests of {project.root.name}")
        return await self._suite.run_wanted(
            project,
            Wanted(tuple(selection), affected=affected.tests, gone=affected.gone, options=tuple(options)),
            progress,
        )

    async def _first(
        self, project: Project, paths: Sequence[Path], options: tuple[str, ...], progress: Progress
    ) -> SuiteRun:
        if _has_folder(paths):
            ran = await self._suite.run_wanted(project, Wanted(options=options), progress)
            return replace(ran, message=f"Nothing was recorded yet, so all tests ran: {ran.message}")
        _, files = await asyncio.to_thread(self._tests_of, project, paths)
        if not files:
            return SuiteRun(_NOTHING_RECORDED, ok=True)
        ran = await self._suite.run_wanted(project, Wanted(tuple(map(str, files)), options=options), progress)
        return replace(ran, message=f"{ran.message} {_NOTHING_RECORDED}")

    def _with_own_tests(self, project: Project, paths: Sequence[Path], affected: Affected) -> Affected:
        """Add the files' own tests: what was never recorded may reach them."""
        _, own = self._tests_of(project, paths)
        files = tuple(sorted({*affected.files, *own}))
        mine = {test for test in affected.skipped if file_of(project.root, test) in own}
        return replace(affected, files=files, skipped=affected.skipped - mine)

    def _tests_of(self, project: Project, paths: Sequence[Path]) -> tuple[Affected, list[Path]]:
        """Return what is affected at this time, and the test files of the paths; reads files, raises nothing."""
        affected = self._affected.of(project, paths)
        there = [path for path in self._sources.test_files(project) if holds_tests(project, path)]
        found = {path for path in paths if path in there}
        sources = [path for path in paths if path.suffix == ".py" and path not in found]
        for source in sources:
            placement = self._layout.test_file_for(project, source)
            if placement.exists:
                found.add(placement.path)
        if sources:
            found.update(test for test in there[:_MOST_READ] if self._imports(project, test, sources))
        return affected, sorted(found)

    def _imports(self, project: Project, test: Path, sources: Sequence[Path]) -> bool:
        try:
            text = self._documents.read(test)
        except (OSError, UnicodeDecodeError, LookupError):
            return False
        return text is not None and imports(test, text, project.root, sources)


def _has_folder(paths: Sequence[Path]) -> bool:
    """Tell whether a whole project is meant."""
    return any(path.is_dir() for path in paths)
