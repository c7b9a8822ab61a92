"""Carry a coverage map from the text that was measured to the text in the buffer."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from greenline.domain.coverage.following import Following
from greenline.domain.coverage.model import CoverageMap

if TYPE_CHECKING:
    from collections.abc import Mapping

    from greenline.domain.coverage.model import Arc, Statements


def remap(measured: CoverageMap, came_from: Mapping[int, int], statements: Statements) -> CoverageMap:
    """Return the map for another text with those ``statements``.

    ``came_from`` has its untouched lines and where they stood in the text that was measured. A statement all of whose
    lines stand unchanged keeps its state and moves with them; any other is unknown.
    """
    origin = _origins(measured.statements, statements, came_from)
    covered = frozenset(line for line, old in origin.items() if old in measured.covered)
    missing = frozenset(line for line, old in origin.items() if old in measured.missing)
    missing_branches, unknown_branches = _branches(measured, statements, came_from, origin)
    return CoverageMap(
        statements=statements,
        covered=covered,
        missing=missing,
        branches_known=measured.branches_known,
        missing_branches=missing_branches,
        unknown=statements.lines - covered - missing,
        unknown_branches=unknown_branches,
        excluded_ran=frozenset(line for line in statements.excluded if came_from.get(line) in measured.excluded_ran),
    )


def unchanged_lines(before: str, after: str) -> dict[int, int]:
    """Map lines of ``after`` to the equal lines of ``before`` that they came from, both 1-based."""
    return Following.between(before, after).came_from


def _origins(old: Statements, new: Statements, came_from: Mapping[int, int]) -> dict[int, int]:
    """Map the first lines of untouched statements to where they stood."""
    old_lines, new_lines = _lines_by_statement(old), _lines_by_statement(new)
    found: dict[int, int] = {}
    for line in new.lines:
        start = came_from.get(line)
        if start not in old.lines:
            continue
        shift = start - line
        whole = new_lines.get(line, [line])
        same_extent = [n + shift for n in whole] == old_lines.get(start, [start])
        if same_extent and all(came_from.get(n) == n + shift for n in whole):
            found[line] = start
    return found


def _lines_by_statement(statements: Statements) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for line in sorted(statements.first_line):
        found[statements.first_line[line]].append(line)
    return found


def _branches(
    measured: CoverageMap, statements: Statements, came_from: Mapping[int, int], origin: Mapping[int, int]
) -> tuple[frozenset[Arc], frozenset[Arc]]:
    """Return the missing and the unknown branches of the lines that ran."""

    def old_end(end: int) -> int | None:
        if end < 0:  # an exit names the header of what it leaves
            return -came_from[-end] if -end in came_from else None
        return origin.get(end) if end in statements.lines else came_from.get(end)

    missing: set[Arc] = set()
    unknown: set[Arc] = set()
    for line in statements.branches.keys() & origin.keys() - statements.no_branch:
        start = origin[line]
        if start not in measured.covered:
            continue
        for end in statements.branches[line]:
            old = old_end(end)
            if old not in measured.statements.branches.get(start, ()) or (start, old) in measured.unknown_branches:
                unknown.add((line, end))
            elif (start, old) in measured.missing_branches:
                missing.add((line, end))
    return frozenset(missing), frozenset(unknown)
