from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from pathlib import Path

import pytest

from greenline.domain.code.model import Target
from greenline.domain.coverage.model import Executed, Ratio
from greenline.domain.generation.case import Argument, Case
from greenline.domain.generation.model import Candidate, Proposal, Strength, SuspectedBug
from greenline.ports.tests import Conditions, TestOutcome, TestReport, TestRun
from unit.services.generation_world import ARCS, LINES, SOURCE, World, candidate

MINUS, PLUS = candidate("test_sign_minus"), candidate("test_sign_plus")
TWICE = candidate("test_twice", "twice")


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def sign(world: World) -> Target:
    return Target(world.source, "sign")


async def test_a_test_that_is_there_already_is_not_run_again(world: World) -> None:
    world.tests.write_text('from shop import sign\n\n\ndef test_old():\n    assert sign("test_sign_minus")\n')
    world.outcomes = {("test_old", -1): "failed"}
    world.propose("sign", MINUS)
    generation = await world.generate(sign(world))
    assert (generation.edit, generation.results[0].status, len(world.runs)) == (None, "nothing_to_gain", 1)


async def test_what_passes_twice_and_gains_is_confirmed(world: World) -> None:
    world.propose("sign", MINUS, PLUS)
    generation = await world.generate(sign(world))
    (result,) = generation.results
    assert (result.status, result.reason, result.engine, result.observations) == ("confirmed", "", "explore", 7)
    assert result.tests == ("test_sign_minus", "test_sign_plus")
    assert result.code == f"{MINUS.code}\n\n\n{PLUS.code}\n"
    assert result.coverage is not None
    assert (result.coverage.before.lines, result.coverage.after.lines) == (Ratio(0, 3), Ratio(3, 3))
    assert (result.coverage.before.branches, result.coverage.after.branches) == (Ratio(0, 2), Ratio(2, 2))
    edit = generation.edit
    assert edit is not None
    assert (edit.path, edit.creates, edit.base_text) == (world.tests, True, "")
    assert edit.new_text.startswith("from shop import sign\n\n\ndef test_sign_minus():")
    assert not world.tests.exists()


async def test_the_two_runs_are_fresh_and_differ(world: World) -> None:
    world.tests.write_text("def test_old():\n    pass\n")
    world.propose("sign", MINUS)
    await world.generate(sign(world))
    baseline, together, alone, shuffled = world.runs
    assert baseline.overlay[world.tests] == "def test_old():\n    pass\n"
    assert together.selection == baseline.selection == (str(world.tests),)
    assert alone.selection == (f"{world.tests}::test_sign_minus",)
    assert together.hash_seed != alone.hash_seed
    assert world.prepared == [(together.hash_seed, alone.hash_seed)]
    assert all(run.guarded and run.measure == (world.source,) and run.seconds == 9.0 for run in world.runs)
    assert together.overlay == alone.overlay == shuffled.overlay
    ours = alone.conditions
    assert together.conditions == Conditions()
    assert (bool(ours.timezone), bool(ours.locale), ours.elsewhere, ours.package) == (True, True, True, "shop")
    assert ours.days_later > 0
    assert ours.shuffle is not None
    assert (shuffled.selection, shuffled.conditions) == (together.selection, Conditions(shuffle=ours.shuffle))


async def test_a_test_that_leans_on_what_ran_before_it_is_dropped(world: World) -> None:
    world.tests.write_text("def test_old():\n    pass\n")
    world.propose("sign", MINUS, PLUS)
    world.during = lambda run, _: _only_shuffled_fails(world, run, "test_sign_minus")
    generation = await world.generate(sign(world))
    assert generation.results[0].tests == ("test_sign_plus",)


async def test_without_other_tests_in_the_file_there_is_no_run_beside_them(world: World) -> None:
    world.propose("sign", MINUS)
    await world.generate(sign(world))
    assert len(world.runs) == 2


PROPERTY = Candidate(
    "test_sign_minus",
    "@given(text=st.text())\ndef test_sign_minus(text):\n    assert sign(text) == sign(text)",
    ("from hypothesis import given", "from hypothesis import strategies as st", "from shop import sign"),
    ("property",),
)


async def test_a_property_has_to_hold_for_more_examples_than_it_will_try(world: World) -> None:
    world.propose("sign", PROPERTY, PLUS)
    generation = await world.generate(sign(world))
    assert generation.results[0].tests == ("test_sign_minus", "test_sign_plus")
    assert generation.edit is not None
    longer = world.runs[-1].overlay[world.tests]
    assert "max_examples=500" in longer
    assert "max_examples" not in generation.edit.new_text


async def test_a_property_that_fails_on_more_examples_is_dropped(world: World) -> None:
    world.propose("sign", PROPERTY, PLUS)
    world.during = lambda run, _: _fails_where(world, run, "max_examples=500")
    generation = await world.generate(sign(world))
    assert generation.results[0].tests == ("test_sign_plus",)
    assert "max_examples" not in world.runs[-1].overlay[world.tests]


async def test_without_a_property_nothing_runs_longer(world: World) -> None:
    world.propose("sign", PLUS)
    await world.generate(sign(world))
    assert not [run for run in world.runs if "max_examples" in run.overlay[world.tests]]


def _fails_where(world: World, run: TestRun, part: str) -> TestReport | None:
    if part not in run.overlay[world.tests]:
        return None
    passed = TestOutcome(f"{world.tests}::test_sign_plus", "passed")
    return TestReport((passed, TestOutcome(f"{world.tests}::test_sign_minus", "failed", "E  Falsifying example")))


@pytest.mark.parametrize("in_words", ["assert 1 == 2 (under another hash seed, in another order"])
async def test_what_fails_only_otherwise_is_said_so(world: World, in_words: str) -> None:
    world.propose("sign", MINUS)
    world.outcomes = {("test_sign_minus", 1): "failed"}
    assert in_words in (await world.generate(sign(world))).results[0].reason


def _only_shuffled_fails(world: World, run: TestRun, name: str) -> TestReport | None:
    if run.conditions != Conditions(shuffle=run.conditions.shuffle) or run.conditions.shuffle is None:
        return None
    if name not in run.overlay[world.tests]:
        return None
    passed = TestOutcome(f"{world.tests}::test_sign_plus", "passed")
    return TestReport((passed, TestOutcome(f"{world.tests}::{name}", "failed", "E  no")))


@pytest.mark.parametrize("number", [0, 1])
async def test_what_fails_in_one_run_is_dropped_and_the_rest_tried_again(world: World, number: int) -> None:
    world.propose("sign", MINUS, PLUS)
    world.outcomes = {("test_sign_minus", number): "failed"}
    generation = await world.generate(sign(world))
    assert generation.results[0].tests == ("test_sign_plus",)
    assert "test_sign_minus" not in world.runs[-1].overlay[world.tests]
    assert len(world.runs) == 4


async def test_when_all_fail_the_reason_says_how(world: World) -> None:
    world.propose("sign", MINUS, PLUS)
    world.outcomes = {("test_sign_minus", -1): "failed", ("test_sign_plus", -1): "error"}
    generation = await world.generate(sign(world))
    assert generation.edit is None
    assert generation.results[0].status == "failed"
    assert "no test of it passed twice in separate processes" in generation.results[0].reason
    assert "assert 1 == 2" in generation.results[0].reason


async def test_a_skipped_test_is_no_test_that_passed(world: World) -> None:
    world.propose("sign", MINUS)
    world.outcomes = {("test_sign_minus", -1): "skipped"}
    assert (await world.generate(sign(world))).results[0].status == "failed"


async def test_what_never_passes_for_long_ends_as_failed(world: World) -> None:
    names = [f"test_{number}_minus" for number in range(6)]
    world.propose("sign", *(candidate(name) for name in names))
    world.outcomes = {(name, 2 * number): "failed" for number, name in enumerate(names)}
    generation = await world.generate(sign(world))
    assert (generation.edit, generation.results[0].status) == (None, "failed")


async def test_tests_that_add_nothing_are_not_written(world: World) -> None:
    world.tests.write_text("def test_minus():\n    pass\n")
    world.propose("sign", candidate("test_again_minus"))
    generation = await world.generate(sign(world))
    assert (generation.edit, generation.results[0].status) == (None, "nothing_to_gain")
    assert "adds no line or branch" in generation.results[0].reason


async def test_what_tests_that_were_there_reach_by_chance_is_no_gain(world: World) -> None:
    """The old test takes another way in each run; the new one takes none that is new."""
    world.tests.write_text("def test_old_minus():\n    pass\n")
    world.propose("sign", candidate("test_again_minus"))

    def during(run: TestRun, number: int) -> TestReport | None:
        if number != 1:
            return None
        names = ("test_old_minus", "test_again_minus")
        ran = Executed(frozenset(LINES["minus"] | LINES["plus"]), frozenset({(-1, 1), *ARCS["minus"], *ARCS["plus"]}))
        outcomes = tuple(TestOutcome(f"{world.tests}::{name}", "passed") for name in names)
        return TestReport(outcomes, {world.source: ran})

    world.during = during
    generation = await world.generate(sign(world))
    assert (generation.edit, generation.results[0].status) == (None, "nothing_to_gain")


@pytest.mark.parametrize("others", [(), ("twice",)])
async def test_tests_that_were_refused_something_are_not_written(world: World, others: tuple[str, ...]) -> None:
    """In a thread, say: the test passes in the trial, and does it when it is run without the guard."""
    world.propose("sign", MINUS)
    for name in others:
        world.propose(name, TWICE)

    def during(run: TestRun, number: int) -> TestReport | None:
        if not any("test_sign_minus" in selected for selected in run.selection):
            return None
        names = ("test_sign_minus", "test_twice") if any("twice" in s for s in run.selection) else ("test_sign_minus",)
        ran = Executed(frozenset(LINES["minus"] | LINES["twice"]), frozenset({*ARCS["minus"], *ARCS["twice"]}))
        outcomes = tuple(TestOutcome(f"{world.tests}::{name}", "passed") for name in names)
        return TestReport(outcomes, {world.source: ran}, refusals=("write to /home/x/data.json",))

    world.during = during
    generation = await world.generate(Target(world.source) if others else sign(world))
    sign_result, *rest = generation.results
    assert sign_result.status == "failed"
    assert "write to /home/x/data.json" in sign_result.reason
    assert [result.status for result in rest] == ["confirmed"] * len(others)
    assert generation.edit is None or "test_sign_minus" not in generation.edit.new_text


@pytest.mark.parametrize(
    "refused", ["write to /home/x/log.txt", "run sed -i s/a/b/ /tmp/scratch-{run}/editor-x{run}.txt"]
)
async def test_what_old_tests_are_refused_too_is_not_held_against_new_ones(world: World, refused: str) -> None:
    world.tests.write_text("def test_old():\n    pass\n")
    world.propose("sign", MINUS)
    world.refusals = (refused,)
    generation = await world.generate(sign(world))
    assert generation.results[0].status == "confirmed"


async def test_the_tests_of_a_function_that_gain_nothing_are_taken_out_and_the_rest_tried_again(world: World) -> None:
    world.propose("sign", candidate("test_sign_nothing"))
    world.propose("twice", TWICE)
    generation = await world.generate(Target(world.source))
    assert [r.status for r in generation.results] == ["nothing_to_gain", "confirmed"]
    assert generation.edit is not None
    assert "test_sign_nothing" not in generation.edit.new_text
    assert "test_sign_nothing" not in world.runs[-1].overlay[world.tests]


async def test_a_covered_function_is_left_alone(world: World) -> None:
    world.tests.write_text("def test_minus():\n    pass\n\n\ndef test_plus():\n    pass\n")
    generation = await world.generate(sign(world))
    (result,) = generation.results
    assert (result.status, world.explored, len(world.runs)) == ("nothing_to_gain", [], 1)
    assert result.coverage is not None
    assert result.coverage.before == result.coverage.after
    assert result.reason == "the tests reach every line and branch of it already"


async def test_a_second_time_there_is_nothing_to_gain(world: World) -> None:
    world.propose("sign", MINUS, PLUS)
    first = await world.generate(sign(world))
    assert first.edit is not None
    world.tests.write_text(first.edit.new_text)
    second = await world.generate(sign(world))
    assert (second.results[0].status, second.edit) == ("nothing_to_gain", None)


async def test_the_report_knows_what_tests_elsewhere_reach(world: World) -> None:
    world.reported = Executed(frozenset({1, 2, 3, 7}), frozenset({(2, 3), (3, -1)}))
    world.propose("sign", PLUS)
    await world.generate(sign(world))
    (assignment,) = world.explored
    assert assignment.before.missing == {4, 8}
    assert assignment.before.missing_branches == {(2, 4)}


async def test_what_the_engine_cannot_test_is_said_in_its_words(world: World) -> None:
    generation = await world.generate(sign(world))
    assert (generation.results[0].status, generation.results[0].reason) == ("not_testable", "nothing was found")
    assert world.runs == []


async def test_suspected_bugs_are_passed_on(world: World) -> None:
    bug = SuspectedBug("sign(None)", "TypeError", 2)
    world.propose("sign", MINUS, suspected_bugs=(bug,))
    assert (await world.generate(sign(world))).results[0].suspected_bugs == (bug,)


async def test_an_engine_that_could_not_work_failed(world: World) -> None:
    world.propose("sign", reason="the scratch copy could not be made")
    assert (await world.generate(sign(world))).results[0].status == "failed"


async def test_all_functions_of_a_file_come_in_one_edit(world: World) -> None:
    world.propose("sign", MINUS)
    world.propose("twice", TWICE)
    generation = await world.generate(Target(world.source))
    assert [(r.target.qualname, r.tests) for r in generation.results] == [
        ("sign", ("test_sign_minus",)),
        ("twice", ("test_twice",)),
    ]
    assert generation.edit is not None
    assert all(result.edit is generation.edit for result in generation.results)
    assert "def test_sign_minus" in generation.edit.new_text
    assert "def test_twice" in generation.edit.new_text
    assert len(world.runs) == 2


async def test_a_function_that_is_tested_through_another_is_confirmed_with_its_tests(world: World) -> None:
    through = replace(candidate("test_sign_twice"), found_for=("twice",))
    world.proposals = {"sign": Proposal("explore", (through,)), "twice": Proposal("explore", reason="none of its own")}
    generation = await world.generate(Target(world.source))
    by_name = {result.target.qualname: result for result in generation.results}
    assert (by_name["twice"].status, by_name["twice"].tests) == ("confirmed", ("test_sign_twice",))
    assert "def test_sign_twice" in by_name["twice"].code


@pytest.mark.parametrize(
    ("outcome", "status", "reason"),
    [
        ("passed", "nothing_to_gain", "what exploring found adds no line or branch to what tests reach"),
        ("failed", "failed", "no test of it passed twice in separate processes; the last said: assert 1 == 2"),
    ],
)
async def test_a_function_whose_cases_are_told_with_those_of_another_always_has_a_reason(
    world: World, outcome: str, status: str, reason: str
) -> None:
    def sign_of(number: str) -> Case:
        arguments = (Argument("number", "", number),)
        return Case("sign(\x000\x00)", arguments, expected="'plus'", imports=(("sign", "shop", "sign"),), tested="sign")

    world.proposals = {
        name: Proposal("explore", cases=(sign_of(number),)) for name, number in (("sign", "1"), ("twice", "2"))
    }
    world.outcomes = {("test_sign", -1): outcome}
    generation = await world.generate(Target(world.source))
    assert [(r.status, r.reason) for r in generation.results] == [(status, reason)] * 2


async def test_what_was_found_for_several_functions_is_told_together(world: World) -> None:
    def sign_of(number: str) -> Case:
        arguments = (Argument("number", "", number),)
        return Case("sign(\x000\x00)", arguments, expected="'plus'", imports=(("sign", "shop", "sign"),), tested="sign")

    world.proposals = {
        name: Proposal("explore", (candidate("test_sign_minus"),), cases=(sign_of(number),))
        for name, number in (("sign", "1"), ("twice", "2"))
    }
    await world.generate(Target(world.source))
    assert "        1,\n        2,\n" in world.runs[-1].overlay[world.tests]


async def test_the_same_case_found_for_two_functions_stands_once_and_counts_for_both(world: World) -> None:
    arguments = (Argument("number", "", "1"),)
    case = Case("sign(\x000\x00)", arguments, expected="'plus'", imports=(("sign", "shop", "sign"),), tested="sign")
    world.proposals = {
        name: Proposal("explore", (candidate("test_sign_minus"),), cases=(case,)) for name in ("sign", "twice")
    }
    # That one test runs both.
    world.during = lambda run, _: TestReport(
        tuple(
            TestOutcome(f"{world.tests}::{name}", "passed")
            for name in re.findall(r"def (test_\w+)", run.overlay[world.tests])
        ),
        {world.source: Executed(frozenset(range(1, 9)), frozenset({*ARCS["minus"], *ARCS["plus"], *ARCS["twice"]}))},
    )
    generation = await world.generate(Target(world.source))
    assert [(r.status, r.reason) for r in generation.results] == [("confirmed", ""), ("confirmed", "")]
    assert generation.results[0].tests == generation.results[1].tests != ()


async def test_a_property_stays_beside_what_is_told_together(world: World) -> None:
    arguments = (Argument("number", "", "1"),)
    case = Case("sign(\x000\x00)", arguments, expected="'plus'", imports=(("sign", "shop", "sign"),), tested="sign")
    law = replace(candidate("test_sign_reverses_minus"), oracles=("property",))
    world.proposals = {
        "sign": Proposal("explore", (candidate("test_sign_plus"), law), cases=(case,)),
        "twice": Proposal("explore", (candidate("test_sign_plus"),), cases=(case,)),
    }
    generation = await world.generate(Target(world.source))
    result = next(r for r in generation.results if r.target.qualname == "sign")
    assert result.tests == ("test_sign", "test_sign_reverses_minus")
    assert result.oracles == ("observed", "property")


async def test_tests_that_are_there_stay_untouched(world: World) -> None:
    old = "from shop import twice\n\n\ndef test_twice_two():\n    assert twice(1) == 2  # as ever\n"
    world.tests.write_text(old)
    world.propose("sign", MINUS)
    generation = await world.generate(sign(world))
    edit = generation.edit
    assert edit is not None
    assert (edit.creates, edit.base_text) == (False, old)
    assert "def test_twice_two():\n    assert twice(1) == 2  # as ever\n" in edit.new_text
    assert world.tests.read_text() == old


@pytest.mark.parametrize("outcome", ["failed", "error", "skipped", "xfailed"])
async def test_tests_that_fail_already_do_not_stand_in_the_way(world: World, outcome: str) -> None:
    world.tests.write_text("def test_old():\n    assert 0\n")
    world.outcomes = {("test_old", -1): outcome}
    world.propose("sign", MINUS)
    assert (await world.generate(sign(world))).results[0].status == "confirmed"


async def test_tests_that_never_end_do_not_stand_in_the_way(world: World) -> None:
    world.tests.write_text("def test_old():\n    input()\n")
    world.during = lambda run, number: TestReport(problem="no end") if run.selection == (str(world.tests),) else None
    world.propose("sign", MINUS)
    assert (await world.generate(sign(world))).results[0].status == "confirmed"


async def test_a_failing_method_of_the_same_name_is_another_test(world: World) -> None:
    functions = "def test_a():\n    pass\n\n\ndef test_b():\n    pass\n"
    world.tests.write_text(f"class TestOld:\n    def test_sign_minus(self):\n        assert 0\n\n\n{functions}")
    old = TestOutcome(f"{world.tests}::TestOld::test_sign_minus[a::b]", "failed")
    world.outcomes = {("TestOld::test_sign_minus", -1): "failed"}

    def during(run: object, number: int) -> TestReport | None:
        report = world._report(world.runs[number], number)
        return TestReport((old, *report.outcomes), report.coverage)

    world.during = during
    world.propose("sign", MINUS)
    assert (await world.generate(sign(world))).results[0].status == "confirmed"


async def test_a_method_is_known_by_its_class(world: World) -> None:
    world.tests.write_text(
        "from shop import sign\n\n\nclass TestSign:\n    def test_plus(self):\n        assert sign(1)\n"
    )
    world.propose("sign", MINUS, PLUS)
    world.outcomes = {("TestSign::test_sign_plus", -1): "failed"}
    generation = await world.generate(sign(world))
    result = generation.results[0]
    assert (result.status, result.tests) == ("confirmed", ("TestSign::test_sign_minus",))
    assert result.code.startswith("def test_sign_minus(self):\n    assert sign(")
    confirmation = await world.confirm(generation)
    assert confirmation.ok, confirmation.problem


async def test_tests_that_would_break_others_are_not_written(world: World) -> None:
    world.tests.write_text("def test_old():\n    pass\n")
    world.outcomes = {("test_old", 1): "failed", ("test_old", 3): "failed"}
    world.propose("sign", MINUS)
    generation = await world.generate(sign(world))
    assert (generation.edit, generation.results[0].status) == (None, "failed")
    assert "test_old fails, which passed without them" in generation.results[0].reason


async def test_a_flaky_test_that_was_there_is_not_the_new_ones_fault(world: World) -> None:
    world.tests.write_text("def test_old():\n    pass\n")
    world.outcomes = {("test_old", 1): "failed"}
    world.propose("sign", MINUS)
    assert (await world.generate(sign(world))).results[0].status == "confirmed"


async def test_unsaved_buffers_win_over_the_disk(world: World) -> None:
    world.tests.write_text("def test_saved():\n    pass\n")
    world.buffers = {
        world.source: SOURCE.replace("twice", "double"),
        world.tests: "def test_unsaved():\n    pass\n",
        Path("/elsewhere/other.py"): "x = 1\n",
    }
    world.propose("double", candidate("test_double_twice", "double"))
    generation = await world.generate(Target(world.source, "double"))
    assert generation.edit is not None
    assert "def test_unsaved" in generation.edit.base_text
    assert all(run.overlay[world.source] == world.buffers[world.source] for run in world.runs)
    assert all(Path("/elsewhere/other.py") not in run.overlay for run in world.runs)
    (assignment,) = world.explored
    assert (assignment.text, assignment.unsaved[world.source]) == (world.buffers[world.source],) * 2


async def test_a_test_file_that_was_never_saved_is_added_to(world: World) -> None:
    world.buffers = {world.tests: "def test_unsaved():\n    pass\n"}
    world.propose("sign", MINUS)
    generation = await world.generate(sign(world))
    assert generation.edit is not None
    assert (generation.edit.creates, "def test_unsaved" in generation.edit.new_text) == (False, True)


async def test_runs_see_the_text_that_was_read(world: World) -> None:
    """Saving the file in the middle must not lead to lines of another text."""
    world.propose("sign", MINUS)
    world.exploring = lambda assignment: world.source.write_text("x = 1\n") and None
    generation = await world.generate(sign(world))
    assert generation.results[0].status == "confirmed"
    assert all(run.overlay[world.source] == SOURCE for run in world.runs)


@pytest.mark.parametrize(
    ("text", "target", "words"),
    [
        pytest.param("def f(:\n", "shop.py::f", "shop.py does not parse: syntax error at line 1", id="broken-source"),
        pytest.param(SOURCE, "shop.py::nobody", "shop.py has no function `nobody`", id="no-such-function"),
        pytest.param(SOURCE, "shop.py:6", "Line 6 of shop.py is in no function", id="line-outside"),
        pytest.param("x = 1\n", "shop.py", "shop.py defines no function", id="nothing-to-test"),
        pytest.param("class A:\n    x = 1\n", "shop.py::A", "`A` in shop.py defines no method", id="no-method"),
        pytest.param(SOURCE, "gone.py::f", "There is no file", id="no-file"),
        pytest.param(SOURCE, "test_shop.py::test_sign", "test_shop.py holds tests itself", id="a-test-file"),
        pytest.param(SOURCE, "notes.txt", "notes.txt is no Python module", id="no-python"),
        pytest.param(SOURCE, "a-b.py", "a-b.py cannot be imported", id="no-module-name"),
    ],
)
async def test_a_target_that_cannot_be_is_said_why(world: World, text: str, target: str, words: str) -> None:
    world.source.write_text(text)
    generation = await world.generate(Target.parse(str(world.root / target)))
    (result,) = generation.results
    assert (result.status, generation.edit, world.runs, world.explored) == ("failed", None, [], [])
    assert words in result.reason


async def test_a_file_that_is_no_text_is_said_so(world: World) -> None:
    world.source.write_bytes(b"x = '\xff'\n")
    assert "cannot be read" in (await world.generate(sign(world))).results[0].reason


async def test_without_pytest_exploring_works_and_nothing_is_run_or_written(world: World) -> None:
    world.pytest_version = None
    world.tests.write_text("def test_old():\n    pass\n")
    bug = SuspectedBug("sign(None)", "TypeError: no", 1)
    world.propose("sign", MINUS, suspected_bugs=(bug,))
    generation = await world.generate(sign(world))
    (result,) = generation.results
    assert (result.status, result.suspected_bugs, generation.edit) == ("failed", (bug,), None)
    assert "has no pytest. Install it there" in result.reason
    assert result.reason.endswith("\n1 test was found, and cannot be confirmed without it.")
    assert result.code == MINUS.code
    assert (len(world.explored), world.runs, world.prepared) == (1, [], [])


async def test_without_pytest_what_cannot_be_explored_says_why(world: World) -> None:
    world.pytest_version = None
    world.propose("sign", reason="it needs a display", not_testable=True)
    (result,) = (await world.generate(sign(world))).results
    assert (result.status, result.reason) == ("not_testable", "it needs a display")


async def test_without_an_interpreter_the_problem_is_the_reason(world: World) -> None:
    world.no_interpreter = "There is no Python here."
    assert (await world.generate(sign(world))).results[0].reason == "There is no Python here."


async def test_a_test_file_that_does_not_parse_is_said_before_anything_runs(world: World) -> None:
    world.tests.write_text("def test_(:\n")
    generation = await world.generate(sign(world))
    assert "test_shop.py, which does not parse" in generation.results[0].reason
    assert (world.explored, world.runs) == ([], [])


async def test_when_pytest_cannot_run_its_problem_is_the_reason(world: World) -> None:
    world.propose("sign", MINUS)
    world.during = lambda run, number: TestReport(problem="a conftest.py failed")
    generation = await world.generate(sign(world))
    assert (generation.results[0].status, generation.results[0].reason) == ("failed", "a conftest.py failed")


async def test_a_test_that_kills_the_process_is_dropped_alone(world: World) -> None:
    world.propose("sign", MINUS, PLUS)

    def during(run: object, number: int) -> TestReport | None:
        if number >= 2:
            return None
        return TestReport((TestOutcome("test_shop.py::test_sign_minus", "passed"),), problem="The process was killed")

    world.during = during
    assert (await world.generate(sign(world))).results[0].tests == ("test_sign_minus",)


async def test_a_test_that_never_ends_is_dropped_alone(world: World) -> None:
    world.propose("sign", MINUS, PLUS)
    hanging = "test_shop.py::test_sign_minus"
    world.during = lambda _run, number: TestReport(problem="too slow", unfinished=hanging) if number < 2 else None
    assert (await world.generate(sign(world))).results[0].tests == ("test_sign_plus",)


async def test_a_function_whose_tests_spoil_the_run_is_left_out_alone(world: World) -> None:
    world.propose("sign", MINUS)
    world.propose("twice", TWICE)

    def during(run: TestRun, number: int) -> TestReport | None:
        spoiled = "test_twice" in run.overlay[world.tests]
        return TestReport(problem="a thread went on running") if spoiled else None

    world.during = during
    sign_result, twice_result = (await world.generate(Target(world.source))).results
    assert (sign_result.status, sign_result.tests) == ("confirmed", ("test_sign_minus",))
    assert twice_result.status == "failed"
    assert "a thread went on running" in twice_result.reason


async def test_one_test_that_spoils_the_run_is_left_out_and_the_others_of_its_function_stay(world: World) -> None:
    world.propose("sign", MINUS, PLUS, strength=Strength(9, 8))

    def during(run: TestRun, number: int) -> TestReport | None:
        spoiled = "test_sign_plus" in run.overlay[world.tests]
        return TestReport(problem="a thread went on running") if spoiled else None

    world.during = during
    (result,) = (await world.generate(sign(world))).results
    assert (result.status, result.tests) == ("confirmed", ("test_sign_minus",))
    assert result.strength is None, "nobody measured what is left"


async def test_the_strength_is_that_of_all_that_was_proposed(world: World) -> None:
    world.propose("sign", MINUS, PLUS, strength=Strength(9, 8))
    generation = await world.generate(sign(world))
    assert (generation.results[0].strength, generation.text) == (Strength(9, 8), SOURCE)
    world.outcomes = {("test_sign_minus", -1): "failed"}
    assert (await world.generate(sign(world))).results[0].strength is None


async def test_an_engine_that_is_not_there_is_said_so(world: World) -> None:
    from greenline.ports.progress import Silent

    generation = await world.service.generate(sign(world), Silent(), engine="model")
    assert "model engine is not available" in generation.results[0].reason


async def test_seconds_are_those_of_the_function_and_its_share(world: World) -> None:
    generation = await world.generate(Target(world.source))
    assert all(result.seconds >= 0 for result in generation.results)
    assert world.explored[0].seconds == 3.0


TWO_AT_ONCE = SOURCE + "\n\ndef third():\n    return 3\n"


async def test_a_few_functions_are_explored_side_by_side(world: World) -> None:
    world.source.write_text(TWO_AT_ONCE)
    most = 0
    gate = asyncio.Event()

    def exploring(assignment: object) -> object:
        nonlocal most
        most = max(most, world.living)
        if world.living == 2:
            gate.set()
        return asyncio.wait_for(gate.wait(), 10)

    world.exploring = exploring
    await world.generate(Target(world.source))
    assert (most, len(world.explored), world.living) == (2, 3, 0)


@pytest.mark.parametrize("where", ["existing", "proposing", "trial"])
async def test_cancelling_leaves_nothing_behind(world: World, where: str) -> None:
    if where == "existing":
        world.tests.write_text("def test_old():\n    pass\n")
    world.propose("sign", MINUS)
    reached, forever = asyncio.Event(), asyncio.get_running_loop().create_future()

    def stop(*_: object) -> object:
        reached.set()
        return forever

    if where == "proposing":
        world.exploring = stop
    else:
        world.during = stop
    task = asyncio.ensure_future(world.generate(sign(world)))
    await asyncio.wait_for(reached.wait(), 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert world.living == 0
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_an_engine_that_breaks_ends_the_others(world: World) -> None:
    forever = asyncio.get_running_loop().create_future()

    def exploring(assignment: object) -> object:
        if world.living == 2:
            raise OSError("no disk")
        return forever

    world.exploring = exploring
    with pytest.raises(OSError, match="no disk"):
        await world.generate(Target(world.source))
    assert world.living == 0


async def test_what_was_refused_or_ended_is_told_whatever_became_of_the_function(world: World) -> None:
    refused = ("the call `sign(0)` ended the process with exit code 3, as os._exit does", "`sign(1)` took 3.0 s; why")
    world.propose("sign", MINUS, refused=refused)
    (result,) = (await world.generate(sign(world))).results
    assert (result.status, result.refused, result.not_tested[:2]) == ("confirmed", refused, refused)
    assert (result.in_the_way, len(result.left)) == (refused, 1)

    world.propose("sign", MINUS, PLUS, refused=refused)
    (result,) = (await world.generate(sign(world))).results
    assert (result.refused, result.in_the_way, result.left) == (refused, (), ())

    world.propose("sign", refused=refused, reason=f"it is too slow; {refused[1]}", not_testable=True)
    (result,) = (await world.generate(sign(world))).results
    assert (result.status, result.refused, result.in_the_way) == ("not_testable", refused, refused[:1])
    assert result.coverage is not None
    assert result.coverage.after.lines.covered == 0


async def test_what_was_in_the_way_is_said_before_what_is_left_and_only_then(world: World) -> None:
    world.propose("sign", MINUS, hindered="it needs the network: it wants to look up example.org:80")
    (result,) = (await world.generate(sign(world))).results
    assert result.status == "confirmed"
    assert result.not_tested[0] == "it needs the network: it wants to look up example.org:80"
    assert len(result.not_tested) > 1

    world.propose("sign", MINUS, PLUS, hindered="it needs the network: it wants to look up example.org:80")
    (result,) = (await world.generate(sign(world))).results
    assert result.not_tested == ()
