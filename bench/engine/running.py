"""Starts the processes that run code under test: bounded in time, alone with a scratch folder, gone afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

INSIDE = Path(__file__).resolve().parent / "inside"


@dataclass(frozen=True)
class Ended:
    """How a process ended."""

    status: int | None
    """None when its time was up."""
    output: str
    """The end of what it printed, both streams."""
    seconds: float


def run(command: list[object], *, cwd: Path, scratch: Path, seconds: float, **environment: str) -> Ended:
    """Run a command with a bare environment and home; kill all that it started when it ends or its time is up."""
    env = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": str(scratch), "TMPDIR": str(scratch),
           "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1", **environment}  # fmt: skip
    log = scratch / "output.txt"
    began = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(part) for part in command], cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=output,
            stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        try:
            status: int | None = process.wait(seconds)
        except subprocess.TimeoutExpired:
            status = None
        finally:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait()
    return Ended(status, log.read_text(encoding="utf-8", errors="replace"), time.monotonic() - began)


def pytest_environment(**more: str) -> dict[str, str]:
    """Return what lets a subject's interpreter find our plugin, and keeps other plugins away."""
    return {"PYTHONPATH": str(INSIDE), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **more}
