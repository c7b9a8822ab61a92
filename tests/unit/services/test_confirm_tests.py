from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from greenline.domain.code.model import Target
from greenline.domain.coverage.model import Executed
from greenline.domain.generation.model import Strength
from greenline.ports.tests import TestOutcome, TestReport
from greenline.services.generate_tests import Generation
from unit.services.generation_world import SOURCE, World, candidate

if TYPE_CHECKING:
    from pathlib import Path

    from greenline.ports.tests import TestRun


@pytest.fixture
async def world(tmp_path: Path) -> World:
    return World(tmp_path)


async def written(world: World) -> Generation:
    """Generate and write, as a face does; the runs so far are forgotten."""
    world.propose("sign", candidate("test_sign_minus"), candidate("test_sign_plus"))
    world.propose("twice", candidate("test_twice", "twice"))
    generation = await world.generate(Target(world.source))
    assert generation.edit is not None
    world.tests.write_text(generation.edit.new_text)
    world.runs.clear()
    return generation


async def test_what_was_written_runs_as_the_person_would_run_it(world: World) -> None:
    confirmation = await world.confirm(await written(world))
    (run,) = world.runs
    assert (run.selection, run.measure, run.guarded) == ((str(world.tests),), (world.source,), False)
    assert (confirmation.ok, confirmation.passed, confirmation.problem) == (True, 3, "")
    assert confirmation.message == (
        "3 tests passed in test_shop.py (where tests are); `sign` 0 % -> 100 % (3 lines, 2 branches); "
        "`twice` 0 % -> 100 % (1 line)"
    )
    assert [r.status for r in confirmation.results] == ["confirmed", "confirmed"]


@pytest.mark.parametrize(
    ("strengths", "words"),
    [
        ((Strength(8, 7), Strength(1, 1)), "; they notice 8 of 9 small changes of the code"),
        ((Strength(1, 0), Strength(0, 0)), "; they notice 0 of 1 small change of the code"),
        ((Strength(8, 7), None), ""),
    ],
)
async def test_what_the_new_tests_notice_is_said_where_all_of_it_was_measured(
    world: World, strengths: tuple[Strength | None, ...], words: str
) -> None:
    generation = await written(world)
    measured = tuple(replace(r, strength=s) for r, s in zip(generation.results, strengths, strict=True))
    confirmation = await world.confirm(replace(generation, results=measured))
    assert confirmation.message.endswith(f"(1 line){words}")


async def test_the_picture_knows_what_ran(world: World) -> None:
    assert world.show.picture(world.source, SOURCE).map is None
    await world.confirm(await written(world))
    picture = world.show.picture(world.source, SOURCE)
    assert picture.map is not None
    assert (picture.map.missing, picture.map.missing_branches) == (frozenset(), frozenset())


async def test_unsaved_buffers_win_over_the_disk(world: World) -> None:
    generation = await written(world)
    world.buffers = {world.source: SOURCE + "# edited\n", world.tests: "def test_other():\n    pass\n"}
    await world.confirm(generation)
    assert generation.edit is not None
    assert world.runs[0].overlay == {
        world.source: SOURCE + "# edited\n",
        world.tests: generation.edit.new_text,
    }
    assert world.show.picture(world.source, SOURCE + "# edited\n").state == "measured"


async def test_a_table_counts_its_rows(world: World) -> None:
    generation = await written(world)

    def during(run: TestRun, number: int) -> TestReport:
        report = world._report(run, number)
        rows = tuple(TestOutcome(f"{world.tests}::test_twice[{row}]", "passed") for row in ("a", "b::c"))
        return TestReport((*report.outcomes, *rows), report.coverage)

    world.during = during
    assert (await world.confirm(generation)).passed == 5


@pytest.mark.parametrize("outcome", ["failed", "error", "skipped"])
async def test_a_new_test_that_fails_in_the_file_fails_the_confirmation(world: World, outcome: str) -> None:
    generation = await written(world)
    world.outcomes = {("test_twice", -1): outcome}
    confirmation = await world.confirm(generation)
    assert (confirmation.ok, len(confirmation.failures)) == (False, 1)
    assert confirmation.message == "1 new test failed in the file as written"
    assert [r.status for r in confirmation.results] == ["failed", "failed"]
    assert confirmation.results[0].reason == "test_twice failed: assert 1 == 2"
    assert world.show.picture(world.source, SOURCE).map is None


async def test_the_reason_is_what_the_test_said_and_not_where(world: World) -> None:
    generation = await written(world)
    story, said = "a long story\nconftest.py:3: Failed", "no scanner\nand what was looked at"

    def during(run: TestRun, number: int) -> TestReport:
        report = world._report(run, number)
        failing = (
            replace(o, outcome="error", message=story, said=said) for o in report.outcomes if "twice" in o.node_id
        )
        return replace(report, outcomes=(*(o for o in report.outcomes if "twice" not in o.node_id), *failing))

    world.during = during
    assert (await world.confirm(generation)).results[0].reason == "test_twice failed: no scanner"


async def test_a_file_that_runs_without_the_new_tests_is_no_confirmation(world: World) -> None:
    generation = await written(world)
    world.during = lambda run, number: TestReport((TestOutcome("test_shop.py::test_twice", "passed"),))
    confirmation = await world.confirm(generation)
    assert not confirmation.ok
    assert confirmation.message == "test_shop.py ran without test_sign_minus, test_sign_plus."


async def test_a_problem_of_pytest_is_said_as_it_is(world: World) -> None:
    generation = await written(world)
    world.during = lambda run, number: TestReport(problem="a conftest.py failed")
    confirmation = await world.confirm(generation)
    assert (confirmation.ok, confirmation.problem, confirmation.message) == (False, *("a conftest.py failed",) * 2)


async def test_old_tests_that_fail_or_never_end_do_not_stand_in_the_way(world: World) -> None:
    world.tests.write_text("def test_old():\n    assert 0\n")
    generation = await written(world)
    world.outcomes = {("test_old", -1): "failed"}
    assert (await world.confirm(generation)).ok
    world.runs.clear()
    world.during = lambda run, number: TestReport(problem="no end") if number == 0 else None
    confirmation = await world.confirm(generation)
    assert confirmation.ok
    assert world.runs[1].selection == tuple(
        f"{world.tests}::{name}" for name in ("test_sign_minus", "test_sign_plus", "test_twice")
    )


async def test_without_an_edit_there_is_nothing_to_confirm(world: World) -> None:
    confirmation = await world.confirm(Generation((), None))
    assert (confirmation.ok, confirmation.problem, world.runs) == (False, "There is nothing to confirm.", [])


async def test_without_an_interpreter_the_problem_is_the_reason(world: World) -> None:
    generation = await written(world)
    world.no_interpreter = "There is no Python here."
    confirmation = await world.confirm(generation)
    assert (confirmation.ok, confirmation.message) == (False, "There is no Python here.")


async def test_a_source_that_is_gone_is_said_so(world: World) -> None:
    generation = await written(world)
    world.source.unlink()
    assert (await world.confirm(generation)).message == "shop.py is gone."
    world.source.write_bytes(b"\xff")
    assert "cannot be read any more" in (await world.confirm(generation)).message


async def test_what_only_deleted_tests_reached_is_not_told_as_reached(world: World) -> None:
    world.reported = Executed(frozenset({1, 2, 3, 4, 7, 8}), frozenset({(2, 3), (2, 4), (3, -1), (4, -1), (8, -7)}))
    world.known = [world.root / "test_side.py"]
    world.during = lambda run, number: None if run.selection else TestReport()
    world.propose("sign", candidate("test_sign_plus"))
    generation = await world.generate(Target(world.source, "sign"))
    assert generation.edit is not None
    (result,) = (await world.confirm(generation)).results
    assert result.coverage is not None
    assert (result.coverage.before.lines.covered, result.coverage.after.lines.covered) == (0, 2)


async def test_a_report_of_lines_alone_never_makes_coverage_go_down(world: World) -> None:
    world.reported = Executed(frozenset({1, 2, 3, 7}))
    world.propose("sign", candidate("test_sign_plus"))
    generation = await world.generate(Target(world.source, "sign"))
    assert generation.edit is not None
    confirmation = await world.confirm(generation)
    (result,) = confirmation.results
    assert result.coverage is not None
    assert (result.coverage.before.lines.covered, result.coverage.after.lines.covered) == (2, 3)
    assert (result.coverage.before.branches.total, result.coverage.after.branches.covered) == (0, 1)


PROPERTY = """\
class Box:
    @property
    def size(self):
        return 1

    @size.setter
    def size(self, value):
        self.seen = value
        self.there = True
"""


async def test_a_property_is_counted_with_its_setter(world: World) -> None:
    world.source.write_text(PROPERTY)
    world.propose("Box.size", candidate("test_size"))
    ran = Executed(frozenset({1, 2, 3, 4, 6, 7, 8}), frozenset({(4, -3)}))
    world.during = lambda run, number: TestReport((TestOutcome("t.py::test_size", "passed"),), {world.source: ran})
    generation = await world.generate(Target(world.source, "Box.size"))
    confirmation = await world.confirm(generation)
    assert confirmation.message == "1 test passed in test_shop.py (where tests are); `Box.size` 0 % -> 67 % (2 lines)"


async def test_results_that_were_not_confirmed_stay_as_they_are(world: World) -> None:
    generation = await written(world)
    other = replace(generation.results[1], status="not_testable", tests=(), coverage=None)
    confirmation = await world.confirm(replace(generation, results=(generation.results[0], other)))
    assert confirmation.results[1] == other
    assert confirmation.passed == 2


@pytest.mark.parametrize("engine", ["model", "explore"])
async def test_what_a_model_wrote_stays_confined_when_it_is_there_for_the_next_target(
    world: World, engine: str
) -> None:
    generation = await written(world)
    results = tuple(replace(each, engine=engine) for each in generation.results)
    await world.confirm(replace(generation, results=results))
    world.runs.clear()
    await world.generate(Target(world.source, "sign"))
    (existing, *_) = world.runs
    assert (existing.record_calls, existing.confined) == (True, engine == "model")


async def test_what_somebody_edited_since_is_no_longer_a_models(world: World) -> None:
    generation = await written(world)
    results = tuple(replace(each, engine="model") for each in generation.results)
    await world.confirm(replace(generation, results=results))
    world.tests.write_text(world.tests.read_text().replace("assert", "assert 1 and"))
    world.runs.clear()
    await world.generate(Target(world.source, "sign"))
    assert not any(run.confined for run in world.runs)


async def test_one_trial_beside_a_models_tests_is_confined_too(world: World) -> None:
    world.propose("sign", candidate("test_sign_minus"))
    generation = await world.generate(Target(world.source, "sign"))
    assert generation.edit is not None
    world.tests.write_text(generation.edit.new_text)
    results = tuple(replace(each, engine="model") for each in generation.results)
    await world.confirm(replace(generation, results=results))
    world.runs.clear()
    world.propose("twice", candidate("test_twice", "twice"))
    await world.generate(Target(world.source, "twice"))
    assert len(world.runs) >= 3
    assert all(run.confined for run in world.runs)
