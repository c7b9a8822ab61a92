"""The command that says how good the tests are that exist, as a page."""

from __future__ import annotations

import asyncio
import os
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from greenline.lsp.arguments import object_or_nothing
from greenline.lsp.documents import path_of
from greenline.lsp.job_report import Finished, Unfinished
from greenline.lsp.report_pages import shown_page
from greenline.lsp.session import Info, Warning_
from greenline.lsp.workspace_folders import NoFolder, place_in, shown_path

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from greenline.jobs.registry import Work
    from greenline.lsp.session import Session
    from greenline.ports.progress import Progress
    from greenline.services.audit_tests import Audit

_TITLE = "Audit of tests"


class AuditCommands:
    """Arguments and answers are what docs/protocol.md says; ``start`` is that of ``Commands``."""

    def __init__(self, session: Session, start: Callable[..., dict[str, Any]]) -> None:
        self._session = session
        self._start = start

    def audit(self, *arguments: object) -> dict[str, Any]:
        """``greenline.auditTests``: of the project of a file, or of a folder; what ``greenline audit`` says."""
        values = object_or_nothing(arguments)
        uri = values.get("uri")
        # One at a time: two would slow each other down, and call each other's tests slow and flaky.
        return self._start("audit", "Audit tests", self._work(values), path_of(uri) if isinstance(uri, str) else None)

    def _work(self, values: Mapping[str, Any]) -> Work:
        async def work(progress: Progress) -> Finished:
            from greenline.page.audit_words import summary  # noqa: PLC0415 - with its use, as all that judges tests

            folder = await self._folder(values)
            audit = await self._audited(folder, progress)
            self._session.refresh()  # the tests ran
            file = await self._written(audit, folder)
            said = summary(audit)
            if audit.problems:
                said += f" Not all was looked at: {audit.problems[0]}"
            self._session.show(said, Warning_ if audit.problems else Info)
            return Finished(f"{said} {await shown_page(self._session, file)}", page=(_TITLE, file.as_uri()))

        return work

    async def _folder(self, values: Mapping[str, Any]) -> Path:
        """Return the project's; raises Unfinished."""
        try:
            place = await place_in(self._session, values)
        except NoFolder as problem:
            raise Unfinished(str(problem)) from problem
        services = await self._session.load_services()
        return await asyncio.to_thread(lambda: place if place.is_dir() else services.reports.project_of(place).root)

    async def _audited(self, folder: Path, progress: Progress) -> Audit:
        """Look; raises Unfinished where nothing could be looked at."""
        from greenline.services.audit_tests import Wanted  # noqa: PLC0415 - as above

        services = await self._session.load_services()
        audit = await (await asyncio.to_thread(services.audit)).audit([folder], Wanted(), progress)
        if audit.problems and not audit.weaknesses:
            raise Unfinished(audit.problems[0])
        return audit

    async def _written(self, audit: Audit, folder: Path) -> Path:
        """Write the page; raises Unfinished."""
        from greenline.adapters.shown_texts import keep_shown  # noqa: PLC0415 - as above
        from greenline.page.audit_page import audit_page  # noqa: PLC0415 - as above

        page = audit_page(audit, _TITLE, lambda path: str(shown_path(self._session, path)))
        try:
            name = f"audit-{sha256(os.fsencode(folder)).hexdigest()[:12]}.html"  # several folders may have one name
            return await asyncio.to_thread(keep_shown, name, page)
        except OSError as problem:
            raise Unfinished(f"The page cannot be written: {problem}") from problem
