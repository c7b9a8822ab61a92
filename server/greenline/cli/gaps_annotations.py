"""Gaps as annotations of GitHub's workflows: lines on stdout that it shows beside the changed code.

The form is that of GitHub's documentation, "Workflow commands for GitHub Actions".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenline.cli.repository_names import name_in_repository
from greenline.domain.coverage.gap_ranking import weight

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from greenline.services.find_gaps import GapReport

_TITLE = "Not covered"
MOST = 10
"""GitHub shows so many warnings of one step, and as many notices, and drops the others without a word."""


def workflow_lines(report: GapReport) -> Iterator[str]:
    """Yield the largest gaps as warnings, then how many more there are, and what nothing is known of, as notices."""
    gaps = [(weight(gap), picture.path, gap) for picture in report.pictures for gap in picture.gaps]
    gaps.sort(key=lambda one: (one[0], one[1], one[2].span.start_line))
    for _, path, gap in gaps[:MOST]:
        last = max(gap.span.start_line, gap.span.end_line - (gap.span.end_column == 0))
        place = f"file={escaped(name_in_repository(path), in_property=True)},line={gap.span.start_line},endLine={last}"
        yield f"::warning {place},title={_TITLE}::{escaped(gap.explanation.removeprefix(f'{_TITLE}: '))}"
    if (more := len(gaps) - MOST) > 0:
        yield f"::notice title={_TITLE}::{more} more gaps: `greenline gaps --lines` shows all of them."
    told = [(picture.path, picture.message) for picture in report.pictures if picture.message]
    for path, message in [*told, *report.unreadable]:
        place = f"file={escaped(name_in_repository(path), in_property=True)}"
        yield f"::notice {place},title=Coverage unknown::{escaped(message)}"


def notices(lines: Iterable[str], title: str = _TITLE) -> Iterator[str]:
    """Yield lines as notices about no place."""
    return (f"::notice title={escaped(title, in_property=True)}::{escaped(line)}" for line in lines)


def escaped(text: str, *, in_property: bool = False) -> str:
    """Return a text so that it is one message, or one property, of a workflow command."""
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if in_property else text
