"""A client that can do what its test says and nothing else: plain JSON to the real server, waiting for causes."""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import asynccontextmanager
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence
    from pathlib import Path

    Answer = Callable[[Any], Any]

SERVER = (sys.executable, "-m", "greenline", "lsp")
LIMIT = 120.0
"""Seconds for anything; far more than it takes, as only a hang should reach it."""


class Refused(Exception):
    """Raised by an answer: the client says that it cannot."""


class PlainClient:
    """``answers`` has what the client knows to answer; all other requests of the server are unknown to it."""

    def __init__(self, server: asyncio.subprocess.Process, answers: Mapping[str, Answer]) -> None:
        self.received: list[tuple[str, Any]] = []
        self._server = server
        self._answers = answers
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._news = asyncio.Event()

    async def request(self, method: str, params: Any) -> Any:
        number = len(self._waiting) + 1
        future = self._waiting[number] = asyncio.get_running_loop().create_future()
        self._send({"id": number, "method": method, "params": params})
        return await asyncio.wait_for(future, LIMIT)

    def notify(self, method: str, params: Any) -> None:
        self._send({"method": method, "params": params})

    async def until(self, what: str, condition: Callable[[], Any]) -> Any:
        """Wait until the condition holds; it is looked at whenever the server says something."""

        async def holds() -> Any:
            while not (value := condition()):
                self._news.clear()
                await self._news.wait()
            return value

        try:
            return await asyncio.wait_for(holds(), LIMIT)
        except asyncio.TimeoutError:
            said = "\n".join(f"{method} {json.dumps(params)[:300]}" for method, params in self.received)
            raise AssertionError(f"waited in vain for {what}; the server said:\n{said}") from None

    def said(self, method: str) -> list[Any]:
        return [params for name, params in self.received if name == method]

    def messages(self) -> list[str]:
        return [params["message"] for params in self.said("window/showMessage")]

    def diagnostics(self, uri: str) -> list[Any]:
        """Return those that were told last."""
        told = [p["diagnostics"] for p in self.said("textDocument/publishDiagnostics") if p["uri"] == uri]
        return told[-1] if told else []

    def open(self, path: Path) -> str:
        item = {"uri": path.as_uri(), "languageId": "python", "version": 1, "text": path.read_text(encoding="utf-8")}
        self.notify("textDocument/didOpen", {"textDocument": item})
        return path.as_uri()

    async def run(self, command: str, *arguments: Any) -> Any:
        return await self.request("workspace/executeCommand", {"command": command, "arguments": list(arguments)})

    async def listen(self) -> None:
        """Take what the server says, until it ends."""
        assert self._server.stdout
        while header := await self._server.stdout.readline():
            name, _, value = header.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
            elif header == b"\r\n":
                self._take(json.loads(await self._server.stdout.readexactly(length)))

    def _take(self, message: dict[str, Any]) -> None:
        if "method" not in message:
            future = self._waiting[message["id"]]
            if "error" in message:
                future.set_exception(Refused(message["error"]["message"]))
            else:
                future.set_result(message.get("result"))
            return
        self.received.append((message["method"], message.get("params")))
        self._news.set()
        if "id" in message:
            self._answer(message)

    def _answer(self, message: dict[str, Any]) -> None:
        try:
            answer = self._answers.get(message["method"], _unknown)
            self._send({"id": message["id"], "result": answer(message.get("params"))})
        except Refused as refusal:
            self._send({"id": message["id"], "error": {"code": -32601, "message": str(refusal)}})

    def _send(self, message: dict[str, Any]) -> None:
        assert self._server.stdin
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._server.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)


def _unknown(_params: Any) -> None:
    raise Refused("Method not found")


@asynccontextmanager
async def connected(
    root: Path,
    capabilities: dict[str, Any],
    answers: Mapping[str, Answer],
    *,
    options: Mapping[str, Any] | None = None,
    errors: int | IO[bytes] = asyncio.subprocess.DEVNULL,
    command: Sequence[str] = SERVER,
) -> AsyncIterator[PlainClient]:
    """Start the server on a folder and end it; its exit code must be 0. Its log goes to ``errors``."""
    pipe = asyncio.subprocess.PIPE
    server = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=errors)
    client = PlainClient(server, answers)
    listening = asyncio.ensure_future(client.listen())
    try:
        params = {"processId": None, "rootUri": root.as_uri(), "capabilities": capabilities}
        await client.request(
            "initialize", {**params, "initializationOptions": {"interpreter": sys.executable, **(options or {})}}
        )
        client.notify("initialized", {})
        yield client
        await client.request("shutdown", None)
        client.notify("exit", None)
        assert await asyncio.wait_for(server.wait(), LIMIT) == 0
    finally:
        if server.returncode is None:
            server.kill()
            await server.wait()
        await asyncio.wait_for(listening, LIMIT)
