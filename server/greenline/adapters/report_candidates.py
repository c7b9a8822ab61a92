"""The names of a report that may mean a file, and where the files are that they name."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from greenline.domain.coverage.report_names import parts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from greenline.ports.project import Project

INSTALLED = ("site-packages", "dist-packages")
_FOLDS = os.name == "nt"
"""Whether two spellings may be one path: then only the system can tell."""


class Candidates:
    """The names of a report that end with one file name, and where their files are. Looked up when it is asked for.

    A large repository has thousands that end with ``__init__.py``: of most no more is kept than the name. ``real``
    tells where links in a folder's path lead.
    """

    def __init__(self, places: Mapping[str, str], real: Callable[[Path], Path]) -> None:
        self._real = real
        self._places = {name: name if place == name else place for name, place in places.items()}
        self._installed = [name for name in places if _is_of_an_environment(name)]
        self._is_there: dict[str, bool] = {}
        self._by_end: dict[int, dict[str, list[str]]] = {}

    def of(self, project: Project, path: Path) -> list[str]:
        """Return the names that mean the file: by their places, where links lead, or as it is installed."""
        real = str(resolved(path))
        found = {*self._at(str(path)), *self._at(real), *self._linked.get(_key(real), ())}
        found.update(name for name in self._installed if _is_installed(name, project, path))
        return [name for name in self._places if name in found] if found else []

    def ending_as(self, path: Path, least: int, *, homeless: bool) -> list[str]:
        """Return the names that share so many parts with the end of the path; only those of no file if ``homeless``."""
        if least not in self._by_end:
            by_end = self._by_end[least] = {}
            for name in self._places:
                by_end.setdefault("/".join(parts_of(name)[-least:]), []).append(name)
        ending = self._by_end[least].get("/".join(path.absolute().parts[-least:]), [])
        return [name for name in ending if not (homeless and self._has_a_file(name))]

    def _at(self, place: str) -> list[str]:
        return [*([place] if self._places.get(place) == place else ()), *self._placed.get(_key(place), ())]

    @cached_property
    def _placed(self) -> dict[str, list[str]]:
        """Return by their places the names that are not spelled like them."""
        found: dict[str, list[str]] = {}
        for name, place in self._places.items():
            if _key(place) != name or _FOLDS:
                found.setdefault(_key(place), []).append(name)
        return found

    @cached_property
    def _linked(self) -> dict[str, list[str]]:
        """Return by where they lead the names whose places are links, or in folders that are."""
        found: dict[str, list[str]] = {}
        for name, place in self._places.items():
            folder, file = os.path.split(place)
            simple = not _FOLDS and not os.path.islink(place)  # noqa: PTH114 - as text, for each of thousands
            real = os.path.join(self._real(Path(folder)), file) if simple else str(resolved(Path(place)))  # noqa: PTH118
            if real != place:
                found.setdefault(_key(real), []).append(name)
        return found

    def _has_a_file(self, name: str) -> bool:
        if name not in self._is_there:
            self._is_there[name] = is_there(Path(self._places[name]))
        return self._is_there[name]


def _key(place: str) -> str:
    """Return what two spellings of a path have in common on this system."""
    return os.path.normcase(place)


def is_there(path: Path) -> bool:
    """Tell whether there is such a file or folder. Raises nothing."""
    try:
        return path.exists()
    except (OSError, ValueError):  # longer than any path, or none
        return False


def resolved(path: Path) -> Path:
    """Return where links lead. Raises nothing."""
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):  # no path at all: a report can hold any name
        return path.absolute()


def _is_of_an_environment(name: str) -> bool:
    return any(part in name for part in INSTALLED) and any(part in INSTALLED for part in parts_of(name))


def _is_installed(name: str, project: Project, path: Path) -> bool:
    """Tell whether this is the file as it is installed in an environment, tox's for instance."""
    parts = parts_of(name)
    at = max((at for at, part in enumerate(parts) if part in INSTALLED), default=None)
    if at is None:
        return False
    tops = [root for root in project.source_roots if path.is_relative_to(root)]
    return parts[at + 1 :] in {path.relative_to(top).parts for top in tops}
