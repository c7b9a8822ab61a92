"""Where coverage data comes from, and what a text could execute."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from greenline.domain.coverage.model import Executed, Statements
    from greenline.ports.project import Project


@dataclass(frozen=True, slots=True)
class Measured:
    """What a report says about one file, and when it was written (seconds since the epoch)."""

    executed: Executed
    report: Path
    written_at: float


class CoverageProblem(Exception):
    """The report cannot be used; the message says why and what to do."""


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


class SourceAnalyzer(Protocol):
    """Knows which statements and branches a text has, as coverage.py counts them."""

    def analyse(
        self, text: str, excluded: Sequence[str] = (), partial: Sequence[str] = ()
    ) -> tuple[Statements, list[str]]:
        """Return the statements and the problems in words; a text that does not parse has no statements.

        ``excluded`` and ``partial`` are ``Exclusions``; empty means coverage.py's own.
        """
