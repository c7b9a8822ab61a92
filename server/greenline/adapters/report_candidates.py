"""The names of a report that may mean a file, and where the files are that they name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from greenline.domain.coverage.report_names import parts_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from greenline.ports.project import Project

INSTALLED = ("site-packages", "dist-packages")


class Candidates:
    """The names of a report that end with one file name, and where their files are. Looked up when it is asked for."""

    def __init__(self, places: Mapping[str, Path]) -> None:
        self._places = places
        self._by_place: dict[Path, list[str]] = {}
        self._installed: list[str] = []
        for name, place in places.items():
            self._by_place.setdefault(place, []).append(name)
            if any(part in INSTALLED for part in parts_of(name)):
                self._installed.append(name)
        self._by_real_place: dict[Path, list[str]] | None = None
        self._is_there: dict[str, bool] = {}
        self._by_end: dict[int, dict[tuple[str, ...], list[str]]] = {}

    def of(self, project: Project, path: Path) -> list[str]:
        """Return the names that mean the file: by their places, where links lead, or as it is installed."""
        found = {*self._by_place.get(path, ()), *self._really_at(path)}
        found.update(name for name in self._installed if _is_installed(name, project, path))
        return [name for name in self._places if name in found] if found else []

    def ending_as(self, path: Path, least: int, *, homeless: bool) -> list[str]:
        """Return the names that share so many parts with the end of the path; only those of no file if ``homeless``."""
        if least not in self._by_end:
            by_end = self._by_end[least] = {}
            for name in self._places:
                by_end.setdefault(parts_of(name)[-least:], []).append(name)
        ending = self._by_end[least].get(path.absolute().parts[-least:], [])
        return [name for name in ending if not (homeless and self._has_a_file(name))]

    def _really_at(self, path: Path) -> list[str]:
        if self._by_real_place is None:
            self._by_real_place = {}
            for name, place in self._places.items():
                self._by_real_place.setdefault(resolved(place), []).append(name)
        return self._by_real_place.get(resolved(path), [])

    def _has_a_file(self, name: str) -> bool:
        if name not in self._is_there:
            self._is_there[name] = is_there(self._places[name])
        return self._is_there[name]


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


def _is_installed(name: str, project: Project, path: Path) -> bool:
    """Tell whether this is the file as it is installed in an environment, tox's for instance."""
    parts = parts_of(name)
    at = max((at for at, part in enumerate(parts) if part in INSTALLED), default=None)
    if at is None:
        return False
    tops = [root for root in project.source_roots if path.is_relative_to(root)]
    return parts[at + 1 :] in {path.relative_to(top).parts for top in tops}
