from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from greenline.adapters.project_files import ProjectFiles
from greenline.domain.code.model import Target
from greenline.domain.coverage.model import Ratio, Summary
from greenline.domain.generation.model import Coverage, Strength, TargetResult, TestEdit
from greenline.ports.progress import Progress
from greenline.services.check_coverage import Check, Goals
from greenline.services.confirm_tests import Confirmation
from greenline.services.diagnose_project import Finding
from greenline.services.find_gaps import GapReport
from greenline.services.generate_tests import Generation
from greenline.services.keep_trend import KeepTrend
from greenline.services.picture import Picture
from greenline.services.picture_basis import Basis
from greenline.services.rank_gaps import HistoryProblem, Ranking, Wanted
from greenline.services.stopped import Stopped
from greenline.settings import Settings

SOURCE = """\
LIMIT = 3


def price(grams: int) -> int:
    return 495 if grams > LIMIT else 0


class Box:
    def open(self) -> None:
        pass
"""

TOTAL = Summary(Ratio(3, 4), Ratio(1, 4))
GAIN = Coverage(Summary(Ratio(2, 5), Ratio(1, 4)), Summary(Ratio(5, 5), Ratio(4, 4)))


@dataclass
class FakeServices:
    """Answers with what a test has put into it, and remembers what it was asked."""

    settings: Settings = field(default_factory=Settings)
    generations: dict[str | None, Generation] = field(default_factory=dict)
    confirmation: Callable[[Generation], Confirmation] | None = None
    findings: Sequence[Finding] = ()
    pictured: Sequence[Picture] = ()
    unreadable: Sequence[tuple[Path, str]] = ()
    basis: Sequence[Basis] = ()
    ranked: Ranking = field(default_factory=lambda: Ranking((), TOTAL, {}))
    wanted: Wanted | None = None
    checked: Check = field(default_factory=lambda: Check((), Ranking((), TOTAL, {})))
    goals: Goals | None = None
    keeps: Callable[[Path | None], KeepTrend] | None = None
    history_problem: HistoryProblem | None = None
    tests_left_out: int = 0
    skipped: list[Path] = field(default_factory=list)
    asked: list[Any] = field(default_factory=list)
    cancel_in: str = ""

    @property
    def projects(self) -> ProjectFiles:
        return ProjectFiles()

    @property
    def generate(self) -> _Generate:
        return _Generate(self)

    @property
    def confirm(self) -> _Confirm:
        return _Confirm(self)

    @property
    def gaps(self) -> FakeServices:
        return self

    @property
    def ranking(self) -> FakeServices:
        return self

    def trend(self, file: Path | None) -> KeepTrend:
        assert self.keeps is not None
        return self.keeps(file)

    def rank(self, paths: Sequence[Path], wanted: Wanted | None = None) -> Ranking:
        self.asked.append(list(paths))
        self.wanted = wanted
        return self.ranked

    def check(self, history: Path | None) -> _Check:
        self.asked.append(history)
        return _Check(self)

    @property
    def doctor(self) -> FakeServices:
        return self

    def __call__(self, settings: Settings) -> FakeServices:
        self.settings = settings
        return self

    async def diagnose(self, path: Path) -> list[Finding]:
        self.asked.append(path)
        return list(self.findings)

    def one(self, path: Path) -> tuple[Picture, str] | None:
        if not path.exists():
            return None
        return next(one for one in self.pictured if one.path == path), path.read_text(encoding="utf-8")

    def find(self, paths: Sequence[Path]) -> GapReport:
        self.asked.append(list(paths))
        tests, unreadable = self.tests_left_out, tuple(self.unreadable)
        return GapReport(tuple(self.pictured), TOTAL, tests, unreadable, tuple(self.basis), tuple(self.skipped))


@dataclass
class _Check:
    services: FakeServices

    def check(self, paths: Sequence[Path], goals: Goals) -> Check:
        self.services.asked.append(list(paths))
        self.services.goals = goals
        if self.services.history_problem is not None:
            raise self.services.history_problem
        return self.services.checked


class _Generate:
    def __init__(self, services: FakeServices) -> None:
        self._services = services

    async def generate(
        self, target: Target, progress: Progress, *, engine: str, only_for: Collection[str] | None = None
    ) -> Generation:
        self._services.asked.append((target, engine) if only_for is None else (target, engine, sorted(only_for)))
        progress.step("exploring", 0.5)
        if self._services.cancel_in == "generate":
            raise asyncio.CancelledError
        if self._services.cancel_in == "model":
            raise Stopped(self._services.generations[target.qualname])
        return self._services.generations[target.qualname]


class _Confirm:
    def __init__(self, services: FakeServices) -> None:
        self._services = services

    async def confirm(self, generation: Generation, progress: Progress) -> Confirmation:
        assert generation.edit is not None
        assert generation.edit.path.read_text() == generation.edit.new_text
        if self._services.cancel_in == "confirm":
            raise asyncio.CancelledError
        if self._services.confirmation:
            return self._services.confirmation(generation)
        return Confirmation(generation.results, passed=2)


def edit_for(folder: Path, *, base: str | None = None) -> TestEdit:
    path = folder / "tests" / "test_prices.py"
    if base is not None:
        path.parent.mkdir(exist_ok=True)
        path.write_text(base)
    return TestEdit(
        path, creates=base is None, base_text=base or "", new_text=f"{base or ''}def test_price():\n    ...\n"
    )


def confirmed(folder: Path, qualname: str = "price", *, base: str | None = None) -> Generation:
    edit = edit_for(folder, base=base)
    result = TargetResult(
        Target(folder / "prices.py", qualname),
        "confirmed",
        engine="explore",
        edit=edit,
        tests=("test_price", "test_price_rejects_zero"),
        code="def test_price():\n    ...\n",
        coverage=GAIN,
        observations=416,
        strength=Strength(12, 11),
        oracles=("observed",),
        not_tested=("Line 4 never jumps to 6",),
        seconds=1.23456,
        placed="imports prices already",
    )
    return Generation((result,), edit)


def ended(folder: Path, status: Any, reason: str = "", qualname: str = "price") -> Generation:
    return Generation((TargetResult(Target(folder / "prices.py", qualname), status, reason),), None)
