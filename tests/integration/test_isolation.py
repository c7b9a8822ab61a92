"""Runs at each isolation level: they end as they should, what is printed and written is bounded, nothing stays."""

from __future__ import annotations

import asyncio
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from greenline.adapters import disk_watch, sandbox
from greenline.adapters.command_template import CommandTemplate
from greenline.adapters.explorer_process import ExplorerProcess
from greenline.adapters.isolation import Isolation, Wanted
from greenline.adapters.probes import Probes
from greenline.adapters.pytest_process import PytestProcess
from greenline.adapters.tried_command import tried
from greenline.ports.explorer import Expedition
from greenline.ports.progress import Silent
from greenline.ports.project import Interpreter, Project
from greenline.ports.tests import TestReport, TestRun

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the levels but the guard are Linux's")

LIMIT = 60.0
WITHOUT_BUBBLEWRAP = asyncio.run(sandbox.why_not())
needs_bubblewrap = pytest.mark.skipif(bool(WITHOUT_BUBBLEWRAP), reason=WITHOUT_BUBBLEWRAP)
MODULE = """\
def sign(n: int) -> int:
    if n < 0:
        return -1
    return 1
"""
TESTS = """\
import os, sys
from signs import sign

def test_sign(tmp_path):
    (tmp_path / "mine").write_text("mine")
    assert sign(-1) == -1

def test_place():
    assert "\\n".join(sorted([os.getcwd(), *sys.path])) == "", os.getpid()
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    root.mkdir()
    (root / "signs.py").write_text(MODULE)
    (root / "test_signs.py").write_text(TESTS)
    return root


@pytest.fixture
def here() -> Interpreter:
    return Interpreter(Path(sys.executable), sys.version_info[:3], "the test", "9")


def run_of(root: Path, here: Interpreter, *, guarded: bool = True, seconds: float = LIMIT) -> TestRun:
    return TestRun(
        Project(root, None, (root,), ()), here, selection=("test_signs.py",), measure=(root / "signs.py",),
        seconds=seconds, guarded=guarded,
    )  # fmt: skip


def expedition(root: Path, here: Interpreter) -> Expedition:
    project = Project(root, None, (root,), ())
    return Expedition(project, here, root / "signs.py", "signs", "sign", frozenset({2, 3, 4}), frozenset(), {}, 2.0)


def passed(report: TestReport) -> list[str]:
    return [o.node_id.partition("::")[2] for o in report.outcomes if o.outcome == "passed"]


def processes_with(text: str) -> list[int]:
    """Return the processes that have the text in their environment, as that of a folder."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdigit() and text.encode() in (folder / "environ").read_bytes():
                found.append(int(folder.name))
        except OSError:  # noqa: PERF203 - gone meanwhile
            continue
    return found


def ancestors(pid: int) -> list[int]:
    found: list[int] = []
    while pid > 1:
        try:
            pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            break
        found.append(pid)
    return found


async def until(condition: Callable[[], object]) -> None:
    async def look() -> None:
        while not condition():  # noqa: ASYNC110 - what is waited for is in other processes
            await asyncio.sleep(0.02)

    await asyncio.wait_for(look(), LIMIT)


# In a sandbox


@needs_bubblewrap
@pytest.mark.parametrize("warm", [True, False], ids=["warm", "fresh"])
async def test_tests_and_exploring_come_to_the_same_in_a_sandbox(root: Path, here: Interpreter, warm: bool) -> None:
    level = Probes(warm=warm, isolation=Isolation(Wanted("sandbox")))
    plain = Probes(warm=False)

    reports = [await PytestProcess(probes).run(run_of(root, here), Silent()) for probes in (level, level, plain)]
    explored = [await ExplorerProcess(probes).explore(expedition(root, here), Silent()) for probes in (level, plain)]

    assert [passed(report) for report in reports] == [["test_sign"]] * 3
    assert reports[0].coverage == reports[1].coverage == reports[2].coverage != {}
    assert reports[0].problem == reports[2].problem == ""
    assert [case.call for case in explored[0].cases] == [case.call for case in explored[1].cases] != []
    assert explored[0].reason == explored[1].reason == ""


@needs_bubblewrap
async def test_runs_at_the_same_time_are_forks_of_one_sandbox(root: Path, here: Interpreter) -> None:
    probes = Probes(isolation=Isolation(Wanted("sandbox")))
    runner = PytestProcess(probes)

    reports = await asyncio.gather(*(runner.run(run_of(root, here), Silent()) for _ in range(4)))

    assert [passed(report) for report in reports] == [["test_sign"]] * 4
    (warm,) = probes._processes.values()
    assert not warm.gone
    assert warm.sandbox is not None
    assert not warm._living


@needs_bubblewrap
@pytest.mark.parametrize("warm", [True, False], ids=["warm", "fresh"])
async def test_what_hangs_in_a_sandbox_is_ended_by_its_id_out_here(
    root: Path, here: Interpreter, warm: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    (root / "test_signs.py").write_text("import time\ndef test_waits():\n    open('began', 'w')\n    time.sleep(600)\n")
    probes = Probes(warm=warm, isolation=Isolation(Wanted("sandbox")))
    task = asyncio.create_task(PytestProcess(probes).run(run_of(root, here, seconds=600.0), Silent()))
    await until(lambda: list((tmp_path / "tmp").glob("greenline-*/greenline-*/copy/project/began")))
    before = processes_with(str(tmp_path / "tmp"))

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, LIMIT)

    assert before
    left = [pid for pid in processes_with(str(tmp_path / "tmp")) if pid in before]
    assert len(left) == (len(before) - 1 if warm else 0), "the warm process stays, and nothing else"
    if warm:
        (process,) = probes._processes.values()
        assert not process._living
        (root / "test_signs.py").write_text(TESTS)
        assert passed(await PytestProcess(probes).run(run_of(root, here), Silent())) == ["test_sign"]
    assert len(list((tmp_path / "tmp").glob("greenline-*/greenline-*/copy/project"))) == 0


SERVER = """
import asyncio, sys
from pathlib import Path
from greenline.adapters.isolation import Isolation, Wanted
from greenline.adapters.probes import Probes
from greenline.adapters.pytest_process import PytestProcess
from greenline.ports.progress import Silent
from greenline.ports.project import Interpreter, Project
from greenline.ports.tests import TestRun

root = Path(sys.argv[1])
here = Interpreter(Path(sys.executable), sys.version_info[:3], "the test", "9")
probes = Probes(warm=sys.argv[2] == "warm", isolation=Isolation(Wanted("sandbox")))
run = TestRun(Project(root, None, (root,), ()), here, selection=("test_signs.py",), seconds=600.0)
asyncio.run(PytestProcess(probes).run(run, Silent()))
"""


@needs_bubblewrap
@pytest.mark.parametrize("warm", ["warm", "fresh"])
async def test_a_sandbox_ends_with_a_killed_server(
    root: Path, tmp_path: Path, warm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    (root / "test_signs.py").write_text("import time\ndef test_waits():\n    open('began', 'w')\n    time.sleep(600)\n")
    server = subprocess.Popen([sys.executable, "-c", SERVER, str(root), warm])  # noqa: ASYNC220 - it only starts
    with server:
        await until(lambda: list((tmp_path / "tmp").glob("greenline-*/greenline-*/copy/project/began")))
        below = [pid for pid in processes_with(str(tmp_path / "tmp")) if server.pid in ancestors(pid)]
        server.kill()
        await asyncio.wait_for(asyncio.to_thread(server.wait), LIMIT)

        await until(lambda: not processes_with(str(tmp_path / "tmp")))
    assert len(below) == (4 if warm == "warm" else 3)


@needs_bubblewrap
async def test_what_is_accepted_runs_outside(root: Path, here: Interpreter, tmp_path: Path) -> None:
    (root / "test_signs.py").write_text(
        f"def test_writes():\n    open({str(tmp_path / 'made')!r}, 'w').write('made')\n"
    )
    probes = Probes(isolation=Isolation(Wanted("sandbox")))

    refused = await PytestProcess(probes).run(run_of(root, here), Silent())
    assert refused.refusals == (f"write to {tmp_path / 'made'}",)
    assert not (tmp_path / "made").exists()
    accepted = await PytestProcess(probes).run(run_of(root, here, guarded=False), Silent())

    assert passed(accepted) == ["test_writes"]
    assert (tmp_path / "made").read_text() == "made"


@needs_bubblewrap
async def test_a_crash_in_a_fresh_sandbox_is_told_by_its_signal(root: Path, here: Interpreter) -> None:
    (root / "test_signs.py").write_text("import ctypes\ndef test_crash():\n    ctypes.string_at(0)\n")
    probes = Probes(warm=False, isolation=Isolation(Wanted("sandbox")))

    report = await PytestProcess(probes).run(run_of(root, here), Silent())

    assert report.problem.startswith("The Python process was killed by SIGSEGV while `test_signs.py::test_crash`")


# Bounded


@pytest.mark.parametrize("guarded", [True, False], ids=["guarded", "as the person"])
async def test_a_test_that_prints_without_end_fills_no_disk(
    root: Path, here: Interpreter, guarded: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    monkeypatch.setattr(disk_watch, "_MOST_OUTPUT", 100_000)
    (root / "test_signs.py").write_text(
        "import os, time\ndef test_prints():\n    while True:\n"
        "        os.write(2, b'x' * 10000)\n        time.sleep(0.001)\n"
    )
    (root / "pytest.ini").write_text("[pytest]\naddopts = -s\n")
    largest: list[int] = []
    shorten = disk_watch.DiskWatch.shorten

    def seen(self: disk_watch.DiskWatch) -> None:
        before = self._output.stat().st_size
        shorten(self)
        if before > 100_000:
            largest.append(self._output.stat().st_size)

    monkeypatch.setattr(disk_watch.DiskWatch, "shorten", seen)
    task = asyncio.create_task(PytestProcess().run(run_of(root, here, guarded=guarded), Silent()))
    await until(lambda: len(largest) > 2 or task.done())

    assert not task.done()
    assert sorted(largest)[1] < 100_000  # once it may stand still between the two looks
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


WRITES = {
    "files": "(tmp_path / str(n)).write_bytes(os.urandom(10**5))",
    "one without a name": "unnamed.write(os.urandom(10**5)); unnamed.flush()",
}


@pytest.mark.parametrize("writes", WRITES.values(), ids=WRITES.keys())
async def test_a_test_that_writes_without_end_is_ended_and_told(
    root: Path, here: Interpreter, monkeypatch: pytest.MonkeyPatch, writes: str
) -> None:
    for name in ("_MOST_WRITTEN", "_STEP"):
        monkeypatch.setattr(disk_watch, name, 2 * 1024**2)
    (root / "test_signs.py").write_text(
        "import os, tempfile, time\nunnamed = tempfile.TemporaryFile()\ndef test_fills(tmp_path):\n"
        f"    for n in range(10**6):\n        {writes}\n        time.sleep(0.01)\n"
    )

    report = await PytestProcess().run(run_of(root, here), Silent())

    assert report.problem.startswith("The Python process was ended, because it wrote more than 2 MiB while")
    assert report.unfinished == "test_signs.py::test_fills"


# By a command

CONTAINER = """\
#!{python}
# A container, as far as a test needs one: it says what it was told, calls the project and scratch by other names,
# and starts the rest.
import os, sys
with open({log!r}, "a") as log:
    log.write(repr(sys.argv[1:]) + chr(10))
{links}
os.execvp(sys.argv[{skip}], sys.argv[{skip}:])
"""


@pytest.fixture
def container(tmp_path: Path) -> Callable[..., str]:
    def made(links: str = "", skip: int = 1) -> str:
        program = tmp_path / "container"
        text = CONTAINER.format(python=sys.executable, log=str(tmp_path / "log"), links=links, skip=skip)
        program.write_text(text)
        program.chmod(0o755)
        return str(program)

    return made


async def test_a_command_that_works_says_so_when_it_is_tried(
    root: Path, here: Interpreter, container: Callable[..., str]
) -> None:
    probes = Probes(isolation=Isolation(Wanted("command", f"{container()} {{command}}")))

    in_force = await probes.in_force(here, Project(root, None, (root,), ()))

    assert (in_force.level, in_force.problem) == ("command", "")
    version = ".".join(map(str, here.version))
    assert re.fullmatch(rf"Python {re.escape(version)} answered there after \d+\.\d s", in_force.tried)


@pytest.mark.parametrize(
    ("program", "paths", "said"),
    [
        ("echo no such image >&2; exit 125", "", r"did not answer there \(exit code 125\). It said: no such image"),
        ('exec "$@" < /dev/null', "", "Python said nothing there. Does it pass its standard input on"),
        (
            'exec "$@"',
            "{scratch}=/nowhere",
            r"\{scratch\} is not to be found, which would be /nowhere. Make it visible",
        ),
        ('exec "$@"', "{python}=/no/python", r"exit code 127\). It said: env: .*/no/python"),
        ('exec env sh -c "sleep 100 & wait"', "", r"did not answer within 1 s: /.*/container env "),
    ],
    ids=["fails", "no input", "another name", "no Python", "hangs"],
)
async def test_a_command_of_no_use_says_why_when_it_is_tried(
    root: Path, tmp_path: Path, program: str, paths: str, said: str
) -> None:
    container = tmp_path / "container"
    container.write_text(f"#!/bin/sh\nexport TRIED_HERE='{tmp_path}'\n{program}\n")
    container.chmod(0o755)
    template = CommandTemplate.read(f"{container} {{command}}", paths)

    answered, problem = await tried(template, Path(sys.executable), root, seconds=1.0 if "sleep" in program else LIMIT)

    assert answered == ""
    assert re.search(said, problem), problem
    assert problem.startswith("The setting greenline.isolation.command was tried")
    assert not processes_with(str(tmp_path))


async def test_a_command_runs_tests_and_exploring(
    root: Path, here: Interpreter, tmp_path: Path, container: Callable[..., str]
) -> None:
    probes = Probes(isolation=Isolation(Wanted("command", f"{container()} {{command}}")))

    report = await PytestProcess(probes).run(run_of(root, here), Silent())
    explored = await ExplorerProcess(probes).explore(expedition(root, here), Silent())

    assert passed(report) == ["test_sign"]
    assert report.coverage
    assert explored.reason == ""
    assert explored.cases
    assert len((tmp_path / "log").read_text().splitlines()) == 2


async def test_places_have_the_names_that_they_have_there(
    root: Path, here: Interpreter, tmp_path: Path, container: Callable[..., str]
) -> None:
    there = tmp_path / "there"
    there.mkdir()
    (there / "project").symlink_to(root)
    links = f"scratch = {str(there / 'scratch')!r}\nos.symlink(sys.argv[1], scratch)"
    command = f"{shlex.quote(container(links, skip=2))} {{scratch}} {{command}}"
    paths = f"{{project}}={there / 'project'}; {{scratch}}={there / 'scratch'}"
    probes = Probes(isolation=Isolation(Wanted("command", command, paths)))

    report = await PytestProcess(probes).run(run_of(root, here), Silent())

    assert passed(report) == ["test_sign"], report
    assert set(report.coverage) == {root / "signs.py"}
    (told,) = [outcome.message for outcome in report.outcomes if outcome.outcome == "failed"]
    assert str(there) not in told
    sent = (tmp_path / "log").read_text()
    assert f"TMPDIR={there}/scratch/tmp" in sent


async def test_a_command_that_fails_is_told_with_what_it_said(root: Path, here: Interpreter, tmp_path: Path) -> None:
    program = tmp_path / "broken"
    program.write_text("#!/bin/sh\necho 'no such image: shop' >&2\nexit 125\n")
    program.chmod(0o755)
    probes = Probes(isolation=Isolation(Wanted("command", f"{program} {{command}}")))

    report = await PytestProcess(probes).run(run_of(root, here), Silent())
    explored = await ExplorerProcess(probes).explore(expedition(root, here), Silent())

    assert "no such image: shop" in report.problem
    assert explored.failed
    assert "no such image: shop" in explored.reason


async def test_a_command_that_cannot_be_used_is_told(root: Path, here: Interpreter) -> None:
    probes = Probes(isolation=Isolation(Wanted("command", "docker run image")))

    report = await PytestProcess(probes).run(run_of(root, here), Silent())
    explored = await ExplorerProcess(probes).explore(expedition(root, here), Silent())

    for said in (report.problem, explored.reason):
        assert said.startswith("In the setting greenline.isolation.command, {command} is missing")


@pytest.fixture
def escaping(tmp_path: Path) -> str:
    """Start what it runs in a session and with an environment of its own, as a daemon of containers would."""
    program = tmp_path / "escaping"
    program.write_text(
        f"#!{sys.executable}\n"
        "import os, subprocess, sys\n"
        "command = [word for word in sys.argv[1:] if not word.startswith('GREENLINE_PROBE=')]\n"
        "environment = {n: v for n, v in os.environ.items() if n != 'GREENLINE_PROBE'}\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    if os.fork() == 0:\n"
        "        os.execvpe(command[0], command, environment)\n"
        "    os._exit(0)\n"
        "import signal\n"
        "for stream in (0, 1): os.close(stream)\n"
        "signal.pause()\n"
    )
    program.chmod(0o755)
    return str(program)


async def test_what_runs_out_of_reach_ends_with_its_channel(
    root: Path, here: Interpreter, escaping: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    (root / "test_signs.py").write_text("import time\ndef test_waits():\n    open('began', 'w')\n    time.sleep(600)\n")
    probes = Probes(isolation=Isolation(Wanted("command", f"{escaping} {{command}}")))
    task = asyncio.create_task(PytestProcess(probes).run(run_of(root, here, seconds=600.0), Silent()))
    await until(lambda: list((tmp_path / "tmp").glob("greenline-*/copy/project/began")))
    running = [pid for pid in processes_with(str(tmp_path / "tmp")) if os.getpid() not in ancestors(pid)]

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, LIMIT)

    assert running
    await until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in running))
