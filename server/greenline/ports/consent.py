"""What a person agreed to."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from greenline.ports.project import Project


class Consent(Protocol):
    """Knows of which projects source may be sent, and where to."""

    def given(self, project: Project, endpoint: str) -> bool:
        """Tell whether a person agreed that source of the project is sent to this endpoint. Raises nothing."""

    def allow(self, root: Path, endpoint: str) -> None:
        """Remember that a person agreed for the project in this folder. Raises OSError where it cannot be kept."""

    def forbid(self, root: Path) -> bool:
        """Take it back, for every endpoint; False where there was nothing to take back. Raises OSError."""

    def endpoints(self, root: Path) -> tuple[str, ...]:
        """Return where source of the project in this folder may be sent. Raises nothing."""
