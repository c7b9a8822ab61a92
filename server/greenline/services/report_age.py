"""Whether a project's coverage data still tells of the tests that there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from greenline.services.show_coverage import is_test

if TYPE_CHECKING:
    from pathlib import Path

    from greenline.ports.coverage import CoverageSource
    from greenline.ports.project import Project
    from greenline.ports.source_tree import SourceTree


@dataclass(frozen=True, slots=True)
class TestsSince:
    """Test files that are not as they were when the data was written."""

    __test__ = False  # not a test class, whatever pytest thinks of its name

    gone: tuple[Path, ...] = ()
    """Measured, and deleted since."""
    changed: tuple[Path, ...] = ()
    """Written since, also those that are new."""

    def __bool__(self) -> bool:
        return bool(self.gone or self.changed)


class ReportAge:
    """Compares the data with the tests on disk."""

    def __init__(self, coverage: CoverageSource, sources: SourceTree) -> None:
        self._coverage, self._sources = coverage, sources

    def tests_since(self, project: Project) -> TestsSince:
        """Return which test files changed; nothing where there is no data. Raises CoverageProblem.

        Costs a walk through the project's folders.
        """
        written = self._coverage.written_at(project)
        if written is None:
            return TestsSince()
        there = self._sources.test_files(project)
        changed = [file for file in there if (self._sources.modified_at(file) or 0.0) > written]
        return TestsSince(self.gone(project), tuple(changed))

    def gone(self, project: Project) -> tuple[Path, ...]:
        """Return the test files that the data tells of and that are no more. Raises CoverageProblem. Walks nowhere."""
        files = [f for f in self._coverage.files(project) if f.is_relative_to(project.root) and is_test(project, f)]
        return tuple(file for file in files if self._sources.modified_at(file) is None)
