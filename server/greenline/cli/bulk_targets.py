"""Targets of a run over many files: files, folders, patterns, and functions by name."""

from __future__ import annotations

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

    paths: dict[Path, None] = {}
    only: dict[Path, set[str]] = {}
    for written in _expanded(targets or (".",)):
        if Path(written).is_dir():
            paths[absolute(Path(written))] = None
            continue
        target = parse_target(written)
        if target.qualname:
            only.setdefault(target.path, set()).add(target.qualname)
        else:
            paths[target.path] = None
    whole = [path for path in only if any(path == other or other in path.parents for other in paths)]
    some = {path: frozenset(names) for path, names in only.items() if path not in whole}
    return Asked((*paths, *some), some)


def with_wishes(asked: Asked, file: Path, roots: Sequence[Path]) -> Asked:
    """Return what was asked for with what a file wishes; ``roots`` are where its dotted names are looked for.

    Raises click.UsageError for mistakes in the file, and for modules that are not there.
    """
    from greenline.cli.targets_file import read_targets  # noqa: PLC0415 - only where there is one

    found: dict[Path, Wish] = {}
    paths, only = dict.fromkeys(asked.paths), dict(asked.only)
    for target in read_targets(file):
        try:
            more = asked_for([_place_of(target.module, file.absolute().parent, roots)])
        except click.UsageError as problem:
            raise click.UsageError(f"{file}:{target.line}: {problem.message}") from problem
        paths.update(dict.fromkeys(more.paths))
        only.update(more.only)
        found.update(dict.fromkeys(more.paths, target.wish))
    return Asked(tuple(paths), only, found)


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
