"""One step on a database of ours: done wholly or not at all, whatever others do and however this one ends."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_PATIENCE = 10.0
"""Seconds that another process's step is waited for."""
_PAUSE = 0.01


@contextmanager
def one_step(file: Path, tables: Sequence[str]) -> Iterator[sqlite3.Connection]:
    """Open the file, make its tables where they are missing, and keep what is done inside.

    Raises sqlite3.Error and OSError.
    """
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with closing(sqlite3.connect(file, timeout=_PATIENCE, isolation_level=None)) as base:
        write_ahead(base)
        base.execute("pragma synchronous = full")
        base.execute("begin immediate")
        for statement in tables:
            base.execute(statement)
        yield base
        base.execute("commit")


def write_ahead(base: sqlite3.Connection, patience: float = _PATIENCE) -> None:
    """Let others read while somebody writes (SQLite's WAL). Raises sqlite3.Error.

    Of several processes that open a new file at once SQLite refuses some without a wait: so we wait, ``patience``
    seconds at most.
    """
    until = time.monotonic() + patience
    while True:
        try:
            base.execute("pragma journal_mode = wal")
        except sqlite3.OperationalError as error:  # noqa: PERF203 - it waits anyway
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(_PAUSE)
        else:
            return
