"""What is done to processes, and what is not."""

import asyncio
import os
import signal
import subprocess
import sys
from asyncio.subprocess import PIPE

import pytest

from greenline.adapters.process_tree import ask_to_end, end_with_all

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="exit codes are waited for elsewhere")


def test_asking_one_that_has_ended_leaves_its_exit_code_to_whom_it_is_for() -> None:
    child = subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"])
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)

    ask_to_end(child.pid)

    assert os.waitstatus_to_exitcode(os.waitpid(child.pid, 0)[1]) == 3
    ask_to_end(child.pid)  # nobody is there any more
    child.returncode = 3


def test_one_that_runs_is_ended() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)

    ask_to_end(child.pid)

    assert child.wait(timeout=60) == -signal.SIGTERM
    assert child.stdin is not None
    child.stdin.close()


async def test_one_that_writes_more_than_anybody_reads_is_ended() -> None:
    """Nobody reads its pipe to the end any more: asyncio must not wait for that."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "while True: print('x' * 9999)", stdout=PIPE, limit=10, start_new_session=True
    )
    assert child.stdout is not None
    while not child.stdout._paused:  # type: ignore[attr-defined] # noqa: ASYNC110 - asyncio tells nobody
        await asyncio.sleep(0)

    await asyncio.wait_for(end_with_all(child, "GREENLINE_NO_SUCH=1"), 60)

    assert child.returncode == -signal.SIGKILL
