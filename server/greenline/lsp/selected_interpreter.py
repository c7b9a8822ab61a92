"""Which Python is selected in the editor: a client that knows is asked, once for each folder."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from greenline.lsp import names
from greenline.lsp.configuration import SECTION
from greenline.ports.project import Selected

if TYPE_CHECKING:
    from greenline.lsp.server import GreenlineServer

log = logging.getLogger(__name__)

_SECONDS_TO_ANSWER = 5.0
_SEVERAL = 2


class SelectedInterpreter:
    """Implements ``ports.project.Selection``. Knows nothing until it is attached to a server."""

    def __init__(self, *, seconds: float = _SECONDS_TO_ANSWER) -> None:
        self._seconds = seconds
        self._server: GreenlineServer | None = None
        self._known: dict[Path, Selected | None] = {}
        self._changes = 0

    def attach(self, server: GreenlineServer) -> None:
        """Ask the client of this server, and again after it has said that another one was selected."""
        self._server = server

        @server.feature(names.INTERPRETER_CHANGED)
        def changed(_params: Mapping[str, Any]) -> None:
            self._changes += 1
            self._known.clear()

    def may_run(self) -> bool:
        """Tell whether the person trusts the workspace."""
        return self._server is None or self._server.session.may_run

    async def setting(self, folder: Path) -> str | None:
        """Return the setting as it is for a folder; None where all have the same one. Raises nothing."""
        server = self._server
        if server is None or not server.session.client.sends_configuration or len(server.workspace.folders) < _SEVERAL:
            return None
        item = types.ConfigurationItem(scope_uri=folder.as_uri(), section=f"{SECTION}.interpreter")
        request = server.workspace_configuration_async(types.ConfigurationParams(items=[item]))
        try:
            (answer,) = await asyncio.wait_for(request, self._seconds)
        except Exception:  # it takes too long, or the client cannot tell: what all have counts
            log.exception("the editor did not tell the settings of %s", folder)
            return None
        return answer if isinstance(answer, str) else None

    async def selected(self, folder: Path) -> Selected | None:
        """Return the selection that counts in a folder; None where the editor has none. Raises nothing."""
        server = self._server
        if server is None or not server.session.client.tells_interpreter or not self.may_run():
            return None  # in a workspace that is not trusted the client, too, may start a Python to answer
        if folder in self._known:
            return self._known[folder]
        changes = self._changes
        request = server.protocol.send_request_async(names.INTERPRETER, {"uri": folder.as_uri()})
        try:
            answer = await asyncio.wait_for(request, self._seconds)
        except Exception:  # it takes too long, or the client cannot tell: the next place counts
            log.exception("the editor did not tell which Python is selected for %s", folder)
            return None
        found = _read(answer)
        if changes == self._changes:  # else it may be the answer of before
            self._known[folder] = found
        return found


def _read(answer: object) -> Selected | None:
    """Read ``{"path", "environment"}``; pygls makes tuples with names of objects."""
    values = answer._asdict() if hasattr(answer, "_asdict") else answer
    if not isinstance(values, Mapping) or not isinstance(values.get("path"), str) or not values["path"]:
        return None
    return Selected(Path(values["path"]), environment=values.get("environment") is not False)
