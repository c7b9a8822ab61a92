"""Pages about a whole project: its coverage, and how that went."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from greenline.ports.progress import Progress

PageKind = Literal["report", "trend", "record"]
"""Its coverage as it is on disk; how that went; the same after what is measured now was recorded."""


class PageProblem(Exception):
    """There is no page; the message says why and what to do."""


class Pages(Protocol):
    """Writes pages where the person alone reads them, and runs nothing of the project's."""

    async def write(self, kind: PageKind, place: Path, progress: Progress) -> Path:
        """Write the page about a folder, or about the project of a file; return where it is.

        Raises PageProblem. Cancelling leaves no process.
        """
