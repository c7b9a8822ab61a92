"""A project's test files and what they import, each read once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from greenline.domain.auditing.modules import Module
from greenline.domain.code.parse import parse
from greenline.services.show_coverage import is_test

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenline.ports.documents import Documents
    from greenline.ports.project import Project


class TestModules:
    """Implements the domain's ``Modules``: buffers before the disk, nothing outside of the project."""

    __test__ = False

    def __init__(self, documents: Documents, project: Project) -> None:
        self._documents = documents
        self._project = project
        self._read: dict[Path, Module | None] = {}
        self.problems: dict[Path, str] = {}
        """Files that were asked for and cannot be read."""

    def at(self, path: Path) -> Module | None:
        """Return the module in a file, None where there is none or it cannot be read."""
        if path not in self._read:
            self._read[path] = self._module(path)
        return self._read[path]

    def named(self, name: str, seen_from: Path) -> Module | None:
        """Return a module of the project; None for libraries, and for what cannot be read."""
        for place in self._places(name, seen_from):
            if place.is_relative_to(self._project.root) and (module := self.at(place)) is not None:
                return module
        return None

    def conftests(self, path: Path) -> list[Module]:
        """Return those that count for a test file, the nearest first."""
        found = []
        for folder in path.parents:
            if (module := self.at(folder / "conftest.py")) is not None:
                found.append(module)
            if folder == self._project.root:
                break
        return found

    def _places(self, name: str, seen_from: Path) -> Iterator[Path]:
        dots = len(name) - len(name.lstrip("."))
        parts = [part for part in name.lstrip(".").split(".") if part]
        if dots:
            folders = [seen_from.parents[min(dots, len(seen_from.parents)) - 1]]
        else:
            inside = [each for each in seen_from.parents if each.is_relative_to(self._project.root)]
            folders = [*inside, *self._project.source_roots, *self._project.test_roots]
        for folder in dict.fromkeys(folders):
            whole = folder.joinpath(*parts)
            if parts and whole != seen_from.with_suffix(""):
                yield whole.with_name(f"{whole.name}.py")
            yield whole / "__init__.py"

    def _module(self, path: Path) -> Module | None:
        try:
            text = self._documents.read(path)
        except (OSError, UnicodeDecodeError, LookupError) as problem:
            self.problems[path] = str(problem)
            return None
        if text is None:
            return None
        tree, problems = parse(text)
        if tree is None:
            self.problems[path] = problems[0]
            return None
        return Module(path, tree, tuple(text.splitlines()), is_test(self._project, path))
