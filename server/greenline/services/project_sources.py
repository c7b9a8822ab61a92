"""What stands around a target in its project: who calls it, and what it uses; a bounded number, the nearest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenline.domain.asking.call_excerpts import call_excerpt
from greenline.domain.asking.headers import Used, handed_on, header_of, used_by
from greenline.domain.code.call_sites import calls_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from greenline.domain.code.call_sites import Caller
    from greenline.domain.code.model import Function
    from greenline.ports.callers import Callers
    from greenline.ports.documents import Documents
    from greenline.ports.engine import Assignment
    from greenline.ports.project import Project

MOST_CALLS = 4
MOST_HEADERS = 8
MOST_OF_HEADERS = 8_000
"""Characters of all headers together; one that does not fit is left out, not cut."""
_PACKAGE = "__init__.py"


class ProjectSources:
    """Reads files of a project that may be shown, those that are open as they are in the editor."""

    def __init__(self, documents: Documents, callers: Callers, may_go: Callable[[Path, Project], bool]) -> None:
        self._documents = documents
        self._callers = callers
        self._may_go = may_go

    def text_of(self, path: Path, unsaved: Mapping[Path, str]) -> str:
        """Return the text, empty where there is none that can be read."""
        try:
            return unsaved.get(path) or self._documents.read(path) or ""
        except (OSError, UnicodeDecodeError):
            return ""

    def calls_of(self, assignment: Assignment) -> list[tuple[Path, str]]:
        """Return places that call the target, outside of its module: code of the project before its tests."""
        function = assignment.function
        callers = self._callers.callers_of(
            assignment.project, assignment.path, assignment.module_name, _called_as(function), assignment.unsaved
        )
        found: list[tuple[bool, Path, str]] = []
        for caller in callers:
            if sum(not is_test for is_test, _, _ in found) == MOST_CALLS:
                break
            if caller.path is None or caller.path == assignment.path:
                continue
            excerpt = call_excerpt(caller.text, function)  # by the name alone, which is soon said
            if excerpt and self._calls(caller, assignment):
                found.append((caller.is_test, caller.path, excerpt))
        found.sort(key=lambda each: each[0])
        return [(path, excerpt) for _, path, excerpt in found[:MOST_CALLS]]

    def headers_of(self, assignment: Assignment) -> list[tuple[str, str, str]]:
        """Return (path in the project, module, header) of what the target uses of the project's other modules."""
        found: list[tuple[str, str, str]] = []
        room = MOST_OF_HEADERS
        is_package = assignment.path.name == _PACKAGE
        for used in used_by(assignment.text, assignment.function, assignment.module_name, is_package=is_package):
            for path, module, header in self._headers(used, assignment):
                if len(found) < MOST_HEADERS and len(header) <= room:
                    found.append((path.relative_to(assignment.project.root).as_posix(), module, header))
                    room -= len(header)
        return found

    def _calls(self, caller: Caller, assignment: Assignment) -> bool:
        found = calls_in(caller, assignment.module_name, [assignment.function])
        return assignment.function.qualname in found and self._may_go(
            caller.path or assignment.path, assignment.project
        )

    def _headers(self, used: Used, assignment: Assignment, hops: int = 1) -> Iterator[tuple[Path, str, str]]:
        names = (used.attribute,) if used.attribute else used.members
        path = self._file_of(used.module, assignment)
        if path is None:
            return
        text = self.text_of(path, assignment.unsaved)
        for name in names:
            header = header_of(text, name)
            if header:
                yield path, used.module, header
                continue
            submodule = Used(f"{used.module}.{name}", "", used.members)
            if used.attribute and used.members and self._file_of(submodule.module, assignment):
                yield from self._headers(submodule, assignment, hops)
                continue
            place = handed_on(text, name, used.module, is_package=path.name == _PACKAGE)
            if hops and place and place != (used.module, name):
                yield from self._headers(Used(*place, used.members), assignment, hops - 1)

    def _file_of(self, module: str, assignment: Assignment) -> Path | None:
        """Return the file of a module of the project that may be shown, other than the one under test."""
        for root in assignment.project.source_roots:
            place = root.joinpath(*module.split("."))
            for path in (place.with_name(f"{place.name}.py"), place / _PACKAGE):
                inside = path.is_relative_to(assignment.project.root) and path != assignment.path
                if inside and self.text_of(path, assignment.unsaved):
                    return path if self._may_go(path, assignment.project) else None
        return None


def _called_as(function: Function) -> set[str]:
    if function.name == "__init__" and function.class_name:
        return {function.class_name.rpartition(".")[2]}
    return {function.name}
