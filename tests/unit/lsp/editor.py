"""An editor for tests: speaks to the server in this process, in plain JSON, and waits for causes, never for time."""

from __future__ import annotations

import asyncio
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pygls.protocol import default_converter

from greenline.lsp.connection import serve
from greenline.lsp.server import create_server

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from typing_extensions import Self

LIMIT = 10.0

PULL = {
    "workspace": {"diagnostics": {"refreshSupport": True}, "codeLens": {"refreshSupport": True}},
    "textDocument": {"diagnostic": {"relatedInformation": True}},
}
FULL = {
    "workspace": {
        "applyEdit": True,
        "codeLens": {"refreshSupport": True},
        "workspaceEdit": {"documentChanges": True, "resourceOperations": ["create", "rename", "delete"]},
    },
    "textDocument": {
        "publishDiagnostics": {"relatedInformation": True},
        "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix"]}}},
    },
    "window": {"workDoneProgress": True, "showDocument": {"support": True}},
}


def merged(*parts: dict[str, Any]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for part in parts:
        for key, value in part.items():
            below = result.get(key)
            result[key] = merged(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return result


@cache
def converter() -> Any:
    return default_converter()


class RpcError(Exception):
    pass


class Editor:
    """Use with ``async with``. ``received`` holds all notifications and requests from the server, in order."""

    def __init__(
        self,
        build: Callable[..., Any],
        capabilities: dict[str, Any] | None = None,
        *,
        root: Path | None = None,
        folders: Sequence[Path] = (),
        options: Any = None,
        encodings: list[str] | None = None,
    ) -> None:
        self.server = create_server(build, converter)
        self.capabilities = merged(capabilities or {}, {"general": {"positionEncodings": encodings or ["utf-16"]}})
        self.root = root
        self.folders = folders
        self.options = options
        self.received: list[tuple[str, Any]] = []
        self.handlers: dict[str, Callable[[Any], Any]] = {
            "window/workDoneProgress/create": lambda _: None,
            "workspace/diagnostic/refresh": lambda _: None,
            "workspace/codeLens/refresh": lambda _: None,
            "client/registerCapability": lambda _: None,
        }
        self.initialize_result: Any = None
        self.exit_code: int | None = None
        self._reader = asyncio.StreamReader()
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._ids = iter(range(1, 1_000_000))
        self._news = asyncio.Event()
        self._closed = False

    async def __aenter__(self) -> Self:
        self._serving = asyncio.ensure_future(serve(self.server, self._reader, self))
        self.initialize_result = await self.request(
            "initialize",
            {
                "processId": None,
                "rootUri": self.root.as_uri() if self.root else None,
                "workspaceFolders": [{"uri": f.as_uri(), "name": f.name} for f in self.folders] or None,
                "capabilities": self.capabilities,
                "initializationOptions": self.options,
            },
        )
        self.notify("initialized", {})
        return self

    async def __aexit__(self, *_: object) -> None:
        if not self._serving.done():
            await self.request("shutdown", None)
            self.notify("exit", None)
            self._reader.feed_eof()
        self.exit_code = await asyncio.wait_for(self._serving, LIMIT)

    async def leave(self) -> int:
        """Go away without a word."""
        self._reader.feed_eof()
        self.exit_code = await asyncio.wait_for(asyncio.shield(self._serving), LIMIT)
        return self.exit_code

    async def request(self, method: str, params: Any) -> Any:
        number = next(self._ids)
        future = self._answers[number] = asyncio.get_running_loop().create_future()
        self._send({"id": number, "method": method, "params": params})
        return await asyncio.wait_for(future, LIMIT)

    def notify(self, method: str, params: Any) -> None:
        self._send({"method": method, "params": params})

    def feed(self, body: bytes) -> None:
        self._reader.feed_data(b"Content-Length: %d\r\n\r\n" % len(body) + body)

    async def wait_for(self, method: str, wanted: Callable[[Any], bool] = lambda _: True, *, since: int = 0) -> Any:
        """Return the first matching message from the server, sent already or yet to come."""

        async def found() -> Any:
            while True:
                for name, params in self.received[since:]:
                    if name == method and wanted(params):
                        return params
                self._news.clear()
                await self._news.wait()

        try:
            return await asyncio.wait_for(found(), LIMIT)
        except asyncio.TimeoutError:
            seen = "\n".join(f"{name} {params}" for name, params in self.received[since:])
            raise AssertionError(f"no {method}; received:\n{seen}") from None

    async def news(self) -> None:
        """Wait until the server says anything."""
        self._news.clear()
        await self._news.wait()

    def sent(self, method: str) -> list[Any]:
        return [params for name, params in self.received if name == method]

    # What an editor does with files

    def open(self, path: Path | str, text: str | None = None, version: int = 1, language: str = "python") -> str:
        uri = path if isinstance(path, str) else path.as_uri()
        if text is None:
            assert isinstance(path, Path)
            text = path.read_text(encoding="utf-8")
        item = {"uri": uri, "languageId": language, "version": version, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": item})
        return uri

    def change(self, uri: str, text: str, version: int) -> None:
        changed = {"textDocument": {"uri": uri, "version": version}, "contentChanges": [{"text": text}]}
        self.notify("textDocument/didChange", changed)

    async def diagnostics(self, uri: str, *, since: int = 0) -> list[dict[str, Any]]:
        """Return pushed diagnostics."""
        params = await self.wait_for("textDocument/publishDiagnostics", lambda p: p["uri"] == uri, since=since)
        return params["diagnostics"]  # type: ignore[no-any-return]

    async def lenses(self, uri: str) -> list[dict[str, Any]]:
        """Return the lenses as a person sees them: those that have no command yet are resolved."""
        found: list[dict[str, Any]] = await self.request("textDocument/codeLens", {"textDocument": {"uri": uri}})
        return [lens if "command" in lens else await self.request("codeLens/resolve", lens) for lens in found]

    async def actions(self, uri: str, line: int, diagnostics: Any = (), only: Any = None) -> list[dict[str, Any]]:
        at = {"line": line, "character": 0}
        context = {"diagnostics": list(diagnostics)} | ({"only": only} if only else {})
        params = {"textDocument": {"uri": uri}, "range": {"start": at, "end": at}, "context": context}
        found: list[dict[str, Any]] = await self.request("textDocument/codeAction", params)
        return found

    async def run(self, command: str, *arguments: Any) -> Any:
        return await self.request("workspace/executeCommand", {"command": command, "arguments": list(arguments)})

    async def job_end(self, job_id: str) -> Any:
        return await self.wait_for("greenline/jobEnded", lambda p: p["id"] == job_id)

    # The server's writer

    def write(self, data: bytes) -> None:
        _, _, body = data.partition(b"\r\n\r\n")
        message = json.loads(body)
        if "method" not in message:
            future = self._answers.pop(message["id"])
            if not future.done():
                if "error" in message:
                    future.set_exception(RpcError(message["error"]["message"]))
                else:
                    future.set_result(message.get("result"))
            return
        self.received.append((message["method"], message.get("params")))
        self._news.set()
        if "id" in message:
            asyncio.ensure_future(self._answer(message))  # noqa: RUF006 - ends with the test's loop

    def close(self) -> None:
        self._closed = True

    async def _answer(self, message: dict[str, Any]) -> None:
        handler = self.handlers.get(message["method"])
        if handler is None:
            self._send({"id": message["id"], "error": {"code": -32601, "message": f"no {message['method']}"}})
            return
        result = handler(message.get("params"))
        if asyncio.iscoroutine(result):
            result = await result
        self._send({"id": message["id"], "result": result})

    def _send(self, message: dict[str, Any]) -> None:
        self.feed(json.dumps({"jsonrpc": "2.0", **message}).encode())
