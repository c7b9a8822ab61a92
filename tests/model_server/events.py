"""Answers as the Messages API streams them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from model_server.scripts import Reply

_PIECE = 40
"""Characters of one delta."""


def events(reply: Reply, model: str, usage: dict[str, int]) -> tuple[list[bytes], list[bytes]]:
    """Return the events of an answer: the first half, up to the middle of the text, and the rest."""
    before = [_event("message_start", {"message": message(reply, model, usage, started=True)}), _event("ping", {})]
    index = 0
    if reply.thinking:
        before += _block(0, {"type": "thinking", "thinking": "", "signature": ""}, list(_thoughts(reply.thinking)))
        index = 1
    deltas = [
        _delta(index, {"type": "text_delta", "text": reply.text[start : start + _PIECE]})
        for start in range(0, len(reply.text), _PIECE)
    ]
    half = len(deltas) // 2
    before += [_block_start(index, {"type": "text", "text": ""}), *deltas[:half]]
    after = [*deltas[half:], _event("content_block_stop", {"index": index})]
    delta = {"stop_reason": reply.stop, "stop_sequence": None}
    after.append(_event("message_delta", {"delta": delta, "usage": {"output_tokens": output_tokens(reply)}}))
    return before, [*after, _event("message_stop", {})]


def message(reply: Reply, model: str, usage: dict[str, int], *, started: bool = False) -> dict[str, Any]:
    """Return a whole message, or what is known of it when it has only started."""
    content = [] if started else [{"type": "text", "text": reply.text}]
    if reply.thinking and not started:
        content.insert(0, {"type": "thinking", "thinking": reply.thinking, "signature": "c2lnbmVk"})
    return {
        "id": "msg_1", "type": "message", "role": "assistant", "model": model, "content": content,
        "stop_reason": None if started else reply.stop, "stop_sequence": None,
        "usage": {**usage, "output_tokens": 1 if started else output_tokens(reply)},
    }  # fmt: skip


def output_tokens(reply: Reply) -> int:
    """Return what the answer counts, thinking included: a token for four characters."""
    return (len(reply.text) + len(reply.thinking)) // 4 + 1


def error_event(kind: str) -> bytes:
    """Return an error that comes when the answer has already begun."""
    return _event("error", {"error": {"type": kind, "message": "It broke midway"}})


def _thoughts(thinking: str) -> Iterator[dict[str, str]]:
    yield {"type": "thinking_delta", "thinking": thinking}
    yield {"type": "signature_delta", "signature": "c2lnbmVk"}


def _block(index: int, start: dict[str, str], deltas: list[dict[str, str]]) -> list[bytes]:
    middle = [_delta(index, delta) for delta in deltas]
    return [_block_start(index, start), *middle, _event("content_block_stop", {"index": index})]


def _block_start(index: int, block: dict[str, str]) -> bytes:
    return _event("content_block_start", {"index": index, "content_block": block})


def _delta(index: int, delta: dict[str, str]) -> bytes:
    return _event("content_block_delta", {"index": index, "delta": delta})


def _event(name: str, data: dict[str, Any]) -> bytes:
    return f"event: {name}\ndata: {json.dumps({'type': name, **data})}\n\n".encode()
