"""Which tests of a project are known without asking pytest: those that Greenline ran, and that are still there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenline.services.test_places import TestPlaces

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from greenline.ports.documents import Documents
    from greenline.ports.project import Project, ProjectFinder
    from greenline.ports.run_store import RunStore
    from greenline.ports.source_tree import SourceTree
    from greenline.services.test_places import TestPlace


class KnownTests:
    """Reads what runs kept, and the test files as they stand."""

    def __init__(self, *, projects: ProjectFinder, runs: RunStore, documents: Documents, sources: SourceTree) -> None:
        self._projects = projects
        self._runs = runs
        self._places = TestPlaces(documents, sources)

    def of(self, paths: Iterable[Path]) -> list[TestPlace]:
        """Return the tests of the projects that hold these paths, in the order of files and lines. Raises nothing.

        Costs a reading of each test file.
        """
        projects: dict[Path, Project] = {}
        for path in paths:
            project = self._projects.project_of(path / "any.py" if path.is_dir() else path)
            projects.setdefault(project.root, project)
        found = [
            place
            for project in projects.values()
            for place in self._places.places(project, [test.node_id for test in self._runs.tests(project.root)])
        ]
        return sorted(found, key=lambda place: (place.path, place.line))
