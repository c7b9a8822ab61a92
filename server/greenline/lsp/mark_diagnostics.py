"""Marks as diagnostics: where each stands, how loud it is, and what it points at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from greenline.lsp.told_marks import severity_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from greenline.domain.coverage.marks import Mark
    from greenline.lsp.positions import Positions
    from greenline.lsp.session import Session

SOURCE = "greenline"
GAPS = frozenset({"uncovered", "never-called", "partial-branch"})
"""Codes of diagnostics that a test would make go away; the codes of all are the kinds of marks."""
_SEVERITIES = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "information": types.DiagnosticSeverity.Information,
    "hint": types.DiagnosticSeverity.Hint,
}


def of_marks(session: Session, uri: str, positions: Positions, marks: Iterable[Mark]) -> list[types.Diagnostic]:
    """Return the diagnostics of a document's marks."""
    settings = session.settings
    return [
        types.Diagnostic(
            range=positions.range(mark.span),
            message=mark.message,
            severity=_SEVERITIES[severity],
            code=mark.kind,
            source=SOURCE,
            related_information=_related(session, uri, positions, mark),
        )
        for mark in marks
        if (severity := severity_of(mark.kind, settings)) != "off"
    ]


def _related(
    session: Session, uri: str, positions: Positions, mark: Mark
) -> list[types.DiagnosticRelatedInformation] | None:
    """Point at the branches that would have led here, at where a branch would have gone, at a class's methods."""
    if not mark.related or not session.client.related_information:
        return None
    return [
        types.DiagnosticRelatedInformation(types.Location(uri, positions.line_range(line)), words)
        for line, words in mark.related
    ]
