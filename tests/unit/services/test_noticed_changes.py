"""A test is kept for a change that it notices, where no other test does and the change does not break everything."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from greenline.domain.code.model import Target
from greenline.domain.generation.model import Brought
from greenline.domain.generation.small_changes import SmallChange
from greenline.ports.progress import Silent
from greenline.ports.tests import TestOutcome, TestReport, TestRun
from greenline.services import noticed_changes
from greenline.services.noticed_changes import NoticedChanges
from unit.services.generation_world import SOURCE, World, candidate

if TYPE_CHECKING:
    from pathlib import Path

    from greenline.domain.generation.model import Candidate

MINUS, PLUS = candidate("test_sign_minus"), candidate("test_sign_plus")
COLUMN = SOURCE.split("\n")[0].index("(")
ONE, OTHER = (SmallChange(f"line 1: {mark}", 1, COLUMN, 1, COLUMN, mark) for mark in ("_one", "_other"))


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def failing(world: World, fails: dict[str, tuple[str, ...]], problem: str = "") -> list[str]:
    """Let tests fail by the change that is made; return the list that gets each change as it is tried."""
    tried: list[str] = []

    def during(run: TestRun, number: int) -> TestReport:
        changed = re.match(r"def sign(\w*)", run.overlay[world.source])
        assert changed is not None
        tried.append(changed[1])
        names = re.findall(r"def (test_\w+)", run.overlay[world.tests])
        outcomes = [
            TestOutcome(f"{world.tests.name}::{name}", "failed" if name in fails.get(changed[1], ()) else "passed")
            for name in names
        ]
        return TestReport(tuple(outcomes), problem=problem if changed[1] else "")

    world.during = during
    return tried


async def noticing(
    world: World, *changes: SmallChange, candidates: tuple[Candidate, ...] = (MINUS, PLUS)
) -> tuple[Candidate, ...]:
    (function,), bench = await world.service._workbench.prepare(Target(world.source, "sign"), Silent())
    old = TestOutcome(f"{world.tests.name}::test_old", "passed")
    text = "def test_old():\n    assert 1\n"
    bench = replace(bench, test_text=text, existing=TestReport((old,)), confined=True)
    runner: Any = world
    world.runs.clear()
    service = NoticedChanges(runner, world.settings)
    return await service.noticing(bench, function, candidates, changes, Silent())


async def test_the_first_that_notices_a_change_is_kept_for_it(world: World) -> None:
    tried = failing(world, {"_one": ("test_sign_minus", "test_sign_plus"), "_other": ("test_sign_plus",)})
    minus, plus = await noticing(world, ONE, OTHER)
    assert (minus, plus) == (replace(MINUS, notices=(ONE,)), replace(PLUS, notices=(OTHER,)))
    assert tried[-5:] == ["", "_one", "_one", "_other", "_other"]
    assert all(run.guarded and run.confined for run in world.runs[-5:])


async def test_a_test_that_fails_once_notices_nothing(world: World) -> None:
    fails: dict[str, tuple[str, ...]] = {"_one": ("test_sign_minus", "test_sign_plus")}
    tried = failing(world, fails)
    during = world.during

    def by_chance(run: TestRun, number: int) -> TestReport:
        report: TestReport = during(run, number)
        if tried[-1] == "_one":
            fails["_one"] = ("test_sign_plus",)
        return report

    world.during = by_chance
    assert await noticing(world, ONE) == (replace(PLUS, notices=(ONE,)),)


@pytest.mark.parametrize(
    "line",
    ["inspect.getsource(sign)", "open(shop.__file__)", "getattr(inspect, 'getsource')(sign)", "sign.__code__",
     "Path('src/{module}').read_text()"],
)  # fmt: skip
async def test_a_test_that_reads_the_text_of_the_code_notices_nothing(world: World, line: str) -> None:
    failing(world, {"_one": ("test_sign_minus", "test_sign_plus")})
    reader = replace(MINUS, code=f"{MINUS.code}\n    {line.format(module=world.source.name)}")
    assert await noticing(world, ONE, candidates=(reader, PLUS)) == (replace(PLUS, notices=(ONE,)),)
    assert await noticing(world, ONE, candidates=(reader,)) == ()


async def test_a_fixture_that_reads_the_text_of_the_code_is_no_help(world: World) -> None:
    failing(world, {"_one": ("test_sign_minus",)})
    brought = Brought("text", "@pytest.fixture\ndef text():\n    return getsource(sign)", ("from inspect import *",))
    assert await noticing(world, ONE, candidates=(replace(MINUS, fixtures=(brought,)),)) == ()


async def test_what_a_test_that_is_there_notices_is_no_gain(world: World) -> None:
    failing(world, {"_one": ("test_sign_minus", "test_old")})
    assert await noticing(world, ONE) == ()


async def test_a_test_that_is_there_and_fails_in_confinement_stands_in_nobodys_way(world: World) -> None:
    fails = ("test_sign_minus", "test_old")
    failing(world, {"": ("test_old",), "_one": fails})
    assert await noticing(world, ONE) == (replace(MINUS, notices=(ONE,)),)


async def test_a_test_that_fails_anyway_notices_nothing(world: World) -> None:
    failing(world, {"": ("test_sign_minus",), "_one": ("test_sign_minus",)})
    assert await noticing(world, ONE) == ()


async def test_a_change_that_breaks_everything_is_noticed_by_nobody(world: World) -> None:
    failing(world, {"_one": ("test_sign_minus",)}, problem="it hangs")
    assert await noticing(world, ONE) == ()


async def test_a_change_of_another_text_is_not_tried(world: World) -> None:
    tried = failing(world, {"_one": ("test_sign_minus",)})
    assert await noticing(world, replace(ONE, line=999, end_line=999)) == ()
    assert tried[-1] == ""


async def test_it_ends_when_the_time_is_over(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(noticed_changes, "SECONDS", -1.0)
    tried = failing(world, {"_one": ("test_sign_minus",)})
    assert await noticing(world, ONE) == ()
    assert tried[-1] == ""


async def test_no_more_changes_than_allowed_are_tried(world: World) -> None:
    tried = failing(world, {})
    assert await noticing(world, *[ONE] * (noticed_changes.MOST_CHANGES + 3)) == ()
    assert tried.count("_one") == noticed_changes.MOST_CHANGES
