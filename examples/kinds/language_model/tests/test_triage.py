import asyncio
import time
from unittest.mock import MagicMock, Mock, call, create_autospec

import anthropic
import httpx2
import pytest
from anthropic.lib.streaming import AsyncMessageStream, MessageStream
from anthropic.resources import AsyncMessages, Messages
from anthropic.types import (
    Message,
    RawContentBlockDeltaEvent,
    RawMessageStopEvent,
    TextBlock,
    TextDelta,
    ToolUseBlock,
)

from triage import (
    TriageError,
    ask,
    in_stock,
    stream_answer,
    stream_capitals,
    stream_later,
    summarize,
    team_for,
    urgency,
)


def test_summarize():
    client = Mock(spec=anthropic.Anthropic, messages=Mock(spec=Messages))
    client.messages.create.return_value = Message.model_construct(
        content=[TextBlock(type="text", text="Hello")], stop_reason="end_turn"
    )
    assert summarize(client, "ada@example.com") == "Hello"
    assert client.messages.create.call_args_list == [
        call(
            model="claude-sonnet-4-5",
            max_tokens=100,
            messages=[
                {
                    "role": "user",
                    "content": "Summarize in one sentence:\nada@example.com",
                }
            ],
        )
    ]


def test_summarize_raises_value_error_when_mail_is_blank():
    client = Mock(spec=anthropic.Anthropic, messages=Mock(spec=Messages))
    with pytest.raises(ValueError, match="there is nothing to summarize"):
        summarize(client, " ")


def test_summarize_raises_triage_error_when_stop_reason_is_max_tokens():
    client = Mock(spec=anthropic.Anthropic, messages=Mock(spec=Messages))
    client.messages.create.return_value = Message.model_construct(
        content=[TextBlock(type="text", text="Hello")], stop_reason="max_tokens"
    )

    with pytest.raises(TriageError, match="the summary was cut off"):
        summarize(client, "ada@example.com")

    assert client.messages.create.call_args_list == [
        call(
            model="claude-sonnet-4-5",
            max_tokens=100,
            messages=[
                {
                    "role": "user",
                    "content": "Summarize in one sentence:\nada@example.com",
                }
            ],
        )
    ]


def test_team_for_by_a_tool():
    client = Mock(spec=anthropic.Anthropic, messages=Mock(spec=Messages))
    client.messages.create.return_value = Message.model_construct(
        content=[ToolUseBlock(type="tool_use", id="toolu_1", name="route", input={})],
        stop_reason="tool_use",
    )
    assert team_for(client, "ada@example.com") == "other"
    assert client.messages.create.call_args_list == [
        call(
            model="claude-sonnet-4-5",
            max_tokens=50,
            tools=[{"name": "route", "input_schema": {"type": "object"}}],
            messages=[{"role": "user", "content": "ada@example.com"}],
        )
    ]


def test_team_for_raises_triage_error():
    client = Mock(spec=anthropic.Anthropic, messages=Mock(spec=Messages))
    client.messages.create.return_value = Message.model_construct(
        content=[TextBlock(type="text", text="Hello")], stop_reason="end_turn"
    )

    with pytest.raises(TriageError, match="the model did not say which team"):
        team_for(client, "ada@example.com")

    assert client.messages.create.call_args_list == [
        call(
            model="claude-sonnet-4-5",
            max_tokens=50,
            tools=[{"name": "route", "input_schema": {"type": "object"}}],
            messages=[{"role": "user", "content": "ada@example.com"}],
        )
    ]


def test_team_for_raises_triage_error_by_a_tool():
    client = Mock(spec=anthropic.Anthropic, messages=Mock(spec=Messages))
    client.messages.create.return_value = Message.model_construct(
        content=[
            ToolUseBlock(
                type="tool_use", id="toolu_1", name="unknown", input={"team": "team"}
            )
        ],
        stop_reason="tool_use",
    )

    with pytest.raises(TriageError, match="the model did not say which team"):
        team_for(client, "ada@example.com")

    assert client.messages.create.call_args_list == [
        call(
            model="claude-sonnet-4-5",
            max_tokens=50,
            tools=[{"name": "route", "input_schema": {"type": "object"}}],
            messages=[{"role": "user", "content": "ada@example.com"}],
        )
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param('{"certain": true, "urgency": 3}', 3, id="certain-true-urgency-3"),
        ("Hello", 0),
        ('{"urgency": 3}', 3),
        pytest.param(
            '{"certain": false, "urgency": 3}', 1, id="certain-false-urgency-3"
        ),
    ],
)
def test_urgency(text, expected):
    client = Mock(spec=anthropic.Anthropic, messages=Mock(spec=Messages))
    client.messages.create.return_value = Message.model_construct(
        content=[TextBlock(type="text", text=text)], stop_reason="end_turn"
    )

    assert urgency(client, "ada@example.com") == expected

    assert client.messages.create.call_args_list == [
        call(
            model="claude-sonnet-4-5",
            max_tokens=50,
            messages=[{"role": "user", "content": "ada@example.com"}],
        )
    ]


def test_ask_on_api_connection_error():
    client = Mock(spec=anthropic.Anthropic, messages=Mock(spec=Messages))
    client.messages.create.side_effect = anthropic.APIConnectionError(
        request=httpx2.Request("POST", "https://api.anthropic.com/v1/messages")
    )
    assert ask(client, "question") is None
    assert client.messages.create.call_args_list == [
        call(
            model="claude-sonnet-4-5",
            max_tokens=500,
            messages=[{"role": "user", "content": "question"}],
        )
    ]


def test_ask_on_rate_limit_error(monkeypatch):
    sleep = create_autospec(time.sleep)
    monkeypatch.setattr(time, "sleep", sleep)
    client = Mock(spec=anthropic.Anthropic, messages=Mock(spec=Messages))
    client.messages.create.side_effect = anthropic.RateLimitError(
        "not now",
        response=httpx2.Response(
            429, request=httpx2.Request("POST", "https://api.anthropic.com/v1/messages")
        ),
        body=None,
    )
    assert ask(client, "question") is None
    assert sleep.call_args_list == [call(1), call(2), call(4)]
    assert client.messages.create.call_args_list == [
        call(
            model="claude-sonnet-4-5",
            max_tokens=500,
            messages=[{"role": "user", "content": "question"}],
        ),
        call(
            model="claude-sonnet-4-5",
            max_tokens=500,
            messages=[{"role": "user", "content": "question"}],
        ),
        call(
            model="claude-sonnet-4-5",
            max_tokens=500,
            messages=[{"role": "user", "content": "question"}],
        ),
    ]


def test_ask_after_rate_limit_error(monkeypatch):
    sleep = create_autospec(time.sleep)
    monkeypatch.setattr(time, "sleep", sleep)
    client = Mock(spec=anthropic.Anthropic, messages=Mock(spec=Messages))
    client.messages.create.side_effect = [
        anthropic.RateLimitError(
            "not now",
            response=httpx2.Response(
                429,
                request=httpx2.Request("POST", "https://api.anthropic.com/v1/messages"),
            ),
            body=None,
        ),
        Message.model_construct(
            content=[TextBlock(type="text", text="Hello")], stop_reason="end_turn"
        ),
    ]
    assert ask(client, "question") == "Hello"
    assert sleep.call_args_list == [call(1)]
    assert client.messages.create.call_args_list == [
        call(
            model="claude-sonnet-4-5",
            max_tokens=500,
            messages=[{"role": "user", "content": "question"}],
        ),
        call(
            model="claude-sonnet-4-5",
            max_tokens=500,
            messages=[{"role": "user", "content": "question"}],
        ),
    ]


def test_in_stock():
    client = Mock(spec=anthropic.Anthropic, messages=Mock(spec=Messages))
    client.messages.create.return_value = Message.model_construct(
        content=[TextBlock(type="text", text="Hello")], stop_reason="end_turn"
    )
    assert in_stock(client, "question") == "Hello"
    assert client.messages.create.call_args_list == [
        call(
            model="claude-sonnet-4-5",
            max_tokens=50,
            tools=[{"name": "stock", "input_schema": {"type": "object"}}],
            messages=[{"role": "user", "content": "question"}],
        )
    ]


def test_in_stock_by_a_tool():
    client = Mock(spec=anthropic.Anthropic, messages=Mock(spec=Messages))
    client.messages.create.side_effect = [
        Message.model_construct(
            content=[
                ToolUseBlock(
                    type="tool_use", id="toolu_1", name="stock", input={"item": 3}
                )
            ],
            stop_reason="tool_use",
        ),
        Message.model_construct(
            content=[TextBlock(type="text", text="Hello")], stop_reason="end_turn"
        ),
    ]
    assert in_stock(client, "question") == "Hello"
    assert client.messages.create.call_count == 2
    assert client.messages.create.call_args == call(
        model="claude-sonnet-4-5",
        max_tokens=50,
        tools=[{"name": "stock", "input_schema": {"type": "object"}}],
        messages=[
            {"role": "user", "content": "question"},
            {
                "role": "assistant",
                "content": [
                    ToolUseBlock(
                        id="toolu_1", input={"item": 3}, name="stock", type="tool_use"
                    )
                ],
            },
            {
                "role": "user",
                "content": [
                    {"type": "tool_result", "tool_use_id": "toolu_1", "content": "0"}
                ],
            },
        ],
    )


def test_stream_answer():
    client = Mock(spec=anthropic.Anthropic, messages=MagicMock(spec=Messages))
    stream = Mock(spec=MessageStream, text_stream=iter(["Hello", " world"]))
    client.messages.stream.return_value.__enter__.return_value = stream
    assert list(stream_answer(client, "question")) == ["Hello", " world"]
    assert client.messages.stream.call_args_list == [
        call(
            model="claude-sonnet-4-5",
            max_tokens=500,
            messages=[{"role": "user", "content": "question"}],
        )
    ]


def test_stream_capitals():
    client = Mock(spec=anthropic.Anthropic, messages=Mock(spec=Messages))
    client.messages.create.return_value = iter(
        [
            RawContentBlockDeltaEvent(
                type="content_block_delta",
                index=0,
                delta=TextDelta(type="text_delta", text="Hello"),
            ),
            RawContentBlockDeltaEvent(
                type="content_block_delta",
                index=0,
                delta=TextDelta(type="text_delta", text=" world"),
            ),
            RawMessageStopEvent(type="message_stop"),
        ]
    )
    assert stream_capitals(client, "question") == "HELLO WORLD"
    assert client.messages.create.call_args_list == [
        call(
            model="claude-sonnet-4-5",
            max_tokens=500,
            stream=True,
            messages=[{"role": "user", "content": "question"}],
        )
    ]


def test_stream_later():
    async def pieces():
        yield "Hello"
        yield " world"

    client = Mock(spec=anthropic.AsyncAnthropic, messages=MagicMock(spec=AsyncMessages))
    stream = Mock(spec=AsyncMessageStream, text_stream=pieces())
    client.messages.stream.return_value.__aenter__.return_value = stream

    async def collect():
        return [item async for item in stream_later(client, "question")]

    assert asyncio.run(collect()) == ["Hello", " world"]
    assert client.messages.stream.call_args_list == [
        call(
            model="claude-sonnet-4-5",
            max_tokens=500,
            messages=[{"role": "user", "content": "question"}],
        )
    ]
