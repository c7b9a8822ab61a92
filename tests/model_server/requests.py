"""What the server was asked, byte for byte."""

from __future__ import annotations

import asyncio
import json
import threading
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

LIMIT = 120.0
"""Seconds after which what a test waits for is taken as never happening."""


@dataclass(eq=False)
class Recorded:
    """One request. ``target`` is what stands in the request line: with a proxy it begins with the host."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    _abandoned: threading.Event = field(default_factory=threading.Event, repr=False)

    @property
    def path(self) -> str:
        """Return the path alone."""
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        """Return what stands behind the question mark."""
        return {name: values[-1] for name, values in parse_qs(urlsplit(self.target).query).items()}

    @property
    def json(self) -> Any:
        """Return the body, read."""
        return json.loads(self.body)

    def header(self, name: str) -> str:
        """Return the header's value, empty where it was not sent."""
        return dict(self.headers).get(name.lower(), "")

    def abandon(self) -> None:
        """Note that whoever asked has closed the connection before the answer was complete."""
        self._abandoned.set()

    async def was_abandoned(self) -> bool:
        """Wait until the server has seen the connection closed by whoever asked."""
        return await asyncio.to_thread(self._abandoned.wait, LIMIT)

    @property
    def messages(self) -> list[Any]:
        """Return the turns of a Messages request."""
        return list(self.json["messages"])

    def texts(self) -> list[str]:
        """Return the texts of all blocks, those of the system first, in the order in which they are cached."""
        asked = self.json
        system = asked.get("system") or []
        blocks = [{"text": system}] if isinstance(system, str) else [*system]
        for turn in asked["messages"]:
            content = turn["content"]
            blocks += [{"text": content}] if isinstance(content, str) else content
        return [block["text"] for block in blocks]

    def prefix(self) -> bytes:
        """Return all up to the end of the last block with a breakpoint, as the server caches it; else nothing."""
        pieces, end = cacheable(self.json)
        return "\0".join(pieces[:end]).encode()

    def prefixes(self) -> list[bytes]:
        """Return all up to the end of each block with a breakpoint, the shortest first."""
        pieces, ends = breakpoints(self.json)
        return ["\0".join(pieces[:end]).encode() for end in ends]


def cacheable(asked: dict[str, Any]) -> tuple[list[str], int]:
    """Return the blocks of a request as text, and how many of them the last breakpoint closes."""
    return (found := _blocks(asked))[0], max(found[1], default=0)


def breakpoints(asked: dict[str, Any]) -> tuple[list[str], list[int]]:
    """Return the blocks of a request as text, and behind how many of them each breakpoint stands."""
    return _blocks(asked)


def _blocks(asked: dict[str, Any]) -> tuple[list[str], list[int]]:
    pieces: list[str] = []
    ends: list[int] = []
    turns = [{"role": "system", "content": asked.get("system") or []}, *asked["messages"]]
    for turn in turns:
        content = turn["content"]
        for block in [{"type": "text", "text": content}] if isinstance(content, str) else content:
            bare = {key: value for key, value in block.items() if key != "cache_control"}
            pieces.append(json.dumps([turn["role"], bare], sort_keys=True))
            if "cache_control" in block:
                ends.append(len(pieces))
    return pieces, ends
