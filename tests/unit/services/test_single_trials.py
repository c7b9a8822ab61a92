"""Each candidate is tried alone, and the trial of all tells of each what became of it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from greenline.domain.asking.looked_for import words_of
from greenline.domain.code.model import Target
from greenline.ports.progress import Silent
from greenline.ports.tests import TestOutcome, TestReport, TestRun
from greenline.services.single_trials import Single, SingleTrials, gaining
from greenline.services.test_trial import Failed, TestTrial
from unit.services.generation_world import World, candidate

if TYPE_CHECKING:
    from pathlib import Path

    from greenline.domain.code.model import Function
    from greenline.services.workbench import Bench

MINUS, PLUS = candidate("test_sign_minus"), candidate("test_sign_plus")
BROKEN = candidate("test_broken")


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


async def prepared(world: World) -> tuple[Function, Bench]:
    (function,), bench = await world.service._workbench.prepare(Target(world.source, "sign"), Silent())
    return function, bench


def singles(world: World) -> SingleTrials:
    runner: Any = world
    return SingleTrials(runner, world.show, world.settings)


async def test_a_broken_one_spoils_no_other(world: World) -> None:
    function, bench = await prepared(world)
    crash = "ImportError while importing test module"

    def during(run: TestRun, number: int) -> TestReport | None:
        return TestReport(problem=crash) if "test_broken" in run.overlay[world.tests] else None

    world.during = during
    found = await singles(world).run(bench, function, [MINUS, BROKEN, PLUS], Silent())
    assert [(one.candidate, one.message) for one in found] == [(MINUS, ""), (BROKEN, crash), (PLUS, "")]
    assert len(world.runs) == 3
    assert all(len(run.selection) == 1 and run.guarded for run in world.runs)


async def test_what_failed_says_how_and_what_was_refused_counts(world: World) -> None:
    function, bench = await prepared(world)
    world.outcomes = {("test_sign_minus", -1): "failed"}

    def during(run: TestRun, number: int) -> TestReport | None:
        if "test_sign_plus" not in run.overlay[world.tests]:
            return None
        outcome = TestOutcome(f"{world.tests}::test_sign_plus", "passed", refused=("run git",))
        return TestReport((outcome,))

    world.during = during
    minus, plus = await singles(world).run(bench, function, [MINUS, PLUS], Silent())
    assert minus.message == "E  assert 1 == 2\nE  no"
    assert plus.message == "it wants to run git, which is refused while tests are tried"


async def test_a_file_that_cannot_be_imported_says_why(world: World) -> None:
    function, bench = await prepared(world)
    error = TestOutcome(str(world.tests), "error", "E   ModuleNotFoundError: No module named 'nowhere'")
    world.during = lambda run, number: TestReport((error,), problem="found no collectors for test_sign_minus")
    (one,) = await singles(world).run(bench, function, [MINUS], Silent())
    assert one.message == error.message


async def test_what_is_not_there_is_told_where_it_may_be_why(world: World) -> None:
    function, bench = await prepared(world)
    error = TestOutcome(f"{world.tests}::test_sign_minus", "failed", "E   FileNotFoundError: 'conf/.env'")
    world.during = lambda run, number: TestReport((error,), looked_for=("conf/.env", "id_rsa"))
    (one,) = await singles(world).run(bench, function, [MINUS], Silent())
    assert one.absent == ("conf/.env",)
    assert one.message == f"{error.message}\n{words_of(one.absent)}"


async def test_only_what_adds_to_those_before_it_gains(world: World) -> None:
    function, bench = await prepared(world)
    again = candidate("test_again_minus")
    found = await singles(world).run(bench, function, [MINUS, again, PLUS], Silent())
    assert [one.candidate for one in gaining(bench, function, found)] == [MINUS, PLUS]
    assert gaining(bench, function, [replace(one, message="no") for one in found]) == []


async def test_a_test_that_is_there_is_not_run_again(world: World) -> None:
    world.tests.write_text(f"from shop import sign\n\n\n{MINUS.code}\n")
    function, bench = await prepared(world)
    runs = len(world.runs)
    assert await singles(world).run(bench, function, [MINUS], Silent()) == (
        Single(MINUS, "the same test is there already, or it is not Python"),
    )
    assert len(world.runs) == runs


async def test_cancelling_ends_all_runs(world: World) -> None:
    function, bench = await prepared(world)
    reached = asyncio.Event()

    def during(run: TestRun, number: int) -> Any:
        reached.set()
        return asyncio.get_running_loop().create_future()

    world.during = during
    work = asyncio.ensure_future(singles(world).run(bench, function, [MINUS, PLUS], Silent()))
    await asyncio.wait_for(reached.wait(), 10)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert world.living == 0


async def test_the_trial_of_all_tells_what_failed_and_what_each_name_was(world: World) -> None:
    function, bench = await prepared(world)
    world.outcomes = {("test_sign_minus", -1): "failed"}
    runner: Any = world
    tried = await TestTrial(runner, world.show, world.settings).run(bench, [(function, [MINUS, PLUS])], Silent())
    assert tried.failed == (Failed(function, MINUS, "E  assert 1 == 2\nE  no"),)
    assert tried.kept[function].tests == (("test_sign_plus", PLUS),)
    assert [outcome.node_id for outcome in tried.report.outcomes] == [f"{world.tests}::test_sign_plus"]
