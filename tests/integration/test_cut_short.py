"""A run that a plugin or a conftest.py ends before all tests ran, or with a complaint, is not taken for more."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from greenline.adapters.disk_documents import DiskDocuments
from greenline.adapters.pytest_process import PytestProcess
from greenline.adapters.run_store_sqlite import RunStoreSqlite
from greenline.bootstrap import Lasting, build
from greenline.ports.progress import Silent
from greenline.ports.project import Interpreter, Project
from greenline.ports.tests import TestRun
from greenline.settings import Settings

if TYPE_CHECKING:
    from greenline.services.run_suite import SuiteRun

TEARDOWN = "import pytest\ndef pytest_runtest_teardown(item):\n    "
AFTER_ONE = "import pytest\ndef pytest_runtest_logfinish(nodeid):\n    "
AT_THE_END = "def pytest_sessionfinish(session):\n    "
STOP = TEARDOWN + "item.session.shouldfail = 'enough'\n"


@pytest.fixture(autouse=True)
def few_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # most of a cold start is other people's plugins


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    (root / "tests").mkdir(parents=True)
    (root / "pyproject.toml").touch()
    (root / "tests" / "test_a.py").write_text("def test_a(): pass\n")
    (root / "tests" / "test_b.py").write_text("def test_b(): pass\n")
    return root


@pytest.mark.parametrize(
    ("conftest", "problem", "not_run"),
    [
        (STOP, "pytest stopped before 1 of 2 tests ran.", 1),
        (AFTER_ONE + "pytest.exit('enough', returncode=0)\n", "pytest stopped before 1 of 2 tests ran.", 1),
        (
            TEARDOWN + "item.session.shouldstop = 'enough'\n"
            "@pytest.fixture(autouse=True)\ndef broken():\n    raise OSError\n",
            "pytest was interrupted.",
            1,
        ),
        (AFTER_ONE + "pytest.exit('enough', returncode=3)\n", "pytest itself, a plugin or a conftest.py failed", 1),
        (AT_THE_END + "raise OSError('boom')\n", "pytest itself, a plugin or a conftest.py failed", 0),
        (AT_THE_END + "session.exitstatus = 1\n", "", 0),
        ("", "", 0),
    ],
)
async def test_what_did_not_run_is_counted_and_said(root: Path, conftest: str, problem: str, not_run: int) -> None:
    major, minor, micro = sys.version_info[:3]
    interpreter = Interpreter(Path(sys.executable), (major, minor, micro), "the test", "9")
    (root / "conftest.py").write_text(conftest)
    run = TestRun(Project(root, None, (root,), (root / "tests",)), interpreter, guarded=False)
    report = await PytestProcess().run(run, Silent())
    assert report.problem.startswith(problem)
    assert bool(report.problem) == bool(problem)
    assert report.not_run == not_run
    assert bool(report.complaint) == ("exitstatus" in conftest)


async def run(root: Path, *, affected: bool = False, seconds: float = 120) -> SuiteRun:
    lasting = Lasting(runs=RunStoreSqlite(root.parent / "runs"))
    services = build(Settings(interpreter=sys.executable, suite_seconds=seconds), DiskDocuments(), lasting)
    if affected:
        return await services.run_affected.run([root], Silent())
    return await services.run_suite.run(root, Silent())


async def test_what_did_not_run_is_still_to_be_run(root: Path) -> None:
    await run(root)
    (root / "conftest.py").write_text(STOP)
    stopped = await run(root)
    assert (stopped.ok, stopped.cut_short, stopped.tests) == (True, True, 1)
    assert stopped.problem
    assert stopped.problem in stopped.message
    (root / "conftest.py").write_text("")
    left = await run(root, affected=True)
    assert (left.cut_short, left.problem, len(left.passed)) == (False, "", 2)


@pytest.mark.parametrize("end", ["raise OSError('boom')\n", "raise KeyboardInterrupt\n"], ids=["error", "interrupt"])
async def test_what_goes_wrong_after_the_last_test_has_no_test_run_again(root: Path, end: str) -> None:
    (root / "conftest.py").write_text(AT_THE_END + end)
    ran = await run(root)
    assert ran.problem
    assert (ran.cut_short, len(ran.passed)) == (False, 2)
    assert (await run(root, affected=True)).message == "No test is affected."


async def test_a_thread_that_stays_is_a_problem_of_a_run_of_everything(root: Path) -> None:
    stays = "import threading\ndef test_a(): threading.Thread(target=threading.Event().wait, name='stays').start()\n"
    (root / "tests" / "test_a.py").write_text(stays)
    ran = await run(root, seconds=10)
    assert ran.problem == (
        "After the last test a thread went on running (stays), for which pytest waits; the run did not end "
        "within 10 s (setting greenline.run.suiteSeconds)."
    )
    assert (ran.ok, ran.cut_short, len(ran.passed)) == (True, False, 2)


async def test_a_complaint_is_a_problem_of_a_run_of_everything(root: Path) -> None:
    (root / "conftest.py").write_text(AT_THE_END + "session.exitstatus = 1\n")
    ran = await run(root)
    assert (ran.cut_short, len(ran.passed)) == (False, 2)
    assert ran.problem == (
        "No test failed, but pytest ended with exit code 1: a plugin or a conftest.py found fault with something."
    )
    assert ran.problem in ran.message
    assert (await run(root, affected=True)).message == "No test is affected."
