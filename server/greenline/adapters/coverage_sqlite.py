"""coverage.py's data file, one file's rows at a time."""

from __future__ import annotations

import sqlite3
import sys
import threading
from collections import OrderedDict
from contextlib import closing
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from greenline.adapters.coverage_config import CoverageConfigs
from greenline.domain.coverage.model import Executed
from greenline.ports.coverage import CoverageProblem, Measured

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from greenline.adapters.coverage_config import CoverageConfig
    from greenline.ports.coverage import Exclusions
    from greenline.ports.project import Project

Answer = TypeVar("Answer")

_SCHEMA = 7  # of every release since 5.0
_AGAIN = "Delete it and run the tests with coverage again."
_KEPT = 128


class CoverageSqlite:
    """Implements ``CoverageSource``. ``coverage_file`` is the person's own choice and wins over the configuration."""

    def __init__(self, coverage_file: str = "", environ: Mapping[str, str] | None = None) -> None:
        self.coverage_file = coverage_file
        self._configs = CoverageConfigs(environ)
        self._known: OrderedDict[tuple[object, ...], Measured | None] = OrderedDict()
        self._lock = threading.Lock()

    def report_of(self, project: Project) -> Path:
        """Return where the data is or would be. Raises CoverageProblem for a broken configuration."""
        if self.coverage_file:
            return project.root / Path(self.coverage_file).expanduser()
        return self._configs.of(project.root).data_file

    def measured(self, project: Project, path: Path) -> Measured | None:
        """Read one file's rows, once per state of the report. Raises CoverageProblem."""
        reports = _reports(self.report_of(project))
        if not reports:
            return None
        key = (path, *((report, *_stamp(report)) for report in reports))
        with self._lock:  # the doctor and the pictures ask on different threads
            if key not in self._known:
                self._known[key] = self._read(project, path, reports)
                if len(self._known) > _KEPT:
                    self._known.popitem(last=False)
            return self._known[key]

    def has_report(self, project: Project) -> bool:
        """Tell whether there is any data at all, combined or not."""
        return bool(_reports(self.report_of(project)))

    def written_at(self, project: Project) -> float | None:
        """Return when the newest data file was written."""
        return max((report.stat().st_mtime for report in _reports(self.report_of(project))), default=None)

    def files(self, project: Project) -> list[Path]:
        """Return every file that the data tells of. Raises CoverageProblem."""
        reports = _reports(self.report_of(project))
        return sorted({project.root / name for report in reports for name in _read(report, _all_names)})

    def exclusions(self, project: Project) -> Exclusions:
        """Return the patterns of the project's configuration."""
        return self._configs.of(project.root).exclusions

    def is_measured(self, project: Project, path: Path) -> bool:
        """Tell whether ``source``, ``include`` and ``omit`` leave the file in."""
        config = self._configs.of(project.root)
        if _matches(config.omit, path) or (config.source and not _in_source(config, project, path)):
            return False
        return bool(config.source) or not config.include or _matches(config.include, path)

    def _read(self, project: Project, path: Path, reports: Sequence[Path]) -> Measured | None:
        names = _names(project, path)
        found = [(report, executed) for report in reports if (executed := _executed(report, names)) is not None]
        if not found:
            return None
        executed = reduce(Executed.merged, (executed for _, executed in found))
        return Measured(executed, found[0][0], max(report.stat().st_mtime for report in reports))


def _reports(data_file: Path) -> list[Path]:
    """Return the data file, or without one the parallel files that nobody combined yet."""
    if _exists(data_file):
        return [data_file]
    try:
        parts = sorted(data_file.parent.glob(f"{_escaped(data_file.name)}.*"))
    except OSError:
        return []
    return [part for part in parts if part.is_file() and _head(part).startswith(b"SQLite format 3")]


def _executed(report: Path, names: Sequence[str]) -> Executed | None:
    """Return what the report says about the file under any of its names. Raises CoverageProblem."""
    return _read(report, lambda database: _rows(database, report, names))


def _read(report: Path, ask: Callable[[sqlite3.Connection], Answer]) -> Answer:
    """Open the report for one question. Raises CoverageProblem."""
    _refuse_what_is_no_database(report)
    try:
        with closing(sqlite3.connect(f"{report.absolute().as_uri()}?mode=ro", uri=True, timeout=0.05)) as database:
            return ask(database)
    except sqlite3.OperationalError as error:
        if "locked" in str(error) or "busy" in str(error):
            raise CoverageProblem(
                f"Coverage data {report} is being written by another process. It is read again when that has finished."
            ) from error
        raise CoverageProblem(f"Coverage data {report} cannot be read ({error}). {_AGAIN}") from error
    except sqlite3.Error as error:
        raise CoverageProblem(f"Coverage data {report} cannot be read ({error}). {_AGAIN}") from error


def _rows(database: sqlite3.Connection, report: Path, names: Sequence[str]) -> Executed | None:
    version = database.execute("select version from coverage_schema").fetchone()
    if version is None or version[0] != _SCHEMA:
        raise CoverageProblem(
            f"Coverage data {report} has format {version[0] if version else 'unknown'}, and Greenline reads format "
            f"{_SCHEMA} (coverage 5.0 and later). Update coverage in the project and run the tests with it again."
        )
    file_ids = _file_ids(database, names)
    if not file_ids:
        return None
    has_arcs = database.execute("select value from meta where key = 'has_arcs'").fetchone()
    marks = ",".join("?" * len(file_ids))
    if has_arcs and int(has_arcs[0]):
        query = f"select distinct fromno, tono from arc where file_id in ({marks})"  # noqa: S608 - only marks
        arcs = frozenset((start, end) for start, end in database.execute(query, file_ids))
        return Executed(frozenset(line for arc in arcs for line in arc if line > 0), arcs)
    query = f"select numbits from line_bits where file_id in ({marks})"  # noqa: S608 - only marks
    bits = 0
    for (numbits,) in database.execute(query, file_ids):
        bits |= int.from_bytes(numbits, "little")
    return Executed(frozenset(line for line in range(bits.bit_length()) if bits >> line & 1))


def _all_names(database: sqlite3.Connection) -> list[str]:
    return [path for (path,) in database.execute("select path from file")]


def _file_ids(database: sqlite3.Connection, names: Sequence[str]) -> list[int]:
    if sys.platform == "win32":
        wanted = {name.casefold() for name in names}
        return [i for i, path in database.execute("select id, path from file") if path.casefold() in wanted]
    query = f"select id from file where path in ({','.join('?' * len(names))})"  # noqa: S608 - only marks
    return [row[0] for row in database.execute(query, names)]


def _names(project: Project, path: Path) -> list[str]:
    """Return every name that the report may know the file by: as opened, resolved, relative to the root."""
    absolute, resolved = path.absolute(), _resolved(path)
    names = [str(absolute), str(resolved)]
    for file, root in ((absolute, project.root), (resolved, _resolved(project.root))):
        if file.is_relative_to(root):
            relative = file.relative_to(root)
            names += [str(relative), relative.as_posix()]
    return list(dict.fromkeys(names))


def _refuse_what_is_no_database(report: Path) -> None:
    if report.is_dir():
        raise CoverageProblem(
            f"Coverage data {report} is a folder. Set the file in the coverage configuration (data_file) "
            "or in the setting greenline.coverage.file."
        )
    try:
        head = _head(report)
    except PermissionError as error:
        raise CoverageProblem(
            f"Coverage data {report} cannot be read (no permission). Make it readable, "
            "or delete it and run the tests with coverage again."
        ) from error
    except OSError as error:
        raise CoverageProblem(f"Coverage data {report} cannot be read ({error.strerror}). {_AGAIN}") from error
    if not head:
        raise CoverageProblem(f"Coverage data {report} is empty: the run that began it did not finish. {_AGAIN}")
    if head.startswith(b"!coverage.py: This is a private format"):
        raise CoverageProblem(
            f"Coverage data {report} was written by coverage 4, whose format is no longer read. "
            "Update coverage in the project and run the tests with it again."
        )


def _in_source(config: CoverageConfig, project: Project, path: Path) -> bool:
    for entry in config.source:
        if path.is_relative_to(_normal(project.root / entry)):
            return True
        package = Path(*entry.split("."))
        for root in project.source_roots:
            if path.is_relative_to(root / package) or path == (root / package).with_suffix(".py"):
                return True
    return False


def _matches(patterns: Sequence[str], path: Path) -> bool:
    from coverage.files import GlobMatcher  # noqa: PLC0415 - 180 ms, loaded with the configuration before

    return bool(patterns) and GlobMatcher(patterns).match(str(path))


def _normal(path: Path) -> Path:
    return path.resolve() if ".." in path.parts else path


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        return path.absolute()


def _head(file: Path) -> bytes:
    with file.open("rb") as stream:
        return stream.read(64)


def _stamp(file: Path) -> tuple[int, int]:
    try:
        stat = file.stat()
    except OSError:
        return (0, -1)
    return (stat.st_mtime_ns, stat.st_size)


def _exists(file: Path) -> bool:
    try:
        return file.exists()
    except OSError:
        return True  # it is there, but not for us: reading it will say why


def _escaped(name: str) -> str:
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in name)
