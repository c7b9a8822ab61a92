"""Installing runs a program of the person's, tells what it says, and leaves nothing running."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from greenline.adapters.package_installer import PackageInstaller
from processes import alive

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the fakes are shell scripts")
LIMIT = 60.0


class Steps:
    def __init__(self) -> None:
        self.said: list[str] = []
        self.news = asyncio.Event()

    def step(self, message: str, fraction: float | None = None) -> None:
        self.said.append(message)
        self.news.set()


def script(path: Path, text: str) -> str:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


async def test_its_lines_are_the_progress(tmp_path: Path) -> None:
    steps = Steps()
    pip = script(
        tmp_path / "pip", 'echo "Collecting $1"\necho\necho "asks $PIP_NO_INPUT" >&2\nread line && exit 3; exit 0'
    )

    assert await PackageInstaller().install([pip, "pytest"], steps) == ""
    assert steps.said == ["Collecting pytest", "asks 1"]


async def test_why_it_failed(tmp_path: Path) -> None:
    steps = Steps()
    pip = script(tmp_path / "pip", "echo ERROR: no matching distribution\necho notice: a new pip\nexit 1")
    silent = script(tmp_path / "silent", "exit 4")

    assert await PackageInstaller().install([pip, "x"], steps) == f"{pip} x said: ERROR: no matching distribution"
    assert await PackageInstaller().install([silent], steps) == f"{silent} said: exit code 4"
    missing = str(tmp_path / "nothing")
    assert (await PackageInstaller().install([missing], steps)).startswith(f"{missing} cannot be executed: No such")


async def test_a_line_may_have_any_length(tmp_path: Path) -> None:
    steps = Steps()
    write = "import sys; sys.stdout.write('begin ' + 'x' * 3_000_000 + '\\nERROR: ' + 'y' * 100_000); sys.exit(1)"

    said = await PackageInstaller().install([sys.executable, "-c", write], steps)
    assert [line[:7] for line in steps.said] == ["begin x", "ERROR: "]
    assert ": yyy" in said
    assert len(said) < 2000, "a person is to read it"


@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
async def test_cancelling_and_the_limit_leave_no_child(tmp_path: Path) -> None:
    steps = Steps()
    pip = script(tmp_path / "pip", "setsid sleep 3600 &\necho $!\nwait")
    task = asyncio.ensure_future(PackageInstaller().install([pip], steps))
    await asyncio.wait_for(steps.news.wait(), LIMIT)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not alive(steps.said[0])

    assert await PackageInstaller(seconds=0.5).install([pip], steps) == "It did not end within 0.5 s."
    assert [pid for pid in steps.said if alive(pid)] == []
