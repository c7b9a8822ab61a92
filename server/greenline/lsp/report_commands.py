"""The commands about coverage reports: how they are, which counts, and that none shall."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pygls.exceptions import JsonRpcInvalidParams

from greenline.jobs.registry import JobFailure, RegistryClosed
from greenline.lsp import names
from greenline.lsp.arguments import object_or_nothing, one_object
from greenline.lsp.fixes import fixes_of, with_links
from greenline.lsp.job_report import Finished, message_of, payload
from greenline.lsp.session import Info, Warning_
from greenline.lsp.workspace_folders import NoFolder, place_in
from greenline.ports.coverage import CoverageProblem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from greenline.jobs.registry import Job, Work
    from greenline.lsp.progress import ProgressBoard
    from greenline.lsp.services import Services
    from greenline.lsp.session import Session
    from greenline.ports.progress import Progress


class ReportCommands:
    """One method per command; arguments and answers are what docs/protocol.md says."""

    def __init__(self, session: Session, board: ProgressBoard) -> None:
        self._session = session
        self._board = board

    def show_report_status(self, *arguments: object) -> dict[str, Any]:
        """``greenline.showReportStatus``: what ``greenline doctor`` says, in Markdown."""
        values = object_or_nothing(arguments)

        async def work(progress: Progress) -> Finished:
            path = await place_in(self._session, values)
            progress.step(f"Looking at {path.name}")
            status = await (await self._session.load_services()).reports.status(path)
            if values.get("show", True) is not False:
                self._session.log(status.markdown)
                short = names.one_line(status.short).rstrip(".")
                self._session.show(f"{short}. The log has all of it.", Info if status.is_well else Warning_)
            uri = self._session.documents.uri_of(path)
            fixes = tuple(fixes_of(status.findings, uri, may_run=self._session.may_run))
            links = fixes if self._session.client.follows_commands else ()
            page = with_links(status.markdown, links)
            return Finished(status.short, markdown=page, findings=status.findings, fixes=fixes)

        return self._start(values, "Report status", work)

    def load_report(self, *arguments: object) -> dict[str, Any]:
        """``greenline.loadReport``: this report alone counts for the project, until coverage is cleared."""
        values = one_object(arguments)
        name = values.get("path")
        if not isinstance(name, str) or not name:
            raise JsonRpcInvalidParams("greenline.loadReport needs the path of a report")

        def load(services: Services, path: Path) -> str:
            return services.reports.load(path, Path(name))

        return self._start(values, f"Load {Path(name).name}", self._acting(values, load))

    def clear_coverage(self, *arguments: object) -> dict[str, Any]:
        """``greenline.clearCoverage``: nothing is shown until there is a newer report or run."""
        values = object_or_nothing(arguments)
        clear = self._acting(values, lambda services, path: services.reports.clear(path))
        return self._start(values, "Clear coverage", clear)

    def _acting(self, values: Mapping[str, Any], act: Callable[[Services, Path], str]) -> Work:
        async def work(_progress: Progress) -> Finished:
            path = await place_in(self._session, values)
            services = await self._session.load_services()
            loop = asyncio.get_running_loop()
            # Where pictures are drawn: none is drawn meanwhile.
            message = await loop.run_in_executor(self._session.executor, act, services, path)
            self._session.refresh()
            self._session.show(message, Info)
            return Finished(message)

        return work

    def _start(self, values: Mapping[str, Any], title: str, work: Work) -> dict[str, Any]:
        async def in_words(progress: Progress) -> Finished:
            try:
                return await work(progress)  # type: ignore[no-any-return]
            except (CoverageProblem, NoFolder) as problem:
                raise JobFailure(str(problem)) from problem

        before = {job.id for job in self._session.jobs.live}
        try:
            key = ("reports", title, str(values.get("uri")))
            job = self._session.jobs.start(key, title, in_words, self._board.sink, on_end=self._ended)
        except RegistryClosed:
            return {"protocol": names.PROTOCOL, "job": None, "started": False}
        return {"protocol": names.PROTOCOL, "job": job.id, "started": job.id not in before}

    def _ended(self, job: Job) -> None:
        message = message_of(job)
        self._board.end(job, message)
        if job.outcome == "failed":
            self._session.show(message, Warning_)
        self._session.server.protocol.notify(names.JOB_ENDED, payload(job))
