"""The same targets give the same tests, whatever the hash seed of the server and of the code under test."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "parcels"
TARGETS = [
    "src/parcels/address.py::initials",
    "src/parcels/tracking.py::parse_tracking",
    "src/parcels/pricing.py::delivery_price",
]


def generated(project: Path, hash_seed: str) -> dict[str, tuple[str, str]]:
    command = [sys.executable, "-m", "greenline", "generate", "--dry-run", "--format", "json"]
    ended = subprocess.run(
        [*command, "--interpreter", sys.executable, *TARGETS],
        cwd=project,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        check=False,
        timeout=180,
    )
    assert ended.stderr == b"", ended.stderr.decode()
    return {t["target"]: (t["status"], t["code"]) for t in json.loads(ended.stdout)["targets"]}


def test_three_servers_write_the_same(tmp_path: Path) -> None:
    project = tmp_path / "parcels"
    shutil.copytree(EXAMPLE, project, ignore=shutil.ignore_patterns(".*", "__pycache__"))

    first, second, third = (generated(project, seed) for seed in ("0", "1", "4242"))

    assert {status for status, _ in first.values()} == {"confirmed"}
    assert list(first) == TARGETS
    assert first == second == third
