"""What is kept of each target, and what that comes to in sum."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from greenline.domain.asking.model import Usage


@dataclass(frozen=True)
class Reached:
    """How much of something tests reach: before a model was asked, and after."""

    before: int = 0
    after: int = 0
    all: int = 0

    def __add__(self, other: Reached) -> Reached:
        return Reached(self.before + other.before, self.after + other.after, self.all + other.all)


@dataclass(frozen=True)
class Figures:
    """One function that a model was asked for."""

    module: str
    function: str
    status: str = "failed"
    requests: int = 0
    proposed: int = 0
    """Tests, in all answers."""
    passed: int = 0
    kept: int = 0
    not_kept: dict[str, int] = field(default_factory=dict)
    """Kind of reason -> tests."""
    unsteady: int = 0
    """Tests in the file, whoever wrote them, that failed in one of the reruns."""
    lines: Reached = Reached()
    branches: Reached = Reached()
    mutants: Reached = Reached()
    usage: Usage = field(default_factory=Usage)
    dollars: float | None = 0.0
    """None where the price is not known."""
    seconds: float = 0.0
    """From the request to confirmed tests: exploring, asking, trying. Not the measuring."""
    models: tuple[str, ...] = ()
    """Who answered."""
    prompts: tuple[str, ...] = ()
    """Versions of the prompts."""
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """As ``--only`` and the recorded answers have it."""
        return f"{self.module}::{self.function}"


@dataclass(frozen=True)
class Total:
    """All targets together."""

    targets: int
    confirmed: int
    """Targets that a model's test was kept for."""
    requests: int
    proposed: int
    passed: int
    kept: int
    not_kept: dict[str, int]
    unsteady: int
    lines: Reached
    branches: Reached
    mutants: Reached
    usage: Usage
    dollars: float
    unpriced: int
    """Targets whose cost is not known."""
    seconds: float


@dataclass(frozen=True)
class About:
    """How it was measured."""

    model: str
    engine: str
    date: str
    greenline: str
    python: str
    load: float
    """Of the machine, in the mean of a minute, at the end: seconds mean little where it is high."""


def total_of(figures: Sequence[Figures]) -> Total:
    """Add up."""
    not_kept: Counter[str] = Counter()
    for each in figures:
        not_kept.update(each.not_kept)
    return Total(
        targets=len(figures),
        confirmed=sum(each.kept > 0 for each in figures),
        requests=sum(each.requests for each in figures),
        proposed=sum(each.proposed for each in figures),
        passed=sum(each.passed for each in figures),
        kept=sum(each.kept for each in figures),
        not_kept=dict(sorted(not_kept.items())),
        unsteady=sum(each.unsteady for each in figures),
        lines=sum((each.lines for each in figures), Reached()),
        branches=sum((each.branches for each in figures), Reached()),
        mutants=sum((each.mutants for each in figures), Reached()),
        usage=sum((each.usage for each in figures), Usage()),
        dollars=sum(each.dollars or 0.0 for each in figures),
        unpriced=sum(each.dollars is None for each in figures),
        seconds=sum(each.seconds for each in figures),
    )


def as_json(about: About, figures: Iterable[Figures]) -> str:
    """Return all figures for programs."""
    return json.dumps({"about": asdict(about), "targets": [asdict(each) for each in figures]}, indent=2)


class Journal:
    """Keeps the figures of a run that may be interrupted: one line for each target, as soon as it is known."""

    def __init__(self, file: Path, key: str) -> None:
        """Lines with another ``key`` are of other code or other prompts, and do not count."""
        self._file = file
        self._key = key

    def read(self) -> dict[str, Figures]:
        """Return what is known, by name; a line that was cut off is left out."""
        lines = self._file.read_text(encoding="utf-8", errors="replace").split("\n") if self._file.exists() else []
        found = [figures for line in lines if (figures := self._read(line)) is not None]
        return {each.name: each for each in found}

    def write(self, figures: Figures) -> None:
        """Add one."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        line = json.dumps({"key": self._key, **asdict(figures)}) + "\n"
        with self._file.open("a+b") as file:
            file.write(("\n" if _is_cut_off(file) else "").encode() + line.encode())

    def clear(self) -> None:
        """Forget all."""
        self._file.unlink(missing_ok=True)

    def _read(self, line: str) -> Figures | None:
        try:
            told = json.loads(line)
        except ValueError:
            return None
        return read_figures(told) if told.pop("key", None) == self._key else None


def _is_cut_off(file: BinaryIO) -> bool:
    """Tell whether the last line has no end: whoever wrote it was killed."""
    if file.seek(0, os.SEEK_END) == 0:
        return False
    file.seek(-1, os.SEEK_END)
    return file.read(1) != b"\n"


def read_figures(told: dict[str, Any]) -> Figures:
    """Return figures from what ``asdict`` made of them."""
    reached = {name: Reached(**told[name]) for name in ("lines", "branches", "mutants")}
    words = {name: tuple(told[name]) for name in ("models", "prompts", "notes")}
    return Figures(**{**told, **reached, **words, "usage": Usage(**told["usage"])})
