"""Where a person's own template puts the tests of a module, whatever the project's other tests do."""

from __future__ import annotations

import re
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from greenline.domain.generation.place import Placement
from greenline.domain.generation.surroundings import subject_stem

if TYPE_CHECKING:
    from greenline.domain.generation.surroundings import Surroundings

SETTING = "greenline.tests.file"
PLACEHOLDERS = ("module", "package", "subpackage", "qualified", "folder")
"""Of ``parcels.rates._zones`` in ``src``: ``zones``, ``parcels/rates``, ``rates``, ``rates_zones`` and
``src/parcels/rates``.

In the names of modules, underscores at the ends are left off. What is empty leaves no folder.
"""
_FIELD = re.compile(r"\{([^{}]*)\}")


def problem_of(template: str) -> str:
    """Say what is wrong with a template wherever it is used; empty for nothing."""
    unknown = [name for name in _FIELD.findall(template) if name not in PLACEHOLDERS]
    if unknown:
        known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        return f"{SETTING}: {{{unknown[0]}}} in {template} stands for nothing; there are {known}."
    rest = _FIELD.sub("", template)
    if "{" in rest or "}" in rest:
        return f"{SETTING}: {template} has a brace without its other one."
    if not template.endswith(".py"):
        return f"{SETTING}: {template} is the name of no Python file; let it end with .py."
    path = PurePosixPath(template.replace("\\", "/"))
    if path.is_absolute() or ":" in path.parts[0] or ".." in path.parts:
        return (
            f"{SETTING}: {template} is outside of the project; write it relative to the project's folder, without `..`."
        )
    return ""


def place_by_template(template: str, around: Surroundings) -> Placement:
    """Return the file that the template names for ``around.source``, or what is wrong with it as its ``problem``.

    The caller knows whether the file exists.
    """
    problem = problem_of(template)
    name = "" if problem else _filled(template, around)
    path = around.root / name
    if not problem and path == around.source:
        problem = f"{SETTING}: for {around.shown(path)}, {template} is that file itself."
    elif not problem and not _collected(path, around):
        patterns = " ".join(around.python_files)
        problem = f"{SETTING}: pytest would not collect {name}; this project's python_files are {patterns}."
    elif not problem and around.import_mode != "importlib" and not path.stem.isidentifier():
        problem = f"{SETTING}: pytest cannot import {name}; {path.stem} is no name of a module."
    why = f"as {SETTING} says"
    return Placement(path, exists=False, reason=f"{around.shown(path)}, {why}", why=why, problem=problem)


def with_namesake(placement: Placement, around: Surroundings) -> Placement:
    """Return the placement of a new file, with a problem where pytest takes it and another test file for one module."""
    if around.import_mode == "importlib":
        return placement
    path = placement.path
    for other in sorted(test.path for test in around.tests if test.path.name == path.name and test.path != path):
        if not {other.parent, path.parent} <= around.packages:
            problem = (
                f"{SETTING}: pytest would take {around.shown(path)} and {around.shown(other)} for one module, as their "
                "folders are not both packages; write {qualified} in the template, which tells them apart, or add an "
                "__init__.py to both folders."
            )
            return replace(placement, problem=problem)
    return placement


def _filled(template: str, around: Surroundings) -> str:
    parts = [subject_stem(part) for part in around.parts]
    folder = around.source.parent
    values = {
        "module": parts[-1],
        "package": "/".join(around.parts[:-1]),
        "subpackage": "/".join(around.parts[1:-1]),
        "qualified": "_".join(parts[1:] or parts),
        "folder": folder.relative_to(around.root).as_posix() if folder.is_relative_to(around.root) else "",
    }
    filled = _FIELD.sub(lambda found: values[found[1]], template.replace("\\", "/"))
    return "/".join(part for part in filled.split("/") if part not in {"", "."})


def _collected(path: Path, around: Surroundings) -> bool:
    below = around.shown(path)
    return any(
        fnmatchcase(below, f"*{pattern}") if "/" in pattern else fnmatchcase(path.name, pattern)
        for pattern in around.python_files
    )
