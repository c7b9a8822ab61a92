"""Targets as a person writes them, checked before any work begins."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import click

from greenline.adapters.disk_documents import DiskDocuments
from greenline.domain.code.model import Target
from greenline.domain.code.read_module import read_module

_NAMED = 8
"""How many functions a message names."""


def parse_target(text: str) -> Target:
    """Return the target with its absolute path; a line becomes the function that holds it.

    Raises click.UsageError when there is no such file, function or line.
    """
    target = Target.parse(text)
    path = absolute(target.path)
    source = _source(path, text)
    if target.qualname is None and target.line is None:
        return Target(path)
    module, problems = read_module(source)
    if problems:
        return Target(path, target.qualname, target.line)  # generating says what is wrong with the text
    if target.qualname:
        inside = f"{target.qualname}."  # a class stands for its methods
        if not any(f.qualname == target.qualname or f.qualname.startswith(inside) for f in module.functions):
            known = _known([function.qualname for function in module.functions])
            raise click.UsageError(f"{target.path} has no function {target.qualname!r}. {known}")
        return Target(path, target.qualname)
    assert target.line is not None
    around = [f for f in module.functions if f.first_line <= target.line <= f.end_line and not f.is_local]
    if not around:
        count = len(source.splitlines())
        where = f"line {target.line} is outside every function" if target.line <= count else f"it has {count} lines"
        raise click.UsageError(f"{target.path}: {where}. Name a line inside a function, or the whole file.")
    return Target(path, max(around, key=lambda function: function.first_line).qualname)


def refuse_path_as_branch(option: str, base: str) -> None:
    """Raise click.UsageError where an option that may stand alone has taken a path for its branch."""
    if base and Path(base).exists():
        raise click.UsageError(
            f"{option}: {base!r} is a path here. Put paths before it, and a branch as {option}=NAME."
        )


def absolute(path: Path) -> Path:
    """Return the absolute path, without ``..``: what lies above a link is above where that leads."""
    path = path.absolute()
    if ".." not in path.parts:
        return path
    return Path(os.path.realpath(path)) if path.name == ".." else Path(os.path.realpath(path.parent)) / path.name


def as_written(target: Target, texts: Mapping[Path, str]) -> str:
    """Return ``path::qualname`` with the path as the person wrote it; ``texts`` has that by absolute path."""
    path = texts.get(target.path, str(target.path))
    if target.qualname:
        return f"{path}::{target.qualname}"
    return f"{path}:{target.line}" if target.line else path


def _source(path: Path, text: str) -> str:
    """Return the file's text. Raises click.UsageError in words."""
    if path.is_dir():
        raise click.UsageError(f"{text} is a folder; name a file, or a function as file.py::name.")
    try:
        source = DiskDocuments().read(path)
    except OSError as error:
        raise click.UsageError(f"{text} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise click.UsageError(f"{text} is not text in the encoding that it declares: {error.reason}.") from error
    if source is None:
        raise click.UsageError(f"there is no file {str(Target.parse(text).path)!r}.")
    return source


def _known(names: list[str]) -> str:
    if not names:
        return "It defines no functions."
    return f"It has: {', '.join(names[:_NAMED])}{' ...' if len(names) > _NAMED else ''}."
