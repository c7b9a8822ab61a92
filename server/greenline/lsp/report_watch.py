"""Notices new coverage reports, whoever writes them: looks at their times, at once when the client tells of one.

Looking costs a few file times for each project, works on every file system and in every container, and needs no
package.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from greenline.jobs.registry import RegistryClosed
from greenline.lsp import names
from greenline.lsp.job_report import Finished, message_of, payload
from greenline.ports.coverage import CoverageProblem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from greenline.jobs.registry import Job
    from greenline.lsp.progress import ProgressBoard
    from greenline.lsp.services import Services
    from greenline.lsp.session import Session
    from greenline.ports.coverage import Reading
    from greenline.ports.progress import Progress
    from greenline.ports.project import Project

log = logging.getLogger(__name__)

PAUSE = 0.3
"""Seconds between two looks. A look asks for the times of a few files and reads none."""
_PROJECTS_HOLD = 10.0
"""Seconds after which it is asked again which project a folder belongs to."""
_USUAL = (".coverage", ".coverage.*", "coverage.json", "coverage.xml", "coverage.lcov", "lcov.info")
_SOURCES = "*.py"
"""Where all files are shown, changes of closed ones count."""


class ReportWatch:
    """Refreshes what is shown whenever a report changed. Used on the loop's thread only."""

    def __init__(self, session: Session, board: ProgressBoard) -> None:
        self._session = session
        self._board = board
        self._news = asyncio.Event()
        self._told: Mapping[str, object] = {}
        self._projects: dict[Path, tuple[float, Project]] = {}
        self._asked_for: set[types.Pattern | tuple[str, str]] = set()

    def look_now(self) -> None:
        """Look at once: the client has seen something."""
        self._news.set()

    async def watch(self) -> None:
        """Look, to the end of the connection."""
        sources = (_SOURCES,) if self._session.settings.workspace_diagnostics else ()
        self._ask_client(Path(), [Path(name) for name in (*_USUAL, *sources)])
        try:
            while True:
                with suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(self._news.wait(), PAUSE)
                self._news.clear()
                services = self._session.services.built
                documents = {doc.uri: doc.path for doc in self._session.documents.all_open() if doc.is_python}
                if services is not None and documents:
                    await self._look(services, documents)
        finally:
            if (services := self._session.services.built) is not None:
                for reading in services.reports.readings():
                    services.reports.stop_reading(reading.report)

    async def _look(self, services: Services, documents: Mapping[str, Path]) -> None:
        loop = asyncio.get_running_loop()
        folders = {path.parent: path for path in documents.values()}
        known = {folder: one[1] for folder, one in self._projects.items() if one[0] > loop.time()}
        looked = await loop.run_in_executor(self._session.executor, _looked, services, folders, known)
        until = loop.time() + _PROJECTS_HOLD
        self._projects = {
            folder: self._projects[folder] if folder in known else (until, project)
            for folder, project in looked.projects.items()
        }
        for root, reports in looked.reports.items():
            self._ask_client(root, reports)
        for reading in services.reports.readings():
            self._show(services, reading)
        # By document: of two in one folder, one may have been drawn since the report was written, and one before.
        now = {uri: looked.states[path.parent] for uri, path in documents.items() if path.parent in looked.states}
        shown = self._session.pictures.stamps
        if any(now[uri] not in (shown[uri], self._told.get(uri, shown[uri])) for uri in now.keys() & shown.keys()):
            self._session.refresh()
            self._told = now  # whether or not the client asks for new pictures: once is enough

    def _ask_client(self, root: Path, reports: Iterable[Path]) -> None:
        """Ask to be told of changes of these reports, where the client can."""
        if not self._session.client.watches_files:
            return
        patterns = [pattern for report in reports if (pattern := self._pattern(root, report)) is not None]
        new = [pattern for pattern in dict.fromkeys(patterns) if pattern not in self._asked_for]
        if new:
            self._asked_for.update(new)
            self._session.spawn(self._register(new), "registration for coverage reports")

    def _pattern(self, root: Path, report: Path) -> types.Pattern | tuple[str, str] | None:
        """Return the pattern of a report's name in the workspace, or its folder and name elsewhere."""
        if not report.is_absolute() or report.is_relative_to(root):
            return f"**/{report.name}"
        return (report.parent.as_uri(), report.name) if self._session.client.watches_folders else None

    async def _register(self, patterns: Iterable[types.Pattern | tuple[str, str]]) -> None:
        watchers = [
            types.FileSystemWatcher(p if isinstance(p, str) else types.RelativePattern(base_uri=p[0], pattern=p[1]))
            for p in patterns
        ]
        registration = types.Registration(
            id=f"greenline-reports-{len(self._asked_for)}",
            method=types.WORKSPACE_DID_CHANGE_WATCHED_FILES,
            register_options=types.DidChangeWatchedFilesRegistrationOptions(watchers=watchers),
        )
        try:
            await self._session.server.client_register_capability_async(types.RegistrationParams([registration]))
        except Exception:
            log.exception("the client does not tell of changes")

    def _show(self, services: Services, reading: Reading) -> None:
        """Show a job for a reading that takes its time."""
        report = reading.report

        async def work(progress: Progress) -> Finished:
            try:
                while (now := _reading(services, report)) is not None:
                    progress.step("", now.fraction)
                    await asyncio.sleep(PAUSE)
            except asyncio.CancelledError:
                await asyncio.to_thread(services.reports.stop_reading, report)
                raise
            self._news.set()
            return Finished(f"{report.name} is read.")

        with suppress(RegistryClosed):
            self._session.jobs.start(("reading", report), reading.title, work, self._board.sink, on_end=self._ended)

    def _ended(self, job: Job) -> None:
        message = message_of(job)
        self._board.end(job, message)
        self._session.server.protocol.notify(names.JOB_ENDED, payload(job))


class _Looked:
    """What one look saw. ``states`` are by folder; ``reports`` are those of projects that were not looked at before."""

    def __init__(self) -> None:
        self.states: dict[Path, object] = {}
        self.projects: dict[Path, Project] = {}
        self.reports: dict[Path, tuple[Path, ...]] = {}


def _looked(services: Services, folders: Mapping[Path, Path], known: Mapping[Path, Project]) -> _Looked:
    """Look, each project once. On a thread of its own: disks may be slow."""
    looked = _Looked()
    of_project: dict[Path, object] = {}
    try:
        for folder, path in folders.items():
            project = known.get(folder) or services.reports.project_of(path)
            looked.projects[folder] = project
            if project.root not in of_project:
                of_project[project.root] = services.show.report_stamp(path, project)
                if folder not in known:
                    with suppress(CoverageProblem):
                        looked.reports[project.root] = services.reports.watched(path)
            looked.states[folder] = of_project[project.root]
    except Exception:
        log.exception("the coverage reports cannot be looked at")
    return looked


def _reading(services: Services, report: Path) -> Reading | None:
    return next((reading for reading in services.reports.readings() if reading.report == report), None)
