"""What the text of a project's tests says about them: nothing runs."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING

from greenline.domain.auditing.modules import Names
from greenline.domain.auditing.read_tests import made_elsewhere, tests_of
from greenline.domain.auditing.static_findings import StaticFindings
from greenline.domain.auditing.suppressed import Ignored, told_and_ignored
from greenline.domain.generation.collected_names import Collected
from greenline.services.test_modules import TestModules

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator

    from greenline.domain.auditing.model import Weakness
    from greenline.domain.auditing.read_tests import TestFunction
    from greenline.ports.documents import Documents
    from greenline.ports.project import Project, ProjectFinder
    from greenline.ports.source_tree import SourceTree


@dataclass(frozen=True, slots=True)
class ReadTests:
    """The tests of one project that were looked at, with what their text says."""

    project: Project
    wanted: tuple[Path, ...]
    """Files and folders that were asked for."""
    files: tuple[Path, ...]
    tests: tuple[TestFunction, ...]
    weaknesses: tuple[Weakness, ...]
    ignored: Ignored
    lines: Mapping[Path, Sequence[str]] = field(default_factory=dict)
    problems: Mapping[Path, str] = field(default_factory=dict)
    """Files that could not be read, and why."""
    made_elsewhere: tuple[str, ...] = ()
    """Node ids of what may be tests, made by code that nobody can look into."""
    empty: tuple[str, ...] = ()
    """Where no tests were found though they were asked for, in sentences."""

    def told(self, weaknesses: Sequence[Weakness]) -> tuple[list[Weakness], Counter[str]]:
        """Return those that nobody has asked to leave out, and how many are left out, by what keeps them back."""
        starts = {test.node_id: _start(test) for test in self.tests}
        return told_and_ignored(weaknesses, self.lines, starts, self.ignored, self.project.root)


class ReadAudit:
    """Reads test files, and what they import, once."""

    def __init__(
        self,
        projects: ProjectFinder,
        sources: SourceTree,
        documents: Documents,
        ignored: Callable[[Path], Ignored],
    ) -> None:
        self._projects = projects
        self._sources = sources
        self._documents = documents
        self._ignored = ignored

    async def read(self, paths: Sequence[Path], most_patches: int) -> list[ReadTests]:
        """Return one entry for each project that the paths, files or folders, belong to; may be cancelled."""
        by_root: dict[Path, tuple[Project, list[Path]]] = {}
        for path in paths:
            project = self._projects.project_of(path / "any.py" if path.is_dir() else path)
            by_root.setdefault(project.root, (project, []))[1].append(path)
        return [await self._of_project(project, wanted, most_patches) for project, wanted in by_root.values()]

    async def _of_project(self, project: Project, wanted: list[Path], most_patches: int) -> ReadTests:
        modules = TestModules(self._documents, project)
        names = Names(modules)
        findings = StaticFindings(names, most_patches)
        collected = Collected(project.python_functions, project.python_classes)
        files: list[Path] = []
        tests: list[TestFunction] = []
        found: list[Weakness] = []
        made: list[str] = []
        judged: set[ast.AST] = set()

        def read(path: Path) -> None:
            module = modules.at(path)
            if module is not None:
                files.append(path)
                of_file = list(tests_of(module, names, project.root, collected))
                tests.extend(of_file)
                made.extend(made_elsewhere(module, names, project.root, collected))
                found.extend(findings.of_file(_new(of_file, judged)))

        # Elsewhere, for an editor that is answered meanwhile; one by one, as a person may stop it.
        for path in await asyncio.to_thread(self._files, project, wanted):
            await asyncio.to_thread(read, path)
        lines = {path: module.lines for path in files if (module := modules.at(path)) is not None}
        lines |= {test.path: test.module.lines for test in tests}
        problems = {path: why for path, why in modules.problems.items() if path.name != "conftest.py"}
        ignored = self._ignored(project.root)
        empty = tuple(_without_tests(project, wanted, files, tests))
        return ReadTests(
            project,
            tuple(wanted),
            tuple(files),
            tuple(tests),
            tuple(found),
            ignored,
            lines,
            problems,
            tuple(made),
            empty,
        )

    def _files(self, project: Project, wanted: list[Path]) -> list[Path]:
        known = [
            path
            for path in self._sources.test_files(project)
            if any(fnmatch(path.name, pattern) for pattern in project.python_files)
        ]
        inside = [path for path in known if any(path.is_relative_to(each) for each in wanted)]
        return list(dict.fromkeys([*(each for each in wanted if each.suffix == ".py"), *inside]))


def _new(tests: Sequence[TestFunction], judged: set[ast.AST]) -> list[TestFunction]:
    """Return those whose text was not judged yet, as what a class inherits is told once; takes them down."""
    new: dict[ast.AST, TestFunction] = {}
    for test in tests:
        if test.node not in judged:
            new.setdefault(test.node, test)
    judged.update(new)
    return list(new.values())


def _without_tests(
    project: Project, wanted: Sequence[Path], files: Sequence[Path], tests: Sequence[TestFunction]
) -> Iterator[str]:
    """Say which folders have no tests, and of files that none of them has any."""
    patterns = " or ".join(project.python_files)
    bare = [path for path in wanted if path.is_dir() and not any(each.is_relative_to(path) for each in files)]
    for path in bare:
        yield f"{path}: no tests were found: no file there is called {patterns} (pytest's python_files)."
    if not tests and not bare:
        names = " or ".join([*project.python_functions, *project.python_classes])
        yield f"{', '.join(map(str, wanted))}: no tests were found: nothing there is called {names} (pytest's names)."


def _start(test: TestFunction) -> range:
    first = min([test.line, *(each.lineno for each in test.node.decorator_list)])
    return range(first, test.node.body[0].lineno) if test.node.body[0].lineno > first else range(first, first + 1)
