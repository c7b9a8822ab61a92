"""Where conda keeps environments, and which of the installed versions of Python a project asks pyenv or uv for."""

from __future__ import annotations

import os
import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_data_path

from greenline.adapters.environments import Place, looked, python_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenline.ports.project import Project

_CONDA_FILES = ("environment.yml", "environment.yaml", "conda.yml", "conda.yaml")
_CONDA_HOMES = ("miniconda3", "anaconda3", "miniforge3", "mambaforge", "micromamba", ".conda")
_VERSION_FILE = ".python-version"


def of_versions(project: Project) -> Iterator[Place]:
    """Look at conda's active environment, at the one that the project names, and at `.python-version`."""
    yield looked("CONDA_PREFIX", _conda_active)
    yield looked("conda", partial(_conda_named, project.root))
    yield looked("pyenv", partial(_pyenv, project.root))


def _conda_active() -> Place:
    prefix = os.environ.get("CONDA_PREFIX", "")
    if not prefix:
        return Place("CONDA_PREFIX")
    python = python_in(Path(prefix))
    if python is None:
        return Place("CONDA_PREFIX", note=f"it names {prefix}, where there is no Python")
    if os.environ.get("CONDA_DEFAULT_ENV") == "base" or (Path(prefix) / "condabin").is_dir():
        return Place("CONDA_PREFIX", (python,), "conda's base environment is active in every shell", own=False)
    return Place("CONDA_PREFIX", (python,))


def _conda_named(root: Path) -> Place:
    file = next((root / name for name in _CONDA_FILES if (root / name).is_file()), None)
    if file is None:
        return Place("conda")
    try:
        # One line of YAML, which no dependency is worth.
        found = re.search(r"^name:[ \t]*[\"']?([^\"'#\s]+)", file.read_text(encoding="utf-8"), re.MULTILINE)
    except (OSError, ValueError):
        found = None
    if found is None:
        return Place("conda", note=f"{file.name} names no environment")
    for environment in _conda_environments(found.group(1)):
        if python := python_in(environment):
            return Place("conda", (python,))
    return Place("conda", note=f"there is no environment {found.group(1)}; `conda env create -f {file.name}` makes it")


def _conda_environments(name: str) -> Iterator[Path]:
    for folder in filter(None, re.split(r"[;,]|:(?![\\/])" if os.name == "nt" else r"[:,]", _conda_paths())):
        yield Path(folder).expanduser() / name
    active = os.environ.get("CONDA_PREFIX", "")
    executable = os.environ.get("CONDA_EXE", "")
    homes = [Path.home() / each for each in _CONDA_HOMES]
    homes += [Path(each) for each in (os.environ.get("MAMBA_ROOT_PREFIX"), active) if each]
    homes += [Path(executable).parent.parent] if executable else []
    for home in homes:
        yield home / "envs" / name
    try:
        known = (Path.home() / ".conda" / "environments.txt").read_text(encoding="utf-8")
    except (OSError, ValueError):
        return
    yield from (Path(line.strip()) for line in known.splitlines() if Path(line.strip()).name == name)


def _conda_paths() -> str:
    return os.environ.get("CONDA_ENVS_PATH") or os.environ.get("CONDA_ENVS_DIRS") or ""


def _pyenv(root: Path) -> Place:
    """Look for what `.python-version` names: a version is nobody's own, unlike what pyenv's virtualenv plugin made."""
    wanted, where = _wanted_versions(root)
    if not wanted:
        return Place("pyenv")
    versions = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv").expanduser() / "versions"
    for version in wanted:
        for folder in _installed(versions, version):
            if python := python_in(folder):
                own = (folder / "pyvenv.cfg").exists()
                return Place("pyenv", (python,), f"{where} asks for {version}", own)
    managed = Path(os.environ.get("UV_PYTHON_INSTALL_DIR") or user_data_path("uv", appauthor=False) / "python")
    for version in wanted:
        for folder in _installed(managed, f"cpython-{version}"):
            if python := python_in(folder):
                return Place("pyenv", (python,), f"{where} asks for {version}, which uv installed", own=False)
    return Place("pyenv", note=f"{where} asks for {' or '.join(wanted)}, which pyenv has not installed")


def _wanted_versions(root: Path) -> tuple[list[str], str]:
    if named := os.environ.get("PYENV_VERSION", ""):
        return named.split(":"), "PYENV_VERSION"
    for folder in (root, *root.parents):
        file = folder / _VERSION_FILE
        try:
            if file.is_file():
                lines = [line.partition("#")[0].strip() for line in file.read_text(encoding="utf-8").splitlines()]
                return [line for line in lines if line], str(file.relative_to(root) if folder == root else file)
        except (OSError, ValueError):
            return [], ""
    return [], ""


def _installed(versions: Path, wanted: str) -> list[Path]:
    """Return the folder of that name, else those of its newest releases: ``3.12`` means any 3.12."""
    if wanted == "system" or "/" in wanted:
        return []
    exact = versions / wanted
    if exact.is_dir():
        return [exact]
    prefix = re.escape(wanted)
    found = [path for path in _folders(versions) if re.match(rf"{prefix}(?:\.\d+|-)", path.name)]
    return sorted(found, key=lambda path: [int(n) for n in re.findall(r"\d+", path.name)], reverse=True)


def _folders(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if path.is_dir()]
    except OSError:
        return []
