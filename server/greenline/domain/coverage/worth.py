"""What a test of a function would be worth: what it could gain, weighed by the risk and by how testable it looks.

``worth = (statements + branches) x risk x testable``, where ``risk = 1 + (log2(complexity) + log2(1 + commits) +
log2(1 + calls)) / 6`` and ``testable`` is 1, or a half where something stands in the way. Logarithms, because twice as
many branches, commits or callers matter more at the small end; the sixth keeps the order near that of the gain, which
is measured, where the rest is only likely.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import repeat
from math import log2
from typing import TYPE_CHECKING

from greenline.domain.coverage.model import Ratio, Summary

if TYPE_CHECKING:
    from pathlib import Path

_SHARE = 6
_HINDERED = 0.5
_OUTSIDE = "outside of functions"


@dataclass(frozen=True, slots=True)
class FunctionRow:
    """A function that can be called alone, with the gaps of what is inside it; of a file's own level no name."""

    qualname: str
    line: int
    lines: int
    """Statements that no test reaches."""
    branches: int
    """Branches that no test takes."""
    complexity: int = 1
    in_the_way: str = ""
    """See ``FunctionLooks``, for both."""

    @property
    def name(self) -> str:
        """Its qualified name, or words."""
        return self.qualname or _OUTSIDE

    @property
    def gain(self) -> int:
        """What a test of it could add at most."""
        return self.lines + self.branches


@dataclass(frozen=True, slots=True)
class FileRow:
    """What one file's picture comes to: small, so that those of a whole repository fit."""

    path: Path
    state: str
    """Of its picture."""
    message: str = ""
    package: str = ""
    """The one it belongs to, dotted; empty where it is in none."""
    summary: Summary = field(default_factory=lambda: Summary(Ratio(0, 0), Ratio(0, 0)))
    unknown: int = 0
    """Lines that changed since they were measured."""
    functions: tuple[FunctionRow, ...] = ()
    changed: Ratio = field(default_factory=lambda: Ratio(0, 0))
    """Of the statements in lines that changed, where only those count."""
    called: Mapping[str, int] = field(default_factory=dict)
    """Names of what it may call, and how often."""

    @property
    def lines(self) -> int:
        """Statements that no test reaches."""
        return sum(one.lines for one in self.functions)

    @property
    def branches(self) -> int:
        """Branches that no test takes."""
        return sum(one.branches for one in self.functions)


@dataclass(frozen=True, slots=True)
class FunctionWorth:
    """One function that has gaps, with what its worth is made of."""

    row: FunctionRow
    commits: int = 0
    """That changed its file lately."""
    calls: int = 0
    """Places that may call it, by its name."""

    @property
    def risk(self) -> float:
        """1 for a straight line that nobody changes or calls."""
        return 1 + (log2(self.row.complexity) + log2(1 + self.commits) + log2(1 + self.calls)) / _SHARE

    @property
    def worth(self) -> float:
        """In statements and branches, weighed."""
        return self.row.gain * self.risk * (_HINDERED if self.row.in_the_way else 1.0)


@dataclass(frozen=True, slots=True)
class FileWorth:
    """One file with gaps. ``calls`` counts the names that the surveyed files call."""

    row: FileRow
    commits: int = 0
    """That changed it lately."""
    calls: Mapping[str, int] = field(default_factory=dict, repr=False)

    @property
    def functions(self) -> tuple[FunctionWorth, ...]:
        """Its functions by their worth; made anew each time, since a large repository has many."""
        calls = (self.calls.get(_called_by(one.qualname), 0) for one in self.row.functions)
        functions = map(FunctionWorth, self.row.functions, repeat(self.commits), calls)
        return tuple(sorted(functions, key=lambda one: (-one.worth, one.row.line)))

    @property
    def worth(self) -> float:
        """The worth of all that it holds."""
        return sum(function.worth for function in self.functions)

    @property
    def classic(self) -> int:
        """(1 - coverage) x statements: the statements that no test reaches."""
        return self.row.summary.lines.total - self.row.summary.lines.covered


def _called_by(qualname: str) -> str:
    """Return the name that stands before the parenthesis: of a class for how it is made."""
    *around, last = qualname.split(".")
    return around[-1] if around and last in {"__init__", "__new__"} else last


def lines_to(lines: Ratio, percent: float) -> int:
    """Return how many statements more have to be reached for so many percent of them; 0 where they are already."""
    wanted = -int(-lines.total * percent // 100)
    return max(0, wanted - lines.covered)
