"""Which tests ran what, from data files and reports that coverage.py itself wrote."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import coverage
import pytest

from greenline.adapters.coverage_reports import CoverageReports
from greenline.domain.coverage.context_names import by_test, named_test
from greenline.domain.coverage.contexts import lines_of
from greenline.ports.project import Project
from unit.coverage.coverage_runs import command, run_coverage

if TYPE_CHECKING:
    from greenline.ports.coverage import Contexts

MOD = """\
def sign(n):
    if n < 0:
        return -1
    return 1


def other():
    return 2


KNOWN = other()
"""
BY_PYTEST_COV = """\
import coverage
import mod

def ran(node_id, call):
    for phase in ("setup", "run", "teardown"):
        coverage.Coverage.current().switch_context(f"{node_id}|{phase}")
        if phase == "run":
            call()

ran("tests/test_mod.py::test_negative", lambda: mod.sign(-1))
ran("tests/test_mod.py::TestSign::test_positive[a|run]", lambda: mod.sign(1))
"""
BY_COVERAGE = """\
import mod
def test_negative(): mod.sign(-1)
class TestSign:
    def test_positive(self): mod.sign(1)
test_negative()
TestSign().test_positive()
"""
CORE = "[run]\ncore = ctrace\n"
NEGATIVE, POSITIVE = "tests/test_mod.py::test_negative", "tests/test_mod.py::TestSign::test_positive[a|run]"


@pytest.mark.parametrize(
    ("context", "test"),
    [
        ("", None),
        ("tests/test_a.py::test_b|run", "tests/test_a.py::test_b"),
        ("tests/test_a.py::TestB::test_c[x|y-::]|setup", "tests/test_a.py::TestB::test_c[x|y-::]"),
        ("tests/test_a.py::test_b|teardown", "tests/test_a.py::test_b"),
        ("nightly|tests/test_a.py::test_b|run", "tests/test_a.py::test_b"),
        ("tests.test_a.TestB.test_c", "tests.test_a.TestB.test_c"),
        ("nightly|test_a.test_b", "test_a.test_b"),
        ("test_a.Case.runTest", "test_a.Case.runTest"),
        ("nightly", None),
        ("test", None),
        ("py3.12", None),
        ("tests for 3.12 on ubuntu.testing", None),
        ("|run", None),
        ("::", None),
    ],
)
def test_a_context_may_stand_for_a_test(context: str, test: str | None) -> None:
    assert named_test(context) == test


def contexts(folder: Path, **setting: str) -> tuple[Contexts, ...]:
    project = Project(folder, folder / ".git", (folder,), ())
    return CoverageReports(environ={}, **setting).contexts(project, folder / "mod.py")


def lines_by_test(found: Contexts) -> tuple[dict[str, set[int]], set[int]]:
    tests, outside = by_test(found.by_context)
    return {test: set(lines_of(bits)) for test, bits in tests.items()}, set(lines_of(outside))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mod.py").write_text(MOD, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("branch", [True, False], ids=["branch", "lines"])
def test_what_pytest_cov_switches_to_is_told_by_test(folder: Path, branch: bool) -> None:
    report = run_coverage(folder, BY_PYTEST_COV, *(["--branch"] if branch else []), config=CORE)
    (found,) = contexts(folder)
    assert (found.report, found.written_at, found.lack) == (report, report.stat().st_mtime, "")
    tests, outside = lines_by_test(found)
    assert tests == {NEGATIVE: {2, 3}, POSITIVE: {2, 4}}
    assert outside == {1, 7, 8, 11}
    theirs = coverage.CoverageData(str(report))
    theirs.read()
    theirs.set_query_context(f"{NEGATIVE}|run")
    assert tests[NEGATIVE] == set(theirs.lines(str((folder / "mod.py").resolve())) or ())


def test_what_coverage_finds_by_itself_is_told_by_test(folder: Path) -> None:
    run_coverage(folder, BY_COVERAGE, config="[run]\ndynamic_context = test_function\n")
    (found,) = contexts(folder)
    assert lines_by_test(found)[0] == {"__main__.test_negative": {2, 3}, "__main__.TestSign.test_positive": {2, 4}}


@pytest.mark.parametrize("options", [[], ["--context=nightly"]], ids=["none", "one for all"])
def test_without_contexts_no_test_is_named_and_that_is_said(folder: Path, options: list[str]) -> None:
    run_coverage(folder, "import mod\nmod.sign(1)\n", *options, config=CORE)
    (found,) = contexts(folder)
    assert found.lack == "recording"
    assert lines_by_test(found) == ({}, {1, 2, 4, 7, 8, 11})


def test_parts_that_nobody_combined_each_tell(folder: Path) -> None:
    for number in (-1, 1):
        script = (
            BY_PYTEST_COV.partition('ran("')[0]
            + f'ran("tests/test_mod.py::test_{number}", lambda: mod.sign({number}))\n'
        )
        run_coverage(folder, script, "--parallel-mode", config=CORE)
    found = contexts(folder)
    assert len(found) == 2
    told = [lines_by_test(one)[0] for one in found]
    assert {test for one in told for test in one} == {"tests/test_mod.py::test_-1", "tests/test_mod.py::test_1"}


def test_only_a_json_report_with_contexts_keeps_them(folder: Path) -> None:
    run_coverage(folder, BY_PYTEST_COV, "--branch", config=CORE)
    (data,) = contexts(folder)
    command(folder, "json", "-q", "--show-contexts", "-o", "with.json")
    command(folder, "json", "-q", "-o", "without.json")
    command(folder, "xml", "-q", "-o", "report.xml")
    command(folder, "lcov", "-q", "-o", "report.lcov")
    (told,) = contexts(folder, coverage_file="with.json")
    assert told.lack == ""
    assert lines_by_test(told)[0] == lines_by_test(data)[0]
    lacks = {name: contexts(folder, coverage_file=name)[0] for name in ("without.json", "report.xml", "report.lcov")}
    assert {name: found.lack for name, found in lacks.items()} == {
        "without.json": "export", "report.xml": "format", "report.lcov": "format",
    }  # fmt: skip
    assert all(not found.by_context for found in lacks.values())


def test_a_json_report_of_data_without_contexts_says_so(folder: Path) -> None:
    run_coverage(folder, "import mod\nmod.sign(1)\n", config=CORE)
    command(folder, "json", "-q", "--show-contexts", "-o", "report.json")
    (found,) = contexts(folder, coverage_file="report.json")
    assert found.lack == "recording"
    assert lines_by_test(found) == ({}, {1, 2, 4, 7, 8, 11})


def test_they_are_read_once_for_each_state_of_the_report(folder: Path) -> None:
    run_coverage(folder, BY_PYTEST_COV, config=CORE)
    project = Project(folder, folder / ".git", (folder,), ())
    source = CoverageReports(environ={})
    first = source.contexts(project, folder / "mod.py")
    assert source.contexts(project, folder / "mod.py") is first
    run_coverage(folder, "import mod\n", config=CORE)
    (again,) = source.contexts(project, folder / "mod.py")
    assert again.lack == "recording"


def test_a_file_that_no_report_knows_has_none(folder: Path) -> None:
    assert contexts(folder) == ()
    run_coverage(folder, BY_PYTEST_COV, "--include=*/run_it.py", config=CORE)
    assert contexts(folder) == ()
