"""Files as they are on disk, for faces that have no buffers."""

from __future__ import annotations

import io
import tokenize
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from greenline.ports.documents import Documents

_KEPT = 64
"""Texts."""


class DiskDocuments:
    """Implements the port ``Documents`` without any open buffer."""

    def read(self, path: Path) -> str | None:
        """Return the text in the encoding that the file declares, line endings kept; None when there is no such file.

        Raises OSError or UnicodeDecodeError when it is there but cannot be read.
        """
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return None
        return decoded(content)

    def unsaved(self) -> dict[Path, str]:
        """Return nothing: there are no buffers."""
        return {}

    def is_open(self, path: Path) -> bool:  # noqa: ARG002 - the port's
        """Return False: there are no buffers."""
        return False


class TextsBefore:
    """Other documents, before which some files have texts that are saved nowhere."""

    def __init__(self, documents: Documents, texts: Mapping[Path, str]) -> None:
        self._documents = documents
        self._texts = dict(texts)

    def read(self, path: Path) -> str | None:
        """Return the text; see ``Documents``."""
        return self._texts[path] if path in self._texts else self._documents.read(path)

    def unsaved(self) -> dict[Path, str]:
        """Return these, and what is unsaved besides."""
        return {**self._documents.unsaved(), **self._texts}

    def is_open(self, path: Path) -> bool:
        """Tell whether the file has such a text, or a buffer."""
        return path in self._texts or self._documents.is_open(path)


class ReadOnce(DiskDocuments):
    """The same for one look at many files, which asks for each file several times in a row."""

    def __init__(self) -> None:
        self._known: OrderedDict[Path, str | None] = OrderedDict()

    def read(self, path: Path) -> str | None:
        """Return what was read a moment ago, or is read now. Raises as above."""
        if path not in self._known:
            self._known[path] = super().read(path)
            if len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return self._known[path]


def decoded(content: bytes) -> str:
    """Return source in the encoding that it declares, line endings kept.

    Raises UnicodeDecodeError, whatever is wrong: bytes that the encoding has not, or one of no text (``hex``).
    """
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
    except SyntaxError:  # a declaration that means nothing: coverage.py and editors read such a file as UTF-8
        encoding = "utf-8"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise
    except (LookupError, ValueError) as error:  # codecs raise what they like: UnicodeError, binascii's, "no text"
        raise UnicodeDecodeError(encoding, content, 0, len(content), str(error)) from error
