"""Keeps which tests were generated in the person's cache folder: one SQLite file, hashes and names, no code."""

from __future__ import annotations

import logging
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from greenline.domain.generation.kept_tests import GeneratedTest

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

log = logging.getLogger(__name__)
Answer = TypeVar("Answer")

_TABLE = "test_2"
"""With the version of its rows: one that another Greenline made is left to it."""
_PATIENCE = 2.0
"""Seconds to wait for another process that writes."""
MOST_KEPT = 20_000
"""Tests; the oldest are forgotten first. A row takes about 150 bytes."""
_AT_ONCE = 500
_DAMAGED = ("not a database", "malformed", "unsupported file format")
"""In what SQLite says (Python 3.10 has no codes): whatever else is wrong, a full disk say, the file is good."""
_KEEP = f"insert or replace into {_TABLE} values (?, ?, ?, ?, ?)"  # noqa: S608 - here and below: the table's name
_FORGET = (
    f"delete from {_TABLE} where rowid in "  # noqa: S608
    f"(select rowid from {_TABLE} order by accepted desc limit -1 offset ?)"
)
_MAKE = (
    f"create table if not exists {_TABLE} (key text primary key, target text not null, engine text not null, "
    "oracles text not null, accepted real not null)"
)


class GeneratedTestsSqlite:
    """Implements ``GeneratedTests``. Where nothing can be kept, it knows what this process accepted."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._here: dict[str, GeneratedTest] = {}
        """What was accepted in this process, and could not be written."""
        self._said = False

    def remember(self, tests: Sequence[GeneratedTest]) -> None:
        """Keep these; the oldest go when there are too many."""
        if not tests:
            return

        def write(database: sqlite3.Connection) -> bool:
            now = time.time()
            rows = [(t.key, t.target, t.engine, " ".join(t.oracles), now) for t in tests]
            with database:
                database.executemany(_KEEP, rows)
                database.execute(_FORGET, (MOST_KEPT,))
            return True

        if not self._ask(write, otherwise=False, makes=True):
            self._here.update({test.key: test for test in tests})

    def find(self, keys: Collection[str]) -> dict[str, GeneratedTest]:
        """Return those of the keys that are known."""
        wanted = list(keys)
        nothing: dict[str, GeneratedTest] = {}

        def read(database: sqlite3.Connection) -> dict[str, GeneratedTest]:
            found = {}
            for start in range(0, len(wanted), _AT_ONCE):
                some = wanted[start : start + _AT_ONCE]
                marks = ", ".join("?" * len(some))
                query = f"select key, target, engine, oracles from {_TABLE} where key in ({marks})"  # noqa: S608 - marks
                for key, target, engine, oracles in database.execute(query, some):
                    found[str(key)] = GeneratedTest(str(key), str(target), str(engine), tuple(str(oracles).split()))
            return found

        here = {key: self._here[key] for key in wanted if key in self._here}
        return {**self._ask(read, otherwise=nothing), **here} if wanted else here

    def _ask(self, work: Callable[[sqlite3.Connection], Answer], otherwise: Answer, *, makes: bool = False) -> Answer:
        if self._file is None or not (makes or self._file.exists()):
            return otherwise
        try:
            try:
                return self._ask_disk(self._file, work)
            except sqlite3.DatabaseError as error:
                if not any(words in str(error) for words in _DAMAGED):
                    raise
                self._say(f"Greenline's list of generated tests {self._file} was damaged ({error}) and is made anew.")
                self._remove()
                return self._ask_disk(self._file, work)
        except (sqlite3.Error, OSError, ValueError) as error:  # a text with bytes that are none
            self._say(f"Greenline cannot use its list of generated tests {self._file}: {error}.")
            return otherwise

    def _ask_disk(self, file: Path, work: Callable[[sqlite3.Connection], Answer]) -> Answer:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with closing(sqlite3.connect(file, timeout=_PATIENCE)) as database:
            database.execute(_MAKE)
            return work(database)

    def _remove(self) -> None:
        assert self._file is not None
        for end in ("", "-journal"):
            with suppress(OSError):
                Path(f"{self._file}{end}").unlink()

    def _say(self, message: str) -> None:
        if not self._said:
            self._said = True
            log.warning("%s", message)
