"""Open buffers, as the services see them: immutable texts, swapped as a whole on the loop's thread."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from urllib.parse import unquote, urlsplit

from greenline.adapters.disk_documents import DiskDocuments


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


@dataclass(frozen=True, slots=True)
class OpenDocument:
    """One version of one buffer. ``version`` is the client's; it may start at 0 and be missing."""

    uri: str
    path: Path
    text: str
    version: int | None
    is_python: bool = True


class EditorDocuments:
    """Implements ``ports.documents.Documents``. Changed on the loop's thread only; may be read on any thread."""

    def __init__(self) -> None:
        self._disk = DiskDocuments()
        self._by_uri: MappingProxyType[str, OpenDocument] = MappingProxyType({})

    def put(self, document: OpenDocument) -> None:
        """Take over a new version."""
        self._by_uri = MappingProxyType({**self._by_uri, document.uri: document})

    def drop(self, uri: str) -> None:
        """Forget a closed buffer."""
        self._by_uri = MappingProxyType({known: doc for known, doc in self._by_uri.items() if known != uri})

    def get(self, uri: str) -> OpenDocument | None:
        """Return the current version of an open buffer."""
        return self._by_uri.get(uri)

    def open_at(self, path: Path) -> OpenDocument | None:
        """Return the buffer of a file, if it is open."""
        return next((doc for doc in self._by_uri.values() if doc.path == path), None)

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

    def _is_saved(self, document: OpenDocument) -> bool:
        try:
            return self._disk.read(document.path) == document.text
        except (OSError, UnicodeDecodeError):
            return False
