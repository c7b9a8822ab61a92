"""Keeps what runs measured in the person's cache folder: SQLite, one file for each project's root."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
import zlib
from contextlib import closing, suppress
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from greenline.adapters import run_store_reading as reading
from greenline.adapters import run_store_writing as writing
from greenline.adapters.run_store_schema import prepare

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from greenline.ports.run_store import RanText, RunRecord, StoredTest

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")

_PATIENCE = 3.0
"""Seconds to wait for another process that writes."""
_LARGEST = 256 * 1024 * 1024
"""Bytes of one project's file."""
_MOST_PROJECTS = 100
_OLDEST = 120 * 24 * 3600.0
"""Seconds after which a project that nobody ran is forgotten."""
_BROKEN = ("not a database", "malformed", "no such table", "no such column", "has no column", "unsupported file format")
_BUSY = ("locked", "busy")
_IMPOSSIBLE = (UnicodeEncodeError, OverflowError)
"""The fault is with what is to be written or asked, and not with the file."""


class RunStoreSqlite:
    """Implements ``RunStore``. Without a folder, and where the disk does not do, it all stays in memory.

    ``once``: whether somebody else writes is looked at once for each project, for one look at many files.
    """

    def __init__(self, folder: Path | None, *, once: bool = False) -> None:
        self._folder = folder
        self._looked: dict[Path, tuple[object, ...]] | None = {} if once else None
        self._lock = threading.RLock()
        self._in_memory: dict[Path, sqlite3.Connection] = {}
        self._changes = 0
        self._refused = 0
        """How often the store was in use: whoever was told that nothing is there asks again."""
        self._said: set[str] = set()
        self._tidied = False

    def record(self, root: Path, record: RunRecord) -> None:
        """Merge a run."""
        self._tidy()
        self._ask(root, lambda database: writing.write(database, root, record, _LARGEST), None, makes=True)
        self._changes += 1
        if self._looked is not None:
            self._looked.clear()

    def forget(self, root: Path) -> None:
        """Forget everything about a project."""
        self._ask(root, writing.empty, None)
        self._changes += 1

    def measured(self, root: Path, path: Path) -> tuple[RanText, ...]:
        """Return what was measured of one file, newest first."""
        nothing: tuple[RanText, ...] = ()
        return self._ask(root, lambda database: reading.measured(database, root, path), nothing)

    def texts(self, root: Path, path: Path) -> tuple[tuple[str, int], ...]:
        """Return the texts of a file that ran, newest first, each with the lines that ran outside of all tests."""
        nothing: tuple[tuple[str, int], ...] = ()
        return self._ask(root, lambda database: reading.texts(database, root, path), nothing)

    def saved_texts(self, root: Path, path: Path) -> tuple[tuple[str, float], ...]:
        """Return the texts of a file that ran as they were on disk, newest first, each with when it was written."""
        nothing: tuple[tuple[str, float], ...] = ()
        return self._ask(root, lambda database: reading.saved_texts(database, root, path), nothing)

    def newest_texts(self, root: Path) -> dict[Path, tuple[str, int]]:
        """Return of each file the newest text that ran, and its lines that ran outside of all tests."""
        nothing: dict[Path, tuple[str, int]] = {}
        return self._ask(root, lambda database: reading.newest_texts(database, root), nothing)

    def unsettled(self, root: Path) -> frozenset[Path]:
        """Return the files of which tests reached an older text than the newest."""
        nothing: frozenset[Path] = frozenset()
        return self._ask(root, lambda database: reading.unsettled(database, root), nothing)

    def whole_at(self, root: Path) -> float | None:
        """Return when all tests of the project last ran to their end in one run."""
        nothing: float | None = None
        return self._ask(root, reading.whole_at, nothing)

    def stamp(self, root: Path) -> object:
        """Return what changes whenever the store does, or could not be read."""
        if root in self._in_memory or self._folder is None:
            return self._changes
        return (self._refused, *self._written(root))

    def files(self, root: Path) -> dict[Path, float | None]:
        """Return the files that ran, and when the newest text that ran was written."""
        nothing: dict[Path, float | None] = {}
        return self._ask(root, lambda database: reading.files(database, root), nothing)

    def tests(self, root: Path) -> tuple[StoredTest, ...]:
        """Return every test that is known."""
        nothing: tuple[StoredTest, ...] = ()
        return self._ask(root, lambda database: reading.tests(database, root), nothing)

    def test_files(self, root: Path) -> dict[Path, str]:
        """Return the test files all of whose tests are known, with their fingerprint at that time."""
        nothing: dict[Path, str] = {}
        return self._ask(root, lambda database: reading.test_files(database, root), nothing)

    def reaching(self, root: Path, path: Path, lines: Mapping[str, int]) -> frozenset[str]:
        """Return the tests that ran one of the lines."""
        nothing: frozenset[str] = frozenset()
        return self._ask(root, lambda database: reading.reaching(database, root, path, lines), nothing)

    def file_of(self, root: Path) -> Path:
        """Return where the runs of a project are kept."""
        assert self._folder is not None
        digest = blake2b(str(root).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
        name = "".join(sign if sign.isalnum() or sign in "-_." else "_" for sign in root.name)[:40]
        return self._folder / f"{name or 'root'}-{digest}.sqlite3"

    def _written(self, root: Path) -> tuple[object, ...]:
        if self._looked is not None and root in self._looked:
            return self._looked[root]
        file = self.file_of(root)
        found = tuple(_stamp(Path(f"{file}{end}")) for end in ("", "-wal"))
        if self._looked is not None:
            self._looked[root] = found
        return found

    def _ask(
        self, root: Path, work: Callable[[sqlite3.Connection], Answer], otherwise: Answer, *, makes: bool = False
    ) -> Answer:
        try:
            return self._ask_anywhere(root, work, otherwise, makes=makes)
        except _IMPOSSIBLE as error:
            self._say(f"Greenline cannot keep all of what ran in {root}: {error}.")
            return otherwise

    def _ask_anywhere(
        self, root: Path, work: Callable[[sqlite3.Connection], Answer], otherwise: Answer, *, makes: bool
    ) -> Answer:
        if self._folder is None or root in self._in_memory:
            return self._ask_memory(root, work)
        file = self.file_of(root)
        if not makes and not file.exists():
            return otherwise
        try:
            try:
                return self._ask_disk(file, work)
            except _IMPOSSIBLE:
                raise
            except (sqlite3.Error, ValueError, zlib.error) as error:
                if not _is_broken(error):
                    raise
                self._say(f"Greenline's store of runs {file} was damaged ({error}) and is made anew.")
                _remove(file)
                return self._ask_disk(file, work)
        except _IMPOSSIBLE:
            raise
        except (sqlite3.Error, OSError, ValueError, zlib.error) as error:
            if any(word in str(error).lower() for word in _BUSY):
                self._refused += 1
                self._say(f"Greenline's store of runs {file} is in use by another process; it is left alone for now.")
                return otherwise
            self._say(f"Greenline cannot keep runs in {file} ({error}): what they measure is known until it ends.")
            return self._ask_memory(root, work)

    def _ask_disk(self, file: Path, work: Callable[[sqlite3.Connection], Answer]) -> Answer:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # it holds the texts that ran
        with closing(sqlite3.connect(file, timeout=_PATIENCE, isolation_level=None)) as database:
            database.execute("pragma synchronous = normal")
            prepare(database, _PATIENCE)
            return work(database)

    def _ask_memory(self, root: Path, work: Callable[[sqlite3.Connection], Answer]) -> Answer:
        with self._lock:
            database = self._in_memory.get(root)
            if database is None:
                database = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
                prepare(database, _PATIENCE)
                self._in_memory[root] = database
            return work(database)

    def _say(self, message: str) -> None:
        if message not in self._said:
            self._said.add(message)
            log.warning("%s", message)

    def _tidy(self) -> None:
        """Forget, once in a process, the projects that were not run for long, and those that are too many."""
        if self._tidied or self._folder is None:
            return
        self._tidied = True
        with suppress(OSError):
            stores = sorted(((f.stat().st_mtime, f) for f in self._folder.glob("*.sqlite3")), reverse=True)
            for number, (used, file) in enumerate(stores):
                if number >= _MOST_PROJECTS or used < time.time() - _OLDEST:
                    _remove(file)


def _is_broken(error: Exception) -> bool:
    """Tell whether the file holds something else than it should: another disk or another time would not help."""
    return not isinstance(error, sqlite3.Error) or any(word in str(error).lower() for word in _BROKEN)


def _remove(file: Path) -> None:
    for end in ("", "-wal", "-shm", "-journal"):
        with suppress(OSError):
            Path(f"{file}{end}").unlink()


def _stamp(file: Path) -> tuple[int, int]:
    try:
        stat = file.stat()
    except OSError:
        return (0, -1)
    return (stat.st_mtime_ns, stat.st_size)
