"""Run the tests that a change affects, and no others."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from greenline.ports.progress import Progress
    from greenline.services.run_suite import RunSuite, SuiteRun


class RunAffected:
    """Runs tests as the person would, with coverage; what they reach is kept for the next time."""

    def __init__(self, *, suite: RunSuite) -> None:
        self._suite = suite

    async def run(self, paths: Sequence[Path], progress: Progress) -> SuiteRun:
        """Run the tests that the changes of these files affect; where nothing was recorded yet, all of them.

        The files belong to one project. Raises nothing for the tests' sake; cancelling ends all children.
        """
        return await self._suite.run(paths[0] if paths else Path(), progress)

    async def run_tests_of(self, path: Path, progress: Progress) -> SuiteRun:
        """Run the tests of one file: itself, where it holds tests, else those that import it."""
        return await self._suite.run(path, progress)
