"""What a Dask cluster on this machine brings: the same tests found by one process, and by several workers.

    python bench/cluster/run.py [--workers N] [--copies N] [--times N]

The project has the modules of ``examples/parcels``, without their tests, once in each of so many packages. *Alone* is
``greenline generate --shard 1/1`` and ``greenline merge``: units are found before any is written, as on a cluster, and
then written and confirmed; once with one processor, once with all. *Dask* is ``--executor dask`` with a scheduler and
workers of one thread as processes. All end with a run of all tests. The tests that they wrote are compared, and files
that differ are named: where exploring a function ends by the clock, another machine, or a busy one, may come to other
calls.

All of it runs on this machine: no more can be won than its processors leave idle, and one process of Greenline explores
two functions at once already.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests"))

from integration.dask_processes import DaskProcesses  # noqa: E402 - where its folder is has just been said

PARCELS = ROOT / "examples" / "parcels" / "src" / "parcels"


def main() -> int:
    """Run the bench."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--copies", type=int, default=2, help="packages with the same modules")
    parser.add_argument("--times", type=int, default=1, help="runs of each kind; the median counts")
    arguments = parser.parse_args()
    load = os.getloadavg()[0]
    print(f"Python {platform.python_version()}, {os.cpu_count()} processors, load {load:.1f} at the start")
    with tempfile.TemporaryDirectory(prefix="greenline-bench-") as name:
        folder = Path(name)
        with DaskProcesses(folder / "dask", arguments.workers) as cluster:
            with cluster.client() as client:
                client.wait_for_workers(arguments.workers)
            seconds: dict[str, list[float]] = {
                "alone, one processor" if _one_processor() else "alone": [],
                "alone, all processors": [],
                f"{arguments.workers} workers": [],
            }
            others = set[str]()
            for number in range(arguments.times):
                slow, one, other = (_project(folder / f"{kind}-{number}", arguments.copies) for kind in "sad")
                for kind, taken in zip(
                    seconds, (_alone(slow, _one_processor()), _alone(one), _on(other, cluster.address)), strict=True
                ):
                    seconds[kind].append(taken)
                others |= _different(_written(one), _written(other)) | _different(_written(one), _written(slow))
    modules = arguments.copies * sum(file.name != "__init__.py" for file in PARCELS.glob("*.py"))
    _print(modules, {kind: statistics.median(taken) for kind, taken in seconds.items()})
    print(f"Not the same in all: {', '.join(sorted(others))}." if others else "The same tests were written.")
    return 0


def _print(modules: int, seconds: dict[str, float]) -> None:
    first = next(iter(seconds.values()))
    print(f"\n{modules} files\n| | seconds | speed-up |\n| --- | ---: | ---: |")
    for kind, taken in seconds.items():
        print(f"| {kind} | {taken:.1f} | {first / taken:.2f} |")
    print(f"\nWith {os.cpu_count()} processors for all of it no more than {os.cpu_count()} can be reached.")


def _project(root: Path, copies: int) -> Path:
    for number in range(1, copies + 1):
        shutil.copytree(PARCELS, root / f"parcels_{number}", ignore=shutil.ignore_patterns("__pycache__"))
        for file in (root / f"parcels_{number}").rglob("*.py"):
            file.write_text(file.read_text().replace("from parcels", f"from parcels_{number}"))
    (root / "tests").mkdir()
    (root / "pyproject.toml").write_text('[project]\nname = "parcels"\nversion = "1"\n')
    return root


def _alone(root: Path, processors: set[int] | None = None) -> float:
    part = root.with_suffix(".json")
    found = _seconds(root, "generate", ".", "--shard", "1/1", "--report", str(part), processors=processors)
    return found + _seconds(root, "merge", str(part), processors=processors)


def _on(root: Path, address: str) -> float:
    return _seconds(root, "generate", ".", "--executor", "dask", "--scheduler", address)


def _one_processor() -> set[int] | None:
    return {min(os.sched_getaffinity(0))} if hasattr(os, "sched_getaffinity") else None


def _seconds(root: Path, *arguments: str, processors: set[int] | None = None) -> float:
    """Return how long the command takes; where the system can, it and what it starts have only these processors."""
    all_of_them = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else None
    if processors is not None and all_of_them is not None:
        os.sched_setaffinity(0, processors)  # what is started has them from us
    try:
        return _taken(root, *arguments)
    finally:
        if all_of_them is not None:
            os.sched_setaffinity(0, all_of_them)


def _taken(root: Path, *arguments: str) -> float:
    began = time.monotonic()
    command = [sys.executable, "-m", "greenline", *arguments, "--interpreter", sys.executable]
    cache = {"XDG_CACHE_HOME": str(root.with_name(f"{root.name}-cache"))}
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "server"), **cache}
    ended = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    if ended.returncode not in {0, 1}:  # 1: not all could be tested
        raise SystemExit(ended.stdout + ended.stderr)
    return time.monotonic() - began


def _different(one: dict[str, bytes], other: dict[str, bytes]) -> set[str]:
    return {name for name in one.keys() | other.keys() if one.get(name) != other.get(name)}


def _written(root: Path) -> dict[str, bytes]:
    return {file.relative_to(root).as_posix(): file.read_bytes() for file in sorted((root / "tests").rglob("*.py"))}


if __name__ == "__main__":
    sys.exit(main())
