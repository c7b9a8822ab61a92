"""coverage.py's data file, one file's rows at a time."""

from __future__ import annotations

import re
import sqlite3
import string
import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING, TypeVar

from greenline.adapters.report_content import MOST_LINES
from greenline.adapters.report_reading import ContextsRead, refuse_what_is_no_file
from greenline.domain.coverage.context_names import named_test
from greenline.domain.coverage.contexts import bits_of, lines_of
from greenline.domain.coverage.model import Executed
from greenline.ports.coverage import CoverageProblem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from greenline.ports.coverage import ContextLack

Answer = TypeVar("Answer")

_SMALL = {ord(letter): letter.lower() for letter in string.ascii_uppercase}
_SLASHES = re.compile(r"[/\\]")
_SCHEMA = 7  # of every release since 5.0
_AGAIN = "Delete it and run the tests with coverage again."
_LONGEST = 20.0
"""Seconds of one question: a file can hold what never ends."""
_STEPS = 1_000_000
"""Of SQLite's machine, between two looks at the clock."""


class DataFile:
    """Implements ``ReportReader`` for a data file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def executed(self, names: Sequence[str]) -> Executed | None:
        """Return what the data says about the file under any of its names."""
        return self._ask(lambda database: _rows(database, self._path, names))

    def contexts(self, names: Sequence[str]) -> ContextsRead | None:
        """Return what ran in which context of the file under any of its names."""
        return self._ask(lambda database: _contexts_of(database, self._path, names))

    def names_like(self, file_name: str) -> list[str]:
        """Return the paths that end with it, after whatever kind of slash."""
        if not _can_be_in_it(file_name):
            return []
        query = "select path from file where path like ? escape '!' and typeof(path) = 'text'"
        ending = "%" + "".join(f"!{sign}" if sign in "!%_" else sign for sign in file_name)
        paths = self._ask(lambda database: [path for (path,) in database.execute(query, (ending,))])
        return [path for path in paths if _file_name(path) == _file_name(file_name)]

    def names(self) -> list[str]:
        """Return every path."""
        query = "select path from file where typeof(path) = 'text'"
        return self._ask(lambda database: [path for (path,) in database.execute(query)])

    def _ask(self, question: Callable[[sqlite3.Connection], Answer]) -> Answer:
        """Open the report for one question. Raises CoverageProblem."""
        _refuse_what_is_no_database(self._path)
        return _answered(self._path, lambda: self._answer(question))

    def _answer(self, question: Callable[[sqlite3.Connection], Answer]) -> Answer:
        with closing(_opened(self._path)) as database:
            return _limited(database, question)


class OpenDataFile(DataFile):
    """The same for many questions: stays open until it is closed, and has the paths by their files' names.

    For one thread.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._database: sqlite3.Connection | None = None
        self._named: dict[str, list[str]] = {}
        """By what stands behind the last slash, in small letters as SQLite compares them."""

    def names_like(self, file_name: str) -> list[str]:
        """Return the paths that end with it, after whatever kind of slash."""
        if not self._named:
            for name in self.names():
                self._named.setdefault(_file_name(name), []).append(name)
        small = file_name.translate(_SMALL)
        return [name for name in self._named.get(_file_name(file_name), ()) if name.translate(_SMALL).endswith(small)]

    def close(self) -> None:
        """Let go of the file."""
        if self._database is not None:
            self._database.close()
            self._database = None

    def _ask(self, question: Callable[[sqlite3.Connection], Answer]) -> Answer:
        if self._database is None:
            _refuse_what_is_no_database(self._path)
        return _answered(self._path, lambda: self._answer(question))

    def _answer(self, question: Callable[[sqlite3.Connection], Answer]) -> Answer:
        if self._database is None:
            self._database = _opened(self._path)
        return _limited(self._database, question)


def _file_name(path: str) -> str:
    return _SLASHES.split(path)[-1].translate(_SMALL)


def _opened(report: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{report.absolute().as_uri()}?mode=ro", uri=True, timeout=0.05)


def _limited(database: sqlite3.Connection, question: Callable[[sqlite3.Connection], Answer]) -> Answer:
    end = time.monotonic() + _LONGEST
    database.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
    return question(database)


def _answered(report: Path, answer: Callable[[], Answer]) -> Answer:
    """Return the answer. Raises CoverageProblem for whatever is wrong with the report."""
    try:
        return answer()
    except sqlite3.OperationalError as error:
        if "locked" in str(error) or "busy" in str(error):
            raise CoverageProblem(
                f"Coverage data {report} is being written by another process. It is read again when that has finished."
            ) from error
        raise CoverageProblem(f"Coverage data {report} cannot be read ({error}). {_AGAIN}") from error
    except sqlite3.Error as error:
        raise CoverageProblem(f"Coverage data {report} cannot be read ({error}). {_AGAIN}") from error
    except (TypeError, ValueError, OverflowError, AttributeError) as error:
        raise CoverageProblem(
            f"Coverage data {report} holds what coverage.py does not write ({error}). {_AGAIN}"
        ) from error
    except MemoryError as error:  # what sqlite says of some damage
        raise CoverageProblem(f"Coverage data {report} cannot be read (it is damaged). {_AGAIN}") from error


def _rows(database: sqlite3.Connection, report: Path, names: Sequence[str]) -> Executed | None:
    file_ids = _known_file(database, report, names)
    if not file_ids:
        return None
    if _has_arcs(database):
        query = f"select distinct fromno, tono from arc where file_id in ({_marks(file_ids)})"  # noqa: S608 - only marks
        arcs = frozenset(_arc(start, end) for start, end in database.execute(query, file_ids))
        return Executed(frozenset(line for arc in arcs for line in arc if line > 0), arcs)
    query = f"select numbits from line_bits where file_id in ({_marks(file_ids)})"  # noqa: S608 - only marks
    bits = 0
    for (numbits,) in database.execute(query, file_ids):
        bits |= _bits(numbits)
    return Executed(frozenset(lines_of(bits)))


def _contexts_of(database: sqlite3.Connection, report: Path, names: Sequence[str]) -> ContextsRead | None:
    file_ids = _known_file(database, report, names)
    if not file_ids:
        return None
    named = dict(database.execute("select id, context from context"))
    lack: ContextLack = "" if any(map(named_test, named.values())) else "recording"
    return ContextsRead(_by_context(database, named, file_ids), lack)


def _by_context(database: sqlite3.Connection, named: Mapping[int, str], file_ids: Sequence[int]) -> dict[str, int]:
    """Return the lines of each context as bit sets."""
    marks = _marks(file_ids)
    found: dict[str, int] = {}
    if _has_arcs(database):
        # Joined by SQLite, a context's lines are one row: a busy file has millions of arcs.
        query = (
            "select context_id, group_concat(line) from ("  # noqa: S608 - only marks
            f"select context_id, fromno as line from arc where file_id in ({marks}) and {_in_a_file('fromno')} union "
            f"select context_id, tono from arc where file_id in ({marks}) and {_in_a_file('tono')}) group by context_id"
        )
        for number, lines in database.execute(query, [*file_ids, *file_ids]):
            name = named.get(number, "")
            found[name] = found.get(name, 0) | bits_of(map(int, lines.split(",")))
        return found
    query = f"select context_id, numbits from line_bits where file_id in ({marks})"  # noqa: S608 - only marks
    for number, numbits in database.execute(query, file_ids):
        name = named.get(number, "")
        found[name] = found.get(name, 0) | _bits(numbits)
    return found


def _known_file(database: sqlite3.Connection, report: Path, names: Sequence[str]) -> list[int]:
    """Return the numbers of the file. Raises CoverageProblem for another format."""
    computed = database.execute("select name from sqlite_master where type = 'view'").fetchone()
    if computed is not None:  # its rows may have no end, and sorting them fills the disk
        raise ValueError(f"{computed[0]} is a view")
    version = database.execute("select version from coverage_schema").fetchone()
    if version is None or version[0] != _SCHEMA:
        raise CoverageProblem(
            f"Coverage data {report} has format {version[0] if version else 'unknown'}, and Greenline reads format "
            f"{_SCHEMA} (coverage 5.0 and later). Update coverage in the project and run the tests with it again."
        )
    return _file_ids(database, list(filter(_can_be_in_it, names)))


def _can_be_in_it(name: str) -> bool:
    """Tell whether SQLite can hold a name: not one of a file whose bytes are no UTF-8."""
    return name.encode("utf-8", "ignore").decode("utf-8") == name


def _has_arcs(database: sqlite3.Connection) -> bool:
    found = database.execute("select value from meta where key = 'has_arcs'").fetchone()
    return bool(found and int(found[0]))


def _arc(start: object, end: object) -> tuple[int, int]:
    if type(start) is not int or type(end) is not int or max(abs(start), abs(end)) > MOST_LINES:
        raise ValueError(f"a jump from line {str(start)[:40]} to line {str(end)[:40]}")
    return start, end


def _bits(numbits: object) -> int:
    if not isinstance(numbits, bytes) or len(numbits) > MOST_LINES // 8:
        raise ValueError(f"the lines {str(numbits)[:40]}")
    return int.from_bytes(numbits, "little")


def _in_a_file(column: str) -> str:
    return f"typeof({column}) = 'integer' and {column} between 1 and {MOST_LINES}"


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))


def _file_ids(database: sqlite3.Connection, names: Sequence[str]) -> list[int]:
    if sys.platform == "win32":
        wanted = {name.casefold() for name in names}
        return [i for i, path in database.execute("select id, path from file") if path.casefold() in wanted]
    query = f"select id from file where path in ({_marks(names)})"  # noqa: S608 - only marks
    return [row[0] for row in database.execute(query, names)]


def _refuse_what_is_no_database(report: Path) -> None:
    if report.is_dir():
        raise CoverageProblem(
            f"Coverage data {report} is a folder. Set the file in the coverage configuration (data_file) "
            "or in the setting greenline.coverage.file."
        )
    try:
        head = _head(report) if report.is_file() else b"?"
    except PermissionError as error:
        raise CoverageProblem(
            f"Coverage data {report} cannot be read (no permission). Make it readable, "
            "or delete it and run the tests with coverage again."
        ) from error
    except OSError as error:
        raise CoverageProblem(f"Coverage data {report} cannot be read ({error.strerror}). {_AGAIN}") from error
    if not report.is_file():
        refuse_what_is_no_file(report)
    if not head:
        raise CoverageProblem(f"Coverage data {report} is empty: the run that began it did not finish. {_AGAIN}")
    if head.startswith(b"!coverage.py: This is a private format"):
        raise CoverageProblem(
            f"Coverage data {report} was written by coverage 4, whose format is no longer read. "
            "Update coverage in the project and run the tests with it again."
        )


def _head(file: Path) -> bytes:
    with file.open("rb") as stream:
        return stream.read(64)
