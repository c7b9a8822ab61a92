"""Failing tests as diagnostics: on the assertion that failed, and on the line of the code that raised."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from greenline.lsp.positions import start_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from greenline.lsp.failing import Mark
    from greenline.lsp.positions import Positions
    from greenline.lsp.session import Session
    from greenline.settings import Severity

FAILING_TEST = "failing-test"
RAISED_IN_TEST = "raised-in-test"
"""The diagnostics' codes: on the line of the test, and on the line of the code."""
_WORDS: dict[str, str] = {
    "code": "the code may be wrong",
    "test": "the test may be wrong",
    "flaky": "flaky",
    "environment": "something is missing around it",
}


async def of_failing_tests(session: Session, path: Path, text: str) -> list[types.Diagnostic]:
    """Return the diagnostics of one file's text; none where they are switched off."""
    if session.settings.severity_failing == "off":
        return []
    marks = await session.failing.of(path, text)
    return _diagnostics(session, session.positions(text), marks)


def _diagnostics(session: Session, positions: Positions, marks: Sequence[Mark]) -> list[types.Diagnostic]:
    return [
        types.Diagnostic(
            range=positions.line_range(mark.line),
            message=_message(mark),
            severity=_severity(session.settings.severity_failing, mark),
            code=FAILING_TEST if mark.role == "test" else RAISED_IN_TEST,
            source="greenline",
            related_information=_related(session, mark),
            data={
                "test": mark.failure.node_id,
                "kind": mark.failure.kind,
                "message": mark.failure.message,
                "nextStep": mark.failure.next_step,
            },
        )
        for mark in marks
    ]


def _message(mark: Mark) -> str:
    failure = mark.failure
    name = _name(failure.node_id)
    lines = [f"`{name}` fails ({_WORDS[failure.kind]}): {failure.message}"]
    if mark.rows or mark.tests:
        rows = f"{mark.rows} more {'row' if mark.rows == 1 else 'rows'} of it" if mark.rows else ""
        tests = f"{mark.tests} other {'test' if mark.tests == 1 else 'tests'}" if mark.tests else ""
        one = mark.rows + mark.tests == 1
        lines.append(f"{' and '.join(filter(None, [rows, tests]))} {'fails' if one else 'fail'} here.")
    return "\n".join([*lines, failure.next_step])


def _name(node_id: str) -> str:
    """Return the test's name with its row, which may have anything in it; of a file its path."""
    test, bracket, row = node_id.partition("[")
    return test.rpartition("::")[2] + bracket + row


def _severity(setting: Severity, mark: Mark) -> types.DiagnosticSeverity:
    chosen = types.DiagnosticSeverity[setting.capitalize()]
    return max(chosen, types.DiagnosticSeverity.Warning) if mark.failure.kind == "flaky" else chosen


def _related(session: Session, mark: Mark) -> list[types.DiagnosticRelatedInformation] | None:
    """Point at the other end: where the code raised, or which test saw it."""
    if mark.other is None or not session.client.related_information:
        return None
    where = types.Location(session.documents.uri_of(mark.other.path), start_of(mark.other.line))
    words = "Raised here" if mark.role == "test" else f"`{_name(mark.failure.node_id)}` fails with it"
    return [types.DiagnosticRelatedInformation(where, words)]
