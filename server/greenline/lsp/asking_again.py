"""Tells the client to ask again for what it was shown; many reasons at once are one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from greenline.lsp import names

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from greenline.lsp.session import Session

PAUSE = 0.1
"""Seconds in which one request of a kind is enough: the first goes out at once, one for all others at the end."""


class AskingAgain:
    """Used on the loop's thread only; each method does nothing for a client that cannot be told."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._due: dict[str, bool] = {}
        """Kind -> whether there was another reason since the last request; no key: the last one is long ago."""

    def diagnostics(self) -> None:
        """Have the client pull diagnostics."""
        if self._session.client.pulls_diagnostics:
            self._ask("diagnostics", lambda: self._session.server.workspace_diagnostic_refresh_async(None))

    def lenses(self) -> None:
        """Have it ask for lenses."""
        if self._session.client.refreshes_lenses:
            self._ask("lenses", lambda: self._session.server.workspace_code_lens_refresh_async(None))

    def hints(self) -> None:
        """Have it ask for inlay hints."""
        if self._session.client.refreshes_hints:
            self._ask("inlay hints", lambda: self._session.server.workspace_inlay_hint_refresh_async(None))

    def gaps(self) -> None:
        """Have it ask for the list of gaps, for the tests that are known and for what they reach."""
        if self._session.client.lists_gaps:
            self._ask("gaps", self._gaps_changed)

    async def _gaps_changed(self) -> None:
        self._session.server.protocol.notify(names.GAPS_CHANGED, {})

    def _ask(self, kind: str, request: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        if kind in self._due:
            self._due[kind] = True
            return
        self._due[kind] = False
        self._session.spawn(_sent(request), f"refresh of {kind}")
        asyncio.get_running_loop().call_later(PAUSE, self._after_pause, kind, request)

    def _after_pause(self, kind: str, request: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        if self._due.pop(kind) and not self._session.is_over:
            self._ask(kind, request)


async def _sent(request: Callable[[], Coroutine[Any, Any, Any]]) -> None:
    await request()
