"""What the picture of a project rests on: a report, runs of Greenline's own, and of how many of its tests."""

from __future__ import annotations

import time
from dataclasses import dataclass
from fnmatch import fnmatch
from typing import TYPE_CHECKING

from greenline.ports.coverage import CoverageProblem

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from greenline.ports.coverage import CoverageSource
    from greenline.ports.project import Project
    from greenline.ports.run_store import RunStore
    from greenline.ports.source_tree import SourceTree

_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60))


@dataclass(frozen=True, slots=True)
class Basis:
    """Of one project. Ages in seconds."""

    root: Path
    report: Path | None = None
    report_age: float | None = None
    """None: there is no report."""
    tests: int = 0
    """How many tests Greenline ran since the report was written."""
    test_files: int = 0
    """Of how many test files it ran all tests."""
    test_files_there: int = 0

    @property
    def is_all(self) -> bool | None:
        """Whether all tests are in it. None where a report counts: nobody knows what ran for that."""
        return None if self.report_age is not None else self.tests > 0 and self.test_files >= self.test_files_there

    @property
    def words(self) -> str:
        """Say it to a person; empty where there is nothing at all."""
        runs = self._runs()
        if self.report is not None and self.report_age is not None:
            report = f"a report written {ago(self.report_age)} ({self.report.name})"
            return f"{report} and, since then, {runs}" if runs else report
        if not runs:
            return ""
        if self.is_all:
            return runs
        return f"{runs}. Lines that these do not reach may be reached by others: `greenline test` runs all"

    def _runs(self) -> str:
        if not self.tests:
            return ""
        tests = "1 test" if self.tests == 1 else f"{self.tests} tests"
        if self.is_all:
            return f"Greenline's runs of all {tests}" if self.tests > 1 else "Greenline's run of the only test"
        if not self.test_files:
            return f"Greenline's runs of {tests}, chosen from {_files(self.test_files_there)}"
        return f"Greenline's runs of {tests}, from {self.test_files} of {_files(self.test_files_there)}"


class PictureBasis:
    """Looks at the report, the store of runs, and the tests that there are; costs a walk through the project."""

    def __init__(
        self, coverage: CoverageSource, runs: RunStore, sources: SourceTree, now: Callable[[], float] = time.time
    ) -> None:
        self._coverage, self._runs, self._sources, self._now = coverage, runs, sources, now

    def of(self, project: Project) -> Basis:
        """Return what is known of the project rests on. Raises nothing."""
        try:
            written = self._coverage.written_at(project)
            report = self._coverage.report_of(project) if written is not None else None
        except (CoverageProblem, OSError):
            written, report = None, None
        there = {file for file in self._sources.test_files(project) if _has_tests(file, project)}
        ran = [test for test in self._runs.tests(project.root) if test.path in there and test.when > (written or 0.0)]
        return Basis(
            project.root,
            report,
            None if written is None else max(0.0, self._now() - written),
            len(ran),
            len({test.path for test in ran} & self._runs.test_files(project.root).keys()),
            len(there),
        )


def _has_tests(file: Path, project: Project) -> bool:
    """Tell whether pytest looks into the file: what else is in a folder of tests helps them."""
    return any(fnmatch(file.name, pattern) for pattern in project.python_files)


def ago(seconds: float) -> str:
    """Say how long ago in the largest unit that fits."""
    for unit, size in _UNITS:
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {unit if count == 1 else unit + 's'} ago"
    return "just now"


def _files(count: int) -> str:
    return "1 test file" if count == 1 else f"{count} test files"
