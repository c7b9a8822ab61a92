"""Targets of a run over many files: files, folders, patterns, and functions by name."""

from __future__ import annotations

from glob import glob, has_magic
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from greenline.services.plan_generation import Asked


def is_of_many(target: str) -> bool:
    """Tell whether a target is a folder or a pattern: what stands for many files."""
    return _is_pattern(target) or Path(target).is_dir()


def asked_for(targets: Sequence[str]) -> Asked:
    """Return what the targets mean; none is the current folder. Raises click.UsageError for what is not there."""
    from greenline.cli.target_names import absolute, parse_target  # noqa: PLC0415 - keeps `greenline --help` fast
    from greenline.services.plan_generation import Asked  # noqa: PLC0415 - as above

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
