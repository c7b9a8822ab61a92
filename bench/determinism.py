"""Generate the same tests again and again, and print how many different results there were.

    python bench/determinism.py [TIMES] [TARGET ...]

Each time is a run of its own under another hash seed, in a fresh copy of the example project. The targets are of that
project unless given.
"""

from __future__ import annotations

import argparse
import collections
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "parcels"
TARGETS = [
    "src/parcels/address.py::initials",
    "src/parcels/tracking.py::parse_tracking",
    "src/parcels/pricing.py::delivery_price",
]


def main() -> int:
    """Return 0 when all results are the same."""
    parser = argparse.ArgumentParser(description="Generate the same tests again and again; count different results.")
    parser.add_argument("times", nargs="?", type=int, default=200)
    parser.add_argument("targets", nargs="*", default=TARGETS)
    arguments = parser.parse_args()
    results: dict[str, collections.Counter[str]] = {}
    began = time.monotonic()
    for number in range(arguments.times):
        for name, code in generated(arguments.targets, hash_seed=number).items():
            results.setdefault(name, collections.Counter())[code] += 1
        print(f"\r{number + 1} of {arguments.times}", end="", file=sys.stderr)
    print(file=sys.stderr)
    for name, counted in results.items():
        print(f"{name}: {len(counted)} different in {counted.total()}")
        for code, times in counted.most_common() if len(counted) > 1 else ():
            print(f"--- {times} times\n{code}")
    print(f"{time.monotonic() - began:.0f} s")
    return 0 if all(len(counted) == 1 for counted in results.values()) else 1


def generated(targets: list[str], hash_seed: int) -> dict[str, str]:
    """Return target -> status and code of one run."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder, "parcels")
        shutil.copytree(EXAMPLE, project, ignore=shutil.ignore_patterns(".*", "__pycache__"))
        command = [sys.executable, "-m", "greenline", "generate", "--dry-run", "--format", "json"]
        ended = subprocess.run(
            [*command, "--interpreter", sys.executable, *targets],
            cwd=project,
            env={**os.environ, "PYTHONHASHSEED": str(hash_seed)},
            capture_output=True,
            check=False,
        )
    if not ended.stdout:
        sys.exit(ended.stderr.decode())
    said = json.loads(ended.stdout)
    return {t["target"]: f"# {t['status']} {t['reason']}\n{t['code']}" for t in said["targets"]}


if __name__ == "__main__":
    sys.exit(main())
