"""Ends what tests started, and removes their scratch folder, when the server has died and cannot do that itself."""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import time

from greenline_probe import limits

MARK = "GREENLINE_PROBE"
_SECONDS_FOR_THE_SERVER = 5.0
_ROUNDS, _PAUSE = 200, 0.01


def watch(scratch: str) -> None:
    """Start a process that waits for the end of this one, whose parent is the server. For Linux; elsewhere nothing.

    It is nobody's child here: tests that wait for all of theirs do not meet it. Where the server lives on, it does
    all that there is to do, and ends that process with the rest.
    """
    mark, ours, server = os.environ.get(MARK, ""), os.getpid(), os.getppid()
    try:
        watched = [os.pidfd_open(pid) for pid in (ours, server)]  # type: ignore[attr-defined, unused-ignore]
    except (AttributeError, OSError):
        return
    if mark:
        first = os.fork()
        if first == 0:
            if os.fork() == 0:
                _wait_and_end(mark, ours, watched, scratch)
            os._exit(0)
        os.waitpid(first, 0)
    for descriptor in watched:
        os.close(descriptor)


def end_all(marks: str, session: int = 0) -> None:
    """Kill whoever carries a mark that begins so, or is of the session, and everything that it starts meanwhile."""
    wanted = f"{MARK}={marks}".encode()
    for _ in range(_ROUNDS):
        living = [
            pid
            for pid in map(int, filter(str.isdigit, os.listdir("/proc")))
            if _carries(pid, wanted) or (session and _is_of(pid, session))
        ]
        if not living:
            return
        for pid in living:
            with contextlib.suppress(OSError):  # gone meanwhile
                os.kill(pid, signal.SIGKILL)
        time.sleep(_PAUSE)


def _wait_and_end(mark: str, ours: int, watched: list[int], scratch: str) -> None:
    try:
        os.setsid()
        limits.close_all_but(*watched)  # the channel's end is that of the other processes
        probe, server = watched
        select.select([probe], [], [])
        # The kernel ends us before it tells of the server's end; a server that lives ends this process meanwhile.
        if select.select([server], [], [], _SECONDS_FOR_THE_SERVER)[0]:
            end_all(mark, ours)
            shutil.rmtree(scratch, ignore_errors=True)
    finally:
        os._exit(0)


def _carries(pid: int, wanted: bytes) -> bool:
    if pid == os.getpid():
        return False
    try:
        with open(f"/proc/{pid}/environ", "rb") as stream:  # empty for one that is dead but not reaped
            return any(item.startswith(wanted) for item in stream.read().split(b"\0"))
    except OSError:
        return False


def _is_of(pid: int, session: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", "rb") as stream:
            state, _, _, its_session = stream.read().rpartition(b")")[2].split()[:4]
            return state not in (b"Z", b"X") and int(its_session) == session
    except (OSError, ValueError):
        return False
