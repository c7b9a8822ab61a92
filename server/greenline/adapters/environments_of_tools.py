"""Where the tools that manage environments keep that of a project.

Each rule is the tool's own, as its released source has it (uv 0.9, Poetry 2, PDM 2, Hatch 1, Pipenv 2026); the tool
itself is not asked, as that takes as long as the work that waits for the answer.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platformdirs import user_cache_path, user_config_path, user_data_path

from greenline.adapters.config_files import read_toml, toml_table
from greenline.adapters.environments import Place, is_there, looked, python_in, pythons_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from greenline.ports.project import Project

_LONGEST_NAME = 42
"""Of what Poetry and Pipenv take from a project's name."""


def of_tools(project: Project) -> Iterator[Place]:
    """Look where uv, Poetry, PDM, Hatch and Pipenv would have put it, those whose files the project has."""
    root, pyproject = project.root, read_toml(project.root / "pyproject.toml")
    for name, look in (("uv", _uv), ("Poetry", _poetry), ("PDM", _pdm), ("Hatch", _hatch), ("Pipenv", _pipenv)):
        yield looked(name, partial(look, root, pyproject))


def _uv(root: Path, _: Mapping[str, Any]) -> Place:
    """UV_PROJECT_ENVIRONMENT or `.venv`, in the folder of the workspace that the project is a member of."""
    top = _uv_workspace(root)
    named = os.environ.get("UV_PROJECT_ENVIRONMENT", "")
    if named and not (root / "pyproject.toml").exists():
        return Place("uv", note="UV_PROJECT_ENVIRONMENT is set, but there is no pyproject.toml")
    environment = top / (named or ".venv")
    if not named and top == root:
        return Place("uv")  # `.venv` in the project, which was looked at already
    python = python_in(environment)
    return Place("uv", (python,) if python else (), "" if python else f"{environment} was not made yet")


def _uv_workspace(root: Path) -> Path:
    for folder in root.parents:
        workspace = toml_table(read_toml(folder / "pyproject.toml"), "tool", "uv", "workspace")
        if workspace is not None:
            within = root.relative_to(folder).as_posix()
            is_member = any(_globbed(within, pattern) for pattern in _texts(workspace.get("members")))
            is_out = any(_globbed(within, pattern) for pattern in _texts(workspace.get("exclude")))
            return folder if is_member and not is_out else root
    return root


def _globbed(path: str, pattern: str) -> bool:
    """Match part by part, as file globs do; a star stays inside of its part."""
    parts, wanted = path.split("/"), pattern.rstrip("/").removeprefix("./").split("/")
    if "**" in wanted:
        head = wanted[: wanted.index("**")]
        return len(parts) > len(head) and _globbed("/".join(parts[: len(head)]), "/".join(head)) if head else True
    if len(parts) != len(wanted) or not all(wanted):  # an empty part matches nothing
        return False
    return all(Path(part).match(sign) for part, sign in zip(parts, wanted, strict=True))


def _poetry(root: Path, pyproject: Mapping[str, Any]) -> Place:
    tool = toml_table(pyproject, "tool", "poetry")
    built_by = str((toml_table(pyproject, "build-system") or {}).get("build-backend", ""))
    if tool is None and not built_by.startswith("poetry") and not (root / "poetry.lock").exists():
        return Place("Poetry")
    named = (toml_table(pyproject, "project") or {}).get("name") or (tool or {}).get("name") or "non-package-mode"
    name = re.sub(r'[ $`!*@"\\\r\n\t]', "_", _normal(str(named)))[:_LONGEST_NAME]
    base = f"{name}-{_short_hash(os.path.normcase(os.path.realpath(root)))}"
    folder = _poetry_folder(root)
    chosen = toml_table(read_toml(folder / "envs.toml"), base)
    minor = str(chosen.get("minor")) if chosen else "*"
    environments = sorted(folder.glob(f"{base}-py{minor}"), key=_version_in_name, reverse=True)
    pythons = pythons_in(environments) if not chosen else tuple(filter(None, map(python_in, environments)))
    return Place("Poetry", pythons, "" if pythons else f"there is no {folder / base}-py*; `poetry install` makes it")


def _poetry_folder(root: Path) -> Path:
    """Return the setting virtualenvs.path: of the environment, the project's or the person's configuration."""
    person = Path(
        os.environ.get("POETRY_CONFIG_DIR") or user_config_path("pypoetry", appauthor=False, roaming=True)
    ).expanduser()
    tables = [read_toml(root / "poetry.toml"), read_toml(person / "config.toml")]

    def setting(variable: str, *names: str) -> str:
        if value := os.environ.get(variable):
            return value
        for table in tables:
            node: Any = table
            for name in names:
                node = node.get(name) if isinstance(node, dict) else None
            if isinstance(node, str) and node:
                return node
        return ""

    cache = setting("POETRY_CACHE_DIR", "cache-dir") or str(user_cache_path("pypoetry", appauthor=False))
    path = setting("POETRY_VIRTUALENVS_PATH", "virtualenvs", "path") or "{cache-dir}/virtualenvs"
    path = path.replace("{cache-dir}", cache).replace("{project-dir}", str(root))
    return root / Path(path).expanduser()


def _pdm(root: Path, _: Mapping[str, Any]) -> Place:
    named = _text_of(root / ".pdm-python")
    if not named:
        return Place("PDM")
    if not is_there(Path(named)):
        return Place("PDM", note=f".pdm-python names {named}, which is not there")
    # A Python that is no environment has its packages in __pypackages__, where only `pdm run` finds them.
    if (root / "__pypackages__").is_dir():
        return Place("PDM", (Path(named),), "its packages are in __pypackages__, which only `pdm run` sees", own=False)
    return Place("PDM", (Path(named),))


def _hatch(root: Path, pyproject: Mapping[str, Any]) -> Place:
    backend = str((toml_table(pyproject, "build-system") or {}).get("build-backend", ""))
    configured = toml_table(pyproject, "tool", "hatch", "envs") is not None or (root / "hatch.toml").exists()
    if not configured and not backend.startswith("hatchling"):
        return Place("Hatch")
    resolved = str(root.resolve())
    mark = _short_hash(resolved.casefold() if sys.platform in {"win32", "darwin"} else resolved)
    named = (toml_table(pyproject, "project") or {}).get("name")
    name = _normal(str(named)) if named else f"{mark}-unmanaged"
    data = Path(os.environ.get("HATCH_DATA_DIR") or user_data_path("hatch", appauthor=False)).expanduser()
    config = Path(os.environ.get("HATCH_CONFIG") or user_config_path("hatch", appauthor=False) / "config.toml")
    folder = (toml_table(read_toml(config), "dirs", "env") or {}).get("virtual")
    base = root / Path(os.path.expandvars(folder)).expanduser() if isinstance(folder, str) else data / "env" / "virtual"
    storage = base if root in base.resolve().parents or base == Path.home() / ".virtualenvs" else base / name / mark
    found = sorted((path for path in storage.glob("*") if path.is_dir()), key=lambda path: _hatch_order(path, name))
    pythons = pythons_in(path for path in found if not path.name.endswith("-build"))
    missing = f"there is nothing in {storage}; `hatch env create` makes it" if configured and not pythons else ""
    return Place("Hatch", pythons, missing)


def _hatch_order(path: Path, default: str) -> tuple[bool, bool, bool, tuple[int, ...]]:
    """Put "default", which is named like the project, first, then those made for tests, the newest Python first."""
    of_tests = path.name.startswith(("hatch-test", "test"))
    return path.name != default, not of_tests, path.name.endswith("t"), tuple(-n for n in _version_in_name(path))


def _pipenv(root: Path, _: Mapping[str, Any]) -> Place:
    pipfile = root / "Pipfile"
    if not pipfile.exists():
        return Place("Pipenv")
    homes = os.environ.get("WORKON_HOME") or (
        "~/.virtualenvs" if os.name == "nt" else f"{os.environ.get('XDG_DATA_HOME', '~/.local/share')}/virtualenvs"
    )
    home = Path(os.path.expandvars(homes)).expanduser()
    if named := _text_of(root / ".venv"):  # the environment's folder, or its name
        environment = root / named if "/" in named or "\\" in named else home / named
    else:
        clean = re.sub(r'[ &$`!*@"()\[\]\\\r\n\t]', "_", root.name)[:_LONGEST_NAME]
        own = f"{clean}-{_short_hash(str(pipfile))}"
        environment = home / (os.environ.get("PIPENV_CUSTOM_VENV_NAME") or own)
    # With PIPENV_PYTHON the name has that Python at its end.
    pythons = pythons_in([environment, *sorted(home.glob(f"{_escaped(environment.name)}-*"))])
    return Place("Pipenv", pythons, "" if pythons else f"there is no {environment}; `pipenv install --dev` makes it")


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip() if file.is_file() else ""
    except (OSError, ValueError):
        return ""


def _escaped(name: str) -> str:
    return re.sub(r"([*?[])", r"[\1]", name)


def _normal(name: str) -> str:
    """Return a project's name as packaging tools compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _short_hash(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode()[:8]


def _version_in_name(path: Path) -> tuple[int, ...]:
    """Return the version of Python at the end of ``shop-py3.12``, so that 3.12 is more than 3.9."""
    found = re.search(r"py(\d+(?:\.\d+)*)", path.name)
    return tuple(map(int, found.group(1).split("."))) if found else ()


def _texts(value: object) -> list[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []
