"""Where a test is worth most: what the functions of a file, and files, would gain. The only place that ranks gaps."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

    from greenline.domain.code.model import Function, Module
    from greenline.domain.coverage.model import Gap, Summary


@dataclass(frozen=True, slots=True)
class FunctionGaps:
    """The gaps of one function, in the order of the text; ``function`` is None for what is outside of all."""

    function: Function | None
    lines: int
    """Statements that no test reaches."""
    branches: int
    """Branches that no test takes."""
    gaps: tuple[Gap, ...]

    @property
    def gain(self) -> int:
        """What a test of it could add at most."""
        return self.lines + self.branches


@dataclass(frozen=True, slots=True)
class FileGaps:
    """One file: its functions that have gaps, the worst first, and the figures of all that is in it."""

    path: Path
    functions: tuple[FunctionGaps, ...]
    summary: Summary
    called: tuple[int, int] = (0, 0)
    """How many of how many functions were entered."""

    @property
    def lines(self) -> int:
        """Statements that no test reaches."""
        return sum(one.lines for one in self.functions)

    @property
    def branches(self) -> int:
        """Branches that no test takes."""
        return sum(one.branches for one in self.functions)

    @property
    def gain(self) -> int:
        """What tests of all of it could add."""
        return self.lines + self.branches


def ranked_functions(gaps: Iterable[Gap], module: Module, figures: Mapping[str, Summary]) -> tuple[FunctionGaps, ...]:
    """Return the functions that have gaps, the worst first; gaps of a local function are those of the one around it."""
    callable_alone = sorted((f for f in module.functions if not f.is_local), key=attrgetter("first_line"))
    of_functions: dict[Function | None, list[Gap]] = defaultdict(list)
    for gap in gaps:
        of_functions[_around(gap, callable_alone)].append(gap)
    found = [_function_gaps(function, of, figures) for function, of in of_functions.items()]
    return tuple(sorted(found, key=lambda one: (-one.gain, one.gaps[0].span.start_line)))


def ranked_files(files: Iterable[FileGaps]) -> list[FileGaps]:
    """Return the files that have gaps, the worst first."""
    return sorted((file for file in files if file.functions), key=lambda file: (-file.gain, file.path))


def gaps_within(gaps: Iterable[Gap], lines: Collection[int]) -> tuple[Gap, ...]:
    """Return the gaps that have statements in these lines, each with those alone."""
    kept = ((gap, tuple(line for line in gap.lines if line in lines)) for gap in gaps)
    return tuple(replace(gap, lines=inside) for gap, inside in kept if inside)


def weight(gap: Gap) -> tuple[bool, int]:
    """Return what sorts single gaps, the worst first: regions before branches, and large ones before small ones."""
    return (gap.kind != "uncovered", -len(gap.lines))


def _around(gap: Gap, functions: list[Function]) -> Function | None:
    """Return the function that a test of the gap calls; those that can be called alone do not overlap."""
    line = gap.span.start_line
    at = bisect_right(functions, line, key=attrgetter("first_line"))
    return functions[at - 1] if gap.function and at and line <= functions[at - 1].end_line else None


def _function_gaps(function: Function | None, gaps: list[Gap], figures: Mapping[str, Summary]) -> FunctionGaps:
    known = [figures[name] for name in {gap.function for gap in gaps if gap.function} if name in figures]
    if known:  # they also have the branches inside of what never ran
        lines = sum(one.lines.total - one.lines.covered for one in known)
        branches = sum(one.branches.total - one.branches.covered for one in known)
        return FunctionGaps(function, lines, branches, tuple(gaps))
    lines = sum(len(gap.lines) for gap in gaps if gap.kind == "uncovered")
    return FunctionGaps(function, lines, sum(gap.kind == "partial-branch" for gap in gaps), tuple(gaps))
