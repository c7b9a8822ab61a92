"""What one connection to an editor shares: the client, the buffers, the pictures, the jobs, the settings."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

from lsprotocol import types

from greenline.jobs.registry import JobRegistry
from greenline.lsp.client import Client
from greenline.lsp.covering import Covering
from greenline.lsp.documents import EditorDocuments
from greenline.lsp.failing import Failing
from greenline.lsp.findings import Findings
from greenline.lsp.pictures import Pictures
from greenline.lsp.positions import Positions
from greenline.lsp.services import LazyServices
from greenline.lsp.told_marks import ToldMarks
from greenline.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from pathlib import Path

    from pygls.lsp.server import LanguageServer

    from greenline.lsp.services import Build, Services

log = logging.getLogger(__name__)

T = TypeVar("T")

Info, Warning_, Error = types.MessageType.Info, types.MessageType.Warning, types.MessageType.Error


class Session:
    """The state behind the handlers. It is changed on the loop's thread only."""

    def __init__(self, server: LanguageServer, build: Build) -> None:
        self.server = server
        self.client = Client()
        self.settings = Settings()
        self.may_run = True
        """False in a workspace that the person does not trust: coverage is shown, and nothing of the project runs."""
        self.is_first_run = False
        """True where the client says that Greenline was never in this workspace."""
        self.model_storage: Path | None = None
        """A folder that the client keeps for the libraries that ask models."""
        self.documents = EditorDocuments()
        # One worker: pictures never compete with each other, and a slow one holds up nothing but pictures.
        self.executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="greenline-pictures")
        self.services = LazyServices(build, self.documents)
        self.pictures = Pictures(self.documents, self.services, self.executor)
        self.covering = Covering(self.documents, self.services)
        self.findings = Findings(self.documents, self.executor)
        self.failing = Failing(self.documents, self.executor)
        self.told_marks = ToldMarks(self)
        self.jobs = JobRegistry()
        self.without_pytest: set[Path] = set()
        """Roots of projects where something failed for want of it."""
        self._tasks: set[asyncio.Task[Any]] = set()
        self._said: set[str] = set()
        self._locks: dict[Path, asyncio.Lock] = {}
        self._on_refresh: list[Callable[[], None]] = []
        self._on_close: list[Callable[[], None]] = []
        self._to_the_end: set[asyncio.Task[Any]] = set()
        self.is_over = False
        """Nobody looks any more."""

    async def get_ready(self) -> None:
        """Load the services while nobody waits: most of the time until the first file is shown would be that."""
        try:
            await self.load_services()
        except Exception:
            log.exception("the services cannot be built")  # whoever needs them says so to the person

    async def load_services(self) -> Services:
        """Return the services; building them for the first time must not hold up the loop."""
        return await asyncio.get_running_loop().run_in_executor(self.executor, self.services.current)

    @property
    def encoding(self) -> str:
        """What the client counts columns in."""
        return self.server.workspace.position_encoding or types.PositionEncodingKind.Utf16

    def positions(self, text: str) -> Positions:
        """Return the conversion for a text in the encoding that was negotiated."""
        lines = next((document.lines for document in self.documents.all_open() if document.text is text), None)
        return Positions(text, self.encoding, lines)

    def spawn(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        """Run something small in the background; it ends with the connection, and failures are logged."""
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    async def to_the_end(self, work: Coroutine[Any, Any, T]) -> T:
        """Do what is left to do for a job that was cancelled; only the end of the connection ends it."""
        task = asyncio.get_running_loop().create_task(work)
        if self.is_over:
            task.cancel()
        self._to_the_end.add(task)
        task.add_done_callback(self._to_the_end.discard)
        return await task

    def writing(self, path: Path) -> asyncio.Lock:
        """Return the lock for one source file: two jobs on it would make edits for the same test file."""
        return self._locks.setdefault(path, asyncio.Lock())

    def on_refresh(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` whenever everything that is shown has to be looked at again."""
        self._on_refresh.append(listener)

    def on_close(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` when the connection is over, before all else ends."""
        self._on_close.append(listener)

    def refresh(self) -> None:
        """Look at everything again: coverage or settings changed."""
        self.pictures.invalidate()
        self.covering.invalidate()
        self.redraw()

    def redraw(self) -> None:
        """Show everything again; the pictures are what they were."""
        for listener in self._on_refresh:
            listener()

    def show(self, message: str, kind: types.MessageType = Info) -> None:
        """Show a message to the person."""
        self.server.window_show_message(types.ShowMessageParams(kind, message))

    def log(self, message: str, kind: types.MessageType = Info) -> None:
        """Write a line to the client's log."""
        self.server.window_log_message(types.LogMessageParams(kind, message))

    def show_once(self, message: str, kind: types.MessageType = Warning_) -> None:
        """Show a message that the person has not been shown yet."""
        if self._first_time(message):
            self.show(message, kind)

    def log_once(self, message: str, kind: types.MessageType = Info) -> None:
        """Log a message that is not in the log yet."""
        if self._first_time(message):
            self.log(message, kind)

    async def ask(
        self,
        message: str,
        *answers: str,
        limit: float | None = None,
        kind: types.MessageType = Warning_,
        otherwise: str | None = None,
        cannot_ask: str | None = None,
    ) -> str | None:
        """Ask the person. None: dismissed, or no answer within ``limit`` seconds.

        Emacs and others take RET for the first answer, also from somebody who was typing something else: what sends or
        installs is never the first.
        A client that knows no questions shows ``otherwise``, by default what the question says; ``cannot_ask`` is the
        answer then.
        """
        actions = [types.MessageActionItem(answer) for answer in answers]
        question = types.ShowMessageRequestParams(kind, message, actions)
        try:
            request = asyncio.wrap_future(self.server.window_show_message_request(question))
            # It can be answered for as long as it stands on the screen, also when nobody waits for that any more.
            chosen = await asyncio.wait_for(asyncio.shield(request), limit)
        except asyncio.TimeoutError:
            return None
        except asyncio.CancelledError as cancelled:
            if cancelled.args == ("superseded",):
                request.add_done_callback(self._answered_too_late)
            raise
        except Exception:  # a client that does not know the request
            log.exception("the question could not be asked: %s", message)
            if told := message if otherwise is None else otherwise:
                self.show(told, Warning_)
            return cannot_ask
        return chosen.title if chosen else None

    async def show_document(self, params: types.ShowDocumentParams) -> bool:
        """Have the client show a document, or a browser, and tell whether it did; no if it cannot be told to."""
        if not self.client.shows_documents:
            return False
        try:
            request = asyncio.wrap_future(self.server.window_show_document(params))
            answer = await asyncio.shield(request)  # which may come when nobody waits for it any more
        except Exception:
            log.exception("%s could not be shown", params.uri)
            return False
        return answer.success

    def _answered_too_late(self, request: asyncio.Future[types.MessageActionItem | None]) -> None:
        if not self.is_over and not request.cancelled() and request.exception() is None and request.result():
            self.show("Asked again: answer the newer question.", Info)

    async def close(self, limit: float = 10.0) -> None:
        """End all jobs and background work; no child process outlives this."""
        self.is_over = True
        for listener in self._on_close:
            listener()
        for task in self._to_the_end:
            task.cancel()
        left = await self.jobs.close(limit)
        for job in left:
            log.error("%s (%s) did not end within %s s", job.id, job.title, limit)
        tasks = [task for task in self._tasks if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=limit)
        self.pictures.close()
        self.executor.shutdown(wait=False, cancel_futures=True)

    def _first_time(self, message: str) -> bool:
        if message in self._said:
            return False
        self._said.add(message)
        return True

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("%s failed", task.get_name(), exc_info=error)
