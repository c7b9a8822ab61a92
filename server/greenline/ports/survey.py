"""Looking at all files of a repository, of which each leaves one small row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from greenline.domain.coverage.worth import FileRow


class Survey(Protocol):
    """Looks at files as they are on disk, several at once where that pays."""

    def __call__(self, paths: Sequence[Path], /) -> Iterable[FileRow]:
        """Yield a row for each file that is there, in the order of the paths."""
