"""The picture of one open document: what ran, what did not, and the words for both."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from functools import reduce
from typing import TYPE_CHECKING, Literal

from greenline.domain.code.model import Module
from greenline.domain.code.read_module import read_module
from greenline.domain.code.text_lines import split_lines
from greenline.domain.coverage.contexts import bits_of, union
from greenline.domain.coverage.failing_marks import RanLines
from greenline.domain.coverage.following import Following
from greenline.domain.coverage.gaps import find_gaps
from greenline.domain.coverage.line_states import line_states
from greenline.domain.coverage.mapping import coverage_map, summarize
from greenline.domain.coverage.merge_maps import merge_maps
from greenline.domain.coverage.model import Executed, Ratio, Statements, Summary
from greenline.domain.coverage.remap import remap
from greenline.ports.coverage import CoverageProblem, Exclusions, NotReadYet
from greenline.ports.tests import TestReport
from greenline.services.measured_texts import (
    MeasuredText,
    MeasuredTexts,
    NoReport,
    Outdated,
    Remembered,
    forget_oldest,
    key_of_measurement,
    lines_before,
    way_from,
)
from greenline.services.picture import Picture, followed_picture
from greenline.services.run_records import Ran, Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from greenline.domain.coverage.model import CoverageMap
    from greenline.ports.coverage import CoverageSource, SourceAnalyzer
    from greenline.ports.documents import Disk
    from greenline.ports.history import History
    from greenline.ports.project import Project, ProjectFinder
    from greenline.ports.run_store import RanText
    from greenline.services.stored_runs import StoredRuns

_NO_DATA = "No coverage data yet: run the tests with coverage, or generate a test."
_OUTDATED = "{name} changed after its coverage was measured. Run the tests with coverage again, or generate a test."
_OUTSIDE = (
    "{name} belongs to no project. Put a pyproject.toml into the project's folder, "
    "or generate a test - Greenline measures what it needs."
)
_LEFT_OUT = "The coverage data leaves {name} out."
_KEPT = 64
_FAILS = frozenset({"failed", "error"})
"""Outcomes of tests that show nothing to be right."""


@dataclass(frozen=True, slots=True)
class _Known:
    """All that a picture is drawn from; an equal one gives an equal picture. The first measurement is the base."""

    text: str
    measurements: tuple[MeasuredText, ...]
    exclusions: Exclusions
    followed: tuple[Following, ...] = ()


class ShowCoverage:
    """Joins the project's report with what Greenline's own runs measured. May be used on several threads at once.

    ``remembered`` is handed on when the services are built again; what runs measured lasts longer where they are
    ``stored``. ``history`` has texts that were measured and are no more; ``since`` is what gaps are compared with.
    What ``is_open`` is never forgotten. ``once``: it is for one look at many files, while which nothing changes.
    """

    def __init__(
        self,
        projects: ProjectFinder,
        source: CoverageSource,
        analyzer: SourceAnalyzer,
        disk: Disk,
        remembered: Remembered | None = None,
        *,
        stored: StoredRuns | None = None,
        history: History | None = None,
        since: str = "",
        is_open: Callable[[Path], bool] = lambda _: False,
        once: bool = False,
    ) -> None:
        self._is_open = is_open
        remembered = remembered or Remembered()
        self._projects = projects
        self._source = source
        self._analyzer = analyzer
        self._stored = stored
        self._history = history
        self._since = since
        self._texts = MeasuredTexts(
            source, analyzer, disk, remembered, stored, history=history, is_open=is_open, once=once
        )
        self._lock = remembered.lock
        self._drawn: dict[Path, tuple[_Known, Picture]] = {}

    def picture(self, path: Path, text: str, followed: Sequence[Following] = ()) -> Picture:
        """Return the picture of ``text`` as it stands in the buffer. Costs what the one file costs; raises nothing.

        ``followed`` tells how earlier texts of the buffer became this one, the oldest first; without it they are
        compared.
        """
        with self._lock:
            return self._picture(path, text, tuple(followed))

    def key_of(self, path: Path, text: str) -> str:
        """Return a hash of all that the picture of a saved text is drawn from; empty where that is more than a report.

        Cheap beside drawing it. Raises nothing.
        """
        with self._lock:
            project = self._projects.project_of(path)
            if project.marker is None or self._texts.runs(project, path):
                return ""
            try:
                measured = self._texts.saved_as_measured(project, path, is_test=is_test(project, path))
                exclusions = self._source.exclusions(project)
            except CoverageProblem:
                return ""
        return "" if measured is None else key_of_measurement(text, *measured, exclusions)

    def report_stamp(self, path: Path, project: Project | None = None) -> object:
        """Return what changes whenever what is known of the file's project does. Only looks at files' times.

        Whoever asks often knows the ``project``.
        """
        with self._lock:
            project = project or self._projects.project_of(path)
            state = self._source.state(project)
        base = self._history.stamp(path, self._since) if self._history is not None and self._since else None
        return (state, base, self._stored and self._stored.stamp(project))

    def keep(
        self,
        project: Project,
        report: TestReport,
        texts: Mapping[Path, str],
        scope: Scope | None = None,
        modified: Mapping[Path, float] | None = None,
    ) -> frozenset[Path]:
        """Merge what a run of tests measured. Returns the files whose picture may change.

        ``texts`` are those that ran; ``modified`` says when they were written, of those that are the disk's. Writes to
        the disk, where runs are stored; raises nothing.
        """
        measured = {path: executed for path, executed in report.coverage.items() if path in texts}
        if self._stored is None:
            return self.record(measured, texts) if measured else frozenset()
        with self._lock:
            stamp = self._texts.stamp(project)
        self._stored.keep(project, report, Ran(texts, time.time(), modified or {}, stamp), scope or Scope())
        return frozenset(measured)

    def record(self, measured: Mapping[Path, Executed], texts: Mapping[Path, str]) -> frozenset[Path]:
        """Merge what a run of ours measured, tied to the texts that ran. Returns the files whose picture changed.

        A file without a text in ``texts`` ran as it is on disk.
        """
        if self._stored is not None:
            return frozenset().union(*(self._keep_file(path, measured[path], texts.get(path)) for path in measured))
        with self._lock:
            return frozenset(path for path, executed in measured.items() if self._add_run(path, executed, texts))

    def ran_by_test(self, path: Path) -> list[tuple[str, RanLines]]:
        """Return each text of the file that was measured, and who ran its lines; nothing where no test fails."""
        if self._stored is None:
            return []
        with self._lock:
            project = self._projects.project_of(path)
            ran = self._stored.by_test(project, path, self._texts.stamp(project))
            if not any(reached.test.outcome in _FAILS for one in ran for reached in one.tests):
                return []
            found = [(one.text, _by_test(one)) for one in ran]
            try:
                reported = self._texts.reported(project, path, is_test=is_test(project, path))
            except (NoReport, Outdated, CoverageProblem):
                reported = None
        if reported is not None:
            found.append((reported.text, RanLines(others=bits_of(reported.executed.lines))))
        return found

    def map_of(self, path: Path, text: str, executed: Executed) -> CoverageMap:
        """Return the map of what just ran of ``text``, counted by the rules of the file's project."""
        with self._lock:
            try:
                exclusions = self._source.exclusions(self._projects.project_of(path))
            except CoverageProblem:
                exclusions = Exclusions()
            return coverage_map(self._statements(text, exclusions)[0], executed)

    def _picture(self, path: Path, text: str, followed: tuple[Following, ...]) -> Picture:
        project = self._projects.project_of(path)
        runs = self._texts.runs(project, path)
        if project.marker is None and not runs:
            outside = Picture(path, "outside-project", _OUTSIDE.format(name=path.name))
            return self._from_runs(path, _Known(text, (), Exclusions()), outside)
        known = _Known(text, runs, Exclusions(), followed)
        try:
            known = replace(known, exclusions=self._source.exclusions(project))
            reported = self._texts.reported(project, path, is_test=is_test(project, path))
        except NoReport:
            return self._without_report(project, path, known)
        except Outdated:
            return self._from_runs(path, known, Picture(path, "outdated", _OUTDATED.format(name=path.name)))
        except CoverageProblem as problem:
            state: Literal["waiting", "unreadable"] = "waiting" if isinstance(problem, NotReadYet) else "unreadable"
            return self._from_runs(path, known, Picture(path, state, str(problem)))
        if reported is None:
            return self._from_runs(path, known, _left_out(path))
        return self._draw(path, replace(known, measurements=(reported, *runs)))

    def _without_report(self, project: Project, path: Path, known: _Known) -> Picture:
        otherwise = Picture(path, "no-data", _NO_DATA)
        if self._stored is not None and not known.measurements and not is_test(project, path):
            never_ran = self._stored.never_ran(project, path)
            if never_ran and not self._is_wanted(project, path):
                otherwise = _left_out(path)
            else:
                known = replace(known, measurements=never_ran)
        return self._from_runs(path, known, otherwise)

    def _is_wanted(self, project: Project, path: Path) -> bool:
        try:
            return self._source.is_measured(project, path)
        except CoverageProblem:
            return True

    def _add_run(self, path: Path, executed: Executed, texts: Mapping[Path, str]) -> bool:
        text = texts.get(path)
        if text is None:
            text = self._texts.saved_text(path)
        if text is None:
            return False
        return self._texts.add_run(self._projects.project_of(path), path, MeasuredText(text, executed))

    def _keep_file(self, path: Path, executed: Executed, text: str | None) -> frozenset[Path]:
        text = self._texts.saved_text(path) if text is None else text
        report = TestReport(coverage={path: executed})
        return frozenset() if text is None else self.keep(self._projects.project_of(path), report, {path: text})

    def _from_runs(self, path: Path, known: _Known, otherwise: Picture) -> Picture:
        """Draw what our own runs know; without any, say why there is nothing to see."""
        if known.measurements:
            return self._draw(path, known)
        module, problems = read_module(known.text)
        if problems and otherwise.state != "measured":  # what is left out stays so, parsed or not
            return replace(otherwise, state="broken-source", message=_broken(problems[0]))
        return replace(otherwise, module=module)

    def _draw(self, path: Path, known: _Known) -> Picture:
        drawn = self._drawn.get(path)
        if drawn and drawn[0] == known:
            self._drawn[path] = self._drawn.pop(path)
            return drawn[1]
        picture, problem = self._parsed(path, known)
        if problem:
            return self._broken(path, known, _broken(problem))
        self._drawn.pop(path, None)
        self._drawn[path] = (known, picture)
        forget_oldest(self._drawn, _KEPT, self._is_open)
        return picture

    def _parsed(self, path: Path, known: _Known) -> tuple[Picture, str]:
        """Return the picture of a text; of one that does not parse an empty one, and the problem."""
        module, problems = read_module(known.text)
        statements, more_problems = self._statements(known.text, known.exclusions)
        if problems or more_problems:
            return Picture(path, "broken-source"), (problems or more_problems)[0]
        coverage = reduce(merge_maps, (self._current(one, known, statements) for one in known.measurements))
        gaps = find_gaps(coverage, module, known.text)
        states = line_states(coverage, len(split_lines(known.text)))
        is_measured = any(one.text == known.text for one in known.measurements)
        functions = _by_function(coverage, module)
        return Picture(path, "measured", "", module, coverage, gaps, functions, states, is_measured), ""

    def _broken(self, path: Path, known: _Known, message: str) -> Picture:
        """Return what still holds of the measured text while the one in the buffer does not parse."""
        then = replace(known, text=known.measurements[0].text, followed=())
        if then.text == known.text:
            return Picture(path, "broken-source", message)
        way = way_from(then.text, known.text, known.followed)
        return followed_picture(self._draw(path, then), way, split_lines(known.text), message)

    def _current(self, measured: MeasuredText, known: _Known, statements: Statements) -> CoverageMap:
        """Return one measurement's map for the text in the buffer."""
        if measured.text == known.text:
            return coverage_map(statements, measured.executed)
        then = coverage_map(self._statements(measured.text, known.exclusions)[0], measured.executed)
        return remap(then, lines_before(measured.text, known.text, known.followed), statements)

    def _statements(self, text: str, exclusions: Exclusions) -> tuple[Statements, list[str]]:
        return self._analyzer.analyse(text, exclusions.excluded, exclusions.partial)


def _by_test(ran: RanText) -> RanLines:
    failing = {one.test.node_id: one.bits for one in ran.tests if one.test.outcome in _FAILS}
    others = (one.bits for one in ran.tests if one.test.node_id not in failing)
    return RanLines(failing, union((ran.outside, *others)))


def is_test(project: Project, path: Path) -> bool:
    """Tell whether the project keeps the file for testing: nobody wants tests of tests."""
    if path.name == "conftest.py":
        return True
    # `*.py` says nothing, and `testpaths = ["src"]` is how documented examples are run.
    if any(fnmatch(path.name, pattern) for pattern in project.python_files if pattern != "*.py"):
        return True
    inside = [(root, path.relative_to(root)) for root in project.test_roots if path.is_relative_to(root)]
    return any(_is_for_tests(part) for root, below in inside for part in (root.name, *below.parts[:-1]))


def _is_for_tests(folder: str) -> bool:
    return bool({"test", "tests", "testing"} & set(folder.lower().replace("-", "_").split("_")))


def _left_out(path: Path) -> Picture:
    nothing = coverage_map(Statements(), Executed())
    return Picture(path, "measured", _LEFT_OUT.format(name=path.name), map=nothing)


def _broken(problem: str) -> str:
    return f"Coverage is shown again when the file parses: {problem}."


def _by_function(coverage: CoverageMap, module: Module) -> dict[str, Summary]:
    found: dict[str, Summary] = {}
    for function in module.functions:
        summary = summarize(coverage, function, module)
        if summary.lines.total:
            known = found.get(function.qualname)
            found[function.qualname] = _sum(known, summary) if known else summary
    return found


def _sum(one: Summary, other: Summary) -> Summary:
    return Summary(
        Ratio(one.lines.covered + other.lines.covered, one.lines.total + other.lines.total),
        Ratio(one.branches.covered + other.branches.covered, one.branches.total + other.branches.total),
    )
