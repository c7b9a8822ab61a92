"""From a coverage map back to what ran: to hand on what is known of a text where nobody has the measurements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenline.domain.coverage.model import Executed

if TYPE_CHECKING:
    from greenline.domain.coverage.model import CoverageMap


def executed_of(coverage: CoverageMap) -> Executed:
    """Return an execution of the same text of which the map has the same lines and branches as covered.

    What the map does not know did not run.
    """
    lines = coverage.covered | coverage.excluded_ran
    if not coverage.branches_known:
        return Executed(lines)
    not_taken = coverage.missing_branches | coverage.unknown_branches
    never_ran = coverage.missing | coverage.unknown
    taken = (
        (line, end)
        for line, ends in coverage.statements.branches.items()
        if line not in never_ran
        for end in ends
        if (line, end) not in not_taken
    )
    return Executed(lines, frozenset(taken))
