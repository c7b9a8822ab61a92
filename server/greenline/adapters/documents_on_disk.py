"""Files as they were saved, with the time."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

from greenline.adapters.disk_documents import DiskDocuments
from greenline.ports.documents import SavedFile

if TYPE_CHECKING:
    from pathlib import Path

_KEPT = 64


class SavedFiles:
    """Implements the port ``Disk``; an unchanged file is read once. Pictures, jobs and marks ask on several threads."""

    def __init__(self, documents: DiskDocuments | None = None) -> None:
        self._documents = documents or DiskDocuments()
        self._known: OrderedDict[Path, tuple[tuple[int, int], SavedFile]] = OrderedDict()
        self._lock = threading.Lock()

    def modified_at(self, path: Path) -> float | None:
        """Return when the file was last written (seconds since the epoch), None when there is none."""
        try:
            return path.stat().st_mtime
        except (OSError, ValueError):
            return None

    def changed_at(self, path: Path) -> float | None:
        """Return when the file was last written, moved or put there; None where there is none, and on Windows."""
        try:
            return None if os.name == "nt" else path.stat().st_ctime  # there it is when the file was made
        except (OSError, ValueError):
            return None

    def saved(self, path: Path) -> SavedFile | None:
        """Return the file, None when there is none or it cannot be read as text. Raises nothing."""
        try:
            stat = path.stat()
            stamp = (stat.st_mtime_ns, stat.st_size)
            with self._lock:
                known = self._known.get(path)
            if known is None or known[0] != stamp:
                text = self._documents.read(path)  # outside of the lock: a slow disk holds up nobody else
                if text is None:
                    return None
                known = (stamp, SavedFile(text, stat.st_mtime))
        except (OSError, ValueError):
            with self._lock:
                self._known.pop(path, None)
            return None
        self._keep(path, known)
        return known[1]

    def _keep(self, path: Path, known: tuple[tuple[int, int], SavedFile]) -> None:
        with self._lock:
            self._known[path] = known
            self._known.move_to_end(path)
            if len(self._known) > _KEPT:
                self._known.popitem(last=False)
