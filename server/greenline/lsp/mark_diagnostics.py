"""Marks as diagnostics: where each stands, how loud it is, and what it points at.

As plain JSON: of a large file there may be hundreds with each answer, and typed objects take ten times as long.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types

from greenline.lsp.told_marks import severities

if TYPE_CHECKING:
    from collections.abc import Iterable

    from greenline.domain.coverage.marks import Mark
    from greenline.lsp.positions import Positions
    from greenline.lsp.session import Session

SOURCE = "greenline"
GAPS = frozenset({"uncovered", "never-called", "partial-branch"})
"""Codes of diagnostics that a test would make go away; the codes of all are the kinds of marks."""


def of_marks(session: Session, uri: str, positions: Positions, marks: Iterable[Mark]) -> list[dict[str, Any]]:
    """Return the diagnostics of a document's marks."""
    loudness = {
        kind: types.DiagnosticSeverity[severity.capitalize()].value
        for kind, severity in severities(session.settings).items()
    }
    points = session.client.related_information
    found = []
    for mark in marks:
        if mark.kind not in loudness:
            continue
        diagnostic: dict[str, Any] = {
            "range": positions.plain_span(mark.span),
            "severity": loudness[mark.kind],
            "code": mark.kind,
            "source": SOURCE,
            "message": mark.message,
        }
        if mark.never_ran:
            diagnostic["data"] = {"lines": mark.never_ran}
        if mark.related and points:
            diagnostic["relatedInformation"] = _related(uri, positions, mark)
        found.append(diagnostic)
    return found


def _related(uri: str, positions: Positions, mark: Mark) -> list[dict[str, Any]]:
    """Point at the branches that would have led here, at where a branch would have gone, at a class's methods."""
    return [
        {"location": {"uri": uri, "range": positions.plain_line(line)}, "message": words}
        for line, words in mark.related
    ]
