"""Which tests reach the lines of an open document: what reports name, and what Greenline's own runs recorded.

Read only when somebody looks. What a report does not tell is said; nobody is told that no test reaches a line because
none was written down for it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from greenline.domain.code.read_module import read_module
from greenline.domain.coverage.context_names import by_test
from greenline.domain.coverage.reaching import Evidence, Recording, evidence, named_share
from greenline.ports.coverage import CoverageProblem
from greenline.services.measured_texts import MeasuredTexts, NoReport, Outdated, lines_before
from greenline.services.show_coverage import is_test
from greenline.services.test_places import TestPlaces

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from greenline.domain.coverage.following import Following
    from greenline.ports.coverage import ContextLack, Contexts, CoverageSource, SourceAnalyzer
    from greenline.ports.documents import Disk, Documents
    from greenline.ports.history import History
    from greenline.ports.project import Project, ProjectFinder
    from greenline.ports.run_store import RanText
    from greenline.ports.source_tree import SourceTree
    from greenline.services.measured_texts import MeasuredText, Remembered
    from greenline.services.stored_runs import StoredRuns
    from greenline.services.test_places import TestPlace

_ENOUGH = 10
"""Functions that two tests ran: so many tell whether contexts were recorded as they should be."""
_MOST_READ = 12
"""Other files of a report that are read for them."""
_MOST_ASKED = 60
"""Other files that a report is asked about; in most of a large project no two tests meet."""
_KEPT = 16
"""Files and reports whose answer is remembered."""
_LACKS: dict[ContextLack, str] = {
    "format": "{name} cannot say which tests reach a line: XML and LCOV have no place for it.",
    "export": "{name} does not say which tests reach a line: it was written without `--show-contexts`.",
    "recording": "{name} does not say which tests reach a line: it was measured without `--cov-context=test`.",
}
_ASK_US = " Run the tests with Greenline to see them."
_DENIED = (
    "{name} names few of the tests that reach a line, as coverage.py does by `sys.monitoring`: there may be more. "
    "Run the tests with Greenline, or with COVERAGE_CORE=ctrace."
)
_TOO_LITTLE = "{name} tells of too few tests to know whether it names all: there may be more."
_SOME_ONLY = (
    "{name} names tests for {named} of the {ran} lines that ran in the functions of this file: there may be more."
)
_OURS_ONLY = "Of all tests, only those are known that Greenline ran: there may be more."


@dataclass(frozen=True, slots=True)
class Recorded:
    """What is known of the tests of one text. ``notes`` say, in words, what is not and what to do."""

    recordings: tuple[Recording, ...] = ()
    notes: tuple[str, ...] = ()


class CoveringTests:
    """May be used on several threads at once; holds up no picture."""

    def __init__(
        self,
        *,
        projects: ProjectFinder,
        source: CoverageSource,
        analyzer: SourceAnalyzer,
        disk: Disk,
        documents: Documents,
        sources: SourceTree,
        remembered: Remembered,
        stored: StoredRuns,
        history: History | None = None,
    ) -> None:
        self._projects = projects
        self._source = source
        self._analyzer = analyzer
        self._disk = disk
        self._places = TestPlaces(documents, sources)
        self._texts = MeasuredTexts(
            source, analyzer, disk, remembered, stored, history=history, is_open=documents.is_open
        )
        self._stored = stored
        self._lock = remembered.lock
        self._evidence: dict[tuple[tuple[Path, float], ...], Evidence] = {}
        self._told: dict[Path, tuple[tuple[Contexts, ...], str, Recorded]] = {}

    def of(self, path: Path, text: str, followed: Sequence[Following] = ()) -> Recorded:
        """Return what is known of the tests that reach ``text``; ``followed`` as in ``ShowCoverage.picture``.

        Costs as much as the file has tests. Raises nothing.
        """
        project = self._projects.project_of(path)
        notes: list[str] = []
        with self._lock:
            stamp = self._texts.stamp(project)
            ran = self._stored.by_test(project, path, stamp)
            all_known = self._stored.knows_all_tests(project, stamp)
            reported = self._reported(project, path, notes)
        recordings = [_of_run(one, text, followed, complete=all_known or reported is not None) for one in ran]
        if reported is not None:
            origins = lines_before(reported.text, text, followed)
            told = self._of_reports(project, path, self._contexts(project, path, notes), reported.text)
            recordings += [replace(recording, came_from=origins) for recording in told.recordings]
            notes += told.notes
        elif ran and not all_known:
            notes.append(_OURS_ONLY)
        if all_known:  # they ran after all that a report can tell
            recordings, notes = [replace(one, complete=True) for one in recordings], []
        return Recorded(tuple(recordings), tuple(notes))

    def reaching(self, texts: Mapping[Path, str]) -> dict[Path, list[TestPlace]]:
        """Return the tests that are known to reach each of several files, as far as they are still there.

        Looks for the test files of a project once; costs as much as the files have tests. Raises nothing.
        """
        found: dict[Path, list[TestPlace]] = {}
        with self.one_look():
            for path, text in texts.items():
                recordings = self.of(path, text).recordings
                found[path] = self.places(path, {test for recording in recordings for test in recording.tests})
        return found

    def one_look(self) -> AbstractContextManager[None]:
        """Look for the test files of a project once, for as many files as are asked about meanwhile."""
        return self._places.one_look()

    def places(self, path: Path, tests: Iterable[str]) -> list[TestPlace]:
        """Return where tests of the file's project stand now; see ``TestPlaces``."""
        return self._places.places(self._projects.project_of(path), tests)

    def _reported(self, project: Project, path: Path, notes: list[str]) -> MeasuredText | None:
        try:
            return self._texts.reported(project, path, is_test=is_test(project, path))
        except (NoReport, Outdated):
            return None
        except CoverageProblem as problem:
            notes.append(str(problem))
            return None

    def _contexts(self, project: Project, path: Path, notes: list[str]) -> tuple[Contexts, ...]:
        try:
            return self._source.contexts(project, path)
        except CoverageProblem as problem:
            notes.append(str(problem))
            return ()

    def _of_reports(self, project: Project, path: Path, reports: tuple[Contexts, ...], text: str) -> Recorded:
        """Return what reports tell of the text that they measured, and why that may not be all."""
        known = self._told.get(path)
        if known is None or known[0] is not reports or known[1] != text:
            known = (reports, text, self._read(project, path, reports, text))
            if len(self._told) >= _KEPT:
                self._told.clear()
            self._told[path] = known
        return known[2]

    def _read(self, project: Project, path: Path, reports: Sequence[Contexts], text: str) -> Recorded:
        # The parts of one run all lack the same; to name one is enough.
        notes = {one.lack: _LACKS[one.lack].format(name=one.report.name) + _ASK_US for one in reports if one.lack}
        naming = [one for one in reports if not one.lack]
        doubt = self._doubt(project, path, naming, text) if naming else ""
        recordings = [self._recording(project, one, complete=not one.lack and not doubt) for one in reports]
        return Recorded(tuple(recordings), tuple(filter(None, [*notes.values(), doubt])))

    def _recording(self, project: Project, contexts: Contexts, *, complete: bool) -> Recording:
        tests, outside = by_test(contexts.by_context)
        ids = self._places.node_ids(project, tests)
        named: dict[str, int] = {}
        for test, bits in tests.items():
            named[ids[test]] = named.get(ids[test], 0) | bits
        at, name = contexts.written_at, contexts.report.name
        return Recording(named, outside, {}, complete=complete, at=at, report=name)

    def _doubt(self, project: Project, path: Path, reports: Sequence[Contexts], text: str) -> str:
        """Return why the tests that reports name may not be all, in words; empty where there is no reason."""
        found = self._evidence_in(reports, text)
        if not found.denied and found.functions < _ENOUGH:
            found += self._evidence_elsewhere(project, path, reports)
        name = reports[0].report.name
        if found.denied:
            return _DENIED.format(name=name)
        if not found.functions:
            return _TOO_LITTLE.format(name=name)
        named, ran = named_share(*_joined(reports), read_module(text)[0])
        return _SOME_ONLY.format(name=name, named=named, ran=ran) if named * 2 < ran else ""

    def _evidence_in(self, reports: Sequence[Contexts], text: str) -> Evidence:
        module, problems = read_module(text)
        statements, more = self._analyzer.analyse(text)
        if problems or more:
            return Evidence()
        return evidence(*_joined(reports), module, statements)

    def _evidence_elsewhere(self, project: Project, path: Path, reports: Sequence[Contexts]) -> Evidence:
        """Look at other files of the reports, once for each of their states."""
        key = tuple((one.report, one.written_at) for one in reports)
        found = self._evidence.get(key)
        if found is None:
            if len(self._evidence) >= _KEPT:
                self._evidence.clear()
            found = self._evidence[key] = self._gathered(project, path, reports)
        return found

    def _gathered(self, project: Project, path: Path, reports: Sequence[Contexts]) -> Evidence:
        names, oldest = {one.report for one in reports}, min(one.written_at for one in reports)
        found, read = Evidence(), 0
        for other in self._others(project, path):
            told = [one for one in self._contexts(project, other, []) if one.report in names]
            saved = self._disk.saved(other) if len(_joined(told)[0]) > 1 else None
            if saved is None or saved.modified_at > oldest:
                continue
            found, read = found + self._evidence_in(told, saved.text), read + 1
            if found.functions >= _ENOUGH or read >= _MOST_READ:
                break
        return found

    def _others(self, project: Project, path: Path) -> list[Path]:
        """Return files from all over the project: neighbours tell much the same."""
        try:
            files = self._source.files(project)
        except CoverageProblem:
            return []
        others = [f for f in files if f != path and f.suffix == ".py" and not is_test(project, f)]
        return others[:: len(others) // _MOST_ASKED + 1]


def _joined(reports: Sequence[Contexts]) -> tuple[dict[str, int], int]:
    """Return the lines of each test in all reports together, and those that ran in none."""
    contexts: dict[str, int] = {}
    for one in reports:
        for name, bits in one.by_context.items():
            contexts[name] = contexts.get(name, 0) | bits
    return by_test(contexts)


def _of_run(ran: RanText, text: str, followed: Sequence[Following], *, complete: bool) -> Recording:
    tests = {reached.test.node_id: reached.bits for reached in ran.tests}
    complete = complete and all(reached.test.complete for reached in ran.tests)
    at = max((reached.test.when for reached in ran.tests), default=None)
    return Recording(tests, ran.outside, lines_before(ran.text, text, followed), complete=complete, at=at)
