"""The picture of each open document, computed off the loop's thread, once per version, and never for an old one."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from greenline.services.show_coverage import Picture

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import ThreadPoolExecutor
    from pathlib import Path

    from greenline.lsp.documents import EditorDocuments, OpenDocument
    from greenline.lsp.services import LazyServices

log = logging.getLogger(__name__)

LARGEST = 2_000_000
"""Characters. Generated files beyond this would keep a processor busy at each keystroke."""
_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture and the very document that it is of."""

    document: OpenDocument
    picture: Picture


class Pictures:
    """Asks ``ShowCoverage`` for pictures. All methods belong to the loop's thread."""

    def __init__(self, documents: EditorDocuments, services: LazyServices, executor: ThreadPoolExecutor) -> None:
        self._documents = documents
        self._services = services
        self._executor = executor
        self._known: dict[str, tuple[OpenDocument, asyncio.Future[Picture]]] = {}
        self._listeners: list[Callable[[Shown], None]] = []
        self._is_over = False
        self.stamps: dict[Path, object] = {}
        """By folder: the state of the report that the newest pictures were drawn from."""

    def on_new(self, listener: Callable[[Shown], None]) -> None:
        """Call ``listener`` with each picture that is newly computed."""
        self._listeners.append(listener)

    def invalidate(self) -> None:
        """Forget all pictures: coverage or settings changed."""
        self._known.clear()

    def forget(self, uri: str) -> None:
        """Forget a closed document's picture."""
        self._known.pop(uri, None)

    def close(self) -> None:
        """Draw nothing any more: nobody looks."""
        self._is_over = True

    async def of(self, uri: str) -> Shown | None:
        """Return the picture of the current version; None when it is not open, no Python, or closed meanwhile."""
        shown: Shown | None = None
        for _ in range(_ATTEMPTS):
            document = self._documents.get(uri)
            if document is None or not document.is_python or self._is_over:
                return None
            future = self._future_of(document)
            shown = Shown(document, await asyncio.shield(future))
            known = self._known.get(uri)
            if known is not None and known[1] is future and self._documents.get(uri) is document:
                return shown
        return shown

    def _future_of(self, document: OpenDocument) -> asyncio.Future[Picture]:
        known = self._known.get(document.uri)
        if known is not None and known[0] is document:
            return known[1]
        future = asyncio.get_running_loop().run_in_executor(self._executor, self._compute, document)
        self._known[document.uri] = (document, future)
        future.add_done_callback(lambda done: self._tell(document, done))
        return future

    def _compute(self, document: OpenDocument) -> Picture:
        if len(document.text) > LARGEST:
            return Picture(
                document.path,
                "unreadable",
                f"{document.path.name} is too large to show its coverage ({len(document.text):,} characters).",
            )
        try:
            show = self._services.current().show
            # Before the picture: a report that is written meanwhile is then seen to be newer.
            self.stamps[document.path.parent] = show.report_stamp(document.path)
            return show.picture(document.path, document.text)
        except Exception as error:
            log.exception("no picture of %s", document.path)
            return Picture(
                document.path,
                "unreadable",
                f"{document.path.name}: no coverage: {type(error).__name__}: {error}. Greenline's log has more.",
            )

    def _tell(self, document: OpenDocument, done: asyncio.Future[Picture]) -> None:
        if done.cancelled() or done.exception() is not None:
            return
        for listener in self._listeners:
            listener(Shown(document, done.result()))
