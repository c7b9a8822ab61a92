"""Sees to it that what a child prints and writes does not fill the disk."""

from __future__ import annotations

import asyncio
import contextlib
import os
import stat
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

_PAUSE = 0.2
_MOST_OUTPUT = 16 * 1024**2
_KEPT_OUTPUT = 64 * 1024
_MOST_WRITTEN = 1024**3
_MOST_FILES = 100_000
_STEP, _STEP_FILES = 64 * 1024**2, 10_000
"""So much less free space than before, and it is worth a look whose it is."""
_SECONDS_UNCOUNTED = 3.0
"""From one look to the next where the disk does not tell how many files it has room for, as btrfs does not."""


class DiskWatch:
    """Watches the file ``output`` and, if ``limited``, all below ``scratch``.

    ``processes`` tells who may hold files open that have no name any more.
    """

    def __init__(
        self, output: Path, scratch: Path, *, limited: bool, processes: Callable[[], Iterable[int]] = tuple
    ) -> None:
        self._output, self._scratch, self._limited = output, scratch, limited
        self._processes = processes
        self._file: int | None = None
        self._kept = b""
        """The end of what was printed when the file was emptied last, or closed."""
        self._free = _free(scratch)
        self._looked = time.monotonic()

    def __del__(self) -> None:
        """Leave no descriptor behind of a probe that nobody ended."""
        self.close()

    def begin(self) -> int:
        """Make the file, which must not be there, and return its descriptor, for the child. Raises OSError.

        It is opened once, before the child exists: that may put a link to any other file into its place.
        """
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        self._file = os.open(self._output, flags, 0o600)
        return self._file

    def close(self) -> None:
        """Keep the end of what was printed, and let go of the file."""
        if self._file is not None:
            self._kept = self._latest(_KEPT_OUTPUT)
            os.close(self._file)
            self._file = None

    async def until_too_much(self) -> str:
        """Return when more was written than may be, and how much; runs until it is cancelled otherwise."""
        while True:
            await asyncio.sleep(_PAUSE)
            self.shorten()
            if self._limited and self._has_shrunk():
                too_much = await asyncio.to_thread(_too_much, self._scratch, self._processes)
                if too_much:
                    return too_much

    def shorten(self) -> None:
        """Empty the file when it is long; whoever writes to it appends, and goes on at its beginning."""
        with contextlib.suppress(OSError):
            if self._file is not None and os.fstat(self._file).st_size > _MOST_OUTPUT:
                self._kept = _end_of(self._file, _KEPT_OUTPUT)
                os.ftruncate(self._file, 0)

    def end(self, limit: int) -> str:
        """Return the last ``limit`` bytes that were printed."""
        return self._latest(limit).decode("utf-8", "replace")

    def _latest(self, limit: int) -> bytes:
        latest = b""
        if self._file is not None:
            with contextlib.suppress(OSError):
                latest = _end_of(self._file, limit)
        return (self._kept + latest)[-limit:]

    def _has_shrunk(self) -> bool:
        """Tell whether the disk has, or may have, much less room than when it was looked at last."""
        now = _free(self._scratch)
        shrunk = self._free[0] - now[0] > _STEP or self._free[1] - now[1] > _STEP_FILES
        if shrunk or now > self._free:
            self._free = now
        if now[1] == 0 and time.monotonic() - self._looked > _SECONDS_UNCOUNTED:
            self._looked = time.monotonic()
            return True
        return shrunk


def _end_of(file: int, limit: int) -> bytes:
    os.lseek(file, max(0, os.fstat(file).st_size - limit), os.SEEK_SET)
    return os.read(file, limit)


def _free(folder: Path) -> tuple[int, int]:
    """Return the bytes and the files that there is room for, on the disk that the folder is on."""
    try:
        found = os.statvfs(folder)
    except (OSError, AttributeError):  # another platform
        return (0, 0)
    return found.f_bavail * found.f_frsize, found.f_favail


def _too_much(folder: Path, processes: Callable[[], Iterable[int]]) -> str:
    """Say how much is below the folder, where it is too much. What links lead to is not below it."""
    files, written = 0, _without_name(processes())
    for place, folders, names in os.walk(folder):
        files += len(folders) + len(names)
        for name in names:
            with contextlib.suppress(OSError):
                written += os.lstat(os.path.join(place, name)).st_blocks * 512  # noqa: PTH118 - may be many
        if files > _MOST_FILES:
            return f"made more than {_MOST_FILES:,} files"
        if written > _MOST_WRITTEN:
            return f"wrote more than {_MOST_WRITTEN // 1024**2:,} MiB"
    return ""


def _without_name(processes: Iterable[int]) -> int:
    """Return how many bytes on disk are in files that are removed and still open."""
    found: dict[tuple[int, int], int] = {}
    for pid in processes:
        with contextlib.suppress(OSError):  # gone meanwhile, or another system
            for descriptor in os.scandir(f"/proc/{pid}/fd"):
                with contextlib.suppress(OSError):
                    file = os.stat(descriptor.path)  # noqa: PTH116 - as above
                    if file.st_nlink == 0 and stat.S_ISREG(file.st_mode):
                        found[file.st_dev, file.st_ino] = file.st_blocks * 512
    return sum(found.values())
