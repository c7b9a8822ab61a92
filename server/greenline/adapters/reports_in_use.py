"""Which reports of a project count now: those that are chosen or found, in the state that is whole, and not cleared."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from greenline.adapters.coverage_sqlite import DataFile, OpenDataFile
from greenline.adapters.report_index import ReportIndexes
from greenline.adapters.report_places import by_convention, chosen, enclosing, named_by, report_at, reports_at
from greenline.adapters.settled_reports import SettledReports
from greenline.ports.coverage import CoverageProblem, NotReadYet

if TYPE_CHECKING:
    from pathlib import Path

    from greenline.adapters.coverage_config import CoverageConfig, CoverageConfigs
    from greenline.adapters.index_process import IndexProcesses
    from greenline.adapters.report_places import Report
    from greenline.adapters.report_reading import ReportReader
    from greenline.adapters.settled_reports import Patience


_PAUSE = 0.1
_KEPT = 4096
_KEPT_TIMES = 8


@dataclass(frozen=True, slots=True)
class LookedOnce:
    """What one look at many files found, until it is over: nothing is looked for again, and data files stay open."""

    reports: dict[Path, tuple[Report, ...]] = field(default_factory=dict)
    """Those that count, by the project's root."""
    readers: dict[Report, OpenDataFile] = field(default_factory=dict)

    def reader(self, report: Report) -> OpenDataFile:
        """Return what reads the data file."""
        if report not in self.readers:
            self.readers[report] = OpenDataFile(report.path)
        return self.readers[report]

    def close(self) -> None:
        """Let go of the files."""
        for reader in self.readers.values():
            reader.close()


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person chose while an editor runs, by the project's root; it outlives a change of settings."""

    loaded: dict[Path, Path] = field(default_factory=dict)
    """The one report that counts."""
    cleared: dict[Path, frozenset[Report]] = field(default_factory=dict)
    """States of reports that count no more."""
    patience: Patience | None = None
    """For reports that are being written; None: whatever is there is read at once, as a program that ends does."""
    waits: bool = False
    """Whoever asks waits until a report is whole, or has been broken for long enough: a program that ends asks once."""
    processes: IndexProcesses | None = None
    """None: whoever asks waits until a large report is read."""
    once: LookedOnce | None = None
    """For one look at many files; None: whatever changes is seen."""
    written: dict[Path, tuple[int, ...]] = field(default_factory=dict)
    """When files were written (nanoseconds), as far as that was seen: which reports are of one text."""

    def saw(self, file: Path, written: int) -> None:
        """Remember when a file was written."""
        times = self.written.pop(file, ())
        self.written[file] = times if written in times else tuple(sorted((*times, written)))[-_KEPT_TIMES:]
        if len(self.written) > _KEPT:
            del self.written[next(iter(self.written))]

    def written_before(self, file: Path, when: int) -> int:
        """Return when the text was written that the file had then; 0: nobody saw it."""
        return max((time for time in self.written.get(file, ()) if time <= when), default=0)


class ReportsInUse:
    """Answers for one choice of settings. ``coverage_file`` is the setting."""

    def __init__(self, coverage_file: str, choices: Choices, cache: Path | None, configs: CoverageConfigs) -> None:
        self.coverage_file = coverage_file
        self._configs = configs
        self.choices = choices
        self._indexes = ReportIndexes(cache, choices.processes)
        self._settled = SettledReports(self._check, choices.patience)

    def reader(self, report: Report) -> ReportReader:
        """Return what reads this state of the report. Raises NotReadYet where the data is in another state already."""
        if report.kind != "data":
            return self._indexes.of(report)
        if self.choices.once is not None:
            return self.choices.once.reader(report)
        if self.choices.patience is not None and not self.choices.waits and not report.is_as_it_was:
            raise NotReadYet(f"{report.path.name} is being written; what it says is shown as soon as that has ended.")
        return DataFile(report.path)

    def named(self, root: Path, config: CoverageConfig) -> Path:
        """Return where the data is or would be."""
        if root in self.choices.loaded:
            return self.choices.loaded[root]
        if self.coverage_file:
            named = chosen(root, self.coverage_file)
            return named[0] if named else root / self.coverage_file
        reports = self.of(root, config)
        return reports[0].path if reports else config.data_file

    def of(self, root: Path, config: CoverageConfig) -> tuple[Report, ...]:
        """Return the reports that count. Raises NotReadYet where none did before the one that is being written."""
        once = self.choices.once
        if once is not None and root in once.reports:
            return once.reports[root]
        reports = self._awaited(root, config)
        if once is not None:
            once.reports[root] = reports
        return reports

    def _awaited(self, root: Path, config: CoverageConfig) -> tuple[Report, ...]:
        while True:
            try:
                return self._settled_at(root, config)
            except NotReadYet:  # noqa: PERF203 - it waits anyway
                if not self.choices.waits:
                    raise
                time.sleep(_PAUSE)

    def _settled_at(self, root: Path, config: CoverageConfig) -> tuple[Report, ...]:
        found = self._found(root, config)
        cleared = self.choices.cleared.get(root)
        if cleared and not any(report in cleared for report in found):
            del self.choices.cleared[root]  # there is something newer
        return self._settled.of(root, [report for report in found if not cleared or report not in cleared])

    def load(self, root: Path, report: Path) -> None:
        """Let this report alone count, until it is cleared. Raises CoverageProblem for one that cannot be read."""
        with suppress(NotReadYet):  # it will be
            self._check(report_at(report))
        self.choices.loaded[root] = report
        self.choices.cleared.pop(root, None)
        self._settled.forget(root)

    def clear(self, root: Path, config: CoverageConfig) -> None:
        """Let nothing count that is there now."""
        there = self._found(root, config)
        self.choices.loaded.pop(root, None)
        self.choices.cleared[root] = frozenset([*there, *self._found(root, config)])
        self._settled.forget(root)

    def watched(self, root: Path, config: CoverageConfig) -> tuple[Path, ...]:
        """Return where the reports are or would be; a name may be a pattern."""
        if root in self.choices.loaded:
            return (self.choices.loaded[root],)
        if self.coverage_file:
            return tuple(root / name for name in named_by(self.coverage_file))
        return (config.data_file, config.data_file.with_name(f"{config.data_file.name}.*"), *config.outputs)

    def state(self, root: Path, config: CoverageConfig) -> object:
        """Return what changes whenever the reports that count do. Raises CoverageProblem."""
        return self.of(root, config), self._settled.doubts(root)

    def is_hopeful(self, root: Path, reports: tuple[Report, ...]) -> bool:
        """Tell whether what cannot be read may be better soon: see ``SettledReports.doubt``."""
        return not self.choices.waits and self._settled.doubt(root, reports)

    def _found(self, root: Path, config: CoverageConfig) -> list[Report]:
        if root in self.choices.loaded:
            return [report_at(self.choices.loaded[root])]
        if self.coverage_file:
            return reports_at(chosen(root, self.coverage_file))
        found = by_convention(config.data_file, config.outputs)
        return found or self._around(root)

    def _around(self, root: Path) -> list[Report]:
        """Return the reports of a run that was started around the project, in a folder with several."""
        for folder in enclosing(root):
            try:
                config = self._configs.of(folder)
            except CoverageProblem:  # somebody else's
                continue
            if found := by_convention(config.data_file, config.outputs):
                return [replace(report, base=folder) for report in found]
        return []

    def _check(self, report: Report) -> None:
        if report.kind == "data":
            DataFile(report.path).executed(())
        else:
            self._indexes.opened(report)
