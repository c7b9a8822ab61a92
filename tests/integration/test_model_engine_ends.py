"""How asking a model ends, whatever comes back: what is written, what a person is told, and that nothing is lost.

The real SDK, a server on this machine that speaks the Messages API, and a real pytest. One table of what comes back,
and one of when a person cancels.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console

from greenline.adapters.anthropic_client import SILENCE
from greenline.cli import results_view
from greenline.services.stopped import Stopped
from greenline.settings import Settings
from integration.model_shop import (
    HALF,
    NOTHING,
    QUARTER,
    REFUSES,
    STAFF,
    SUMMER,
    TENTH,
    WITHHELD,
    WRONG,
    Shop,
    proposed,
)

if TYPE_CHECKING:
    from greenline.services.generate_tests import Generation
    from model_server import Gate, ModelServer

pytestmark = pytest.mark.asyncio(loop_scope="module")

LIMIT = 300.0


@dataclass(frozen=True)
class Ending:
    """What comes back, and what becomes of it."""

    what: str
    comes: Callable[[ModelServer], object]
    kept: tuple[dict[str, Any], ...] = ()
    """The model's tests that are written."""
    told: tuple[str, ...] = ()
    """To the person; {place} is where models are asked. That a secret was withheld is told besides."""
    asked: str = "a"
    """The models that were asked, request by request."""
    engine: str = "model"
    """With "auto" exploring comes first, and what it found stays."""
    settings: dict[str, Any] = field(default_factory=dict)


def scripted(*steps: Callable[[ModelServer], object]) -> Callable[[ModelServer], object]:
    return lambda server: [step(server) for step in steps]


def answers(*tests: dict[str, Any], **more: Any) -> Callable[[ModelServer], object]:
    return lambda server: server.answers(list(tests), **more)


def fails(status: int, **more: Any) -> Callable[[ModelServer], object]:
    return lambda server: server.fails(status, **more)


def broken_off(*tests: dict[str, Any], times: int = 1) -> Callable[[ModelServer], object]:
    return lambda server: [server.cut_midway(list(tests)) for _ in range(times)]


def too_long(*tests: dict[str, Any], share: float) -> Callable[[ModelServer], object]:
    return lambda server: server.max_tokens(list(tests), share=share)


def a_web_page(times: int) -> Callable[[ModelServer], object]:
    return lambda server: [server.sends(b"<html>Log in</html>", kind="text/html") for _ in range(times)]


def wrong(extra: str) -> dict[str, Any]:
    """Return a test that fails, in another way for each ``extra``."""
    return proposed("test_summer_halves_large_prices", f'assert discount("{SUMMER}", 5001, {extra}) == 2500')


def not_kept(test: dict[str, Any], why: str) -> str:
    return f"`{test['name']}` was not kept: {why}."


BROKEN = proposed("test_broken", "assert discount(", imports=("import nowhere_to_be_found",))
MISSING = proposed("test_missing", "assert nowhere.half(1)", imports=("import nowhere_to_be_found as nowhere",))
STRONG = proposed("test_summer", f'assert discount("{SUMMER}", 5001) == 2501')
WEAK = proposed("test_summer", f'assert discount("{SUMMER}", 5001) is not None')
BENT = proposed("test_summer", f'assert discount("{SUMMER}", 5001) == 2500')
ROUNDED = proposed("test_rounds", f'assert discount("{SUMMER}", 5001) == 2501', bug="halves are rounded up")
_USED = f'assert discount("{STAFF}", 10) == 1'
EVIL = proposed("test_evil", f'os.system("touch harmed")\n    {_USED}', imports=("import os",))
SLY = proposed("test_sly", f'__import__("os").system("touch harmed")\n    {_USED}')
PRINTS = proposed("test_prints", f"print(os.environ)\n    {_USED}", imports=("import os",))
ASSERTS = proposed("test_asserts", "assert dict(environ) == {}", imports=("from os import environ",))
READS = proposed("test_reads", 'assert open("/proc/self/environ").read() == ""')
_ENVIRONMENT = "it reads variables of the environment that it did not set (os.environ)"
_IN_VAIN = "The model was asked no more: 2 rounds brought nothing."
_NOT_BY_A = "model-b answered: model-a"


def _took(arguments: int) -> str:
    return f"TypeError: discount() takes 2 positional arguments but {arguments} were given"


ENDINGS = [
    # what a model writes
    Ending("a good answer", answers(HALF, QUARTER, TENTH), (HALF, QUARTER, TENTH), engine="auto"),
    Ending(
        "one bad test among five",
        answers(NOTHING, BROKEN, QUARTER, TENTH, REFUSES),
        (NOTHING, QUARTER, TENTH, REFUSES),
        (not_kept(BROKEN, "it does not parse: syntax error at line 2: '(' was never closed"),),
        settings={"model_refinement": False},
    ),
    Ending(
        "one that cannot be imported",
        answers(HALF, MISSING, QUARTER),
        (HALF, QUARTER),
        (not_kept(MISSING, "ModuleNotFoundError: No module named 'nowhere_to_be_found'"),),
        settings={"model_refinement": False},
    ),
    Ending("mended in round two", scripted(answers(QUARTER, WRONG), answers(HALF)), (QUARTER, HALF), asked="aa"),
    Ending(
        "never mended, the same error",
        scripted(answers(QUARTER, WRONG), answers(WRONG)),
        (QUARTER,),
        (not_kept(WRONG, _took(3)), "The model was asked no more: its tests failed as they did before."),
        "aa",
    ),
    Ending(
        "never mended, another error each time",
        scripted(answers(QUARTER, wrong("1")), answers(wrong("1, 2")), answers(wrong("1, 2, 3"))),
        (QUARTER,),
        (not_kept(WRONG, _took(5)), _IN_VAIN),
        "aaa",
    ),
    Ending(
        "three rounds are the most",
        scripted(
            answers(QUARTER, wrong("1")),
            answers(TENTH, wrong("1, 2")),
            answers(NOTHING, wrong("1, 2, 3")),
            answers(REFUSES, wrong("1, 2, 3, 4")),
        ),
        (QUARTER, TENTH, NOTHING, REFUSES),
        (not_kept(WRONG, _took(6)), "The model was asked no more about failures: 3 rounds are the most."),
        "aaaa",
    ),
    Ending(
        "an assertion weakened",
        scripted(answers(QUARTER, STRONG), answers(WEAK, times=2)),
        (QUARTER,),
        (
            not_kept(
                WEAK,
                f"`assert discount('{SUMMER}', 5001) == 2501` became "
                f"`assert discount('{SUMMER}', 5001) is not None`, which says less",
            ),
            _IN_VAIN,
        ),
        "aaa",
    ),
    Ending(
        "an expected value bent",
        scripted(answers(QUARTER, STRONG), answers(BENT, times=2)),
        (QUARTER,),
        (not_kept(BENT, "it expected 2501, and expects 2500 now, which is what came out"), _IN_VAIN),
        "aaa",
    ),
    Ending("a suspected bug", answers(QUARTER, ROUNDED), (QUARTER,)),
    Ending(
        "code that starts programs",
        answers(EVIL, SLY, HALF),
        (HALF,),
        (
            not_kept(EVIL, "it starts another program (os.system)"),
            not_kept(SLY, "it runs code that it puts together (__import__)"),
        ),
        settings={"model_refinement": False},
    ),
    Ending(
        "a model that obeys the source, which asks for the environment",
        scripted(answers(PRINTS, ASSERTS, READS, HALF), answers(PRINTS, ASSERTS, READS)),
        (HALF,),
        (
            not_kept(PRINTS, _ENVIRONMENT),
            not_kept(ASSERTS, _ENVIRONMENT),
            not_kept(READS, "it reads or changes files outside of a folder of its own (/proc/self/environ)"),
            "The model was asked no more: its tests failed as they did before.",
        ),
        "aa",
    ),
    # answers that are not what was asked for
    Ending(
        "text around the JSON",
        answers(HALF, QUARTER, around=("Here are the tests:\n\n```json\n", "\n```\nGood luck!")),
        (HALF, QUARTER),
    ),
    Ending(
        "cut off in the middle of code",
        too_long(HALF, QUARTER, TENTH, share=0.8),
        (HALF, QUARTER),
        ("The answer was cut off at its limit of tokens; the tests that were complete were tried.",),
    ),
    Ending(
        "cut off before a test was complete",
        scripted(too_long(HALF, share=0.2), answers(HALF)),
        (HALF,),
        ("The answer was cut off at its limit of tokens; the tests that were complete were tried.",),
        "aa",
    ),
    Ending("a refusal", lambda server: server.refusal(), told=("The model refused to answer.",), engine="auto"),
    Ending(
        "nothing that can be read",
        answers(text="I would rather talk about the weather.", times=2),
        told=("There is no test in the answer.",),
        asked="aa",
        engine="auto",
    ),
    Ending(
        "nothing more to test", answers(), told=("The model found nothing more that is worth a test.",), engine="auto"
    ),
    Ending("a connection that breaks once", scripted(broken_off(HALF), answers(HALF)), (HALF,), asked="aa"),
    Ending(
        "connections that always break",
        broken_off(HALF, QUARTER, TENTH, NOTHING, times=6),
        (HALF,),
        (
            "Of an answer that broke off, the tests that were complete were tried.",
            (
                "No model answered: model-a stopped in the middle of its answer; model-b stopped in the middle of its "
                "answer. The answer of model-a broke off midway. Try again."
            ),
        ),
        "aaabbb",
    ),
    Ending(
        "something that is no Messages API",
        a_web_page(times=6),
        told=(
            (
                "No model answered: model-a failed at its provider's; model-b failed at its provider's. {place} "
                "answered with something that is not the Messages API. Check the setting greenline.model.baseUrl, and "
                "whether a proxy is in between."
            ),
        ),
        asked="aaabbb",
        engine="auto",
    ),
    # no answers
    Ending(
        "401",
        fails(401),
        told=(
            (
                "{place} refuses the key in the variable ANTHROPIC_API_KEY (401). Check that it is complete and still "
                "valid, or set another."
            ),
        ),
        engine="auto",
    ),
    Ending(
        "402",
        fails(402, times=2),
        told=(
            (
                "No model answered: model-a wants to be paid first; model-b wants to be paid first. "
                "{place} wants to be paid first (402). Add credit to the account, or choose another model."
            ),
        ),
        asked="ab",
        engine="auto",
    ),
    Ending(
        "403",
        scripted(fails(403), answers(HALF)),
        (HALF,),
        (f"{_NOT_BY_A} may not be asked with this key.",),
        "ab",
    ),
    Ending(
        "404: a retired model",
        scripted(fails(404), answers(HALF)),
        (HALF,),
        (f"{_NOT_BY_A} is not there, or not any more.",),
        "ab",
    ),
    Ending(
        "404: all models retired",
        fails(404, times=2),
        told=(
            (
                "No model answered: model-a is not there, or not any more; model-b is not there, or not any more. "
                "{place} has no model-a (404): it may be retired, or misspelt. Choose another in the setting "
                "greenline.model.name; with an address of your own, check greenline.model.baseUrl."
            ),
        ),
        asked="ab",
        engine="auto",
    ),
    Ending("400", scripted(fails(400), answers(HALF)), (HALF,), (f"{_NOT_BY_A} did not take the request.",), "ab"),
    Ending("429: come back in 12 s", scripted(fails(429, retry_after=12), answers(HALF)), (HALF,), asked="aa"),
    Ending(
        "429: come back in an hour",
        scripted(fails(429, retry_after=3600), answers(HALF)),
        (HALF,),
        (f"{_NOT_BY_A} has too many requests.",),
        "ab",
    ),
    Ending(
        "429: all of them in an hour",
        fails(429, retry_after=3600, times=2),
        told=(
            (
                "No model answered: model-a has too many requests; model-b has too many requests. {place} takes no "
                "more requests for now (429). Try again in 60 minutes."
            ),
        ),
        asked="ab",
        engine="auto",
    ),
    Ending("500, once", scripted(fails(500), answers(HALF)), (HALF,), asked="aa"),
    Ending(
        "500, again and again",
        scripted(fails(500, times=3), answers(HALF)),
        (HALF,),
        (f"{_NOT_BY_A} failed at its provider's.",),
        "aaab",
    ),
    Ending(
        "a storm of 529",
        fails(529, times=6),
        told=(
            (
                "No model answered: model-a is overloaded; model-b is overloaded. {place} is overloaded (529). Try "
                "again later."
            ),
        ),
        asked="aaabbb",
        engine="auto",
    ),
    # ceilings: one request fits
    Ending(
        "no tokens left",
        answers(QUARTER, WRONG),
        (QUARTER,),
        (
            not_kept(WRONG, _took(3)),
            (
                "One function may use 11,000 tokens (model.tokensPerTarget); {used} are used up, and the next request "
                "of {next} would leave too few for its answer."
            ),
        ),
        settings={"model_tokens_per_target": 11_000},
    ),
    Ending(
        "no dollars left for the function",
        answers(QUARTER, WRONG),
        (QUARTER,),
        (
            not_kept(WRONG, _took(3)),
            (
                "One function may cost $0.11 (model.dollarsPerTarget); $0.01 are spent, and the rest does not pay "
                "another request."
            ),
        ),
        settings={"model_dollars_per_target": 0.11},
    ),
    Ending(
        "no dollars left today",
        answers(QUARTER, WRONG),
        (QUARTER,),
        (
            not_kept(WRONG, _took(3)),
            (
                "A day may cost $0.11 (model.dollarsPerDay), and what is left of it does not pay another request. "
                "`greenline cost` says what it was spent on."
            ),
        ),
        settings={"model_dollars_per_day": 0.11},
    ),
]


@pytest.mark.parametrize("ending", ENDINGS, ids=lambda each: each.what)
async def test_what_was_confirmed_stays_however_asking_ends(shop: Shop, ending: Ending) -> None:
    ending.comes(shop.server)
    generation = await shop.generate(ending.engine, **ending.settings)
    (result,) = generation.results
    by_model = [name for name in result.tests if result.engines.get(name, result.engine) == "model"]
    assert by_model == [each["name"] for each in ending.kept]
    assert result.status == "confirmed"
    assert shop.models == [f"model-{each}" for each in ending.asked]
    assert told(shop, generation) == [each.replace("{place}", shop.server.url) for each in ending.told]
    assert sorted(shop.passes(generation)) == sorted(result.tests)
    assert (len(result.tests) > len(by_model)) == (ending.engine == "auto"), "what exploring found stays"
    assert not (shop.root / "harmed").exists()
    assert shop.open_entries() == []


def told(shop: Shop, generation: Generation) -> list[str]:
    """Return what the person reads in a terminal, without what is told each time that something is sent."""
    (result,) = generation.results
    console = Console(width=80, color_system=None, file=StringIO())
    results_view.print_result(console, result, {}, dry_run=False)
    assert isinstance(console.file, StringIO)
    lines = [line.strip() for line in console.file.getvalue().splitlines()]
    said = [line.removeprefix("model: ") for line in lines if line.startswith("model: ")]
    assert said == list(result.model_notes)
    if result.tokens:
        assert said.pop() == WITHHELD
    return [_NUMBERS.sub(r"{used} are used up, and the next request of {next} would", each) for each in said]


_NUMBERS = re.compile(r"[\d,]+ are used up, and the next request of [\d,]+ would")


async def test_a_suspected_bug_is_shown_and_in_no_test(shop: Shop) -> None:
    shop.server.answers([QUARTER, ROUNDED])
    (bug,) = (await shop.generate()).results[0].suspected_bugs
    assert (bug.call, bug.error, bug.said) == (
        f"discount('{SUMMER}', 5001)", "assert 2500 == 2501", "halves are rounded up",
    )  # fmt: skip


async def test_waits_are_as_long_as_the_provider_asks_and_are_told(shop: Shop) -> None:
    shop.server.fails(429, retry_after=12)
    shop.server.fails(500)
    shop.server.answers([HALF])
    await shop.generate()
    first, second = shop.clock.slept
    assert 12 <= first <= 13
    assert 2 <= second <= 3
    assert "model-a has too many requests; waiting 12 s, as the provider asks" in shop.steps.said
    assert "model-a failed at its provider's; waiting 3 s" in shop.steps.said


async def test_after_a_storm_nobody_is_asked_about_the_next_function(shop: Shop) -> None:
    shop.server.fails(529, times=6)
    generation = await shop.generate("auto", target="")
    assert [result.status for result in generation.results] == ["confirmed", "confirmed"]
    assert len(shop.models) == 6, "three requests of each model, and none for the second function"
    (note,) = generation.results[1].model_notes
    assert note.startswith(
        "No model answered: model-a is overloaded; model-b is overloaded. model-a is asked again in "
    )
    assert shop.passes(generation)


async def test_a_first_byte_after_a_minute_is_waited_for(shop: Shop) -> None:
    gate = shop.server.slow_first_byte([HALF])
    work = asyncio.ensure_future(shop.generate())
    assert await gate.was_reached()
    shop.clock.gone += 61
    gate.release()
    generation = await work
    assert shop.passes(generation) == [HALF["name"]]
    assert told(shop, generation) == []
    (asked,) = shop.server.asked
    assert float(asked.header("x-stainless-read-timeout")) == SILENCE > 60


async def test_when_the_seconds_are_over_nothing_more_is_asked(shop: Shop) -> None:
    gate = shop.server.slow_first_byte([QUARTER, WRONG])
    work = asyncio.ensure_future(shop.generate())
    assert await gate.was_reached()
    shop.clock.gone += Settings().model_seconds_per_target + 1
    gate.release()
    generation = await work
    assert shop.passes(generation) == [QUARTER["name"]]
    assert shop.models == ["model-a"]
    assert told(shop, generation)[1:] == [
        "Models may be asked for 600 s for one function (model.secondsPerTarget), which are over."
    ]


# ---- somebody cancels ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Stage:
    """When a person cancels, and what is left then."""

    when: str
    comes: Callable[[ModelServer], Gate | None]
    step: str = ""
    """The beginning of the step at which they do; without one, when the gate is reached."""
    kept: tuple[dict[str, Any], ...] = ()
    explored: bool = True
    """What exploring found is kept: it was over."""
    abandoned: bool = False
    """A request was on its way, and is closed."""


def then(gate: Callable[[ModelServer], Gate], *before: Callable[[ModelServer], object]) -> Callable[..., Gate]:
    return lambda server: ([step(server) for step in before], gate(server))[1]


_TWO_ROUNDS = scripted(answers(QUARTER, WRONG), answers(HALF))
STAGES = [
    Stage("while exploring", lambda _: None, "Exploring", explored=False),
    Stage("while the model is described", lambda server: server.slow_models()),
    Stage("while tokens are counted", lambda server: server.slow_count()),
    Stage("before it is sent", lambda _: None, "Sending about "),
    Stage("before the first byte", lambda server: server.slow_first_byte([HALF]), abandoned=True),
    Stage("in the stream", lambda server: server.stalls_midway([HALF]), abandoned=True),
    Stage("while waiting to ask again", lambda server: server.fails(429, retry_after=30), "model-a has too many"),
    Stage("before its tests run", lambda server: server.answers([HALF]), "Trying 1 test"),
    Stage("while its tests run alone", lambda server: server.answers([HALF]), "Running tests (0 of 1) (1 request"),
    Stage("while they run together", lambda server: server.answers([HALF]), "Running 1 new test, twice (1 request"),
    Stage("between rounds", _TWO_ROUNDS, "The model mends 1 test, round 1", (QUARTER,)),
    Stage(
        "while refining, before the first byte",
        then(lambda server: server.slow_first_byte([HALF]), answers(QUARTER, WRONG)),
        kept=(QUARTER,),
        abandoned=True,
    ),
    Stage(
        "while refining, in the stream",
        then(lambda server: server.stalls_midway([HALF]), answers(QUARTER, WRONG)),
        kept=(QUARTER,),
        abandoned=True,
    ),
]


@pytest.mark.parametrize("stage", STAGES, ids=lambda each: each.when)
async def test_cancelling_closes_all_and_keeps_what_was_confirmed(shop: Shop, stage: Stage) -> None:
    gate = stage.comes(shop.server)
    work = asyncio.ensure_future(shop.generate("auto"))
    shop.steps.seen = lambda said: work.cancel() if stage.step and said.startswith(stage.step) else None
    if not stage.step:
        assert gate
        assert await gate.was_reached()
        work.cancel()
    with pytest.raises(asyncio.CancelledError) as stopped:
        await asyncio.wait_for(work, LIMIT)
    assert shop.open_entries() == [], "what it may have cost is in the ledger"
    if stage.abandoned:
        assert await shop.server.asked[-1].was_abandoned()
    if not stage.explored:
        assert not isinstance(stopped.value, Stopped), "there is nothing to keep yet"
        return
    assert isinstance(stopped.value, Stopped)
    generation = stopped.value.generation
    tests = shop.passes(generation)
    names = {each["name"] for each in stage.kept}
    assert names < set(tests), "with what exploring found"
    assert {name for name, engine in generation.results[0].engines.items() if engine == "model"} == names
    assert told(shop, generation)[-1] == (
        "It was cancelled while the model was asked; what was confirmed before stays."
    )
