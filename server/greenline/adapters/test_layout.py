"""Look at a project's tests, at a bounded cost, to find where new ones belong."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from greenline.adapters.tree_walk import TreeWalk
from greenline.domain.code.imported_names import imported_for_all, imported_names
from greenline.domain.generation.place import place_tests
from greenline.domain.generation.place_template import place_by_template, with_namesake
from greenline.domain.generation.surroundings import DEFAULT_PATTERNS, KnownTest, Surroundings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from greenline.domain.generation.place import Placement
    from greenline.ports.project import Project

_ENTRIES = 20_000
_READ = 300
_BYTES = 300_000


class TestLayoutOnDisk:
    """Implements the port ``TestLayout``.

    ``entries`` is how many directory entries are looked at, ``read`` how many test files are opened, those with names
    like the source's and those near it first. ``template`` is the setting greenline.tests.file.
    """

    __test__ = False

    def __init__(self, *, template: str = "", entries: int = _ENTRIES, read: int = _READ) -> None:
        self._template = template.strip()
        self._entries = entries
        self._read = read

    def test_file_for(self, project: Project, source: Path, thing: str = "") -> Placement:
        """Return the test file for a source file, or one ``thing`` in it, and why that one. Raises nothing."""
        source = Path(os.path.abspath(source))  # noqa: PTH100 (a link stays the name that the person uses)
        if self._template:
            return self._as_told(project, source)
        names = tuple(_module_names(source, project))
        # A pattern that takes every file says nothing about which of them are tests.
        patterns = tuple(each for each in project.python_files if each != "*.py") or DEFAULT_PATTERNS
        seen = TreeWalk(patterns, self._entries)
        if project.marker is None:
            seen.look_at(source.parent)
        else:
            folders = (*project.test_roots, source.parent, project.root, *project.source_roots)
            for folder in (each for each in folders if each.is_relative_to(project.root)):
                seen.walk(folder)
        tests = sorted(seen.tests, key=lambda test: _interest(test, source, thing))
        around = Surroundings(
            root=project.root,
            source=source,
            module_names=names,
            in_project=project.marker is not None,
            test_roots=project.test_roots,
            python_files=project.python_files,
            tests=tuple(
                _known(test, project, index < self._read) for index, test in enumerate(tests) if test != source
            ),
            sources=frozenset(
                _dotted(path, project) for path in seen.sources if not _is_for_tests(path, project, source)
            )
            | {names[0]},
            folders=frozenset(seen.folders),
            packages=frozenset(seen.packages),
            thing=thing,
            import_mode=project.import_mode,
        )
        return place_tests(around)

    def _as_told(self, project: Project, source: Path) -> Placement:
        around = Surroundings(
            root=project.root,
            source=source,
            module_names=tuple(_module_names(source, project)),
            in_project=project.marker is not None,
            python_files=project.python_files,
            import_mode=project.import_mode,
        )
        placement = place_by_template(self._template, around)
        if placement.problem or _on_disk(placement.path):
            return replace(placement, exists=not placement.problem)
        seen = TreeWalk((placement.path.name,), self._entries)
        for folder in (*project.test_roots, project.root):
            seen.walk(folder)
        tests = tuple(KnownTest(test) for test in seen.tests if test != source)
        return with_namesake(placement, replace(around, tests=tests, packages=frozenset(seen.packages)))


def _on_disk(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False


def _interest(test: Path, source: Path, thing: str) -> tuple[int, int, str]:
    """Sort test files: named like the source or the thing, then those with much of the path in common."""
    alike = source.stem.strip("_") in test.stem or source.parent.name in test.stem
    alike = alike or (bool(thing) and thing.replace("_", "").lower() in test.stem.replace("_", "").lower())
    common = os.path.commonpath([test, source])
    return (0 if alike else 1, -len(common), str(test))


def _known(test: Path, project: Project, read: bool) -> KnownTest:
    text = _text(test) if read else ""
    package = _dotted(test.parent / "__init__.py", project)
    return KnownTest(test, imported_names(text, package), imported_for_all(text, package))


def _is_for_tests(path: Path, project: Project, source: Path) -> bool:
    """Tell whether a module that is no test stands among tests, as what they share does."""
    if not path.is_relative_to(project.root):
        return False
    roots = [root for root in project.test_roots if not source.is_relative_to(root)]
    return any(path.is_relative_to(root) for root in roots) or bool(
        {"tests", "test"} & set(path.relative_to(project.root).parts[:-1])
    )


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""


def _module_names(source: Path, project: Project) -> Iterator[str]:
    """Yield the names that the source roots give it, its bare name when none does."""
    found = list(_names_below(source, project.source_roots))
    yield from found or [source.parent.name if source.stem == "__init__" else source.stem]


def _dotted(path: Path, project: Project) -> str:
    return next(_names_below(path, project.source_roots), path.stem)


def _names_below(path: Path, roots: Iterable[Path]) -> Iterator[str]:
    for root in roots:
        if path.is_relative_to(root):
            parts = path.relative_to(root).with_suffix("").parts
            parts = parts[:-1] if parts[-1] == "__init__" else parts
            if parts and all(part.isidentifier() for part in parts):
                yield ".".join(parts)
