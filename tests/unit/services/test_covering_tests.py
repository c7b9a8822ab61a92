"""Which tests reach an open document's lines: from coverage.py's real data, and from runs of Greenline's own."""

from __future__ import annotations

import os
import time
from pathlib import Path

import coverage
import pytest

from greenline.adapters.coverage_parser import CoverageParser
from greenline.adapters.coverage_reports import CoverageReports
from greenline.adapters.disk_documents import DiskDocuments
from greenline.adapters.documents_on_disk import SavedFiles
from greenline.adapters.project_files import ProjectFiles
from greenline.adapters.run_store_sqlite import RunStoreSqlite
from greenline.adapters.source_tree import SourceTreeOnDisk
from greenline.domain.coverage.contexts import bits_of
from greenline.domain.coverage.following import Following
from greenline.domain.coverage.model import Executed
from greenline.domain.coverage.reaching import Reached, reached
from greenline.ports.tests import TestOutcome, TestReport
from greenline.services.covering_tests import CoveringTests, Recorded
from greenline.services.measured_texts import Remembered
from greenline.services.run_records import Ran, Scope
from greenline.services.stored_runs import StoredRuns
from unit.coverage.coverage_runs import command, run_coverage

SIGNS = """\
def sign(n):
    if n < 0:
        return -1
    return 1


def other():
    return 2
"""
TESTS = """\
import pytest
from signs import sign


def test_negative():
    assert sign(-1) == -1


@pytest.mark.parametrize("n", [1, 2])
def test_positive(n):
    assert sign(n) == 1


class TestBoth:
    def test_both(self):
        assert sign(-1) + sign(1) == 0
"""
DOTTED = """\
from signs import sign


def test_negative():
    sign(-1)


class TestBoth:
    def test_both(self):
        sign(-1)
"""
FILE = "tests/test_signs.py"
NEGATIVE, ONE, TWO, BOTH = (
    f"{FILE}::{name}" for name in ("test_negative", "test_positive[1]", "test_positive[2]", "TestBoth::test_both")
)
CALLS = {NEGATIVE: [-1], ONE: [1], TWO: [2], BOTH: [-1, 1]}
CORE = "[run]\ncore = ctrace\n"


def script(calls: dict[str, list[int]]) -> str:
    """Return what pytest-cov does with these tests."""
    lines = ["import coverage", "import signs"]
    for test, numbers in calls.items():
        lines.append(f"coverage.Coverage.current().switch_context({test + '|run'!r})")
        lines += [f"signs.sign({number})" for number in numbers]
    return "\n".join(lines)


class World:
    """A project on disk, and a store of runs beside it."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "project"
        self.source, self.tests = self.root / "signs.py", self.root / FILE
        self.tests.parent.mkdir(parents=True)
        (self.root / "pyproject.toml").touch()
        for path, text in ((self.source, SIGNS), (self.tests, TESTS)):
            path.write_text(text, encoding="utf-8")
            os.utime(path, (time.time() - 100,) * 2)
        self.store = RunStoreSqlite(folder / "runs")
        self.stored = StoredRuns(self.store, DiskDocuments(), SavedFiles())

    def covering(self, coverage_file: str = "") -> CoveringTests:
        return CoveringTests(
            projects=ProjectFiles(home=self.root.parent),
            source=CoverageReports(coverage_file, environ={}),
            analyzer=CoverageParser(),
            disk=SavedFiles(),
            documents=DiskDocuments(),
            sources=SourceTreeOnDisk(),
            remembered=Remembered(),
            stored=self.stored,
        )

    def look(self, coverage_file: str = "") -> Recorded:
        return self.covering(coverage_file).of(self.source, SIGNS)

    def run(self, contexts: dict[str, list[int]], *, everything: bool = False) -> None:
        """Have Greenline run tests: node id -> lines of the source."""
        report = TestReport(
            tuple(TestOutcome(test, "passed") for test in contexts),
            {self.source: Executed(frozenset({1, 2, 3, 4, 7}))},
            contexts={test: {self.source: bits_of(lines)} for test, lines in contexts.items()},
            outside={self.source: bits_of([1, 7])},
        )
        texts = {path: path.read_text(encoding="utf-8") for path in (self.source, self.tests)}
        project = ProjectFiles(home=self.root.parent).project_of(self.source)
        scope = (
            Scope(complete=True, everything=everything, looked_at=frozenset({self.tests})) if everything else Scope()
        )
        self.stored.keep(project, report, Ran(texts, time.time()), scope)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def at(found: Recorded, line: int) -> Reached:
    return reached(found.recordings, [line])


def test_what_a_report_names_is_known(world: World) -> None:
    run_coverage(world.root, script(CALLS), config=CORE)
    found = world.look()
    assert found.notes == ()
    assert at(found, 3) == Reached((NEGATIVE, BOTH))
    assert at(found, 4).tests == (ONE, TWO, BOTH)
    assert at(found, 7) == Reached((), outside=True)
    assert at(found, 8) == Reached(())
    (recording,) = found.recordings
    assert (recording.report, recording.at) == (".coverage", (world.root / ".coverage").stat().st_mtime)


def test_edits_are_followed_and_what_was_touched_is_unknown(world: World) -> None:
    run_coverage(world.root, script(CALLS), config=CORE)
    covering = world.covering()
    covering.of(world.source, SIGNS)
    edited = SIGNS.replace("def sign", "import os\n\n\ndef sign").replace("return 1", "return +1")
    lines = edited.split("\n")
    seen = Following.of(SIGNS.split("\n")).edited(0, 0, 3, [*lines[:3], *SIGNS.split("\n")]).edited(6, 1, 1, lines)
    for followed in ((), (seen,)):
        found = covering.of(world.source, edited, followed)
        assert at(found, 6).tests == (NEGATIVE, BOTH)
        assert at(found, 7).tests == ()
        assert at(found, 3).tests == ()


def test_an_edit_that_was_seen_and_undone_leaves_all_as_it_was(world: World) -> None:
    run_coverage(world.root, script(CALLS), config=CORE)
    lines = SIGNS.split("\n")
    seen = Following.of(lines).edited(3, 1, 1, [*lines[:3], "x", *lines[4:]]).edited(3, 1, 1, lines)
    assert at(world.covering().of(world.source, SIGNS, (seen,)), 4).tests == (ONE, TWO, BOTH)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (".coverage", "measured without `--cov-context=test`"),
        ("report.json", "written without `--show-contexts`"),
        ("report.xml", "XML and LCOV have no place for it"),
        ("report.lcov", "XML and LCOV have no place for it"),
    ],
)
def test_a_report_that_names_no_test_is_said_to_be_that(world: World, name: str, words: str) -> None:
    """Nobody is told that no test reaches what just was not written down."""
    run_coverage(world.root, "import signs\nsigns.sign(1)\n", "--include=*/signs.py", config=CORE)
    for format_ in ("json", "xml", "lcov"):
        command(world.root, format_, "-q", "-o", f"report.{format_}")
    found = world.look(name)
    assert [note for note in found.notes if words in note and name in note]
    assert "Run the tests with Greenline" in found.notes[0]
    assert at(found, 4).tests == ()
    assert not at(found, 4).complete


def first_test_only(report: Path) -> None:
    """Rewrite the data as `sys.monitoring` records contexts: each line for the first test that ran it."""
    data = coverage.CoverageData(str(report))
    data.read()
    told: dict[str, dict[str, set[int]]] = {}
    for file in data.measured_files():
        for line, names in data.contexts_by_lineno(file).items():
            told.setdefault(min(names, key=list(_in_order(names)).index), {}).setdefault(file, set()).add(line)
    data.close()
    report.unlink()
    rewritten = coverage.CoverageData(str(report))
    for context, lines in told.items():
        rewritten.set_context(context)
        rewritten.add_lines(lines)
    rewritten.write()
    rewritten.close()


def _in_order(names: list[str]) -> list[str]:
    order = ["", *(f"{test}|run" for test in CALLS)]
    return sorted(names, key=order.index)


def test_contexts_that_were_not_recorded_as_they_should_be_are_seen(world: World) -> None:
    first_test_only(run_coverage(world.root, script(CALLS), config=CORE))
    found = world.look()
    (note,) = found.notes
    assert "sys.monitoring" in note
    assert "COVERAGE_CORE=ctrace" in note
    assert at(found, 4) == Reached((ONE,), complete=False)


def test_a_file_that_tells_too_little_is_judged_by_the_others(world: World) -> None:
    """Two tests in a row of one function show nothing; the other file shows that contexts were lost."""
    (world.root / "away.py").write_text(SIGNS, encoding="utf-8")
    os.utime(world.root / "away.py", (time.time() - 100,) * 2)
    calls = script(CALLS).replace("import signs", "import signs, away")
    report = run_coverage(world.root, calls.replace("signs.sign", "away.sign") + "\nsigns.sign(1)", config=CORE)
    assert world.look().notes == ()  # away.py shows that they were recorded
    first_test_only(report)
    (note,) = world.look().notes
    assert "sys.monitoring" in note


def test_where_nothing_shows_that_all_tests_are_named_there_may_be_more(world: World) -> None:
    run_coverage(world.root, script({NEGATIVE: [-1]}), config=CORE)
    found = world.look()
    (note,) = found.notes
    assert "too few tests to know" in note
    assert at(found, 3) == Reached((NEGATIVE,), complete=False)


def test_a_run_that_named_none_beside_one_that_did_is_seen(world: World) -> None:
    calls = script({NEGATIVE: [-1], BOTH: [-1]}) + "\n"
    run_coverage(world.root, calls, "--parallel-mode", config=CORE)
    more = "".join(f"\ndef more_{n}():\n    a = {n}\n    b = {n}\n    return a + b\n" for n in range(4))
    world.source.write_text(SIGNS + more, encoding="utf-8")
    os.utime(world.source, (time.time() - 100,) * 2)
    all_of_it = "import signs\nsigns.sign(1)\nsigns.other()\n" + "".join(f"signs.more_{n}()\n" for n in range(4))
    run_coverage(world.root, all_of_it, "--parallel-mode", config=CORE)
    command(world.root, "combine", "-q")
    found = world.covering().of(world.source, SIGNS + more)
    (note,) = found.notes
    assert "names tests for 2 of the 16 lines that ran" in note
    assert at(found, 4) == Reached((), complete=False, outside=True)
    assert at(found, 2) == Reached((BOTH, NEGATIVE), complete=False, outside=True)


def test_parts_that_nobody_combined_are_judged_together(world: World) -> None:
    """Each worker of a run has tests of its own."""
    for test, numbers in CALLS.items():
        run_coverage(world.root, script({test: numbers}), "--parallel-mode", config=CORE)
    found = world.look()
    assert len(found.recordings) == 4
    assert found.notes == ()
    assert at(found, 3) == Reached((NEGATIVE, BOTH))


def test_what_all_parts_lack_is_said_once(world: World) -> None:
    for number in (1, 2):
        run_coverage(world.root, f"import signs\nsigns.sign({number})\n", "--parallel-mode", config=CORE)
    assert len(world.look().recordings) == 2
    assert len(world.look().notes) == 1


def test_names_with_dots_become_node_ids(world: World) -> None:
    world.tests.write_text(DOTTED, encoding="utf-8")
    os.utime(world.tests, (time.time() - 100,) * 2)
    calls = "test_signs.test_negative()\ntest_signs.TestBoth().test_both()\n"
    calls = f"import sys\nsys.path.insert(0, 'tests')\nimport test_signs\n{calls}"
    run_coverage(world.root, calls, config="[run]\ndynamic_context = test_function\n")
    covering = world.covering()
    found = at(covering.of(world.source, SIGNS), 3)
    assert found.tests == (BOTH, NEGATIVE)
    places = covering.places(world.source, found.tests)
    assert [(place.name, place.path, place.line) for place in places] == [
        ("TestBoth.test_both", world.tests, 9), ("test_negative", world.tests, 4),
    ]  # fmt: skip
    assert places[0].absolute_id == f"{world.tests}::TestBoth::test_both"


def test_of_several_files_the_test_files_are_looked_for_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    other = world.root / "others.py"
    other.write_text("def double(n):\n    return n * 2\n", encoding="utf-8")
    world.tests.write_text("import others\n" + DOTTED.replace("sign(-1)", "others.double(sign(-1))"), encoding="utf-8")
    for path in (world.tests, other):
        os.utime(path, (time.time() - 100,) * 2)
    calls = "import sys\nsys.path.insert(0, 'tests')\nimport test_signs\ntest_signs.test_negative()\n"
    run_coverage(world.root, calls, config="[run]\ndynamic_context = test_function\n")
    looks: list[object] = []
    look = SourceTreeOnDisk.test_files
    monkeypatch.setattr(SourceTreeOnDisk, "test_files", lambda *of: (looks.append(of), look(*of))[1])

    found = world.covering().reaching({path: path.read_text("utf-8") for path in (world.source, other)})

    assert {path: [place.name for place in places] for path, places in found.items()} == {
        world.source: ["test_negative"],
        other: ["test_negative"],
    }
    assert len(looks) == 1
    world.look()
    assert len(looks) == 2, "the next one may find another"


def test_parameters_are_one_place_and_what_is_gone_is_none(world: World) -> None:
    places = world.covering().places(world.source, [TWO, ONE, NEGATIVE, f"{FILE}::test_gone", "gone.py::test_a", "x"])
    assert [(place.name, place.line, place.cases) for place in places] == [
        ("test_positive", 10, 2), ("test_negative", 5, 1),
    ]  # fmt: skip


def test_node_ids_that_count_from_another_folder_are_found(world: World) -> None:
    calls = {f"project/{test}": numbers for test, numbers in CALLS.items()}
    run_coverage(world.root, script(calls), config=CORE)
    assert at(world.look(), 3).tests == (NEGATIVE, BOTH)


def test_own_runs_are_joined_and_count_while_the_test_is_as_it_was(world: World) -> None:
    run_coverage(world.root, script({NEGATIVE: [-1], BOTH: [-1, 1]}), config=CORE)
    world.run({ONE: [2, 4]})
    found = world.look()
    assert at(found, 4).tests == (ONE, BOTH)
    assert {recording.report for recording in found.recordings} == {"", ".coverage"}
    world.tests.write_text(TESTS.replace("sign(n) == 1", "sign(n) > 0"), encoding="utf-8")
    assert at(world.look(), 4).tests == (BOTH,)


def test_without_a_report_only_what_greenline_ran_is_known(world: World) -> None:
    assert world.look() == Recorded()
    world.run({ONE: [2, 4]})
    found = world.look()
    assert at(found, 4) == Reached((ONE,), complete=False)
    (note,) = found.notes
    assert "only those are known that Greenline ran" in note


def test_a_run_of_everything_leaves_no_doubt(world: World) -> None:
    first_test_only(run_coverage(world.root, script(CALLS), config=CORE))
    os.utime(world.root / ".coverage", (time.time() - 50,) * 2)
    assert world.look().notes
    world.run({NEGATIVE: [2, 3], ONE: [2, 4], TWO: [2, 4], BOTH: [2, 3, 4]}, everything=True)
    found = world.look()
    assert found.notes == ()
    assert at(found, 4) == Reached((ONE, TWO, BOTH))


def test_a_report_that_cannot_be_read_is_a_note(world: World) -> None:
    (world.root / ".coverage").write_bytes(b"no database at all, whatever it is called")
    (note,) = world.look().notes
    assert ".coverage" in note
