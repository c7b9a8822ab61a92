"""Several processes that open a new file of ours at once: none is refused."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from greenline.adapters.sqlite_steps import write_ahead

if TYPE_CHECKING:
    from pathlib import Path


def test_who_is_refused_while_another_one_begins_tries_again(tmp_path: Path) -> None:
    file = tmp_path / "new.sqlite3"
    refused = threading.Event()

    class Refused(sqlite3.Connection):
        def execute(self, *arguments: Any) -> sqlite3.Cursor:
            try:
                return super().execute(*arguments)
            except sqlite3.OperationalError:
                refused.set()
                raise

    def begin() -> None:
        with closing(sqlite3.connect(file, timeout=0, factory=Refused, check_same_thread=False)) as second:
            write_ahead(second)
            modes.extend(second.execute("pragma journal_mode").fetchone())

    modes: list[str] = []
    with closing(sqlite3.connect(file, isolation_level=None)) as first:
        first.execute("begin exclusive")
        other = threading.Thread(target=begin)
        other.start()
        assert refused.wait(60)
        first.execute("commit")
        other.join(60)

    assert modes == ["wal"]


def test_who_is_refused_for_too_long_is_told(tmp_path: Path) -> None:
    file = tmp_path / "new.sqlite3"
    with (
        closing(sqlite3.connect(file, isolation_level=None)) as first,
        closing(sqlite3.connect(file, timeout=0)) as two,
    ):
        first.execute("begin exclusive")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            write_ahead(two, patience=0)
