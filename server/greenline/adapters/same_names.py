"""The project's files of one name, as they are now: whatever appears or goes changes the time of its folder."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from greenline.adapters.source_tree import SourceTreeOnDisk

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from greenline.ports.project import Project

_LOOKED = 1.0
"""Seconds for which folders are taken to be as they were: a picture is drawn with each keystroke."""


@dataclass(slots=True)
class _Tree:
    looked: float
    folders: Mapping[Path, int]
    """When each was changed (nanoseconds)."""
    files: Mapping[str, tuple[Path, ...]]


class SameNames:
    """Walks a project's tree when it is asked first, and again when a folder changed. Its user holds a lock."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._trees: dict[Path, _Tree] = {}
        self._asked: set[tuple[Path, str]] = set()

    def of(self, project: Project, name: str) -> tuple[Path, ...]:
        """Return the files under the project's source roots that have the name."""
        self._asked.add((project.root, name))
        return self._tree(project).files.get(name, ())

    def state(self, project: Project, name: str) -> object:
        """Return what changes whenever the answer does, for names that were asked for; others cost no look."""
        return self.of(project, name) if (project.root, name) in self._asked else None

    def _tree(self, project: Project) -> _Tree:
        known, now = self._trees.get(project.root), self._clock()
        if known is None or now - known.looked >= _LOOKED:
            if known is not None and all(_changed(folder) == then for folder, then in known.folders.items()):
                known.looked = now
            else:
                known = self._trees[project.root] = _walked(project, now)
        return known


def _walked(project: Project, now: float) -> _Tree:
    sources = SourceTreeOnDisk()
    folders = {folder: _changed(folder) for folder in sources.folders(project)}  # first: what appears now is seen later
    files: dict[str, tuple[Path, ...]] = {}
    for file in sources.python_files(project):
        files[file.name] = (*files.get(file.name, ()), file)
    return _Tree(now, folders, files)


def _changed(folder: Path) -> int:
    try:
        return folder.stat().st_mtime_ns
    except OSError:
        return -1
