"""Which functions a run over many files is for, at its first beginning and when it goes on."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from greenline.adapters.disk_documents import DiskDocuments
from greenline.adapters.project_files import ProjectFiles
from greenline.domain.bulk.outcome import FunctionOutcome, UnitOutcome
from greenline.domain.bulk.plan import Plan
from greenline.domain.coverage.model import Ratio, Summary
from greenline.domain.coverage.worth import FileRow, FileWorth, FunctionRow
from greenline.services.plan_generation import TRIED, Asked, PlanGeneration
from greenline.services.rank_gaps import Ranking, Wanted

HALF = Summary(Ratio(5, 10), Ratio(0, 0))


class World:
    """A ranking that the test writes, and what is read and asked for it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: list[FileWorth] = []
        self.read_files: list[str] = []
        self.settled: set[str] = set()
        self.questions = 0

    def add(self, name: str, *functions: str) -> None:
        path = self.folder / f"{name}.py"
        path.write_text("".join(f"def {one}(): ...\n\n\n" for one in functions))
        rows = tuple(FunctionRow(one, 1, 5, 0) for one in functions)
        row = FileRow(path, "measured", package="p", summary=HALF, functions=rows)
        self.files.append(FileWorth(row, commits=0, calls={}))

    def plan(self, top: int | None = None, begun: Collection[UnitOutcome] = ()) -> Plan:
        self.read_files.clear()
        return self.service.plan(Asked((self.folder,)), Wanted(top=top), self.tried, tuple(begun))

    @property
    def service(self) -> PlanGeneration:
        stand_in: Any = self
        return PlanGeneration(stand_in, ProjectFiles(), stand_in)

    def tried(self, keys: Collection[str]) -> set[str]:
        self.questions += 1
        return self.settled.intersection(keys)

    def rank(self, paths: object, wanted: object) -> Ranking:
        return Ranking(tuple(self.files), HALF, {}, summaries={one.row.path: HALF for one in self.files})

    def read(self, path: Path) -> str | None:
        self.read_files.append(path.stem)
        return DiskDocuments().read(path)

    def done(self, plan: Plan, status: Any = "confirmed", **more: Any) -> list[UnitOutcome]:
        """Return outcomes in which all of a plan ended so."""
        return [
            UnitOutcome(
                unit.path, tuple(FunctionOutcome(one.qualname, status, one.key, **more) for one in unit.functions)
            )
            for unit in plan.units
        ]


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path)
    for name in "abcd":
        world.add(name, "f", "g")
    return world


def planned(plan: Plan) -> list[str]:
    return [f"{unit.path.stem}.{one.qualname}" for unit in plan.units for one in unit.functions]


def test_files_behind_the_first_are_counted_and_not_looked_at(world: World) -> None:
    plan = world.plan(top=1)
    assert (planned(plan), plan.left_out) == (["a.f", "a.g"], {"behind the first 1": 3})
    assert (world.read_files, world.questions) == (["a"], 1)


def test_what_was_tried_is_asked_once_for_all_files_and_gives_its_place_to_the_next(world: World) -> None:
    world.settled = {one.key for unit in world.plan().units[:1] for one in unit.functions}
    world.questions = 0
    plan = world.plan()
    assert (planned(plan), world.questions) == (["b.f", "b.g", "c.f", "c.g", "d.f", "d.g"], 1)
    assert (plan.left_out, plan.tried) == ({TRIED: 1}, 2)
    assert planned(world.plan(top=1)) == ["b.f", "b.g"]


def test_what_an_earlier_part_has_done_is_not_planned_again_and_counts_for_the_first(world: World) -> None:
    begun = world.done(world.plan(top=1))
    world.settled = {one.key for outcome in begun for one in outcome.functions}
    again = world.plan(top=2, begun=begun)
    assert (planned(again), again.left_out, again.tried) == (["b.f", "b.g"], {"behind the first 2": 2}, 0)
    assert planned(world.plan(top=1, begun=begun)) == []
    del world.files[0]  # nothing is left to gain there
    assert planned(world.plan(top=2, begun=begun)) == ["b.f", "b.g"]


def test_what_was_cancelled_or_is_worth_another_try_is_planned_again_however_far_behind(world: World) -> None:
    (first, second) = world.done(world.plan(top=2))
    cancelled = replace(first, functions=(replace(first.functions[0], status="cancelled"), first.functions[1]))
    worth = replace(second, functions=(second.functions[0], replace(second.functions[1], again=True)))
    world.files.reverse()
    assert planned(world.plan(top=2, begun=[cancelled, worth])) == ["b.g", "a.f"]


def test_of_what_was_done_that_holds_which_is_as_it_was_or_has_tests(world: World) -> None:
    (first, second) = world.done(world.plan(top=2))
    with_tests = replace(second, functions=(second.functions[0], replace(second.functions[1], tests=("test_g",))))
    for name in "ab":
        file = world.folder / f"{name}.py"
        file.write_text(file.read_text().replace("def g(): ...", "def g(): return 1"))
    begun = world.service.holding(Asked((world.folder,)), [first, with_tests])
    assert [[one.qualname for one in outcome.functions] for outcome in begun] == [["f"], ["f", "g"]]
    assert planned(world.plan(top=2, begun=begun)) == ["a.g", "b.g"]
