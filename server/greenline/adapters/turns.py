"""Whose turn it is to run tests in a project's own folder: one run's at a time, of all editors and terminals."""

from __future__ import annotations

import contextlib
import hashlib
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType


class Turn:
    """Holds a project until it is left, or until this process ends, however that is."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def __enter__(self) -> None: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def the_turn(locks: Path, project: Path) -> Turn | None:
    """Take the turn; None where another run has it. Where ``locks`` cannot be written, everybody has it."""
    name = hashlib.sha256(os.fsencode(os.path.realpath(project))).hexdigest()
    try:
        locks.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(locks / name, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        return Turn(-1)
    if _locked(descriptor):
        return Turn(descriptor)
    os.close(descriptor)
    return None


def _locked(descriptor: int) -> bool:
    with contextlib.suppress(ImportError):
        import fcntl  # noqa: PLC0415 - POSIX only

        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:  # a disk that knows no locks
            return True
        return True
    import msvcrt  # noqa: PLC0415 - Windows only

    try:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]
    except OSError:
        return False
    return True
