"""Lets mutants meet the tests: one warm interpreter that has pytest, one fork of it for each mutant.

    python -m greenline_bench.trial TRIAL.json      (in the project's folder)

The module under test is never imported in the process that forks, so each fork imports the mutant afresh from its file.
"""

from __future__ import annotations

import asyncio  # noqa: F401 - warm for every fork
import json
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
import unittest.mock  # noqa: F401 - warm for every fork
from typing import Callable

import _pytest.assertion.rewrite
import _pytest.doctest
import _pytest.unittest  # noqa: F401 - warm for every fork
import pytest

MEMORY = 4 << 30
FILE_SIZE = 1 << 28
_TOLD = 64
"""What our own exit statuses begin at: code under test that ends the process with 0 is no success."""


def main() -> int:
    """Read the trial, print one JSON line for each mutant: its number, and whether the tests noticed it."""
    with open(sys.argv[1], encoding="utf-8") as file:
        trial = json.load(file)
    if trial["package"] in sys.modules:
        sys.exit(f"{trial['package']} is imported already: the mutants would not be seen")
    arguments = ["-x", *(f"--deselect={test}" for test in trial["deselected"]), "tests"]
    for number, text in enumerate(trial["mutants"]):
        with open(trial["file"], "w", encoding="utf-8") as file:
            file.write(text)
        status = forked(lambda: int(pytest.main([*QUIET, *arguments])), seconds=trial["seconds"])
        noticed = status is None or status != 0
        print("\n" + json.dumps({"mutant": number, "noticed": noticed, "status": status}), flush=True)
    return 0


QUIET = ("-q", "-p", "no:cacheprovider")


def forked(work: Callable[[], int], *, seconds: float) -> int | None:
    """Run in a fork with its own folder for what is written; return the status, None when the time was up.

    -1 is a process that ended before the work was done.
    """
    sys.stdout.flush()
    own = tempfile.mkdtemp(prefix="greenline-bench-")
    child = os.fork()
    if child == 0:
        _alone(own)
        status = 99
        try:
            status = work()
        except BaseException:
            status = 98
        finally:
            os._exit(_TOLD + status)
    try:
        status = _awaited(child, time.monotonic() + seconds)
    finally:
        try:
            os.killpg(child, signal.SIGKILL)  # what the child started
        except (ProcessLookupError, PermissionError):
            pass
        shutil.rmtree(own, ignore_errors=True)
    if status is None:
        return None
    return status - _TOLD if status >= _TOLD else -1


def _alone(folder: str) -> None:
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    os.environ["TMPDIR"] = os.environ["HOME"] = tempfile.tempdir = folder
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_SIZE, FILE_SIZE))


def _awaited(child: int, until: float) -> int | None:
    """Wait for the child; kill it when the time is up."""
    pause = 0.002
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() > until:
            os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return None
        time.sleep(pause)
        pause = min(0.05, pause * 1.3)


if __name__ == "__main__":
    sys.exit(main())
