"""Whose turn it is to work on a batch: a row for each, which its holder renews, and which is free when nobody does.

A row is taken in one transaction, so it decides also on disks that know no locks, and leaves no file behind.
"""

from __future__ import annotations

import contextlib
import os
import platform
import sys
import threading
from typing import TYPE_CHECKING
from uuid import uuid4

from greenline.ports.batch_store import BatchStoreProblem

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from types import TracebackType

RENEWED = 15.0
"""Seconds between two signs of life."""
LEASE = 120.0
"""Seconds after the last one, when a turn is over: its machine is gone, or sleeps."""
TURNS = (
    "create table if not exists turn_1 (record text primary key, holder text not null, host text not null, "
    "pid integer not null, renewed real not null)"
)
_HELD = "select host, pid, renewed from turn_1 where record = ?"
_TAKE = "insert or replace into turn_1 values (?, ?, ?, ?, ?)"
_RENEW = "update turn_1 set renewed = ? where record = ? and holder = ?"
_LEAVE = "delete from turn_1 where record = ? and holder = ?"


class TurnSqlite:
    """Holds a batch until it is left, or until this process ends, however that is."""

    def __init__(
        self, writing: Callable[[], AbstractContextManager[sqlite3.Connection]], record: str, now: Callable[[], float]
    ) -> None:
        self._writing = writing
        self._record = record
        self._now = now
        self._holder = uuid4().hex
        self._left = threading.Event()
        self._renewing = threading.Thread(target=self._renew, name="greenline-batch-turn", daemon=True)

    def taken(self) -> bool:
        """Take it, unless another has it. Raises BatchStoreProblem."""
        with self._writing() as base:
            held = base.execute(_HELD, (self._record,)).fetchone()
            if held is not None and self._is_held(*held):
                return False
            base.execute(_TAKE, (self._record, self._holder, platform.node(), os.getpid(), self._now()))
        self._renewing.start()
        return True

    def __enter__(self) -> None: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._left.set()
        self._renewing.join()
        with contextlib.suppress(BatchStoreProblem), self._writing() as base:  # it ends by itself, too
            base.execute(_LEAVE, (self._record, self._holder))

    def _is_held(self, host: str, pid: int, renewed: float) -> bool:
        return abs(self._now() - renewed) <= LEASE and (host != platform.node() or _lives(pid))

    def _renew(self) -> None:
        while not self._left.wait(RENEWED):
            with contextlib.suppress(BatchStoreProblem), self._writing() as base:  # it is tried again
                base.execute(_RENEW, (self._now(), self._record, self._holder))


def _lives(pid: int) -> bool:
    """Tell whether there may be such a process here. Windows cannot be asked without ending it."""
    if sys.platform == "win32":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
