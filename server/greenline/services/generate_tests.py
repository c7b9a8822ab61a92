"""Generate: from a target to one edit whose every test has passed, twice, in fresh processes, and gained something."""

from __future__ import annotations

from dataclasses import dataclass

from greenline.domain.generation.model import Target, TargetResult, TestEdit
from greenline.ports.progress import Progress
from greenline.settings import EngineChoice


@dataclass(frozen=True, slots=True)
class Generation:
    """One result per function of the target, and the one edit that writes all their tests (None: nothing to write)."""

    results: tuple[TargetResult, ...]
    edit: TestEdit | None


class GenerateTests:
    """Proposes, tries and keeps; writes nothing."""

    async def generate(self, target: Target, progress: Progress, *, engine: EngineChoice = "auto") -> Generation:
        """Never raises for the target's sake: what went wrong is in the results. Cancelling the task ends all children."""
        raise NotImplementedError
