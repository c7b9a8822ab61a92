"""Look for the files that may call a module's functions, the nearest first, at a bounded cost."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from greenline.adapters.tree_walk import TreeWalk
from greenline.domain.code.call_sites import Caller
from greenline.domain.code.documented_code import documented_code
from greenline.domain.code.module_name import module_name
from greenline.domain.generation.surroundings import DEFAULT_PATTERNS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from greenline.ports.project import Project

_ENTRIES = 5_000
_OPENED = 150
_BYTES_EACH = 200_000
_FOUND = 24
_DOCUMENTS = 8


class CallersOnDisk:
    """Implements the port ``Callers``.

    ``entries`` is how many directory entries are looked at, ``opened`` how many files are read; ``found`` callers are
    enough.
    """

    def __init__(self, *, entries: int = _ENTRIES, opened: int = _OPENED, found: int = _FOUND) -> None:
        self._entries = entries
        self._opened = opened
        self._found = found

    def callers_of(
        self, project: Project, path: Path, module_name: str, names: Collection[str], unsaved: Mapping[Path, str]
    ) -> list[Caller]:
        """Return texts that mention the module and one of the names, the nearest first. Raises nothing."""
        if not names:
            return []
        called = re.compile(rf"\b(?:{'|'.join(sorted(map(re.escape, names)))})\b")
        around = re.compile(rf"\b(?:{'|'.join(map(re.escape, module_name.split('.')))})\b")
        found: list[Caller] = []
        for number, (file, is_test) in enumerate(self._nearest(project, path)):
            if number >= self._opened or len(found) >= self._found:
                break
            text = unsaved.get(file)
            text = _text(file) if text is None else text
            if called.search(text) and (file == path or around.search(text)):
                found.append(_caller(file, text, project, is_test=is_test))
        return found + _documents(project, module_name, called)

    def _nearest(self, project: Project, path: Path) -> Iterator[tuple[Path, bool]]:
        """Yield files and whether they hold tests: the module, its package, its tests, the other tests, the rest."""
        patterns = tuple(each for each in project.python_files if each != "*.py") or DEFAULT_PATTERNS
        near = TreeWalk(patterns, self._entries)
        near.look_at(path.parent)
        yield path, False
        yield from ((file, False) for file in near.sources if file != path)
        tests = TreeWalk(patterns, self._entries)
        for folder in (path.parent, *project.test_roots, *([project.root] if project.marker else [])):
            tests.walk(folder)
        yield from ((file, True) for file in sorted(tests.tests, key=lambda test: _interest(test, path)))
        if project.marker is not None:
            seen = {path, *near.sources}
            yield from ((file, False) for file in tests.sources if file not in seen)


def _interest(test: Path, path: Path) -> tuple[int, int, str]:
    """Sort tests: those named like the module, those of its package, then those with much of the path in common."""
    name, package = path.stem.strip("_"), path.parent.name
    alike = 0 if name and name in test.stem else 1 if package in test.stem or package in test.parent.name else 2
    return alike, -len(os.path.commonpath([test, path])), str(test)


def _caller(file: Path, text: str, project: Project, *, is_test: bool) -> Caller:
    name = module_name(file, project.source_roots) or file.stem
    return Caller(text, name, is_test, file.name == "__init__.py", file)


def _documents(project: Project, module: str, called: re.Pattern[str]) -> list[Caller]:
    """Return the code that the project's documents show, as if all of the module were imported there."""
    if project.marker is None:
        return []
    files = [file for folder in (project.root, project.root / "docs") for file in _listed(folder)]
    found = []
    for file in files[:_DOCUMENTS]:
        for code in documented_code(_text(file)):
            if called.search(code):
                found.append(Caller(f"from {module} import *\n{code}", "documents", is_test=True, path=file))
    return found


def _listed(folder: Path) -> list[Path]:
    try:
        files = sorted(folder.iterdir())
    except OSError:
        return []
    documents = [file for file in files if file.suffix.lower() in {".md", ".rst"}]
    return sorted(documents, key=lambda file: not file.name.lower().startswith("readme"))


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_BYTES_EACH).decode("utf-8", "replace")
    except OSError:
        return ""
