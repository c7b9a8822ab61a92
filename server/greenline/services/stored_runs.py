"""What kept runs say about a file now: of tests that are gone or changed since, nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from greenline.domain.code.fingerprints import own_fingerprint
from greenline.domain.coverage.contexts import still_counts
from greenline.domain.coverage.model import Executed
from greenline.services.measured_texts import MeasuredText
from greenline.services.run_records import Ran, Scope, record_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

    from greenline.ports.documents import Disk, Documents
    from greenline.ports.project import Project
    from greenline.ports.run_store import RanText, Reached, RunStore, Stamp, StoredTest
    from greenline.ports.tests import TestReport

_T = TypeVar("_T")
_KEPT = 32
"""Files: as many as are open. Thousands of tests may have reached one."""

_Now = str | float | None
"""The text of an unsaved file, when a saved one was written, None for one that is gone."""


class StoredRuns:
    """Reads one file's runs when they are asked for, and again when the store or the tests changed.

    Not safe by itself: its user holds a lock. ``keep`` needs none.
    """

    def __init__(self, store: RunStore, documents: Documents, disk: Disk) -> None:
        self._store = store
        self._documents = documents
        self._disk = disk
        self._read: dict[Path, tuple[object, tuple[RanText, ...]]] = {}
        self._tests: dict[Path, tuple[object, tuple[Path, ...]]] = {}
        self._made: dict[Path, tuple[object, tuple[tuple[MeasuredText, RanText], ...]]] = {}
        self._all_known: tuple[object, bool] = (None, False)
        self._written: tuple[object, dict[Path, float | None]] = (None, {})

    def stamp(self, project: Project) -> object:
        """Return what changes whenever the runs of a project do. Only looks at files' times."""
        return self._store.stamp(project.root)

    def keep(self, project: Project, report: TestReport, ran: Ran, scope: Scope) -> None:
        """Keep a run. Writes to the disk; raises nothing."""
        if scope.everything:
            scope = replace(scope, gone=self._gone(project))
        self._store.record(project.root, record_of(project.root, report, ran, scope, self._store))

    def of(self, project: Project, path: Path, report: Stamp) -> tuple[MeasuredText, ...]:
        """Return what was measured since the report was written, newest first."""
        return tuple(measured for measured, _ in self._counting(project, path, report))

    def by_test(self, project: Project, path: Path, report: Stamp) -> tuple[RanText, ...]:
        """Return the same by test: of those that are as they were when they ran."""
        return tuple(ran for _, ran in self._counting(project, path, report))

    def knows_all_tests(self, project: Project, report: Stamp) -> bool:
        """Tell whether every test of the project ran since the report was written, and all that each ran is known."""
        whole = self._store.whole_at(project.root)
        if whole is None or whole < (report[1] or 0.0):
            return False
        version = (project.root, self._store.stamp(project.root))
        if self._all_known[0] != version:
            self._all_known = (version, all(test.complete for test in self._store.tests(project.root)))
        return self._all_known[1]

    def _counting(self, project: Project, path: Path, report: Stamp) -> tuple[tuple[MeasuredText, RanText], ...]:
        version = self._store.stamp(project.root)
        ran = self._ran(project, path, version)
        if not ran:
            return ()
        now = self._now(self._tests[path][1])
        key = (version, report, tuple(sorted(now.items())))
        known = self._made.get(path)
        if known is None or known[0] != key:
            written = self._written_at(project, version)
            counting = [
                replace(text, tests=tuple(self._live(text, now, written, report)))
                for text in ran
                if not _is_newer(report, text.report)
            ]
            made = tuple((_measured(text), text) for text in counting)
            known = _remember(self._made, path, (key, made))
        return known[1]

    def never_ran(self, project: Project, path: Path) -> tuple[MeasuredText, ...]:
        """Return, of a file that was there when all tests ran and of which nothing ran, just that."""
        whole, modified = self._store.whole_at(project.root), self._disk.modified_at(path)
        saved = self._disk.saved(path)
        if whole is None or modified is None or modified >= whole or saved is None:
            return ()
        inside = any(path.is_relative_to(root) for root in project.source_roots)
        return (MeasuredText(saved.text, Executed(arcs=frozenset())),) if inside else ()

    def saved_texts(self, project: Project, path: Path) -> tuple[tuple[str, float], ...]:
        """Return the texts of a file that ran as they were on disk, newest first, each with when it was written."""
        return self._store.saved_texts(project.root, path)

    def _gone(self, project: Project) -> frozenset[Path]:
        known, unsaved = self._store.files(project.root), self._documents.unsaved()
        return frozenset(path for path in known if path not in unsaved and self._disk.modified_at(path) is None)

    def _ran(self, project: Project, path: Path, version: object) -> tuple[RanText, ...]:
        known = self._read.get(path)
        if known is None or known[0] != (project.root, version):
            ran = self._store.measured(project.root, path)
            known = _remember(self._read, path, ((project.root, version), ran))
            tests = {reached.test.path for text in ran for reached in text.tests}
            _remember(self._tests, path, (version, tuple(sorted(tests))))
        return known[1]

    def _written_at(self, project: Project, version: object) -> Mapping[Path, float | None]:
        if self._written[0] != (project.root, version):
            self._written = ((project.root, version), self._store.files(project.root))
        return self._written[1]

    def _now(self, paths: Collection[Path]) -> dict[Path, _Now]:
        unsaved = self._documents.unsaved() if paths else {}
        return {path: unsaved[path] if path in unsaved else self._disk.modified_at(path) for path in paths}

    def _live(
        self, text: RanText, now: Mapping[Path, _Now], written: Mapping[Path, float | None], report: Stamp
    ) -> Iterable[Reached]:
        """Yield what the tests reached that are as they were when they ran, after the report was written."""
        since = report[1] if report[0] == text.report[0] and report[1] is not None else 0.0
        texts: dict[Path, str | None] = {}
        for reached in text.tests:
            path = reached.test.path
            state = now[path]
            if state is None or reached.test.when < since:
                continue
            if isinstance(state, float) and state == written.get(path):
                yield reached
                continue
            if path not in texts:
                texts[path] = state if isinstance(state, str) else self._saved_text(path)
            if _is_same(reached.test, texts[path]):
                yield reached

    def _saved_text(self, path: Path) -> str | None:
        saved = self._disk.saved(path)
        return saved.text if saved else None


def _measured(text: RanText) -> MeasuredText:
    tests = (reached.bits for reached in text.tests)
    return MeasuredText(text.text, still_counts(text.outside, tests, text.arcs))


def _is_same(test: StoredTest, text: str | None) -> bool:
    return text is not None and own_fingerprint(text, test.node_id) == test.fingerprint


def _is_newer(report: Stamp, then: Stamp) -> bool:
    """Tell whether the report was written again: it knows better than what ran before it."""
    return report[0] == then[0] and report[1] != then[1]


def _remember(
    kept: dict[Path, tuple[object, tuple[_T, ...]]], path: Path, entry: tuple[object, tuple[_T, ...]]
) -> tuple[object, tuple[_T, ...]]:
    kept.pop(path, None)
    if len(kept) >= _KEPT:
        kept.pop(next(iter(kept)))
    kept[path] = entry
    return entry
