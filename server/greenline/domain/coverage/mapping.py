"""From what could run and what ran to the coverage map, counted as coverage.py counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenline.domain.code.regions import own_lines, tested_lines
from greenline.domain.coverage.model import EXIT, BranchesTold, CoverageMap, Ratio, Summary

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from greenline.domain.code.model import Function, Module
    from greenline.domain.coverage.model import Arc, Executed, Statements


def coverage_map(statements: Statements, executed: Executed) -> CoverageMap:
    """Return what ran and what did not of one text. Both arguments must be of that same text."""
    ran = {_first(statements, line) for line in executed.lines}
    covered = statements.lines & ran
    missing = statements.lines - covered
    untaken = frozenset() if executed.arcs is None else _untaken(statements, executed.arcs, missing)
    told = executed.told or BranchesTold()
    unknown = frozenset(arc for arc in untaken if arc[0] in told.unclear)
    return CoverageMap(
        statements=statements,
        covered=covered,
        missing=missing,
        branches_known=executed.arcs is not None,
        missing_branches=frozenset(arc for arc in untaken - unknown if _is_untaken(told, arc)),
        unknown_branches=unknown,
        excluded_ran=statements.excluded & ran,
    )


def summarize(coverage: CoverageMap, function: Function | None = None, module: Module | None = None) -> Summary:
    """Count the file, or one function's body: without the ``def`` line and, given the module, without functions inside.

    What changed since the measurement counts neither as covered nor in the total.
    """
    return _summary(coverage, None if function is None else own_lines(function, module))


def summarize_tested(coverage: CoverageMap, function: Function, module: Module) -> Summary:
    """Count all that tests of one function are for; see ``tested_lines``."""
    return _summary(coverage, tested_lines(function, module))


def _summary(coverage: CoverageMap, own: frozenset[int] | None) -> Summary:
    return Summary(_lines(coverage, own), _branches(coverage, own))


def _first(statements: Statements, line: int) -> int:
    if line < 0:
        return -statements.first_line.get(-line, -line)
    return statements.first_line.get(line, line)


def _is_untaken(told: BranchesTold, arc: Arc) -> bool:
    """Tell whether a branch that is in no list of arcs was not taken either by what was told of its line."""
    line, end = arc
    return line not in told.lines or arc in told.untaken or (end < 0 and (line, EXIT) in told.untaken)


def _untaken(statements: Statements, arcs: Iterable[Arc], never_ran: Collection[int]) -> frozenset[Arc]:
    # Twice, as coverage.py does: an arc that lands in a `with` header may be one to correct after it was normalised.
    taken = _corrected(statements, _corrected(statements, arcs))
    return frozenset(
        (line, destination)
        for line, destinations in statements.branches.items()
        if line not in never_ran and line not in statements.no_branch
        for destination in destinations
        if (line, destination) not in taken
    )


def _corrected(statements: Statements, arcs: Iterable[Arc]) -> set[Arc]:
    if statements.with_jumps:
        arcs = [fixed for arc in arcs if (fixed := statements.with_jumps.get(arc, arc)) is not None]
    if not statements.first_line:  # nothing spans several lines
        return set(arcs)
    return {(_first(statements, start), _first(statements, end)) for start, end in arcs}


def _lines(coverage: CoverageMap, own: frozenset[int] | None) -> Ratio:
    covered = coverage.covered if own is None else coverage.covered & own
    missing = coverage.missing if own is None else coverage.missing & own
    return Ratio(len(covered), len(covered) + len(missing))


def _branches(coverage: CoverageMap, own: frozenset[int] | None) -> Ratio:
    if not coverage.branches_known:
        return Ratio(0, 0)
    covered = total = 0
    branches = coverage.statements.branches
    for line in branches if own is None else own & branches.keys():
        if line in coverage.unknown:
            continue
        destinations = branches[line]
        known = [end for end in destinations if (line, end) not in coverage.unknown_branches]
        total += len(known)
        if line not in coverage.missing or line in coverage.statements.no_branch:
            covered += sum((line, end) not in coverage.missing_branches for end in known)
    return Ratio(covered, total)
