"""What the tests of one suite reach: of each line, the tests that are known to have run it decide.

Lines that ran in no test, while modules were imported, count for a suite that reaches anything else of their file.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from greenline.domain.coverage.contexts import lines_of, union
from greenline.domain.coverage.model import Ratio
from greenline.services.projects_by_folder import ProjectsByFolder
from greenline.services.source_files import source_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from greenline.domain.coverage.model import CoverageMap
    from greenline.domain.coverage.reaching import Recording
    from greenline.ports.history import Ignored
    from greenline.ports.project import ProjectFinder
    from greenline.services.covering_tests import CoveringTests
    from greenline.services.find_gaps import FindGaps

_WORST = 3


@dataclass(frozen=True, slots=True)
class Suite:
    """Tests that a team names together, with the percent of all statements that they are to reach."""

    name: str
    goal: float
    patterns: tuple[str, ...]
    """Of test files, from the project's root: ``tests/unit/**``."""

    def has(self, node_id: str) -> bool:
        """Tell whether a test is one of it."""
        path, colons, _ = node_id.replace("\\", "/").partition("::")
        return bool(colons) and any(fnmatchcase(path, pattern) for pattern in self.patterns)


@dataclass(frozen=True, slots=True)
class SuiteReach:
    """What a suite reaches of the statements that were looked at."""

    suite: Suite
    reached: Ratio
    tests: int
    """Of the suite, that are known to reach anything."""
    worst: tuple[tuple[Path, int], ...] = ()
    """The files where most statements are missing, with how many."""
    notes: tuple[str, ...] = ()
    """Why there may be more, and what to do."""


class SuiteCoverage:
    """Reads which tests reach each file; runs nothing of the project's."""

    def __init__(self, projects: ProjectFinder, gaps: FindGaps, covering: CoveringTests, ignored: Ignored) -> None:
        self._projects = projects
        self._ignored = ignored
        self._gaps = gaps
        self._covering = covering

    def of(self, paths: Sequence[Path], suites: Sequence[Suite]) -> list[SuiteReach]:
        """Look at the files and at those in the folders, once for all suites. Raises nothing for the sake of a file."""
        counts = [_Count(suite) for suite in suites]
        notes: dict[str, None] = {}
        with self._covering.one_look():
            for path in source_files(paths, ProjectsByFolder(self._projects), ignored=self._ignored).files:
                try:
                    found = self._gaps.one(path)
                except (OSError, UnicodeDecodeError):
                    continue  # the ranking of the same files says so
                if found is None or (drawn := found[0].map) is None:
                    continue
                recorded = self._covering.of(path, found[1])
                notes.update(dict.fromkeys(recorded.notes))
                for count in counts:
                    count.add(path, recorded.recordings, drawn)
        return [count.reach(tuple(notes)) for count in counts]


class _Count:
    """Adds up one suite."""

    def __init__(self, suite: Suite) -> None:
        self._suite = suite
        self._reached = self._statements = 0
        self._tests: set[str] = set()
        self._missing: list[tuple[int, Path]] = []

    def add(self, path: Path, recordings: Iterable[Recording], drawn: CoverageMap) -> None:
        reached: set[int] = set()
        first, statements = drawn.statements.first_line, len(drawn.covered | drawn.missing)
        for recording in recordings:
            own = {test: bits for test, bits in recording.tests.items() if self._suite.has(test)}
            if bits := union(own.values()):
                ran = lines_of(bits | recording.outside)
                reached |= {first.get(line, line) for line, was in recording.came_from.items() if was in ran}
                self._tests |= own.keys()
        reached &= drawn.covered
        self._reached += len(reached)
        self._statements += statements
        self._missing.append((statements - len(reached), path))

    def reach(self, notes: tuple[str, ...]) -> SuiteReach:
        worst = sorted(self._missing, key=lambda one: (-one[0], one[1]))[:_WORST]
        return SuiteReach(
            self._suite,
            Ratio(self._reached, self._statements),
            len(self._tests),
            tuple((path, missing) for missing, path in worst if missing),
            notes,
        )
