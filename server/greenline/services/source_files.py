"""Which files are looked at when folders are named: the Python files that are no tests, each once."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from greenline.services.show_coverage import is_test

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from greenline.ports.project import ProjectFinder

_SKIPPED = {"node_modules", "build", "dist", "site-packages", "__pycache__", "venv", "env"}


def source_files(paths: Sequence[Path], projects: ProjectFinder, *, tests: bool = False) -> tuple[list[Path], int]:
    """Return the files, and how many tests were passed by; a file that is named is looked at whatever it is."""
    found: dict[Path, None] = {}
    passed_by = set()
    for path in map(Path.absolute, paths):
        for file in _python_files(path) if path.is_dir() else [path]:
            if file == path or tests or not is_test(projects.project_of(file), file):
                found[file] = None
            else:
                passed_by.add(file)
    return list(found), len(passed_by - found.keys())


def _python_files(folder: Path) -> Iterator[Path]:
    """Yield the Python files of a folder, without environments, caches and what is hidden."""
    for name, folders, files in os.walk(folder):
        here = Path(name)
        folders[:] = sorted(inner for inner in folders if _is_source(here / inner))
        yield from (here / file for file in sorted(files) if file.endswith(".py") and not file.startswith("."))


def _is_source(folder: Path) -> bool:
    skipped = folder.name.startswith(".") or folder.name in _SKIPPED or folder.name.endswith(".egg-info")
    return not skipped and not (folder / "pyvenv.cfg").exists()
