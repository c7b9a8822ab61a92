"""An index of a report that can only be read as a whole: made once for each state of it, in the cache folder."""

from __future__ import annotations

import json
import logging
import os
import sqlite3
import uuid
from collections import OrderedDict
from contextlib import closing, suppress
from functools import reduce
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

from greenline.adapters.cobertura_xml import read_cobertura
from greenline.adapters.coverage_json import read_coverage_json
from greenline.adapters.lcov import read_lcov
from greenline.domain.coverage.contexts import lines_of
from greenline.domain.coverage.model import BranchesTold, Executed
from greenline.domain.coverage.report_names import parts_of
from greenline.ports.coverage import CoverageProblem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from greenline.adapters.report_content import FileCoverage
    from greenline.adapters.report_places import Kind, Report
    from greenline.domain.coverage.model import Arc

log = logging.getLogger(__name__)

_VERSION = 1
_MOST_OPEN = 4
_MOST = 20
"""Indexes kept; those made longest ago go first."""


class ReportIndexes:
    """Makes indexes and finds them again. Without a folder, or one that cannot be written to, they stay in memory."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._open: OrderedDict[str, sqlite3.Connection] = OrderedDict()

    def of(self, report: Report) -> IndexedReport:
        """Return what answers for the report as it is now, whenever it is asked."""
        return IndexedReport(self, report)

    def forget(self, report: Report) -> None:
        """Remove the index of the report as it is now."""
        key = _key(report)
        if key in self._open:
            self._open.pop(key).close()
        if self._folder is not None:
            with suppress(OSError):
                (self._folder / f"{key}.sqlite").unlink(missing_ok=True)

    def opened(self, report: Report) -> sqlite3.Connection:
        """Return the index of the report as it is now. Raises CoverageProblem."""
        key = _key(report)
        if key not in self._open:
            self._open[key] = self._on_disk(key) or self._made(report, key)
        self._open.move_to_end(key)
        while len(self._open) > _MOST_OPEN:
            self._open.popitem(last=False)[1].close()
        return self._open[key]

    def _on_disk(self, key: str) -> sqlite3.Connection | None:
        if self._folder is None or not (file := self._folder / f"{key}.sqlite").is_file():
            return None
        try:
            database = _opened(file)
            if database.execute("pragma user_version").fetchone()[0] == _VERSION:
                return database
            database.close()
        except sqlite3.Error as error:
            log.info("the index %s is of no use: %s", file, error)
        return None

    def _made(self, report: Report, key: str) -> sqlite3.Connection:
        if self._folder is not None:
            try:
                return self._made_on_disk(report, key, self._folder)
            except (OSError, sqlite3.Error) as error:
                log.info("the index of %s stays in memory: %s", report.path, error)
        database = sqlite3.connect(":memory:", check_same_thread=False)
        _fill(database, report)
        return database

    def _made_on_disk(self, report: Report, key: str, folder: Path) -> sqlite3.Connection:
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / f"{key}.{uuid.uuid4().hex}.part"
        try:
            with closing(sqlite3.connect(part)) as database:
                database.execute("pragma journal_mode = off")
                database.execute("pragma synchronous = off")
                _fill(database, report)
            part.replace(folder / f"{key}.sqlite")
        finally:
            part.unlink(missing_ok=True)
        _tidy(folder)
        return _opened(folder / f"{key}.sqlite")


class IndexedReport:
    """Implements ``ReportReader``."""

    def __init__(self, indexes: ReportIndexes, report: Report) -> None:
        self._indexes = indexes
        self._report = report

    def executed(self, names: Sequence[str]) -> Executed | None:
        """Return what the report says about the file under any of its names."""
        marks = ",".join("?" * len(names))
        chosen = f"select distinct file from name where name in ({marks})"  # noqa: S608 - only marks
        query = f"select lines, arcs, told from file where id in ({chosen}) order by id"  # noqa: S608 - as above
        found = [_unpacked(*row) for row in self._rows(query, *map(_text, names))]
        return reduce(Executed.merged, found) if found else None

    def names_like(self, file_name: str) -> list[str]:
        """Return the names that end with this file name."""
        query = "select distinct name from name where base = ? order by name"
        return [name for (name,) in self._rows(query, _text(file_name).casefold())]

    def names(self) -> list[str]:
        """Return the likeliest name of each file."""
        return [name for (name,) in self._rows("select distinct name from name where likely order by name")]

    def _rows(self, query: str, *values: str) -> list[Any]:
        """Ask the index; one that turns out to be damaged is made again."""
        try:
            return self._indexes.opened(self._report).execute(query, values).fetchall()
        except sqlite3.Error as error:
            log.info("the index of %s is made again: %s", self._report.path, error)
            self._indexes.forget(self._report)
            return self._indexes.opened(self._report).execute(query, values).fetchall()


def _files(path: Path, kind: Kind) -> Iterator[FileCoverage]:
    if kind == "xml":
        with path.open("rb") as stream:
            yield from read_cobertura(stream)
        return
    read = read_coverage_json if kind == "json" else read_lcov
    with path.open(encoding="utf-8", errors="surrogateescape") as text:
        yield from read(text)


def _fill(database: sqlite3.Connection, report: Report) -> None:
    """Read all of the report. Raises CoverageProblem."""
    database.execute("create table file (id integer primary key, lines blob not null, arcs text, told text)")
    database.execute(
        "create table name (name text not null, base text not null, file integer not null, likely integer)"
    )
    try:
        for number, file in enumerate(_files(report.path, report.kind)):
            database.execute("insert into file values (?, ?, ?, ?)", (number, *_packed(file.executed)))
            rows = [(_text(n), _base(n), number, at == 0) for at, n in enumerate(file.names)]
            database.executemany("insert into name values (?, ?, ?, ?)", rows)
    except CoverageProblem as problem:
        raise CoverageProblem(
            f"The coverage report {report.path} cannot be read: {problem}. Write it again, or leave it out of the "
            "setting greenline.coverage.file."
        ) from problem
    except OSError as error:
        raise CoverageProblem(f"The coverage report {report.path} cannot be read ({error.strerror}).") from error
    database.execute("create index name_base on name (base)")
    database.execute("create index name_name on name (name)")
    database.execute(f"pragma user_version = {_VERSION}")
    database.commit()


def _packed(executed: Executed) -> tuple[bytes, str | None, str | None]:
    told = executed.told
    return (
        _bits(executed.lines),
        None if executed.arcs is None else json.dumps(sorted(executed.arcs)),
        None if told is None else json.dumps([sorted(told.lines), sorted(told.untaken), sorted(told.unclear)]),
    )


def _bits(lines: frozenset[int]) -> bytes:
    found = bytearray(max(lines, default=0) // 8 + 1)
    for line in lines:
        found[line >> 3] |= 1 << (line & 7)
    return bytes(found)


def _unpacked(lines: bytes, arcs: str | None, told: str | None) -> Executed:
    ran = frozenset(lines_of(int.from_bytes(lines, "little")))
    taken = None if arcs is None else _arcs(json.loads(arcs))
    if told is None:
        return Executed(ran, taken)
    lines_told, untaken, unclear = json.loads(told)
    return Executed(ran, taken, BranchesTold(frozenset(lines_told), _arcs(untaken), frozenset(unclear)))


def _arcs(pairs: Sequence[Sequence[int]]) -> frozenset[Arc]:
    return frozenset((start, end) for start, end in pairs)


def _base(name: str) -> str:
    parts = parts_of(name)
    return _text(parts[-1]).casefold() if parts else ""


def _text(name: str) -> str:
    """Return what SQLite can hold: names need not be text."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


def _key(report: Report) -> str:
    """Return what tells this state of this report from any other. Raises CoverageProblem."""
    try:
        found = report.path.stat()
    except OSError as error:
        raise CoverageProblem(f"The coverage report {report.path} cannot be read ({error.strerror}).") from error
    if report.path.is_dir():
        raise CoverageProblem(f"The coverage report {report.path} is a folder. Name the file itself.")
    identity = (str(report.path.absolute()), report.kind, found.st_mtime_ns, found.st_size, found.st_ino)
    return blake2b(repr(identity).encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()


def _opened(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, check_same_thread=False)


def _tidy(folder: Path) -> None:
    with suppress(OSError):
        files = sorted(folder.glob("*.sqlite"), key=os.path.getmtime)
        for file in files[:-_MOST]:
            file.unlink()
