"""Diagnostics of gaps, suspected bugs and failing tests: pulled by clients that can be told to, pushed to others."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from lsprotocol import types

from greenline.lsp.failing_diagnostics import of_failing_tests

if TYPE_CHECKING:
    from greenline.domain.coverage.model import Gap
    from greenline.lsp.documents import OpenDocument
    from greenline.lsp.findings import Suspicion
    from greenline.lsp.pictures import Shown
    from greenline.lsp.positions import Positions
    from greenline.lsp.session import Session
    from greenline.settings import Severity

SOURCE = "greenline"
SUSPECTED_BUG = "suspected-bug"
"""The diagnostic's code; those of gaps are their kinds."""
_SEVERITIES = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "information": types.DiagnosticSeverity.Information,
    "hint": types.DiagnosticSeverity.Hint,
}


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


async def pull(session: Session, params: types.DocumentDiagnosticParams) -> types.DocumentDiagnosticReport:
    """Answer ``textDocument/diagnostic``; the result id is a digest, so that an unchanged picture costs one line."""
    shown = await session.pictures.soon(params.text_document.uri)
    items = await diagnostics_of(session, shown) if shown else []
    result_id = hashlib.sha256(repr(items).encode("utf-8", "backslashreplace")).hexdigest()[:16]
    if params.previous_result_id == result_id:
        return types.RelatedUnchangedDocumentDiagnosticReport(result_id=result_id)
    return types.RelatedFullDocumentDiagnosticReport(items=items, result_id=result_id)


async def diagnostics_of(session: Session, shown: Shown) -> list[types.Diagnostic]:
    """Return one diagnostic per gap whose kind is not switched off, per suspected bug, and per failing test."""
    positions = session.positions(shown.document.text)
    told = await session.findings.of(shown.document)
    return [
        *_of_gaps(session, shown, positions),
        *(_of_suspicion(session, shown.document, positions, suspicion) for suspicion in told.suspicions),
        *await of_failing_tests(session, shown.document.path, shown.document.text),
    ]


def _of_gaps(session: Session, shown: Shown, positions: Positions) -> list[types.Diagnostic]:
    return [
        types.Diagnostic(
            range=positions.range(gap.span),
            message=gap.message,
            severity=_SEVERITIES[severity],
            code=gap.kind,
            source=SOURCE,
            related_information=_related(session, shown.document, positions, gap),
        )
        for gap in shown.picture.gaps
        if (severity := _severity(session, gap)) != "off"
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


def _severity(session: Session, gap: Gap) -> Severity:
    return session.settings.severity_uncovered if gap.kind == "uncovered" else session.settings.severity_partial


def _related(
    session: Session, document: OpenDocument, positions: Positions, gap: Gap
) -> list[types.DiagnosticRelatedInformation] | None:
    """Point at the branches that would have led here, or at the line that a missed branch would have gone to."""
    if not session.client.related_information:
        return None
    told = list(gap.ways_in)
    if gap.arc is not None and gap.arc[1] > 0:  # an exit has no line to point at
        told.append((gap.arc[1], f"Line {gap.arc[1]} is never reached from line {gap.arc[0]}"))
    return [
        types.DiagnosticRelatedInformation(types.Location(document.uri, positions.line_range(line)), words)
        for line, words in told
    ] or None
