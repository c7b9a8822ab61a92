"""What tests reached of some files at one moment, as plain values: another machine has neither reports nor runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from greenline.domain.coverage.executed_of import executed_of
from greenline.domain.coverage.model import Executed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from greenline.ports.documents import Documents
    from greenline.services.show_coverage import ShowCoverage

Base = dict[str, Any]
"""File, with slashes from the project's root -> its lines, and its branches taken (None where nobody knows)."""


def base_of(show: ShowCoverage, documents: Documents, root: Path, paths: Iterable[Path]) -> Base:
    """Return what is known of the files as they are now; those of which nothing is known are not in it."""
    found: Base = {}
    for path in paths:
        try:
            text = documents.read(path)
        except (OSError, UnicodeDecodeError):
            continue
        picture = show.picture(path, text) if text is not None else None
        if picture is None or picture.state != "measured" or picture.map is None:
            continue
        ran = executed_of(picture.map)
        arcs = None if ran.arcs is None else sorted(map(list, ran.arcs))
        found[path.relative_to(root).as_posix()] = [sorted(ran.lines), arcs]
    return found


def keep_base(show: ShowCoverage, root: Path, base: Mapping[str, Any]) -> None:
    """Have the services know it, of the files as they are on disk, as if a run of theirs had measured it."""
    measured = {
        root / name: Executed(
            frozenset(lines), None if arcs is None else frozenset((start, end) for start, end in arcs)
        )
        for name, (lines, arcs) in base.items()
    }
    show.record(measured, {})
