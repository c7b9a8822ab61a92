"""The Anthropic SDK against a server on this machine: what is sent to each kind of model, and what comes back."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from greenline.adapters.anthropic_client import AnthropicClient
from greenline.domain.asking.model import (
    Block,
    Capabilities,
    Conversation,
    ProposedTest,
    Question,
    Thinking,
    Turn,
    Usage,
)
from greenline.ports.model import Connection, ModelClient, ModelProblem

if TYPE_CHECKING:
    from model_server import ModelServer

LIMIT = 30.0
KEY = "sk-ant-not-a-real-key-0123456789"
SOURCE = "def price(amount):\n    return amount * 119 // 100\n"
CONVERSATION = Conversation(
    (Block("You write tests."), Block(f"The module:\n{SOURCE}", breakpoint=True)),
    (Turn("user", (Block("Reach line 2."),)),),
)
TESTS = [ProposedTest("test_price", "def test_price():\n    assert price(100) == 119\n", lines=(2,))]
SCHEMA = {"type": "object", "properties": {"tests": {"type": "array"}}, "required": ["tests"]}


@pytest.fixture(autouse=True)
def _no_settings_of_whoever_runs_this(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("ANTHROPIC_") or name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)


@pytest.fixture
def client(model_server: ModelServer) -> AnthropicClient:
    return AnthropicClient(Connection(base_url=model_server.url, editor_key=KEY), timeout=LIMIT)


def question(**changes: Any) -> Question:
    return Question(**{"model": "claude-m", "conversation": CONVERSATION, "schema": SCHEMA, **changes})


def unheard(_: int) -> None:
    """Nobody listens."""


async def problem(client: ModelClient, asked: Question | None = None) -> ModelProblem:
    with pytest.raises(ModelProblem) as raised:
        await asyncio.wait_for(client.ask(asked or question(), unheard), LIMIT)
    return raised.value


# Answers


async def test_an_answer_with_its_thinking_left_out(model_server: ModelServer, client: AnthropicClient) -> None:
    model_server.answers(TESTS, thinking="Which price is the interesting one? " * 10)
    heard: list[int] = []
    answer = await client.ask(question(), heard.append)
    assert json.loads(answer.text)["tests"][0]["name"] == "test_price"
    assert (answer.stop, answer.model) == ("end", "claude-m")
    assert heard == sorted(heard)
    assert heard[-1] > len(answer.text), "thinking is heard, too"


async def test_the_server_gets_the_question_and_the_key_and_is_asked_once(
    model_server: ModelServer, client: AnthropicClient
) -> None:
    model_server.answers(TESTS)
    await client.ask(question(), unheard)
    assert [request.target for request in model_server.requests] == ["/v1/models/claude-m", "/v1/messages"]
    (asked,) = model_server.asked
    assert KEY in {asked.header("x-api-key"), asked.header("authorization").removeprefix("Bearer ")}
    assert asked.json == {
        "model": "claude-m",
        "max_tokens": 32_000,
        "stream": True,
        "system": [
            {"type": "text", "text": "You write tests."},
            {"type": "text", "text": f"The module:\n{SOURCE}", "cache_control": {"type": "ephemeral"}},
        ],
        "messages": [{"role": "user", "content": [{"type": "text", "text": "Reach line 2."}]}],
        "thinking": {"type": "adaptive"},
        "output_config": {"effort": "high", "format": {"type": "json_schema", "schema": SCHEMA}},
    }


@pytest.mark.parametrize(
    ("described", "sent"),
    [
        ({"thinks": "budget", "efforts": ()}, ({"type": "enabled", "budget_tokens": 20_000}, {"format"}, 32_000)),
        ({"thinks": "never", "efforts": ()}, (None, {"format"}, 32_000)),
        ({"efforts": ("low", "medium"), "max_output": 4_096}, ({"type": "adaptive"}, {"effort", "format"}, 4_096)),
        ({"thinks": "both", "efforts": ()}, ({"type": "adaptive"}, {"format"}, 32_000)),
    ],
    ids=["budget", "never", "small", "both"],
)
async def test_a_request_has_the_shape_that_the_model_takes(
    model_server: ModelServer, client: AnthropicClient, described: Any, sent: Any
) -> None:
    model_server.has_model("claude-m", **described)
    model_server.answers(TESTS)
    await client.ask(question(), unheard)
    asked = model_server.asked[0].json
    assert (asked.get("thinking"), set(asked["output_config"]), asked["max_tokens"]) == sent


async def test_no_form_is_asked_of_a_model_that_cannot_keep_to_one(
    model_server: ModelServer, client: AnthropicClient
) -> None:
    model_server.has_model("claude-m", structured=False)
    model_server.answers(TESTS)
    await client.ask(question(), unheard)
    assert model_server.asked[0].json["output_config"] == {"effort": "high"}


async def test_thinking_can_be_switched_off(model_server: ModelServer, client: AnthropicClient) -> None:
    model_server.answers(TESTS)
    await client.ask(question(thinking=Thinking(None, None)), unheard)
    asked = model_server.asked[0].json
    assert asked["thinking"] == {"type": "disabled"}
    assert "effort" not in asked["output_config"]


@pytest.mark.parametrize("how", ["not listed", "lists nothing useful", "refuses to list"])
async def test_a_gateway_that_does_not_describe_its_models_gets_the_plainest_request(
    model_server: ModelServer, client: AnthropicClient, how: str
) -> None:
    if how == "lists nothing useful":
        model_server.has_model("claude-m")
        info = model_server.model("claude-m")
        for name in [name for name in info if name != "id"]:
            del info[name]
    else:
        model_server.lists_models = False
    model_server.answers(TESTS, times=2)
    if how == "refuses to list":
        model_server.fails_to_list = 403
    for _ in range(2):
        assert (await client.ask(question(), unheard)).stop == "end"
    asked = model_server.asked[0].json
    assert set(asked) == {"model", "max_tokens", "stream", "system", "messages"}
    assert asked["max_tokens"] == 32_000
    assert len(model_server.requests) == 3, "it is not asked about the model again"


async def test_what_is_the_same_is_cached_over_rounds_and_targets(
    model_server: ModelServer, client: AnthropicClient
) -> None:
    model_server.answers(TESTS, times=3)
    first = await client.ask(question(), unheard)
    second = await client.ask(question(conversation=CONVERSATION.followed_by(first.text, "Again.")), unheard)
    other = Conversation(CONVERSATION.system, (Turn("user", (Block("Reach line 1."),)),))
    third = await client.ask(question(conversation=other), unheard)
    one, two, three = (request.prefix() for request in model_server.asked)
    assert one
    assert one == two == three
    assert first.usage.cache_read == 0 < first.usage.cache_written
    assert second.usage.cache_read == third.usage.cache_read == first.usage.cache_written
    assert second.usage.cache_written == third.usage.cache_written == 0
    assert second.usage.fresh > first.usage.fresh
    assert first.usage.output > 0


@pytest.mark.parametrize(
    ("reason", "stop"),
    [
        ("end_turn", "end"),
        ("stop_sequence", "end"),
        ("tool_use", "end"),
        ("pause_turn", "end"),
        ("something_new", "end"),
        ("max_tokens", "max_tokens"),
        ("model_context_window_exceeded", "max_tokens"),
        ("refusal", "refusal"),
    ],
)
async def test_why_a_model_stopped(model_server: ModelServer, client: AnthropicClient, reason: str, stop: str) -> None:
    model_server.stops(reason, "def test_x():\n    ass")
    answer = await client.ask(question(), unheard)
    assert (answer.text, answer.stop) == ("def test_x():\n    ass", stop)


async def test_the_end_of_the_room_and_a_refusal_without_a_word(
    model_server: ModelServer, client: AnthropicClient
) -> None:
    model_server.max_tokens(TESTS)
    cut = await client.ask(question(), unheard)
    with pytest.raises(json.JSONDecodeError):
        json.loads(cut.text)
    assert cut.stop == "max_tokens"
    model_server.refusal()
    refused = await client.ask(question(), unheard)
    assert (refused.text, refused.stop) == ("", "refusal")
    assert refused.usage.cache_read == cut.usage.cache_written > 0, "that is paid for all the same"


async def test_text_around_the_json_comes_as_it_is(model_server: ModelServer, client: AnthropicClient) -> None:
    model_server.answers(TESTS, around=("Here you are:\n```json\n", "\n```\nEnjoy: äöü 👋 "))
    answer = await client.ask(question(), unheard)
    assert answer.text.startswith("Here you are:\n```json\n{")
    assert answer.text.endswith("\n```\nEnjoy: äöü 👋 ")


async def test_tokens_are_counted_without_an_answer(model_server: ModelServer, client: AnthropicClient) -> None:
    counted = await client.count(question())
    assert counted > len(SOURCE) // 4
    request = model_server.requests[-1]
    assert request.path == "/v1/messages/count_tokens"
    assert "max_tokens" not in request.json
    assert request.json["system"][1]["text"].endswith(SOURCE)
    model_server.counts_tokens = False
    with pytest.raises(ModelProblem, match="404") as raised:
        await client.count(question())
    assert raised.value.kind == "not_found"


# What models can do


async def test_capabilities_are_asked_for_once_a_day(model_server: ModelServer, tmp_path: Path) -> None:
    connection = Connection(base_url=model_server.url, editor_key=KEY)
    model_server.has_model("claude-m", thinks="budget", efforts=(), batch=False, max_input=200_000, max_output=8_192)
    told = await AnthropicClient(connection, cache=tmp_path).capabilities("claude-m")
    assert told == Capabilities(
        budgeted_thinking=True, can_stop_thinking=True, structured_outputs=True, max_input=200_000, max_output=8_192
    )
    assert await AnthropicClient(connection, cache=tmp_path).capabilities("claude-m") == told
    assert len(model_server.requests) == 1, "another process reads what the first has heard"
    (kept,) = tmp_path.iterdir()  # noqa: ASYNC240 - nothing else waits in a test
    assert KEY not in kept.read_text()
    for spoilt in (json.dumps({**json.loads(kept.read_text()), "at": 1.0}), "{", '{"at": 1}', "[]"):
        kept.write_text(spoilt)
        asked = len(model_server.requests)
        assert await AnthropicClient(connection, cache=tmp_path).capabilities("claude-m") == told
        assert len(model_server.requests) == asked + 1, spoilt
    elsewhere = Connection(base_url=f"{model_server.url}/v1/", editor_key=KEY)
    await AnthropicClient(elsewhere, cache=tmp_path).capabilities("claude-m")
    assert [request.path for request in model_server.requests] == ["/v1/models/claude-m"] * 5


async def test_a_cache_that_cannot_be_written_harms_nobody(model_server: ModelServer, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    client = AnthropicClient(Connection(base_url=model_server.url, editor_key=KEY), cache=tmp_path / "file")
    model_server.answers(TESTS)
    assert (await client.ask(question(), unheard)).stop == "end"


async def test_what_was_known_is_asked_again_when_a_request_was_refused(
    model_server: ModelServer, client: AnthropicClient
) -> None:
    assert (await client.capabilities("claude-m")).adaptive_thinking
    model_server.has_model("claude-m", thinks="budget", efforts=())
    model_server.fails(400, message="thinking.type: adaptive is not supported")
    assert (await problem(client)).kind == "bad_request"
    model_server.answers(TESTS)
    await client.ask(question(), unheard)
    assert model_server.asked[-1].json["thinking"]["type"] == "enabled"


async def test_a_retired_model_is_not_even_asked(model_server: ModelServer, client: AnthropicClient) -> None:
    model_server.has_model("claude-m", retired=True)
    gone = await problem(client)
    assert (gone.kind, gone.passing) == ("not_found", False)
    assert "claude-m was retired" in str(gone)
    assert model_server.asked == []


# Whoever waits no longer


@pytest.mark.parametrize("when", ["before the first byte", "midway"])
async def test_cancelling_closes_the_connection_at_once(
    model_server: ModelServer, client: AnthropicClient, when: str
) -> None:
    await client.capabilities("claude-m")
    held = model_server.stalls_midway if when == "midway" else model_server.slow_first_byte
    gate = held(text="x" * 400)
    begun = asyncio.Event()
    asking = asyncio.ensure_future(client.ask(question(), lambda characters: begun.set() if characters else None))
    assert await gate.was_reached()
    if when == "midway":
        await asyncio.wait_for(begun.wait(), LIMIT)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(asking, LIMIT)
    assert await model_server.asked[0].was_abandoned(), "the server would write on, and somebody would pay"


async def test_cancelling_closes_it_also_while_a_model_is_being_described(
    model_server: ModelServer, client: AnthropicClient
) -> None:
    gate = model_server.slow_models()
    asking = asyncio.ensure_future(client.ask(question(), unheard))
    assert await gate.was_reached()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(asking, LIMIT)
    assert await model_server.requests[0].was_abandoned()
    assert model_server.asked == []


async def test_a_late_first_byte_is_waited_for(model_server: ModelServer, client: AnthropicClient) -> None:
    gate = model_server.slow_first_byte(TESTS)
    asking = asyncio.ensure_future(client.ask(question(), unheard))
    assert await gate.was_reached()
    assert not asking.done()
    gate.release()
    assert (await asyncio.wait_for(asking, LIMIT)).stop == "end"


@pytest.mark.parametrize("when", ["before the first byte", "midway"])
async def test_who_says_nothing_for_too_long_is_not_waited_for(model_server: ModelServer, when: str) -> None:
    client = AnthropicClient(Connection(base_url=model_server.url, editor_key=KEY), timeout=0.3)
    client._known.remember(model_server.url, "claude-m", Capabilities())
    held = model_server.stalls_midway if when == "midway" else model_server.slow_first_byte
    held(text="x" * 400)
    late = await problem(client)
    assert (late.kind, late.passing) == ("timeout", True)
    assert "said nothing for 0.3 s" in str(late)
    assert late.usage.cache_written > 0 if when == "midway" else late.usage == Usage()
    assert await model_server.asked[0].was_abandoned()


async def test_nothing_is_left_open(model_server: ModelServer, client: AnthropicClient) -> None:
    gc.collect()
    before = set(threading.enumerate())
    model_server.answers(TESTS)
    model_server.cut_midway(text="x" * 400)
    await client.ask(question(), unheard)
    await problem(client)
    gc.collect()  # what was not closed would warn, and warnings are errors here
    assert [thread.name for thread in set(threading.enumerate()) - before if "anyio" in thread.name.lower()] == []


# What start-up pays, and what nobody may read


def test_nothing_of_the_sdk_is_imported_before_a_model_is_asked() -> None:
    code = (
        "import sys; from greenline.adapters import anthropic_client; import greenline.bootstrap;"
        "from greenline.ports.model import Connection; anthropic_client.AnthropicClient(Connection());"
        "print(sorted({'anthropic', 'httpx2', 'pydantic', 'tenacity'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"


async def test_neither_key_nor_source_is_logged_or_shown(
    model_server: ModelServer, client: AnthropicClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    model_server.answers(TESTS)
    await client.ask(question(), unheard)
    model_server.fails(401, message=f"invalid x-api-key {KEY}")
    model_server.fails(400, message=f"cannot parse: {SOURCE}")
    model_server.fails(400, message=f"your key {KEY} is wrong")
    said = [str(await problem(client)) for _ in range(3)]
    assert not [text for text in (*said, caplog.text, repr(client._connection), repr(client._key)) if KEY in text]
    assert not [text for text in (*said, caplog.text) if "amount * 119" in text]
    caplog.set_level(logging.DEBUG)
    model_server.answers(TESTS)
    await client.ask(question(), unheard)
    assert KEY not in caplog.text


async def test_a_problem_brings_no_request_along(model_server: ModelServer, client: AnthropicClient) -> None:
    import traceback

    model_server.fails(401, message=f"invalid {KEY}")
    refused = await problem(client)
    assert refused.__cause__ is None
    assert refused.__suppress_context__
    assert KEY not in "".join(traceback.format_exception(refused))
