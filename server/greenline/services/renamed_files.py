"""Whether a file that the report does not name may have run under another name: it is not told to be unused then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenline.ports.coverage import CoverageProblem
from greenline.services.earlier_texts import is_of

if TYPE_CHECKING:
    from pathlib import Path

    from greenline.ports.coverage import CoverageSource, SourceAnalyzer
    from greenline.ports.documents import Disk
    from greenline.ports.project import Project


class RenamedFiles:
    """Remembers the names in one state of one project's reports. Not safe by itself: its user holds a lock."""

    def __init__(self, source: CoverageSource, disk: Disk, analyzer: SourceAnalyzer) -> None:
        self._source = source
        self._disk = disk
        self._analyzer = analyzer
        self._names: tuple[object, list[Path]] = (None, [])

    def since_report(self, project: Project, path: Path, text: str) -> bool:
        """Tell whether the file was put there after the report, or looks like one that it names and that is gone.

        A move keeps the time when a file was written. Raises CoverageProblem.
        """
        put = self._disk.changed_at(path)
        measured = self._disk.changed_at(self._source.report_of(project))
        if put is not None and measured is not None and put > measured:
            return True
        return any(self._may_be(project, gone, text) for gone in self._gone(project, path))

    def _gone(self, project: Project, path: Path) -> list[Path]:
        """Return the files that are gone of the same name or folder: others are too many, and less alike."""
        state = (project.root, self._source.state(project))
        if self._names[0] != state:
            self._names = (state, self._source.files(project))
        near = (file for file in self._names[1] if file.name == path.name or file.parent == path.parent)
        return [file for file in near if self._disk.modified_at(file) is None]

    def _may_be(self, project: Project, gone: Path, text: str) -> bool:
        try:
            measured = self._source.measured(project, gone)
        except CoverageProblem:  # what it was is as unsure as before
            return False
        if measured is None or not measured.executed.lines:
            return False
        rules = self._source.exclusions(project)
        return is_of(text, measured.executed, self._analyzer, rules, is_whole=measured.is_whole)
