"""The commands that go from gap to gap: they answer with the place, and put the cursor there where they can."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from greenline.lsp.arguments import one_object, uri_in
from greenline.lsp.mark_diagnostics import GAPS
from greenline.lsp.session import Info

if TYPE_CHECKING:
    from greenline.domain.coverage.marks import Mark
    from greenline.lsp.pictures import Shown
    from greenline.lsp.session import Session

_NONE = "No gap in this file."


class GapCommands:
    """One method per command; arguments and answers are what docs/protocol.md says. They change nothing."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def next_gap(self, *arguments: object) -> dict[str, Any] | None:
        """``greenline.nextGap``: the first gap behind a place, and after the last one the first."""
        return await self._go(arguments, "greenline.nextGap", forward=True)

    async def previous_gap(self, *arguments: object) -> dict[str, Any] | None:
        """``greenline.previousGap``: the last gap before a place, and before the first one the last."""
        return await self._go(arguments, "greenline.previousGap", forward=False)

    async def _go(self, arguments: tuple[object, ...], command: str, *, forward: bool) -> dict[str, Any] | None:
        values = one_object(arguments)
        uri, place = uri_in(values), _place(values, command)
        shown = await self._session.pictures.of(uri)
        if shown is None:
            self._session.show("Open a Python file first: gaps are looked for in what is open.", Info)
            return None
        gaps = await self._gaps(shown)
        if not gaps:
            self._session.show(shown.picture.message or _NONE, Info)
            return None
        number = _chosen(gaps, place, forward=forward)
        gap = gaps[number]
        line, column = gap.span.start_line, gap.span.start_column
        if self._session.client.shows_documents:
            at = self._session.positions(shown.document.text).position(line, column)
            params = types.ShowDocumentParams(uri=uri, take_focus=True, selection=types.Range(at, at))
            self._session.spawn(self._show_document(params), f"showing {uri}")
        return {
            "line": line, "column": column, "message": gap.explanation, "number": number + 1, "of": len(gaps),
        }  # fmt: skip

    async def _gaps(self, shown: Shown) -> list[Mark]:
        """Return the gaps that are shown, in the order of the text."""
        return [mark for mark in await self._session.told_marks.of(shown) if mark.kind in GAPS]

    async def _show_document(self, params: types.ShowDocumentParams) -> None:
        await self._session.show_document(params)


def _place(values: Mapping[str, Any], command: str) -> tuple[int, int | None]:
    line, column = values.get("line"), values.get("column")
    if type(line) is not int or not (column is None or type(column) is int):
        raise JsonRpcInvalidParams(f"{command} needs a line, counted from 1, and takes a column in code points from 0")
    return line, column


def _chosen(gaps: list[Mark], place: tuple[int, int | None], *, forward: bool) -> int:
    """Return the number of the gap to go to; without a column, whatever begins in the line is where one stands."""
    line, column = place
    starts = [(gap.span.start_line, gap.span.start_column) for gap in gaps]
    if forward:
        after = [n for n, start in enumerate(starts) if (start[0] > line if column is None else start > (line, column))]
        return after[0] if after else 0
    before = [n for n, start in enumerate(starts) if (start[0] < line if column is None else start < (line, column))]
    return before[-1] if before else len(gaps) - 1
