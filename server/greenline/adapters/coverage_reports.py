"""A project's coverage: one report or several, whatever their formats and wherever they were made."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import replace
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING

from greenline.adapters.coverage_config import CoverageConfigs
from greenline.adapters.measured_files import is_measured
from greenline.adapters.report_names_on_disk import FileNames
from greenline.adapters.reports_in_use import Choices, ReportsInUse
from greenline.domain.coverage.model import Executed
from greenline.ports.coverage import Contexts, CoverageProblem, Measured, NotReadYet

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from greenline.adapters.report_names_on_disk import Aliases
    from greenline.adapters.report_places import Report
    from greenline.adapters.report_reading import ContextsRead
    from greenline.ports.coverage import Exclusions, Reading
    from greenline.ports.project import Project

_KEPT = 128
_KEPT_CONTEXTS = 16
"""Files: those that are looked at. Each may have thousands of tests."""


class CoverageReports:
    """Implements ``CoverageSource`` and ``ReportChoice``.

    ``coverage_file`` is the person's own choice of reports and wins over the configuration; ``paths`` says what folders
    of theirs stand for in the project (``/app=.; /build=src``). Indexes of reports are kept in ``cache``. ``choices``
    are handed on when the settings change.
    """

    def __init__(
        self,
        coverage_file: str = "",
        environ: Mapping[str, str] | None = None,
        *,
        paths: str = "",
        cache: Path | None = None,
        choices: Choices | None = None,
    ) -> None:
        choices = choices or Choices()
        self._configs = CoverageConfigs(environ, once=choices.once is not None)
        self._names = FileNames(paths, once=choices.once is not None)
        self._in_use = ReportsInUse(coverage_file, choices, cache, self._configs)
        self._known: OrderedDict[tuple[object, ...], Measured | None] = OrderedDict()
        self._about: OrderedDict[tuple[Report, Path], bool] = OrderedDict()
        self._last: OrderedDict[Path, Measured | None] = OrderedDict()
        """What was known last of each file."""
        self._contexts: OrderedDict[tuple[object, ...], tuple[Contexts, ...]] = OrderedDict()
        self._lock = threading.RLock()
        self._contexts_lock = threading.Lock()

    def report_of(self, project: Project) -> Path:
        """Return where the data is or would be. Raises CoverageProblem for a broken configuration."""
        with self._lock:
            return self._in_use.named(project.root, self._configs.of(project.root))

    def measured(self, project: Project, path: Path) -> Measured | None:
        """Read what each report says of one file, once per state of the reports. Raises CoverageProblem."""
        reports = self._reports(project)
        if not reports:
            return None
        key = self._key(project, path, reports)
        with self._lock:  # the doctor and the pictures ask on different threads
            if key not in self._known:
                try:
                    self._last[path] = self._known[key] = self._read(project, path, reports)
                except CoverageProblem as problem:
                    return self._before(project, path, reports, problem)
                for kept in (self._known, self._last):
                    if len(kept) > _KEPT:
                        kept.popitem(last=False)
            return self._known[key]

    def contexts(self, project: Project, path: Path) -> tuple[Contexts, ...]:
        """Return which tests ran which lines, once per state of the reports. Raises CoverageProblem.

        What data files say is read outside of the lock: a picture never waits for it.
        """
        reports = self._reports(project)
        key = self._key(project, path, reports)
        with self._contexts_lock:
            if key not in self._contexts:
                with self._lock:
                    used = [report for report, _ in self._used(project, path, reports)]
                read = ((report, self._contexts_of(project, path, report)) for report in used)
                self._contexts[key] = tuple(
                    Contexts(report.path, report.written_at, found.by_context, found.lack)
                    for report, found in read
                    if found is not None
                )
                if len(self._contexts) > _KEPT_CONTEXTS:
                    self._contexts.popitem(last=False)
            return self._contexts[key]

    def has_report(self, project: Project) -> bool:
        """Tell whether there is any data at all, combined or not."""
        return bool(self._reports(project))

    def written_at(self, project: Project) -> float | None:
        """Return when the newest report was written."""
        return max((report.written_at for report in self._reports(project)), default=None)

    def files(self, project: Project) -> list[Path]:
        """Return every file that a report tells of. Raises CoverageProblem."""
        found: set[Path] = set()
        with self._lock:
            for report in self._reports(project):
                whose, aliases = self._scope(project, report)
                names = self._in_use.reader(report).names()
                found.update(self._names.place_of(whose, name, aliases) for name in names)
        return sorted(found)

    def exclusions(self, project: Project) -> Exclusions:
        """Return the patterns of the project's configuration."""
        return self._configs.of(project.root).exclusions

    def is_measured(self, project: Project, path: Path) -> bool:
        """Tell whether ``source``, ``include`` and ``omit`` leave the file in."""
        return is_measured(self._configs.of(project.root), project, path)

    def state(self, project: Project) -> object:
        """Return what changes whenever what is known of the project's reports may. Raises nothing."""
        try:
            config = self._configs.of(project.root)
            with self._lock:
                return config, self._in_use.state(project.root, config)
        except (CoverageProblem, OSError) as problem:
            return str(problem)

    def load(self, project: Project, report: Path) -> None:
        """Let this report alone count for the project, until it is cleared. Raises CoverageProblem for a useless one.

        One that is large may not be read yet: it will be.
        """
        with self._lock:
            self._in_use.load(project.root, report)
            self._last.clear()

    def clear(self, project: Project) -> None:
        """Let nothing count that is there now, until something newer is. Raises CoverageProblem."""
        with self._lock:
            self._last.clear()
            self._in_use.clear(project.root, self._configs.of(project.root))

    def watched(self, project: Project) -> tuple[Path, ...]:
        """Return where reports of the project are or would be. Raises CoverageProblem."""
        with self._lock:
            return self._in_use.watched(project.root, self._configs.of(project.root))

    def readings(self) -> tuple[Reading, ...]:
        """Return the large reports that are being read now. Never waits."""
        processes = self._in_use.choices.processes
        return processes.readings() if processes is not None else ()

    def stop_reading(self, report: Path) -> None:
        """Read it no further, until it is written again."""
        if self._in_use.choices.processes is not None:
            self._in_use.choices.processes.stop(report)

    def _reports(self, project: Project) -> tuple[Report, ...]:
        with self._lock:
            reports = self._in_use.of(project.root, self._configs.of(project.root))
            return tuple(report for report in reports if report.base is None or self._tells_of(report, project))

    def _tells_of(self, report: Report, project: Project) -> bool:
        """Tell whether a report of what is around the project tells of the project at all."""
        key = (report, project.root)
        if key not in self._about:
            whose, aliases = self._scope(project, report)
            names = self._in_use.reader(report).names()
            places = (self._names.place_of(whose, name, aliases) for name in names)
            self._about[key] = any(place.is_relative_to(project.root) for place in places)
            if len(self._about) > _KEPT:
                self._about.popitem(last=False)
        return self._about[key]

    def _scope(self, project: Project, report: Report) -> tuple[Project, Aliases]:
        """Return the project that the report was made for, and the rules there."""
        base = report.base or project.root
        return (project if base == project.root else replace(project, root=base)), self._configs.of(base).aliases

    def _before(
        self, project: Project, path: Path, reports: tuple[Report, ...], problem: CoverageProblem
    ) -> Measured | None:
        """Return what was known of the file before, where the reports may be read soon. Raises CoverageProblem."""
        if not self._in_use.is_hopeful(project.root, reports):
            raise problem
        if path in self._last:
            return self._last[path]
        if isinstance(problem, NotReadYet):
            raise problem
        raise NotReadYet(f"{reports[0].path.name} is being written; what it says is shown soon.") from problem

    def _key(self, project: Project, path: Path, reports: Sequence[Report]) -> tuple[object, ...]:
        aliases = [self._scope(project, report)[1] for report in reports]
        stamp = _stamp(path)
        with self._lock:
            self._in_use.choices.saw(path, stamp[0])
            return (path, stamp, self._names.state(project, path), *aliases, *reports)

    def _read(self, project: Project, path: Path, reports: Sequence[Report]) -> Measured | None:
        used = self._used(project, path, reports)
        if not used:
            return None
        executed = reduce(Executed.merged, (executed for _, executed in used))
        written = min(report.written_at for report, _ in used)
        is_whole = all(report.kind == "data" for report, _ in used)
        return Measured(executed, used[0][0].path, written, is_whole)

    def _used(self, project: Project, path: Path, reports: Sequence[Report]) -> list[tuple[Report, Executed]]:
        """Return the reports that count, and what each says of the file."""
        found: list[tuple[Report, Executed]] = []
        for report in reports:
            reader = self._in_use.reader(report)
            whose, aliases = self._scope(project, report)
            executed = self._names.asked(reader.executed, whose, path, reader=reader, report=report, aliases=aliases)
            if executed is not None:
                found.append((report, executed))
        # What was measured before the file changed says nothing beside what was measured since.
        newest = max((report.stamp[0] for report, _ in found), default=0)
        changed = _stamp(path)[0]
        if changed > newest:
            changed = self._in_use.choices.written_before(path, newest)
        return [(report, executed) for report, executed in found if report.stamp[0] >= changed]

    def _contexts_of(self, project: Project, path: Path, report: Report) -> ContextsRead | None:
        reader = self._in_use.reader(report)
        whose, aliases = self._scope(project, report)

        def names_of(names: Sequence[str]) -> Sequence[str] | None:
            return names if reader.executed(names) is not None else None

        with self._lock:
            names = self._names.asked(names_of, whose, path, reader=reader, report=report, aliases=aliases)
            if names is not None and report.kind != "data":  # the index is one connection for all threads
                return reader.contexts(names)
        return reader.contexts(names) if names is not None else None


def _stamp(file: Path) -> tuple[int, int]:
    try:
        stat = file.stat()
    except OSError:
        return (0, -1)
    return (stat.st_mtime_ns, stat.st_size)
