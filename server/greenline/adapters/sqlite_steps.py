"""One step on a database of ours: done wholly or not at all, whatever others do and however this one ends."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_PATIENCE = 10.0
"""Seconds that another process's step is waited for."""


@contextmanager
def one_step(file: Path, tables: Sequence[str]) -> Iterator[sqlite3.Connection]:
    """Open the file, make its tables where they are missing, and keep what is done inside.

    Raises sqlite3.Error and OSError.
    """
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with closing(sqlite3.connect(file, timeout=_PATIENCE, isolation_level=None)) as base:
        base.execute("pragma journal_mode = wal")
        base.execute("pragma synchronous = full")
        base.execute("begin immediate")
        for statement in tables:
            base.execute(statement)
        yield base
        base.execute("commit")
