"""Real coverage data for tests, made by coverage.py in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


def run_coverage(folder: Path, script: str, *options: str, config: str = "[run]\n") -> Path:
    """Run the script in the folder under coverage; return the data file."""
    (folder / ".coveragerc").write_text(config, encoding="utf-8")
    (folder / "run_it.py").write_text(script, encoding="utf-8")
    command(folder, "run", *options, "run_it.py")
    return folder / ".coverage"


def report(folder: Path) -> dict[str, Any]:
    """Return coverage.py's own JSON report, by file."""
    command(folder, "json", "-q", "-o", "report.json")
    files: dict[str, Any] = json.loads((folder / "report.json").read_text(encoding="utf-8"))["files"]
    return files


def command(folder: Path, *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "coverage", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
