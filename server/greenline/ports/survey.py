"""Looking at all files of a repository, of which each leaves one small row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from greenline.domain.coverage.worth import FileRow


class Survey(Protocol):
    """Looks at files as they are on disk, several at once where that pays."""

    def __call__(self, paths: Sequence[Path], /) -> Iterable[FileRow]:
        """Yield a row for each file that is there, in the order of the paths."""


class Surveyor(Protocol):
    """Looks at files in one process, and lets go of what it opened when it is closed."""

    def rows(self, paths: Sequence[Path], /) -> Iterable[FileRow]:
        """Yield a row for each file that is there, in the order of the paths."""

    def close(self) -> None:
        """End it."""


class RowStore(Protocol):
    """Rows of earlier surveys, each by all that it was made of: what is found still holds. Raises nothing."""

    def find(self, keys: Sequence[str]) -> Mapping[str, FileRow]:
        """Return those that are known; whose path and package they have is up to whoever asks."""

    def keep(self, rows: Mapping[str, FileRow]) -> None:
        """Remember these; others may be forgotten."""
