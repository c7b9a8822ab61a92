"""Keeps which batches were handed in, in the person's data folder, and what is needed to go on with them.

It is no cache: what is not here is paid, and never collected. So what cannot be written is a problem, not a warning.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from greenline.adapters.batch_material_sqlite import (
    MATERIAL,
    answers_to,
    forget_material,
    known_for,
    put_answers,
    put_known,
)
from greenline.adapters.batch_turns_sqlite import LEASE, TURNS, TurnSqlite
from greenline.adapters.sqlite_steps import one_step
from greenline.domain.asking.batches import BatchRecord, BatchRequest, BatchStatus
from greenline.domain.asking.known import Known
from greenline.domain.asking.model import Answer
from greenline.ports.batch_store import AskedAlready, BatchStoreProblem
from greenline.ports.model import ModelProblem

_KEPT_FOR = 60 * 86_400.0
"""Seconds after which batches that have ended are forgotten: twice as long as a provider keeps answers."""
_UNUSABLE = (
    "Greenline cannot use its list of batches {}: {}. See that it can be written there and that the disk has room. A "
    "damaged file can be moved away; the batches that only it knows are not collected then."
)
_BATCHES = (
    "create table if not exists batch_2 (id text primary key, project text not null, endpoint text not null, "
    "model text not null, made_at real not null, settings text not null, name text not null, status text not null)"
)
_REQUESTS = (
    "create table if not exists asked_2 (key text primary key, batch text not null, target text not null, "
    "module_hash text not null, dollars real, earlier text not null, kept text not null, "
    "done integer not null)"
)
_TABLES = (_BATCHES, _REQUESTS, *MATERIAL, TURNS, "create index if not exists asked_2_batch on asked_2 (batch)")
"""With the version of their rows: those that another Greenline made are left to it."""
_ADD = "insert into batch_2 values (?, ?, ?, ?, ?, ?, ?, ?)"
_ASK = "insert into asked_2 values (?, ?, ?, ?, ?, ?, ?, ?)"
_RECORDS = "select id, project, endpoint, model, made_at, settings, name, status from batch_2 "
_OPEN = f"{_RECORDS} where project = ? and status in ('reserving', 'handing_in', 'waiting') order by made_at, id"
_RESERVING = f"{_RECORDS} where status = 'reserving' order by made_at, id"
_ASKED = "select key, target, module_hash, dollars, earlier, kept, done from asked_2 where batch = ? order by rowid"
_COLLECTED = (
    "update batch_2 set status = 'collected' where id = ? and status = 'waiting' "
    "and not exists (select 1 from asked_2 where batch = ? and done = 0)"
)
_WAITS = (
    "select 1 from asked_2 join batch_2 on batch_2.id = asked_2.batch "
    "where project = ? and target = ? and key != ? and done = 0 and status in ('reserving', 'handing_in', 'waiting')"
)
_OPEN_AGAIN = (
    "update batch_2 set status = 'waiting' where status = 'collected' and id in "
    "(select batch from asked_2 where key = ?)"
)
_OLD = "select id from batch_2 where made_at < ? and status not in ('reserving', 'handing_in', 'waiting')"


class BatchStoreSqlite:
    """Implements ``BatchStore`` in one SQLite file."""

    def __init__(self, file: Path, now: Callable[[], float] = time.time) -> None:
        self._file = file
        self._now = now

    def add(self, records: Sequence[BatchRecord], known: Mapping[str, Known]) -> None:
        """Write down batches that are to be handed in; see ``BatchStore``."""
        with self._writing() as base:
            _forget(base, self._now())
            _refuse_twice(base, records)
            for record in records:
                base.execute(_ADD, _row(record))
                base.executemany(_ASK, [_asked_row(record.id, request) for request in record.requests])
            put_known(base, known)

    def reserved(self, records: Sequence[BatchRecord], *, after: str = "", tried: Collection[str] = ()) -> None:
        """Write down that the money is reserved; see ``BatchStore``."""
        with self._writing() as base:
            _mark(base, after, tried)
            for record in records:
                there = base.execute("select key from asked_2 where batch = ?", (record.id,)).fetchall()
                left_out = [row for row in there if row[0] not in record.keys]
                base.executemany("delete from asked_2 where key = ?", left_out)
                base.execute("update batch_2 set status = 'handing_in' where id = ?", (record.id,))

    def named(self, record: str, name: str) -> None:
        """Write down the provider's name; see ``BatchStore``."""
        with self._writing() as base:
            base.execute("update batch_2 set name = ?, status = 'waiting' where id = ?", (name, record))

    def tried(self, record: str, keys: Collection[str]) -> None:
        """Write down what was tried; see ``BatchStore``."""
        with self._writing() as base:
            _mark(base, record, keys)

    def close(self, record: str, status: BatchStatus) -> None:
        """Write down how it ended; see ``BatchStore``."""
        with self._writing() as base:
            base.execute("update batch_2 set status = ? where id = ?", (status, record))
            if status == "refused":
                _open_before(base, record)
            forget_material(base)

    def open_in(self, project: Path) -> tuple[BatchRecord, ...]:
        """Return the batches of a project that have not ended here; see ``BatchStore``."""
        return self._found(_OPEN, _text(str(project)))

    def reserving(self) -> tuple[BatchRecord, ...]:
        """Return the batches of every project whose money is being reserved; see ``BatchStore``."""
        return self._found(_RESERVING)

    def known(self, keys: Collection[str]) -> Mapping[str, Known]:
        """Return what was known of targets; see ``BatchStore``."""
        with self._writing() as base:
            return known_for(base, keys)

    def keep(self, answers: Mapping[str, Answer | ModelProblem]) -> None:
        """Keep what came of requests; see ``BatchStore``."""
        with self._writing() as base:
            put_answers(base, answers)

    def answers(self, keys: Collection[str]) -> Mapping[str, Answer | ModelProblem]:
        """Return what came of requests; see ``BatchStore``."""
        with self._writing() as base:
            return answers_to(base, keys)

    def names(self) -> frozenset[str]:
        """Return the names of all batches that are known; see ``BatchStore``."""
        with self._writing() as base:
            return frozenset(str(name) for (name,) in base.execute("select name from batch_2 where name != ''"))

    def turn(self, record: str) -> AbstractContextManager[None] | None:
        """Take the turn; see ``BatchStore``."""
        turn = TurnSqlite(self._writing, record, self._now)
        return turn if turn.taken() else None

    def _found(self, query: str, *values: str) -> tuple[BatchRecord, ...]:
        if not self._there():
            return ()
        with self._writing() as base:
            rows = base.execute(query, values).fetchall()
            return tuple(_record(row, base.execute(_ASKED, (row[0],)).fetchall()) for row in rows)

    def _there(self) -> bool:
        try:
            return self._file.exists()
        except OSError as error:
            raise BatchStoreProblem(f"{self._file} cannot be read: {error}.") from error

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """Open the file for one step, which is done wholly or not at all."""
        try:
            with one_step(self._file, _TABLES) as base:
                yield base
        except (sqlite3.Error, OSError, ValueError) as error:
            raise BatchStoreProblem(_UNUSABLE.format(self._file, error)) from error


def _mark(base: sqlite3.Connection, record: str, keys: Collection[str]) -> None:
    base.executemany("update asked_2 set done = 1 where batch = ? and key = ?", [(record, key) for key in keys])
    if base.execute(_COLLECTED, (record, record)).rowcount:
        forget_material(base)


def _refuse_twice(base: sqlite3.Connection, records: Sequence[BatchRecord]) -> None:
    """Raise AskedAlready where a target waits already, unless that is the request that another one follows."""
    for record in records:
        for request in record.requests:
            follows = request.earlier[-1] if request.earlier else ""
            if base.execute(_WAITS, (_text(record.project), _text(request.target), follows)).fetchone():
                raise AskedAlready(f"{request.target} waits in another batch already.")


def _open_before(base: sqlite3.Connection, record: str) -> None:
    """Open the requests again that those of a record would have followed: their answers were paid."""
    for (earlier,) in base.execute("select earlier from asked_2 where batch = ?", (record,)).fetchall():
        for key in json.loads(earlier)[-1:]:
            base.execute("update asked_2 set done = 0 where key = ?", (key,))
            base.execute(_OPEN_AGAIN, (key,))


def _forget(base: sqlite3.Connection, now: float) -> None:
    old = base.execute(_OLD, (now - _KEPT_FOR,)).fetchall()
    base.executemany("delete from asked_2 where batch = ?", old)
    base.executemany("delete from batch_2 where id = ?", old)
    base.execute("delete from turn_1 where renewed < ?", (now - LEASE,))


def _row(record: BatchRecord) -> tuple[object, ...]:
    words = (record.id, _text(record.project), record.endpoint, record.model)
    return (*words, record.made_at, json.dumps(dict(record.settings)), record.name, record.status)


def _asked_row(batch: str, request: BatchRequest) -> tuple[object, ...]:
    words = (request.key, batch, _text(request.target), request.module_hash)
    lists = (json.dumps(request.earlier), json.dumps(request.kept))
    return (*words, request.dollars, *lists, int(request.done))


def _record(row: tuple[Any, ...], asked: Sequence[tuple[Any, ...]]) -> BatchRecord:
    number, project, endpoint, model, made_at, settings, name, status = row
    requests = tuple(map(_request, asked))
    return BatchRecord(number, project, endpoint, model, made_at, requests, json.loads(settings), name, status)


def _request(row: tuple[Any, ...]) -> BatchRequest:
    key, target, module_hash, dollars, earlier, kept, done = row
    lists = (tuple(json.loads(earlier)), tuple(json.loads(kept)))
    return BatchRequest(key, target, module_hash, dollars, *lists, bool(done))


def _text(word: str) -> str:
    """Return a name that SQLite takes: a path may have bytes that are no text."""
    return word.encode("utf-8", "replace").decode("utf-8")
