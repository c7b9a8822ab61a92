"""An index of a report that can only be read as a whole: made once for each state of it, in the cache folder."""

from __future__ import annotations

import json
import logging
import os
import sqlite3
import time
import uuid
from collections import OrderedDict
from contextlib import closing, suppress
from functools import reduce
from hashlib import blake2b
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

from greenline.adapters.cobertura_xml import read_cobertura
from greenline.adapters.coverage_json import read_coverage_json
from greenline.adapters.index_process import LARGE
from greenline.adapters.lcov import read_lcov
from greenline.adapters.report_reading import ContextsRead, refuse_what_is_no_file
from greenline.domain.coverage.context_names import named_test
from greenline.domain.coverage.contexts import lines_of
from greenline.domain.coverage.model import BranchesTold, Executed
from greenline.domain.coverage.report_names import parts_of
from greenline.ports.coverage import CoverageProblem, NotReadYet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from greenline.adapters.index_process import IndexProcesses
    from greenline.adapters.report_content import FileCoverage
    from greenline.adapters.report_places import Kind, Report
    from greenline.domain.coverage.model import Arc

log = logging.getLogger(__name__)

_VERSION = 2
_MOST_OPEN = 4
_MOST = 20
"""Indexes kept; those made longest ago go first."""
_ABANDONED = 24 * 3600.0
"""Seconds after which what was begun and not ended is nobody's."""


class ReportIndexes:
    """Makes indexes and finds them again. Without a folder, or one that cannot be written to, they stay in memory.

    With ``processes`` nobody waits for large reports: NotReadYet is raised until one is read.
    """

    def __init__(self, folder: Path | None = None, processes: IndexProcesses | None = None) -> None:
        self._folder = folder
        self._processes = processes
        self._open: OrderedDict[str, sqlite3.Connection] = OrderedDict()
        self._useless: OrderedDict[str, str] = OrderedDict()
        """Why a report cannot be read: to find that out again takes as long as reading it."""

    def of(self, report: Report) -> IndexedReport:
        """Return what answers for this state of the report, whenever it is asked."""
        return IndexedReport(self, report)

    def forget(self, report: Report) -> None:
        """Remove the index."""
        key = _key(report)
        self._useless.pop(key, None)
        if key in self._open:
            self._open.pop(key).close()
        if self._folder is not None:
            with suppress(OSError):
                (self._folder / f"{key}.sqlite").unlink(missing_ok=True)

    def opened(self, report: Report) -> sqlite3.Connection:
        """Return the index of the report. Raises CoverageProblem."""
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
        if key in self._useless:
            raise CoverageProblem(self._useless[key])
        if not report.is_as_it_was:
            raise NotReadYet(f"{report.path.name} is being written; what it says is shown as soon as that has ended.")
        try:
            return self._read(report, key)
        except NotReadYet:
            raise
        except CoverageProblem as problem:
            self._useless[key] = str(problem)
            while len(self._useless) > _MOST:
                self._useless.popitem(last=False)
            raise

    def _read(self, report: Report, key: str) -> sqlite3.Connection:
        if self._folder is not None:
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
                if self._processes is not None and report.stamp[1] >= LARGE:
                    self._processes.make(report, key, self._folder)
                    found = self._on_disk(key)
                    if found is not None:
                        return found
                write_index(report, key, self._folder)
                return _opened(self._folder / f"{key}.sqlite")
            except (OSError, sqlite3.Error) as error:
                log.info("the index of %s stays in memory: %s", report.path, error)
        database = sqlite3.connect(":memory:", check_same_thread=False)
        _fill(database, report)
        return database


def write_index(report: Report, key: str, folder: Path, tell: Callable[[int], None] | None = None) -> None:
    """Make the index ``key`` of a report in the folder; ``tell`` hears how many bytes were read.

    Raises CoverageProblem for a report that cannot be read, OSError and sqlite3.Error where nothing can be written.
    """
    part = folder / f"{key}.{uuid.uuid4().hex}.part"
    try:
        with closing(sqlite3.connect(part)) as database:
            database.execute("pragma journal_mode = off")
            database.execute("pragma synchronous = off")
            _fill(database, report, tell)
        part.replace(folder / f"{key}.sqlite")
    finally:
        part.unlink(missing_ok=True)
    _tidy(folder)


class IndexedReport:
    """Implements ``ReportReader``."""

    def __init__(self, indexes: ReportIndexes, report: Report) -> None:
        self._indexes = indexes
        self._report = report

    def executed(self, names: Sequence[str]) -> Executed | None:
        """Return what the report says about the file under any of its names."""
        query = f"select lines, arcs, told from file where id in ({_chosen(names)}) order by id"  # noqa: S608 - marks
        found = [_unpacked(*row) for row in self._rows(query, *map(_text, names))]
        return reduce(Executed.merged, found) if found else None

    def contexts(self, names: Sequence[str]) -> ContextsRead | None:
        """Return what ran in which context of the file under any of its names."""
        if not self._rows(_chosen(names), *map(_text, names)):
            return None
        if self._report.kind != "json":
            return ContextsRead(lack="format")
        ((lack,),) = self._rows("select lack from about")
        query = f"select name, lines from context where file in ({_chosen(names)})"  # noqa: S608 - only marks
        found: dict[str, int] = {}
        for name, lines in self._rows(query, *map(_text, names)):
            found[name] = found.get(name, 0) | int.from_bytes(lines, "little")
        return ContextsRead(found, lack)

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


def _chosen(names: Sequence[str]) -> str:
    """Return the query for the numbers of a file."""
    return f"select distinct file from name where name in ({','.join('?' * len(names))})"  # noqa: S608 - only marks


def _files(path: Path, kind: Kind, tell: Callable[[int], None] | None) -> Iterator[FileCoverage]:
    with path.open("rb") as stream:
        if kind == "xml":
            found = read_cobertura(stream)
        else:
            text = TextIOWrapper(stream, encoding="utf-8", errors="surrogateescape")
            found = (read_coverage_json if kind == "json" else read_lcov)(text)
        for file in found:
            yield file
            if tell is not None:
                tell(stream.tell())


def _fill(database: sqlite3.Connection, report: Report, tell: Callable[[int], None] | None = None) -> None:
    """Read all of the report. Raises CoverageProblem."""
    database.execute("create table file (id integer primary key, lines blob not null, arcs text, told text)")
    database.execute(
        "create table name (name text not null, base text not null, file integer not null, likely integer)"
    )
    database.execute("create table context (file integer not null, name text not null, lines blob not null)")
    database.execute("create table about (lack text not null)")
    exported = named = False
    try:
        for number, file in enumerate(_files(report.path, report.kind, tell)):
            database.execute("insert into file values (?, ?, ?, ?)", (number, *_packed(file.executed)))
            rows = [(_text(n), _base(n), number, at == 0) for at, n in enumerate(file.names)]
            database.executemany("insert into name values (?, ?, ?, ?)", rows)
            exported = exported or file.contexts is not None
            if file.contexts:
                named = named or any(map(named_test, file.contexts))
                contexts = [(number, _text(name), _packed_bits(bits)) for name, bits in file.contexts.items()]
                database.executemany("insert into context values (?, ?, ?)", contexts)
    except CoverageProblem as problem:
        raise CoverageProblem(
            f"The coverage report {report.path} cannot be read: {problem}. Write it again, or leave it out of the "
            "setting greenline.coverage.file."
        ) from problem
    except OSError as error:
        raise CoverageProblem(f"The coverage report {report.path} cannot be read ({error.strerror}).") from error
    lack = "" if named else "recording" if exported else "export"
    database.execute("insert into about values (?)", (lack,))
    database.execute("create index context_file on context (file)")
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


def _packed_bits(bits: int) -> bytes:
    return bits.to_bytes(bits.bit_length() // 8 + 1, "little")


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
    """Return what tells this state of this report from any other. Raises CoverageProblem for what is no file."""
    refuse_what_is_no_file(report.path)
    identity = (str(report.path.absolute()), report.kind, *report.stamp)
    return blake2b(repr(identity).encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()


def _opened(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, check_same_thread=False)


def _tidy(folder: Path) -> None:
    with suppress(OSError):
        files = sorted(folder.glob("*.sqlite"), key=os.path.getmtime)
        for file in files[:-_MOST]:
            file.unlink()
        for part in folder.glob("*.part"):  # of a process that was ended
            if part.stat().st_mtime < time.time() - _ABANDONED:
                part.unlink()
