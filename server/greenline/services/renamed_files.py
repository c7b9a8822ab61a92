"""Whether a file that the report does not name may have run under another name: it is not told to be unused then."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from greenline.ports.coverage import CoverageProblem
from greenline.services.earlier_texts import is_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from greenline.ports.coverage import CoverageSource, SourceAnalyzer
    from greenline.ports.documents import Disk
    from greenline.ports.project import Project


class RenamedFiles:
    """Remembers the names in one state of one project's reports. Not safe by itself: its user holds a lock.

    ``once``: which files are gone is looked at once, for one look at many files.
    """

    def __init__(self, source: CoverageSource, disk: Disk, analyzer: SourceAnalyzer, *, once: bool = False) -> None:
        self._source = source
        self._disk = disk
        self._analyzer = analyzer
        self._once = once
        self._names: tuple[object, _Names] = (None, _Names(()))

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
            files = self._source.files(project)
            self._names = (state, _Names(filter(self._is_gone, files) if self._once else files))
        near = self._names[1].near(path)
        return near if self._once else list(filter(self._is_gone, near))

    def _is_gone(self, file: Path) -> bool:
        return self._disk.modified_at(file) is None

    def _may_be(self, project: Project, gone: Path, text: str) -> bool:
        try:
            measured = self._source.measured(project, gone)
        except CoverageProblem:  # what it was is as unsure as before
            return False
        if measured is None or not measured.executed.lines:
            return False
        rules = self._source.exclusions(project)
        return is_of(text, measured.executed, self._analyzer, rules, is_whole=measured.is_whole)


class _Names:
    """Files by their names and folders."""

    def __init__(self, files: Iterable[Path]) -> None:
        self._by_name: dict[str, list[Path]] = defaultdict(list)
        self._by_folder: dict[Path, list[Path]] = defaultdict(list)
        for file in files:
            self._by_name[file.name].append(file)
            self._by_folder[file.parent].append(file)

    def near(self, path: Path) -> list[Path]:
        """Return those of the same name or folder, in order."""
        return sorted({*self._by_name.get(path.name, ()), *self._by_folder.get(path.parent, ())})
