"""The commands that show a page about the whole project: its coverage, and how that went."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from lsprotocol import types

from greenline.lsp.arguments import object_or_nothing
from greenline.lsp.job_report import Finished, Unfinished
from greenline.lsp.session import Info
from greenline.lsp.workspace_folders import NoFolder, place_in
from greenline.ports.pages import PageProblem

if TYPE_CHECKING:
    from collections.abc import Hashable
    from pathlib import Path

    from greenline.jobs.registry import Work
    from greenline.lsp.session import Session
    from greenline.ports.pages import PageKind
    from greenline.ports.progress import Progress

_REPORT, _TREND = "Coverage report", "Coverage trend"
_JOBS: dict[PageKind, str] = {"report": _REPORT, "trend": _TREND, "record": "Record coverage"}
_PAGES: dict[PageKind, str] = {"report": _REPORT, "trend": _TREND, "record": _TREND}


class Start(Protocol):
    """Starts a job that runs nothing of the project's, where the person trusts nothing too."""

    def __call__(self, key: Hashable, title: str, work: Work, *, runs: bool) -> dict[str, Any]:
        """Answer as a command does."""


class ReportPages:
    """One method per command; arguments and answers are what docs/protocol.md says."""

    def __init__(self, session: Session, start: Start) -> None:
        self._session = session
        self._start = start

    def show_report(self, *arguments: object) -> dict[str, Any]:
        """``greenline.showCoverageReport``: what ``greenline gaps --format html`` writes."""
        return self._page("report", arguments)

    def show_trend(self, *arguments: object) -> dict[str, Any]:
        """``greenline.showCoverageTrend``: what ``greenline trend --format html`` writes."""
        return self._page("trend", arguments)

    def record(self, *arguments: object) -> dict[str, Any]:
        """``greenline.recordCoverage``: what ``greenline trend --record`` does, and then the trend."""
        return self._page("record", arguments)

    def _page(self, kind: PageKind, arguments: tuple[object, ...]) -> dict[str, Any]:
        values = object_or_nothing(arguments)

        async def work(progress: Progress) -> Finished:
            try:
                place = await place_in(self._session, values)
                pages = (await self._session.load_services()).pages
                file = await pages.write(kind, place, progress)
            except (NoFolder, PageProblem) as problem:
                raise Unfinished(str(problem)) from problem
            return Finished(await shown_page(self._session, file), page=(_PAGES[kind], file.as_uri()))

        return self._start(("page", kind, str(values.get("uri"))), _JOBS[kind], work, runs=False)


async def shown_page(session: Session, file: Path) -> str:
    """Have a browser show it, unless the client does; return where it is, which is said where neither can."""
    message = f"The page is in {file}."
    if session.client.shows_pages:
        return message
    opened = await session.show_document(types.ShowDocumentParams(file.as_uri(), external=True))
    if not opened:
        session.show(message, Info)
    return message
