"""The project of each folder, found once: for one look at many files, while which nothing is expected to change."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from greenline.ports.project import Project, ProjectFinder


class ProjectsByFolder:
    """Implements ``ProjectFinder``. Looks from each folder upwards once, and never again: to be thrown away soon."""

    def __init__(self, projects: ProjectFinder) -> None:
        self._projects = projects
        self._known: dict[Path, Project] = {}

    def project_of(self, path: Path) -> Project:
        """Return the project, which all files of a folder share. Raises nothing."""
        folder = path.parent
        known = self._known.get(folder)
        if known is None:
            known = self._known[folder] = self._projects.project_of(path)
        return known
