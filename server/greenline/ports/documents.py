"""The text of files as the person sees it."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol


class Documents(Protocol):
    """Open buffers before the disk."""

    def read(self, path: Path) -> str | None:
        """Return the text, unsaved edits included; None when there is no such file. Line endings are kept.

        Raises OSError or UnicodeDecodeError when it is there but cannot be read.
        """

    def unsaved(self) -> dict[Path, str]:
        """Return the open buffers whose text differs from the disk."""
