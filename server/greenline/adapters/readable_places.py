"""What tests that a model wrote may read of the person's files: the project, but for what is never sent to a model."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from greenline.adapters.interpreter_places import is_below, on_python_path, prefixes_of, user_packages, worked_on

if TYPE_CHECKING:
    from collections.abc import Sequence

    from greenline.ports.project import Project

_NEVER = frozenset({"node_modules", "site-packages", "venv", "env"})
"""Folders that hold much, and nothing that a test of this project's Python reads as a file of the project."""
_AS_A_WHOLE = frozenset({"__pycache__"})
_MOST_ENTRIES = 100_000
"""Of one folder that is worked on; what lies deeper is not to be read."""


@dataclass(frozen=True, slots=True)
class Places:
    """Absolute paths. ``readable`` are files and folders, of ``listed`` folders the names alone, below too."""

    readable: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Listing:
    """What may be read of one folder; ``whole`` where that is all of it, but for what is below."""

    modified: int
    files: tuple[str, ...]
    folders: tuple[str, ...]
    whole: bool
    entries: int


class ReadablePlaces:
    """Walks through folders, and remembers each for as long as nothing in it gets another name.

    ``ignore`` are patterns of files that are never sent, besides the usual ones.
    """

    def __init__(self, ignore: Sequence[str] = ()) -> None:
        self._ignore = tuple(ignore)
        self._known: dict[str, _Listing] = {}

    def of(self, project: Project, interpreter: Path) -> Places:
        """Return what a run may read besides its scratch copy, Python and the system. Walks: not for the loop."""
        prefixes = prefixes_of(interpreter)
        ours = [project.root, *project.source_roots, *worked_on(prefixes), *on_python_path()]
        home = os.path.realpath(Path.home())
        tops = dict.fromkeys(os.path.realpath(folder) for folder in ours)
        # Somebody's home is no package, whatever PYTHONPATH says; a project may be anywhere.
        tops = dict.fromkeys(top for top in tops if top == os.path.realpath(project.root) or not is_below(home, top))
        outermost = [top for top in tops if not any(top != other and is_below(top, other) for other in tops)]
        readable = [place for top in outermost for place in self._parts(top)]
        return Places((str(user_packages()), *readable), tuple(outermost))

    def _parts(self, top: str) -> list[str]:
        """Return the outermost files and folders below ``top`` in which all may be read."""
        if Path(top).is_file():
            return [] if self._is_never_sent(Path(top).name, is_folder=False) else [top]
        met = self._walked(top)
        whole: dict[str, bool] = {}
        for folder in reversed(met):  # the deepest first
            listing = self._known[folder]
            whole[folder] = listing.whole and all(whole.get(below, False) for below in listing.folders)
        found: list[str] = []
        waiting = [top] if top in whole else []
        while waiting:
            folder = waiting.pop()
            if whole[folder]:
                found.append(folder)
                continue
            found += self._known[folder].files
            waiting += [below for below in self._known[folder].folders if below in whole]
        return found

    def _walked(self, top: str) -> list[str]:
        """Return the folders that were met, each before those in it, until there were too many entries."""
        met, left = [top], _MOST_ENTRIES
        for number, folder in enumerate(met):  # it grows meanwhile
            listing = self._known[folder] = self._listing(folder, top)
            left -= listing.entries
            if left <= 0:
                return met[: number + 1]
            met += listing.folders
        return met

    def _listing(self, folder: str, top: str) -> _Listing:
        try:
            modified = os.stat(folder).st_mtime_ns  # noqa: PTH116 - thousands of them
            known = self._known.get(folder)
            return known if known is not None and known.modified == modified else self._read(folder, top, modified)
        except OSError:
            return _Listing(0, (), (), whole=False, entries=0)

    def _read(self, folder: str, top: str, modified: int) -> _Listing:
        files, folders, whole = [], [], True
        inside = folder[len(top) :].strip(os.sep).replace(os.sep, "/")
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
        for entry in entries:
            if entry.is_symlink():
                continue  # where it leads decides
            place = f"{inside}/{entry.name}" if inside else entry.name
            is_folder = entry.is_dir()
            if self._is_never_sent(place, is_folder=is_folder):
                whole = False
            elif entry.name in _AS_A_WHOLE or not is_folder:
                files.append(entry.path)
            else:
                folders.append(entry.path)
        return _Listing(modified, tuple(files), tuple(folders), whole, len(entries))

    def _is_never_sent(self, place: str, *, is_folder: bool) -> bool:
        from greenline.domain.asking.ignored import ignored_itself  # noqa: PLC0415 - nothing of models at the start

        name = place.rpartition("/")[2]
        if is_folder and (name in _NEVER or name.startswith(".")):
            return True
        return bool(ignored_itself(place, self._ignore, is_folder=is_folder))
