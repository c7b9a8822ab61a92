"""Where coverage data comes from, and what a text could execute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

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


class CoverageSource(Protocol):
    """A project's coverage data."""

    def report_of(self, project: Project) -> Path:
        """Return where the project's configuration puts the data, whether or not it exists."""

    def measured(self, project: Project, path: Path) -> Measured | None:
        """Read one file's share of the report. None: there is no report, or it does not know the file (it then never ran).

        Costs what the one file costs. Raises CoverageProblem.
        """

    def has_report(self, project: Project) -> bool:
        """Tell whether there is any data at all."""


class SourceAnalyzer(Protocol):
    """Knows which statements and branches a text has, as coverage.py counts them."""

    def analyse(self, text: str, excluded: Sequence[str] = ()) -> tuple[Statements, list[str]]:
        """Return the statements and the problems in words; a text that does not parse has no statements."""
