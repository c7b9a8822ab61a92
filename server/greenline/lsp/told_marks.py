"""Which marks stand in a document's margin now: found off the loop's thread, and moved along while it is edited."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from greenline.domain.coverage.marks import marks_of_gaps, marks_of_touched, moved_marks, touching
from greenline.lsp import names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from greenline.domain.coverage.marks import Mark, MarkKind
    from greenline.lsp.documents import OpenDocument
    from greenline.lsp.pictures import Shown
    from greenline.lsp.session import Session
    from greenline.services.picture import Picture
    from greenline.settings import Settings, Severity


log = logging.getLogger(__name__)


def severities(settings: Settings) -> dict[MarkKind, Severity]:
    """Return how each kind of mark is shown, those only that are not switched off."""
    by_kind: dict[MarkKind, Severity] = {
        "uncovered": settings.severity_uncovered,
        "partial-branch": settings.severity_partial,
        "never-called": settings.severity_never_called,
        "covered-by-failing": settings.severity_covered_by_failing,
        "unneeded-pragma": settings.severity_unneeded_pragma,
        "unknown": settings.severity_unknown,
    }
    return {kind: severity for kind, severity in by_kind.items() if severity != "off"}


_BESIDES: tuple[MarkKind, ...] = ("covered-by-failing", "unneeded-pragma", "unknown")
"""What is no gap."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a look at one text gave: the marks that are no gaps, the lines that count (None: all), and a problem."""

    marks: tuple[Mark, ...] = ()
    changed: frozenset[int] | None = None
    problem: str = ""


class ToldMarks:
    """Belongs to the loop's thread."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._last: dict[str, tuple[OpenDocument, Told]] = {}

    async def of(self, shown: Shown) -> tuple[Mark, ...]:
        """Return all marks that are not switched off, in the order of the text."""
        document, picture = shown.document, shown.picture
        last = self._last.get(document.uri)
        following = self._session.documents.since(last[0]) if last else None
        if last and following is not None and (shown.followed or picture.state == "broken-source"):
            told = last[1]
            besides = [mark for mark in moved_marks(told.marks, following) if mark.kind != "unknown"]
            if self._session.settings.severity_unknown != "off":
                besides += marks_of_touched(picture.states, document.lines)
            was_new = None if told.changed is None else {None, *told.changed}
            is_new = None if was_new is None else lambda line: following.was(line) in was_new
            return self._wanted(picture, besides, is_new)
        told = await self.look(picture, document.text)
        self._keep(document, told)
        return self.chosen(picture, told)

    async def look(self, picture: Picture, text: str) -> Told:
        """Look at a text, open or not."""
        session = self._session
        kinds = [kind for kind in severities(session.settings) if kind in _BESIDES]

        def find() -> Told:
            try:
                found = session.services.current().marks
                changed = found.changed(picture.path, text)
                return Told(found.marks(picture, text, kinds), changed.lines, changed.problem)
            except Exception:
                log.exception("no marks of %s but its gaps", picture.path)
                return Told()

        told = await asyncio.get_running_loop().run_in_executor(session.executor, find)
        if told.problem:
            session.show_once(told.problem)
        return told

    def chosen(self, picture: Picture, told: Told) -> tuple[Mark, ...]:
        """Return the marks of gaps and those that were told, as far as they are wanted."""
        changed = told.changed
        is_wanted = None if changed is None else changed.__contains__
        return self._wanted(picture, told.marks, is_wanted)

    def forget(self, uri: str) -> None:
        """Forget a closed document."""
        if last := self._last.pop(uri, None):
            self._session.documents.release(last[0])

    def _keep(self, document: OpenDocument, told: Told) -> None:
        if self._session.documents.get(document.uri) is document:
            self.forget(document.uri)
            self._session.documents.hold(document)
            self._last[document.uri] = (document, told)

    def _wanted(
        self, picture: Picture, besides: Iterable[Mark], is_wanted: Callable[[int], bool] | None
    ) -> tuple[Mark, ...]:
        kinds = severities(self._session.settings)
        # Nobody wants tests of tests: what did not run of them is seen in the bars, and no gap.
        marks = (*(() if names.is_test_file(picture.path) else marks_of_gaps(picture.gaps)), *besides)
        shown = tuple(mark for mark in marks if mark.kind in kinds)
        shown = shown if is_wanted is None else touching(shown, is_wanted)
        return tuple(sorted(shown, key=lambda mark: (mark.span.start_line, mark.span.start_column, mark.kind)))
