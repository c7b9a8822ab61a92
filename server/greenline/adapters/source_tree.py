"""A project's Python files, by walking its source roots."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from greenline.ports.project import Project

_NOT_SOURCES = frozenset({"__pycache__", "node_modules", "site-packages", "build", "dist"})


class SourceTreeOnDisk:
    """Implements the port ``SourceTree``."""

    def python_files(self, project: Project) -> list[Path]:
        """Return the files under the source roots, in order; without tests, environments and hidden folders."""
        tests = {os.path.realpath(root) for root in project.test_roots}
        found: dict[str, Path] = {}
        for root in project.source_roots:
            for file in _walk(root, tests):
                if not any(file.match(pattern) for pattern in (*project.python_files, "conftest.py")):
                    found.setdefault(os.path.realpath(file), file)
        return sorted(found.values())

    def folders(self, project: Project) -> list[Path]:
        """Return the folders that ``python_files`` looks into."""
        tests = {os.path.realpath(root) for root in project.test_roots}
        return [folder for root in project.source_roots for folder, _ in _walk_folders(root, tests)]

    def test_files(self, project: Project) -> list[Path]:
        """Return the project's test files by name, and all Python files of its test folders, in order."""
        patterns = (*(p for p in project.python_files if p != "*.py"), "conftest.py")
        inside = (file for root in project.test_roots for file in _walk(root, set()))
        beside = (f for root in project.source_roots for f in _walk(root, set()) if any(map(f.match, patterns)))
        found = {os.path.realpath(file): file for file in (*beside, *inside)}
        return sorted(found.values())

    def modified_at(self, path: Path) -> float | None:
        """Return when the file was last written (seconds since the epoch), None when there is none."""
        try:
            return path.stat().st_mtime
        except OSError:
            return None

    def changed_at(self, path: Path) -> float | None:
        """Return when the file last became what it is, written or put in the place of another one; None for none.

        A file that is moved here, or unpacked, keeps the time when it was written. On Windows the second time is that
        of its making.
        """
        try:
            found = path.stat()
        except OSError:
            return None
        return max(found.st_mtime, found.st_ctime)


def _walk(root: Path, tests: set[str]) -> Iterator[Path]:
    for folder, files in _walk_folders(root, tests):
        yield from (folder / name for name in files if name.endswith(".py"))


def _walk_folders(root: Path, tests: set[str]) -> Iterator[tuple[Path, list[str]]]:
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if _holds_sources(Path(folder, name), tests)]
        yield Path(folder), files


def _holds_sources(folder: Path, tests: set[str]) -> bool:
    if folder.name.startswith(".") or folder.name in _NOT_SOURCES:
        return False
    return os.path.realpath(folder) not in tests and not (folder / "pyvenv.cfg").exists()
