"""Coverage maps from texts that say themselves what ran."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenline.adapters.coverage_parser import CoverageParser
from greenline.domain.code.read_module import read_module
from greenline.domain.coverage.gaps import find_gaps
from greenline.domain.coverage.mapping import coverage_map
from greenline.domain.coverage.model import Executed

if TYPE_CHECKING:
    from collections.abc import Collection

    from greenline.domain.coverage.model import CoverageMap, Gap

PARSER = CoverageParser()


def map_of(text: str, ran: Collection[int], arcs: Collection[tuple[int, int]] | None = None) -> CoverageMap:
    statements, problems = PARSER.analyse(text)
    assert problems == []
    return coverage_map(statements, Executed(frozenset(ran), None if arcs is None else frozenset(arcs)))


def gaps_of(text: str, ran: Collection[int], arcs: Collection[tuple[int, int]] | None = None) -> tuple[Gap, ...]:
    return find_gaps(map_of(text, ran, arcs), read_module(text)[0], text)


def shown(text: str, gap: Gap) -> str:
    """Return the text that the gap's span marks."""
    lines = text.replace("\r\n", "\n").split("\n")[gap.span.start_line - 1 : gap.span.end_line]
    lines[-1] = lines[-1][: gap.span.end_column]
    lines[0] = lines[0][gap.span.start_column :]
    return "\n".join(lines)
