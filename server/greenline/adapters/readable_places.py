"""What tests that a model wrote may read of the person's files: the project, but for what is never sent to a model."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from greenline.adapters.interpreter_places import (
    is_below,
    on_python_path,
    prefixes_of,
    worked_on,
)
from greenline.adapters.sandbox import repository_of
from greenline.adapters.variable_places import named_certificates, named_libraries, user_packages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from greenline.ports.project import Project

_NEVER = frozenset({"node_modules", "site-packages"})
"""Folders that hold much, and nothing that a test of this project's Python reads as a file of the project."""
_ENVIRONMENTS = frozenset({"env", "venv"})
_MARKS_OF_ENVIRONMENT = frozenset({"pyvenv.cfg", "conda-meta"})
"""What such a folder holds that is no package of the project's."""
_BYTECODE = "__pycache__"
_MOST_ENTRIES = 100_000
"""Of one folder that is worked on; what does not fit is not to be read, nor what lies below it."""


@dataclass(frozen=True, slots=True)
class Places:
    """Absolute paths. ``readable`` are files and folders, of ``listed`` folders the names alone, below too.

    ``absent`` is what is never sent to a model, by its name: as if it were not there.
    """

    readable: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Listing:
    """What may be read of one folder; ``whole`` where that is all of it, but for what is below."""

    modified: int
    files: tuple[str, ...]
    folders: tuple[str, ...]
    whole: bool
    entries: int
    absent: tuple[str, ...] = ()


class ReadablePlaces:
    """Walks through folders, and remembers each for as long as nothing in it gets another name.

    ``ignore`` are patterns of files that are never sent, besides the usual ones.
    """

    def __init__(self, ignore: Sequence[str] = ()) -> None:
        self._ignore = tuple(ignore)
        self._known: dict[tuple[str, str], _Listing] = {}
        """Folder and the one around it that patterns are relative to -> what it holds."""

    def of(self, project: Project, interpreter: Path, top: Path | None = None) -> Places:
        """Return what a run may read besides its scratch copy, Python and the system. Walks: not for the loop.

        ``top`` is the folder around the project that is in the copy with it; it counts within the same repository.
        """
        prefixes = prefixes_of(interpreter)
        ours = [project.root, *project.source_roots, *worked_on(prefixes), *on_python_path(project.root)]
        if top is not None and is_below(os.path.realpath(top), os.path.realpath(repository_of(project.root))):
            ours.append(top)
        root, home = os.path.realpath(project.root), os.path.realpath(Path.home())
        tops = dict.fromkeys(os.path.realpath(folder) for folder in ours)
        # Somebody's home is no package, whatever PYTHONPATH says; a project may be anywhere.
        tops = dict.fromkeys(each for each in tops if each == root or not is_below(home, each))
        outermost = [each for each in tops if not any(each != other and is_below(each, other) for other in tops)]
        readable: dict[str, None] = {}
        absent: dict[str, None] = {}
        met: set[str] = set()
        # One within another may be in a folder that the other leaves out: an editable install in .venv/src.
        for folder in sorted(tops, key=len):  # the outer ones first
            around = next(other for other in (root, *outermost) if is_below(folder, other))
            if folder not in met and not self._is_kept_back(folder, around):
                walked = self._walked(folder, around, root)
                met.update(walked)
                readable.update(dict.fromkeys(self._parts(folder, around, walked)))
                absent.update(dict.fromkeys(place for each in walked for place in self._known[each, around].absent))
        libraries = [place for place in named_libraries(project.root) if not self._is_ignored(place)]
        # A certificate is no secret, whatever its name ends with: keys do.
        others = [*user_packages(project.root), *libraries, *named_certificates(project.root)]
        return Places((*map(str, others), *readable), tuple(outermost), tuple(absent))

    def is_never_sent(self, path: Path, project: Project) -> bool:
        """Tell whether a file of the project is never sent to a model; it need not be there."""
        from greenline.domain.asking.ignored import ignored  # noqa: PLC0415 - nothing of models at the start

        real, root = os.path.realpath(path), os.path.realpath(project.root)
        return bool(ignored(_within(real, root) if is_below(real, root) else path.name, self._ignore))

    def _is_ignored(self, place: Path) -> bool:
        from greenline.domain.asking.ignored import ignored  # noqa: PLC0415 - nothing of models at the start

        return bool(ignored((place / "x" if place.is_dir() else place).as_posix(), self._ignore))

    def _is_kept_back(self, top: str, around: str) -> bool:
        from greenline.domain.asking.ignored import ignored  # noqa: PLC0415 - nothing of models at the start

        return top != around and bool(ignored(f"{_within(top, around)}/x", self._ignore))

    def _parts(self, top: str, around: str, met: Sequence[str]) -> list[str]:
        """Return the outermost files and folders below ``top`` in which all may be read, of those that were met."""
        if Path(top).is_file():
            return [] if self._is_never_sent(Path(top).name, is_folder=False) else [top]
        whole: dict[str, bool] = {}
        for folder in reversed(met):  # the deepest first
            listing = self._known[folder, around]
            whole[folder] = listing.whole and all(whole.get(below, False) for below in listing.folders)
        found: list[str] = []
        waiting = [top] if top in whole else []
        while waiting:
            folder = waiting.pop()
            if whole[folder]:
                found.append(folder)
                continue
            found += self._known[folder, around].files
            waiting += [below for below in self._known[folder, around].folders if below in whole]
        return found

    def _walked(self, top: str, around: str, root: str) -> list[str]:
        """Return the folders that were met, each before those in it, but for those whose entries are too many.

        The project's root is met on its own alone: there, patterns are relative to it.
        """
        met: list[str] = []
        waiting, left = [top], _MOST_ENTRIES
        for folder in waiting:  # it grows meanwhile
            listing = self._known[folder, around] = self._listing(folder, around)
            if listing.entries <= left and (folder != root or around == root):
                left -= listing.entries
                met.append(folder)
                waiting += listing.folders
        return met

    def _listing(self, folder: str, around: str) -> _Listing:
        try:
            modified = os.stat(folder).st_mtime_ns  # noqa: PTH116 - thousands of them
            known = self._known.get((folder, around))
            return known if known is not None and known.modified == modified else self._read(folder, around, modified)
        except OSError:
            return _Listing(0, (), (), whole=False, entries=0)

    def _read(self, folder: str, around: str, modified: int) -> _Listing:
        files: list[str] = []
        folders: list[str] = []
        absent: list[str] = []
        inside = _within(folder, around)
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
        if inside.rpartition("/")[2] in _ENVIRONMENTS and any(entry.name in _MARKS_OF_ENVIRONMENT for entry in entries):
            return _Listing(modified, (), (), whole=False, entries=0)
        whole = True
        for entry in entries:
            place = f"{inside}/{entry.name}" if inside else entry.name
            is_folder = entry.is_dir()
            if self._is_never_sent(place, is_folder=is_folder):
                whole = False
                absent.append(entry.path)
            elif entry.is_symlink():
                continue  # where it leads decides
            elif is_folder and (entry.name in _NEVER or entry.name.startswith(".")):
                whole = False
            else:
                (folders if is_folder else files).append(entry.path)
        return _Listing(modified, tuple(files), tuple(folders), whole, len(entries), tuple(absent))

    def _is_never_sent(self, place: str, *, is_folder: bool) -> bool:
        from greenline.domain.asking.ignored import ignored_itself  # noqa: PLC0415 - nothing of models at the start

        return any(ignored_itself(each, self._ignore, is_folder=is_folder) for each in (place, *_sources_of(place)))


def _within(folder: str, around: str) -> str:
    return folder[len(around) :].strip(os.sep).replace(os.sep, "/")


def _sources_of(place: str) -> list[str]:
    """Return what bytecode may have been made of: from it, the text could be read all the same."""
    if not place.endswith(".pyc"):
        return []
    folder, slash, name = place.rpartition("/")
    if folder.rpartition("/")[2] == _BYTECODE:
        folder = folder.rpartition("/")[0]
        slash = "/" if folder else ""
    parts = name.split(".")
    # Versions in the name have dots of their own: "a.cpython-312-pytest-8.3.pyc".
    return [f"{folder}{slash}{'.'.join(parts[:count])}.py" for count in range(1, len(parts))]
