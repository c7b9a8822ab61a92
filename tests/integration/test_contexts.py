"""Which test ran which lines: also of what runs once for several tests, and of what runs for none."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from greenline.adapters.pytest_process import PytestProcess
from greenline.domain.coverage.contexts import lines_of
from greenline.ports.progress import Silent
from greenline.ports.project import Interpreter, Project
from greenline.ports.tests import TestReport, TestRun

MODULE = """\
def sign(n):
    if n < 0:
        return -1
    return 1


def load():
    return deep()


def deep():
    return 7
"""
TESTS = """\
import pytest, signs


@pytest.fixture(scope="session")
def deeper():
    return signs.deep()


@pytest.fixture(scope="module")
def loaded(deeper):
    return signs.load()


def test_first(loaded):
    assert loaded == 7


def test_second(loaded):
    assert signs.sign(-1) == -1


def test_third():
    assert signs.sign(1) == 1
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # most of a cold start is other people's plugins
    (tmp_path / "signs.py").write_text(MODULE)
    (tmp_path / "test_signs.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    return Project(tmp_path, tmp_path / "pytest.ini", (tmp_path,), ())


async def run(project: Project, skip: frozenset[str] = frozenset()) -> TestReport:
    major, minor, micro = sys.version_info[:3]
    interpreter = Interpreter(Path(sys.executable), (major, minor, micro), "the test", "9")
    wanted = TestRun(project, interpreter, measure=None, guarded=False, contexts=True, skip=skip)
    report = await PytestProcess().run(wanted, Silent())
    assert report.problem == ""
    return report


def of_module(report: TestReport) -> dict[str, set[int]]:
    """Return the lines of the module that each test ran, by the test's name."""
    return {
        node.rpartition("::")[2]: set(lines_of(lines.get(path, 0)))
        for node, lines in report.contexts.items()
        for path in lines
        if path.name == "signs.py"
    }


async def test_what_a_shared_fixture_runs_belongs_to_each_test_that_uses_it(project: Project) -> None:
    report = await run(project)
    shared = {8, 12}
    assert of_module(report) == {"test_first": shared, "test_second": shared | {2, 3}, "test_third": {2, 4}}
    (source,) = (path for path in report.coverage if path.name == "signs.py")
    assert source == project.root / "signs.py"
    assert set(lines_of(report.outside[source])) == {1, 7, 11}


async def test_tests_that_nobody_asked_for_are_left_out_and_those_that_nobody_knows_are_not(project: Project) -> None:
    report = await run(project, frozenset({"test_signs.py::test_first", "test_signs.py::test_gone"}))
    assert [o.node_id.rpartition("::")[2] for o in report.outcomes] == ["test_second", "test_third"]
    assert of_module(report)["test_second"] == {8, 12, 2, 3}


async def test_a_wide_fixture_that_another_one_of_its_name_asks_for_belongs_to_each_test_too(project: Project) -> None:
    """Only the innermost one of a name is the test's own."""
    (project.root / "conftest.py").write_text(
        "import pytest, signs\n@pytest.fixture(scope='session')\ndef client(): return signs.load()\n"
    )
    (project.root / "test_signs.py").write_text(
        "import pytest\n@pytest.fixture\ndef client(client): return client\n"
        "def test_a(client): pass\ndef test_b(client): pass\ndef test_c(): pass\n"
    )
    assert of_module(await run(project)) == {"test_a": {8, 12}, "test_b": {8, 12}}
