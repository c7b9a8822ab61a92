"""Keeps the ledger in the person's data folder: one SQLite file, names and numbers, nothing that was sent.

It is no cache: what was spent is not found out again. A file that is damaged is put aside, not removed.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from greenline.domain.asking.entries import Entry, Kept
from greenline.domain.asking.model import Usage

log = logging.getLogger(__name__)
Found = TypeVar("Found")

_PATIENCE = 2.0
"""Seconds to wait for another process that writes."""
_DAMAGED = ("not a database", "malformed", "unsupported file format")
"""In what SQLite says (Python 3.10 has no codes): whatever else is wrong, a full disk say, the file is good."""
_REQUESTS = (
    "create table if not exists request_3 (id text primary key, at real not null, model text not null, "
    "project text not null, target text not null, fresh integer not null, cache_written integer not null, "
    "cache_read integer not null, output integer not null, dollars real, outcome text not null, "
    "exact integer not null, batch integer not null, prompts text not null)"
)
_TESTS = "create table if not exists kept_1 (at real not null, project text, target text, tests integer not null)"
_TABLES = (
    _REQUESTS,
    _TESTS,
    "create index if not exists request_3_at on request_3 (at)",
    "create index if not exists kept_1_at on kept_1 (at)",
)
"""With the version of their rows: those that another Greenline made are left to it."""
_COLUMNS = (
    "id, at, model, project, target, fresh, cache_written, cache_read, output, dollars, outcome, exact, batch, prompts"
)
_TOLD = ("fresh", "cache_written", "cache_read", "output", "dollars", "outcome", "exact")
"""Columns that say what became of a request."""
_PUT = (
    f"insert into request_3 ({_COLUMNS}) values ({', '.join('?' * 14)}) on conflict (id) do update "  # noqa: S608
    f"set {', '.join(f'{name} = excluded.{name}' for name in _TOLD)} where outcome != 'answered'"
)
_RELEASE = "update request_3 set dollars = 0, outcome = 'cancelled' where id = ? and outcome = 'open'"
_SUM = "select coalesce(sum(dollars), 0) from request_3 where at >= ?"
_READ = f"select {_COLUMNS} from request_3 where at >= ? order by at, rowid"  # noqa: S608
_KEEP = "insert into kept_1 values (?, ?, ?, ?)"
_KEPT_FOR = 400 * 86_400.0
"""Seconds: a year, with the month before it to compare. What is older nothing here adds up, and a file must not grow
for ever; who wants to know what it cost has the provider's bills."""
_FORGET = ("delete from request_3 where at < ?", "delete from kept_1 where at < ?")
_READ_KEPT = "select at, project, target, tests from kept_1 where at >= ? order by at"


class LedgerSqlite:
    """Implements ``Ledger``. What cannot be written now counts in this process, and is written when it can be."""

    def __init__(self, file: Path, now: Callable[[], float] = time.time) -> None:
        self._file = file
        self._now = now
        self._lock = threading.Lock()
        self._here: dict[str, Entry] = {}
        """Requests that were begun and are not in the file."""
        self._ended: dict[str, Entry] = {}
        """Requests that may be open in the file, though they have ended."""
        self._released: set[str] = set()
        """Requests that may be open in the file, though they were never made."""
        self._kept: list[Kept] = []
        """What is not in the file."""
        self._tidied = False
        self._said = False

    def spent_today(self) -> float:
        """Return the dollars since midnight, of all processes as far as the file can be read."""
        with self._lock:
            since = _midnight(self._now())
            return self._read(lambda base: _sum(base, since), 0.0) + self._sum_here(since)

    def begin(self, entry: Entry, most_today: float) -> bool:
        """Write a request down, unless the day would cost more; see ``Ledger``."""
        return bool(self.begin_all([entry], most_today))

    def begin_all(self, entries: Sequence[Entry], most_today: float) -> frozenset[str]:
        """Write down as many requests as the day pays; see ``Ledger``."""
        with self._lock:
            since = _midnight(self._now())
            here = self._sum_here(since)

            def put(base: sqlite3.Connection) -> Sequence[Entry] | None:
                paid = _paid(entries, most_today - _sum(base, since) - here)
                base.executemany(_PUT, [_row(entry) for entry in paid])
                return paid

            begun = self._write(put, None)
            if begun is None:
                begun = _paid(entries, most_today - here - self._read(lambda base: _sum(base, since), 0.0))
                self._here.update((entry.id, entry) for entry in begun)
            return frozenset(entry.id for entry in begun)

    def end(self, entry: Entry) -> None:
        """Write down what became of a request; see ``Ledger``."""
        with self._lock:
            (self._here if entry.id in self._here else self._ended)[entry.id] = entry
            self._write(lambda _: None, None)

    def release(self, ids: Collection[str]) -> None:
        """Write down that requests were never made; see ``Ledger``."""
        with self._lock:
            for each in ids:
                if each not in self._here:
                    self._released.add(each)
                elif self._here[each].outcome == "open":
                    del self._here[each]
            self._write(lambda _: None, None)

    def keep(self, kept: Kept) -> None:
        """Write down how many tests a target got."""
        with self._lock:
            self._kept.append(kept)
            self._write(lambda _: None, None)

    def entries(self, since: float) -> tuple[Entry, ...]:
        """Return the requests since then, the oldest first."""
        none: list[Entry] = []
        with self._lock:
            there = self._read(lambda base: [_entry(row) for row in base.execute(_READ, (since,))], none)
            here = [entry for entry in self._here.values() if entry.when >= since]
        return tuple(sorted([*there, *here], key=lambda entry: entry.when))

    def kept(self, since: float) -> tuple[Kept, ...]:
        """Return the tests that were kept since then, the oldest first."""
        none: list[Kept] = []
        with self._lock:
            there = self._read(lambda base: [Kept(*row) for row in base.execute(_READ_KEPT, (since,))], none)
            here = [kept for kept in self._kept if kept.when >= since]
        return tuple(sorted([*there, *here], key=lambda kept: kept.when))

    def _sum_here(self, since: float) -> float:
        return sum(entry.dollars or 0.0 for entry in self._here.values() if entry.when >= since)

    def _read(self, work: Callable[[sqlite3.Connection], Found], otherwise: Found) -> Found:
        try:
            if not self._file.exists():
                return otherwise
            with closing(sqlite3.connect(self._file, timeout=_PATIENCE)) as base:
                return work(base)
        except (sqlite3.Error, OSError) as error:
            if "no such table" not in str(error):
                self._say(f"Greenline cannot read its ledger {self._file}: {error}.")
            return otherwise

    def _write(self, work: Callable[[sqlite3.Connection], Found], otherwise: Found) -> Found:
        """Do the work, and write what waits to be written, in one step."""
        try:
            try:
                return self._write_file(work)
            except sqlite3.DatabaseError as error:
                if not any(words in str(error) for words in _DAMAGED):
                    raise
                aside = self._put_aside()
                self._say(f"Greenline's ledger {self._file} was damaged ({error}); it is {aside} now, and made anew.")
                return self._write_file(work)
        except (sqlite3.Error, OSError) as error:
            self._say(
                f"Greenline cannot write its ledger {self._file}: {error}. What models cost is known here until this "
                "process ends."
            )
            return otherwise

    def _write_file(self, work: Callable[[sqlite3.Connection], Found]) -> Found:
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        done = [entry for entry in self._here.values() if entry.outcome != "open"]
        with closing(sqlite3.connect(self._file, timeout=_PATIENCE, isolation_level=None)) as base:
            base.execute("begin immediate")
            for statement in _TABLES:
                base.execute(statement)
            base.executemany(_PUT, [_row(entry) for entry in (*done, *self._ended.values())])
            base.executemany(_RELEASE, [(each,) for each in self._released])
            kept = [(each.when, _text(each.project), _text(each.target), each.tests) for each in self._kept]
            base.executemany(_KEEP, kept)
            if not self._tidied:
                for statement in _FORGET:
                    base.execute(statement, (self._now() - _KEPT_FOR,))
            found = work(base)
            base.execute("commit")
        self._tidied = True
        for entry in done:
            del self._here[entry.id]
        self._ended.clear()
        self._released.clear()
        self._kept.clear()
        return found

    def _put_aside(self) -> Path:
        aside = self._file.with_name(f"{self._file.name}.damaged-{int(self._now())}")
        for end in ("", "-journal"):
            there = Path(f"{self._file}{end}")
            if there.exists():
                there.replace(f"{aside}{end}")
        return aside

    def _say(self, message: str) -> None:
        if not self._said:
            self._said = True
            log.warning("%s", message)


def _midnight(now: float) -> float:
    """Return when the day began here."""
    return datetime.fromtimestamp(now).astimezone().replace(hour=0, minute=0, second=0, microsecond=0).timestamp()


def _sum(base: sqlite3.Connection, since: float) -> float:
    return float(base.execute(_SUM, (since,)).fetchone()[0])


def _paid(entries: Sequence[Entry], dollars: float) -> list[Entry]:
    """Return those that so many dollars pay, the first ones first; what costs nothing, or nobody knows what, always."""
    paid = []
    for entry in entries:
        if not entry.dollars or entry.dollars <= dollars:
            paid.append(entry)
            dollars -= entry.dollars or 0.0
    return paid


def _row(entry: Entry) -> tuple[object, ...]:
    usage = entry.usage
    tokens = (usage.fresh, usage.cache_written, usage.cache_read, usage.output)
    words = tuple(_text(word) for word in (entry.model, entry.project, entry.target))
    how = (entry.outcome, int(entry.exact), int(entry.batch), entry.prompts)
    return (entry.id, entry.when, *words, *tokens, entry.dollars, *how)


def _entry(row: tuple[Any, ...]) -> Entry:
    name, when, model, project, target, *tokens, dollars, outcome, exact, batch, prompts = row
    how = (outcome, bool(exact), bool(batch), prompts)
    return Entry(when, model, project, target, Usage(*tokens), dollars, *how, id=name)


def _text(word: str) -> str:
    """Return a name that SQLite takes: a path may have bytes that are no text."""
    return word.encode("utf-8", "replace").decode("utf-8")
