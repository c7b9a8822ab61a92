"""Support mail, sorted and answered with the help of a language model."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Iterator

import anthropic

MODEL = "claude-sonnet-4-5"
TEAMS = ("billing", "shipping", "other")
ATTEMPTS = 3
STOCK = {"kettle": 4, "teapot": 0}


class TriageError(Exception):
    """The model gave no answer that can be used."""


def summarize(client: anthropic.Anthropic, mail: str) -> str:
    """Return one sentence about a mail."""
    if not mail.strip():
        raise ValueError("there is nothing to summarize")
    message = client.messages.create(
        model=MODEL,
        max_tokens=100,
        messages=[{"role": "user", "content": f"Summarize in one sentence:\n{mail}"}],
    )
    if message.stop_reason == "max_tokens":
        raise TriageError("the summary was cut off")
    return "".join(block.text for block in message.content if block.type == "text").strip()


def team_for(client: anthropic.Anthropic, mail: str) -> str:
    """Return the team that a mail is for, as the model says by calling a tool."""
    message = client.messages.create(
        model=MODEL,
        max_tokens=50,
        tools=[{"name": "route", "input_schema": {"type": "object"}}],
        messages=[{"role": "user", "content": mail}],
    )
    for block in message.content:
        if block.type == "tool_use" and block.name == "route":
            team = block.input.get("team")
            return team if team in TEAMS else "other"
    raise TriageError("the model did not say which team")


def urgency(client: anthropic.Anthropic, mail: str) -> int:
    """Return how urgent a mail is, as the model says in JSON; 0 where what it says is none."""
    message = client.messages.create(model=MODEL, max_tokens=50, messages=[{"role": "user", "content": mail}])
    try:
        found = json.loads(message.content[0].text)
    except json.JSONDecodeError:
        return 0
    return found["urgency"] if found.get("certain", True) else 1


def ask(client: anthropic.Anthropic, question: str) -> str | None:
    """Return the answer, None where there is none after a few attempts."""
    for attempt in range(ATTEMPTS):
        try:
            message = client.messages.create(
                model=MODEL, max_tokens=500, messages=[{"role": "user", "content": question}]
            )
        except anthropic.RateLimitError:
            time.sleep(2**attempt)
            continue
        except anthropic.APIConnectionError:
            return None
        return message.content[0].text
    return None


def in_stock(client: anthropic.Anthropic, question: str) -> str:
    """Answer a question with what a tool of ours knows: the model calls it until it has its answer."""
    messages: list[dict] = [{"role": "user", "content": question}]
    while True:
        message = client.messages.create(
            model=MODEL, max_tokens=50, tools=[{"name": "stock", "input_schema": {"type": "object"}}], messages=messages
        )
        if message.stop_reason != "tool_use":
            return message.content[0].text
        results = [
            {"type": "tool_result", "tool_use_id": block.id, "content": str(STOCK.get(block.input["item"], 0))}
            for block in message.content
            if block.type == "tool_use"
        ]
        messages.append({"role": "assistant", "content": message.content})
        messages.append({"role": "user", "content": results})


def stream_answer(client: anthropic.Anthropic, question: str) -> Iterator[str]:
    """Yield the answer piece by piece."""
    with client.messages.stream(
        model=MODEL, max_tokens=500, messages=[{"role": "user", "content": question}]
    ) as stream:
        yield from stream.text_stream


def stream_capitals(client: anthropic.Anthropic, question: str) -> str:
    """Return the answer in capitals, from the events in which it comes."""
    shown = []
    for event in client.messages.create(
        model=MODEL, max_tokens=500, stream=True, messages=[{"role": "user", "content": question}]
    ):
        if event.type == "content_block_delta":
            shown.append(event.delta.text.upper())
    return "".join(shown)


async def stream_later(client: anthropic.AsyncAnthropic, question: str) -> AsyncIterator[str]:
    """Yield the answer piece by piece, without waiting."""
    async with client.messages.stream(
        model=MODEL, max_tokens=500, messages=[{"role": "user", "content": question}]
    ) as stream:
        async for text in stream.text_stream:
            yield text
