"""The formatter that a project is configured for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from greenline.ports.project import Interpreter, Project


@dataclass(frozen=True, slots=True)
class LaidOut:
    """A text in its new layout; None where it has none, and ``note`` says why (nothing: there is no formatter)."""

    text: str | None = None
    note: str = ""


class Formatter(Protocol):
    """Lays new code out as the project's own code is."""

    async def lay_out(self, project: Project, interpreter: Interpreter, path: Path, text: str) -> LaidOut:
        """Return a text as the project's formatter writes it in a file at that path, which it neither reads nor writes.

        Raises nothing for the formatter's sake. Cancelling leaves no process.
        """
