"""``workspace/diagnostic``: the gaps of all files that coverage data tells of, a file at a time, never in anyone's way.

Of open documents it says what is said to who asks for one of them alone; the result ids are the same.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, TypeVar

from lsprotocol import types

from greenline.lsp.mark_diagnostics import of_marks
from greenline.lsp.pictures import LARGEST
from greenline.lsp.protocol import Plain, notify_plain
from greenline.lsp.workspace_folders import folders

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from pathlib import Path

    from greenline.lsp.diagnostics import Answers
    from greenline.lsp.documents import OpenDocument
    from greenline.lsp.session import Session
    from greenline.services.picture import Picture

log = logging.getLogger(__name__)

_CHUNK = 32
"""Files in one partial result."""
_HELD = 60.0
"""Seconds that a request is held while there is nothing new: clients ask again as soon as they are answered."""

_NOTHING = "nothing"
"""The result id of a file of which nothing is told any more."""
_T = TypeVar("_T")
_Report = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    uri: str
    result_id: str
    """Of the file, the data and the settings: nothing is drawn to learn that nothing changed."""


class WorkspaceAnswers:
    """Used on the loop's thread only."""

    def __init__(self, session: Session, answers: Answers) -> None:
        self._session = session
        self._answers = answers
        self._news = asyncio.Event()
        self._has_answered = False
        self.held = 0
        """Requests that wait for news."""
        session.on_refresh(self.look_again)
        session.on_close(self.look_again)

    def look_again(self) -> None:
        """Answer who waits: something may have changed, on disk or in what is open, or it is over."""
        self._news.set()

    async def answer(self, params: types.WorkspaceDiagnosticParams) -> Plain:
        """Return a ``WorkspaceDiagnosticReport``; of the files that are as the client knows them, only that."""
        self._news.clear()
        reports, changed = await self._reports(params)
        if not changed and self._has_answered and not self._session.is_over:
            self.held += 1
            try:
                await asyncio.wait_for(self._news.wait(), _HELD)
            except asyncio.TimeoutError:
                pass
            else:
                if not self._session.is_over:
                    reports, _ = await self._reports(params)
            finally:
                self.held -= 1
        self._has_answered = True
        return Plain({"items": reports})

    async def _reports(self, params: types.WorkspaceDiagnosticParams) -> tuple[list[_Report], bool]:
        """Return the reports that were not sent as partial results, and whether any tells something new."""
        known = {previous.uri: previous.value for previous in params.previous_result_ids}
        chunk: list[_Report] = []
        sent = changed = False
        files = await self._files()
        for file in files:
            report = await self._report(file, known.get(file.uri))
            chunk.append(report)
            changed = changed or report["kind"] == "full"
            if params.partial_result_token is not None and len(chunk) >= _CHUNK:
                self._send(params.partial_result_token, chunk)
                chunk, sent = [], True
        of_open = [found for document in self._open() if (found := await self._of_open(document, known))]
        still_open = {document.uri for document in self._session.documents.all_open()}
        gone = list(_gone(known, {file.uri for file in files} | still_open))
        changed = changed or any(report["kind"] == "full" for report in of_open)
        chunk += [*of_open, *gone]
        if sent and chunk and params.partial_result_token is not None:
            self._send(params.partial_result_token, chunk)
            chunk = []
        return chunk, changed or bool(gone)

    def _open(self) -> list[OpenDocument]:
        if not self._session.settings.workspace_diagnostics or self._session.is_over:
            return []
        return [document for document in self._session.documents.all_open() if document.is_python]

    async def _of_open(self, document: OpenDocument, known: Mapping[str, str]) -> _Report | None:
        """Return what is said of an open document; None where it changed meanwhile: then it is asked for by itself."""
        of = types.TextDocumentIdentifier(document.uri)
        answer = await self._answers.answer(
            types.DocumentDiagnosticParams(of, previous_result_id=known.get(document.uri))
        )
        if "resultId" not in answer.value or self._session.documents.get(document.uri) is not document:
            return None
        return {**answer.value, "uri": document.uri, "version": document.version}

    async def _files(self) -> list[_File]:
        session = self._session
        if not session.settings.workspace_diagnostics or session.is_over:
            return []
        open_now = {document.path for document in session.documents.all_open()}
        paths = [*folders(session).values(), *sorted(open_now)]
        looks = repr((session.settings, session.client.related_information, session.encoding))

        def find() -> list[_File]:
            services = session.services.current()
            found = []
            for project in services.files.of(paths):
                state = services.show.report_stamp(project.files[0], project.project) if project.files else None
                for path in project.files:
                    if path not in open_now:
                        result_id = _digest((looks, state, _stamp(path)))
                        found.append(_File(path, session.documents.uri_of(path), result_id))
            return found

        try:  # beside the pictures: of thousands of files, it takes longer than a picture should wait
            return await asyncio.to_thread(find)
        except Exception:
            log.exception("the files of the workspace cannot be found")
            return []

    async def _report(self, file: _File, known: str | None) -> _Report:
        if known == file.result_id:
            return _unchanged(file)
        session = self._session

        def draw() -> tuple[str, Picture] | None:
            text = session.documents.read(file.path)
            if text is None or len(text) > LARGEST:
                return None
            return text, session.services.current().show.picture(file.path, text)

        items: list[dict[str, Any]] = []
        drawn = None if session.is_over else await self._in_background(draw, None)
        if drawn is not None:
            text, picture = drawn
            marks = session.told_marks.chosen(picture, await session.told_marks.look(picture, text))
            items = of_marks(session, file.uri, session.positions(text), marks)
        return _full(file.uri, items, file.result_id)

    async def _in_background(self, work: Callable[[], _T], otherwise: _T) -> _T:
        """Do it where pictures are drawn, which may come between; a failure is one file's."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._session.executor, work)
        except Exception:
            log.exception("a file of the workspace cannot be shown")
            return otherwise

    def _send(self, token: types.ProgressToken, reports: list[_Report]) -> None:
        notify_plain(self._session.server, types.PROGRESS, {"token": token, "value": {"items": reports}})


def _full(uri: str, items: list[dict[str, Any]], result_id: str) -> _Report:
    return {"kind": "full", "uri": uri, "version": None, "items": items, "resultId": result_id}


def _unchanged(file: _File) -> _Report:
    return {"kind": "unchanged", "uri": file.uri, "version": None, "resultId": file.result_id}


def _gone(known: Mapping[str, str], there: Collection[str]) -> Iterator[_Report]:
    """Take back what was told of files that nothing is told of any more."""
    for uri, result_id in known.items():
        if uri not in there and result_id != _NOTHING:
            yield _full(uri, [], _NOTHING)


def _digest(state: object) -> str:
    return blake2b(repr(state).encode("utf-8", "backslashreplace"), digest_size=8).hexdigest()


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return (stat.st_mtime_ns, stat.st_size)
