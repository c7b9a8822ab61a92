"""What runs measured outlives the process that ran them, and counts only as far as the tests are as they were."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from greenline.adapters.coverage_parser import CoverageParser
from greenline.adapters.coverage_reports import CoverageReports
from greenline.adapters.disk_documents import DiskDocuments
from greenline.adapters.documents_on_disk import SavedFiles
from greenline.adapters.project_files import ProjectFiles
from greenline.adapters.run_store_sqlite import RunStoreSqlite
from greenline.domain.coverage.contexts import bits_of
from greenline.domain.coverage.model import Executed
from greenline.ports.tests import TestOutcome, TestReport
from greenline.services.picture import Picture
from greenline.services.run_records import Scope
from greenline.services.show_coverage import ShowCoverage
from greenline.services.stored_runs import StoredRuns

SOURCE = """\
def sign(n):
    if n < 0:
        return -1
    return 1


def other():
    return 2
"""
TESTS = """\
from signs import sign


def test_negative():
    assert sign(-1) == -1


def test_positive():
    assert sign(1) == 1
"""
NEGATIVE, POSITIVE = "tests/test_signs.py::test_negative", "tests/test_signs.py::test_positive"


ARCS = frozenset({(-1, 1), (1, 7), (7, -1), (-1, 2), (2, 3), (2, 4), (3, -1), (4, -1)})


class Buffers(DiskDocuments):
    """The disk, and what is open over it."""

    def __init__(self) -> None:
        self.open: dict[Path, str] = {}

    def unsaved(self) -> dict[Path, str]:
        return dict(self.open)


class World:
    """A project on disk and a store beside it."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "project"
        self.runs = folder / "runs"
        self.source, self.tests = self.root / "signs.py", self.root / "tests" / "test_signs.py"
        self.buffers = Buffers()
        self.tests.parent.mkdir(parents=True)
        (self.root / "pyproject.toml").touch()
        self.write(self.source, SOURCE)
        self.write(self.tests, TESTS)

    def write(self, path: Path, text: str) -> None:
        path.write_text(text, encoding="utf-8")
        self.age = getattr(self, "age", 1000) - 1
        os.utime(path, (time.time() - self.age,) * 2)  # each a second later than the one before

    def show(self) -> ShowCoverage:
        """Return the service as another process has it."""
        projects, saved = ProjectFiles(home=self.root.parent), SavedFiles()
        stored = StoredRuns(RunStoreSqlite(self.runs), self.buffers, saved)
        return ShowCoverage(projects, CoverageReports(environ={}), CoverageParser(), saved, stored=stored)

    def run(self, show: ShowCoverage, *, complete: bool = True) -> None:
        report = TestReport(
            (TestOutcome(NEGATIVE, "passed"), TestOutcome(POSITIVE, "passed")),
            {
                self.source: Executed(
                    frozenset({1, 2, 3, 4, 7}), ARCS
                ),
                self.tests: Executed(frozenset({1, 4, 5, 8, 9})),
            },
            contexts={
                NEGATIVE: {self.source: bits_of([2, 3]), self.tests: bits_of([5])},
                POSITIVE: {self.source: bits_of([2, 4]), self.tests: bits_of([9])},
            },
            outside={self.source: bits_of([1, 7]), self.tests: bits_of([1, 4, 8])},
        )  # fmt: skip
        texts = {path: path.read_text(encoding="utf-8") for path in (self.source, self.tests)}
        modified = {path: path.stat().st_mtime for path in texts} if complete else {}
        scope = Scope(complete=True, everything=True, looked_at=frozenset({self.tests})) if complete else Scope()
        project = ProjectFiles(home=self.root.parent).project_of(self.source)
        assert show.keep(project, report, texts, scope, modified) == {self.source, self.tests}

    def picture(self, show: ShowCoverage | None = None) -> Picture:
        return (show or self.show()).picture(self.source, self.source.read_text(encoding="utf-8"))


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def missing(picture: Picture) -> tuple[set[int], set[tuple[int, int]]]:
    assert picture.state == "measured", picture.message
    assert picture.map is not None
    return set(picture.map.missing), set(picture.map.missing_branches)


ALL = ({8}, set())


@pytest.mark.parametrize("complete", [True, False])
def test_another_process_sees_what_was_measured(world: World, complete: bool) -> None:
    assert world.picture().state == "no-data"
    first = world.show()
    world.run(first, complete=complete)
    assert missing(world.picture(first)) == ALL
    assert missing(world.picture()) == ALL


def test_a_process_that_runs_on_sees_what_another_measures(world: World) -> None:
    show = world.show()
    before = show.report_stamp(world.source)
    assert world.picture(show).state == "no-data"
    world.run(world.show())
    assert show.report_stamp(world.source) != before
    assert missing(world.picture(show)) == ALL


@pytest.mark.parametrize("unsaved", [False, True])
def test_tests_that_changed_do_not_count(world: World, unsaved: bool) -> None:
    show = world.show()
    world.run(show)

    def rewrite(text: str) -> None:
        if unsaved:
            world.buffers.open = {world.tests: text}
        else:
            world.write(world.tests, text)

    rewrite(TESTS.replace("\n\ndef test_pos", "\n# the other one\ndef test_pos"))
    assert missing(world.picture(show)) == missing(world.picture()) == ALL
    rewrite(TESTS.replace("sign(1) == 1", "True"))
    assert missing(world.picture(show)) == missing(world.picture()) == ({4, 8}, {(2, 4)})
    rewrite(TESTS.replace("def test_negative", "@skip\ndef test_negative").replace("sign(1) == 1", "True"))
    assert missing(world.picture(show)) == ({2, 3, 4, 8}, set())
    rewrite(TESTS)
    assert missing(world.picture(show)) == ALL


def test_tests_that_are_gone_do_not_count(world: World) -> None:
    show = world.show()
    world.run(show)
    world.write(world.tests, TESTS.partition("def test_positive")[0])
    assert missing(world.picture(show)) == ({4, 8}, {(2, 4)})
    world.tests.unlink()
    assert missing(world.picture(show)) == ({2, 3, 4, 8}, set())


def test_an_edited_file_keeps_what_was_measured_of_the_rest(world: World) -> None:
    world.run(world.show())
    world.write(world.source, "import os\n" + SOURCE.replace("return 1", "return 5"))
    picture = world.picture()
    assert picture.map is not None
    assert picture.map.covered == {2, 3, 4, 8}
    assert picture.map.unknown == {1, 5}


def test_a_report_that_is_newer_knows_better(world: World) -> None:
    show = world.show()
    world.run(show)
    (world.root / ".coverage").write_text("no report")
    assert world.picture(show).state == world.picture().state == "unreadable"
    world.run(show)
    assert missing(world.picture(show)) == missing(world.picture()) == ALL


def test_a_test_that_ran_before_the_report_does_not_count_after_it(world: World) -> None:
    show = world.show()
    world.run(show)
    (world.root / ".coverage").write_text("no report")
    os.utime(world.root / ".coverage", (time.time() + 60,) * 2)
    project = ProjectFiles(home=world.root.parent).project_of(world.source)
    report = TestReport(coverage={world.source: Executed(frozenset({1}), frozenset({(-1, 1)}))})
    show.keep(project, report, {world.source: SOURCE})
    assert missing(world.picture(show))[0] >= {2, 3, 4}


def test_what_was_recorded_without_tests_counts_as_well(world: World) -> None:
    show = world.show()
    assert show.record({world.source: Executed(frozenset({1, 2, 4, 7}))}, {world.source: SOURCE}) == {world.source}
    assert missing(world.picture()) == ({3, 8}, set())


def test_a_file_that_is_not_to_be_measured_is_not_called_uncovered(world: World) -> None:
    (world.root / "pyproject.toml").write_text("[tool.coverage.run]\nomit = ['made.py']\n")
    world.write(world.root / "made.py", "x = 1\n")
    show = world.show()
    world.run(show)
    picture = show.picture(world.root / "made.py", "x = 1\n")
    assert picture.message == "The coverage data leaves made.py out."
    assert missing(picture) == (set(), set())
    assert picture.map is not None
    assert not picture.map.covered


def test_a_file_of_which_nothing_ran_when_all_tests_did_is_not_covered(world: World) -> None:
    lonely = world.root / "lonely.py"
    world.write(lonely, "x = 1\n")
    show = world.show()
    world.run(show, complete=False)
    assert show.picture(lonely, "x = 1\n").state == "no-data"
    world.run(show)
    assert missing(show.picture(lonely, "x = 1\n")) == ({1}, set())
    assert missing(show.picture(lonely, "y = 2\nx = 1\n")) == ({2}, set())
    os.utime(lonely, (time.time() + 60,) * 2)
    assert world.show().picture(lonely, "x = 1\n").state == "no-data"
    unused = world.root / "tests" / "test_unused.py"
    world.write(unused, "x = 1\n")
    assert show.picture(unused, "x = 1\n").state == "no-data"
