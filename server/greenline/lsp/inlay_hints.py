"""Inlay hints: at the end of each line whether it ran, and how many tests reach it."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import TYPE_CHECKING

from lsprotocol import types

from greenline.lsp.covering import counted

if TYPE_CHECKING:
    from greenline.domain.coverage.model import CoverageMap
    from greenline.lsp.covering import Known
    from greenline.lsp.session import Session


async def hints(session: Session, params: types.InlayHintParams) -> list[types.InlayHint]:
    """Return the hints of the lines that are asked for; none where they are switched off."""
    if not session.settings.inlay_hints:
        return []
    shown = await session.pictures.of(params.text_document.uri)
    if shown is None or shown.picture.map is None or shown.picture.state != "measured":
        return []
    coverage, lines = shown.picture.map, shown.document.lines
    positions = session.positions(shown.document.text)
    first, last = positions.line_of(params.range.start), positions.line_of(params.range.end)
    wanted = sorted(line for line in coverage.statements.lines if first <= line <= last)
    if not wanted:
        return []
    known = await session.covering.of(shown.document)
    whole = _whole_statements(coverage, set(wanted))

    def labels() -> list[str]:
        return [_label(coverage, known, line, whole[line]) for line in wanted]

    # Thousands of tests may reach each of thousands of lines.
    return [
        types.InlayHint(positions.position(line, len(lines[line - 1])), label, padding_left=True)
        for line, label in zip(wanted, await asyncio.to_thread(labels), strict=True)
    ]


def _label(coverage: CoverageMap, known: Known, line: int, whole: list[int]) -> str:
    if line in coverage.missing:
        return "not covered"
    if line not in coverage.covered:
        return "changed since"
    tests = counted(known.of_lines(whole))
    ends = coverage.statements.branches.get(line, frozenset())
    missing = sum(start == line for start, _ in coverage.missing_branches)
    if not missing:
        return tests or "covered"
    partial = f"{len(ends) - missing} of {len(ends)} branches"
    return f"{partial}, {tests}" if tests else partial


def _whole_statements(coverage: CoverageMap, wanted: set[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list, {line: [line] for line in wanted})
    for line, first in coverage.statements.first_line.items():
        if first in wanted and line != first:
            found[first].append(line)
    return found
