"""Why the failing tests of a run failed: the code, the test, chance, or what is around both."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from greenline.domain.failures import Failure
    from greenline.ports.progress import Progress
    from greenline.ports.tests import TestReport, TestRun, TestRunner


class SortFailures:
    """Sorts by what the failing tests said and, within limits, by whether they pass when they run again."""

    def __init__(self, *, runner: TestRunner) -> None:
        self._runner = runner

    async def sort(self, run: TestRun, report: TestReport, progress: Progress) -> tuple[Failure, ...]:
        """Return one failure for each test of ``report`` that failed, in its order; ``run`` is what gave the report.

        Raises nothing for the tests' sake; cancelling ends all children.
        """
        raise NotImplementedError
