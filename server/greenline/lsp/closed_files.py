"""Failing tests in files that are not open: pushed to every client, as nobody asks about such files."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from lsprotocol import types

from greenline.lsp.failing_diagnostics import of_failing_tests

if TYPE_CHECKING:
    from pathlib import Path

    from greenline.lsp.session import Session


class ClosedFiles:
    """Remembers what it has shown, and takes it back. Used on the loop's thread only."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._shown: dict[Path, str] = {}
        """Path -> URI."""
        self._newest = 0

    def redraw(self) -> None:
        """Show what is known now; nothing happens where there never was a failing test."""
        self._newest += 1
        if self._shown or self._session.failing.paths():
            self._session.spawn(self._publish(self._newest), "failing tests in closed files")

    def opened(self, path: Path) -> None:
        """Take back what was shown of a file that is open now: the client has its diagnostics from elsewhere."""
        uri = self._shown.pop(path, None)
        if uri is not None and self._session.client.pulls_diagnostics:
            self._push(uri, [])

    async def _publish(self, number: int) -> None:
        for path in sorted(self._session.failing.paths() | self._shown.keys()):
            text = await asyncio.get_running_loop().run_in_executor(self._session.executor, self._text, path)
            found = [] if text is None else await of_failing_tests(self._session, path, text)
            if number != self._newest:
                return  # a newer one is on its way
            if self._session.documents.open_at(path) is not None:
                continue
            if found:
                self._shown[path] = self._session.documents.uri_of(path)
                self._push(self._shown[path], found)
            elif path in self._shown:
                self._push(self._shown.pop(path), [])

    def _text(self, path: Path) -> str | None:
        try:
            return self._session.documents.read(path)
        except (OSError, UnicodeDecodeError):
            return None

    def _push(self, uri: str, found: list[types.Diagnostic]) -> None:
        self._session.server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, found))
