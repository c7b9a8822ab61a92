"""The key to models that the editor keeps: asked for when a request is made, each time, and written nowhere."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from greenline.lsp import names
from greenline.lsp.arguments import plain

if TYPE_CHECKING:
    from greenline.lsp.server import GreenlineServer
    from greenline.lsp.session import Session

log = logging.getLogger(__name__)

_SECONDS_TO_ANSWER = 60.0
"""A keyring may ask its owner for a password."""


class ModelKey:
    """Returns it when it is called, on the loop's thread. Knows nothing until it is attached to a server."""

    def __init__(self, *, seconds: float = _SECONDS_TO_ANSWER) -> None:
        self._seconds = seconds
        self._server: GreenlineServer | None = None

    def attach(self, server: GreenlineServer) -> None:
        """Ask the client of this server."""
        self._server = server

    def may_be_told(self) -> bool:
        """Tell whether the editor can be asked for one at all. Asks nobody."""
        return self._server is not None and self._server.session.client.tells_model_key

    async def __call__(self) -> str:
        """Return the key; empty where the editor keeps none, or does not tell. Raises nothing."""
        server = self._server
        if server is None or not self.may_be_told() or not server.session.may_run:
            return ""
        try:
            answer = await asyncio.wait_for(server.protocol.send_request_async(names.MODEL_KEY, {}), self._seconds)
        except Exception as error:  # noqa: BLE001 - the next place counts; nothing of an answer may be in a log
            log.warning("the editor did not tell its key to models: %s", type(error).__name__)
            return ""
        key = plain(answer).get("modelKey")
        return key if isinstance(key, str) else ""


async def is_typed(session: Session) -> bool:
    """Have the person type a key, which the editor keeps; tell whether they did, for as long as they need."""
    try:
        answer = await session.server.protocol.send_request_async(names.TYPE_MODEL_KEY, {})
    except Exception as error:  # noqa: BLE001 - as above
        log.warning("the editor did not have a key typed: %s", type(error).__name__)
        return False
    return plain(answer).get("typed") is True
