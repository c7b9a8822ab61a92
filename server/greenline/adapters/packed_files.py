"""Files of a project in one piece, for another machine: unpacked there, they are what they were."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
import zlib
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_FAST = 1
_NAMES = "surrogateescape"
"""A name may have bytes that are no text."""


@dataclass(frozen=True, slots=True)
class Packed:
    """``digest`` is of the files: their names, contents and times."""

    content: bytes
    digest: str


def pack(top: Path, files: Iterable[Path]) -> Packed:
    """Pack files and links that are below ``top``. One that is gone meanwhile is left out. Raises OSError."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT, errors=_NAMES) as tar:
        for file in files:
            with suppress(FileNotFoundError):
                _add(tar, top, file)
    content = packed.getvalue()
    return Packed(zlib.compress(content, _FAST), hashlib.sha256(content).hexdigest())


def unpack(content: bytes, folder: Path) -> None:
    """Unpack into a new folder. Raises OSError, and ValueError for what is nothing that was packed."""
    folder.mkdir()
    try:
        with tarfile.open(fileobj=io.BytesIO(zlib.decompress(content)), mode="r:", errors=_NAMES) as tar:
            # Nothing leads out of the folder; a Python without this filter is older than the danger is known.
            tar.extraction_filter = getattr(tarfile, "data_filter", lambda member, _path: member)
            tar.extractall(folder)  # noqa: S202 - filtered, and packed by ourselves
    except (tarfile.TarError, zlib.error) as error:
        raise ValueError(f"what was sent cannot be unpacked: {error}") from error


def _add(tar: tarfile.TarFile, top: Path, file: Path) -> None:
    found = file.lstat()
    member = tarfile.TarInfo(file.relative_to(top).as_posix())
    member.mtime, member.mode = int(found.st_mtime), found.st_mode & 0o777
    if file.is_symlink():
        member.type, member.linkname = tarfile.SYMTYPE, _leads_to(file)
        tar.addfile(member)
        return
    content = file.read_bytes()
    member.size = len(content)
    tar.addfile(member, io.BytesIO(content))


def _leads_to(link: Path) -> str:
    """Return where a link leads, from its own folder: elsewhere the project is in another place."""
    target = link.readlink()
    if not target.is_absolute():
        return str(target)
    return os.path.relpath(os.path.realpath(link), os.path.realpath(link.parent))
