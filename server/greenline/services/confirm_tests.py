"""Confirm: run the test file as it now stands, as the person would, and say what it gained."""

from __future__ import annotations

from dataclasses import dataclass

from greenline.domain.generation.model import TargetResult
from greenline.ports.progress import Progress
from greenline.ports.tests import TestOutcome
from greenline.services.generate_tests import Generation


@dataclass(frozen=True, slots=True)
class Confirmation:
    """How the written file fared. ``results`` carry the status and coverage after the run."""

    results: tuple[TargetResult, ...]
    passed: int
    failures: tuple[TestOutcome, ...] = ()
    problem: str = ""
    message: str = ""
    """One sentence for the person: "3 tests passed; `parse_header` 40 % -> 100 % (6 lines, 4 branches)"."""

    @property
    def ok(self) -> bool:
        """Every new test passed in the file as written."""
        return not self.problem and not self.failures and self.passed > 0


class ConfirmTests:
    """Runs what was written and merges its coverage into the picture."""

    async def confirm(self, generation: Generation, progress: Progress) -> Confirmation:
        """Run the edit's resulting text with coverage. Raises nothing for the tests' sake."""
        raise NotImplementedError
