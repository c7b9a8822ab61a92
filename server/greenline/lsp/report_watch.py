"""Looks every second whether the coverage report of an open document changed: clients tell of some, or of none."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from greenline.lsp.services import Services
    from greenline.lsp.session import Session

log = logging.getLogger(__name__)

PAUSE = 1.0
"""Seconds between two looks. A look asks for the times of a few files and reads none."""


async def watch(session: Session) -> None:
    """Refresh what is shown whenever a report changed; to the end of the connection."""
    told: dict[Path, object] = {}
    while True:
        await asyncio.sleep(PAUSE)
        services = session.services.built
        folders = {doc.path.parent: doc.path for doc in session.documents.all_open() if doc.is_python}
        if services is None or not folders:
            continue
        now = await asyncio.get_running_loop().run_in_executor(session.executor, _look, services, folders)
        shown = session.pictures.stamps
        if any(now[f] not in (shown[f], told.get(f, shown[f])) for f in now.keys() & shown.keys()):
            session.refresh()
            told = now  # whether or not the client asks for new pictures: once is enough


def _look(services: Services, folders: Mapping[Path, Path]) -> dict[Path, object]:
    """Return the state of the report for each folder's documents."""
    try:
        return {folder: services.show.report_stamp(path) for folder, path in folders.items()}
    except Exception:
        log.exception("the coverage reports cannot be looked at")
        return {}
