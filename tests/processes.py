"""Which processes run. One that has ended and that nobody has waited for is no running one."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterable
from pathlib import Path


def alive(pid: int | str) -> bool:
    """Tell whether a process runs. For Linux; elsewhere whoever asks is not told of those that nobody waited for."""
    if not Path("/proc/self/stat").exists():
        listed = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
        return bool(listed.stdout.strip()) and not listed.stdout.startswith("Z")
    try:
        return Path("/proc", str(pid), "stat").read_text(errors="replace").rpartition(")")[2].split()[0] not in "ZX"
    except OSError:  # gone, perhaps while it was read
        return False


def until_ended(pids: Iterable[int | str], limit: float = 60.0) -> list[int | str]:
    """Return which of them run still in the end: the kernel ends what is on a leash, and a little later."""
    end = time.monotonic() + limit
    while (running := [pid for pid in pids if alive(pid)]) and time.monotonic() < end:
        time.sleep(0.05)
    return running


def words_of(pid: int) -> str:
    """Return what a process was started with, in one text; empty where it has ended."""
    listed = subprocess.run(["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return listed.stdout.strip()


def below(pid: int) -> list[int]:
    """Return the processes that one has started, and those that these have."""
    listed = subprocess.run(["ps", "-e", "-o", "pid=,ppid="], capture_output=True, text=True, check=True)
    parents = dict(map(int, line.split()) for line in listed.stdout.splitlines())
    found, rest = [], {pid}
    while rest:
        rest = {child for child, parent in parents.items() if parent in rest}
        found.extend(rest)
    return found
