import asyncio
from unittest.mock import AsyncMock, Mock, call

import anthropic
from anthropic.resources import AsyncMessages
from anthropic.types import Message, TextBlock

from translate import translate as translate_translate


def test_translate():
    client = Mock(spec=anthropic.AsyncAnthropic, messages=Mock(spec=AsyncMessages))
    client.messages.create = AsyncMock(spec=AsyncMessages.create)
    client.messages.create.return_value = Message.model_construct(
        content=[TextBlock(type="text", text="Hello")], stop_reason="end_turn"
    )
    assert asyncio.run(translate_translate(client, "some text")) == "Hello"
    assert client.messages.create.call_args_list == [
        call(
            model="claude-sonnet-4-5",
            max_tokens=1000,
            messages=[{"role": "user", "content": "Translate into French: some text"}],
        )
    ]


def test_translate_when_stop_reason_is_refusal():
    client = Mock(spec=anthropic.AsyncAnthropic, messages=Mock(spec=AsyncMessages))
    client.messages.create = AsyncMock(spec=AsyncMessages.create)
    client.messages.create.return_value = Message.model_construct(
        content=[TextBlock(type="text", text="Hello")], stop_reason="refusal"
    )
    assert asyncio.run(translate_translate(client, "some text")) == "some text"
    assert client.messages.create.call_args_list == [
        call(
            model="claude-sonnet-4-5",
            max_tokens=1000,
            messages=[{"role": "user", "content": "Translate into French: some text"}],
        )
    ]
