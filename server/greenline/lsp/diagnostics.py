"""Diagnostics of gaps, suspected bugs and failing tests: pulled by clients that can be told to, pushed to others."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from greenline.lsp.failing_diagnostics import of_failing_tests
from greenline.lsp.mark_diagnostics import SOURCE, of_marks
from greenline.lsp.protocol import Plain, notify_plain

if TYPE_CHECKING:
    from greenline.domain.coverage.marks import Mark
    from greenline.lsp.documents import OpenDocument
    from greenline.lsp.findings import Suspicion
    from greenline.lsp.pictures import Shown
    from greenline.lsp.positions import Positions
    from greenline.lsp.session import Session
    from greenline.settings import Settings

SUSPECTED_BUG = "suspected-bug"
"""The diagnostic's code; those of marks are their kinds."""


Diagnostic = dict[str, Any] | types.Diagnostic


class Publisher:
    """Pushes diagnostics of the current version; what began to be looked at earlier never comes later."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._newest: dict[str, int] = {}

    def now(self, uri: str) -> None:
        """Publish as soon as the picture is there."""
        number = self._newest[uri] = self._newest.get(uri, 0) + 1
        self._session.spawn(self._publish(uri, number), f"diagnostics of {uri}")

    def clear(self, uri: str) -> None:
        """Take the diagnostics of a closed document away."""
        self._newest.pop(uri, None)
        self._session.server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))

    async def _publish(self, uri: str, number: int) -> None:
        shown = await self._session.pictures.of(uri)
        found = (await _look(self._session, shown)).diagnostics(self._session) if shown else []
        if shown is None or self._session.documents.get(uri) is not shown.document:
            return  # closed or changed meanwhile: that change publishes
        if self._newest.get(uri) != number:
            return  # what is newer may know more, and publishes
        params: dict[str, Any] = {"uri": uri, "diagnostics": found}
        if shown.document.version is not None:
            params["version"] = shown.document.version
        notify_plain(self._session.server, types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, params)


class Answers:
    """Answers ``textDocument/diagnostic``, and in one line where it has answered the same before.

    A result id is no digest, which would cost more than the diagnostics: each answer that differs from the last one of
    its document has another number.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._name = uuid.uuid4().hex[:8]  # a client may still have those of an earlier server
        self._count = 0
        self._last: dict[str, _Answer] = {}

    async def answer(self, params: types.DocumentDiagnosticParams) -> Plain:
        """Return a ``DocumentDiagnosticReport``: all diagnostics, or that they are what they were."""
        uri = params.text_document.uri
        shown = await self._session.pictures.soon(uri)
        if shown is None:
            return Plain({"kind": "full", "items": []})
        answer = self._answer(await _look(self._session, shown), self._last.get(uri))
        self._last[uri] = answer
        if params.previous_result_id == answer.result_id:
            return Plain({"kind": "unchanged", "resultId": answer.result_id})
        return Plain({"kind": "full", "resultId": answer.result_id, "items": answer.items})

    def forget(self, uri: str) -> None:
        """Forget a closed document."""
        self._last.pop(uri, None)

    def _answer(self, seen: _Seen, last: _Answer | None) -> _Answer:
        if last is not None and last.seen == seen:
            return last
        items = seen.diagnostics(self._session)
        if last is not None and last.items == items:
            return _Answer(seen, items, last.result_id)
        self._count += 1
        return _Answer(seen, items, f"{self._name}-{self._count}")


@dataclass(frozen=True, slots=True)
class _Seen:
    """All that the diagnostics of a document are made of."""

    document: OpenDocument
    settings: Settings
    marks: tuple[Mark, ...]
    suspicions: tuple[Suspicion, ...]
    failing: tuple[types.Diagnostic, ...]

    def diagnostics(self, session: Session) -> list[Diagnostic]:
        """Return one per mark whose kind is not switched off, per suspected bug, and per failing test."""
        positions = session.positions(self.document.text)
        return [
            *of_marks(session, self.document.uri, positions, self.marks),
            *(_of_suspicion(session, self.document, positions, suspicion) for suspicion in self.suspicions),
            *self.failing,
        ]


@dataclass(frozen=True, slots=True)
class _Answer:
    seen: _Seen
    items: list[Diagnostic]
    result_id: str


async def _look(session: Session, shown: Shown) -> _Seen:
    document = shown.document
    told = await session.findings.of(document)
    marks = await session.told_marks.of(shown)
    failing = await of_failing_tests(session, document.path, document.text)
    return _Seen(document, session.settings, marks, tuple(told.suspicions), tuple(failing))


def _of_suspicion(
    session: Session, document: OpenDocument, positions: Positions, suspicion: Suspicion
) -> types.Diagnostic:
    related = None
    if suspicion.function_line and session.client.related_information:
        where = types.Location(document.uri, positions.line_range(suspicion.function_line))
        related = [types.DiagnosticRelatedInformation(where, f"`{suspicion.qualname}` is what was called")]
    return types.Diagnostic(
        range=positions.line_range(suspicion.line),
        message=suspicion.message,
        severity=types.DiagnosticSeverity.Warning,
        code=SUSPECTED_BUG,
        source=SOURCE,
        related_information=related,
        data={"bug": suspicion.id, "call": suspicion.bug.call, "error": suspicion.bug.error},
    )
