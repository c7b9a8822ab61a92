"""Open buffers, as the services see them: immutable texts, swapped as a whole on the loop's thread."""

from __future__ import annotations

import logging
import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from lsprotocol import types

from greenline.adapters.disk_documents import DiskDocuments
from greenline.domain.code.text_lines import split_lines
from greenline.domain.coverage.following import Following
from greenline.lsp.early_changes import EarlyChanges
from greenline.lsp.recent_changes import RecentChanges
from greenline.lsp.text_buffer import TextBuffer, follow

if TYPE_CHECKING:
    from collections.abc import Sequence

log = logging.getLogger(__name__)

_MEASURED = 5
"""Texts of a buffer that tests may have run."""
_ONE_BY_ONE = 20
"""Changes of one notification that are followed one by one; formatters and renaming make thousands."""


def path_of(uri: str) -> Path | None:
    """Return the path that a ``file:`` URI names, None for all others (``untitled:``, notebook cells, ``git:``)."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return None
    if parts.scheme.lower() != "file" or not parts.path:
        return None
    path = _windows_path(parts.path) if os.name == "nt" else unquote(parts.path)
    if "\0" in path:
        return None
    # Not resolved: a link stays what the person opened.
    return Path(f"//{parts.netloc}{path}" if parts.netloc and parts.netloc != "localhost" else path)


def _windows_path(path: str) -> str:
    from urllib.request import url2pathname  # noqa: PLC0415 - loads HTTP, and is needed on Windows only

    return url2pathname(path)


@dataclass(frozen=True, slots=True, eq=False)
class OpenDocument:
    """One version of one buffer. ``version`` is the client's; it may start at 0 and be missing."""

    uri: str
    path: Path
    text: str
    version: int | None
    is_python: bool = True
    lines: tuple[str, ...] = ()
    """Those of the text, without their ends."""

    def __post_init__(self) -> None:
        if not self.lines:
            object.__setattr__(self, "lines", tuple(split_lines(self.text)))


class EditorDocuments:
    """Implements ``ports.documents.Documents``. Changed on the loop's thread only; may be read on any thread."""

    def __init__(self) -> None:
        self._disk = DiskDocuments()
        self._by_uri: MappingProxyType[str, OpenDocument] = MappingProxyType({})
        self._buffers: dict[str, _Buffer] = {}
        self._early = EarlyChanges()

    def put(self, document: OpenDocument, encoding: str = types.PositionEncodingKind.Utf16) -> None:
        """Take over a buffer that was opened."""
        self._buffers[document.uri] = buffer = _Buffer(TextBuffer(document.text, encoding), RecentChanges(encoding))
        buffer.measured = (document,)
        buffer.hold(document)
        self._keep(document)
        for early in self._early.take(document.uri, document.version):
            self.change(document.uri, early.version, early.changes)

    def change(
        self, uri: str, version: int | None, changes: Sequence[types.TextDocumentContentChangeEvent]
    ) -> OpenDocument | None:
        """Take over a new version; None for what is not open, or not yet. One that comes late gets its place."""
        before, buffer = self._by_uri.get(uri), self._buffers.get(uri)
        if before is None or buffer is None:
            if path_of(uri) is not None:
                self._early.keep(uri, version, changes)
            return None
        if version is not None and before.version is not None and version < before.version:
            version, changes = before.version, buffer.overtaken(uri, version, changes)
        else:
            buffer.recent.note((before.version, buffer.text), version, changes)
        buffer.change(changes)
        text, lines = buffer.text.text, tuple(buffer.text.lines)
        document = OpenDocument(uri, before.path, text, version, before.is_python, lines)
        self._keep(document)
        return document

    def saved(self, uri: str) -> None:
        """Remember that the buffer was saved as it is now: tests may run it."""
        if document := self._by_uri.get(uri):
            self.remember(document)

    def remember(self, document: OpenDocument) -> None:
        """Remember a version that is current, or held, as one that tests run: with the one opened, the last few."""
        buffer = self._buffers.get(document.uri)
        if buffer is None or document in buffer.measured:
            return
        if document is not self._by_uri.get(document.uri) and document not in buffer.following:
            return
        buffer.hold(document)
        if len(buffer.measured) >= _MEASURED:
            buffer.release(buffer.measured[1])
            buffer.measured = (buffer.measured[0], *buffer.measured[2:])
        buffer.measured = (*buffer.measured, document)

    def hold(self, document: OpenDocument) -> None:
        """Follow the edits that come after this, the current version, until it is released."""
        if self._by_uri.get(document.uri) is document:
            self._buffers[document.uri].hold(document)

    def release(self, document: OpenDocument) -> None:
        """Follow no more what was held; each ``hold`` needs one."""
        if buffer := self._buffers.get(document.uri):
            buffer.release(document)

    def since(self, document: OpenDocument) -> Following | None:
        """Tell where the lines of a version that is held stand now."""
        buffer = self._buffers.get(document.uri)
        return buffer.following.get(document) if buffer else None

    def history(self, uri: str) -> tuple[Following, ...]:
        """Tell where the lines stand now of the texts that tests may have run, the oldest first."""
        buffer = self._buffers.get(uri)
        return tuple(buffer.following[document] for document in buffer.measured) if buffer else ()

    def drop(self, uri: str) -> None:
        """Forget a closed buffer."""
        if self._buffers.pop(uri, None) is not None:
            self._early.closed(uri)
        self._by_uri = MappingProxyType({known: doc for known, doc in self._by_uri.items() if known != uri})

    def get(self, uri: str) -> OpenDocument | None:
        """Return the current version of an open buffer."""
        return self._by_uri.get(uri)

    def open_at(self, path: Path) -> OpenDocument | None:
        """Return the buffer of a file, if it is open."""
        return next((doc for doc in self._by_uri.values() if doc.path == path), None)

    def is_open(self, path: Path) -> bool:
        """Tell whether there is a buffer of the file."""
        return self.open_at(path) is not None

    def all_open(self) -> tuple[OpenDocument, ...]:
        """Return every open buffer of a file."""
        return tuple(self._by_uri.values())

    def uri_of(self, path: Path) -> str:
        """Return the URI that the client uses for a file: two spellings of one file would be two buffers."""
        document = self.open_at(path)
        return document.uri if document else path.absolute().as_uri()

    def read(self, path: Path) -> str | None:
        """Return the buffer's text, else the file's. None: no such file. Raises OSError or UnicodeDecodeError."""
        document = self.open_at(path)
        return document.text if document else self._disk.read(path)

    def unsaved(self) -> dict[Path, str]:
        """Return the buffers whose text differs from the disk; one whose file cannot be read differs."""
        return {doc.path: doc.text for doc in self.all_open() if not self._is_saved(doc)}

    def _keep(self, document: OpenDocument) -> None:
        self._by_uri = MappingProxyType({**self._by_uri, document.uri: document})

    def _is_saved(self, document: OpenDocument) -> bool:
        try:
            return self._disk.read(document.path) == document.text
        except (OSError, UnicodeDecodeError):
            return False


@dataclass(slots=True)
class _Buffer:
    text: TextBuffer
    recent: RecentChanges
    measured: tuple[OpenDocument, ...] = ()
    """What was opened, and the last versions that were saved, or are known to have been measured."""
    following: dict[OpenDocument, Following] = field(default_factory=dict)
    _held: Counter[OpenDocument] = field(default_factory=Counter)

    def change(self, changes: Sequence[types.TextDocumentContentChangeEvent]) -> None:
        if len(changes) > _ONE_BY_ONE:
            self._change_at_once(changes)
            return
        for change in changes:
            splice, lines = self.text.change(change), self.text.lines
            self.following = {then: follow(following, splice, lines) for then, following in self.following.items()}

    def overtaken(
        self, uri: str, version: int, changes: Sequence[types.TextDocumentContentChangeEvent]
    ) -> Sequence[types.TextDocumentContentChangeEvent]:
        """Return what puts right the text, in which later changes than these were made already."""
        text = self.recent.put_right(version, changes)
        if text is not None:
            return [types.TextDocumentContentChangeWholeDocument(text)]
        log.warning(
            "%s: version %d came after a later one; its text may be wrong until it is opened again", uri, version
        )
        return changes

    def _change_at_once(self, changes: Sequence[types.TextDocumentContentChangeEvent]) -> None:
        """Follow many changes as one, by what they made of the lines: as many steps would be many times the work."""
        before = tuple(self.text.lines)
        for change in changes:
            self.text.change(change)
        way = Following.of(before).edited(0, len(before), len(self.text.lines), self.text.lines)
        self.following = {then: way.after(following) for then, following in self.following.items()}

    def hold(self, document: OpenDocument) -> None:
        self._held[document] += 1
        if document not in self.following:
            self.following[document] = Following.of(document.lines)

    def release(self, document: OpenDocument) -> None:
        self._held[document] -= 1
        if self._held[document] <= 0:
            del self._held[document]
            self.following.pop(document, None)
