"""Gaps as annotations of GitHub's workflows: lines on stdout that it shows beside the changed code.

The form is that of GitHub's documentation, "Workflow commands for GitHub Actions".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenline.cli.repository_names import name_in_repository
from greenline.domain.coverage.gap_ranking import weight

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenline.services.find_gaps import GapReport

MOST = 10
"""GitHub shows so many warnings of one step, and as many notices, and drops the others without a word."""


def workflow_lines(report: GapReport) -> Iterator[str]:
    """Yield the largest gaps as warnings, then how many more there are, and what nothing is known of, as notices."""
    gaps = [(weight(gap), picture.path, gap) for picture in report.pictures for gap in picture.gaps]
    gaps.sort(key=lambda one: (one[0], one[1], one[2].span.start_line))
    for _, path, gap in gaps[:MOST]:
        last = max(gap.span.start_line, gap.span.end_line - (gap.span.end_column == 0))
        place = f"file={_property(name_in_repository(path))},line={gap.span.start_line},endLine={last}"
        yield f"::warning {place},title=Not covered::{_message(gap.explanation)}"
    if (more := len(gaps) - MOST) > 0:
        yield f"::notice title=Not covered::{more} more gaps: `greenline gaps --lines` shows all of them."
    told = [(picture.path, picture.message) for picture in report.pictures if picture.message]
    for path, message in [*told, *report.unreadable]:
        yield f"::notice file={_property(name_in_repository(path))},title=Coverage unknown::{_message(message)}"


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
