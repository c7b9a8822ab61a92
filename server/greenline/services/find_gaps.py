"""Find the gaps of many files at once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from greenline.domain.coverage.gap_ranking import gaps_within
from greenline.domain.coverage.mapping import summarize
from greenline.domain.coverage.model import Ratio, Summary
from greenline.services.projects_by_folder import ProjectsByFolder
from greenline.services.source_files import source_files

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from greenline.ports.documents import Documents
    from greenline.ports.history import Ignored
    from greenline.ports.project import Project, ProjectFinder
    from greenline.services.picture import Picture
    from greenline.services.picture_basis import Basis, PictureBasis
    from greenline.services.show_coverage import ShowCoverage


@dataclass(frozen=True, slots=True)
class GapReport:
    """Pictures in the order of the files. ``total`` counts the files that could be measured."""

    pictures: tuple[Picture, ...]
    total: Summary
    tests_left_out: int = 0
    """Test files found under the paths; they are no target."""
    unreadable: tuple[tuple[Path, str], ...] = ()
    """Files that could not be read as text, and why."""
    basis: tuple[Basis, ...] = ()
    """What it rests on, for each project that has a measured file."""
    skipped: tuple[Path, ...] = ()
    """Folders under the paths that were not looked into, though their names are not hidden."""

    @property
    def problems(self) -> dict[str, list[Path]]:
        """The files of which nothing is known, by the reason."""
        pictures = (one for one in self.pictures if one.state != "measured" or one.message)
        told = [(picture.path, picture.message) for picture in pictures]
        found: dict[str, list[Path]] = {}
        for path, message in [*told, *self.unreadable]:
            found.setdefault(message, []).append(path)
        return found


class FindGaps:
    """Walks folders and asks for each file's picture. ``changed`` tells the lines whose gaps count, None for all."""

    def __init__(
        self,
        projects: ProjectFinder,
        documents: Documents,
        show: ShowCoverage,
        basis: PictureBasis | None = None,
        changed: Callable[[Path, str], frozenset[int] | None] | None = None,
        *,
        ignored: Ignored | None = None,
    ) -> None:
        self._changed = changed
        self._ignored = ignored
        self._basis = basis
        self._projects = projects
        self._documents = documents
        self._show = show

    def find(self, paths: Sequence[Path], *, tests: bool = False) -> GapReport:
        """Look at the files and at the Python files in the folders; a file named itself is looked at whatever it is."""
        pictures: list[Picture] = []
        unreadable: list[tuple[Path, str]] = []
        sources = source_files(paths, ProjectsByFolder(self._projects), tests=tests, ignored=self._ignored)
        for path in sources.files:
            try:
                found = self.one(path)
            except (OSError, UnicodeDecodeError) as error:
                unreadable.append((path, f"{path} cannot be read as Python source: {error}"))
                continue
            if found is not None:
                pictures.append(found[0])
        total, basis = _total(pictures), self._basis_of(pictures)
        return GapReport(tuple(pictures), total, sources.tests, tuple(unreadable), basis, tuple(sources.skipped))

    def one(self, path: Path) -> tuple[Picture, str] | None:
        """Return a file's picture and its text, None where there is no file. Raises OSError and UnicodeDecodeError."""
        text = self._documents.read(path)
        if text is None:
            return None
        picture = self._show.picture(path, text)
        lines = self._changed(path, text) if self._changed is not None and picture.gaps else None
        return (picture if lines is None else replace(picture, gaps=gaps_within(picture.gaps, lines))), text

    def _basis_of(self, pictures: Sequence[Picture]) -> tuple[Basis, ...]:
        if self._basis is None:
            return ()
        projects: dict[Path, Project] = {}
        for picture in pictures:
            if picture.map is not None:
                project = self._projects.project_of(picture.path)
                projects.setdefault(project.root, project)
        return tuple(map(self._basis.of, projects.values()))


def _total(pictures: Sequence[Picture]) -> Summary:
    counts: Counter[str] = Counter()
    for picture in pictures:
        if picture.map is not None:
            summary = summarize(picture.map)
            counts["covered"] += summary.lines.covered
            counts["lines"] += summary.lines.total
            counts["taken"] += summary.branches.covered
            counts["branches"] += summary.branches.total
    return Summary(Ratio(counts["covered"], counts["lines"]), Ratio(counts["taken"], counts["branches"]))
