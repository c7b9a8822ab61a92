"""What `greenline gaps` costs on repositories of many files: time, processor and memory, with and without what is kept.

    python bench/scale/run.py [--files N ...] [--times N] [-- OPTION ...]

Each repository (``repository.py``) is made by the first run and kept. *Cold* begins with an empty cache folder, *warm*
is the same again. Memory is that of all processes together, each counted with its share of what they have in common
(``Pss`` of Linux; elsewhere it is left out), and of the largest one. What stands behind ``--`` is handed to
``greenline gaps``. The exit code is 0 also where aims were missed.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import coverage
import repository

AIMS = {1_000: 3.0, 50_000: 60.0}
"""Seconds on two cores."""
_PAUSE = 0.1
"""Seconds between two looks at the memory."""


@dataclass(frozen=True)
class Measured:
    """One run. Seconds, of the clock and of all processors; megabytes."""

    seconds: float
    processor: float
    memory: float
    largest: float
    load: float
    """Of the machine, the minute before it ended: where that is above the number of processors, seconds say little."""


def main() -> int:
    """Run the bench."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, nargs="+", default=[1_000, 10_000, 50_000], metavar="N")
    parser.add_argument("--times", type=int, default=3, help="runs of each kind; the median counts")
    parser.add_argument("options", nargs="*", metavar="OPTION")
    arguments = parser.parse_args()
    version = f"Python {platform.python_version()}, coverage.py {coverage.__version__}"
    print(f"{version}, {os.cpu_count()} processors\n")
    print("| files | | seconds | processor | memory of all | of the largest | load | aim |")
    print("| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for files in arguments.files:
        root = repository.prepare(files)
        with tempfile.TemporaryDirectory(prefix="greenline-bench-") as folder:
            cold = [_measured(root, Path(folder) / str(n), arguments.options) for n in range(arguments.times)]
            warm = [_measured(root, Path(folder) / "0", arguments.options) for _ in range(arguments.times)]
        for kind, runs in (("cold", cold), ("warm", warm)):
            one = sorted(runs, key=lambda run: run.seconds)[len(runs) // 2]
            aim = f"{AIMS[files]:.0f} s" if files in AIMS else ""
            print(
                f"| {files:,} | {kind} | {one.seconds:.1f} s | {one.processor:.1f} s | {one.memory:.0f} MB "
                f"| {one.largest:.0f} MB | {one.load:.0f} | {aim} |",
                flush=True,
            )
    return 0


def _measured(root: Path, cache: Path, options: list[str]) -> Measured:
    """Run it once, with that cache folder."""
    environment = {**os.environ, "XDG_CACHE_HOME": os.fspath(cache), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "greenline", "gaps", os.fspath(root), *options]
    before = os.times()
    began = time.monotonic()
    with tempfile.TemporaryFile() as output:
        child = subprocess.Popen(command, env=environment, stdout=output, cwd=root)
        memory = _Memory(child.pid)
        child.wait()
        seconds = time.monotonic() - began
        memory.stop()
    after = os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    if child.returncode not in {0, 1}:
        raise SystemExit(f"it ended with {child.returncode}")
    return Measured(seconds, used, *memory.most, os.getloadavg()[0])


class _Memory:
    """Looks at the memory of a process and of all that it started, until it is told to stop."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._end = threading.Event()
        self.most = (0.0, 0.0)
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def stop(self) -> None:
        self._end.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._end.wait(_PAUSE):
            shares = [_share(pid) for pid in _tree(self._pid)]
            self.most = (max(self.most[0], sum(shares)), max([self.most[1], *shares]))


def _tree(pid: int) -> list[int]:
    found = [pid]
    for parent in found:
        try:
            children = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii")
        except OSError:
            continue
        found.extend(map(int, children.split()))
    return found


def _share(pid: int) -> float:
    """Return megabytes."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


if __name__ == "__main__":
    sys.exit(main())
