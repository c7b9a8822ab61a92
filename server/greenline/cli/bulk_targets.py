"""Targets of a run over many files: files, folders, patterns, and functions by name."""

from __future__ import annotations

from dataclasses import replace
from glob import glob, has_magic
from pathlib import Path
from typing import TYPE_CHECKING

import click

from greenline.services.plan_generation import Asked

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from greenline.domain.bulk.plan import Wish


def is_of_many(target: str) -> bool:
    """Tell whether a target is a folder or a pattern: what stands for many files."""
    return _is_pattern(target) or Path(target).is_dir()


def asked_for(targets: Sequence[str]) -> Asked:
    """Return what the targets mean; none is the current folder. Raises click.UsageError for what is not there."""
    from greenline.cli.target_names import absolute, parse_target  # noqa: PLC0415 - keeps `greenline --help` fast

    each = []
    for written in _expanded(targets or (".",)):
        if Path(written).is_dir():
            each.append(Asked((absolute(Path(written)),)))
            continue
        target = parse_target(written)
        only = {target.path: frozenset({target.qualname})} if target.qualname else {}
        each.append(Asked((target.path,), only))
    return _together(each)


def with_wishes(asked: Asked, file: Path, roots: Sequence[Path]) -> Asked:
    """Return what was asked for with what a file wishes; ``roots`` are where its dotted names are looked for.

    Raises click.UsageError for mistakes in the file, and for modules that are not there.
    """
    from greenline.cli.targets_file import read_targets  # noqa: PLC0415 - only where there is one

    found: dict[Path, Wish] = {}
    each = [asked]
    for target in read_targets(file):
        try:
            more = asked_for([_place_of(target.module, file.absolute().parent, roots)])
        except click.UsageError as problem:
            raise click.UsageError(f"{file}:{target.line}: {problem.message}") from problem
        each.append(more)
        found.update(dict.fromkeys(more.paths, target.wish))
    return replace(_together(each), wishes=found)


def _together(each: Sequence[Asked]) -> Asked:
    """Return all that was asked for: a file of which some functions are meant and all of them is meant whole."""
    whole = dict.fromkeys(path for one in each for path in one.paths if path not in one.only)
    some: dict[Path, frozenset[str]] = {}
    for path, names in (entry for one in each for entry in one.only.items()):
        if path not in whole and not any(folder in whole for folder in path.parents):
            some[path] = some.get(path, frozenset()) | names
    return Asked((*whole, *some), some)


def _place_of(module: str, folder: Path, roots: Sequence[Path]) -> str:
    """Return the path that a module is written as, or that its dotted name stands for."""
    written = folder / module
    if module.isidentifier() or (all(part.isidentifier() for part in module.split(".")) and not written.exists()):
        for root in roots:
            place = root.joinpath(*module.split("."))
            if place.is_dir():
                return str(place)
            if place.with_suffix(".py").is_file():
                return str(place.with_suffix(".py"))
    return str(written)


def _expanded(targets: Sequence[str]) -> Iterator[str]:
    for target in targets:
        if not _is_pattern(target):
            yield target
            continue
        found = sorted(path for path in glob(target, recursive=True) if path.endswith(".py") or Path(path).is_dir())  # noqa: PTH207 - absolute patterns, too
        if not found:
            raise click.UsageError(f"no Python file or folder matches {target!r}.")
        yield from found


def _is_pattern(target: str) -> bool:
    return has_magic(target) and not Path(target.partition("::")[0]).exists()
