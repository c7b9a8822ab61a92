"""How soon the extension is there in VS Code: its activation, and the first bars beside lines after a window opened.

    python bench/editors/start_up.py [--times N]

The subject is the example project with coverage data, in a VS Code that has nothing but the package that `make vsix`
builds, on a PATH without Greenline (`make editors` sets it up). Each time is a new VS Code with empty folders: its
first window opens with a file, and the server has no bytecode yet; then the same window is loaded again. Prints
Markdown: median and worst of the seconds, and the milliseconds of the activation, as VS Code tells them.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from editors.real_editors import EDITORS, environment  # noqa: E402
from editors.test_vscode import play  # noqa: E402
from editors.test_vsix import PACKAGE, installed  # noqa: E402 - the tests' VS Code, which waits for causes

FILE = "src/parcels/tracking.py"
AIM = 100
"""Milliseconds of the activation."""


def main() -> int:
    """Measure, print, and return the exit code."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--times", type=int, default=5)
    times = arguments.parse_args().times
    vscode = EDITORS / "vscode"
    if not PACKAGE.exists() or not (vscode / "complete").exists():
        print("Run `make vsix` and `make editors` first.", file=sys.stderr)
        return 1
    os.environ["PATH"] = os.pathsep.join(["/usr/bin", "/bin"])
    seen = [measured(vscode) for _ in range(times)]
    print_table(seen)
    return 0


def measured(vscode: Path) -> dict[str, Any]:
    """Start a new VS Code on a new project; return what the scenario told."""
    with tempfile.TemporaryDirectory(prefix="greenline-start-") as name:
        folder = Path(name)
        project = folder / "parcels"
        shutil.copytree(ROOT / "examples" / "parcels", project, ignore=shutil.ignore_patterns("__pycache__", ".*cache"))
        run = [sys.executable, "-m", "coverage", "run", "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        subprocess.run(run, cwd=project, env=environment(), check=True, capture_output=True, timeout=300)
        with installed(vscode, project) as url:
            return play(vscode, project, folder, play="startUp", url=_with_file(url, project / FILE))


def _with_file(url: str, file: Path) -> str:
    """Return the address of a window in which the file is open from the start, as from a link."""
    opened = json.dumps([["openFile", f"vscode-remote://{urlsplit(url).netloc}{file.as_posix()}"]])
    return f"{url}&payload={quote(opened)}"


def print_table(seen: list[dict[str, Any]]) -> None:
    """Print medians and worst, in the order in which things happen."""
    rows: defaultdict[str, list[float]] = defaultdict(list)
    for told in seen:
        for time, name in (("first", "first window"), ("again", "the same window, loaded again")):
            for what, seconds in told["seconds"][time].items():
                rows[f"{name}: until {what}"].append(seconds)
    print(f"{len(seen)} times, seconds since the window opened:\n")
    print("| what | median | worst |\n| --- | ---: | ---: |")
    for what, values in rows.items():
        print(f"| {what} | {statistics.median(values):.1f} | {max(values):.1f} |")
    activations = [int(re.search(r"(\d+)\s*ms", told["activation"]).group(1)) for told in seen]  # type: ignore[union-attr]
    print(f"\nActivation: {statistics.median(activations):.0f} ms, at worst {max(activations)} ms (aim: {AIM} ms).")


if __name__ == "__main__":
    raise SystemExit(main())
