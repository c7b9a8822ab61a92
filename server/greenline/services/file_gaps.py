"""What one file's picture says of its gaps, ranked; a file that nobody measured, and a test, has none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenline.domain.coverage.gap_ranking import FileGaps, ranked_functions
from greenline.domain.coverage.mapping import summarize
from greenline.domain.coverage.model import Ratio, Summary

if TYPE_CHECKING:
    from greenline.services.picture import Picture

_NONE = Summary(Ratio(0, 0), Ratio(0, 0))


def file_gaps(picture: Picture) -> FileGaps | None:
    """Return the gaps of a file, None where nothing is known of it."""
    if picture.state != "measured":
        return None
    functions = ranked_functions(picture.gaps, picture.module, picture.functions)
    figures = picture.functions.values()
    called = (sum(one.lines.covered > 0 for one in figures), len(figures))
    return FileGaps(picture.path, functions, summarize(picture.map) if picture.map else _NONE, called)
