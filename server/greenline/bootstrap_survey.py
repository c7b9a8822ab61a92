"""Joins what draws pictures: for all services, and for processes that survey a repository, which load little else."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from platformdirs import user_cache_dir

import greenline
from greenline.adapters.coverage_parser import CoverageParser
from greenline.adapters.coverage_reports import CoverageReports
from greenline.adapters.disk_documents import DiskDocuments, ReadOnce
from greenline.adapters.documents_on_disk import SavedFiles
from greenline.adapters.git_history import GitHistory
from greenline.adapters.project_files import ProjectFiles
from greenline.adapters.reports_in_use import Choices, LookedOnce
from greenline.adapters.run_store_sqlite import RunStoreSqlite
from greenline.adapters.settled_reports import Patience
from greenline.adapters.survey_rows_sqlite import SurveyRowsSqlite
from greenline.services.mark_coverage import MarkCoverage
from greenline.services.measured_texts import Remembered
from greenline.services.projects_by_folder import ProjectsByFolder
from greenline.services.show_coverage import ShowCoverage
from greenline.services.stored_runs import StoredRuns
from greenline.services.survey_files import SurveyFiles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from greenline.domain.coverage.worth import FileRow
    from greenline.ports.documents import Documents
    from greenline.ports.project import ProjectFinder
    from greenline.settings import Settings

_DECIDING = ("domain/code/*.py", "domain/coverage/*.py", "adapters/coverage_*parser.py", "adapters/several_lines.py",
             "adapters/skimmed_tokens.py", "services/show_coverage.py", "services/survey_files.py")  # fmt: skip
"""The code that decides what a row says."""


class Known(Protocol):
    """What was measured and found out so far."""

    @property
    def remembered(self) -> Remembered: ...  # noqa: D102 - what these are, their classes say
    @property
    def runs(self) -> RunStoreSqlite: ...  # noqa: D102
    @property
    def parser(self) -> CoverageParser: ...  # noqa: D102
    @property
    def history(self) -> GitHistory: ...  # noqa: D102
    @property
    def reports(self) -> Choices: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Pictures:
    """What draws pictures, with its parts."""

    source: CoverageReports
    saved: SavedFiles
    stored: StoredRuns
    show: ShowCoverage
    marks: MarkCoverage

    def changed(self, settings: Settings) -> Callable[[Path, str], frozenset[int] | None] | None:
        """Return what tells the lines that count, where only changed ones do."""
        return (lambda path, text: self.marks.changed(path, text).lines) if settings.changed_since else None


def pictures(settings: Settings, documents: Documents, projects: ProjectFinder, known: Known) -> Pictures:
    """Build it for one face; ``documents`` are its open buffers, or the disk."""
    source = CoverageReports(
        settings.coverage_file, paths=settings.coverage_paths, cache=cache_folder() / "reports", choices=known.reports
    )
    saved = SavedFiles(documents if isinstance(documents, DiskDocuments) else None)
    stored = StoredRuns(known.runs, documents, saved)
    show = ShowCoverage(
        projects,
        source,
        known.parser,
        saved,
        known.remembered,
        stored=stored,
        history=known.history,
        since=settings.changed_since,
        is_open=documents.is_open,
        once=known.reports.once is not None,
    )
    marks = MarkCoverage(
        projects=projects,
        source=source,
        analyzer=known.parser,
        show=show,
        history=known.history,
        since=settings.changed_since,
    )
    return Pictures(source, saved, stored, show, marks)


def cache_folder() -> Path:
    """Return the person's, where what can be made again is kept."""
    return Path(user_cache_dir("greenline", appauthor=False))


def open_survey(settings: Settings) -> OpenSurvey:
    """Begin to look at files as they are on disk, each thing once."""
    return OpenSurvey(settings)


class OpenSurvey:
    """Implements ``Surveyor``. What it looked at is expected to stay as it is until it is closed."""

    def __init__(self, settings: Settings) -> None:
        self._once = LookedOnce()
        self._rows = SurveyRowsSqlite(cache_folder() / "surveys.sqlite3", made_by())
        documents, projects = ReadOnce(), ProjectsByFolder(ProjectFiles())
        reports = Choices(patience=Patience(empty=10.0), waits=True, once=self._once)
        known = Afresh(reports, runs=RunStoreSqlite(cache_folder() / "runs", once=True))
        drawn = pictures(settings, documents, projects, known)
        self._files = SurveyFiles(projects, documents, drawn.show, drawn.changed(settings), self._rows)

    def rows(self, paths: Sequence[Path]) -> Iterator[FileRow]:
        """Yield the rows in the order of the files."""
        return self._files.rows(paths)

    def close(self) -> None:
        """Let go of the report and of what is kept."""
        self._once.close()
        self._rows.close()


def made_by() -> str:
    """Return what changes whenever the same text and measurement may give another row."""
    import coverage  # noqa: PLC0415 - 60 ms, which the start of a command does not wait for

    here = Path(greenline.__file__).parent
    written = max((file.stat().st_mtime_ns for pattern in _DECIDING for file in here.glob(pattern)), default=0)
    return repr((greenline.__version__, coverage.__version__, sys.version_info[:3], written))


@dataclass(frozen=True, slots=True)
class Afresh:
    """Implements ``Known`` for a look that begins with nothing."""

    reports: Choices
    remembered: Remembered = field(default_factory=Remembered)
    runs: RunStoreSqlite = field(default_factory=lambda: RunStoreSqlite(cache_folder() / "runs"))
    parser: CoverageParser = field(default_factory=CoverageParser)
    history: GitHistory = field(default_factory=GitHistory)
