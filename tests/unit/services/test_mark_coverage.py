"""Lines that only failing tests run, as Greenline's own runs know them; and the lines that are new to a base."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import coverage
import pytest

from greenline.adapters.coverage_parser import CoverageParser
from greenline.adapters.coverage_reports import CoverageReports
from greenline.adapters.disk_documents import DiskDocuments
from greenline.adapters.documents_on_disk import SavedFiles
from greenline.adapters.project_files import ProjectFiles
from greenline.adapters.run_store_sqlite import RunStoreSqlite
from greenline.domain.coverage.contexts import bits_of
from greenline.domain.coverage.model import Executed
from greenline.ports.history import HistoryProblem, PastText
from greenline.ports.tests import TestOutcome, TestReport
from greenline.services.mark_coverage import MarkCoverage
from greenline.services.run_records import Scope
from greenline.services.show_coverage import ShowCoverage
from greenline.services.stored_runs import StoredRuns

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from greenline.domain.coverage.marks import Mark
    from greenline.ports.tests import Outcome

SOURCE = """\
def sign(n):
    if n < 0:
        n = abs(
            n
        )
        return -n
    return 1


def other():
    return 2
"""
TESTS = """\
from signs import sign


def test_negative():
    assert sign(-1) == 1


def test_positive():
    assert sign(1) == 1
"""
NEGATIVE, POSITIVE = "tests/test_signs.py::test_negative", "tests/test_signs.py::test_positive"


class Past:
    """A history that the test writes; ``text`` None: no such file in the base."""

    def __init__(self) -> None:
        self.text: str | None = None
        self.problem = ""
        self.asked = 0

    def base_text(self, path: Path, since: str) -> str | None:
        self.asked += 1
        if self.problem:
            raise HistoryProblem(self.problem)
        return self.text

    def text_at(self, path: Path, when: float) -> PastText | None:
        return None

    def stamp(self, path: Path, since: str = "") -> object:
        return self.text


class World:
    """A project on disk and a store beside it."""

    def __init__(self, folder: Path) -> None:
        self.root, self.runs, self.past = folder / "project", folder / "runs", Past()
        self.source, self.tests = self.root / "signs.py", self.root / "tests" / "test_signs.py"
        self.tests.parent.mkdir(parents=True)
        (self.root / "pyproject.toml").touch()
        self.write(self.source, SOURCE, age=1000)
        self.write(self.tests, TESTS, age=1000)
        projects, saved = ProjectFiles(home=folder), SavedFiles()
        source, parser = CoverageReports(environ={}), CoverageParser()
        stored = StoredRuns(RunStoreSqlite(self.runs), DiskDocuments(), saved)
        self.projects = projects
        self.show = ShowCoverage(projects, source, parser, saved, stored=stored)
        self.marking = MarkCoverage(
            projects=projects, source=source, analyzer=parser, show=self.show, history=self.past, since="main"
        )

    def write(self, path: Path, text: str, *, age: float) -> None:
        path.write_text(text, encoding="utf-8")
        os.utime(path, (time.time() - age,) * 2)

    def run(self, outcomes: Mapping[str, Outcome]) -> None:
        lines = {NEGATIVE: [2, 3, 4, 6], POSITIVE: [2, 7]}
        contexts = {test: {self.source: bits_of(lines[test])} for test in outcomes}
        reached = {1, 10}.union(*(lines[test] for test in outcomes))
        report = TestReport(
            tuple(TestOutcome(test, outcome) for test, outcome in outcomes.items()),
            {self.source: Executed(frozenset(reached)), self.tests: Executed(frozenset({1, 4, 8}))},
            contexts=contexts,
            outside={self.source: bits_of([1, 10]), self.tests: bits_of([1, 4, 8])},
        )
        texts = {path: path.read_text(encoding="utf-8") for path in (self.source, self.tests)}
        modified = {path: path.stat().st_mtime for path in texts}
        everything = len(outcomes) == 2
        looked_at = frozenset({self.tests}) if everything else frozenset()
        scope = Scope(complete=True, everything=everything, looked_at=looked_at)
        self.show.keep(self.projects.project_of(self.source), report, texts, scope, modified)

    def report(self, lines: list[int]) -> None:
        """Write a report that is older than the run which follows."""
        data = coverage.CoverageData(str(self.root / ".coverage"))
        data.add_lines({str(self.source): lines})
        data.write()
        data.close()
        os.utime(self.root / ".coverage", (time.time() - 500,) * 2)

    def marks(self, text: str = SOURCE) -> list[Mark]:
        picture = self.show.picture(self.source, text)
        return list(self.marking.marks(picture, text, ("covered-by-failing",)))


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_lines_that_a_failing_test_runs_alone(world: World) -> None:
    world.run({NEGATIVE: "failed", POSITIVE: "passed"})
    (mark,) = world.marks()
    assert mark.message == "Covered only by a test that fails: `test_negative`"
    assert (mark.span.start_line, mark.span.start_column, mark.span.end_line) == (3, 8, 6)


def test_what_both_fail_to_pass_names_both(world: World) -> None:
    world.run({NEGATIVE: "failed", POSITIVE: "error"})
    (mark,) = world.marks()
    assert mark.message == "Covered only by tests that fail: `test_negative`, `test_positive`"
    assert mark.lines == ((2, 7),)


@pytest.mark.parametrize("outcome", ["passed", "xfailed", "skipped"])
def test_nothing_is_said_of_tests_that_do_not_fail(world: World, outcome: Outcome) -> None:
    world.run({NEGATIVE: outcome, POSITIVE: "passed"})
    assert world.marks() == []


def test_a_test_that_passes_again_takes_it_back(world: World) -> None:
    world.run({NEGATIVE: "failed", POSITIVE: "passed"})
    assert world.marks()
    world.run({NEGATIVE: "passed"})
    assert world.marks() == []


def test_a_test_that_was_changed_since_says_nothing(world: World) -> None:
    world.run({NEGATIVE: "failed", POSITIVE: "passed"})
    world.write(world.tests, TESTS.replace("sign(-1) == 1", "sign(-1) == -1"), age=0)
    assert world.marks() == []


def test_what_a_report_tells_of_may_have_been_run_by_others(world: World) -> None:
    world.report([1, 2, 4, 7, 10])  # of the statement in lines 3 to 5, the middle
    world.run({NEGATIVE: "failed", POSITIVE: "passed"})
    (mark,) = world.marks()
    assert (mark.span.start_line, mark.span.end_line) == (6, 6)
    world.report([1, 2, 3, 4, 6, 7, 10])
    world.run({NEGATIVE: "failed", POSITIVE: "passed"})
    assert world.marks() == []


def test_it_follows_the_text_and_says_nothing_of_what_was_edited(world: World) -> None:
    world.run({NEGATIVE: "failed", POSITIVE: "passed"})
    (mark,) = world.marks("import os\n" + SOURCE.replace("            n\n", "            -n\n"))
    assert (mark.span.start_line, mark.span.end_line) == (7, 7)


def test_lines_that_are_new_to_the_base(world: World) -> None:
    world.past.text = SOURCE.replace("    return 1\n", "    return 11\n")
    assert world.marking.changed(world.source, SOURCE).lines == {7}
    assert world.marking.changed(world.source, "# new\n" + SOURCE).lines == {1, 8}
    world.past.text = SOURCE.replace("\n", "\r\n")
    assert world.marking.changed(world.source, SOURCE).lines == frozenset(), "line ends are no change"
    world.past.text = None
    assert world.marking.changed(world.source, "x = 1\n").lines == {1, 2}
    world.past.problem = "no git"
    changed = world.marking.changed(world.source, SOURCE)
    assert (changed.lines, changed.problem) == (None, "no git")
