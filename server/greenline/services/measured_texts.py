"""Which text a measurement belongs to: the condition for showing it at all."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from greenline.domain.code.text_lines import split_lines
from greenline.domain.coverage.following import Following
from greenline.domain.coverage.model import Executed
from greenline.ports.coverage import CoverageProblem
from greenline.ports.run_store import Stamp
from greenline.services.earlier_texts import EarlierTexts, Version
from greenline.services.renamed_files import RenamedFiles

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from greenline.ports.coverage import CoverageSource, Exclusions, Measured, SourceAnalyzer
    from greenline.ports.documents import Disk
    from greenline.ports.history import History
    from greenline.ports.project import Project
    from greenline.services.stored_runs import StoredRuns

_Entry = TypeVar("_Entry")
_NEVER_RAN = Executed(arcs=frozenset())
_KEPT_RUNS = 4
_KEPT = 128
"""Files whose measured text is remembered: those last looked at, and all that are open."""


@dataclass(frozen=True, slots=True)
class MeasuredText:
    """A text and what ran of exactly this text."""

    text: str
    executed: Executed


class NoReport(Exception):
    """There is no coverage data: a state to show, not a failure."""


class Outdated(Exception):
    """The file changed after it was measured, and nobody saw the text that was."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """What outlives a change of settings. Whoever touches it holds ``lock``, as jobs and pictures do so at once."""

    reported: dict[Path, tuple[float, MeasuredText]] = field(default_factory=dict)
    runs: dict[Path, tuple[Stamp, tuple[MeasuredText, ...]]] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)


class MeasuredTexts:
    """Remembers the text that the report measured, so that coverage follows edits that are saved later.

    Not safe by itself: its user holds the lock of ``remembered``.
    """

    def __init__(
        self,
        source: CoverageSource,
        analyzer: SourceAnalyzer,
        disk: Disk,
        remembered: Remembered,
        stored: StoredRuns | None = None,
        *,
        history: History | None = None,
        is_open: Callable[[Path], bool] = lambda _: False,
        once: bool = False,
    ) -> None:
        self._is_open = is_open
        self._renamed = RenamedFiles(source, disk, analyzer, once=once)
        self._earlier = EarlierTexts(analyzer, stored, history)
        self._source = source
        self._stored = stored
        self._disk = disk
        self._reported = remembered.reported
        self._runs = remembered.runs

    def reported(self, project: Project, path: Path, *, is_test: bool) -> MeasuredText | None:
        """Return the report's share with its text; None when the report leaves such files out.

        Raises NoReport, Outdated and CoverageProblem.
        """
        written = self._source.written_at(project)
        if written is None:
            raise NoReport
        measured = self._source.measured(project, path)
        if measured is None and (is_test or not self._source.is_measured(project, path)):
            return None
        if measured is not None:
            written = measured.written_at  # another report, which does not tell of the file, may be newer
        executed = measured.executed if measured else _NEVER_RAN
        known = self._reported.get(path)
        if known and known[0] == written and known[1].executed == executed:
            self._remember(path, known)
            return known[1]
        if measured is None:
            text = self._never_imported(project, path, written)
        else:
            text = self._measured(project, path, measured, known)
        if text is None:
            raise Outdated
        found = MeasuredText(text, executed)
        self._remember(path, (written, found))
        return found

    def saved_as_measured(self, project: Project, path: Path, *, is_test: bool) -> tuple[Executed, bool] | None:
        """Return what a report says ran of a file that was not saved since, and whether that is all; None otherwise.

        Cheap: that it can have run so is not looked at. Raises CoverageProblem.
        """
        written, modified = self._source.written_at(project), self._disk.modified_at(path)
        if written is None or modified is None:
            return None
        measured = self._source.measured(project, path)
        if measured is not None:
            return (measured.executed, measured.is_whole) if modified <= measured.written_at else None
        if is_test or not self._source.is_measured(project, path):
            return None
        never_ran = self._never_imported(project, path, written) is not None
        return (_NEVER_RAN, True) if never_ran else None

    def runs(self, project: Project, path: Path) -> tuple[MeasuredText, ...]:
        """Return what runs of ours measured since the report was written, newest first."""
        if self._stored is not None:
            return self._stored.of(project, path, self.stamp(project))
        stamp, runs = self._runs.get(path, ((None, None), ()))
        if not runs:
            return ()
        now = self.stamp(project)
        if stamp[0] == now[0] and stamp[1] != now[1]:  # the suite ran again: it knows better
            del self._runs[path]
            return ()
        self._runs[path] = (now, runs)  # another report was chosen, which takes nothing away
        return runs

    def add_run(self, project: Project, path: Path, run: MeasuredText) -> bool:
        """Remember a run of ours. Returns whether it tells anything new."""
        before = self.runs(project, path)
        if before and before[0].text == run.text:
            run = MeasuredText(run.text, before[0].executed.merged(run.executed))
            after = (run, *before[1:])
        else:
            after = (run, *before[: _KEPT_RUNS - 1])
        self._runs[path] = (self.stamp(project), after)
        return after != before

    def stamp(self, project: Project) -> Stamp:
        """Return what changes whenever the report does. Raises nothing."""
        report: Path | None = None
        try:
            report = self._source.report_of(project)
            return report, self._source.written_at(project)
        except (CoverageProblem, OSError):
            return report, None

    def saved_text(self, path: Path) -> str | None:
        """Return the text on disk."""
        saved = self._disk.saved(path)
        return saved.text if saved else None

    def _measured(
        self, project: Project, path: Path, measured: Measured, known: tuple[float, MeasuredText] | None
    ) -> str | None:
        """Return the text that ran: the one on disk, unless it was saved while the tests ran, say, or moved there."""
        rules = self._source.exclusions(project)
        saved = self._disk.saved(path)
        is_old = saved is not None and saved.modified_at <= measured.written_at
        if saved is not None and is_old and self._earlier.fits(saved.text, measured, rules):
            return saved.text
        # What was known before is a text that was there once.
        seen = [Version(known[1].text, known[0])] if known else []
        return self._earlier.measured(project, path, measured, rules, seen)

    def _never_imported(self, project: Project, path: Path, written: float) -> str | None:
        """Return the text of which nothing ran; None where it may have run, under another name."""
        saved = self._disk.saved(path)
        if saved is None or saved.modified_at > written:
            return None
        return None if self._renamed.since_report(project, path, saved.text) else saved.text

    def _remember(self, path: Path, measured: tuple[float, MeasuredText]) -> None:
        self._reported.pop(path, None)
        self._reported[path] = measured
        forget_oldest(self._reported, _KEPT, self._is_open)


def forget_oldest(kept: dict[Path, _Entry], most: int, is_open: Callable[[Path], bool]) -> None:
    """Forget what was looked at longest ago, down to ``most`` files, but never what is open."""
    while len(kept) > most:
        closed = next((path for path in kept if not is_open(path)), None)
        if closed is None:
            return
        del kept[closed]


def key_of_measurement(text: str, executed: Executed, is_whole: bool, exclusions: Exclusions) -> str:
    """Return a hash that two measurements share only if they are of the same text and say the same."""
    told = executed.told
    parts = (
        None if executed.arcs is None else sorted(executed.arcs),
        sorted(executed.lines),
        told and [sorted(told.lines), sorted(told.untaken), sorted(told.unclear)],
        is_whole,
        exclusions,
    )
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=20)
    digest.update(repr(parts).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def lines_before(measured: str, text: str, followed: Sequence[Following]) -> Mapping[int, int]:
    """Return the untouched lines of a text and where they stood in the measured one; see ``way_from``."""
    return way_from(measured, text, followed).came_from


def way_from(measured: str, text: str, followed: Sequence[Following]) -> Following:
    """Return how the measured text became another.

    ``followed`` tells how earlier texts of the buffer became this one, the oldest first: what was seen of the edits
    counts, not only that lines are equal.
    """
    then = tuple(split_lines(measured))
    same = next((one for one in reversed(followed) if one.base == then), None)
    if same is not None:
        return same
    if followed:
        return followed[0].after(Following.between(measured, "\n".join(followed[0].base)))
    return Following.between(measured, text)
