"""What was found for the functions of one file, and written nowhere yet: it can be handed to another process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from greenline.domain.bulk.plan import with_gain
from greenline.domain.coverage.model import Summary

if TYPE_CHECKING:
    from pathlib import Path

    from greenline.domain.generation.model import TargetResult, TestEdit


@dataclass(frozen=True, slots=True)
class Found:
    """The results for the functions of ``path``, and the one edit that writes all their tests (None: nothing)."""

    path: Path
    results: tuple[TargetResult, ...]
    edit: TestEdit | None = None
    stopped: bool = False
    """Cancelled: the results tell what there was until then, and all of it is to be tried again."""


def coverage_with(before: Summary, found: Found) -> Summary:
    """Return about how much of the file is covered when it is written: what each function gains, by the trial."""
    gains = [one.coverage for one in found.results if one.status == "confirmed" and one.coverage]
    lines = sum(one.after.lines.covered - one.before.lines.covered for one in gains)
    branches = sum(one.after.branches.covered - one.before.branches.covered for one in gains)
    return Summary(with_gain(before.lines, lines), with_gain(before.branches, branches))
