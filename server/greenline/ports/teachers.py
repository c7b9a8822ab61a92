"""Learning from the tests that are there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from greenline.domain.generation.lessons import Lessons
    from greenline.ports.project import Project


class Teachers(Protocol):
    """Knows what the tests of a project have in common."""

    def lessons(self, project: Project, tests: Path, texts: Mapping[Path, str]) -> Lessons:
        """Return what there is to learn for a test file, also one that is to be made; ``texts`` win over the disk.

        Reads a bounded number of files. Raises nothing.
        """
