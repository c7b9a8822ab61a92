"""The libraries that ask models: installed after a "Yes" where they are missing and the editor has a place for them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from greenline.lsp.job_report import Unfinished
from greenline.lsp.session import Info, Warning_

if TYPE_CHECKING:
    from pathlib import Path

    from greenline.lsp.server import GreenlineServer
    from greenline.lsp.session import Session
    from greenline.ports.progress import Progress

TITLE = "Install the libraries that ask models"
_INSTALL, _NOT_NOW = "Install", "Not now"
_AGAIN = '"Allow Model in This Workspace" (greenline.model.allow) asks again.'
_CANCELLED = f"Cancelled: the libraries that ask models were not installed. {_AGAIN}"


class ModelStorage:
    """Returns the folder that the editor keeps for them when it is called. None until it is attached to a server."""

    def __init__(self) -> None:
        self._server: GreenlineServer | None = None

    def attach(self, server: GreenlineServer) -> None:
        """Use what the client of this server said."""
        self._server = server

    def __call__(self) -> Path | None:
        """Return it; None where the editor keeps none, or nothing is trusted."""
        session = self._server.session if self._server else None
        return session.model_storage if session and session.may_run else None


async def wanted(session: Session) -> bool:
    """Ask whether they are to be installed. False as well where they are there, or have no place."""
    libraries = (await session.load_services()).libraries
    question = await asyncio.to_thread(lambda: libraries.missing() and libraries.question())
    return bool(question) and await session.ask(question, _NOT_NOW, _INSTALL, otherwise="") == _INSTALL


async def install(session: Session, progress: Progress) -> str:
    """Install them, which a person wants; return a sentence. Raises Unfinished where they are not there then."""
    libraries = (await session.load_services()).libraries
    progress.step("Looking for pip")
    try:
        problem = await libraries.install(progress)
    except asyncio.CancelledError:
        session.show(_CANCELLED, Warning_)
        raise
    if problem:
        raise Unfinished(f"The libraries that ask models were not installed. {problem}", passing=True)
    session.show(message := "The libraries that ask models are installed.", Info)
    return message


async def still_missing(session: Session, progress: Progress) -> str:
    """Have them installed after a "Yes"; return what is left to do before a model can be asked. Raises Unfinished."""
    libraries = (await session.load_services()).libraries
    if await wanted(session):
        await install(session, progress)
    missing = await asyncio.to_thread(libraries.missing)
    return missing and f"The libraries that ask models are not installed. {missing}"
