"""What it costs to confine a test that a model wrote: the same test, guarded, confined and not.

    python bench/run/confined.py [--times N] [--files N] [--python PATH]

Prints Markdown. The ways take turns, so that both see the same load of the machine; a first round that starts the warm
processes is not counted. ``--files`` is how many files the project has, among them one that is never sent.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

from greenline.adapters.interpreter_discovery import InterpreterDiscovery
from greenline.adapters.isolation import Isolation, Wanted
from greenline.adapters.probes import Probes
from greenline.adapters.project_files import ProjectFiles
from greenline.adapters.pytest_process import PytestProcess
from greenline.adapters.readable_places import ReadablePlaces
from greenline.ports.progress import Silent
from greenline.ports.tests import TestRun

MODULE = "def sign(number):\n    if number < 0:\n        return -1\n    return 1\n"
TEST = "from signs import sign\n\n\ndef test_sign():\n    assert sign(-2) == -1\n"
IN_A_FOLDER = 50


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description="Print what it costs to confine a test that a model wrote.")
    parser.add_argument("--times", type=int, default=40)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--python", type=Path, default=Path(sys.executable))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="greenline-bench-") as name:
        root = _project(Path(name, "signs"), options.files)
        asyncio.run(_measured(root, options))


def _project(root: Path, files: int) -> Path:
    (root / "tests").mkdir(parents=True)
    (root / "pyproject.toml").write_text('[tool.pytest.ini_options]\npythonpath = ["."]\n')
    (root / "signs.py").write_text(MODULE)
    (root / "tests" / "test_signs.py").write_text(TEST)
    (root / ".env").write_text("A=1\n")
    for number in range(files):
        folder = root / f"part{number // IN_A_FOLDER}"
        folder.mkdir(exist_ok=True)
        (folder / f"module{number}.py").write_text(MODULE)
    return root


async def _measured(root: Path, options: argparse.Namespace) -> None:
    test = root / "tests" / "test_signs.py"
    project = ProjectFiles().project_of(test)
    interpreter = await InterpreterDiscovery().interpreter_for(project, setting=str(options.python))
    probes = Probes(root.parent / "bytecode", isolation=Isolation(Wanted("guard")))
    runner = PytestProcess(probes)
    plain = TestRun(project, interpreter, selection=(f"{test}::test_sign",), measure=(root / "signs.py",))
    ways = {"guarded": plain, "confined": replace(plain, confined=True)}
    took: dict[str, list[float]] = defaultdict(list)
    for number in range(options.times + 1):
        for way, run in ways.items():
            began = time.perf_counter()
            report = await runner.run(run, Silent())
            assert report.green, report
            if number:
                took[way].append((time.perf_counter() - began) * 1000)
        began = time.perf_counter()
        places = ReadablePlaces().of(project, interpreter.path)
        took["a first look at the files"].append((time.perf_counter() - began) * 1000)
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; {options.files} files, milliseconds.\n")
    print("| | median | fastest |\n| --- | ---: | ---: |")
    for way, times in took.items():
        print(f"| {way} | {statistics.median(times):.0f} | {min(times):.0f} |")
    print(f"\n{len(places.readable)} places of the project may be read.")


if __name__ == "__main__":
    main()
