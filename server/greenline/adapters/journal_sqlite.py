"""Keeps what runs over many files have done in the person's cache folder: one SQLite file (WAL)."""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from greenline.adapters.sqlite_steps import one_step
from greenline.adapters.turns import the_turn
from greenline.domain.bulk.records import outcome_of_record, outcome_record, unit_of, unit_record
from greenline.domain.bulk.states import after_write
from greenline.ports.journal import JournalProblem, OpenWrite, StoredRun

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from contextlib import AbstractContextManager

    from greenline.domain.bulk.outcome import UnitOutcome
    from greenline.domain.bulk.plan import WorkUnit
    from greenline.domain.bulk.states import States

_KEPT_FOR = 90 * 86_400.0
"""Seconds after which what was done is forgotten."""
_AT_ONCE = 500
_UNUSABLE = (
    "Greenline cannot use its journal {}: {}. See that it can be written there and that the disk has room; a damaged "
    "file can be deleted, and what was done is found out again then."
)
_RUN = (
    "create table if not exists run_1 (root text not null, words text not null, made_at real not null, "
    "plan text not null, primary key (root, words))"
)
_OUTCOME = (
    "create table if not exists outcome_1 (root text not null, words text not null, path text not null, "
    "record text not null, primary key (root, words, path))"
)
_WRITE = (
    "create table if not exists write_1 (root text not null, words text not null, path text not null, "
    "file text not null, before blob, after blob not null, folders text not null, primary key (root, words, path))"
)
_SETTLED = (
    "create table if not exists settled_1 (root text not null, key text not null, at real not null, "
    "primary key (root, key))"
)
_STATES = (
    "create table if not exists states_1 (root text not null, words text not null, file text not null, "
    "states text not null, primary key (root, words, file))"
)
_TABLES = (_RUN, _OUTCOME, _WRITE, _SETTLED, _STATES)
"""With the version of their rows: those that another Greenline made are left to it."""


class JournalSqlite:
    """Implements ``Journal``."""

    def __init__(self, file: Path, now: Callable[[], float] = time.time) -> None:
        self._file = file
        self._now = now

    def turn(self, root: Path) -> AbstractContextManager[None] | None:
        """Take the project; see ``Journal``."""
        return the_turn(self._file.with_name("bulk-turns"), root)

    def find(self, root: Path, words: str) -> StoredRun | None:
        """Return the run that has not ended; see ``Journal``."""
        with self._open() as base:
            found = base.execute(
                "select made_at, plan from run_1 where root = ? and words = ?", (_text(root), words)
            ).fetchone()
            rows = base.execute(
                "select record from outcome_1 where root = ? and words = ? order by rowid", (_text(root), words)
            ).fetchall()
        if found is None:
            return None
        try:
            units = tuple(unit_of(record, root) for record in json.loads(found[1]))
            outcomes = tuple(outcome_of_record(json.loads(row), root) for (row,) in rows)
        except (KeyError, TypeError, ValueError) as error:
            raise JournalProblem(_UNUSABLE.format(self._file, f"its rows cannot be read ({error!r})")) from error
        return StoredRun(units, outcomes, float(found[0]))

    def begin(self, root: Path, words: str, units: Sequence[WorkUnit]) -> None:
        """Write down a plan; see ``Journal``."""
        plan = _plan_text(root, units)
        with self._open() as base:
            _forget_run(base, root, words)
            self._forget_old(base)
            base.execute("insert into run_1 values (?, ?, ?, ?)", (_text(root), words, self._now(), plan))

    def goes_on(self, root: Path, words: str, units: Sequence[WorkUnit]) -> None:
        """Write down another plan; see ``Journal``."""
        row = (_plan_text(root, units), _text(root), words)
        with self._open() as base:
            base.execute("update run_1 set plan = ? where root = ? and words = ?", row)

    def writes(self, root: Path, words: str, path: Path, write: OpenWrite) -> None:
        """Write down what is about to be written; see ``Journal``."""
        folders = json.dumps([_text(folder) for folder in write.folders])
        row = (_text(root), words, _text(path), _text(write.file), write.before, write.after, folders)
        with self._open() as base:
            base.execute("insert or replace into write_1 values (?, ?, ?, ?, ?, ?, ?)", row)
            _add_state(base, root, words, write)

    def leaves(self, root: Path, words: str, write: OpenWrite) -> None:
        """Write down what is about to be written for no unit; see ``Journal``."""
        with self._open() as base:
            _add_state(base, root, words, write)

    def states(self, words: str) -> dict[Path, States]:
        """Return what the run has left in each file; see ``Journal``."""
        with self._open() as base:
            rows = base.execute("select file, states from states_1 where words = ?", (words,)).fetchall()
        return {_path(file): tuple(json.loads(states)) for file, states in rows}

    def done(self, root: Path, words: str, outcome: UnitOutcome) -> None:
        """Write down what came of a unit; see ``Journal``."""
        key, record = (_text(root), words, _text(outcome.path)), json.dumps(outcome_record(outcome, root))
        settled = [(_text(root), one, self._now()) for one in outcome.settled]
        others = {one.key for one in outcome.functions}.difference(outcome.settled)
        with self._open() as base:
            base.execute("insert or replace into outcome_1 values (?, ?, ?, ?)", (*key, record))
            base.execute("delete from write_1 where words = ? and path = ?", key[1:])  # its project may be another
            base.executemany("delete from settled_1 where root = ? and key = ?", [(_text(root), one) for one in others])
            base.executemany("insert or replace into settled_1 values (?, ?, ?)", settled)

    def ended(self, root: Path, words: str) -> None:
        """Write down that nothing is left; see ``Journal``."""
        with self._open() as base:
            _forget_run(base, root, words)

    def open_writes(self, root: Path) -> tuple[OpenWrite, ...]:
        """Return what was being written; see ``Journal``."""
        with self._open() as base:
            rows = base.execute(
                "select file, before, after, folders from write_1 where root = ? order by rowid desc", (_text(root),)
            ).fetchall()
        return tuple(
            OpenWrite(_path(file), before, after, tuple(map(_path, json.loads(folders))))
            for file, before, after, folders in rows
        )

    def taken_back(self, root: Path) -> None:
        """Write down that those were looked after; see ``Journal``."""
        with self._open() as base:
            base.execute("delete from write_1 where root = ?", (_text(root),))

    def settled(self, root: Path, keys: Collection[str]) -> frozenset[str]:
        """Return what an earlier run has settled; see ``Journal``."""
        wanted = list(keys)
        found: set[str] = set()
        with self._open() as base:
            for start in range(0, len(wanted), _AT_ONCE):
                some = wanted[start : start + _AT_ONCE]
                marks = ", ".join("?" * len(some))
                query = f"select key from settled_1 where root = ? and key in ({marks})"  # noqa: S608 - marks
                found.update(str(key) for (key,) in base.execute(query, (_text(root), *some)))
        return frozenset(found)

    def forget(self, root: Path) -> None:
        """Forget all of a project; see ``Journal``."""
        with self._open() as base:
            for table in ("run_1", "outcome_1", "settled_1", "states_1"):
                base.execute(f"delete from {table} where root = ?", (_text(root),))  # noqa: S608 - one of the names above

    def _forget_old(self, base: sqlite3.Connection) -> None:
        """Forget what nobody has gone on with for long; what stands open in a file stays, to be taken back."""
        since = (self._now() - _KEPT_FOR,)
        base.execute("delete from settled_1 where at < ?", since)
        for root, words in base.execute("select root, words from run_1 where made_at < ?", since).fetchall():
            _forget_run(base, _path(root), words)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """Open the file for one step, which is done wholly or not at all."""
        try:
            with one_step(self._file, _TABLES) as base:
                yield base
        except (sqlite3.Error, OSError, ValueError) as error:
            raise JournalProblem(_UNUSABLE.format(self._file, error)) from error


def _forget_run(base: sqlite3.Connection, root: Path, words: str) -> None:
    base.execute("delete from states_1 where words = ?", (words,))
    for table in ("run_1", "outcome_1"):
        base.execute(f"delete from {table} where root = ? and words = ?", (_text(root), words))  # noqa: S608 - as above


def _add_state(base: sqlite3.Connection, root: Path, words: str, write: OpenWrite) -> None:
    key = (_text(root), words, _text(write.file))
    found = base.execute("select states from states_1 where root = ? and words = ? and file = ?", key).fetchone()
    states = after_write(tuple(json.loads(found[0])) if found else (), write.before, write.after)
    base.execute("insert or replace into states_1 values (?, ?, ?, ?)", (*key, json.dumps(states)))


def _plan_text(root: Path, units: Sequence[WorkUnit]) -> str:
    return json.dumps([unit_record(unit, root) for unit in units])


def _text(path: Path) -> str:
    """Return a path as SQLite takes it: it may have bytes that are no text."""
    return json.dumps(str(path))


def _path(text: str) -> Path:
    return Path(json.loads(text))
