"""Runs ``git`` for one question: it may take little time and say little, and starts nothing else."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from typing import TYPE_CHECKING

from greenline.ports.history import HistoryProblem

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SECONDS = 5.0
MOST = 16 << 20
"""Bytes of an answer; no source file that is looked at is larger."""

# What a repository's or a person's configuration could have git start, or ask over the network.
_QUIET = (
    "--no-pager", "--literal-pathspecs",
    "-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}", "-c", "log.showSignature=false",
    "-c", "protocol.allow=never", "-c", "core.quotePath=false",
)  # fmt: skip
_ENVIRONMENT = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_PAGER": "cat",
    "LC_ALL": "C",
    "LANGUAGE": "C",
}
_KEPT = ("GIT_CONFIG", "GIT_EXEC_PATH", "GIT_DISCOVERY_ACROSS_FILESYSTEM")


def ask(folder: Path, *arguments: str, environ: Mapping[str, str] | None = None) -> bytes | None:
    """Return what git prints in that folder; None where it answers with a failure. Raises HistoryProblem.

    The folder is the top of a repository: git does not look for one around it.
    Only what cannot be asked at all is a problem: no git, a repository that it refuses, no answer in time.
    """
    program = shutil.which("git")
    if program is None:
        raise HistoryProblem("git is not installed, or not on the PATH")
    try:
        environment = _environment(os.environ if environ is None else environ, folder)
        return _answer([program, *_QUIET, *arguments], folder, environment)
    except (OSError, ValueError) as error:
        raise HistoryProblem(f"git cannot be started ({error})") from error


def _environment(environ: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Return the environment without what would lead git elsewhere, as a hook that started an editor has it."""
    kept = {name: value for name, value in environ.items() if not name.startswith("GIT_") or name.startswith(_KEPT)}
    return {**kept, **_ENVIRONMENT, "GIT_CEILING_DIRECTORIES": str(folder.absolute().parent)}


def _answer(command: list[str], folder: Path, environment: dict[str, str]) -> bytes | None:
    late = threading.Event()
    with subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # Windows would show one
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None

        def end() -> None:
            late.set()
            child.kill()

        timer = threading.Timer(SECONDS, end)
        timer.start()
        try:
            output = child.stdout.read(MOST + 1)
            if len(output) > MOST:
                child.kill()
            said = child.stderr.read(1 << 12)
            code = child.wait()
        finally:
            timer.cancel()
            child.kill()
    if late.is_set():
        raise HistoryProblem(f"git did not answer within {SECONDS:g} s")
    if len(output) > MOST:
        raise HistoryProblem(f"git's answer is longer than {MOST:,} bytes")
    if b"dubious ownership" in said:
        raise HistoryProblem("git refuses the repository: it belongs to another user (git's setting safe.directory)")
    return output if code == 0 else None
