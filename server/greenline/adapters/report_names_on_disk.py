"""Finds a file of the project in a report: by its path, by a rule, or by the end of its path where that is enough."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from greenline.adapters.source_tree import SourceTreeOnDisk
from greenline.domain.coverage.report_names import common_tail, is_absolute, moved, parts_of
from greenline.ports.coverage import CoverageProblem

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from greenline.adapters.report_reading import ReportReader
    from greenline.ports.project import Project

Answer = TypeVar("Answer")

_ENOUGH = 2
Aliases = tuple[tuple[str, str], ...]


class FileNames:
    """``paths`` are the person's own rules: ``/app=src; D:/build=.``, from a report's folder to one of the project."""

    def __init__(self, paths: str = "") -> None:
        rules = [rule.partition("=") for rule in paths.split(";") if "=" in rule]
        self._rules = tuple((theirs.strip(), ours.strip()) for theirs, _, ours in rules)
        self._others: dict[tuple[Path, str], list[Path]] = {}

    def asked(
        self,
        ask: Callable[[Sequence[str]], Answer | None],
        project: Project,
        path: Path,
        *,
        reader: ReportReader,
        report: Path,
        aliases: Aliases,
    ) -> Answer | None:
        """Return what ``ask`` answers for the names that the reader may know the file by; None when it knows none.

        Raises CoverageProblem, also where several names may mean it.
        """
        found = ask(_exact(project, path))
        if found is not None:
            return found
        candidates = reader.names_like(path.name)
        if not candidates:
            return None
        places = {name: self.place_of(project, name, aliases) for name in candidates}
        here = [name for name, place in places.items() if _is_same(place, path)]
        # A name whose own place exists means the file there.
        homeless = [name for name in candidates if name not in here and not _is_there(places[name])]
        names = here or self._by_tail(homeless, report, project, path)
        return ask(names) if names else None

    def place_of(self, project: Project, name: str, aliases: Aliases) -> Path:
        """Return where the file of a report's name is in the project by the rules, and without one by its name."""
        for theirs, ours in self._rules:
            to = moved(name, theirs, str(project.root / ours))
            if to is not None:
                return Path(os.path.normpath(to))
        mapped = _mapped(name, aliases, project.root) if aliases else name
        return Path(os.path.normpath(project.root / mapped))

    def _by_tail(self, names: Sequence[str], report: Path, project: Project, path: Path) -> list[str]:
        """Return the name that shares most with the end of the path, where no other name or file shares as much."""
        mine = path.absolute().parts
        shared = {name: common_tail(mine, parts_of(name)) for name in names}
        most = max(shared.values(), default=0)
        best = [name for name in names if shared[name] == most]
        if most < _least(project, path):
            return []
        if len(best) > 1:
            raise CoverageProblem(
                f"The coverage report {report} tells of {best[0]} and of {best[1]}, and {path.name} may be either. Say "
                "what its folders stand for here: greenline.coverage.paths, or [paths] in coverage's configuration."
            )
        theirs = parts_of(best[0])
        others = [p for p in self._same_names(project, path) if common_tail(p.absolute().parts, theirs) >= most]
        if others:
            raise CoverageProblem(
                f"The coverage report {report} tells of {best[0]}, which may be {path} or {others[0]}. Say what its "
                "folders stand for here: greenline.coverage.paths, or [paths] in coverage's configuration."
            )
        return best

    def _same_names(self, project: Project, path: Path) -> list[Path]:
        """Return the project's other files of that name; looked for once."""
        key = (project.root, path.name)
        if key not in self._others:
            files = SourceTreeOnDisk().python_files(project)
            self._others[key] = [file for file in files if file.name == path.name]
        return [file for file in self._others[key] if not _is_same(file, path)]


def _least(project: Project, path: Path) -> int:
    """Return how many parts a name must share: all that the file is imported by, or two. Its own name says little."""
    tops = [root for root in (*project.source_roots, project.root) if path.is_relative_to(root)]
    return min([_ENOUGH, *(len(path.relative_to(top).parts) for top in tops)])


def _mapped(name: str, aliases: Aliases, root: Path) -> str:
    from coverage.exceptions import ConfigError  # noqa: PLC0415 - loaded with the configuration before
    from coverage.files import PathAliases  # noqa: PLC0415 - as above

    theirs = PathAliases()
    try:
        for pattern, result in aliases:
            theirs.add(pattern, result)
    except ConfigError as error:
        raise CoverageProblem(f"[paths] of coverage's configuration: {error}") from error
    return theirs.map(name if is_absolute(name) else str(root / name))


def _exact(project: Project, path: Path) -> list[str]:
    """Return every name that the report may know the file by: as opened, resolved, relative to the root."""
    absolute, resolved = path.absolute(), _resolved(path)
    names = [str(absolute), str(resolved)]
    for file, root in ((absolute, project.root), (resolved, _resolved(project.root))):
        if file.is_relative_to(root):
            relative = file.relative_to(root)
            names += [str(relative), relative.as_posix()]
    return list(dict.fromkeys(names))


def _is_same(one: Path, other: Path) -> bool:
    return one == other or _resolved(one) == _resolved(other)


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # longer than any path, or none
        return False


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):  # no path at all: a report can hold any name
        return path.absolute()
