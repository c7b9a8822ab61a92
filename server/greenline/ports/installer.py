"""Installing a package where the project's tests run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from greenline.ports.progress import Progress


class Installer(Protocol):
    """Runs the commands that install packages."""

    async def install(self, command: Sequence[str], progress: Progress, *, called: str = "") -> str:
        """Run to the end; return why it failed, in words, empty when it did not. Cancelling leaves no process.

        ``called``: what the words call the command, if not by all that it is.
        """
