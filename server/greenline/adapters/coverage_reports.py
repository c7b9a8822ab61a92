"""A project's coverage: one report or several, whatever their formats and wherever they were made."""

from __future__ import annotations

import threading
from collections import OrderedDict
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING

from greenline.adapters.coverage_config import CoverageConfigs
from greenline.adapters.coverage_sqlite import DataFile
from greenline.adapters.measured_files import is_measured
from greenline.adapters.report_index import ReportIndexes
from greenline.adapters.report_names_on_disk import FileNames
from greenline.adapters.report_places import by_convention, chosen, reports_at
from greenline.domain.coverage.model import Executed
from greenline.ports.coverage import Measured

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from greenline.adapters.report_places import Report
    from greenline.adapters.report_reading import ReportReader
    from greenline.ports.coverage import Exclusions
    from greenline.ports.project import Project

_KEPT = 128


class CoverageReports:
    """Implements ``CoverageSource``.

    ``coverage_file`` is the person's own choice of reports and wins over the configuration; ``paths`` says what folders
    of theirs stand for in the project (``/app=.; /build=src``). Indexes of reports are kept in ``cache``.
    """

    def __init__(
        self,
        coverage_file: str = "",
        environ: Mapping[str, str] | None = None,
        *,
        paths: str = "",
        cache: Path | None = None,
    ) -> None:
        self.coverage_file = coverage_file
        self._configs = CoverageConfigs(environ)
        self._names = FileNames(paths)
        self._indexes = ReportIndexes(cache)
        self._known: OrderedDict[tuple[object, ...], Measured | None] = OrderedDict()
        self._lock = threading.RLock()

    def report_of(self, project: Project) -> Path:
        """Return where the data is or would be. Raises CoverageProblem for a broken configuration."""
        if self.coverage_file:
            named = chosen(project.root, self.coverage_file)
            return named[0] if named else project.root / self.coverage_file
        reports = self._reports(project)
        return reports[0].path if reports else self._configs.of(project.root).data_file

    def measured(self, project: Project, path: Path) -> Measured | None:
        """Read what each report says of one file, once per state of the reports. Raises CoverageProblem."""
        reports = self._reports(project)
        if not reports:
            return None
        config = self._configs.of(project.root)
        key = (path, _stamp(path), config.aliases, *((report.path, *_stamp(report.path)) for report in reports))
        with self._lock:  # the doctor and the pictures ask on different threads
            if key not in self._known:
                self._known[key] = self._read(project, path, reports)
                if len(self._known) > _KEPT:
                    self._known.popitem(last=False)
            return self._known[key]

    def has_report(self, project: Project) -> bool:
        """Tell whether there is any data at all, combined or not."""
        return bool(self._reports(project))

    def written_at(self, project: Project) -> float | None:
        """Return when the newest report was written."""
        return max((report.path.stat().st_mtime for report in self._reports(project)), default=None)

    def files(self, project: Project) -> list[Path]:
        """Return every file that a report tells of. Raises CoverageProblem."""
        aliases = self._configs.of(project.root).aliases
        with self._lock:
            names = {name for report in self._reports(project) for name in self._reader(report).names()}
        return sorted({self._names.place_of(project, name, aliases) for name in names})

    def exclusions(self, project: Project) -> Exclusions:
        """Return the patterns of the project's configuration."""
        return self._configs.of(project.root).exclusions

    def is_measured(self, project: Project, path: Path) -> bool:
        """Tell whether ``source``, ``include`` and ``omit`` leave the file in."""
        return is_measured(self._configs.of(project.root), project, path)

    def _reports(self, project: Project) -> list[Report]:
        if self.coverage_file:
            return reports_at(chosen(project.root, self.coverage_file))
        config = self._configs.of(project.root)
        return by_convention(config.data_file, config.outputs)

    def _read(self, project: Project, path: Path, reports: Sequence[Report]) -> Measured | None:
        aliases = self._configs.of(project.root).aliases
        found: list[tuple[Report, Executed]] = []
        for report in reports:
            executed = self._names.executed(self._reader(report), report.path, project, path, aliases)
            if executed is not None:
                found.append((report, executed))
        if not found:
            return None
        # What was measured before the file changed says nothing beside what was measured since.
        changed = _stamp(path)[0]
        used = [(report, executed) for report, executed in found if _stamp(report.path)[0] >= changed] or found
        executed = reduce(Executed.merged, (executed for _, executed in used))
        return Measured(executed, used[0][0].path, min(report.path.stat().st_mtime for report, _ in used))

    def _reader(self, report: Report) -> ReportReader:
        return DataFile(report.path) if report.kind == "data" else self._indexes.of(report)


def _stamp(file: Path) -> tuple[int, int]:
    try:
        stat = file.stat()
    except OSError:
        return (0, -1)
    return (stat.st_mtime_ns, stat.st_size)
