"""Find the gaps of many files at once, worst first."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from greenline.domain.coverage.gap_ranking import gaps_within, weight
from greenline.domain.coverage.mapping import summarize
from greenline.domain.coverage.model import Ratio, Summary
from greenline.services.show_coverage import is_test

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from greenline.domain.coverage.model import Gap, GapKind
    from greenline.ports.documents import Documents
    from greenline.ports.project import Project, ProjectFinder
    from greenline.services.picture import Picture
    from greenline.services.picture_basis import Basis, PictureBasis
    from greenline.services.show_coverage import ShowCoverage

_SKIPPED = {"node_modules", "build", "dist", "site-packages", "__pycache__", "venv", "env"}


@dataclass(frozen=True, slots=True)
class GapRow:
    """One gap, with what a table shows of it."""

    path: Path
    function: str | None
    kind: GapKind
    lines: int
    """How many statements it holds; 1 for a branch."""
    message: str
    gap: Gap


@dataclass(frozen=True, slots=True)
class GapReport:
    """Rows worst first; pictures in the order of the files. ``total`` counts the files that could be measured."""

    rows: tuple[GapRow, ...]
    pictures: tuple[Picture, ...]
    total: Summary
    tests_left_out: int = 0
    """Test files found under the paths; they are no target."""
    unreadable: tuple[tuple[Path, str], ...] = ()
    """Files that could not be read as text, and why."""
    basis: tuple[Basis, ...] = ()
    """What it rests on, for each project that has a measured file."""


class FindGaps:
    """Walks folders and asks for each file's picture. ``changed`` tells the lines whose gaps count, None for all."""

    def __init__(
        self,
        projects: ProjectFinder,
        documents: Documents,
        show: ShowCoverage,
        basis: PictureBasis | None = None,
        changed: Callable[[Path, str], frozenset[int] | None] | None = None,
    ) -> None:
        self._changed = changed
        self._basis = basis
        self._projects = projects
        self._documents = documents
        self._show = show

    def find(self, paths: Sequence[Path], *, tests: bool = False) -> GapReport:
        """Look at the files and at the Python files in the folders; a file named itself is looked at whatever it is."""
        pictures: list[Picture] = []
        unreadable: list[tuple[Path, str]] = []
        left_out = 0
        for path, named in self._files(paths):
            if not (named or tests) and is_test(self._projects.project_of(path), path):
                left_out += 1
                continue
            try:
                text = self._documents.read(path)
            except (OSError, UnicodeDecodeError) as error:
                unreadable.append((path, f"{path} cannot be read as Python source: {error}"))
                continue
            if text is not None:
                pictures.append(self._picture(path, text))
        total, basis = _total(pictures), self._basis_of(pictures)
        return GapReport(_rows(pictures), tuple(pictures), total, left_out, tuple(unreadable), basis)

    def _picture(self, path: Path, text: str) -> Picture:
        picture = self._show.picture(path, text)
        lines = self._changed(path, text) if self._changed is not None and picture.gaps else None
        return picture if lines is None else replace(picture, gaps=gaps_within(picture.gaps, lines))

    def _basis_of(self, pictures: Sequence[Picture]) -> tuple[Basis, ...]:
        if self._basis is None:
            return ()
        projects: dict[Path, Project] = {}
        for picture in pictures:
            if picture.map is not None:
                project = self._projects.project_of(picture.path)
                projects.setdefault(project.root, project)
        return tuple(map(self._basis.of, projects.values()))

    def _files(self, paths: Sequence[Path]) -> Iterator[tuple[Path, bool]]:
        """Yield each file once, and whether it was named itself."""
        seen: set[Path] = set()
        for path in map(Path.absolute, paths):
            for file in python_files(path) if path.is_dir() else [path]:
                if file not in seen:
                    seen.add(file)
                    yield file, file == path


def python_files(folder: Path) -> Iterator[Path]:
    """Yield the Python files of a folder, without environments, caches and what is hidden."""
    for name, folders, files in os.walk(folder):
        here = Path(name)
        folders[:] = sorted(inner for inner in folders if _is_source(here / inner))
        yield from (here / file for file in sorted(files) if file.endswith(".py") and not file.startswith("."))


def _is_source(folder: Path) -> bool:
    skipped = folder.name.startswith(".") or folder.name in _SKIPPED or folder.name.endswith(".egg-info")
    return not skipped and not (folder / "pyvenv.cfg").exists()


def _rows(pictures: Sequence[Picture]) -> tuple[GapRow, ...]:
    rows = [
        GapRow(picture.path, gap.function, gap.kind, len(gap.lines), gap.message, gap)
        for picture in pictures
        for gap in picture.gaps
    ]
    return tuple(sorted(rows, key=lambda row: (*weight(row.gap), row.path, row.gap.span.start_line)))


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
