"""No child process outlives its run."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from greenline.adapters.probe_process import ProbeProcess
from greenline.adapters.pytest_process import PytestProcess
from greenline.adapters.scratch_overlay import remove_left, scratch_overlay
from greenline.ports.progress import Silent
from greenline.ports.project import Interpreter, Project
from greenline.ports.tests import TestRun
from processes import alive

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import Callable

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")

LIMIT = 30.0
# Leaves its session and its parent, as daemons do, says where it is, and would stay for an hour.
DAEMON = """
import os, subprocess, sys, time
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


@pytest.fixture(autouse=True)
def few_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


def _run_of(tmp_path: Path, pids: Path, seconds: float = 60.0) -> TestRun:
    root = tmp_path / "project"
    root.mkdir()
    major, minor, micro = sys.version_info[:3]
    return TestRun(
        Project(root, None, (root,), ()),
        Interpreter(Path(sys.executable), (major, minor, micro), "the test", "9"),
        {root / "test_a.py": DAEMON.format(pids=str(pids))},
        ("test_a.py",),
        guarded=False,  # the guard would refuse the fork
        seconds=seconds,
    )


async def _until(condition: Callable[[], object]) -> None:
    async def look() -> None:
        while not condition():  # noqa: ASYNC110 - what is waited for is in other processes
            await asyncio.sleep(0.02)

    await asyncio.wait_for(look(), LIMIT)


def _pids(path: Path) -> list[str]:
    return path.read_text().split() if path.exists() else []


def _children() -> list[str]:
    return [pid for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split() if alive(pid)]


def _scratches(temporary: Path) -> list[str]:
    return [path.name for path in temporary.glob("greenline-*")]


async def test_cancelling_ends_the_probe_and_a_daemon_before_the_task_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    pids = tmp_path / "pids"
    task = asyncio.create_task(PytestProcess().run(_run_of(tmp_path, pids), Silent()))
    await _until(lambda: len(_pids(pids)) == 2)
    assert all(alive(pid) for pid in _pids(pids))

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, LIMIT)

    assert not [pid for pid in _pids(pids) if alive(pid)]
    assert _scratches(temporary) == []


async def test_the_time_limit_ends_them_too(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    report = await PytestProcess().run(_run_of(tmp_path, pids, seconds=20.0), Silent())

    assert report.problem == (
        "The tests did not end within 20 s (setting greenline.run.seconds). `test_a.py::test_a` was running."
    )
    assert len(_pids(pids)) == 2
    assert not [pid for pid in _pids(pids) if alive(pid)]


async def test_cancelling_twice_does_not_leave_the_child(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    task = asyncio.create_task(PytestProcess().run(_run_of(tmp_path, pids), Silent()))
    await _until(lambda: len(_pids(pids)) == 2)

    task.cancel()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, LIMIT)

    assert not [pid for pid in _pids(pids) if alive(pid)]


async def test_cancelling_at_the_very_start_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    task = asyncio.create_task(PytestProcess().run(_run_of(tmp_path, tmp_path / "pids"), Silent()))
    await _until(lambda: _scratches(temporary))

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, LIMIT)

    assert _scratches(temporary) == []
    assert not _children()


async def test_cancelling_twice_while_the_child_starts_leaves_none(tmp_path: Path) -> None:
    go = asyncio.Event()
    begun: list[Process] = []

    class Slow(ProbeProcess):
        async def _start(self) -> Process:
            begun.append(await super()._start())
            await go.wait()
            return begun[0]

    async def use() -> None:
        with scratch_overlay(tmp_path, {}) as overlay:
            async with Slow(Path(sys.executable), overlay):
                pytest.fail("it was cancelled before")

    task = asyncio.ensure_future(use())
    await _until(lambda: begun)
    for _ in range(2):
        task.cancel()
        await asyncio.sleep(0)
    go.set()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, LIMIT)
    assert not alive(str(begun[0].pid))


SERVER = """
import asyncio, sys
sys.path[:0] = {path!r}
from dataclasses import replace
from pathlib import Path
from integration import test_running_ends as here
from greenline.adapters.probes import Probes
from greenline.adapters.pytest_process import PytestProcess
from greenline.ports.progress import Silent
run = here._run_of(Path({folder!r}), Path({pids!r}))
(run.project.root / "test_a.py").write_text(here.DAEMON.format(pids={pids!r}))
run = replace(run, overlay={{}}, selection={selection!r})
asyncio.run(PytestProcess(Probes(warm={warm!r})).run(run, Silent()))
"""


@pytest.mark.parametrize(("warm", "selection"), [(False, ()), (True, ("test_a.py",))])
async def test_when_the_server_is_killed_nothing_of_the_tests_stays(
    tmp_path: Path, *, warm: bool, selection: tuple[str, ...]
) -> None:
    temporary, pids = tmp_path / "tmp", tmp_path / "pids"
    temporary.mkdir()
    program = SERVER.format(
        path=[str(Path(__file__).parents[1])], folder=str(tmp_path), pids=str(pids), selection=selection, warm=warm
    )
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, env={**os.environ, "TMPDIR": str(temporary)}
    )
    try:
        await _until(lambda: len(_pids(pids)) == 2)
        assert all(alive(pid) for pid in _pids(pids))
    finally:
        server.kill()
        await server.wait()

    await _until(lambda: not [pid for pid in _pids(pids) if alive(pid)])
    if not warm:
        await _until(lambda: not _scratches(temporary))


async def test_what_a_killed_server_left_is_removed_by_the_next_and_what_lives_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    (tmp_path / "greenline-of-the-person").mkdir()
    program = (
        "import sys\nfrom pathlib import Path\nfrom greenline.adapters.scratch_overlay import scratch_overlay\n"
        f"with scratch_overlay(Path({str(Path(__file__).parent)!r}), {{}}) as made:\n"
        "    print(made.scratch.name, flush=True)\n    sys.stdin.read()\n"
    )
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, stdin=PIPE, stdout=PIPE, env={**os.environ, "TMPDIR": str(tmp_path)}
    )
    assert server.stdout is not None
    name = (await asyncio.wait_for(server.stdout.readline(), LIMIT)).decode().strip()
    with scratch_overlay(tmp_path / "none", {}) as ours:
        remove_left()
        assert set(_scratches(tmp_path)) == {name, ours.scratch.name, "greenline-of-the-person"}
        server.kill()
        await server.wait()

        remove_left()

        assert set(_scratches(tmp_path)) == {ours.scratch.name, "greenline-of-the-person"}
    assert _scratches(tmp_path) == ["greenline-of-the-person"]
