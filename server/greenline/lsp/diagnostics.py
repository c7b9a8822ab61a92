"""Diagnostics of gaps, suspected bugs and failing tests: pulled by clients that can be told to, pushed to others."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from lsprotocol import types

from greenline.lsp.failing_diagnostics import of_failing_tests
from greenline.lsp.mark_diagnostics import SOURCE, of_marks

if TYPE_CHECKING:
    from greenline.lsp.documents import OpenDocument
    from greenline.lsp.findings import Suspicion
    from greenline.lsp.pictures import Shown
    from greenline.lsp.positions import Positions
    from greenline.lsp.session import Session

SUSPECTED_BUG = "suspected-bug"
"""The diagnostic's code; those of marks are their kinds."""


class Publisher:
    """Pushes diagnostics of the current version."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def now(self, uri: str) -> None:
        """Publish as soon as the picture is there."""
        self._session.spawn(self._publish(uri), f"diagnostics of {uri}")

    def clear(self, uri: str) -> None:
        """Take the diagnostics of a closed document away."""
        self._session.server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))

    async def _publish(self, uri: str) -> None:
        shown = await self._session.pictures.of(uri)
        found = await diagnostics_of(self._session, shown) if shown else []
        if shown is None or self._session.documents.get(uri) is not shown.document:
            return  # closed or changed meanwhile: that change publishes
        self._session.server.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(uri, found, version=shown.document.version)
        )


class Answers:
    """Answers ``textDocument/diagnostic``, and in one line where it has answered the same before.

    A result id is no digest, which would cost more than the diagnostics: each answer that differs from the last one of
    its document has another number.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._name = uuid.uuid4().hex[:8]  # a client may still have those of an earlier server
        self._count = 0
        self._last: dict[str, tuple[str, list[types.Diagnostic]]] = {}

    async def answer(self, params: types.DocumentDiagnosticParams) -> types.DocumentDiagnosticReport:
        """Return all diagnostics, or that they are what they were."""
        uri = params.text_document.uri
        shown = await self._session.pictures.soon(uri)
        items = await diagnostics_of(self._session, shown) if shown else []
        known = self._last.get(uri)
        if known is None or known[1] != items:
            self._count += 1
            known = (f"{self._name}-{self._count}", items)
            if shown is not None:
                self._last[uri] = known
        if params.previous_result_id == known[0]:
            return types.RelatedUnchangedDocumentDiagnosticReport(result_id=known[0])
        return types.RelatedFullDocumentDiagnosticReport(items=items, result_id=known[0])

    def forget(self, uri: str) -> None:
        """Forget a closed document."""
        self._last.pop(uri, None)


async def diagnostics_of(session: Session, shown: Shown) -> list[types.Diagnostic]:
    """Return one diagnostic per mark whose kind is not switched off, per suspected bug, and per failing test."""
    positions = session.positions(shown.document.text)
    told = await session.findings.of(shown.document)
    marks = await session.told_marks.of(shown)
    return [
        *of_marks(session, shown.document.uri, positions, marks),
        *(_of_suspicion(session, shown.document, positions, suspicion) for suspicion in told.suspicions),
        *await of_failing_tests(session, shown.document.path, shown.document.text),
    ]


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
