"""Asking a model after exploring: what is confirmed stays, what fails is asked about, and each end is said."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

import pytest

from greenline.domain.asking import rounds
from greenline.domain.asking.model import Answer
from greenline.domain.asking.redaction import Redacted
from greenline.domain.code.model import Target
from greenline.domain.generation.kept_tests import named_tests
from greenline.domain.generation.model import Asked
from greenline.domain.generation.source_text import apply_insertions
from greenline.ports.model import ModelProblem, ProblemKind
from greenline.ports.tests import TestOutcome, TestReport, TestRun
from greenline.services import model_engine, try_answers
from greenline.services.stopped import Stopped
from unit.services.generation_world import World, candidate
from unit.services.loop_world import ENDPOINT, ModelWorld, proposed, said

if TYPE_CHECKING:
    from pathlib import Path

    from greenline.services.generate_tests import Generation

MINUS, PLUS, TWICE = candidate("test_sign_minus"), candidate("test_sign_plus"), candidate("test_twice", "twice")


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.fixture
def model(world: World) -> ModelWorld:
    return ModelWorld(world)


def sign(world: World) -> Target:
    return Target(world.source, "sign")


def written(generation: Generation) -> list[str]:
    return list(named_tests(generation.edit.new_text)) if generation.edit else []


def fails_where(world: World, part: str, message: str = "E  AssertionError: assert 1 == 2") -> None:
    """Let tests fail whose code has a part in it."""

    def during(run: TestRun, number: int) -> TestReport | None:
        text = run.overlay[world.tests]
        bad = {name for name, node in named_tests(text).items() if part in (_source(text, node))}
        wanted = {selected.partition("::")[2] for selected in run.selection} - {""}
        if not bad & (wanted or bad):
            return None
        report = world._report(run, number)
        outcomes = tuple(
            TestOutcome(o.node_id, "failed", message) if o.node_id.rpartition("::")[2] in bad else o
            for o in report.outcomes
        )
        return TestReport(outcomes, report.coverage)

    world.during = during


def _source(text: str, node: Any) -> str:
    return "\n".join(text.splitlines()[node.lineno - 1 : node.end_lineno])


# ---- composition -----------------------------------------------------------------------------------------------------


async def test_what_exploring_left_is_asked_for_and_all_is_one_edit(world: World, model: ModelWorld) -> None:
    world.propose("sign", MINUS)
    model.answers = [said(proposed("test_sign_plus"))]
    generation = await model.generate(sign(world))
    (result,) = generation.results
    assert (result.status, result.engine, result.engines) == ("confirmed", "explore", {"test_sign_plus": "model"})
    assert result.tests == ("test_sign_minus", "test_sign_plus")
    assert result.oracles == ("observed", "intended")
    assert written(generation) == ["test_sign_minus", "test_sign_plus"]
    assert generation.edit is not None
    assert generation.edit.creates
    assert apply_insertions("", generation.edit.insertions) == generation.edit.new_text
    assert result.edit == generation.edit
    assert result.coverage is not None
    assert (result.coverage.before.percent, result.coverage.after.percent) == (0.0, 100.0)
    assert result.not_tested == ()
    assert (result.tokens, result.dollars) == (150, 0.01)
    assert model.kept == [("shop.py::sign", 1)]
    explored = model.explored[0]
    assert explored.coverage is not None
    assert 4 in explored.coverage.missing
    assert MINUS.code in explored.tests[0]


async def test_tests_that_are_there_stay_as_they_are(world: World, model: ModelWorld) -> None:
    world.tests.write_text("def test_old():\n    pass\n\n\n# the end\n")
    world.propose("sign", MINUS)
    model.answers = [said(proposed("test_sign_plus"))]
    generation = await model.generate(sign(world))
    edit = generation.edit
    assert edit is not None
    assert (edit.creates, edit.base_text) == (False, world.tests.read_text())
    assert apply_insertions(edit.base_text, edit.insertions) == edit.new_text
    assert sorted(written(generation)) == ["test_old", "test_sign_minus", "test_sign_plus"]


async def test_what_exploring_reached_wholly_is_not_asked_about(world: World, model: ModelWorld) -> None:
    world.propose("sign", MINUS, PLUS)
    generation = await model.generate(sign(world))
    assert (model.asked, generation.results[0].tests) == ([], ("test_sign_minus", "test_sign_plus"))
    assert generation.results[0].model_notes == ()


async def test_explore_asks_nobody(world: World, model: ModelWorld) -> None:
    world.propose("sign", MINUS)
    generation = await model.generate(sign(world), "explore")
    assert (model.asked, generation.results[0].tests) == ([], ("test_sign_minus",))


async def test_the_model_alone_explores_nothing(world: World, model: ModelWorld) -> None:
    world.propose("sign", MINUS)
    model.answers = [said(proposed("test_sign_plus"))]
    generation = await model.generate(sign(world), "model")
    (result,) = generation.results
    assert world.explored == []
    assert (result.status, result.engine, result.engines, result.tests) == (
        "confirmed",
        "model",
        {},
        ("test_sign_plus",),
    )
    assert result.oracles == ("intended",)


async def test_each_function_with_gaps_is_asked_about(world: World, model: ModelWorld) -> None:
    world.propose("twice", TWICE)
    model.answers = [said(proposed("test_sign_plus"), proposed("test_sign_minus"))]
    generation = await model.generate(Target(world.source))
    by_name = {result.target.qualname: result for result in generation.results}
    assert by_name["sign"].tests == ("test_sign_plus", "test_sign_minus")
    assert by_name["twice"].tests == ("test_twice",)
    assert all(result.edit == generation.edit for result in generation.results)
    assert len(model.asked) == 1


# ---- what is wrong with tests ----------------------------------------------------------------------------------------


async def test_one_bad_test_takes_no_other_with_it(world: World, model: ModelWorld) -> None:
    model.settings = {"model_refinement": False}
    broken = proposed("test_broken", 'assert sign("broken") == 7')
    model.answers = [said(proposed("test_sign_minus"), broken, proposed("test_sign_plus"))]
    fails_where(world, "broken")
    generation = await model.generate(sign(world), "model")
    assert generation.results[0].tests == ("test_sign_minus", "test_sign_plus")
    assert len(model.asked) == 1
    assert [note for note in generation.results[0].model_notes if "`test_broken` was not kept" in note]


async def test_one_that_is_nested_deeply_takes_no_other_with_it(world: World, model: ModelWorld) -> None:
    deep = proposed("test_deep", f"assert sign({'+'.join(['1'] * 900)}) == 1")
    model.answers = [said(proposed("test_sign_minus"), deep, proposed("test_sign_plus")), said(deep), said(deep)]
    generation = await model.generate(sign(world), "model")
    assert generation.results[0].tests == ("test_sign_minus", "test_sign_plus")
    assert [note for note in generation.results[0].model_notes if "nested too deeply" in note]


async def test_a_mistake_of_ours_loses_nothing_and_tells_the_log_no_source(
    world: World, model: ModelWorld, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(_: object) -> str:
        raise ValueError("a line" + " of source")

    world.propose("sign", MINUS)
    world.propose("twice", TWICE)
    model.answers = [said(proposed("test_broken", "assert wrong"))]
    fails_where(world, "wrong", "E  NameError: wrong")
    monkeypatch.setattr(model, "after_failures", fails)
    generation = await model.generate(Target(world.source))
    assert written(generation) == ["test_sign_minus", "test_twice"]
    assert "a mistake in Greenline" in generation.results[0].model_notes[-1]
    assert "after_failures" in caplog.text
    assert "a line of source" not in caplog.text


async def test_what_takes_long_leaves_the_loop_alone(
    world: World, model: ModelWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    on: dict[str, set[bool]] = {}

    def told(name: str, whole: Any) -> Any:
        def work(*args: Any) -> Any:
            on.setdefault(name, set()).add(threading.current_thread() is threading.main_thread())
            return whole(*args)

        return work

    for module, name in (
        (model_engine, "read_tests"),
        (try_answers, "repaired"),
        (try_answers, "refused"),
        (rounds, "weakened"),
        (model, "first"),
        (model, "after_failures"),
        (model, "after_coverage"),
    ):
        monkeypatch.setattr(module, name, told(name, getattr(module, name)))
    model.settings = {"model_coverage_guided": True, "model_coverage_target": 100}
    other = proposed("test_another", "assert wrong == 2")
    model.answers = [said(proposed("test_sign_plus", "assert wrong == 1")), said(other), said(other), said(), said()]
    fails_where(world, "wrong", "E  NameError: wrong")
    await model.generate(sign(world), "model")
    assert set(on) >= {"read_tests", "repaired", "refused", "weakened", "first", "after_failures", "after_coverage"}
    assert {name for name, where in on.items() if True in where} == set()


async def test_what_failed_is_sent_back_and_mended(world: World, model: ModelWorld) -> None:
    wrong = proposed("test_sign_plus", 'assert sign(wrong) == "plus"')
    model.answers = [
        said(proposed("test_sign_minus"), wrong),
        said(proposed("test_sign_plus", 'assert sign(1) == "plus"')),
    ]
    fails_where(world, "wrong", "E  NameError: name 'wrong' is not defined")
    generation = await model.generate(sign(world), "model")
    (result,) = generation.results
    assert result.tests == ("test_sign_minus", "test_sign_plus")
    assert result.model_notes == ()
    assert result.asked == Asked(2, proposed=3, kept=2, not_kept={"wrong_test": 1})
    assert [[each.test.name for each in failed] for failed in model.failed] == [["test_sign_plus"]]
    first, second = model.asked
    assert second.turns[: len(first.turns)] == first.turns
    assert [turn.role for turn in second.turns] == ["user", "assistant", "user"]


async def test_without_refinement_nothing_is_sent_back(world: World, model: ModelWorld) -> None:
    model.settings = {"model_refinement": False}
    model.answers = [said(proposed("test_sign_plus"))]
    world.outcomes = {("test_sign_plus", -1): "failed"}
    generation = await model.generate(sign(world), "model")
    assert len(model.asked) == 1
    assert generation.results[0].status == "failed"
    assert "`test_sign_plus` was not kept" in generation.results[0].reason


async def test_the_same_error_again_is_the_end(world: World, model: ModelWorld) -> None:
    world.propose("sign", MINUS)
    model.answers = [said(proposed("test_sign_plus"))] * 5
    world.outcomes = {("test_sign_plus", -1): "failed"}
    generation = await model.generate(sign(world))
    assert len(model.asked) == 2
    assert generation.results[0].tests == ("test_sign_minus",)
    assert "The model was asked no more: its tests failed as they did before." in generation.results[0].model_notes


async def test_rounds_in_vain_are_the_end(world: World, model: ModelWorld) -> None:
    model.answers = [said(proposed("test_sign_plus", f"assert sign({n}) == missing_{n}")) for n in range(9)]
    number = iter(range(99))

    def during(run: TestRun, _: int) -> TestReport:
        outcome = TestOutcome(f"{world.tests}::test_sign_plus", "failed", f"E  NameError: missing {next(number)}")
        return TestReport((outcome,))

    world.during = during
    generation = await model.generate(sign(world), "model")
    assert len(model.asked) == 3
    assert "The model was asked no more: 2 rounds brought nothing." in generation.results[0].model_notes


async def test_a_weakened_assertion_is_refused_and_said(world: World, model: ModelWorld) -> None:
    strong = proposed("test_sign_plus", 'assert sign(1) == "strong"')
    weak = proposed("test_sign_plus", "assert sign(1) is not None")
    model.answers = [said(strong), said(weak), said(weak), said(weak)]
    fails_where(world, "strong", "E  AssertionError: assert 'plus' == 'strong'")
    generation = await model.generate(sign(world), "model")
    assert (generation.edit, generation.results[0].tests) == (None, ())
    assert any("`test_sign_plus` was not kept" in note for note in generation.results[0].model_notes)
    assert model.failed[1][0].kind == "weakened"


async def test_another_name_does_not_hide_a_weakened_test(world: World, model: ModelWorld) -> None:
    strong = proposed("test_strong_plus", 'assert sign(1) == "strong"')
    weak = proposed("test_weaker_plus", "assert sign(1) is not None")
    model.answers = [said(strong), said(weak), said(weak), said(weak)]
    fails_where(world, "strong", "E  AssertionError: assert 'plus' == 'strong'")
    generation = await model.generate(sign(world), "model")
    assert generation.edit is None


async def test_an_expected_value_is_not_changed_to_what_came_out(world: World, model: ModelWorld) -> None:
    model.answers = [
        said(proposed("test_sign_plus", 'assert sign(1) == "Plus"')),
        *[said(proposed("test_sign_plus", 'assert sign(1) == "plus"'))] * 3,
    ]
    fails_where(world, '"Plus"', "E  AssertionError: assert 'plus' == 'Plus'")
    generation = await model.generate(sign(world), "model")
    assert generation.edit is None
    assert any("`test_sign_plus` was not kept" in note for note in generation.results[0].model_notes)


async def test_a_suspected_bug_is_shown_and_not_asked_about(world: World, model: ModelWorld) -> None:
    world.propose("sign", MINUS)
    model.answers = [said(proposed("test_sign_zero", 'assert sign(0) == "zero"', bug="0 is neither"))]
    fails_where(world, "zero", "E  AssertionError: assert 'plus' == 'zero'")
    generation = await model.generate(sign(world))
    (result,) = generation.results
    assert result.tests == ("test_sign_minus",)
    assert len(model.asked) == 1
    (bug,) = result.suspected_bugs
    assert (bug.call, bug.said) == ("sign(0)", "0 is neither")
    assert "assert 'plus' == 'zero'" in bug.words


async def test_what_does_harm_is_not_run(world: World, model: ModelWorld) -> None:
    model.settings = {"model_refinement": False}
    evil = proposed("test_evil_plus", 'os.system("true")', imports=["import os"])
    model.answers = [said(evil, proposed("test_sign_minus"))]
    generation = await model.generate(sign(world), "model")
    assert written(generation) == ["test_sign_minus"]
    assert not [run for run in world.runs if "os.system" in run.overlay[world.tests]]
    assert any(
        "`test_evil_plus` was not kept" in note and "os.system" in note for note in generation.results[0].model_notes
    )


async def test_what_gains_nothing_is_not_written(world: World, model: ModelWorld) -> None:
    world.propose("sign", MINUS)
    model.answers = [said(proposed("test_again_minus"))]
    generation = await model.generate(sign(world))
    assert written(generation) == ["test_sign_minus"]
    assert "1 test of it was not kept: nothing is reached by it" in generation.results[0].model_notes[0]
    assert len(model.asked) == 1, "there is nothing to mend"


async def test_a_flaky_test_is_decided_by_the_runs_of_the_trial(world: World, model: ModelWorld) -> None:
    model.settings = {"model_refinement": False}
    model.answers = [said(proposed("test_sign_plus"), proposed("test_sign_minus"))]

    def during(run: TestRun, number: int) -> TestReport | None:
        if run.conditions.package and "test_sign_plus" in run.overlay[world.tests]:
            good = TestOutcome(f"{world.tests}::test_sign_minus", "passed")
            bad = TestOutcome(f"{world.tests}::test_sign_plus", "failed", "E  assert now() == then")
            return TestReport((bad, good))
        return None

    world.during = during
    generation = await model.generate(sign(world), "model")
    assert generation.results[0].tests == ("test_sign_minus",)
    assert "`test_sign_plus` was not kept, as it does not pass each time" in generation.results[0].model_notes[0]


# ---- what is left ----------------------------------------------------------------------------------------------------


async def test_what_is_left_is_asked_for_where_that_is_wanted(world: World, model: ModelWorld) -> None:
    model.settings = {"model_coverage_guided": True, "model_coverage_target": 100}
    model.answers = [said(proposed("test_sign_minus")), said(proposed("test_sign_plus"))]
    generation = await model.generate(sign(world), "model")
    assert generation.results[0].tests == ("test_sign_minus", "test_sign_plus")
    assert [turn.blocks[0].text for turn in model.asked[1].turns if turn.role == "user"][-1] == "what is left"
    left = model.explored[1]
    assert left.coverage is not None
    assert (2 in left.coverage.missing, 4 in left.coverage.missing) == (False, True)
    assert "test_sign_minus" in left.tests[0]


async def test_below_the_target_two_rounds_in_vain_are_the_end(world: World, model: ModelWorld) -> None:
    model.settings = {"model_coverage_guided": True, "model_coverage_target": 100}
    model.answers = [said(proposed("test_sign_minus")), said(), said(), said()]
    generation = await model.generate(sign(world), "model")
    assert len(model.asked) == 3
    (result,) = generation.results
    assert result.tests == ("test_sign_minus",)
    assert any("% the model was asked no more: 2 rounds brought nothing." in note for note in result.model_notes)


# ---- ends ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["unauthorized", "overloaded", "ceiling", "timeout", "no_sdk", "cut"])
async def test_whatever_becomes_of_asking_what_was_confirmed_stays(
    world: World, model: ModelWorld, kind: ProblemKind
) -> None:
    world.propose("sign", MINUS)
    model.answers = [ModelProblem(kind, f"It is {kind}.")]
    generation = await model.generate(sign(world))
    (result,) = generation.results
    assert (result.status, result.tests, result.model_notes) == ("confirmed", ("test_sign_minus",), (f"It is {kind}.",))
    assert written(generation) == ["test_sign_minus"]
    assert model.kept == []


async def test_a_problem_in_a_later_round_leaves_the_earlier_ones(world: World, model: ModelWorld) -> None:
    wrong = proposed("test_sign_plus", "assert wrong")
    model.answers = [said(proposed("test_sign_minus"), wrong), ModelProblem("ceiling", "One function may cost $1.")]
    fails_where(world, "wrong", "E  NameError: wrong")
    generation = await model.generate(sign(world), "model")
    (result,) = generation.results
    assert (result.status, result.tests, result.dollars) == ("confirmed", ("test_sign_minus",), 0.01)
    assert "One function may cost $1." in result.model_notes
    assert model.kept == [("shop.py::sign", 1)]


async def test_without_a_key_no_other_function_is_asked_about(world: World, model: ModelWorld) -> None:
    model.answers = [ModelProblem("no_key", "There is no key.")]
    generation = await model.generate(Target(world.source), "model")
    assert len(model.asked) == 1
    assert [(r.status, r.reason) for r in generation.results] == [("failed", "There is no key.")] * 2
    assert [(r.model_problem, r.awaits_consent) for r in generation.results] == [("There is no key.", False)] * 2
    assert [r.wants_key for r in generation.results] == [True] * 2


async def test_a_refusal_and_a_cut_answer_are_said(world: World, model: ModelWorld) -> None:
    world.propose("sign", MINUS)
    model.answers = [said(stop="refusal")]
    refused = await model.generate(sign(world))
    assert "The model refused to answer." in refused.results[0].model_notes
    model.answers = [said(proposed("test_sign_plus"), stop="max_tokens")]
    cut = await model.generate(sign(world))
    assert cut.results[0].tests == ("test_sign_minus", "test_sign_plus")
    assert any("cut off at its limit" in note for note in cut.results[0].model_notes)


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (Answer("I would rather talk about it.", "end"), "there is no test in the answer"),
        (Answer('{"tests": [{"name": "test_a", "co', "max_tokens"), "cut off at its limit of tokens"),
        (Answer('{"tests": [{"name": "test_a"}]}', "end"), "has no code"),
    ],
)
async def test_an_answer_that_cannot_be_read_is_asked_for_once_more(
    world: World, model: ModelWorld, answer: Answer, problem: str
) -> None:
    model.answers = [answer, said(proposed("test_sign_plus"))]
    generation = await model.generate(sign(world), "model")
    assert generation.results[0].tests == ("test_sign_plus",)
    first, second = model.asked
    assert second.turns[: len(first.turns)] == first.turns
    assert problem in second.turns[-1].blocks[0].text
    model.answers, model.asked = [answer] * 3, []
    again = await model.generate(sign(world), "model")
    assert (again.results[0].status, len(model.asked)) == ("failed", 2)


async def test_of_an_answer_that_broke_off_the_complete_tests_are_kept(world: World, model: ModelWorld) -> None:
    world.propose("sign", MINUS)
    cut = ModelProblem("cut", "The answer broke off midway.")
    cut.received = said(proposed("test_sign_plus"), proposed("test_never_whole")).text[:-60]
    model.answers = [cut]
    generation = await model.generate(sign(world))
    (result,) = generation.results
    assert (result.tests, len(model.asked)) == (("test_sign_minus", "test_sign_plus"), 1)
    assert "The answer broke off midway." in result.model_notes


async def test_what_was_taken_out_is_told_once(world: World, model: ModelWorld) -> None:
    model.found = [[Redacted("<redacted-1>", "a key of AWS", 2, ("shop.py:3", "shop.py:9"))], []]
    model.answers = [said(proposed("test_sign_plus"), proposed("test_sign_minus")), said(proposed("test_twice"))]
    generation = await model.generate(Target(world.source), "model")
    first, second = generation.results
    assert first.model_notes == ("Not sent: 1 value that looks like a secret: a key of AWS (shop.py:3).",)
    assert not [note for note in second.model_notes if "secret" in note]


async def test_who_finds_nothing_or_refuses_is_not_asked_again(world: World, model: ModelWorld) -> None:
    for answer in (said(), said(stop="refusal")):
        model.answers, model.asked = [answer], []
        await model.generate(sign(world), "model")
        assert len(model.asked) == 1


async def test_nobody_is_asked_without_consent(world: World, model: ModelWorld) -> None:
    model.agreed = ()
    world.propose("sign", MINUS)
    generation = await model.generate(sign(world))
    (result,) = generation.results
    assert (model.asked, result.status) == ([], "confirmed")
    assert ENDPOINT in result.model_notes[0]
    assert "greenline model allow" in result.model_notes[0]
    assert (result.model_problem, result.awaits_consent) == ("", True)
    alone = await model.generate(sign(world), "model")
    assert (alone.results[0].status, alone.edit) == ("failed", None)
    assert "nobody agreed" in alone.results[0].reason


async def test_what_is_wrong_with_files_that_name_models_is_told_once_and_is_no_reason(
    world: World, model: ModelWorld
) -> None:
    model.problems = ("greenline.toml: `prize` of a is not known.", "greenline.toml: `a` is named twice.")
    model.answers = [said(stop="refusal"), said(stop="refusal")]
    generation = await model.generate(Target(world.source), "model")
    first, second = generation.results
    assert first.model_notes == ("The model refused to answer.", *model.problems)
    assert first.reason == second.reason == "The model refused to answer."
    assert second.model_notes == ("The model refused to answer.",)


async def test_consent_that_is_taken_back_counts_for_the_next_function(world: World, model: ModelWorld) -> None:
    def during(run: TestRun, number: int) -> None:
        model.agreed = ()

    world.during = during
    model.answers = [said(proposed("test_sign_plus"), proposed("test_sign_minus"))]
    generation = await model.generate(Target(world.source), "model")
    assert len(model.asked) == 1
    assert [result.status for result in generation.results] == ["confirmed", "failed"]
    assert "nobody agreed" in generation.results[1].reason


async def test_without_pytest_nobody_is_asked(world: World, model: ModelWorld) -> None:
    world.pytest_version = None
    world.propose("sign", MINUS)
    assert "cannot be confirmed" in (await model.generate(sign(world))).results[0].reason
    assert "pytest" in (await model.generate(sign(world), "model")).results[0].reason
    assert model.asked == []


async def test_cancelling_says_of_whom_the_model_was_not_asked_to_the_end(world: World, model: ModelWorld) -> None:
    forever = asyncio.get_running_loop().create_future()
    model.answers = [forever]
    work = asyncio.ensure_future(model.generate(Target(world.source)))
    await asyncio.wait_for(model.asking.wait(), 10)
    work.cancel()
    with pytest.raises(Stopped) as stopped:
        await work
    assert [(one.target.qualname, one.status) for one in stopped.value.generation.results] == [
        ("sign", "cancelled"),
        ("twice", "cancelled"),
    ]


async def test_cancelling_before_the_next_function_keeps_what_the_model_gave(world: World, model: ModelWorld) -> None:
    loop = asyncio.get_running_loop()

    def given(*_: object) -> bool:
        loop.call_soon_threadsafe(work.cancel)
        return True

    def during(run: TestRun, number: int) -> None:
        model.given = given  # type: ignore[method-assign, assignment]

    world.during = during
    model.answers = [said(proposed("test_sign_plus"), proposed("test_sign_minus"))]
    work = asyncio.ensure_future(model.generate(Target(world.source), "model"))
    with pytest.raises(Stopped) as stopped:
        await work
    assert [one.status for one in stopped.value.generation.results] == ["confirmed", "cancelled"]
    assert written(stopped.value.generation) == ["test_sign_plus", "test_sign_minus"]


@pytest.mark.parametrize("when", ["asking", "trying"])
async def test_cancelling_leaves_what_was_confirmed(world: World, model: ModelWorld, when: str) -> None:
    world.propose("sign", MINUS)
    forever = asyncio.get_running_loop().create_future()
    reached = asyncio.Event()
    model.answers = [forever if when == "asking" else said(proposed("test_sign_plus"))]

    def during(run: TestRun, number: int) -> Any:
        if "test_sign_plus" not in run.overlay[world.tests]:
            return None
        reached.set()
        return forever

    world.during = during
    work = asyncio.ensure_future(model.generate(sign(world)))
    await asyncio.wait_for((model.asking if when == "asking" else reached).wait(), 10)
    work.cancel()
    with pytest.raises(Stopped) as stopped:
        await work
    assert work.cancelled()
    generation = stopped.value.generation
    (result,) = generation.results
    assert (result.status, result.tests) == ("confirmed", ("test_sign_minus",))
    assert written(generation) == ["test_sign_minus"]
    assert "It was cancelled while the model was asked" in result.model_notes[-1]
    assert world.living == 0
