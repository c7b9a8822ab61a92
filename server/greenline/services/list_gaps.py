"""List gaps: the pictures of many files, as they are on disk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from greenline.services.show_coverage import Picture

if TYPE_CHECKING:
    from greenline.ports.documents import Documents
    from greenline.ports.project import ProjectFinder
    from greenline.ports.source_tree import SourceTree
    from greenline.services.show_coverage import ShowCoverage


class ListGaps:
    """Looks at files and at whole folders; runs nothing."""

    def __init__(self, projects: ProjectFinder, sources: SourceTree, show: ShowCoverage, documents: Documents) -> None:
        self._projects, self._sources, self._show, self._documents = projects, sources, show, documents

    def pictures(self, paths: Sequence[Path]) -> list[Picture]:
        """Return one picture for each file, and for each source file below each folder (absolute paths), none twice.

        A file that cannot be read as text is ``broken-source`` with the reason. Raises nothing.
        """
        files = dict.fromkeys(file for path in paths for file in self._files(path))
        return [picture for file in files if (picture := self._picture(file)) is not None]

    def _files(self, path: Path) -> Iterator[Path]:
        if path.is_file():
            yield path
            return
        project = self._projects.project_of(path / "any.py")
        yield from (file for file in self._sources.python_files(project) if file.is_relative_to(path))

    def _picture(self, file: Path) -> Picture | None:
        try:
            text = self._documents.read(file)
        except (OSError, UnicodeDecodeError) as error:
            return Picture(file, "broken-source", f"{file.name} cannot be read as text: {error}")
        return None if text is None else self._show.picture(file, text)
