"""pygls' protocol, with what a process that owns children needs: an orderly end, and no bookkeeping that only grows."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.protocol import LanguageServerProtocol, lsp_method

if TYPE_CHECKING:
    from collections.abc import Callable

    from pygls.lsp.server import LanguageServer


NO_VERSION = -(2**31)
"""Stands for a version that a client left out, or gave as null: lsprotocol's types have none without."""
_VERSIONED = frozenset({types.TEXT_DOCUMENT_DID_OPEN, types.TEXT_DOCUMENT_DID_CHANGE})


@dataclass(frozen=True, slots=True)
class Plain:
    """An answer that is JSON already: thousands of typed objects take longer to unfold than all else together."""

    value: Any


def notify_plain(server: LanguageServer, method: str, params: dict[str, Any]) -> None:
    """Send a notification that is JSON already; typed objects may be among its values."""
    protocol = server.protocol
    protocol._send_data({"jsonrpc": protocol.VERSION, "method": method, "params": params})  # noqa: SLF001


class GreenlineProtocol(LanguageServerProtocol):
    """Leaves the end of the process to whoever serves the connection."""

    def __init__(self, server: Any, converter: Any) -> None:
        super().__init__(server, converter)
        self.stop = threading.Event()
        """Set by ``exit``: the connection reads no further message."""

    @property
    def exit_code(self) -> int:
        """What the process should return: 0 after ``shutdown``, 1 when the client just left."""
        return 0 if self._shutdown else 1

    @lsp_method(types.EXIT)
    def lsp_exit(self, *_args: Any) -> None:  # type: ignore[override]
        """Stop reading. pygls would call ``sys.exit`` here, and then lose the exit code."""
        self.stop.set()

    @lsp_method(types.SHUTDOWN)
    def lsp_shutdown(self, *args: Any) -> Any:
        """End what is under way. pygls walks through its requests, and falls over those that end while it does."""
        yield self.fm.features[types.SHUTDOWN], args, None
        this = self.msg_id
        for number, future in list(self._request_futures.items()):
            if number != this and not future.done():
                future.cancel()
        self._shutdown = True

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> Any:
        """Hand on. pygls would keep a text of its own, whose lines also end at form feeds."""
        yield self.fm.features[types.TEXT_DOCUMENT_DID_OPEN], (params,), None

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> Any:
        """Hand on, for the same reason."""
        yield self.fm.features[types.TEXT_DOCUMENT_DID_CHANGE], (params,), None

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> Any:
        """Hand on, for the same reason."""
        yield self.fm.features[types.TEXT_DOCUMENT_DID_CLOSE], (params,), None

    def structure_message(self, data: dict[str, Any]) -> Any:
        """Return the typed message. An edit without a version is one all the same; dropped, the text would stay old."""
        if "jsonrpc" in data and data.get("method") in _VERSIONED:
            data = _with_version(data)
        return super().structure_message(data)

    def _execute_handler(
        self,
        msg_id: int | str,
        handler: Any,
        callback: Callable[..., Any],
        args: tuple[Any, ...] | None = None,
        kwargs: dict[str, Any] | None = None,
    ) -> None:
        """Run a handler, and drop the entry that pygls would keep for ever for each notification."""
        super()._execute_handler(msg_id, handler, callback, args, kwargs)
        future = self._request_futures.get(msg_id)
        if future is not None and future.done():
            del self._request_futures[msg_id]

    def _send_response(self, msg_id: int | str, result: Any | None = None, error: Any | None = None) -> None:
        if isinstance(result, Plain) and error is None:
            self._result_types.pop(msg_id, None)
            self._send_data({"jsonrpc": self.VERSION, "id": msg_id, "result": result.value})
        else:
            super()._send_response(msg_id, result, error)


def version_of(document: types.TextDocumentItem | types.VersionedTextDocumentIdentifier) -> int | None:
    """Return the version as the client told it."""
    return None if document.version == NO_VERSION else document.version


def _with_version(data: dict[str, Any]) -> dict[str, Any]:
    params = data.get("params")
    document = params.get("textDocument") if isinstance(params, dict) else None
    if not isinstance(params, dict) or not isinstance(document, dict) or document.get("version") is not None:
        return data
    return {**data, "params": {**params, "textDocument": {**document, "version": NO_VERSION}}}
