"""HTTP/1.1 between the server and one client: requests read, answers written, and who hung up."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Mapping

from model_server.requests import Recorded


class Gone(Exception):
    """Whoever asked has closed the connection."""


class Connection:
    """One connection; requests come one after the other."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def request(self) -> Recorded | None:
        """Return the next request; None when there will be none."""
        try:
            head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            first, *lines = head.strip().split("\r\n")
            method, target, _ = first.split(" ")
            pairs = tuple(
                (name.strip().lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines)
            )
            body = await self._reader.readexactly(int(dict(pairs).get("content-length", "0")))
        except (asyncio.IncompleteReadError, ConnectionError):
            return None
        return Recorded(method, target, pairs, body)

    async def answer(
        self, status: int, body: bytes, headers: Mapping[str, str] | None = None, kind: str = "application/json"
    ) -> None:
        """Send a whole answer."""
        self._head(status, {"content-type": kind, "content-length": str(len(body)), **(headers or {})})
        self._writer.write(body)
        await self._writer.drain()

    async def begin(self, headers: Mapping[str, str]) -> None:
        """Begin an answer whose length is not known."""
        self._head(200, {"content-type": "text/event-stream", "transfer-encoding": "chunked", **headers})
        await self._writer.drain()

    async def send(self, piece: bytes) -> None:
        """Send a piece of it."""
        self._writer.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
        await self._writer.drain()

    async def end(self) -> None:
        """Say that it is complete."""
        self._writer.write(b"0\r\n\r\n")
        await self._writer.drain()

    async def while_there(self, waiting: Awaitable[None]) -> None:
        """Wait for something as long as somebody listens. Raises Gone."""
        waited = asyncio.ensure_future(waiting)
        hung_up = asyncio.ensure_future(self._reader.read(1))
        try:
            await asyncio.wait({waited, hung_up}, return_when=asyncio.FIRST_COMPLETED)
            if not waited.done():
                raise Gone
        finally:
            for task in (waited, hung_up):
                task.cancel()
            await asyncio.gather(waited, hung_up, return_exceptions=True)

    async def close(self) -> None:
        """Hang up."""
        self._writer.close()
        with contextlib.suppress(ConnectionError, OSError):
            await self._writer.wait_closed()

    def _head(self, status: int, headers: Mapping[str, str]) -> None:
        lines = [
            f"HTTP/1.1 {status} Status",
            "request-id: req_1",
            *(f"{key}: {value}" for key, value in headers.items()),
        ]
        self._writer.write("\r\n".join([*lines, "", ""]).encode("latin-1"))
