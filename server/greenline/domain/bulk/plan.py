"""The plan of a run over many files: pieces of work that carry what they need, the worthiest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from greenline.domain.coverage.model import Ratio, Summary

if TYPE_CHECKING:
    from pathlib import Path

EngineName = Literal["auto", "explore", "model"]
NOTHING = Summary(Ratio(0, 0), Ratio(0, 0))


@dataclass(frozen=True, slots=True)
class PlannedFunction:
    """A function that tests are wanted for."""

    qualname: str
    line: int
    lines: int
    """Statements that no test reaches."""
    branches: int
    """Branches that no test takes."""
    worth: float = 0.0
    in_the_way: str = ""
    """Why it may not be testable, by its looks; it is tried all the same."""
    key: str = ""
    """Changes whenever its text does, or what decides how tests of it are found."""

    @property
    def gain(self) -> int:
        """What tests of it could add at most."""
        return self.lines + self.branches


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asked for one file alone, where they did."""

    coverage: float | None = None
    """Percent of its lines and branches that are enough."""
    rounds: int = 1
    """Times that tests are generated for it, while it has less and the last time gained something."""
    engine: EngineName | None = None
    """Instead of that of the whole run."""


@dataclass(frozen=True, slots=True)
class WorkUnit:
    """The functions of one file: what is generated, written and confirmed in one piece, wherever that happens."""

    path: Path
    functions: tuple[PlannedFunction, ...]
    package: str = ""
    statements: int = 0
    """Of the whole file; ``before`` says how many of them tests reach."""
    before: Summary = NOTHING
    wish: Wish = field(default_factory=Wish)

    @property
    def gain(self) -> int:
        """What tests of all of it could add at most."""
        return sum(one.gain for one in self.functions)

    @property
    def worth(self) -> float:
        """That of its functions."""
        return sum(one.worth for one in self.functions)

    @property
    def qualnames(self) -> frozenset[str]:
        """The functions' names."""
        return frozenset(one.qualname for one in self.functions)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done, in this order, and all that is not, counted."""

    units: tuple[WorkUnit, ...] = ()
    total: Summary = NOTHING
    """Of all files that were looked at and could be measured, planned or not."""
    summaries: Mapping[Path, Summary] = field(default_factory=dict)
    """What the total is the sum of, by file."""
    left_out: Mapping[str, int] = field(default_factory=dict)
    """Files that are not in the plan, by the reason."""
    outside: int = 0
    """Statements and branches of the planned files that are in no function: nothing can call them."""
    tried: int = 0
    """Functions that an earlier run tried and that are as they were."""
    problems: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)
    """Files of which something should be known and is not, by the reason."""
    to_measure: tuple[Path, ...] = ()
    """Files that a run of the tests would tell of."""
    wished: Mapping[Path, float] = field(default_factory=dict)
    """Percent that a person wished for files, planned or done before; not of those that a filter leaves out."""
    skipped: tuple[Path, ...] = ()
    """Folders that were not looked into."""
    without_commits: str = ""
    """Why nobody knows how often files changed, if so."""

    @property
    def functions(self) -> int:
        """How many tests are wanted for."""
        return sum(len(unit.functions) for unit in self.units)

    @property
    def gain(self) -> int:
        """What tests of all of it could add at most, in statements and branches."""
        return sum(unit.gain for unit in self.units)

    @property
    def expected(self) -> Summary:
        """The total if all of it were gained, and nothing by the way."""
        functions = [one for unit in self.units for one in unit.functions]
        lines, branches = sum(one.lines for one in functions), sum(one.branches for one in functions)
        return Summary(with_gain(self.total.lines, lines), with_gain(self.total.branches, branches))


def with_gain(ratio: Ratio, gained: int) -> Ratio:
    """Return a ratio of which so many more are covered."""
    return Ratio(min(ratio.total, ratio.covered + gained), ratio.total)
