"""Print the coverage of our own code, one line for each part of it; the details are in ``coverage report``."""  # noqa: INP001

from __future__ import annotations

import json
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from coverage import Coverage
from rich.console import Console
from rich.table import Table

SERVER = Path(__file__).resolve().parent.parent / "server"

COUNTED = ("covered_lines", "num_statements", "covered_branches", "num_branches")


def main() -> None:
    """Read the data file of the current folder and print the table."""
    parts: dict[str, Counter[str]] = {}
    for name, entry in _files().items():
        part = _part(Path(name).resolve())
        for where in (part, "all"):
            parts.setdefault(where, Counter()).update({key: entry["summary"][key] for key in COUNTED})
    table = Table("part", "lines", "branches", "coverage", box=None, pad_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
    for part, counts in sorted(parts.items(), key=lambda item: (item[0] == "all", item[0])):
        table.add_row(part, *_figures(counts), style="bold" if part == "all" else "")
    Console().print(table)


def _files() -> dict[str, Any]:
    coverage = Coverage()
    coverage.load()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        coverage.json_report(outfile=str(report))
        files: dict[str, Any] = json.loads(report.read_text())["files"]
    return files


def _part(path: Path) -> str:
    """Return the package below ``greenline`` that the file is in, else its top-level package."""
    parts = path.relative_to(SERVER).parts if path.is_relative_to(SERVER) else path.parts[-2:]
    return ".".join(parts[:2]) if len(parts) > 2 and parts[0] == "greenline" else parts[0]  # noqa: PLR2004 - package, file


def _figures(counts: Counter[str]) -> tuple[str, str, str]:
    covered = counts["covered_lines"] + counts["covered_branches"]
    total = counts["num_statements"] + counts["num_branches"]
    percent = 100 * covered // total if total else 100
    lines = f"{counts['covered_lines']}/{counts['num_statements']}"
    return lines, f"{counts['covered_branches']}/{counts['num_branches']}", f"{percent} %"


if __name__ == "__main__":
    main()
