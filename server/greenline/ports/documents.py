"""The text of files as the person sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class SavedFile:
    """A file as it is on disk; ``modified_at`` in seconds since the epoch. Line endings are kept."""

    text: str
    modified_at: float


class Disk(Protocol):
    """What was saved, whatever the buffers hold."""

    def saved(self, path: Path) -> SavedFile | None:
        """Return the file, None when there is none or it cannot be read as text. Raises nothing."""

    def modified_at(self, path: Path) -> float | None:
        """Return when the file was last written, None when there is none. Reads nothing, raises nothing."""

    def changed_at(self, path: Path) -> float | None:
        """Return when the file was last written, moved or put there (seconds since the epoch).

        None where there is none, or the system does not tell. Reads nothing, raises nothing.
        """


class Documents(Protocol):
    """Open buffers before the disk."""

    def read(self, path: Path) -> str | None:
        """Return the text, unsaved edits included; None when there is no such file. Line endings are kept.

        Raises OSError or UnicodeDecodeError when it is there but cannot be read.
        """

    def unsaved(self) -> dict[Path, str]:
        """Return the open buffers whose text differs from the disk."""

    def is_open(self, path: Path) -> bool:
        """Tell whether there is a buffer of the file. May be asked on any thread."""
