"""Keep the gaps in view while the text does not parse."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from greenline.domain.coverage.model import Span
from greenline.domain.coverage.remap import unchanged_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from greenline.domain.coverage.model import Gap


def shift_gaps(gaps: Sequence[Gap], drawn_text: str, text: str) -> tuple[Gap, ...]:
    """Return the gaps whose lines all stand unchanged in ``text``, where they stand now.

    A branch that moved is left out, and so are the ways into a region that moved: their words name lines.
    """
    now_at = {old: new for new, old in unchanged_lines(drawn_text, text).items()}
    moved = (_shifted(gap, now_at) for gap in gaps)
    return tuple(gap for gap in moved if gap is not None)


def _shifted(gap: Gap, now_at: dict[int, int]) -> Gap | None:
    span = gap.span
    if span.start_line not in now_at:
        return None
    shift = now_at[span.start_line] - span.start_line
    if any(now_at.get(line) != line + shift for line in range(span.start_line, span.end_line + 1)):
        return None
    if shift == 0:
        return gap
    if gap.kind == "partial-branch":
        return None
    here = Span(span.start_line + shift, span.start_column, span.end_line + shift, span.end_column)
    return replace(gap, span=here, lines=tuple(line + shift for line in gap.lines), ways_in=())
