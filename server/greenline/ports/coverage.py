"""Where coverage data comes from, and what a text could execute."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from greenline.domain.coverage.model import Executed, Statements
    from greenline.ports.project import Project


@dataclass(frozen=True, slots=True)
class Measured:
    """What a report says about one file, and when it was written (seconds since the epoch)."""

    executed: Executed
    report: Path
    written_at: float
    is_whole: bool = True
    """Whether all that ran is told; an exported report leaves out what did not count where it was made."""


ContextLack = Literal["", "format", "export", "recording"]
"""Why a report names no test: its format cannot, it was exported without them, or none was recorded."""


@dataclass(frozen=True, slots=True)
class Contexts:
    """What one report says about which tests ran which lines of one file."""

    report: Path
    written_at: float
    by_context: Mapping[str, int] = field(default_factory=dict)
    """Context, as the report names it -> lines, as a number with bit n for line n. What ran in none has the name ""."""
    lack: ContextLack = ""


class CoverageProblem(Exception):
    """The report cannot be used; the message says why and what to do."""


class NotReadYet(CoverageProblem):
    """The report is being written, or is so large that reading it takes a while. Nobody has to do anything."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A large report that is being read in the background; ``fraction`` goes from 0 to 1."""

    report: Path
    size: int
    """Bytes."""
    fraction: float = 0.0

    @property
    def title(self) -> str:
        """What goes on, for a person."""
        size = self.size
        for unit, bytes_ in (("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10)):
            if size >= bytes_:
                figure = f"{size / bytes_:.1f}" if size < 10 * bytes_ else f"{size // bytes_}"
                return f"Reading {self.report.name} ({figure} {unit})"
        return f"Reading {self.report.name} ({size} bytes)"


@dataclass(frozen=True, slots=True)
class Exclusions:
    """Patterns of lines that do not count, and of lines whose branches do not; empty means coverage.py's own."""

    excluded: tuple[str, ...] = ()
    partial: tuple[str, ...] = ()


class CoverageSource(Protocol):
    """A project's coverage data."""

    def report_of(self, project: Project) -> Path:
        """Return where the project's configuration puts the data, whether or not it exists. Raises CoverageProblem."""

    def measured(self, project: Project, path: Path) -> Measured | None:
        """Read one file's share of the report. None: there is no report, or it does not know the file.

        Costs what the one file costs. Raises CoverageProblem.
        """

    def contexts(self, project: Project, path: Path) -> tuple[Contexts, ...]:
        """Return of each report that ``measured`` joins which tests ran which lines of the file.

        May take as long as the file has tests, so it is asked for only where somebody looks. Raises CoverageProblem.
        """

    def has_report(self, project: Project) -> bool:
        """Tell whether there is any data at all. Raises CoverageProblem."""

    def written_at(self, project: Project) -> float | None:
        """Return when the data was last written (seconds since the epoch), None when there is none.

        Raises CoverageProblem.
        """

    def files(self, project: Project) -> list[Path]:
        """Return every file that the data tells of, absolute and in order, also what is no longer there.

        Raises CoverageProblem.
        """

    def exclusions(self, project: Project) -> Exclusions:
        """Return what the project's configuration leaves out of the count. Raises CoverageProblem."""

    def is_measured(self, project: Project, path: Path) -> bool:
        """Tell whether the configuration wants the file measured (``source``, ``include``, ``omit``).

        Raises CoverageProblem.
        """

    def state(self, project: Project) -> object:
        """Return what changes whenever what is known of the project's reports may. Looks at files' times, mostly.

        Raises nothing.
        """


class ReportChoice(Protocol):
    """What a person decides about reports while an editor runs."""

    def load(self, project: Project, report: Path) -> None:
        """Let this report alone count for the project, until it is cleared.

        Raises CoverageProblem for one that cannot be read; a large one is read in the background.
        """

    def clear(self, project: Project) -> None:
        """Let nothing count that is there now, until something newer is. Raises CoverageProblem."""

    def watched(self, project: Project) -> tuple[Path, ...]:
        """Return where reports of the project are or would be; a name may be a pattern. Raises CoverageProblem."""

    def readings(self) -> tuple[Reading, ...]:
        """Return the large reports that are being read now. Never waits."""

    def stop_reading(self, report: Path) -> None:
        """Read it no further, until it is written again."""


class SourceAnalyzer(Protocol):
    """Knows which statements and branches a text has, as coverage.py counts them."""

    def analyse(
        self, text: str, excluded: Sequence[str] = (), partial: Sequence[str] = ()
    ) -> tuple[Statements, list[str]]:
        """Return the statements and the problems in words; a text that does not parse has no statements.

        ``excluded`` and ``partial`` are ``Exclusions``; empty means coverage.py's own.
        """
