"""Which files are looked at when folders are named: the Python files that are no tests, each once."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from greenline.services.show_coverage import is_test

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from greenline.ports.history import Ignored
    from greenline.ports.project import ProjectFinder

_NEVER = {"node_modules", "site-packages", "__pycache__"}
_MADE = {"build", "dist", "venv", "env"}
"""Names that tools give to what they make, and people sometimes to a package."""


@dataclass(slots=True)
class SourceFiles:
    """What was found, in order."""

    files: list[Path] = field(default_factory=list)
    tests: int = 0
    """How many test files were passed by."""
    skipped: list[Path] = field(default_factory=list)
    """Folders that were not looked into though their names are not hidden: environments, and what tools made."""


def source_files(
    paths: Sequence[Path], projects: ProjectFinder, *, tests: bool = False, ignored: Ignored | None = None
) -> SourceFiles:
    """Return the files; one that is named is looked at whatever it is.

    ``ignored`` tells what version control leaves alone.
    """
    found: dict[Path, None] = {}
    passed_by = set()
    walk = _Walk(ignored)
    for path in map(Path.absolute, paths):
        for file in walk.python_files(path) if path.is_dir() else [path]:
            if file == path or tests or not is_test(projects.project_of(file), file):
                found[file] = None
            else:
                passed_by.add(file)
    return SourceFiles(list(found), len(passed_by - found.keys()), list(walk.skipped))


class _Walk:
    """Through folders, without environments, caches and what is hidden."""

    def __init__(self, ignored: Ignored | None) -> None:
        self._ignored = ignored
        self.skipped: dict[Path, None] = {}

    def python_files(self, folder: Path) -> Iterator[Path]:
        """Yield the Python files of a folder."""
        for name, folders, files in os.walk(folder):
            here = Path(name)
            folders[:] = [inner for inner in sorted(folders) if self._is_source(here, inner)]
            yield from (here / file for file in sorted(files) if file.endswith(".py") and not file.startswith("."))

    def _is_source(self, around: Path, name: str) -> bool:
        if name.startswith(".") or name in _NEVER or name.endswith(".egg-info"):
            return False
        folder = around / name
        if (folder / "pyvenv.cfg").exists() or (name in _MADE and self._is_made(folder)):
            self.skipped[folder] = None
            return False
        return True

    def _is_made(self, folder: Path) -> bool:
        """Tell whether a tool made it: it is no package, and a repository, where there is one, ignores it."""
        if (folder / "__init__.py").exists():
            return False
        return self._ignored is None or self._ignored.is_ignored(folder) is not False
