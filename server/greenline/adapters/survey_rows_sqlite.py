"""Keeps the rows of surveyed files in the person's cache folder: one SQLite file, numbers and names, no code."""

from __future__ import annotations

import json
import logging
import sqlite3
import time
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

from greenline.adapters.sqlite_steps import write_ahead
from greenline.domain.coverage.model import Ratio, Summary
from greenline.domain.coverage.worth import FileRow, FunctionRow

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

log = logging.getLogger(__name__)

_TABLE = "row_1"
"""With the version of its rows: one that another Greenline made is left to it."""
_PATIENCE = 2.0
"""Seconds to wait for another process that writes."""
MOST_KEPT = 200_000
"""Rows; those that were used longest ago are forgotten first. One takes about 700 bytes."""
_DAY = 86_400
_AT_ONCE = 500
_DAMAGED = ("not a database", "malformed", "unsupported file format")
_MAKE = f"create table if not exists {_TABLE} (key text primary key, row text not null, used integer not null)"
_FORGET = (
    f"delete from {_TABLE} where rowid in "  # noqa: S608 - here and below: the table's name, and marks
    f"(select rowid from {_TABLE} order by used desc, rowid desc limit -1 offset ?)"
)


class SurveyRowsSqlite:
    """Implements ``RowStore``; for one thread, beside other processes. Where nothing can be kept, it knows nothing.

    ``made_by`` tells rows apart that other code or other libraries made.
    """

    def __init__(self, file: Path, made_by: str = "") -> None:
        self._file = file
        self._made_by = made_by
        self._database: sqlite3.Connection | None = None
        self._is_useless = False

    def find(self, keys: Sequence[str]) -> Mapping[str, FileRow]:
        """Return those that are known; whose path and package they have is up to whoever asks."""
        found: dict[str, FileRow] = {}
        if self._is_useless:
            return found
        try:
            for start in range(0, len(keys), _AT_ONCE):
                some = {self._key(key): key for key in keys[start : start + _AT_ONCE]}
                found.update((some[key], row) for key, row in self._found(list(some)))
        except (sqlite3.Error, OSError, ValueError, TypeError, KeyError) as error:
            self._give_up(error)
        return found

    def keep(self, rows: Mapping[str, FileRow]) -> None:
        """Remember these; the oldest go when there are too many."""
        if self._is_useless or not rows:
            return
        today = int(time.time()) // _DAY
        try:
            database = self._opened()
            with database:
                written = [(self._key(key), json.dumps(_packed(row)), today) for key, row in rows.items()]
                database.executemany(f"insert or replace into {_TABLE} values (?, ?, ?)", written)  # noqa: S608
        except (sqlite3.Error, OSError, ValueError) as error:
            self._give_up(error)

    def close(self) -> None:
        """Let go of the file, which stays as small as it may be."""
        if self._database is None:
            return
        with suppress(sqlite3.Error):
            ((number,),) = self._database.execute(f"select count(*) from {_TABLE}").fetchall()  # noqa: S608
            if number > MOST_KEPT:
                with self._database:
                    self._database.execute(_FORGET, (MOST_KEPT,))
        self._database.close()
        self._database = None

    def _key(self, key: str) -> str:
        return blake2b(f"{self._made_by} {key}".encode(), digest_size=20).hexdigest()

    def _found(self, keys: Sequence[str]) -> Iterator[tuple[str, FileRow]]:
        database, today = self._opened(), int(time.time()) // _DAY
        marks = ", ".join("?" * len(keys))
        query = f"select key, row, used from {_TABLE} where key in ({marks})"  # noqa: S608
        rows = database.execute(query, keys).fetchall()
        old = [(today, key) for key, _, used in rows if used != today]
        if old:  # once a day: a look leaves the file as it is
            with database:
                database.executemany(f"update {_TABLE} set used = ? where key = ?", old)  # noqa: S608
        return ((key, _unpacked(json.loads(row))) for key, row, _ in rows)

    def _opened(self) -> sqlite3.Connection:
        if self._database is None:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._database = sqlite3.connect(self._file, timeout=_PATIENCE)
            write_ahead(self._database, _PATIENCE)  # several processes write at once
            self._database.execute("pragma synchronous = off")  # what is lost is made again
            self._database.execute(_MAKE)
        return self._database

    def _give_up(self, error: Exception) -> None:
        """Work on without: what is damaged is made anew by the next survey."""
        self._is_useless = True
        log.info("rows of surveys cannot be kept in %s: %s", self._file, error)
        if self._database is not None:
            self._database.close()
            self._database = None
        if not isinstance(error, sqlite3.Error) or any(words in str(error) for words in _DAMAGED):
            for end in ("", "-wal", "-shm"):
                with suppress(OSError):
                    self._file.with_name(f"{self._file.name}{end}").unlink()


def _packed(row: FileRow) -> list[Any]:
    lines, branches = row.summary.lines, row.summary.branches
    functions = [[f.qualname, f.line, f.lines, f.branches, f.complexity, f.in_the_way] for f in row.functions]
    counts = [lines.covered, lines.total, branches.covered, branches.total, row.changed.covered, row.changed.total]
    return [row.state, counts, functions, dict(row.called)]


def _unpacked(packed: list[Any]) -> FileRow:
    state, counts, functions, called = packed
    return FileRow(
        Path(),
        state,
        summary=Summary(Ratio(counts[0], counts[1]), Ratio(counts[2], counts[3])),
        functions=tuple(FunctionRow(*function) for function in functions),
        changed=Ratio(counts[4], counts[5]),
        called=called,
    )
