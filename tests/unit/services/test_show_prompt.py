"""What would be sent is shown as it would be sent, and nothing is sent."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from greenline.adapters.prompt_files import read_prompt_files
from greenline.domain.asking.prompt import version_of
from greenline.domain.asking.request_text import characters, request_text
from greenline.domain.code.model import Target
from greenline.domain.generation.case import Argument, Case
from greenline.domain.generation.model import Proposal
from greenline.ports.progress import Silent
from greenline.services.generate_tests import GenerateTests
from greenline.services.model_context import ModelContext
from greenline.services.show_prompt import ShowPrompt
from greenline.services.test_trial import TestTrial
from unit.services.generation_world import SOURCE, World, candidate

if TYPE_CHECKING:
    from pathlib import Path

    from greenline.services.fill_gaps import FillGaps


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


class NoTrial:
    """Nothing comes back, so nothing is tried."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name}: nothing is sent, so there is nothing to try")


def showing(world: World, *ignore: str) -> ShowPrompt:
    everything: Any = world
    nothing: Any = NoTrial()

    def generator(gaps: FillGaps) -> GenerateTests:
        trial = TestTrial(everything, world.show, world.settings)
        service = world.service
        return GenerateTests(
            workbench=service._workbench, trial=trial, engines=service._engines, settings=world.settings, model=gaps
        )

    return ShowPrompt(
        generator=generator,
        context=lambda: ModelContext(read_prompt_files(), everything, everything, ignore=ignore),
        tries=nothing,
        settings=world.settings,
    )


async def test_what_exploring_leaves_would_be_asked_for(world: World) -> None:
    case = Case("sign(\0000\000)", (Argument("number", "", "3"),), expected="'plus'")
    world.proposals["sign"] = Proposal(
        "explore",
        (candidate("test_sign_plus"),),
        observations=7,
        cases=(case,),
        survivors=("line 2: bound one higher",),
    )

    shown = await showing(world).show(Target(world.source, "sign"), Silent())

    (request,) = shown.requests
    assert request.target == "shop.py::sign"
    assert shown.unasked == ()
    text = request_text(request.conversation)
    assert SOURCE in text
    assert '>>> 3 |         return "minus"' in text
    assert ">>> 4" not in text
    assert "sign(3) == 'plus'" in text
    assert "line 2: bound one higher" in text
    assert 'def test_sign_plus():\n    assert sign("test_sign_plus")' in text
    assert all(block.text in text for block in request.conversation.system)
    assert characters(request.conversation) < len(text) < characters(request.conversation) + 600
    assert not world.tests.exists()


async def test_without_exploring_all_that_no_test_reaches_would_be_asked_for(world: World) -> None:
    shown = await showing(world).show(Target(world.source), Silent(), engine="model")
    assert [request.target for request in shown.requests] == ["shop.py::sign", "shop.py::twice"]
    assert world.explored == []
    assert '>>> 4 |     return "plus"' in request_text(shown.requests[0].conversation)
    assert shown.version == version_of(read_prompt_files())


async def test_for_what_tests_reach_nothing_would_be_sent(world: World) -> None:
    world.propose("sign", candidate("test_sign_plus"), candidate("test_sign_minus"))
    world.propose("twice", candidate("test_twice", "twice"))
    shown = await showing(world).show(Target(world.source), Silent())
    assert shown.requests == ()
    assert [(each.name, each.complete) for each in shown.unasked] == [("sign", True), ("twice", True)]
    assert {each.reason for each in shown.unasked} == {"the tests that exploring finds reach all of it"}


async def test_a_file_that_is_never_sent_is_said_to_be_so(world: World) -> None:
    shown = await showing(world, "shop.py").show(Target(world.source, "sign"), Silent())
    assert shown.requests == ()
    (unasked,) = shown.unasked
    assert "shop.py is not sent to a model: it matches the pattern 'shop.py'" in unasked.reason
    assert not unasked.complete


async def test_what_was_taken_out_is_told_and_does_not_show(world: World) -> None:
    key = "sk-ant-api03-" + "Zq8Lw3Xv7Rt2Yp9Kd4Mn6Bc1Hf5Gj0Sa" * 3
    world.source.write_text(SOURCE + f'\n\nKEY = "{key}"\n', encoding="utf-8")
    shown = await showing(world).show(Target(world.source, "sign"), Silent())
    text = request_text(shown.requests[0].conversation)
    assert key not in text
    (redacted,) = shown.redacted
    assert redacted.placeholder in text
    assert redacted.places == ("shop.py:11",)


async def test_cancelling_ends_it_at_once(world: World) -> None:
    began = asyncio.Event()

    async def for_ever() -> None:
        began.set()
        await asyncio.Event().wait()

    world.exploring = lambda assignment: for_ever()
    task = asyncio.create_task(showing(world).show(Target(world.source, "sign"), Silent()))
    await asyncio.wait_for(began.wait(), 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 10)
    assert world.living == 0
