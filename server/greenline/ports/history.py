"""What a file was before: the texts that version control keeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


class HistoryProblem(Exception):
    """There is nothing to compare with; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class PastText:
    """A file's text in one commit, and when that was made (seconds since the epoch)."""

    text: str
    committed_at: float


class History(Protocol):
    """Each method may be slow the first time, and is safe on any thread; runs nothing of the project's."""

    def base_text(self, path: Path, since: str) -> str | None:
        """Return the file as it is where the work since ``since`` began: in HEAD, or where a branch and HEAD part.

        None: there is no such file there. Raises HistoryProblem.
        """

    def text_at(self, path: Path, when: float) -> PastText | None:
        """Return the file in the commit that was checked out then. None: nobody knows. Raises nothing."""

    def stamp(self, path: Path, since: str = "") -> object:
        """Return what changes whenever HEAD or the branch does. Only looks at files' times, raises nothing."""


class Ignored(Protocol):
    """What version control leaves alone."""

    def is_ignored(self, folder: Path) -> bool | None:
        """Tell whether a folder is ignored. None: there is no repository, or it does not answer. Raises nothing."""


class Churn(Ignored, Protocol):
    """How files change. Runs nothing of the project's; safe on any thread."""

    def commits(self, folder: Path) -> Mapping[Path, int]:
        """Return how many commits of the last year changed each file below the folder.

        Empty where there is no repository. Raises HistoryProblem where git does not answer.
        """

    def changed_files(self, folder: Path, since: str) -> frozenset[Path]:
        """Return the Python files of the repository around a folder that are other than where HEAD and ``since`` part.

        New ones that git does not ignore are among them, deleted ones are not. Raises HistoryProblem.
        """

    def head(self, folder: Path) -> tuple[str, float] | None:
        """Return the commit that is checked out and when it was made, in seconds since the epoch.

        None where there is none, or git does not answer. Raises nothing.
        """

    def line_of(self, folder: Path, since: str) -> Sequence[str]:
        """Return the hashes of the commit where HEAD and ``since`` part and of those before it, the newest first.

        There may be more than are returned. Raises HistoryProblem.
        """
