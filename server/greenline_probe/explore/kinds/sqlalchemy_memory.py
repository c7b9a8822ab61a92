"""Sessions for exploring: of one database in memory that is emptied again, where each test makes one for itself."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from typing import Any

from sqlalchemy import create_engine, event, orm


class Memory:
    """Gives sessions of a database with these tables, one at a time, each as if the database were new.

    To connect and to make tables takes longer than most calls. What a call may have done to the database or to its
    engine that deleting rows does not undo is undone by making both anew.
    """

    def __init__(self, metadata: list[Any], **options: Any) -> None:
        """Take note of the tables; ``options`` are those of ``create_engine``."""
        self._metadata = metadata
        self._options = options
        self._engine: Any = None
        self._connections: list[sqlite3.Connection] = []
        self._tables: list[str] = []
        self._noted = (0, 0)
        self._last: orm.Session | None = None
        self.made = 0
        """How many databases were made so far."""

    def session(self) -> Iterator[orm.Session]:
        """Yield the session, as the fixture of a test does."""
        if not self._is_clean():
            self._make()
        with orm.Session(self._engine) as session:
            self._last = session
            yield session

    def _make(self) -> None:
        """Make engine and tables. Raises what SQLAlchemy raises of tables that SQLite cannot have."""
        engine = create_engine("sqlite://", **self._options)
        self._connections = connections = []
        event.listen(engine, "connect", lambda connection, _record: connections.append(connection))
        for each in self._metadata:
            each.create_all(engine)
        with engine.connect():  # there may be no table
            self._engine = engine
        self.made += 1
        self._tables = [name for (name,) in self._ask("SELECT name FROM sqlite_master WHERE type = 'table'")]
        self._noted = self._state()

    def _is_clean(self) -> bool:
        """Take the rows out that the last session left; tell whether that was all there was to do."""
        try:
            if self._last is not None:
                self._last.close()  # later, it would roll back what the next one does
            if len(self._connections) != 1:  # of none a person knows what is in it
                return False
            if self._state() == self._noted:
                return True
            for table in self._tables:
                self._ask(f'DELETE FROM "{table}"')  # noqa: S608 - the names are the database's
            self._connections[0].commit()
            is_same = self._state()[1] == self._noted[1]
        except Exception:
            return False
        self._noted = self._state()
        return is_same

    def _state(self) -> tuple[int, int]:
        """Return how many rows were ever changed, and which schema it is."""
        return self._connections[0].total_changes, self._ask("PRAGMA schema_version")[0][0]

    def _ask(self, sql: str) -> list[Any]:
        with contextlib.closing(self._connections[0].cursor()) as cursor:
            return cursor.execute(sql).fetchall()
