"""Places as a forge names them: from the top of the repository, wherever the command was started."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenline.adapters.git_places import repository_of
from greenline.cli.console import from_here

if TYPE_CHECKING:
    from pathlib import Path


def name_in_repository(path: Path) -> str:
    """Return the name with slashes; outside of any repository, as it is written from here."""
    resolved = path.resolve()
    repository = repository_of(resolved.parent)
    if repository is not None and resolved.is_relative_to(repository.top):
        return resolved.relative_to(repository.top).as_posix()
    return from_here(path).as_posix()
