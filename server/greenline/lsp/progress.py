"""Work-done progress: a job's steps in the editor, and its cancel button."""

from __future__ import annotations

import asyncio
import logging
import uuid
from typing import TYPE_CHECKING

from lsprotocol import types

from greenline.lsp import names

if TYPE_CHECKING:
    from greenline.jobs.registry import Job
    from greenline.lsp.session import Session

log = logging.getLogger(__name__)

_PAUSE = 0.1
"""Seconds between two reports: more would only keep the editor busy."""


class ProgressBoard:
    """The progress of all jobs, by job and by token."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._shown: dict[str, WorkDone] = {}

    def sink(self, job: Job) -> WorkDone | Logged:
        """Return where the job's steps go: the editor's progress, or its log where there is none."""
        if not self._session.client.shows_progress:
            return Logged(self._session, job)
        if job.id not in self._shown:
            self._shown[job.id] = WorkDone(self._session, job)
        return self._shown[job.id]

    def end(self, job: Job, message: str) -> None:
        """Take the job's progress away."""
        if shown := self._shown.pop(job.id, None):
            shown.end(message)

    def cancel(self, token: types.ProgressToken) -> None:
        """Cancel the job whose progress has the token; unknown ones have ended already."""
        for job_id, shown in self._shown.items():
            if shown.token == token:
                self._session.jobs.cancel(job_id)
                return


class Logged:
    """Steps for a client without progress: lines in its log."""

    def __init__(self, session: Session, job: Job) -> None:
        self._session = session
        self._job = job
        self._loop = asyncio.get_running_loop()
        self._last = ""

    def step(self, message: str, fraction: float | None = None) -> None:  # noqa: ARG002 - the port's signature
        """Log the step, unless it only moved the fraction. Any thread."""
        self._loop.call_soon_threadsafe(self._log, message)

    def _log(self, message: str) -> None:
        if message != self._last:
            self._last = message
            self._session.log(f"{self._job.title}: {message}")


class WorkDone:
    """One progress in the editor. Its token is never used twice, and does not stay behind in pygls."""

    def __init__(self, session: Session, job: Job) -> None:
        self.token = f"greenline-{uuid.uuid4()}"
        self._session = session
        self._title = job.title
        self._loop = asyncio.get_running_loop()
        self._open = False
        self._pending: tuple[str, int | None] | None = None
        self._percentage: int | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._last: str | None = None
        session.spawn(self._create(), f"progress of {job.id}")

    def step(self, message: str, fraction: float | None = None) -> None:
        """Show the step soon. Any thread."""
        self._loop.call_soon_threadsafe(self._take, message, fraction)

    def end(self, message: str) -> None:
        """Close the progress, now or as soon as it is open."""
        self._last = message
        if self._open:
            self._close(message)

    def _take(self, message: str, fraction: float | None) -> None:
        if fraction is not None:
            self._percentage = max(self._percentage or 0, min(100, max(0, int(fraction * 100))))
        self._pending = (names.plain(message), self._percentage)
        if self._open and self._timer is None:
            self._flush()

    async def _create(self) -> None:
        progress = self._session.server.work_done_progress
        try:
            await progress.create_async(self.token)
        except Exception:
            log.exception("the editor refused a progress")
            return
        progress.begin(self.token, types.WorkDoneProgressBegin(title=self._title, cancellable=True))
        self._open = True
        if self._last is not None:
            self._close(self._last)
        else:
            self._flush()

    def _flush(self) -> None:
        self._timer = None
        if self._pending is None or not self._open:
            return
        message, percentage = self._pending
        self._pending = None
        report = types.WorkDoneProgressReport(message=message, percentage=percentage, cancellable=True)
        self._session.server.work_done_progress.report(self.token, report)
        self._timer = self._loop.call_later(_PAUSE, self._flush)

    def _close(self, message: str) -> None:
        self._open = False
        if self._timer is not None:
            self._timer.cancel()
        progress = self._session.server.work_done_progress
        progress.end(self.token, types.WorkDoneProgressEnd(message=names.plain(message)))
        progress.tokens.pop(self.token, None)
