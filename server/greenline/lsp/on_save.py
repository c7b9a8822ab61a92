"""What runs when files are saved: one job in the background for each project, and the newest save wins."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections import defaultdict
from typing import TYPE_CHECKING

from greenline.jobs.registry import RegistryClosed
from greenline.lsp import names
from greenline.lsp.documents import path_of
from greenline.lsp.job_report import Finished, message_of, payload
from greenline.lsp.testing import run_in_background

if TYPE_CHECKING:
    from pathlib import Path

    from greenline.jobs.registry import Job
    from greenline.lsp.progress import ProgressBoard
    from greenline.lsp.session import Session
    from greenline.ports.progress import Progress

log = logging.getLogger(__name__)

_PAUSE = 0.05
"""Seconds to wait for more: "save all" is one run."""
_PATIENCE = 2.0
"""Seconds before a background run shows that it is there."""


class OnSave:
    """Starts the jobs. Used on the loop's thread only."""

    def __init__(self, session: Session, board: ProgressBoard) -> None:
        self._session = session
        self._board = board
        self._saved: set[Path] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._waiting: defaultdict[Path, dict[Path, int]] = defaultdict(dict)
        """Project -> files that were saved since its last run that came to its end, and which save that was."""
        self._saves = itertools.count()

    def saved(self, uri: str) -> None:
        """Run the tests of what was saved, if the person wants that."""
        document, path = self._session.documents.get(uri), path_of(uri)
        if self._session.settings.run_on_save == "off" or not self._session.may_run:
            return
        if path is None or document is None or not document.is_python:
            return
        self._saved.add(path)
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(_PAUSE, self._start)

    def _start(self) -> None:
        self._timer = None
        saved, self._saved = sorted(self._saved), set()
        self._session.spawn(self._by_project(saved), "tests of saved files")

    async def _by_project(self, saved: list[Path]) -> None:
        services = await self._session.load_services()
        roots = await asyncio.to_thread(lambda: {path: services.run_suite.root_of(path) for path in saved})
        for path, root in roots.items():
            self._waiting[root][path] = next(self._saves)
        for root in dict.fromkeys(roots.values()):
            self._run(root)

    def _run(self, root: Path) -> None:
        async def work(progress: Progress) -> Finished:
            waiting = self._waiting[root]
            begun = dict(waiting)
            if not begun:
                return Finished("Nothing was saved since the last run.")
            finished = await run_in_background(self._session, root, sorted(begun), progress)
            for path, save in begun.items():
                if waiting.get(path) == save:  # a newer one waits for its own run
                    del waiting[path]
            return finished

        try:
            self._session.jobs.start(
                ("on save", root), "Run tests of saved files", work, self._sink, on_end=self._ended, policy="supersede"
            )
        except RegistryClosed:
            log.debug("nothing runs any more: the connection ends")

    def _sink(self, job: Job) -> _Patient:
        return _Patient(self._board, job)

    def _ended(self, job: Job) -> None:
        message = message_of(job)
        self._board.end(job, message)
        if job.outcome in {"done", "failed"}:
            self._session.log(f"{job.title}: {names.plain(message)}")
        self._session.server.protocol.notify(names.JOB_ENDED, payload(job))


class _Patient:
    """Shows the steps of a job that takes long, and none of one that is over soon."""

    def __init__(self, board: ProgressBoard, job: Job) -> None:
        self._board = board
        self._job = job
        self._loop = asyncio.get_running_loop()
        self._since = self._loop.time()

    def step(self, message: str, fraction: float | None = None) -> None:
        """Show the step, if it is late enough. Any thread."""
        if self._loop.time() - self._since >= _PATIENCE:
            self._loop.call_soon_threadsafe(self._show, message, fraction)

    def _show(self, message: str, fraction: float | None) -> None:
        if self._job.live:
            self._board.sink(self._job).step(message, fraction)
