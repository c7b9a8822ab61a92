"""Which files of a project go along to another machine: its own, whatever they are, and none that keep secrets."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from greenline.adapters.git_places import repository_of
from greenline.adapters.git_program import ask
from greenline.adapters.probes import top_of_copy
from greenline.adapters.scratch_overlay import NOT_MIRRORED, READ_BY_PYTEST, TOO_BIG_TO_COPY
from greenline.adapters.source_tree import SourceTreeOnDisk
from greenline.domain.asking.ignored import ignored
from greenline.ports.history import HistoryProblem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from greenline.ports.project import Project

_IMPORTED = (".py", ".pyi", ".so", ".pyd")
"""How the names of files end that Python imports, or reads: they go along even where git ignores them, as what a build
has made."""


@dataclass(frozen=True, slots=True)
class CarriedFiles:
    """``top`` is the project's root, or a folder around it of which pytest reads something."""

    top: Path
    files: tuple[Path, ...]
    secret: tuple[Path, ...] = ()
    """Left out: their names say that they may keep secrets."""
    elsewhere: tuple[Path, ...] = ()
    """Left out: links that lead out of the project."""


def carried_files(project: Project, never: Sequence[str] = ()) -> CarriedFiles:
    """Return the files of a project, in order. ``never`` are patterns of secret ones besides the usual ones.

    Where git knows the project, what it ignores is left out, except for what Python imports; elsewhere environments
    and caches are.
    """
    top = top_of_copy(project.root, project.source_roots)
    found: dict[str, list[Path]] = {"files": [], "secret": [], "elsewhere": []}
    for file in sorted({*_above(project, top), *_of_project(project), *_imported(project)}):
        if not file.is_relative_to(top):
            continue
        place = (
            file.relative_to(project.root) if file.is_relative_to(project.root) else file.relative_to(top)
        ).as_posix()
        if ignored(place, never):
            found["secret"].append(file)
        elif file.is_symlink() and not _real(file).is_relative_to(_real(top)):
            found["elsewhere"].append(file)
        elif file.is_symlink() or file.is_file():
            found["files"].append(file)
    return CarriedFiles(top, tuple(found["files"]), tuple(found["secret"]), tuple(found["elsewhere"]))


def _above(project: Project, top: Path) -> Iterator[Path]:
    """Yield what pytest reads in the folders around the project."""
    for folder in project.root.parents:
        if folder.is_relative_to(top):
            yield from (folder / name for name in READ_BY_PYTEST if (folder / name).is_file())


def _of_project(project: Project) -> Iterator[Path]:
    listed = _listed_by_git(project.root)
    if listed is None:
        yield from _walk(project.root)
        return
    for file in listed:
        if file.is_dir() and not file.is_symlink():  # a repository in this one
            yield from _walk(file)
        else:
            yield file


def _listed_by_git(root: Path) -> list[Path] | None:
    """Return what git has, or would add; None where it knows nothing of the folder."""
    real = root.resolve()
    repository = repository_of(real)
    if repository is None:
        return None
    try:
        answer = ask(repository.top, "ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", str(real))
    except HistoryProblem:
        return None
    names = [repository.top / os.fsdecode(name) for name in (answer or b"").split(b"\0") if name]
    files = [root / name.relative_to(real) for name in names if name.is_relative_to(real)]
    return files or None  # all of it is ignored there


def _imported(project: Project) -> Iterator[Path]:
    sources = SourceTreeOnDisk()
    yield from sources.test_files(project)
    for folder in sources.folders(project):
        yield from (entry for entry in folder.iterdir() if entry.name.endswith(_IMPORTED))


def _walk(top: Path) -> Iterator[Path]:
    for name, folders, files in os.walk(top):
        folder = Path(name)
        links = [one for one in folders if (folder / one).is_symlink()]
        left_out = {*NOT_MIRRORED, *TOO_BIG_TO_COPY, *links}
        folders[:] = [one for one in folders if one not in left_out and not (folder / one / "pyvenv.cfg").exists()]
        yield from (folder / one for one in (*files, *links))


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))
