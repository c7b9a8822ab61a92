"""What a project's configuration tells pytest, in each of the files that pytest reads it from."""

from __future__ import annotations

import os
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from greenline.adapters.config_files import read_ini, read_toml, toml_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

PYTEST_FILES = ("pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg")
"""In pytest's order: the first that has settings counts. Those in TOML of its own are read from pytest 9 on."""
_DJANGO = "DJANGO_SETTINGS_MODULE"


@dataclass(frozen=True, slots=True)
class PytestSettings:
    """The settings that matter here; empty where the file does not have them."""

    testpaths: tuple[str, ...] = ()
    pythonpath: tuple[str, ...] = ()
    python_files: tuple[str, ...] = ()
    python_functions: tuple[str, ...] = ()
    python_classes: tuple[str, ...] = ()
    import_mode: str = ""
    asyncio_mode: str = ""
    """Of pytest-asyncio: in "auto" mode, coroutines need no mark."""
    variables: tuple[tuple[str, str], ...] = ()
    """Of the environment, as pytest-env and pytest-django set them before any test."""


def read_settings(file: Path) -> PytestSettings | None:
    """Return pytest's settings in the file; None when it has none, so that the next file counts."""
    section = _section(file)
    if section is None:
        return None
    return PytestSettings(
        testpaths=_words(section.get("testpaths")),
        pythonpath=_words(section.get("pythonpath")),
        python_files=_words(section.get("python_files")),
        python_functions=_words(section.get("python_functions")),
        python_classes=_words(section.get("python_classes")),
        import_mode=_import_mode(section.get("addopts")),
        asyncio_mode=str(section.get("asyncio_mode", "")).strip(),
        variables=tuple(_variables(section)),
    )


def root_of_pytest(root: Path) -> Path:
    """Return the folder that pytest starts from when it is run in ``root``: that of the first configuration upwards.

    Where there is none, that of the first ``setup.py``, else ``root``.
    """
    try:
        for folder in (root, *root.parents):
            if any((folder / name).is_file() and read_settings(folder / name) is not None for name in PYTEST_FILES):
                return folder
        return next((folder for folder in (root, *root.parents) if (folder / "setup.py").is_file()), root)
    except OSError:
        return root


def variables_of_plugin(root: Path) -> tuple[tuple[str, str], ...]:
    """Return what pytest-env reads from its own table in ``pyproject.toml``."""
    table = toml_table(read_toml(root / "pyproject.toml"), "tool", "pytest_env") or {}
    return tuple(_set(_from_table(name, value) for name, value in table.items() if not name.startswith("env_files")))


def _section(file: Path) -> Mapping[str, Any] | None:
    if file.suffix == ".toml":
        tables = read_toml(file)
        if file.name != "pyproject.toml":
            return toml_table(tables, "pytest") or {}  # its mere presence ends pytest's search
        native = toml_table(tables, "tool", "pytest")
        return toml_table(tables, "tool", "pytest", "ini_options") or native or None
    parser = read_ini(file)
    name = "tool:pytest" if file.name == "setup.cfg" else "pytest"
    if parser.has_section(name):
        return parser[name]
    return {} if file.name.endswith("pytest.ini") else None


def _words(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(value.split())
    return tuple(word for word in value if isinstance(word, str)) if isinstance(value, list) else ()


def _import_mode(addopts: object) -> str:
    """Return what ``--import-mode`` says, in one word or two; the last one counts."""
    found = ""
    for word, following in pairwise([*_words(addopts), ""]):
        if word.startswith("--import-mode"):
            found = word.partition("=")[2] or following
    return found.strip("\"'")


def _variables(section: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    value = section.get("env")
    lines = value.splitlines() if isinstance(value, str) else value if isinstance(value, list) else []
    yield from _set(_from_line(line) for line in lines if isinstance(line, str) and "=" in line)
    # Only the option names it; pytest-django then puts it into the environment, where that has none.
    if isinstance(settings := section.get(_DJANGO.lower(), section.get(_DJANGO)), str):
        yield _DJANGO, os.environ.get(_DJANGO, settings.strip())


_Entry = tuple[str, str, bool, bool, bool]
"""Name, value; whether other variables are put in, a variable that is there stays, it is taken away."""


def _from_line(line: str) -> _Entry:
    """Read ``D:R:NAME=value``: "D" for a default, "R" for raw, "U" for unset."""
    left, _, value = line.partition("=")
    *flags, name = (part.strip() for part in left.split(":"))
    kinds = {flag.upper() for flag in flags}
    return name, value.strip(), "R" not in kinds, "D" in kinds, "U" in kinds


def _from_table(name: str, value: object) -> _Entry:
    if not isinstance(value, dict):
        return name, str(value), False, False, False
    text = str(value.get("value", ""))
    return name, text, bool(value.get("transform")), bool(value.get("skip_if_set")), bool(value.get("unset"))


def _set(entries: Iterable[_Entry]) -> Iterator[tuple[str, str]]:
    environment = dict(os.environ)
    for name, value, is_template, is_default, is_unset in entries:
        if not name or is_unset or (is_default and name in environment):
            continue
        text = value
        if is_template:
            try:
                text = value.format(**environment)
            except (KeyError, IndexError, ValueError):
                continue  # pytest itself would fail here, and will say so
        environment[name] = text
        yield name, text
