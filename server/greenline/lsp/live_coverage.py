"""The states of all lines of open documents, for clients that draw them themselves: ``greenline/coverage``."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from greenline.domain.coverage.line_states import state_ranges
from greenline.domain.coverage.mapping import summarize
from greenline.lsp import names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from greenline.domain.coverage.model import Summary
    from greenline.lsp.documents import OpenDocument
    from greenline.lsp.pictures import Shown
    from greenline.lsp.session import Session

PAUSE = 0.06
"""Seconds without a keystroke before touched lines are shown as such; editors move what they have drawn themselves."""


class LiveCoverage:
    """Tells of each new picture, and of what is left of it while it is edited. Used on the loop's thread only."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._waiting: dict[str, asyncio.TimerHandle] = {}
        self._told: dict[str, tuple[object, ...]] = {}
        self._failing: dict[str, tuple[OpenDocument, tuple[tuple[int, int], ...]]] = {}
        """What only failing tests reach: looked for after the picture is told."""
        session.pictures.on_new(self._tell_all)
        session.pictures.on_pause(self._draw)
        session.on_refresh(self._draw_all)

    def opened(self, uri: str) -> None:
        """Tell of a document as soon as its picture is there."""
        self._told.pop(uri, None)
        self._draw(uri)

    def edited(self, uri: str) -> None:
        """Tell in a moment what was touched."""
        if self._session.client.draws_coverage:
            self._forget_timer(uri)
            self._waiting[uri] = asyncio.get_running_loop().call_later(PAUSE, self._tell_followed, uri)

    def closed(self, uri: str) -> None:
        """Tell no more of a document."""
        self._forget_timer(uri)
        self._told.pop(uri, None)
        self._failing.pop(uri, None)

    def _draw_all(self) -> None:
        for document in self._session.documents.all_open():
            self._draw(document.uri)

    def _draw(self, uri: str) -> None:
        document = self._session.documents.get(uri)
        if self._session.client.draws_coverage and document is not None and document.is_python:
            self._session.spawn(self._drawn(uri), f"coverage of {uri}")

    async def _drawn(self, uri: str) -> None:
        shown = await self._session.pictures.of(uri)
        if shown is not None:
            self._tell(shown)

    def _tell_followed(self, uri: str) -> None:
        self._forget_timer(uri)
        if (shown := self._session.pictures.followed(uri, quick=True)) is not None:
            self._tell(shown)

    def _tell_all(self, shown: Shown) -> None:
        self._tell(shown)
        if self._session.client.draws_coverage and shown.picture.map is not None:
            self._session.spawn(self._look_for_failing(shown), f"failing tests of {shown.document.uri}")

    async def _look_for_failing(self, shown: Shown) -> None:
        marks = await self._session.told_marks.of(shown)
        found = tuple(lines for mark in marks if mark.kind == "covered-by-failing" for lines in mark.lines)
        uri = shown.document.uri
        if self._session.documents.get(uri) is shown.document and (found or uri in self._failing):
            self._failing[uri] = (shown.document, found)
            self._tell(shown)

    def _tell(self, shown: Shown) -> None:
        document, picture = shown.document, shown.picture
        is_current = self._session.documents.get(document.uri) is document
        if not self._session.client.draws_coverage or not is_current:
            return
        summary = _summary(shown)
        known, failing = self._failing.get(document.uri, (document, ()))
        failing = failing if known is document else ()
        said = (document.version, picture.state, picture.message, picture.states, len(picture.gaps), summary, failing)
        if self._told.get(document.uri) != (*said, shown.followed):
            self._told[document.uri] = (*said, shown.followed)
            self._session.server.protocol.notify(names.COVERAGE, payload(shown, summary, failing))

    def _forget_timer(self, uri: str) -> None:
        if timer := self._waiting.pop(uri, None):
            timer.cancel()


def payload(shown: Shown, summary: Summary | None, failing: Sequence[tuple[int, int]] = ()) -> dict[str, Any]:
    """Return the notification's parameters; docs/protocol.md has their meaning."""
    picture = shown.picture
    lines: dict[str, list[list[int]]] = {"covered": [], "uncovered": [], "partial": [], "unknown": []}
    for state, first, last in state_ranges(picture.states):
        lines[state].append([first, last])
    if failing:
        lines["failing"] = [list(run) for run in failing]
    return {
        "protocol": names.PROTOCOL,
        "uri": shown.document.uri,
        "version": shown.document.version,
        "state": picture.state,
        "message": picture.message,
        "settled": not shown.followed,
        "lines": lines,
        "gaps": len(picture.gaps),
        "title": _title(picture.state, summary),
        "details": _details(shown, summary),
        "summary": summary
        and {
            "percent": summary.whole_percent,
            "lines": [summary.lines.covered, summary.lines.total],
            "branches": [summary.branches.covered, summary.branches.total],
        },
    }


def _summary(shown: Shown) -> Summary | None:
    picture = shown.picture
    return summarize(picture.map) if picture.map is not None and picture.state == "measured" else None


def _title(state: str, summary: Summary | None) -> str:
    """Return what a status bar has room for."""
    if summary is not None and summary.lines.total:
        return f"{summary.whole_percent} %"
    return "..." if state in {"broken-source", "waiting"} else "-"


def _details(shown: Shown, summary: Summary | None) -> str:
    """Return the same in sentences, for who points at it or has it read out."""
    told = []
    if summary is not None and summary.lines.total:
        told.append(names.figures(summary))
        told.append(f"{names.counted({'gap': len(shown.picture.gaps)}) or 'No gap'}.")
    return " ".join([*told, *([shown.picture.message] if shown.picture.message else [])])
