"""What an environment is on the disk, and the places that any project may have one in, whichever tool it uses."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from greenline.adapters.project_files import MARKERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from greenline.ports.project import Project

NAMES = (".venv", "venv", "env")
ABOVE = ".venv in a folder above"
_PYTHONS = ("bin/python", "bin/python3", "Scripts/python.exe", "python.exe")


@dataclass(frozen=True, slots=True)
class Place:
    """One place that was looked at: the pythons that are there, the one to use first, and what is to say about it."""

    name: str
    pythons: tuple[Path, ...] = ()
    note: str = ""
    """Why nothing is there although something could be, or why what is there comes last."""
    own: bool = True
    """Made for this project, or switched on by the person for it; anything else is used where there is nothing own."""


def looked(name: str, look: Callable[[], Place]) -> Place:
    """Look at one place; what cannot be read there, or a person without a home folder, is said and no more."""
    try:
        return look()
    except (OSError, RuntimeError, ValueError) as error:
        return Place(name, note=f"it could not be looked at: {error}")


def python_in(environment: Path) -> Path | None:
    """Return the python of an environment. A dangling link counts: the environment is meant, and broken."""
    for name in _PYTHONS:
        python = environment / name
        if is_there(python):
            return python
    return None


def is_there(python: Path) -> bool:
    """Tell whether there is a file or a link, wherever that leads."""
    try:
        return python.is_file() or python.is_symlink()
    except OSError:
        return False


def pythons_in(environments: Iterable[Path]) -> tuple[Path, ...]:
    """Return the pythons of those environments that exist, those with pytest first, else in the given order."""
    found = [(environment, python) for environment in environments if (python := python_in(environment))]
    found.sort(key=lambda each: not _seems_to_have_pytest(each[0]))
    return tuple(python for _, python in found)


def _seems_to_have_pytest(environment: Path) -> bool:
    folders = (*environment.glob("lib/python*/site-packages"), environment / "Lib" / "site-packages")
    return any((folder / "pytest" / "__init__.py").is_file() for folder in folders)


def active(project: Project) -> Place:
    """Look at VIRTUAL_ENV. One that lies in another project's folder was not switched on for this one."""
    named = os.environ.get("VIRTUAL_ENV", "")
    if not named:
        return Place("VIRTUAL_ENV")
    environment = Path(named)
    python = python_in(environment)
    if python is None:
        return Place("VIRTUAL_ENV", note=f"it names {environment}, where there is no Python")
    other = _other_project(environment, project)
    if other is None:
        return Place("VIRTUAL_ENV", (python,))
    return Place("VIRTUAL_ENV", (python,), note=f"it belongs to {other}", own=False)


def _other_project(environment: Path, project: Project) -> Path | None:
    holder = environment.parent
    written = environment / ".project"  # Pipenv and virtualenvwrapper note there whose it is
    try:
        if written.is_file():
            holder = Path(written.read_text(encoding="utf-8").strip())
    except (OSError, ValueError):
        pass
    if project.root == holder or project.root.is_relative_to(holder) or environment.is_relative_to(project.root):
        return None
    marked = not _is_home(holder) and any((holder / name).exists() for name in MARKERS)
    return holder if marked else None


def _is_home(folder: Path) -> bool:
    """Tell whether it is the person's home, by whichever name."""
    return os.path.realpath(folder) == os.path.realpath(Path.home())


def in_project(project: Project) -> Iterator[Place]:
    """Look for `.venv`, `venv` and `env` in the project's own folder."""
    for name in NAMES:
        folder = project.root / name
        python = python_in(folder)
        note = f"{folder} is a folder without a Python" if python is None and folder.is_dir() else ""
        yield Place(f"{name} in the project", (python,) if python else (), note)


def above(project: Project) -> Place:
    """Look in the folders above, up to that of the repository: projects of one repository often share one."""
    if (project.root / ".git").exists():
        return Place(ABOVE)
    folders: list[Path] = []
    for folder in project.root.parents:
        if _is_home(folder) or folder == Path(folder.anchor):
            return Place(ABOVE)  # no repository: what is above is somebody else's
        folders.append(folder)
        if (folder / ".git").exists():
            break
    return Place(ABOVE, pythons_in(folder / name for folder in folders for name in NAMES)[:1])
