"""The terms of coverage: statements, executed lines and arcs, the map, the gap."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Arc = tuple[int, int]
"""From line, to line. A negative number is entry to or exit from the code object whose first line it negates."""

GapKind = Literal["uncovered", "partial-branch"]


EXIT = -1
"""As the destination of a branch in ``BranchesTold``: wherever it leaves the function, the class or the module."""


@dataclass(frozen=True, slots=True)
class BranchesTold:
    """What a report says of branches that lists those never taken, and not what ran."""

    lines: frozenset[int] = frozenset()
    """Lines of whose branches it tells."""
    untaken: frozenset[Arc] = frozenset()
    unclear: frozenset[int] = frozenset()
    """Lines of which it tells how many branches were taken, and not which."""

    def merged(self, other: BranchesTold) -> BranchesTold:
        """Return the union: a branch is untaken where every report that tells of its line says so."""
        clear = (self.lines - self.unclear, other.lines - other.unclear)
        untaken = frozenset(
            arc
            for arc in self.untaken | other.untaken
            if (arc[0] not in clear[0] or arc in self.untaken) and (arc[0] not in clear[1] or arc in other.untaken)
        )
        done = {line for told, lines in zip((self, other), clear, strict=True) for line in lines - told.partly}
        return BranchesTold(self.lines | other.lines, untaken, (self.unclear | other.unclear) - done)

    @property
    def partly(self) -> frozenset[int]:
        """Lines of which a branch was not taken."""
        return frozenset(line for line, _ in self.untaken)


@dataclass(frozen=True, slots=True)
class Executed:
    """What ran, as it was measured.

    ``arcs`` is None where only lines were measured; with ``told``, both say what was taken.
    """

    lines: frozenset[int] = frozenset()
    arcs: frozenset[Arc] | None = None
    told: BranchesTold | None = None

    def merged(self, other: Executed) -> Executed:
        """Return the union; branches are known only if both measured them: lines alone may hide a branch taken."""
        if not self.lines and self.arcs is None:
            return other
        if not other.lines and other.arcs is None:
            return self
        lines = self.lines | other.lines
        if self.arcs is None or other.arcs is None:
            return Executed(lines)
        told = self.told.merged(other.told) if self.told and other.told else self.told or other.told
        return Executed(lines, self.arcs | other.arcs, told)


@dataclass(frozen=True, slots=True)
class Statements:
    """What could run in one text.

    ``lines`` are the first lines of the executable statements that are not excluded; ``first_line`` maps each line of a
    statement that spans several to its first; ``branches`` maps a line with more than one way out to its destinations;
    ``with_jumps`` corrects the arcs through the end of ``with`` blocks (the source of both is coverage.py's parser);
    ``no_branch`` are lines whose branches never count as missing (``pragma: no branch``, ``while True``).
    """

    lines: frozenset[int] = frozenset()
    excluded: frozenset[int] = frozenset()
    first_line: Mapping[int, int] = field(default_factory=dict)
    branches: Mapping[int, frozenset[int]] = field(default_factory=dict)
    with_jumps: Mapping[Arc, Arc | None] = field(default_factory=dict)
    no_branch: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many of how many. Nothing out of nothing counts as complete."""

    covered: int
    total: int

    @property
    def percent(self) -> float:
        """From 0 to 100."""
        return 100.0 * self.covered / self.total if self.total else 100.0


@dataclass(frozen=True, slots=True)
class Summary:
    """Lines and branches of a function or a file."""

    lines: Ratio
    branches: Ratio

    @property
    def percent(self) -> float:
        """Lines and branches together, from 0 to 100: the figure that coverage.py calls the total."""
        return self._both.percent

    @property
    def whole_percent(self) -> int:
        """The same for people, as coverage.py prints it: rounded, but only what is complete is 100, and nothing 0."""
        percent = self.percent
        return round(percent) if percent in {0.0, 100.0} else min(99, max(1, round(percent)))

    @property
    def _both(self) -> Ratio:
        return Ratio(self.lines.covered + self.branches.covered, self.lines.total + self.branches.total)


@dataclass(frozen=True, slots=True)
class CoverageMap:
    """For one text: which statements and branches ran. All lines are first lines of statements."""

    statements: Statements
    covered: frozenset[int]
    missing: frozenset[int]
    branches_known: bool
    missing_branches: frozenset[Arc]
    """Only of lines that ran: a branch of a line that never ran is part of that line's gap."""
    unknown: frozenset[int] = frozenset()
    """Statements that changed since the measurement; they count neither as covered nor as missing."""
    unknown_branches: frozenset[Arc] = frozenset()
    """Branches of known lines that lead elsewhere since the measurement; they count as little."""
    excluded_ran: frozenset[int] = frozenset()
    """What ran although it is left out of the count; not every report tells."""


@dataclass(frozen=True, slots=True)
class Span:
    """From the start (inclusive) to the end (exclusive); lines 1-based, columns 0-based code points."""

    start_line: int
    start_column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class SilentClass:
    """A class of whose methods none was ever called, and how many those are."""

    qualname: str
    name: Span
    methods: int


@dataclass(frozen=True, slots=True)
class Gap:
    """One contiguous uncovered region, or one branch never taken, inside one function (or the module's top level)."""

    kind: GapKind
    span: Span
    message: str
    function: str | None
    """Qualified name of the function, None at the top level of the module."""
    lines: tuple[int, ...]
    """The statements of the region, or the line of the branch."""
    arc: Arc | None = None
    ways_in: tuple[tuple[int, str], ...] = ()
    """Of a region: the branches never taken that lead into it, each as its line and its words."""
    name: Span | None = None
    """Of a function that never ran as a whole: where its name stands."""
    silent: SilentClass | None = None
    """Of such a method: its class, if no other method of it was ever called either."""

    @property
    def explanation(self) -> str:
        """The message and, of a region, the branches that lead into it: for where nothing can be unfolded."""
        return ". ".join([self.message, *(words for _, words in self.ways_in)])
