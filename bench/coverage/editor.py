"""An editor as far as the bench needs one: it starts the real server on the project, opens files and asks."""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rpc import Message, Server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_TEXT_DOCUMENT = {
    "synchronization": {"didSave": True},
    "publishDiagnostics": {"relatedInformation": True, "versionSupport": True},
    "codeLens": {"resolveSupport": {"properties": ["command"]}},
    "hover": {"contentFormat": ["markdown"]},
}
PUSH: dict[str, Any] = {"workspace": {"applyEdit": True}, "textDocument": _TEXT_DOCUMENT}
PULL: dict[str, Any] = {
    "workspace": {"applyEdit": True, "diagnostics": {"refreshSupport": True}},
    "textDocument": {**_TEXT_DOCUMENT, "diagnostic": {"relatedInformation": True}},
}
DRAWS = {"greenline": {"drawsCoverage": True}}
"""The experimental capability of clients that draw line states themselves."""


class Editor:
    """One connection. Times are in seconds."""

    def __init__(self, server: Server, root: Path, capabilities: dict[str, Any], settings: dict[str, Any]) -> None:
        self.server = server
        params = {
            "processId": os.getpid(),
            "rootUri": root.as_uri(),
            "capabilities": {"general": {"positionEncodings": ["utf-16"]}, **capabilities},
            "initializationOptions": {"interpreter": sys.executable, **settings},
        }
        number = server.ask("initialize", params)
        answer = server.answer(number)
        self.initialized_after = answer.at - server.started
        self.offers: dict[str, Any] = answer.body["result"]["capabilities"]
        self.pulls = "diagnostic" in capabilities["textDocument"]
        self.wants_whole_texts = _sync_kind(self.offers) == 1
        self.version = 1
        server.notify("initialized", {})

    def open(self, path: Path) -> tuple[str, float]:
        """Open a file. Returns its URI and when it was sent."""
        text = path.read_text(encoding="utf-8")
        item = {"uri": path.as_uri(), "languageId": "python", "version": self.version, "text": text}
        return path.as_uri(), self.server.notify("textDocument/didOpen", {"textDocument": item})

    def close(self, uri: str) -> None:
        """Close a file."""
        self.server.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
        self.server.notified["textDocument/publishDiagnostics"].clear()

    def shown_after(self, path: Path) -> float:
        """Open a file, and return the seconds until its diagnostics are there; each file of the bench has some."""
        uri, began = self.open(path)
        if not self.pulls:
            message = self.server.until(lambda: self.published(uri))
            return float(message.at - began)
        refreshes = self.server.notified["workspace/diagnostic/refresh"]
        while True:
            before = len(refreshes)
            answer = self.server.answer(self.ask_diagnostics(uri))
            if answer.body["result"]["items"]:
                return answer.at - began
            self.server.until(lambda seen=before: len(refreshes) > seen)

    def published(self, uri: str, version: int | None = None) -> Message | None:
        """Return the pushed diagnostics of a document, where there are any."""
        for message in self.server.notified["textDocument/publishDiagnostics"]:
            params = message.body["params"]
            if params["uri"] == uri and params["diagnostics"] and version in {None, params.get("version")}:
                return message
        return None

    def change(self, uri: str, changes: list[dict[str, Any]]) -> float:
        """Send a change, and return when."""
        self.version += 1
        document = {"uri": uri, "version": self.version}
        return self.server.notify("textDocument/didChange", {"textDocument": document, "contentChanges": changes})

    def ask_ping(self) -> int:
        """Ask something that costs the server nothing: to cancel a job that is not there."""
        return self.server.ask(
            "workspace/executeCommand", {"command": "greenline.cancelJob", "arguments": [{"job": "-"}]}
        )

    def ask_diagnostics(self, uri: str) -> int:
        """Ask for a document's diagnostics."""
        return self.server.ask("textDocument/diagnostic", _document(uri))

    def lenses(self, uri: str) -> tuple[float, list[dict[str, Any]]]:
        """Return the seconds, and the lenses."""
        return self.server.timed("textDocument/codeLens", _document(uri))

    def resolved(self, lens: dict[str, Any]) -> float:
        """Return the seconds until the lens has its command."""
        seconds, answer = self.server.timed("codeLens/resolve", lens)
        assert answer["command"]["title"]
        return seconds

    def hover(self, uri: str, line: int, character: int) -> tuple[float, Any]:
        """Return the seconds, and what the hover says."""
        at = {"position": {"line": line, "character": character}}
        return self.server.timed("textDocument/hover", {**_document(uri), **at})

    def settle(self) -> None:
        """Wait until the server has nothing to do: its last second was idle."""
        self.server.answer(self.ask_ping())
        before = -1.0
        while (now := self.server.processor_seconds()) - before > 0.02:
            before = now
            self.server.drain(0.5)

    def wait(self, seconds: float) -> None:
        """Let time pass, as a person does; what the server says is taken in."""
        self.server.drain(seconds)


@contextmanager
def editing(
    root: Path, folder: Path, capabilities: dict[str, Any], settings: dict[str, Any] | None = None
) -> Iterator[Editor]:
    """Start a server whose caches are in ``folder``, and end it."""
    folder.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache"), "XDG_STATE_HOME": str(folder / "state")}
    command = [sys.executable, "-m", "greenline", "lsp"]
    with Server(command, environment, root, folder / "server.log") as server:
        yield Editor(server, root, capabilities, settings or {})


def forget_pages(*files: Path) -> None:
    """Have the system drop what it keeps of the files in memory, where it can (Linux)."""
    for file in files:
        descriptor = os.open(file, os.O_RDONLY)
        try:
            os.fsync(descriptor)
            if hasattr(os, "posix_fadvise"):
                os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(descriptor)


def sleep_until(moment: float) -> None:
    """Sleep until ``perf_counter`` says so."""
    time.sleep(max(0.0, moment - time.perf_counter()))


def _document(uri: str) -> dict[str, Any]:
    return {"textDocument": {"uri": uri}}


def _sync_kind(offers: dict[str, Any]) -> int:
    sync = offers["textDocumentSync"]
    return int(sync["change"] if isinstance(sync, dict) else sync)
