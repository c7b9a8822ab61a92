"""What reports of any format say about one file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from greenline.ports.coverage import CoverageProblem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from greenline.domain.coverage.model import Executed

MOST_LINES = 10_000_000
"""No file has more; a number beyond is a fault of the report."""


@dataclass(frozen=True, slots=True)
class FileCoverage:
    """One file of a report. ``names`` are paths that it may mean, as the report spells them, the likeliest first."""

    names: tuple[str, ...]
    executed: Executed
    contexts: Mapping[str, int] | None = None
    """Context -> the lines that ran in it, as a number with bit n for line n. None: the report tells of none."""


def line_number(value: Any) -> int:
    """Return a line number, from 1. Raises CoverageProblem."""
    number = whole_number(value)
    if not 0 < number <= MOST_LINES:
        raise CoverageProblem(f"it names line {str(value)[:40]}")
    return number


def whole_number(value: Any) -> int:
    """Return a number. Raises CoverageProblem for what is none."""
    try:
        if isinstance(value, (int, str)) and not isinstance(value, bool):
            return int(value)
    except ValueError:
        pass
    raise CoverageProblem(f"it has {str(value)[:40]!r} where a number should be")
