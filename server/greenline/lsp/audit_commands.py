"""The command that says how good the tests are that exist, as a page."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from greenline.lsp.arguments import object_or_nothing
from greenline.lsp.job_report import Finished, Unfinished
from greenline.lsp.report_pages import shown_page
from greenline.lsp.session import Info
from greenline.lsp.workspace_folders import NoFolder, place_in, shown_path

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from greenline.jobs.registry import Work
    from greenline.lsp.report_pages import Start
    from greenline.lsp.session import Session
    from greenline.ports.progress import Progress
    from greenline.services.audit_tests import Audit

_TITLE = "Audit of tests"
_FILE = "audit.html"


class AuditCommands:
    """Arguments and answers are what docs/protocol.md says; ``start`` is that of ``Commands``."""

    def __init__(self, session: Session, start: Start) -> None:
        self._session = session
        self._start = start

    def audit(self, *arguments: object) -> dict[str, Any]:
        """``greenline.auditTests``: of the project of a file, or of a folder; what ``greenline audit`` says."""
        values = object_or_nothing(arguments)
        return self._start(("audit", str(values.get("uri"))), "Audit tests", self._work(values), runs=True)

    def _work(self, values: Mapping[str, Any]) -> Work:
        async def work(progress: Progress) -> Finished:
            from greenline.page.audit_words import summary  # noqa: PLC0415 - with its use, as all that judges tests
            from greenline.services.audit_tests import Wanted  # noqa: PLC0415 - as above

            try:
                place = await place_in(self._session, values)
            except NoFolder as problem:
                raise Unfinished(str(problem)) from problem
            services = await self._session.load_services()
            folder = place if place.is_dir() else services.reports.project_of(place).root
            audit = await services.audit().audit([folder], Wanted(), progress)
            try:
                file = await asyncio.to_thread(self._write, audit)
            except OSError as problem:
                raise Unfinished(f"The page cannot be written: {problem}") from problem
            said = summary(audit)
            self._session.show(said, Info)
            return Finished(f"{said} {await shown_page(self._session, file)}", page=(_TITLE, file.as_uri()))

        return work

    def _write(self, audit: Audit) -> Path:
        from greenline.adapters.shown_texts import keep_shown  # noqa: PLC0415 - as above
        from greenline.page.audit_page import audit_page  # noqa: PLC0415 - as above

        return keep_shown(_FILE, audit_page(audit, _TITLE, lambda path: str(shown_path(self._session, path))))
