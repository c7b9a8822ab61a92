"""The picture of each open document: drawn off the loop's thread, once per version, and followed while it is edited."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from greenline.services.picture import Picture, followed_picture

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import ThreadPoolExecutor

    from greenline.domain.coverage.following import Following
    from greenline.lsp.documents import EditorDocuments, OpenDocument
    from greenline.lsp.services import LazyServices

log = logging.getLogger(__name__)

LARGEST = 2_000_000
"""Characters. Generated files beyond this would keep a processor busy at each keystroke."""
PAUSE = 0.15
"""Seconds without a keystroke before a document is drawn again; longer for one that takes long to draw."""
_LONGEST_PAUSE = 1.5
_QUICK = 0.05
"""Seconds that drawing may take where each version is drawn when it is asked for."""
_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture and the very document that it is of. One that is ``followed`` is drawn again after a pause."""

    document: OpenDocument
    picture: Picture
    followed: bool = False


@dataclass(frozen=True, slots=True)
class _Drawn:
    shown: Shown
    seconds: float
    state: object
    """Of what is known of coverage and settings; see ``Pictures.invalidate``."""
    text: str
    """The one that ``seconds`` are of, where a later one was answered from memory or does not parse."""


class Pictures:
    """Asks ``ShowCoverage`` for pictures. All methods belong to the loop's thread."""

    def __init__(self, documents: EditorDocuments, services: LazyServices, executor: ThreadPoolExecutor) -> None:
        self._documents = documents
        self._services = services
        self._executor = executor
        self._known: dict[str, tuple[OpenDocument, asyncio.Future[Picture]]] = {}
        self._drawn: dict[str, _Drawn] = {}
        self._pauses: dict[str, tuple[asyncio.TimerHandle, asyncio.Future[None]]] = {}
        self._listeners: list[Callable[[Shown], None]] = []
        self._on_pause: list[Callable[[str], None]] = []
        self._state = object()
        self._is_over = False
        self.stamps: dict[str, object] = {}
        """By URI: the state of the report that the newest picture of an open document was drawn from."""

    def on_new(self, listener: Callable[[Shown], None]) -> None:
        """Call ``listener`` with each picture that is newly drawn."""
        self._listeners.append(listener)

    def on_pause(self, listener: Callable[[str], None]) -> None:
        """Call ``listener`` with the URI of a document that was edited, and now is not."""
        self._on_pause.append(listener)

    def invalidate(self) -> None:
        """Forget all pictures: coverage or settings changed."""
        self._known.clear()
        self._state = object()

    def forget(self, uri: str) -> None:
        """Forget a closed document's picture."""
        self._known.pop(uri, None)
        self._drawn.pop(uri, None)
        self.stamps.pop(uri, None)
        self._end_pause(uri)

    def close(self) -> None:
        """Draw nothing any more: nobody looks."""
        self._is_over = True
        for uri in list(self._pauses):
            self._end_pause(uri)

    def edited(self, uri: str) -> None:
        """Note a keystroke: what takes long to draw waits until there is none for a while."""
        self._end_pause(uri, resume=False)
        drawn = self._drawn.get(uri)
        pause = min(max(PAUSE, 2 * drawn.seconds if drawn else 0), _LONGEST_PAUSE)
        loop = asyncio.get_running_loop()
        waiting = self._pauses[uri][1] if uri in self._pauses else loop.create_future()
        self._pauses[uri] = (loop.call_later(pause, self._paused, uri), waiting)

    async def of(self, uri: str) -> Shown | None:
        """Return the picture of the current version; None when it is not open, no Python, or closed meanwhile."""
        shown: Shown | None = None
        for _ in range(_ATTEMPTS):
            await self._no_keystroke(uri)
            document = self._documents.get(uri)
            if document is None or not document.is_python or self._is_over:
                return None
            future = self._future_of(document)
            shown = Shown(document, await asyncio.shield(future))
            known = self._known.get(uri)
            if known is not None and known[1] is future and self._documents.get(uri) is document:
                return shown
        return shown

    async def soon(self, uri: str) -> Shown | None:
        """Return the same, or at once what holds of the last one where a new one takes long to draw."""
        return self.followed(uri) or await self.of(uri)

    def followed(self, uri: str, *, quick: bool = False) -> Shown | None:
        """Return what holds of the last picture after the edits since, in no time.

        None where none is needed, or there is no last one; ``quick`` also where drawing takes no time either.
        """
        document, drawn, known = self._documents.get(uri), self._drawn.get(uri), self._known.get(uri)
        if document is None or drawn is None or drawn.state is not self._state:
            return None
        if known is not None and known[0] is document and _has_result(known[1]):
            return Shown(document, known[1].result())
        if drawn.seconds < _QUICK and not quick:
            return None
        following = self._documents.since(drawn.shown.document)
        if following is None or drawn.shown.picture.map is None or not drawn.shown.picture.states:
            return None
        return Shown(document, followed_picture(drawn.shown.picture, following, document.lines), followed=True)

    async def _no_keystroke(self, uri: str) -> None:
        """Wait for a pause before drawing what takes long: the versions between would be drawn for nobody."""
        drawn, pause = self._drawn.get(uri), self._pauses.get(uri)
        if drawn is not None and drawn.seconds >= _QUICK and pause is not None:
            await asyncio.shield(pause[1])

    def _paused(self, uri: str) -> None:
        self._end_pause(uri)
        for listener in self._on_pause:
            listener(uri)

    def _end_pause(self, uri: str, *, resume: bool = True) -> None:
        if uri not in self._pauses:
            return
        timer, waiting = self._pauses[uri]
        timer.cancel()
        if resume:
            del self._pauses[uri]
            if not waiting.done():
                waiting.set_result(None)

    def _future_of(self, document: OpenDocument) -> asyncio.Future[Picture]:
        known = self._known.get(document.uri)
        if known is not None and known[0] is document:
            return known[1]
        self._documents.hold(document)
        history = self._documents.history(document.uri)
        drawn = _Draw(document, self._state)
        future = asyncio.get_running_loop().run_in_executor(self._executor, self._draw, drawn, history)
        self._known[document.uri] = (document, future)
        future.add_done_callback(lambda done: self._take(drawn, done))
        return future

    def _draw(self, draw: _Draw, history: Sequence[Following]) -> Picture:
        document, began = draw.document, time.perf_counter()
        if len(document.text) > LARGEST:
            return Picture(
                document.path,
                "unreadable",
                f"{document.path.name} is too large to show its coverage ({len(document.text):,} characters).",
            )
        try:
            show = self._services.current().show
            # Before the picture: a report that is written meanwhile is then seen to be newer.
            draw.stamps.append(show.report_stamp(document.path))
            return show.picture(document.path, document.text, history)
        except Exception as error:
            log.exception("no picture of %s", document.path)
            return Picture(
                document.path,
                "unreadable",
                f"{document.path.name}: no coverage: {type(error).__name__}: {error}. Greenline's log has more.",
            )
        finally:
            draw.seconds = time.perf_counter() - began

    def _take(self, draw: _Draw, done: asyncio.Future[Picture]) -> None:
        document, before = draw.document, self._drawn.get(draw.document.uri)
        if done.cancelled() or done.exception() is not None or self._documents.since(document) is None:
            self._documents.release(document)
            return
        shown = Shown(document, done.result())
        if shown.picture.is_measured:
            self._documents.remember(document)
        self._keep(_drawn(draw, shown, before), before)
        if draw.stamps:
            self.stamps[document.uri] = draw.stamps[0]
        for listener in self._listeners:
            listener(shown)

    def _keep(self, drawn: _Drawn, before: _Drawn | None) -> None:
        """Keep what is followed from now on. A text that does not parse is none to follow from, if there is another."""
        uri = drawn.shown.document.uri
        if before is None:
            self._drawn[uri] = drawn
            return
        is_parsed = before.shown.picture.map is not None and self._documents.since(before.shown.document) is not None
        if drawn.shown.picture.state == "broken-source" and is_parsed and before.state is drawn.state:
            self._drawn[uri] = replace(before, seconds=drawn.seconds)
            self._documents.release(drawn.shown.document)
        else:
            self._drawn[uri] = drawn
            self._documents.release(before.shown.document)


def _has_result(future: asyncio.Future[Picture]) -> bool:
    return future.done() and not future.cancelled() and future.exception() is None


@dataclass(slots=True)
class _Draw:
    """One drawing, while it is under way."""

    document: OpenDocument
    state: object
    seconds: float = 0.0
    stamps: list[object] = field(default_factory=list)
    """The one that it is drawn from, which may be None, as soon as it is known."""


def _drawn(draw: _Draw, shown: Shown, before: _Drawn | None) -> _Drawn:
    """Return what is known now. An answer from memory, or what is left of broken text, does not make a file quick."""
    text = draw.document.text
    if before is not None and (shown.picture.state == "broken-source" or text == before.text):
        return _Drawn(shown, max(draw.seconds, before.seconds), draw.state, before.text)
    return _Drawn(shown, draw.seconds, draw.state, text)
