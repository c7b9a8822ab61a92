"""Which source files a project has."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from greenline.ports.project import Project


class SourceTree(Protocol):
    """A project's own Python files."""

    def python_files(self, project: Project) -> list[Path]:
        """Return the files under the source roots, in order; without tests, environments and hidden folders."""

    def test_files(self, project: Project) -> list[Path]:
        """Return the project's test files by name, and all Python files of its test folders, in order."""

    def modified_at(self, path: Path) -> float | None:
        """Return when the file was last written (seconds since the epoch), None when there is none."""

    def changed_at(self, path: Path) -> float | None:
        """Return when the file last became what it is, written or put in the place of another one; None for none."""
