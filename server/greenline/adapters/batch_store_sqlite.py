"""Keeps which batches were handed in, in the person's data folder: names, hashes and numbers, nothing that was sent.

It is no cache: what is not here is paid, and never collected. So what cannot be written is a problem, not a warning.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any

from greenline.adapters.turns import the_turn
from greenline.domain.asking.batches import BatchRecord, BatchRequest, BatchStatus
from greenline.ports.batch_store import AskedAlready, BatchStoreProblem

_PATIENCE = 10.0
"""Seconds to wait for another process that writes."""
_KEPT_FOR = 60 * 86_400.0
"""Seconds after which batches that have ended are forgotten: twice as long as a provider keeps answers."""
_UNUSABLE = (
    "Greenline cannot use its list of batches {}: {}. See that it can be written there and that the disk has room. A "
    "damaged file can be moved away; the batches that only it knows are not collected then."
)
_BATCHES = (
    "create table if not exists batch_1 (id text primary key, project text not null, endpoint text not null, "
    "model text not null, made_at real not null, settings text not null, name text not null, status text not null)"
)
_REQUESTS = (
    "create table if not exists asked_1 (key text primary key, batch text not null, target text not null, "
    "module_hash text not null, dollars real, ledger integer, earlier text not null, kept text not null, "
    "done integer not null)"
)
_TABLES = (_BATCHES, _REQUESTS, "create index if not exists asked_1_batch on asked_1 (batch)")
"""With the version of their rows: those that another Greenline made are left to it."""
_ADD = "insert into batch_1 values (?, ?, ?, ?, ?, ?, ?, ?)"
_ASK = "insert into asked_1 values (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_OPEN = (
    "select id, project, endpoint, model, made_at, settings, name, status from batch_1 "
    "where project = ? and status in ('handing_in', 'waiting') order by made_at, id"
)
_ASKED = (
    "select key, target, module_hash, dollars, ledger, earlier, kept, done from asked_1 where batch = ? order by rowid"
)
_COLLECTED = (
    "update batch_1 set status = 'collected' where id = ? and status = 'waiting' "
    "and not exists (select 1 from asked_1 where batch = ? and done = 0)"
)
_WAITS = (
    "select 1 from asked_1 join batch_1 on batch_1.id = asked_1.batch "
    "where project = ? and target = ? and done = 0 and status in ('handing_in', 'waiting')"
)
_OPEN_AGAIN = (
    "update batch_1 set status = 'waiting' where status = 'collected' and id in "
    "(select batch from asked_1 where key = ?)"
)
_OLD = "select id from batch_1 where made_at < ? and status not in ('handing_in', 'waiting')"


class BatchStoreSqlite:
    """Implements ``BatchStore``: one SQLite file, and a folder beside it that says whose turn it is."""

    def __init__(self, file: Path, now: Callable[[], float] = time.time) -> None:
        self._file = file
        self._turns = file.with_name("batch-turns")
        self._now = now

    def add(self, records: Sequence[BatchRecord], *, after: str = "", tried: Collection[str] = ()) -> None:
        """Write down batches that are about to be handed in; see ``BatchStore``."""
        with self._writing() as base:
            _forget(base, self._now() - _KEPT_FOR)
            _mark(base, after, tried)
            _refuse_twice(base, records)
            for record in records:
                base.execute(_ADD, _row(record))
                base.executemany(_ASK, [_asked_row(record.id, request) for request in record.requests])

    def named(self, record: str, name: str) -> None:
        """Write down the provider's name; see ``BatchStore``."""
        with self._writing() as base:
            base.execute("update batch_1 set name = ?, status = 'waiting' where id = ?", (name, record))

    def tried(self, record: str, keys: Collection[str]) -> None:
        """Write down what was tried; see ``BatchStore``."""
        with self._writing() as base:
            _mark(base, record, keys)

    def close(self, record: str, status: BatchStatus) -> None:
        """Write down how it ended; see ``BatchStore``."""
        with self._writing() as base:
            base.execute("update batch_1 set status = ? where id = ?", (status, record))
            if status == "refused":
                _open_before(base, record)

    def open_in(self, project: Path) -> tuple[BatchRecord, ...]:
        """Return the batches of a project that have not ended here; see ``BatchStore``."""
        if not self._there():
            return ()
        with self._writing() as base:
            rows = base.execute(_OPEN, (_text(str(project)),)).fetchall()
            return tuple(_record(row, base.execute(_ASKED, (row[0],)).fetchall()) for row in rows)

    def names(self) -> frozenset[str]:
        """Return the names of all batches that are known; see ``BatchStore``."""
        with self._writing() as base:
            return frozenset(str(name) for (name,) in base.execute("select name from batch_1 where name != ''"))

    def turn(self, record: str) -> AbstractContextManager[None] | None:
        """Take the turn; see ``BatchStore``."""
        return the_turn(self._turns, self._file.with_name(record))

    def _there(self) -> bool:
        try:
            return self._file.exists()
        except OSError as error:
            raise BatchStoreProblem(f"{self._file} cannot be read: {error}.") from error

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """Open the file for one step, which is done wholly or not at all."""
        try:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._file, timeout=_PATIENCE, isolation_level=None)) as base:
                base.execute("pragma journal_mode = wal")
                base.execute("pragma synchronous = full")
                base.execute("begin immediate")
                for statement in _TABLES:
                    base.execute(statement)
                yield base
                base.execute("commit")
        except (sqlite3.Error, OSError, ValueError) as error:
            raise BatchStoreProblem(_UNUSABLE.format(self._file, error)) from error


def _mark(base: sqlite3.Connection, record: str, keys: Collection[str]) -> None:
    base.executemany("update asked_1 set done = 1 where batch = ? and key = ?", [(record, key) for key in keys])
    base.execute(_COLLECTED, (record, record))


def _refuse_twice(base: sqlite3.Connection, records: Sequence[BatchRecord]) -> None:
    """Raise AskedAlready where a target waits already. A request that follows another one is no second one."""
    for record in records:
        for request in record.requests:
            where = (_text(record.project), _text(request.target))
            if not request.earlier and base.execute(_WAITS, where).fetchone():
                raise AskedAlready(f"{request.target} waits in another batch already.")


def _open_before(base: sqlite3.Connection, record: str) -> None:
    """Open the requests again that those of a record would have followed: their answers were paid."""
    for (earlier,) in base.execute("select earlier from asked_1 where batch = ?", (record,)).fetchall():
        for _, key in json.loads(earlier)[-1:]:
            base.execute("update asked_1 set done = 0 where key = ?", (key,))
            base.execute(_OPEN_AGAIN, (key,))


def _forget(base: sqlite3.Connection, before: float) -> None:
    old = base.execute(_OLD, (before,)).fetchall()
    base.executemany("delete from asked_1 where batch = ?", old)
    base.executemany("delete from batch_1 where id = ?", old)


def _row(record: BatchRecord) -> tuple[object, ...]:
    words = (record.id, _text(record.project), record.endpoint, record.model)
    return (*words, record.made_at, json.dumps(dict(record.settings)), record.name, record.status)


def _asked_row(batch: str, request: BatchRequest) -> tuple[object, ...]:
    words = (request.key, batch, _text(request.target), request.module_hash)
    lists = (json.dumps(request.earlier), json.dumps(request.kept))
    return (*words, request.dollars, request.ledger, *lists, int(request.done))


def _record(row: tuple[Any, ...], asked: Sequence[tuple[Any, ...]]) -> BatchRecord:
    number, project, endpoint, model, made_at, settings, name, status = row
    requests = tuple(map(_request, asked))
    return BatchRecord(number, project, endpoint, model, made_at, requests, json.loads(settings), name, status)


def _request(row: tuple[Any, ...]) -> BatchRequest:
    key, target, module_hash, dollars, ledger, earlier, kept, done = row
    before = tuple((str(batch), str(its)) for batch, its in json.loads(earlier))
    return BatchRequest(key, target, module_hash, dollars, ledger, before, tuple(json.loads(kept)), bool(done))


def _text(word: str) -> str:
    """Return a name that SQLite takes: a path may have bytes that are no text."""
    return word.encode("utf-8", "replace").decode("utf-8")
