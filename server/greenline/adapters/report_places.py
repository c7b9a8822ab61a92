"""Which coverage reports a project has, and of what kind each is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from greenline.adapters.coverage_config import FILES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Kind = Literal["data", "json", "xml", "lcov"]

_ENDINGS: dict[str, Kind] = {".json": "json", ".xml": "xml", ".lcov": "lcov", ".info": "lcov"}
_HEAD = 64
_REPOSITORY = ".git"
_SQLITE = b"SQLite format 3"


@dataclass(frozen=True, slots=True)
class Report:
    """One file with coverage, in one of its states."""

    path: Path
    kind: Kind
    stamp: tuple[int, int, int] = (0, -1, 0)
    """When it was written (nanoseconds), its size, its inode: what tells its states apart."""
    base: Path | None = None
    """The folder that relative names in it begin at, where that is not the project's root."""

    @property
    def written_at(self) -> float:
        """Seconds since the epoch, to the bit what ``os.stat`` has."""
        seconds, rest = divmod(self.stamp[0], 1_000_000_000)
        return seconds + 1e-9 * rest

    @property
    def is_as_it_was(self) -> bool:
        """Whether the file is in this state still."""
        return stamp_of(self.path) == self.stamp


def stamp_of(file: Path) -> tuple[int, int, int]:
    """Return what changes whenever the file is written or replaced; it costs one look and raises nothing."""
    try:
        found = file.stat()
    except (OSError, ValueError):
        return (0, -1, 0)
    return (found.st_mtime_ns, found.st_size, found.st_ino)


def report_at(file: Path) -> Report:
    """Return the report as it is now."""
    stamp = stamp_of(file)  # before its content: what is written meanwhile is then seen to be newer
    return Report(file, kind_of(file), stamp)


def chosen(root: Path, setting: str) -> list[Path]:
    """Return the files that a setting names, several parted by ``;``; ``*`` stands for any part of a name."""
    found: list[Path] = []
    for path in named_by(setting):
        if "*" in str(path):
            top = Path(path.anchor) if path.is_absolute() else root
            pattern = path.relative_to(top) if path.is_absolute() else path
            found += sorted(file for file in top.glob(str(pattern)) if file.is_file())
        else:
            found.append(root / path)
    return list(dict.fromkeys(found))


def named_by(setting: str) -> list[Path]:
    """Return the names and patterns of a setting."""
    return [Path(name).expanduser() for name in filter(None, map(str.strip, setting.split(";")))]


def reports_at(files: Sequence[Path]) -> list[Report]:
    """Return what is there, and the parallel data files that nobody combined yet: those newer than what was combined.

    Older ones are what a run left that was ended.
    """
    found: list[Report] = []
    for file in files:
        whole = [report_at(file)] if _exists(file) else []
        found += whole
        if file.suffix not in _ENDINGS and all(report.kind == "data" for report in whole):
            parts = [Report(part, "data", stamp_of(part)) for part in _parts(file)]
            found += [part for part in parts if not whole or part.stamp > whole[0].stamp]
    return list(dict.fromkeys(found))


def by_convention(data_file: Path, outputs: Sequence[Path]) -> list[Report]:
    """Return the data; without any the newest report that was made of it.

    A report that is newer than the data is no newer run: it is made of the data, which has more.
    """
    data = reports_at([data_file])
    if data:
        return data
    others = sorted((_written(file), file) for file in outputs if file.is_file())
    return [report_at(others[-1][1])] if others else []


def enclosing(root: Path) -> Iterator[Path]:
    """Yield the folders around a project that a run of several projects would be started in, the nearest first.

    Nothing outside of the repository is, nor the person's home.
    """
    if _exists(root / _REPOSITORY):
        return
    home = _home()
    for folder in root.parents:
        if folder in (home, Path(folder.anchor)):
            return
        is_top = _exists(folder / _REPOSITORY)
        if is_top or any(_exists(folder / name) for name in FILES):
            yield folder
        if is_top:
            return


def kind_of(file: Path) -> Kind:
    """Tell by the content, where its name says nothing."""
    by_name = _ENDINGS.get(file.suffix.lower())
    if by_name is not None:
        return by_name
    try:
        if not file.is_file():  # a pipe would never end
            return "data"
        with file.open("rb") as stream:
            head = stream.read(_HEAD).lstrip()
    except OSError:
        return "data"  # reading it will say why
    if head.startswith(b"{"):
        return "json"
    if head.startswith(b"<"):
        return "xml"
    return "lcov" if head.startswith((b"TN:", b"SF:")) else "data"


def _home() -> Path | None:
    try:
        return Path.home()
    except RuntimeError:
        return None


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
