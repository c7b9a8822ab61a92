"""A suite that pytest-xdist hands out to several processes: the same result, the same coverage, nothing left behind."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from greenline.adapters import suite_size
from greenline.adapters.pytest_process import PytestProcess
from greenline.ports.progress import Silent
from greenline.ports.project import Interpreter, Project
from greenline.ports.tests import TestReport, TestRun

if TYPE_CHECKING:
    from collections.abc import Callable

pytest.importorskip("xdist")
LIMIT = 60.0
MODULE = """\
def sign(n):
    if n < 0:
        return -1
    if n == 0:
        return 0
    return 1


def total(numbers):
    found = 0
    for n in numbers:
        found += n
    return found
"""
CONFTEST = """\
import os, pytest, signs
@pytest.fixture(autouse=True)
def tell():
    with open(os.environ["GREENLINE_TEST_PIDS"], "a") as f: f.write(f"{os.getpid()}\\n")
"""
ONE = """\
import pytest, signs
@pytest.mark.xdist_group("numbers")
def test_negative(): assert signs.sign(-1) == -1
def test_zero(): assert signs.sign(0) == 0
def test_wrong(): assert signs.total([1, 2]) == 4
"""
OTHER = """\
import pytest, signs
@pytest.fixture
def broken(): raise OSError("no database")
def test_positive(): assert signs.sign(1) == 1
def test_raises(): signs.total(3)
@pytest.mark.skip(reason="later")
def test_later(): pass
def test_set_up(broken): pass
"""


@pytest.fixture
def pids(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where tests write in which process they ran."""
    path = tmp_path / "pids"
    monkeypatch.setenv("GREENLINE_TEST_PIDS", str(path))
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # most of a cold start is other people's plugins
    return path


@pytest.fixture
def project(tmp_path: Path, pids: Path) -> Project:
    root = tmp_path / "project"
    (root / "tests").mkdir(parents=True)
    (root / "signs.py").write_text(MODULE)
    (root / "conftest.py").write_text(CONFTEST)
    (root / "tests" / "test_one.py").write_text(ONE)
    (root / "tests" / "test_other.py").write_text(OTHER)
    (root / "pytest.ini").write_text("[pytest]\naddopts = -p xdist.plugin -p xdist.looponfail\npythonpath = .\n")
    return Project(root, root / "pytest.ini", (root,), (root / "tests",))


def run_of(project: Project) -> TestRun:
    major, minor, micro = sys.version_info[:3]
    interpreter = Interpreter(Path(sys.executable), (major, minor, micro), "the test", "9")
    return TestRun(project, interpreter, measure=None, guarded=False, contexts=True, seconds=LIMIT)


async def run(project: Project, *, parallel: bool) -> TestReport:
    return await PytestProcess().run(replace(run_of(project), parallel=parallel), Silent())


def without_addresses(text: str) -> str:
    return re.sub(r" at 0x[0-9a-f]+", "", text)


def processes(pids: Path) -> set[str]:
    found = set(pids.read_text().split())
    pids.unlink()
    return found


@pytest.mark.parametrize(
    ("options", "workers"),
    [
        ("-n 2 --dist loadfile", 2),
        ("-n 2 --dist load", 2),
        ("-n 2 --dist loadgroup", 2),
        ("", 2),
        ("-n 0", 1),
        ("--dist each --tx 2*popen", 1),
    ],
    ids=["files", "tests", "groups", "own account", "never", "each"],
)
async def test_several_processes_tell_what_one_tells(
    project: Project, pids: Path, monkeypatch: pytest.MonkeyPatch, options: str, workers: int
) -> None:
    alone = await run(project, parallel=False)
    assert len(processes(pids)) == 1
    monkeypatch.setattr(suite_size, "ENOUGH", 2)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    ini = (project.root / "pytest.ini").read_text()
    (project.root / "pytest.ini").write_text(ini.replace("xdist.looponfail", f"xdist.looponfail {options}"))
    together = await run(project, parallel=True)

    assert len(processes(pids)) == workers
    assert alone.problem == together.problem == ""

    def told(report: TestReport) -> object:
        return sorted((o.node_id, o.outcome, o.error, without_addresses(o.said), o.frames) for o in report.outcomes)

    assert told(together) == told(alone)
    assert {path: ran.lines for path, ran in together.coverage.items()} == {
        path: ran.lines for path, ran in alone.coverage.items()
    }
    assert {path: ran.arcs for path, ran in together.coverage.items()} == {
        path: ran.arcs for path, ran in alone.coverage.items()
    }
    assert together.contexts == alone.contexts
    assert together.outside == alone.outside
    assert (alone.workers, together.workers) == (0, workers if workers > 1 else 0)


@pytest.mark.parametrize(
    ("took", "enough", "files", "expected"),
    [(None, 5, 2, 1), (None, 4, 2, 2), (None, 4, 1, 1), (7.9, 4, 2, 1), (8.0, 99, 2, 2), (99, 4, 1, 1)],
)
def test_only_what_takes_long_is_worth_several_processes(  # noqa: PLR0917 - the columns of a table
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, took: float | None, enough: int, files: int, expected: int
) -> None:
    for number in range(files):
        (tmp_path / f"test_{number}.py").write_text("def test_a(): pass\nclass TestB:\n    async def test_c(): pass\n")
    monkeypatch.setattr(suite_size, "ENOUGH", enough)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(16)), raising=False)
    assert suite_size.workers_for(Project(tmp_path, None, (tmp_path,), ()), took) == expected


async def test_tests_that_differ_from_process_to_process_run_in_one(
    project: Project, pids: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suite_size, "ENOUGH", 2)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    differs = (
        "import os, pytest\n@pytest.mark.parametrize('n', [os.getpid()])\ndef test_a(n): assert n == os.getpid()\n"
    )
    (project.root / "tests" / "test_one.py").write_text(differs)
    report = await run(project, parallel=True)

    assert (report.problem, report.workers, len(processes(pids))) == ("", 0, 1)
    assert [o.outcome for o in report.outcomes if "test_one" in o.node_id] == ["passed"]


async def test_a_process_that_dies_is_one_failed_test(project: Project, pids: Path) -> None:
    ini = (project.root / "pytest.ini").read_text()
    (project.root / "pytest.ini").write_text(ini.replace("xdist.looponfail", "xdist.looponfail -n 2 --dist load"))
    test = project.root / "tests" / "test_other.py"
    test.write_text(OTHER + "def test_dies():\n    import os\n    os._exit(3)\n")
    report = await run(project, parallel=True)

    ended = {o.node_id.partition("::")[2]: (o.outcome, o.message) for o in report.outcomes}
    assert len(report.outcomes) == len(ended) == 8
    assert ended["test_dies"][0] == "failed"
    assert "crashed" in ended["test_dies"][1]
    assert ended["test_positive"] == ended["test_zero"] == ("passed", "")
    assert report.unfinished == report.problem == ""


async def test_a_process_that_dies_takes_no_lines_of_the_tests_before_with_it(project: Project, pids: Path) -> None:
    ini = (project.root / "pytest.ini").read_text()
    (project.root / "pytest.ini").write_text(ini.replace("xdist.looponfail", "xdist.looponfail -n 1 --dist load"))
    (project.root / "tests" / "test_one.py").unlink()
    (project.root / "tests" / "test_other.py").write_text(
        "import os, signs\ndef test_first(): assert signs.sign(-1) == -1\n"
        "def test_dies(): os._exit(3)\ndef test_last(): assert signs.sign(0) == 0\n"
    )
    report = await run(project, parallel=True)

    assert sorted(outcome.outcome for outcome in report.outcomes) == ["failed", "passed", "passed"]
    (ran,) = (ran for path, ran in report.coverage.items() if path.name == "signs.py")
    assert {2, 3, 4, 5} <= ran.lines
    assert {(2, 3), (2, 4), (4, 5)} <= (ran.arcs or set())


@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
@pytest.mark.parametrize("how", ["cancelled", "killed"])
async def test_no_process_is_left(project: Project, pids: Path, how: str) -> None:
    ini = (project.root / "pytest.ini").read_text()
    (project.root / "pytest.ini").write_text(ini.replace("xdist.looponfail", "xdist.looponfail -n 2 --dist loadfile"))
    for name in ("test_one.py", "test_other.py"):
        (project.root / "tests" / name).write_text("import threading\ndef test_a(): threading.Event().wait()\n")

    running = asyncio.ensure_future(PytestProcess().run(replace(run_of(project), parallel=True), Silent()))
    await until(lambda: pids.exists() and len(pids.read_text().split()) == 2)
    started = processes(pids)
    if how == "cancelled":
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    else:  # the process that started them: nobody is left to end them
        os.kill(int(stat(min(started))[1]), signal.SIGKILL)
        assert "was killed by SIGKILL" in (await running).problem
    assert len(started) == 2
    assert not [pid for pid in started if lives(pid)]


def stat(pid: str) -> list[str]:
    """Return state, parent and so on."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def lives(pid: str) -> bool:
    try:
        return stat(pid)[0] not in {"Z", "X"}
    except OSError:
        return False


async def until(holds: Callable[[], bool]) -> None:
    async def wait() -> None:
        while not holds():  # noqa: ASYNC110 - what another process does
            await asyncio.sleep(0.02)

    await asyncio.wait_for(wait(), LIMIT)
