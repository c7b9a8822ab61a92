"""Warm processes: a fork of one ends as a fresh process does, and nothing of it stays."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import re
import signal
import subprocess
import sys
from ast import literal_eval
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from greenline.adapters.explorer_process import ExplorerProcess
from greenline.adapters.probes import Probes
from greenline.adapters.pytest_process import PytestProcess
from greenline.ports.explorer import Expedition
from greenline.ports.progress import Silent
from greenline.ports.project import Interpreter, Project
from greenline.ports.tests import TestReport, TestRun
from processes import alive

if TYPE_CHECKING:
    from collections.abc import Callable

    from greenline.adapters.warm_process import WarmProcess

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere each probe is a fresh process")

LIMIT = 60.0
MODULE = """\
import os


def sign(n: int) -> int:
    if n < 0:
        return -1
    return 1


def spoil(n: int) -> str:
    os.environ["SPOILED"] = "1"
    if n > 5:
        os.chdir("/")
    return os.environ.get("LOOKED_AT", "unset")
"""
CONFTEST = """\
import os
import pytest

pytest_plugins = ["own_plugin"]


def pytest_addoption(parser):
    parser.addoption("--shade", default="none")
    parser.addini("size", "how big")


@pytest.fixture
def shade(request):
    return request.config.getoption("--shade") + request.config.getini("size") + os.environ["LOOKED_AT"]
"""
OWN_PLUGIN = """\
import pytest


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call(item):
    yield
    item.user_properties.append(("seen", 1))


def check(value):
    assert value == "darkbigyes"
"""
TESTS = """\
import os
import sys
import tempfile
from pathlib import Path

import own_plugin
import pytest
from signs import sign


def test_sign():
    assert sign(3) == 1


def test_conftest(shade):
    own_plugin.check(shade)


def test_message():
    assert [1, 2, sign(-1)] == [1, 2, 3]


def test_plugin_message():
    own_plugin.check("light")


@pytest.mark.parametrize("n", [1, 2])
def test_rows(n, tmp_path, capsys, monkeypatch):
    print(n)
    assert capsys.readouterr().out == f"{n}\\n"
    assert tmp_path.is_relative_to(tempfile.gettempdir())


def test_warns():
    import warnings
    warnings.warn("old", DeprecationWarning)


@pytest.mark.skip(reason="not now")
def test_skipped():
    pass


@pytest.mark.xfail(reason="known")
def test_xfailed():
    assert sign(0) == 0


def test_process():
    told = {
        "path": [p.replace(os.getcwd(), "HERE") for p in sys.path],
        "home": os.path.relpath(os.environ["HOME"], tempfile.gettempdir()),
        "cwd": os.path.basename(os.getcwd()),
        "argv": [a.replace(os.getcwd(), "HERE") for a in sys.argv],
        "hash": hash("greenline"),
        "stdin": os.read(0, 1),
        "session": os.getsid(0) == os.getpid(),
        "environment": sorted(k for k in os.environ),
        "filters": [str(f) for f in __import__("warnings").filters],
        "meta": [type(m).__name__ for m in sys.meta_path],
        "main": Path(sys.modules["__main__"].__file__).name,
        "modules": sorted(m for m in sys.modules if m.partition(".")[0] in ("signs", "own_plugin", "conftest")),
    }
    raise ValueError(repr(told))
"""
INI = "[pytest]\npythonpath = src\naddopts = --shade=dark\nsize = big\nfilterwarnings = error\n    ignore:nothing\n"


@pytest.fixture
def interpreter() -> Interpreter:
    major, minor, micro = sys.version_info[:3]
    return Interpreter(Path(sys.executable), (major, minor, micro), "the test", "9")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # most of a cold start is other people's plugins
    monkeypatch.setenv("LOOKED_AT", "yes")
    root = tmp_path / "project"
    (root / "src").mkdir(parents=True)
    (root / "tests").mkdir()
    for name, text in {
        "src/signs.py": MODULE, "src/own_plugin.py": OWN_PLUGIN, "conftest.py": CONFTEST, "pytest.ini": INI,
    }.items():  # fmt: skip
        (root / name).write_text(text)
    return Project(root, root / "pytest.ini", (root / "src", root), (root / "tests",))


def run_of(project: Project, interpreter: Interpreter, test: str = TESTS, **options: Any) -> TestRun:
    path = project.root / "tests" / "test_signs.py"
    options.setdefault("measure", (project.root / "src" / "signs.py",))
    return TestRun(project, interpreter, {path: test}, (str(path),), **options)


def expedition_to(project: Project, interpreter: Interpreter) -> Expedition:
    return Expedition(
        project, interpreter, project.root / "src" / "signs.py", "signs", "sign",
        frozenset({5, 6, 7}), frozenset({(5, 6), (5, 7)}), {}, 3.0,
    )  # fmt: skip


async def run(probes: Probes, test_run: TestRun) -> TestReport:
    return await PytestProcess(probes).run(test_run, Silent())


def of(probes: Probes) -> WarmProcess:
    (warm,) = probes._processes.values()
    return warm


async def until(condition: Callable[[], object]) -> None:
    async def look() -> None:
        while not condition():  # noqa: ASYNC110 - what is waited for is in other processes
            await asyncio.sleep(0.02)

    await asyncio.wait_for(look(), LIMIT)


def same(report: TestReport) -> TestReport:
    """Leave out what differs between any two runs."""
    outcomes = tuple(replace(outcome, seconds=0.0) for outcome in report.outcomes)
    return replace(report, outcomes=outcomes, seconds=0.0, problem=report.problem.partition(" It last printed")[0])


# The same as a fresh process


@pytest.mark.parametrize("guarded", [True, False], ids=["guarded", "as the person"])
@pytest.mark.parametrize("hash_seed", [0, 4242])
async def test_a_forked_run_ends_as_a_fresh_one(
    project: Project, interpreter: Interpreter, hash_seed: int, monkeypatch: pytest.MonkeyPatch, *, guarded: bool
) -> None:
    if not guarded:
        monkeypatch.setenv("PYTHONHASHSEED", str(hash_seed))
    test_run = run_of(project, interpreter, hash_seed=hash_seed, guarded=guarded)
    probes = Probes()

    fresh = await run(Probes(warm=False), test_run)
    first, second = await run(probes, test_run), await run(probes, test_run)

    assert not of(probes).gone, "nothing was forked"
    outcomes = {o.node_id.partition("::")[2]: o for o in fresh.outcomes}
    assert {o.outcome for o in outcomes.values()} == {"passed", "failed", "skipped", "xfailed"}
    assert "HERE" in outcomes["test_process"].message
    for forked in (first, second):
        for one, other in zip(forked.outcomes, fresh.outcomes, strict=True):
            assert one.message.splitlines() == other.message.splitlines()
        assert same(forked) == same(fresh)


async def test_installed_plugins_are_imported_once_and_act_as_ever(
    project: Project, interpreter: Interpreter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    (project.root / "pytest.ini").write_text(
        "[pytest]\npythonpath = src\naddopts = -n 2 --shade=dark\nsize = big\nasyncio_mode = auto\n"
        "asyncio_default_fixture_loop_scope = function\nfilterwarnings = error\n"
    )
    test = TESTS + "\n\nasync def test_async():\n    assert sign(1) == 1\n"
    probes = Probes()

    fresh = await run(Probes(warm=False), run_of(project, interpreter, test))
    forked = await run(probes, run_of(project, interpreter, test))

    assert not of(probes).gone
    outcomes = {o.node_id.partition("::")[2]: o.outcome for o in forked.outcomes}
    assert outcomes, forked
    assert outcomes["test_async"] == "passed", forked
    assert same(forked) == same(fresh)


async def test_what_every_run_imports_is_imported_before_the_fork(project: Project, interpreter: Interpreter) -> None:
    (project.root / "pyproject.toml").write_text("")
    test = """
import gc
import sys


def test_modules():
    later = {id(each) for each in gc.get_objects()}  # without what was frozen before the fork
    raise ValueError(repr(sorted(name for name, module in sys.modules.items() if id(module) in later)))
"""
    for guarded in (True, False):
        report = await run(probes := Probes(), run_of(project, interpreter, test, guarded=guarded))
        assert not of(probes).gone
        listed = re.search(r"ValueError: (\[.*\])", report.outcomes[0].message)
        assert listed, report
        assert literal_eval(listed[1]) == ["conftest", "own_plugin", "test_signs"]


async def test_bytecode_of_the_engine_is_kept_and_that_of_the_project_is_not(
    project: Project, interpreter: Interpreter, tmp_path: Path
) -> None:
    kept = tmp_path / "bytecode"
    for warm in (True, False):
        found = await ExplorerProcess(Probes(kept / str(warm), warm=warm)).explore(
            expedition_to(project, interpreter), Silent()
        )
        names = {file.name.partition(".")[0] for file in (kept / str(warm)).rglob("*.pyc")}
        assert found.cases, found
        assert "supervise" in names
        assert not names & {"signs", "conftest"}


async def test_a_plugin_that_the_project_does_not_want_is_not_there_the_next_time(
    project: Project, interpreter: Interpreter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    (project.root / "pytest.ini").write_text(
        "[pytest]\npythonpath = src\naddopts = -p no:xdist -p no:xdist.looponfail\n"
    )
    test = "import sys\ndef test_a(): assert not [m for m in sys.modules if m.startswith('xdist')]\n"
    probes = Probes()

    for _ in range(2):
        report = await run(probes, run_of(project, interpreter, test))
        assert report.green, report

    assert [warm._without for warm in probes._processes.values()] == [(), ("xdist", "xdist.looponfail")]
    assert len(probes._processes) == 2


async def test_exploring_in_a_fork_finds_what_exploring_in_a_fresh_process_finds(
    project: Project, interpreter: Interpreter
) -> None:
    expedition = expedition_to(project, interpreter)
    probes = Probes()

    fresh = await ExplorerProcess(Probes(warm=False)).explore(expedition, Silent())
    forked = [await ExplorerProcess(probes).explore(expedition, Silent()) for _ in range(2)]

    assert not of(probes).gone
    assert len(fresh.cases) >= 2
    assert [f.cases for f in forked] == [fresh.cases, fresh.cases]
    assert {f.mutants for f in forked} == {fresh.mutants}


# Where it would not be the same, it is a fresh process


async def test_a_module_that_hides_one_that_is_imported_already_wins(
    project: Project, interpreter: Interpreter
) -> None:
    (project.root / "pluggy.py").write_text("raise ImportError('the project has its own pluggy')\n")
    probes = Probes()

    report = await run(probes, run_of(project, interpreter, "def test_a(): pass\n"))

    assert "the project has its own pluggy" in report.problem
    assert not of(probes).gone


@pytest.mark.parametrize(
    ("plugin", "why"),
    [
        ("import os\nCACHE = os.path.expanduser('~/.cache')\n", "remembers the folder"),
        ("raise RuntimeError('no display')\n", "pytest ends with"),
    ],
    ids=["home", "fails"],
)
async def test_a_plugin_that_makes_forks_unlike_fresh_processes_is_found(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plugin: str, why: str
) -> None:
    python, packages = _environment_with(tmp_path, plugin)
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    interpreter = Interpreter(python, sys.version_info[:3], "the test", "9")
    probes = Probes()

    report = await run(probes, run_of(project, interpreter, "def test_a(): pass\n"))

    warm = of(probes)
    assert why in warm.unfit
    await until(lambda: warm.gone)
    assert report.green is (why != "pytest ends with"), report
    (packages / "installed_plugin.py").write_text("")
    if why == "pytest ends with":  # what could not be imported is seen as an installer leaves it
        _touch(packages)
    assert (await run(probes, run_of(project, interpreter, "def test_a(): pass\n"))).green
    assert not of(probes).unfit
    assert not of(probes).gone


async def test_a_plugin_that_starts_a_thread_is_left_to_each_fork(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    starts = (
        "import threading\nSTARTED = threading.Thread(target=threading.Event().wait, daemon=True)\nSTARTED.start()\n"
    )
    python, _ = _environment_with(tmp_path, starts)
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    interpreter = Interpreter(python, sys.version_info[:3], "the test", "9")
    probes = Probes()
    test = "import installed_plugin\ndef test_a(): assert installed_plugin.STARTED.is_alive()\n"

    for _ in range(2):
        assert (await run(probes, run_of(project, interpreter, test))).green

    unfit, fit = probes._processes.values()
    assert "importing installed started 1 more threads" in unfit.unfit
    assert (fit._without, fit.unfit, fit.gone) == (("installed",), "", False)


def _environment_with(tmp_path: Path, plugin: str) -> tuple[Path, Path]:
    """Make an environment that has our pytest and one more plugin."""
    import venv

    venv.create(tmp_path / "environment", with_pip=False, symlinks=True)
    packages = next((tmp_path / "environment").glob("lib/python*/site-packages"))
    ours = Path(pytest.__file__).parents[1]
    for name in ("pytest", "_pytest", "pluggy", "iniconfig", "packaging", "pygments", "py.py"):
        (packages / name).symlink_to(ours / name)
        for metadata in ours.glob(f"{name}-*.dist-info"):
            (packages / metadata.name).symlink_to(metadata)
    (packages / "installed_plugin.py").write_text(plugin)
    info = packages / "installed_plugin-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: installed-plugin\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[pytest11]\ninstalled = installed_plugin\n")
    return tmp_path / "environment" / "bin" / "python", packages


def _touch(folder: Path) -> None:
    later = folder.stat().st_mtime + 5
    os.utime(folder, (later, later))


# Nothing passes from one fork to the next


LEAVES = """\
import builtins, os, sys, tempfile, warnings

def test_first():
    assert not hasattr(builtins, "greenline_left")
    assert "GREENLINE_LEFT" not in os.environ
    assert "left_behind" not in sys.modules
    assert "/left" not in sys.path
    assert not os.path.exists("left.txt")
    assert os.path.basename(os.getcwd()) == "project"
    builtins.greenline_left = sys.modules["left_behind"] = os
    os.environ["GREENLINE_LEFT"] = "1"
    sys.path.append("/left")
    sys.setrecursionlimit(2000)
    open("left.txt", "w").close()
    os.chdir("/")
"""


async def test_nothing_leaks_from_one_fork_to_the_next(project: Project, interpreter: Interpreter) -> None:
    probes = Probes()
    for _ in range(2):
        report = await run(probes, run_of(project, interpreter, LEAVES))
        assert [o.outcome for o in report.outcomes] == ["passed"], report
    assert not of(probes).gone


async def test_several_at_once_have_their_own_channels(project: Project, interpreter: Interpreter) -> None:
    probes = Probes()
    tests = [f"import os\ndef test_{n}():\n    os.write(1, b'{{}}' * 1000)\n    assert {n} == 3\n" for n in range(6)]
    reports = await asyncio.gather(*(run(probes, run_of(project, interpreter, test)) for test in tests))

    for number, report in enumerate(reports):
        (outcome,) = report.outcomes
        assert outcome.node_id.endswith(f"test_{number}")
        assert outcome.outcome == ("passed" if number == 3 else "failed")
    assert not of(probes).gone


HOSTILE = {
    "segfault": "import ctypes\ndef test_a(): ctypes.string_at(0)\n",
    "exit": "import os\ndef test_a(): os._exit(3)\n",
    "closes everything": "import os\ndef test_a():\n    os.closerange(0, 200)\n    os._exit(0)\n",
    "reads and writes all descriptors": (
        "import os\ndef test_a():\n    for fd in range(200):\n        try: os.write(fd, b'x\\n'); os.read(fd, 0)\n"
        "        except OSError: pass\n    os._exit(0)\n"
    ),
    "kills its group": "import os, signal\ndef test_a(): os.killpg(0, signal.SIGKILL)\n",
    "memory": "def test_a():\n    x = []\n    while True: x.append(bytearray(1 << 28))\n",
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_code_in_a_fork_does_not_hurt_the_warm_process(
    project: Project, interpreter: Interpreter, name: str
) -> None:
    probes = Probes()
    hostile = run_of(project, interpreter, HOSTILE[name], guarded=name == "memory")
    report = await run(probes, hostile)
    warm = of(probes)

    assert not report.green
    assert same(report) == same(await run(Probes(warm=False), hostile))
    again = run_of(project, interpreter, "def test_a(): pass\n", guarded=hostile.guarded)
    assert (await run(probes, again)).green
    assert of(probes) is warm
    assert not warm.gone


# Its end


async def test_one_that_was_killed_is_replaced(project: Project, interpreter: Interpreter) -> None:
    probes = Probes()
    quick = run_of(project, interpreter, "def test_a(): pass\n")
    assert (await run(probes, quick)).green
    first = of(probes)
    os.kill(first.pid, signal.SIGKILL)
    await asyncio.wait_for(first.wait(), LIMIT)

    assert (await run(probes, quick)).green
    assert of(probes) is not first
    assert not of(probes).gone


async def test_a_run_whose_warm_process_dies_is_run_again_in_a_fresh_one(
    project: Project, interpreter: Interpreter, tmp_path: Path
) -> None:
    (tmp_path / "runs").touch()
    waits = (
        f"import os, time\ndef test_a():\n    with open({str(tmp_path / 'runs')!r}, 'a') as f: f.write('x')\n"
        f"    if os.path.getsize({str(tmp_path / 'runs')!r}) == 1: os.kill(os.getppid(), 9); time.sleep(3600)\n"
    )
    probes = Probes()
    report = await asyncio.wait_for(run(probes, run_of(project, interpreter, waits, guarded=False)), LIMIT)

    assert report.green, report
    assert (tmp_path / "runs").read_text() == "xx"
    assert of(probes).gone


async def test_what_is_installed_later_is_seen(project: Project, tmp_path: Path) -> None:
    python, packages = _environment_with(tmp_path, "")
    interpreter = Interpreter(python, sys.version_info[:3], "the test", "9")
    probes = Probes()
    assert (await run(probes, run_of(project, interpreter, "def test_a(): pass\n"))).green
    first = of(probes)
    (packages / "added.py").write_text("VALUE = 1\n")
    _touch(packages)

    assert (await run(probes, run_of(project, interpreter, "import added\ndef test_a(): pass\n"))).green
    assert of(probes) is not first
    await asyncio.wait_for(first.wait(), LIMIT)
    assert not alive(first.pid)


async def test_an_idle_one_ends(interpreter: Interpreter) -> None:
    from greenline.adapters.warm_process import WarmProblem, WarmProcess

    warm = WarmProcess(interpreter.path, tests=False, idle=0.0)
    try:
        await warm.ready()
    except WarmProblem:
        assert warm.gone  # that quickly
    await asyncio.wait_for(warm.wait(), LIMIT)
    assert not alive(warm.pid)


def test_what_is_prepared_ends_with_the_loop_however_early_that_is(project: Project, interpreter: Interpreter) -> None:
    async def prepares(steps: int) -> None:
        Probes().prepare(project, interpreter, (0, 1))
        for _ in range(steps):
            await asyncio.sleep(0)
        await until(lambda: steps < 10 or descendants(os.getpid()))

    for steps in (0, 1, 2, 3, 5, 8, 13, 40):
        asyncio.run(prepares(steps))
        assert descendants(os.getpid()) == []


@pytest.mark.parametrize("how", ["missing", "refused"])
async def test_without_pidfds_there_is_none_and_nothing_is_started_for_it(
    project: Project, interpreter: Interpreter, monkeypatch: pytest.MonkeyPatch, caplog: Any, how: str
) -> None:
    def refused(_: int) -> int:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))

    if how == "missing":
        monkeypatch.delattr(os, "pidfd_open")
    else:
        monkeypatch.setattr(os, "pidfd_open", refused)
    probes = Probes()
    for _ in range(2):
        report = await run(probes, run_of(project, interpreter))
        assert {outcome.outcome for outcome in report.outcomes} >= {"passed"}
        assert "pidfd" in of(probes).unfit
        assert of(probes).pid == 0
    assert descendants(os.getpid()) == []
    assert [record for record in caplog.records if record.exc_info] == []


async def test_what_cannot_be_connected_to_after_its_start_is_not_left_behind(
    interpreter: Interpreter, monkeypatch: pytest.MonkeyPatch
) -> None:
    from greenline.adapters.warm_process import WarmProblem, WarmProcess

    async def fails(**_: Any) -> Any:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    monkeypatch.setattr(asyncio, "open_connection", fails)
    warm = WarmProcess(interpreter.path, tests=False)
    with pytest.raises(WarmProblem):
        await warm.ready()
    await asyncio.wait_for(warm.wait(), LIMIT)
    assert descendants(os.getpid()) == []


# Leaves its session and its parent, as daemons do, says where it is, and would stay for an hour.
DAEMON = """
import os, time
def test_a():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            with open({pids!r}, "a") as f: f.write(f"{{os.getpid()}}\\n")
            time.sleep(3600)
        os._exit(0)
    os.wait()
    with open({pids!r}, "a") as f: f.write(f"{{os.getpid()}}\\n")
    time.sleep(3600)
"""


async def test_cancelling_ends_a_fork_and_its_daemon_and_nothing_else(
    project: Project, interpreter: Interpreter, tmp_path: Path
) -> None:
    probes = Probes()
    mine, others = tmp_path / "mine", tmp_path / "others"
    tasks = [
        asyncio.create_task(run(probes, run_of(project, interpreter, DAEMON.format(pids=str(pids)), guarded=False)))
        for pids in (mine, others)
    ]
    await until(lambda: all(pids.exists() and len(pids.read_text().split()) == 2 for pids in (mine, others)))
    first, second = ([int(pid) for pid in pids.read_text().split()] for pids in (mine, others))

    tasks[0].cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(tasks[0], LIMIT)
    assert not [pid for pid in first if alive(pid)]
    assert all(alive(pid) for pid in second)
    assert not of(probes).gone

    tasks[1].cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(tasks[1], LIMIT)
    assert not [pid for pid in second if alive(pid)]


SERVER = """
import asyncio, json, sys
from pathlib import Path
from greenline.adapters.probes import Probes
from greenline.adapters.pytest_process import PytestProcess
from greenline.ports.progress import Silent
from greenline.ports.project import Interpreter, Project
from greenline.ports.tests import TestRun

async def main():
    root, test = Path(sys.argv[1]), sys.argv[2]
    project = Project(root, None, (root,), ())
    interpreter = Interpreter(Path(sys.executable), sys.version_info[:3], "the test", "9")
    probes = Probes()
    probes.prepare(project, interpreter, (0, 1))
    path = root / "test_daemon.py"
    run = TestRun(project, interpreter, {path: test}, (str(path),), guarded=False)
    running = asyncio.create_task(PytestProcess(probes).run(run, Silent()))
    while len([w for w in probes._processes.values() if w._stamp]) < 4:
        await asyncio.sleep(0.02)
    print(json.dumps([w.pid for w in probes._processes.values()]), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    running.cancel()

asyncio.run(main())
"""


@pytest.mark.parametrize("how", ["killed", "leaves"])
async def test_nothing_outlives_the_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    pids, temporary, root = tmp_path / "pids", tmp_path / "tmp", tmp_path / "project"
    temporary.mkdir()
    root.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    server = subprocess.Popen(  # noqa: ASYNC220 - it starts; nothing waits for it here
        [sys.executable, "-c", SERVER, str(root), DAEMON.format(pids=str(pids))],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    with server:
        assert server.stdin is not None
        assert server.stdout is not None
        line = await asyncio.wait_for(asyncio.to_thread(server.stdout.readline), LIMIT)
        warm = [int(pid) for pid in json.loads(line)]
        await until(lambda: pids.exists() and len(pids.read_text().split()) == 2)
        forked = [int(pid) for pid in pids.read_text().split()]
        assert len(warm) == 4
        assert all(alive(pid) for pid in [*warm, *forked])

        if how == "killed":
            server.kill()
        server.stdin.close()
        await until(lambda: not [pid for pid in [*warm, *forked] if alive(pid)])
        await asyncio.wait_for(asyncio.to_thread(server.wait), LIMIT)
    if how == "leaves":
        assert list(temporary.glob("greenline-*")) == []


EXPLORING = """
import asyncio, sys
from pathlib import Path
from greenline.adapters.explorer_process import ExplorerProcess
from greenline.adapters.probes import Probes
from greenline.ports.explorer import Expedition
from greenline.ports.progress import Silent
from greenline.ports.project import Interpreter, Project

root = Path(sys.argv[1])
expedition = Expedition(
    Project(root, None, (root,), ()), Interpreter(Path(sys.executable), sys.version_info[:3], "the test", "9"),
    root / "stays.py", "stays", "stays", frozenset({2}), frozenset(), {}, 60.0,
)
asyncio.run(ExplorerProcess(Probes(warm=sys.argv[2] == "warm")).explore(expedition, Silent()))
"""
STAYS = """
def stays(n: int) -> int:
    while True:
        try:
            while True:
                n += 1
        except BaseException:
            pass
"""


@pytest.mark.parametrize("way", ["fresh", "warm"])
async def test_a_call_that_never_returns_ends_with_a_killed_server(tmp_path: Path, way: str) -> None:
    (tmp_path / "stays.py").write_text(STAYS)
    server = subprocess.Popen([sys.executable, "-c", EXPLORING, str(tmp_path), way])  # noqa: ASYNC220 - as above
    # The probe, and the worker below it; a warm process is one more.
    await until(lambda: len(descendants(server.pid)) >= (2 if way == "fresh" else 3))
    below = descendants(server.pid)
    server.kill()
    await asyncio.wait_for(asyncio.to_thread(server.wait), LIMIT)

    await until(lambda: not [pid for pid in below if alive(pid)])


def descendants(pid: int) -> list[int]:
    try:
        own = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
    return [*own, *(below for child in own for below in descendants(child))]
