"""The libraries that ask models, which have native parts and may come later than Greenline itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from greenline.ports.progress import Progress


class Libraries(Protocol):
    """Finds and installs them."""

    def missing(self) -> str:
        """Return how they are got, empty where they can be imported. Reads files, and imports none of them.

        What was installed before can be imported from now on.
        """

    def place(self) -> str:
        """Return the folder that they are imported from; empty where they are missing. Reads files."""

    def question(self) -> str:
        """Return what a person is asked before ``install``; empty where there is no place for them. Reads files."""

    async def install(self, progress: Progress) -> str:
        """Install them; return why they are not there and what to do, empty where they can be imported now.

        Nothing is half installed, whatever happens; cancelling leaves no process.
        """
