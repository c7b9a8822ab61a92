"""What coverage.py's own API and the readers of whole reports take, each in a process of its own.

    python bench/coverage/others.py WAY REPORT [FILE]

prints the seconds (imports left out) and the most memory that the process had, in MB, as JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import coverage
from coverage import CoverageData

if TYPE_CHECKING:
    from collections.abc import Callable


def measured(way: str, report: Path, file: Path | None = None) -> tuple[float, float]:
    """Return the seconds and the megabytes of one way, taken in a process of its own."""
    command = [sys.executable, __file__, way, str(report), *([str(file)] if file else [])]
    answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    seconds, megabytes = json.loads(answer)
    return seconds, megabytes


def one_file(report: Path, file: str) -> object:
    data = CoverageData(str(report))
    data.read()
    return data.arcs(file)


def one_file_with_contexts(report: Path, file: str) -> object:
    data = CoverageData(str(report))
    data.read()
    return data.contexts_by_lineno(file)


def one_file_analysed(report: Path, file: str) -> object:
    cov = coverage.Coverage(data_file=str(report), config_file=False, branch=True)
    cov.load()
    return cov.analysis2(file)


def all_files(report: Path, _file: str) -> object:
    data = CoverageData(str(report))
    data.read()
    return sum(len(data.arcs(file) or ()) for file in data.measured_files())


def all_files_with_contexts(report: Path, _file: str) -> object:
    data = CoverageData(str(report))
    data.read()
    return sum(len(data.contexts_by_lineno(file)) for file in data.measured_files())


def whole_json(report: Path, _file: str) -> object:
    with report.open(encoding="utf-8") as stream:
        return json.load(stream)


def whole_xml(report: Path, _file: str) -> object:
    return ET.parse(report)


WAYS: dict[str, Callable[[Path, str], object]] = {
    way.__name__: way
    for way in (
        one_file, one_file_analysed, one_file_with_contexts, all_files, all_files_with_contexts, whole_json, whole_xml,
    )
}  # fmt: skip


def main() -> int:
    """Take one way."""
    way, report, *file = sys.argv[1:]
    began = time.perf_counter()
    found = WAYS[way](Path(report), file[0] if file else "")
    seconds = time.perf_counter() - began
    assert found
    # Not `ru_maxrss`: it has what the process was forked from in it.
    status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    print(json.dumps([seconds, next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
