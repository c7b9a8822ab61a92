"""The picture of a file, whether or not it is open."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from greenline.lsp.documents import OpenDocument, path_of
from greenline.lsp.pictures import Shown

if TYPE_CHECKING:
    from greenline.lsp.session import Session


async def shown_of(session: Session, uri: str) -> Shown | None:
    """Return the picture of the open document, else of the file as it is on disk; None where neither can be read."""
    return await session.pictures.of(uri) or await _closed(session, uri)


async def _closed(session: Session, uri: str) -> Shown | None:
    """Return the picture of a file that is not open."""
    path = path_of(uri)
    if path is None:
        return None
    services = await session.load_services()

    def look() -> Shown | None:
        try:
            text = session.documents.read(path)
        except (OSError, UnicodeDecodeError):
            return None
        return None if text is None else Shown(OpenDocument(uri, path, text, None), services.show.picture(path, text))

    return await asyncio.to_thread(look)
