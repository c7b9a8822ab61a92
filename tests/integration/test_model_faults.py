"""A service that fails in every way that is known: one problem each, with what is wrong and what to do."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TYPE_CHECKING, Any

import pytest

from greenline.adapters.anthropic_client import AnthropicClient
from greenline.adapters.anthropic_problems import Asked, problem_of, retry_after
from greenline.domain.asking.model import Block, Conversation, Question, Turn, Usage
from greenline.ports.model import Connection, ModelProblem
from model_server import ModelServer

if TYPE_CHECKING:
    from collections.abc import Callable

LIMIT = 30.0
QUESTION = Question("claude-m", Conversation((), (Turn("user", (Block("def f(): ...", breakpoint=True), Block("f"))),)))


@pytest.fixture(autouse=True)
def _no_settings_of_whoever_runs_this(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("ANTHROPIC_") or name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)


@pytest.fixture
def client(model_server: ModelServer) -> AnthropicClient:
    return AnthropicClient(Connection(base_url=model_server.url, editor_key="sk-not-real"), timeout=LIMIT)


async def problem(client: AnthropicClient) -> ModelProblem:
    with pytest.raises(ModelProblem) as raised:
        await asyncio.wait_for(client.ask(QUESTION, lambda _: None), LIMIT)
    assert "\n" not in str(raised.value)
    assert "{" not in str(raised.value)
    return raised.value


@pytest.mark.parametrize(
    ("status", "expected", "words"),
    [
        (400, ("bad_request", False), "does not take the request for claude-m (400): It went wrong."),
        (401, ("unauthorized", False), "refuses the key that is stored in the editor (401). Check"),
        (402, ("unpaid", False), "wants to be paid first (402). Add credit"),
        (403, ("forbidden", False), "does not let the key that is stored in the editor use claude-m (403)."),
        (404, ("not_found", False), "has no claude-m (404): it may be retired, or misspelt. Choose another"),
        (408, ("timeout", True), "did not answer in time (408)."),
        (409, ("bad_request", False), "(409)"),
        (413, ("bad_request", False), "too large for claude-m"),
        (422, ("bad_request", False), "(422)"),
        (429, ("rate_limited", True), "takes no more requests for now (429). Try again in 3 s."),
        (500, ("server", True), "has a problem of its own (500)."),
        (502, ("server", True), "has a problem of its own (502)."),
        (503, ("overloaded", True), "is overloaded (503)."),
        (504, ("timeout", True), "did not answer in time (504)."),
        (529, ("overloaded", True), "is overloaded (529). Try again in 3 s."),
    ],
)
async def test_each_status_is_a_problem_of_its_kind(
    model_server: ModelServer, client: AnthropicClient, status: int, expected: tuple[str, bool], words: str
) -> None:
    model_server.fails(status, retry_after=2.5)
    raised = await problem(client)
    assert (raised.kind, raised.passing) == expected
    assert words in str(raised)
    assert raised.retry_after == 2.5
    assert len(model_server.asked) == 1, "whether to ask again is for others to say"


async def test_a_prompt_that_does_not_fit_is_said_so(model_server: ModelServer, client: AnthropicClient) -> None:
    model_server.fails(400, message="prompt is too long: 212000 tokens > 200000 maximum")
    assert "too large for claude-m" in str(await problem(client))


@pytest.mark.parametrize(
    "body", [b"", b"<html>Bad gateway</html>", b"[]", b'{"error": "no"}', b'{"error": {}}', b"\xff"]
)
async def test_an_error_whose_body_is_not_that_of_the_api(
    model_server: ModelServer, client: AnthropicClient, body: bytes
) -> None:
    model_server.fails(400, body=body)
    assert str(await problem(client)).endswith(
        "does not take the request for claude-m (400). Another model may take it."
    )
    model_server.fails(502, body=body)
    assert (await problem(client)).kind == "server"


@pytest.mark.parametrize(
    ("kind_of_error", "kind"),
    [
        ("overloaded_error", "overloaded"),
        ("rate_limit_error", "rate_limited"),
        ("api_error", "server"),
        ("timeout_error", "timeout"),
        ("something_new", "server"),
    ],
)
async def test_an_error_in_the_middle_of_an_answer(
    model_server: ModelServer, client: AnthropicClient, kind_of_error: str, kind: str
) -> None:
    model_server.error_midway(kind_of_error)
    raised = await problem(client)
    assert (raised.kind, raised.passing) == (kind, True)
    assert "200" not in str(raised)
    assert raised.usage.cache_written > 0, "that much was paid for"


@pytest.mark.parametrize("politely", [False, True])
async def test_an_answer_that_breaks_off(model_server: ModelServer, client: AnthropicClient, politely: bool) -> None:
    model_server.cut_midway(text="x" * 400, politely=politely)
    raised = await problem(client)
    assert (raised.kind, raised.passing) == ("cut", True)
    assert str(raised) == "The answer of claude-m broke off midway. Try again."
    assert raised.usage.total > 0
    assert set(raised.received) == {"x"}, "what came is there"
    assert len(raised.received) < 400


START = b'event: message_start\ndata: {"type": "message_start", "message": {"usage": {}}}\n\n'


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>Please log in to the network</html>",
        b"event: message_start\ndata: {not json\n\n",
        b"event: message_start\ndata: [1, 2]\n\n",
        b"event: message_start\ndata: {}\n\n",
        b'event: content_block_delta\ndata: {"type": "content_block_delta", "index": 7}\n\n',
        START + b'event: content_block_delta\ndata: {"type": "content_block_delta", "index": 7, "delta": {}}\n\n',
        b"\xff\xfe\x00",
        b"data: " + b"x" * 100_000,
    ],
)
@pytest.mark.parametrize("kind", ["text/event-stream", "text/html", "application/json"])
async def test_who_does_not_speak_the_api_is_found_out(
    model_server: ModelServer, client: AnthropicClient, body: bytes, kind: str
) -> None:
    model_server.sends(body, kind=kind)
    raised = await problem(client)
    assert raised.kind == "server"
    assert "is not the Messages API. Check the setting greenline.model.baseUrl" in str(raised)


async def test_an_answer_that_never_ends_is_ended(model_server: ModelServer, client: AnthropicClient) -> None:
    model_server.has_model("claude-m", max_output=100)
    model_server.answers(text="x" * 100_000)
    heard: list[int] = []
    with pytest.raises(ModelProblem, match="does not end"):
        await client.ask(QUESTION, heard.append)
    assert max(heard) < 2_000


async def test_a_redirection_is_not_followed(model_server: ModelServer, client: AnthropicClient) -> None:
    with ModelServer() as elsewhere:
        model_server.sends(b"", status=307, location=f"{elsewhere.url}/v1/messages")
        raised = await problem(client)
        assert elsewhere.requests == [], "consent was given for one place"
    assert raised.kind == "bad_request"
    assert "sends requests on to another place (307)" in str(raised)


async def test_what_a_provider_says_is_not_repeated_when_it_repeats_the_source(
    model_server: ModelServer, client: AnthropicClient
) -> None:
    secret = "def salary(person): return table[person] * 12"
    asked = Question("claude-m", Conversation((), (Turn("user", (Block(secret),)),)))
    for message in (f"messages.0: cannot read '{secret[4:24]}'", "your key sk-not-real is odd"):
        model_server.fails(400, message=message)
        with pytest.raises(ModelProblem) as raised:
            await client.ask(asked, lambda _: None)
        assert str(raised.value).endswith("(400). Another model may take it.")
    model_server.fails(400, message="  output_config.effort:\n is not known " + "!" * 500)
    with pytest.raises(ModelProblem) as raised:
        await client.ask(asked, lambda _: None)
    assert "(400): output_config.effort: is not known !!!" in str(raised.value)
    assert len(str(raised.value)) < 400


async def test_nobody_there(unused: str) -> None:
    raised = await problem(AnthropicClient(Connection(base_url=unused, editor_key="sk-not-real"), timeout=LIMIT))
    assert (raised.kind, raised.passing) == ("unreachable", True)
    assert f"{unused} cannot be reached: " in str(raised)
    assert "Check the network, the proxy, and greenline.model.baseUrl." in str(raised)


@pytest.fixture
def unused(dead_port: int) -> str:
    return f"http://127.0.0.1:{dead_port}"


@pytest.mark.parametrize("status", [429, 500, 529])
async def test_a_service_that_is_down_is_not_taken_for_one_without_a_list_of_models(
    model_server: ModelServer, client: AnthropicClient, status: int
) -> None:
    model_server.lists_models, model_server.fails_to_list = False, status
    assert (await problem(client)).passing
    assert model_server.asked == []
    model_server.lists_models = True
    assert (await client.capabilities("claude-m")).adaptive_thinking


async def test_without_the_sdk_it_is_said_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, client: AnthropicClient
) -> None:
    monkeypatch.setitem(sys.modules, "anthropic", None)
    raised = await problem(client)
    assert (raised.kind, raised.passing) == ("no_sdk", False)
    assert str(raised).endswith(f"{sys.executable} -m pip install 'greenline[model]'")


NOW = 1_790_000_000.0


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "2"}, 2.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after-ms": "soon", "retry-after": "9"}, 9.0),
        ({"retry-after": "Mon, 21 Sep 2026 14:13:50 GMT"}, 30.0),
        ({"retry-after": "Mon, 21 Sep 2026 14:13:00 GMT"}, 0.0),
    ],
)
def test_how_long_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, NOW) == seconds


def every_error_of_the_sdk() -> list[type[Exception]]:
    import anthropic

    public = [getattr(anthropic, name) for name in anthropic.__all__]
    return [kind for kind in public if isinstance(kind, type) and issubclass(kind, Exception)]


def test_every_error_that_the_sdk_has_becomes_a_problem() -> None:
    import anthropic
    import httpx2

    request = httpx2.Request("POST", "https://example.org", headers={"authorization": "Bearer sk-not-real"})
    asked = Asked("https://example.org", "claude-m", 5.0)
    make: dict[type[Exception], Callable[[Any], Exception]] = {
        anthropic.APIResponseValidationError: lambda kind: kind(httpx2.Response(200, request=request), None),
        anthropic.APIStatusError: lambda kind: kind("no", response=answered(kind, request), body=None),
        anthropic.APITimeoutError: lambda kind: kind(request),
        anthropic.APIConnectionError: lambda kind: kind(request=request),
        anthropic.APIError: lambda kind: kind("no", request, body=None),
        anthropic.AnthropicError: lambda kind: kind("no"),
    }
    errors = every_error_of_the_sdk()
    assert len(errors) > 20
    for kind in errors:
        made = next(how for base, how in make.items() if issubclass(kind, base))(kind)
        raised = problem_of(made, asked)
        assert raised.usage == Usage()
        assert str(raised)
        assert "sk-not-real" not in str(raised)


def answered(kind: Any, request: Any) -> Any:
    import httpx2

    return httpx2.Response(getattr(kind, "status_code", 500), request=request)
