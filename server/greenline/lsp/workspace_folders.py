"""Which folder of the workspace a command is about that names none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from greenline.lsp.documents import path_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from greenline.lsp.session import Session


_NO_FILE = "Greenline knows the coverage of files on disk; this is none."


class NoFolder(Exception):
    """There is none, or nobody says which; the message tells what to do."""


def folders(session: Session) -> dict[str, Path]:
    """Return the workspace's folders by their names; one that two of them have is followed by where they are."""
    workspace = session.server.workspace
    found = [(folder.name, path) for folder in workspace.folders.values() if (path := path_of(folder.uri)) is not None]
    if not found and workspace.root_path:
        return {Path(workspace.root_path).name: Path(workspace.root_path)}
    taken = [name for name, _ in found]
    return {name if taken.count(name) == 1 else f"{name} ({path})": path for name, path in found}


def shown_path(session: Session, path: Path) -> Path:
    """Return a path as short as the workspace allows: of several folders with the name of its own."""
    known = folders(session)
    inside = [
        Path(name if len(known) > 1 else "", path.relative_to(root))
        for name, root in known.items()
        if path.is_relative_to(root)
    ]
    return min(inside, key=lambda one: len(one.parts), default=path)


async def place_in(session: Session, values: Mapping[str, Any], elsewhere: str = _NO_FILE) -> Path:
    """Return the file or folder that a command's argument means, without one the folder that is meant.

    Raises NoFolder: with the words ``elsewhere`` where it names no file on disk.
    """
    uri = values.get("uri")
    if uri is None:
        return await chosen_folder(session)
    path = path_of(uri) if isinstance(uri, str) else None
    if path is None:
        raise NoFolder(elsewhere)
    return path


async def chosen_folder(session: Session) -> Path:
    """Return the one folder, or the one that the person chooses. Raises NoFolder."""
    known = folders(session)
    if not known:
        raise NoFolder("Open a folder or a file first: there is no project to look at.")
    if len(known) == 1:
        return next(iter(known.values()))
    answer = await session.ask("Which folder?", *known, otherwise="")
    if answer not in known:
        raise NoFolder(f"Say which folder is meant, with a file of it: there are {', '.join(known)}.")
    return known[answer]
