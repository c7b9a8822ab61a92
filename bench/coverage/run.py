"""What the live picture costs on a large project: first diagnostics, keys, lenses, hovers, memory.

    python bench/coverage/run.py [--times N] [--only PART ...]

The project (5,000 files, a million statements, a data file of over 100 MB) is made by the first run and kept. The
server is the real one, a process of its own, spoken to over stdio. Prints one table as Markdown, with what the API of
coverage.py and the readers of whole reports take in the same run. The exit code is 0 also where aims were missed: they
are listed, and machines differ.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import asking
import coverage
import opening
import others
import project as projects
import typing_rounds
from figures import Row, Table, missed, table

if TYPE_CHECKING:
    from collections.abc import Iterator

PARTS = ("opening", "typing", "asking", "memory", "others")


def main() -> int:
    """Run the bench."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=10, help="cold starts of each kind; the other counts go with it")
    parser.add_argument("--only", action="append", choices=PARTS, default=[], metavar="PART", help=", ".join(PARTS))
    arguments = parser.parse_args()
    project = projects.prepare()
    began = time.monotonic()
    groups: Table = []
    with tempfile.TemporaryDirectory(prefix="greenline-bench-") as folder:
        for part in arguments.only or PARTS:
            for title, rows in _parts(part, project, Path(folder) / part, arguments.times):
                groups.append((title, []))
                for row in rows:
                    groups[-1][1].append(row)
                    sys.stderr.write(f"{time.monotonic() - began:5.0f} s  {row.what}\n")
    print("\n".join(_head(project)), "", *table(groups), sep="\n")
    if behind := missed(row for _, rows in groups for row in rows):
        print("\nMissed:\n", *(f"- {words}" for words in behind), sep="\n")
    return 0


def _parts(part: str, project: projects.Project, folder: Path, times: int) -> Iterator[tuple[str, Iterator[Row]]]:
    if part == "opening":
        yield (
            "`didOpen` -> first diagnostics, cold: a new server, the report not in memory",
            opening.cold(project, folder, times),
        )
        yield (
            "the same where the report is another, with no other reader of it",
            opening.other_reports(project, folder, max(1, times // 2)),
        )
        yield (
            "`didOpen` -> first diagnostics, warm: a file never seen, others open",
            opening.warm(project, folder, times * 10),
        )
        yield "and the large files, a new server each time", opening.large(project, folder, max(1, times // 2))
    elif part == "typing":
        yield "a key in the file of 10,000 lines", typing_rounds.rounds(project, folder, times * 12)
    elif part == "asking":
        yield "lenses", asking.lenses(project, folder, times * 2)
        yield "hovers", asking.hovers(project, folder, times * 3)
    elif part == "memory":
        yield "resident memory of the server", opening.memory(project, folder)
    else:
        yield (
            "coverage.py's API and readers of whole reports, each in a process of its own, and its memory",
            _others(project),
        )


def _others(project: projects.Project) -> Iterator[Row]:
    file = project.modules()[0]
    for way, what in {
        "one_file": "`CoverageData`: branches of one file",
        "one_file_analysed": "`Coverage.analysis2`: what is missing in one file",
        "one_file_with_contexts": "`CoverageData`: which tests reach the lines of one file",
        "all_files": "`CoverageData`: branches of all files",
        "all_files_with_contexts": "`CoverageData`: which tests reach the lines of all files",
        "whole_json": f"`json.load` of coverage.json ({project.json.stat().st_size / 1e6:,.0f} MB, no contexts)",
        "whole_xml": f"`ElementTree` of coverage.xml ({project.xml.stat().st_size / 1e6:,.0f} MB)",
    }.items():
        report = {"whole_json": project.json, "whole_xml": project.xml}.get(way, project.data)
        rounds = [others.measured(way, report, file) for _ in range(3 if way.startswith("one") else 1)]
        yield Row(what, [seconds * 1000 for seconds, _ in rounds], memory=max(memory for _, memory in rounds))


def _head(project: projects.Project) -> Iterator[str]:
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    size = project.data.stat().st_size / 1e6
    yield f"Python {platform.python_version()}, coverage.py {coverage.__version__}, data file of {size:,.0f} MB,"
    yield f"{os.cpu_count()} processors, load {load}"


if __name__ == "__main__":
    sys.exit(main())
