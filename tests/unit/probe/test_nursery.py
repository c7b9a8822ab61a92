"""The warm process's children: one that is buried too early harms no other."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from typing import Any

import pytest

from greenline_probe.warm import _Nursery

pytestmark = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="warm processes are for Linux")


def test_a_child_that_is_buried_before_its_end_is_told_is_reaped_later() -> None:
    ours, theirs = socket.socketpair()
    nothing: Any = None
    nursery = _Nursery(ours, nothing, nothing)
    living = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    ended = subprocess.Popen([sys.executable, "-c", ""])
    try:
        for run, child in enumerate((living, ended)):
            watched = os.pidfd_open(child.pid)
            nursery._pids[run], nursery._runs[watched] = child.pid, run
            nursery._poll.register(watched)
        nursery._bury(0)  # it lives on: nothing waits for it, and nobody asks for its run again
        assert list(nursery._runs.values()) == [1]
        os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)
        living.kill()
        os.waitid(os.P_PID, living.pid, os.WEXITED | os.WNOWAIT)
        nursery._bury(1)

        assert (nursery._pids, nursery._runs, nursery._buried) == ({}, {}, set())
    finally:
        living.kill()
        assert living.stdin is not None
        living.stdin.close()
        for child in (living, ended):
            child.wait()
        ours.close()
        theirs.close()
