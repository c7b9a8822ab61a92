"""Code that asks a language model: retries, calls of tools, streams, and what was sent."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from kinds.generated import PYTHON, SECONDS

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = '''\
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
        messages=[{"role": "user", "content": f"Summarize in one sentence:\\n{mail}"}],
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
'''


def test_what_was_sent_is_asserted_of_retries_tools_and_streams(tmp_path: Path) -> None:
    if not PYTHON.exists():
        if os.environ.get("CI") == "true":
            pytest.fail("the environment of the examples is missing: make environments")
        pytest.skip("the environment of the examples is missing: make environments")
    (tmp_path / "pyproject.toml").write_text('[tool.pytest.ini_options]\npythonpath = ["."]\n')
    (tmp_path / "tests").mkdir()
    (tmp_path / "triage.py").write_text(SOURCE)
    command = [sys.executable, "-m", "greenline", "generate", "--interpreter", str(PYTHON), "triage.py"]

    said = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True, timeout=SECONDS)

    assert "8 confirmed" in said.stdout, said.stdout + said.stderr
    assert "Suspected bugs" not in said.stdout
    code = (tmp_path / "tests" / "test_triage.py").read_text()
    lines = [
        r"def test_ask_after_rate_limit_error\(monkeypatch\)",
        r"side_effect = \[\s*anthropic\.RateLimitError\((?s:.)*text=\"Hello\"",
        r"ask\(client, \"\w+\"\) is None\s+assert sleep\.call_args_list == \[call\(1\), call\(2\), call\(4\)\]",
        r"type=\"tool_use\", id=\"toolu_1\", name=\"stock\"",
        r"create\.call_count == 2\s+assert client\.messages\.create\.call_args == call\(",
        r"\"type\": \"tool_result\", \"tool_use_id\": \"toolu_1\"",
        r"stream = Mock\(spec=MessageStream, text_stream=iter\(\[\"Hello\", \" world\"\]\)\)",
        r"RawContentBlockDeltaEvent\(\s*type=\"content_block_delta\"",
        r"stream = Mock\(spec=AsyncMessageStream, text_stream=pieces\(\)\)",
        r"messages=Mock\(spec=Messages\)\)\s+with pytest\.raises\(ValueError",
    ]
    assert [line for line in lines if not re.search(line, code)] == []
