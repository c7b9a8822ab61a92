"""The history of a project's coverage as JSON lines: in the project where it has such a file, else in the data folder.

Each line is ``{"version": 1, "commit": "8f13", "at": 1763800000, "lines": [12, 20], "branches": [3, 8], "files": 2}``:
reached, and in all. Other lines are left where they are.
"""

from __future__ import annotations

import json
import os
from hashlib import sha256
from pathlib import Path
from typing import Any

from platformdirs import user_data_path

from greenline.adapters.replaced_file import SHARED, replace_file
from greenline.domain.coverage.model import Ratio, Summary
from greenline.domain.coverage.trend import Point
from greenline.ports.trend import TrendProblem

IN_PROJECT = Path(".greenline") / "trend.jsonl"
_VERSION = 1
_END = 253_402_300_800
"""The year 10000, in seconds: no date has a later one."""
_MOST = 1 << 53
"""Statements: what JSON can count, and floats divide."""


class TrendFile:
    """Implements ``TrendStore``; ``chosen``, which may be relative to the project, is used instead of both places."""

    def __init__(self, chosen: Path | None = None) -> None:
        self._chosen = chosen

    def place(self, root: Path) -> Path:
        """Return the file."""
        if self._chosen is not None:
            return root / self._chosen
        in_project = root / IN_PROJECT
        name = f"{root.name or 'root'}-{sha256(os.fsencode(root)).hexdigest()[:12]}.jsonl"
        return in_project if in_project.is_file() else user_data_path("greenline", appauthor=False) / "trend" / name

    def points(self, root: Path) -> list[Point]:
        """Return what was recorded. Raises TrendProblem."""
        return [point for line in self._lines(root) if (point := _point(line)) is not None]

    def record(self, root: Path, point: Point) -> None:
        """Keep a point. Raises TrendProblem."""
        kept = [line for line in self._lines(root) if not (point.commit and _commit(line) == point.commit)]
        file = self.place(root)
        try:
            replace_file(file, "".join(f"{line}\n" for line in [*kept, _line(point)]), SHARED)
        except OSError as problem:
            raise TrendProblem(
                f"{file} cannot be written: {problem.strerror or problem}. Name another file (--file, or trend.file)."
            ) from problem

    def _lines(self, root: Path) -> list[str]:
        file = self.place(root)
        try:
            return [line for line in file.read_text("utf-8").splitlines() if line.strip()]
        except FileNotFoundError:
            return []
        except (OSError, UnicodeDecodeError) as problem:
            raise TrendProblem(f"{file} cannot be read as a history of coverage: {problem}.") from problem


def _line(point: Point) -> str:
    lines, branches = point.summary.lines, point.summary.branches
    whole = {"version": _VERSION, "commit": point.commit, "at": round(point.at), "lines": [lines.covered, lines.total],
             "branches": [branches.covered, branches.total], "files": point.files}  # fmt: skip
    return json.dumps(whole)


def _point(line: str) -> Point | None:
    """Return what a line says; None of one that is not of ours."""
    found = _object(line)
    if found.get("version") != _VERSION:
        return None
    try:
        lines, branches = Ratio(*map(int, found["lines"])), Ratio(*map(int, found["branches"]))
        point = Point(str(found["commit"]), float(found["at"]), Summary(lines, branches), int(found.get("files", 0)))
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    return (
        point
        if 0 <= point.at < _END and all(0 <= of.covered <= of.total <= _MOST for of in (lines, branches))
        else None
    )


def _commit(line: str) -> object:
    return _object(line).get("commit")


def _object(line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
