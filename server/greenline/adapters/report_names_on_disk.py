"""Finds a file of the project in a report: by its path, by a rule, or by the end of its path where that is enough."""

from __future__ import annotations

import os
from collections import OrderedDict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar

from greenline.adapters.report_candidates import INSTALLED, Candidates, is_there, resolved
from greenline.adapters.same_names import SameNames
from greenline.adapters.source_tree import SourceTreeOnDisk
from greenline.domain.coverage.report_names import common_tail, is_absolute, moved, parts_of
from greenline.ports.coverage import CoverageProblem

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from greenline.adapters.report_places import Report
    from greenline.adapters.report_reading import ReportReader
    from greenline.ports.project import Project

Answer = TypeVar("Answer")

_ENOUGH = 2
_KEPT = 64
Whose = Literal["ours", "a copy's", "nobody's"]
Aliases = tuple[tuple[str, str], ...]


class FileNames:
    """``paths`` are the person's own rules: ``/app=src; D:/build=.``, from a report's folder to one of the project.

    ``once``: where the files of a report's names are is looked up once, for one look at many files.
    """

    def __init__(self, paths: str = "", *, once: bool = False) -> None:
        self._once = once
        self._candidates: dict[tuple[Report, Path, Aliases, str], Candidates] = {}
        rules = [rule.partition("=") for rule in paths.split(";") if "=" in rule]
        self._rules = tuple((theirs.strip(), ours.strip()) for theirs, _, ours in rules)
        self._owners: OrderedDict[tuple[Report, Path, Aliases], Whose] = OrderedDict()
        self._same_names = SameNames()
        self._resolved = cache(resolved) if once else resolved

    def state(self, project: Project, path: Path) -> object:
        """Return what changes whenever another file appears or goes that a report's name may mean, too."""
        return self._same_names.state(project, path.name)

    def asked(
        self,
        ask: Callable[[Sequence[str]], Answer | None],
        project: Project,
        path: Path,
        *,
        reader: ReportReader,
        report: Report,
        aliases: Aliases,
    ) -> Answer | None:
        """Return what ``ask`` answers for the names that the reader may know the file by; None when it knows none.

        Raises CoverageProblem, also where several names may mean it.
        """
        found = ask(self._exact(project, path))
        if found is not None:
            return found
        candidates = self._named_like(path.name, project, reader=reader, report=report, aliases=aliases)
        here = candidates.of(project, path)
        if here:
            return ask(here)
        whose = self._whose(project, reader, report, aliases)
        if whose == "nobody's":
            raise CoverageProblem(
                f"The coverage report {report.path} tells of files elsewhere, and of none that is here: "
                f"{reader.names()[0]}, say. Run the tests here, or say what its folders stand for: "
                "greenline.coverage.paths, or [paths] in coverage's configuration."
            )
        # A name whose own place exists means the file there, unless all of the report was made somewhere else.
        named = candidates.ending_as(path, _least(project, path), homeless=whose != "a copy's")
        names = self._by_tail(named, report.path, project, path)
        return ask(names) if names else None

    def place_of(self, project: Project, name: str, aliases: Aliases) -> Path:
        """Return where the file of a report's name is in the project by the rules, and without one by its name."""
        return Path(self._written_place(project, name, aliases))

    def _written_place(self, project: Project, name: str, aliases: Aliases) -> str:
        for theirs, ours in self._rules:
            to = moved(name, theirs, str(project.root / ours))
            if to is not None:
                return os.path.normpath(to)
        mapped = _mapped(name, aliases, project.root) if aliases else name
        return os.path.normpath(os.path.join(project.root, mapped))  # noqa: PTH118 - as text, for each of thousands

    def _exact(self, project: Project, path: Path) -> list[str]:
        """Return every name that the report may know the file by: as opened, resolved, relative to the root."""
        simple = os.name == "posix" and not _is_link(path)
        real = str(self._resolved(path.parent) / path.name if simple else resolved(path))
        names = [str(path.absolute()), real]
        for name, root in zip(tuple(names), (project.root, self._resolved(project.root)), strict=True):
            top = os.path.join(root, "")  # noqa: PTH118 - as text, for each of thousands
            if os.path.normcase(name).startswith(os.path.normcase(top)):
                names += [name[len(top) :], name[len(top) :].replace(os.sep, "/")]
        return list(dict.fromkeys(names))

    def _named_like(
        self, file_name: str, project: Project, *, reader: ReportReader, report: Report, aliases: Aliases
    ) -> Candidates:
        key = (report, project.root, aliases, file_name)
        known = self._candidates.get(key)
        if known is None:
            names = reader.names_like(file_name)
            places = {name: self._written_place(project, name, aliases) for name in names}
            known = Candidates(places, self._resolved)
            if self._once:
                self._candidates[key] = known
        return known

    def _by_tail(self, names: Sequence[str], report: Path, project: Project, path: Path) -> list[str]:
        """Return the name that shares most with the end of the path, where no other name or file shares as much."""
        mine = path.absolute().parts
        if not names:
            return []
        shared = {name: common_tail(mine, parts_of(name)) for name in names}
        most = max(shared.values())
        best = [name for name in names if shared[name] == most]
        if len(best) > 1:
            raise CoverageProblem(
                f"The coverage report {report} tells of {best[0]} and of {best[1]}, and {path.name} may be either. Say "
                "what its folders stand for here: greenline.coverage.paths, or [paths] in coverage's configuration."
            )
        theirs = parts_of(best[0])
        same = [file for file in self._same_names.of(project, path.name) if not _is_same(file, path)]
        others = [file for file in same if common_tail(file.absolute().parts, theirs) >= most]
        if others:
            raise CoverageProblem(
                f"The coverage report {report} tells of {best[0]}, which may be {path} or {others[0]}. Say what its "
                "folders stand for here: greenline.coverage.paths, or [paths] in coverage's configuration."
            )
        return best

    def _whose(self, project: Project, reader: ReportReader, report: Report, aliases: Aliases) -> Whose:
        """Tell of whose files the report tells; it costs a look at all its names, once for each of its states."""
        key = (report, project.root, aliases)
        if key not in self._owners:
            self._owners[key] = self._looked(project, reader.names(), aliases)
            if len(self._owners) > _KEPT:
                self._owners.popitem(last=False)
        return self._owners[key]

    def _looked(self, project: Project, names: Sequence[str], aliases: Aliases) -> Whose:
        if not names or any(_is_ours(name, self.place_of(project, name, aliases), project) for name in names):
            return "ours"
        sources = SourceTreeOnDisk()
        files = [*sources.python_files(project), *sources.test_files(project)]
        ends = {file.absolute().parts[-_least(project, file) :] for file in files}
        parts = map(parts_of, names)
        return "a copy's" if any(p[-1:] in ends or p[-_ENOUGH:] in ends for p in parts) else "nobody's"


def _least(project: Project, path: Path) -> int:
    """Return how many parts a name must share: two, or all below the root or ``src``. A name alone says little."""
    tops = [top for top in (project.root / "src", project.root) if path.is_relative_to(top)]
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


def _is_link(path: Path) -> bool:
    try:
        return path.is_symlink()
    except OSError:  # longer than any name
        return False


def _is_ours(name: str, place: Path, project: Project) -> bool:
    """Tell whether the name is one of the project's files, if only of one that is gone."""
    if any(part in INSTALLED for part in place.parts):
        return False
    if place.is_relative_to(project.root) or resolved(place).is_relative_to(resolved(project.root)):
        return is_absolute(name) or is_there(place)
    return False


def _is_same(one: Path, other: Path) -> bool:
    return one == other or resolved(one) == resolved(other)
