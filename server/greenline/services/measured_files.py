"""Which files there is something to say of: all that coverage data tells of, and that are there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from greenline.ports.coverage import CoverageProblem

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from greenline.ports.coverage import CoverageSource
    from greenline.ports.project import Project, ProjectFinder
    from greenline.ports.run_store import RunStore


@dataclass(frozen=True, slots=True)
class ProjectFiles:
    """One project's, in order; ``project`` is what ``ShowCoverage.report_stamp`` takes."""

    project: Project
    files: tuple[Path, ...]


class MeasuredFiles:
    """Looks into the data of whole projects."""

    def __init__(self, projects: ProjectFinder, source: CoverageSource, runs: RunStore) -> None:
        self._projects = projects
        self._source = source
        self._runs = runs

    def of(self, paths: Iterable[Path]) -> list[ProjectFiles]:
        """Return the files of the projects that hold these paths, folders or files; each project once. Raises nothing.

        Costs a look at each file that the data names.
        """
        found: dict[Path, ProjectFiles] = {}
        for path in paths:
            # A folder that is a project's own root belongs to that project and not to one around it.
            project = self._projects.project_of(path / "any.py" if path.is_dir() else path)
            if project.marker is not None and project.root not in found:
                found[project.root] = ProjectFiles(project, self._files(project))
        return list(found.values())

    def _files(self, project: Project) -> tuple[Path, ...]:
        try:
            named = set(self._source.files(project))
        except CoverageProblem:
            named = set()
        named.update(self._runs.files(project.root))
        return tuple(sorted(file for file in named if file.is_relative_to(project.root) and _is_source(file)))


def _is_source(file: Path) -> bool:
    try:
        return file.suffix == ".py" and file.is_file()
    except (OSError, ValueError):
        return False
