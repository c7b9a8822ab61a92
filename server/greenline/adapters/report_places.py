"""Which coverage reports a project has, and of what kind each is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

Kind = Literal["data", "json", "xml", "lcov"]

_ENDINGS: dict[str, Kind] = {".json": "json", ".xml": "xml", ".lcov": "lcov", ".info": "lcov"}
_HEAD = 64
_SQLITE = b"SQLite format 3"


@dataclass(frozen=True, slots=True)
class Report:
    """One file with coverage."""

    path: Path
    kind: Kind


def chosen(root: Path, setting: str) -> list[Path]:
    """Return the files that a setting names, several parted by ``;``; ``*`` stands for any part of a name."""
    found: list[Path] = []
    for name in filter(None, map(str.strip, setting.split(";"))):
        path = Path(name).expanduser()
        if "*" in name:
            top = Path(path.anchor) if path.is_absolute() else root
            pattern = path.relative_to(top) if path.is_absolute() else path
            found += sorted(file for file in top.glob(str(pattern)) if file.is_file())
        else:
            found.append(root / path)
    return list(dict.fromkeys(found))


def reports_at(files: Sequence[Path]) -> list[Report]:
    """Return what is there; of a data file that is not there, the parallel ones that nobody combined yet."""
    found: list[Report] = []
    for file in files:
        if _exists(file):
            found.append(Report(file, kind_of(file)))
        elif file.suffix not in _ENDINGS:
            found += [Report(part, "data") for part in _parts(file)]
    return found


def by_convention(data_file: Path, outputs: Sequence[Path]) -> list[Report]:
    """Return the data; without any the newest report that was made of it."""
    data = reports_at([data_file])
    if data:
        return data
    others = sorted((_written(file), file) for file in outputs if file.is_file())
    return [Report(others[-1][1], kind_of(others[-1][1]))] if others else []


def kind_of(file: Path) -> Kind:
    """Tell by the content, where its name says nothing."""
    by_name = _ENDINGS.get(file.suffix.lower())
    if by_name is not None:
        return by_name
    try:
        with file.open("rb") as stream:
            head = stream.read(_HEAD).lstrip()
    except OSError:
        return "data"  # reading it will say why
    if head.startswith(b"{"):
        return "json"
    if head.startswith(b"<"):
        return "xml"
    return "lcov" if head.startswith((b"TN:", b"SF:")) else "data"


def _parts(data_file: Path) -> list[Path]:
    try:
        parts = sorted(data_file.parent.glob(f"{_escaped(data_file.name)}.*"))
    except OSError:
        return []
    return [part for part in parts if part.is_file() and _is_database(part)]


def _is_database(file: Path) -> bool:
    try:
        with file.open("rb") as stream:
            return stream.read(_HEAD).startswith(_SQLITE)
    except OSError:
        return False


def _written(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:
        return 0.0


def _exists(file: Path) -> bool:
    try:
        return file.exists()
    except OSError:
        return True  # it is there, but not for us: reading it will say why


def _escaped(name: str) -> str:
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in name)
