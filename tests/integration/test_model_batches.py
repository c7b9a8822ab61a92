"""Many questions at once, with the real SDK: handed in, looked at, collected after a restart, called off."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from greenline.adapters.anthropic_batches import AnthropicBatches
from greenline.adapters.anthropic_client import AnthropicClient
from greenline.domain.asking.model import Answer, Block, Conversation, Question, Turn, Usage
from greenline.ports.model import Connection, ModelProblem
from greenline.ports.model_batches import BatchState, ModelBatches, batch_key
from greenline.services.await_batch import await_batch
from model_server.batches import errored, succeeded

if TYPE_CHECKING:
    from greenline.ports.model import Provider
    from model_server import ModelServer

SYSTEM = (Block("You write tests."), Block("def f(): ...\ndef g(): ...\n", breakpoint=True))


@pytest.fixture(autouse=True)
def _no_settings_of_whoever_runs_this(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("ANTHROPIC_") or name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)


def batches_at(server: ModelServer, provider: Provider = "anthropic") -> ModelBatches:
    """Return what somebody has who has just been started."""
    return AnthropicBatches(AnthropicClient(Connection(provider, base_url=server.url, editor_key="sk-1")))


def question(target: str, model: str = "claude-m") -> Question:
    return Question(model, Conversation(SYSTEM, (Turn("user", (Block(f"Test {target}."),)),)), {"type": "object"})


QUESTIONS = {batch_key(f"shop.py::{name}"): question(name) for name in "fgh"}
F, G, H = QUESTIONS


async def refusal(waiting: object) -> ModelProblem:
    with pytest.raises(ModelProblem) as raised:
        await waiting  # type: ignore[misc]
    return raised.value


async def test_each_question_is_handed_in_as_its_model_takes_it(model_server: ModelServer) -> None:
    model_server.has_model("claude-old", thinks="budget", efforts=(), structured=False, max_output=8_192)
    batch = await batches_at(model_server).submit({F: question("f"), G: question("g", "claude-old")})
    handed_in = model_server.batches.requests(batch)
    assert handed_in[F] == {
        "model": "claude-m",
        "max_tokens": 32_000,
        "system": [
            {"type": "text", "text": "You write tests."},
            {"type": "text", "text": SYSTEM[1].text, "cache_control": {"type": "ephemeral"}},
        ],
        "messages": [{"role": "user", "content": [{"type": "text", "text": "Test f."}]}],
        "thinking": {"type": "adaptive"},
        "output_config": {"effort": "high", "format": {"type": "json_schema", "schema": {"type": "object"}}},
    }
    assert handed_in[G]["thinking"] == {"type": "enabled", "budget_tokens": 4_096}
    assert "output_config" not in handed_in[G]
    assert handed_in[G]["system"] == handed_in[F]["system"]


async def test_answers_are_collected_by_whoever_has_the_name(model_server: ModelServer) -> None:
    batch = await batches_at(model_server).submit(QUESTIONS)
    assert await batches_at(model_server).state(batch) == BatchState(ended=False, waiting=3)
    early = await refusal(batches_at(model_server).answers(batch))
    assert f"The batch {batch} has not ended yet" in str(early)
    model_server.batches.end(batch, {F: succeeded("tests of f"), G: succeeded("tests of", stop="max_tokens")})
    after_a_restart = batches_at(model_server)
    assert await after_a_restart.state(batch) == BatchState(ended=True, answered=2, failed=1)
    answers = await after_a_restart.answers(batch)
    assert set(answers) == set(QUESTIONS)
    used = Usage(fresh=7, cache_written=20, cache_read=30, output=3)
    assert answers[F] == Answer("tests of f", "end", used, "claude-m")
    assert answers[G] == Answer("tests of", "max_tokens", used, "claude-m")
    late = answers[H]
    assert isinstance(late, ModelProblem)
    assert (late.kind, "did not come to this question within a day" in str(late)) == ("timeout", True)


@pytest.mark.parametrize(
    ("kind_of_error", "kind"),
    [
        ("invalid_request_error", "bad_request"),
        ("not_found_error", "not_found"),
        ("overloaded_error", "overloaded"),
        ("billing_error", "unpaid"),
        ("api_error", "server"),
        ("something_new", "server"),
    ],
)
async def test_one_question_that_fails_takes_no_other_along(
    model_server: ModelServer, kind_of_error: str, kind: str
) -> None:
    batches = batches_at(model_server)
    batch = await batches.submit(QUESTIONS)
    bad = errored(kind_of_error, "messages.0: def f(): ...")
    model_server.batches.end(batch, {F: bad, G: succeeded("g"), H: succeeded("h")})
    answers = await batches.answers(batch)
    assert [isinstance(answers[key], Answer) for key in QUESTIONS] == [False, True, True]
    failed = answers[F]
    assert isinstance(failed, ModelProblem)
    assert failed.kind == kind
    assert "def f()" not in str(failed)
    assert "{" not in str(failed)


async def test_a_batch_is_called_off_and_what_was_answered_stays(model_server: ModelServer) -> None:
    batches = batches_at(model_server)
    batch = await batches.submit(QUESTIONS)
    await batches.cancel(batch)
    assert await batches.state(batch) == BatchState(ended=False, cancelling=True, waiting=3)
    model_server.batches.end(batch, {F: succeeded("f")})
    answers = await batches.answers(batch)
    assert isinstance(answers[F], Answer)
    assert str(answers[G]) == "The batch was cancelled before this question's turn."
    asked = len(model_server.requests)
    await batches.cancel(batch)
    assert not [request for request in model_server.requests[asked:] if request.path.endswith("/cancel")]


async def test_a_batch_is_waited_for(model_server: ModelServer) -> None:
    batches = batches_at(model_server)
    batch = await batches.submit(QUESTIONS)
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 2:
            model_server.batches.end(batch, {key: succeeded(key) for key in QUESTIONS})

    answers = await await_batch(batches, batch, sleep)
    assert {key: answer.text for key, answer in answers.items() if isinstance(answer, Answer)} == {
        key: key for key in QUESTIONS
    }
    assert waited == [15, 30]


async def test_a_batch_that_is_not_there_is_said_so(model_server: ModelServer) -> None:
    batches = batches_at(model_server)
    for waiting in (batches.state("msgbatch_9"), batches.answers("msgbatch_9"), batches.cancel("msgbatch_9")):
        raised = await refusal(waiting)
        assert raised.kind == "not_found"
        assert "has no batch msgbatch_9 (404). Answers are kept for 29 days" in str(raised)


async def test_a_model_that_takes_no_batches_is_not_asked_for_one(model_server: ModelServer) -> None:
    model_server.has_model("claude-m", batch=False)
    raised = await refusal(batches_at(model_server).submit(QUESTIONS))
    assert (raised.kind, "claude-m cannot be asked in batches" in str(raised)) == ("bad_request", True)
    assert not [request for request in model_server.requests if request.method == "POST"]


async def test_more_than_one_batch_takes_is_parted(model_server: ModelServer) -> None:
    client = AnthropicClient(Connection(base_url=model_server.url, editor_key="sk-1"))
    by_count = await AnthropicBatches(client, most=2).parted(QUESTIONS)
    assert [[*part] for part in by_count] == [[F, G], [H]]
    by_size = await AnthropicBatches(client, most_bytes=1).parted(QUESTIONS)
    assert [[*part] for part in by_size] == [[F], [G], [H]]
    (whole,) = await AnthropicBatches(client).parted(QUESTIONS)
    assert dict(whole) == QUESTIONS
    await AnthropicBatches(client).submit(whole)
    (size,) = [len(request.body) for request in model_server.requests if request.method == "POST"]
    assert len(await AnthropicBatches(client, most_bytes=2 * size).parted(QUESTIONS)) == 1
    assert len(await AnthropicBatches(client, most_bytes=size - 100).parted(QUESTIONS)) == 2


async def test_a_batch_whose_name_nobody_knows_is_among_those_that_were_made(model_server: ModelServer) -> None:
    batches, before = batches_at(model_server), time.time() - 1
    first = await batches.submit(QUESTIONS)
    for _ in range(150):  # more than a page of the list
        model_server.batches.create([{"custom_id": "other", "params": {}}])
    last = await batches.submit(QUESTIONS)
    model_server.batches.end(first, {F: succeeded("f")})
    assert await batches.made_since(before, len(QUESTIONS)) == [last, first]
    assert await batches.made_since(time.time() + 60, len(QUESTIONS)) == []


async def test_an_empty_batch_is_none(model_server: ModelServer) -> None:
    assert "1 to 100,000 questions; this one would have 0" in str(await refusal(batches_at(model_server).submit({})))
    assert model_server.requests == []


@pytest.mark.parametrize("provider", ["bedrock", "vertex", "foundry"])
async def test_a_provider_without_batches_says_so(
    model_server: ModelServer, monkeypatch: pytest.MonkeyPatch, provider: Provider
) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    monkeypatch.setenv("CLOUD_ML_REGION", "eu")
    monkeypatch.setenv("ANTHROPIC_VERTEX_PROJECT_ID", "shop")
    raised = await refusal(batches_at(model_server, provider).submit(QUESTIONS))
    assert raised.kind == "bad_request"
    assert "batch" in str(raised).lower()
    assert model_server.requests == []
