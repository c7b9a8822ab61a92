"""Join what several measurements say about one text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from greenline.domain.coverage.model import CoverageMap

if TYPE_CHECKING:
    from greenline.domain.coverage.model import Arc

_State = Literal["taken", "missing", "unknown"]


def merge_maps(base: CoverageMap, other: CoverageMap) -> CoverageMap:
    """Return the union of two maps of the same text.

    What either saw running is covered. Only the base says what is missing: a small run that did not reach a line proves
    nothing about the tests that it did not select.
    """
    lines = base.statements.lines
    covered = base.covered | other.covered
    missing = base.missing - other.covered
    branches_known = base.branches_known and other.branches_known
    states = _branch_states(base, other) if branches_known else {}
    alive = {arc: state for arc, state in states.items() if arc[0] in covered or arc[0] not in lines}
    return CoverageMap(
        statements=base.statements,
        covered=covered,
        missing=missing,
        branches_known=branches_known,
        missing_branches=frozenset(arc for arc, state in alive.items() if state == "missing"),
        unknown=lines - covered - missing,
        unknown_branches=frozenset(arc for arc, state in alive.items() if state == "unknown"),
        excluded_ran=base.excluded_ran | other.excluded_ran,
    )


def _branch_states(base: CoverageMap, other: CoverageMap) -> dict[Arc, _State]:
    arcs = [(line, end) for line, ends in base.statements.branches.items() for end in ends]
    return {arc: "taken" if _state(other, arc) == "taken" else _state(base, arc) for arc in arcs}


def _state(coverage: CoverageMap, arc: Arc) -> _State:
    if arc[0] in coverage.statements.no_branch:
        return "taken"
    if arc[0] in coverage.unknown or arc in coverage.unknown_branches:
        return "unknown"
    return "missing" if arc[0] in coverage.missing or arc in coverage.missing_branches else "taken"
