"""The gaps of a repository, ranked by what tests would be worth; what a filter leaves out is counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path
from sys import intern
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from greenline.domain.coverage.model import Ratio, Summary
from greenline.domain.coverage.worth import FileWorth, lines_to
from greenline.ports.history import HistoryProblem
from greenline.services.projects_by_folder import ProjectsByFolder
from greenline.services.source_files import source_files

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from greenline.domain.coverage.worth import FileRow
    from greenline.ports.history import Churn
    from greenline.ports.project import ProjectFinder
    from greenline.ports.survey import Survey
    from greenline.services.picture_basis import Basis, PictureBasis

Order = Literal["worth", "classic"]
TIERS = ((500, "over 500 statements"), (300, "300 to 500"), (150, "150 to 300"), (0, "under 150"))
"""The least number of statements that is above, and the words."""

MEASURE_AGAIN = "measure the tests again (`greenline test --affected`)"
_NAMED = 5
"""Packages, where none is like the one that was asked for."""
_TOLD_BY_A_RUN = {"no-data", "outdated"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to keep of a ranking; the defaults keep all."""

    order: Order = "worth"
    top: int | None = None
    """So many files at most."""
    below: float | None = None
    """Files of which fewer percent are covered, lines and branches together."""
    min_statements: int = 0
    packages: tuple[str, ...] = ()
    """Dotted names or patterns; a package stands for those below it. One that no file is in raises NoSuchPackage."""
    changed_since: str = ""
    """Files that differ from where HEAD and this branch part; empty for all."""


class NoSuchPackage(Exception):
    """No file is in a package that was named; the message says which are like it."""


@dataclass(frozen=True, slots=True)
class Goal:
    """What it takes to bring the first files of a ranking to so many percent."""

    percent: int
    files: int
    lines: int
    points: float
    """Percent of all statements looked at."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """Files that have gaps, the worthiest first. ``total`` counts all files that could be measured, shown or not."""

    files: tuple[FileWorth, ...]
    total: Summary
    left_out: Mapping[str, int]
    """How many files with gaps by the words of the filter that took them."""
    complete: int = 0
    """Files without a gap."""
    not_told: int = 0
    """Files that the coverage data leaves out."""
    tests_left_out: int = 0
    problems: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)
    """Files of which something should be known and is not, by the reason."""
    unmeasured: int = 0
    """How many those are."""
    unknown: int = 0
    """Lines that changed since they were measured."""
    basis: tuple[Basis, ...] = ()
    """What it rests on, for each project that has a measured file."""
    without_commits: str = ""
    """Why nobody knows how often files changed, if so."""
    changed_since: str = ""
    """Where only gaps in changed lines count."""
    changed: Ratio = field(default_factory=lambda: Ratio(0, 0))
    """Of the statements in those lines."""
    summaries: Mapping[Path, Summary] = field(default_factory=dict)
    """What the total is the sum of, by file."""
    to_measure: tuple[Path, ...] = ()
    """Files that a run of the tests would tell of."""
    whole: tuple[FileRow, ...] = ()
    """Those of the complete files that no filter takes: for who draws all."""
    skipped: tuple[Path, ...] = ()
    """Folders that were not looked into: environments, and what tools made."""

    @property
    def not_known(self) -> str:
        """Why its figures cannot be relied on, and what to do; empty where all is known that should be."""
        if self.unmeasured:
            noun = "changed file" if self.changed_since else "file"
            files = f"1 {noun}" if self.unmeasured == 1 else f"{self.unmeasured} {noun}s"
            message, paths = next(iter(self.problems.items()), ("", ()))
            named = not paths or paths[0].name in message
            return f"nothing is known of {files}: {message or MEASURE_AGAIN}" + ("" if named else f" ({paths[0].name})")
        if self.unknown:
            lines = "1 line" if self.unknown == 1 else f"{self.unknown} lines"
            return f"{lines} changed after they were measured: {MEASURE_AGAIN}"
        return ""

    def goal(self, percent: int) -> Goal:
        """Return what it takes for the files of this ranking."""
        below = [lines for file in self.files if (lines := lines_to(file.row.summary.lines, percent))]
        points = 100 * sum(below) / self.total.lines.total if self.total.lines.total else 0.0
        return Goal(percent, len(below), sum(below), points)


class RankGaps:
    """Surveys every file once, counts, weighs and sorts. Runs nothing of the project's."""

    def __init__(self, projects: ProjectFinder, survey: Survey, churn: Churn, basis: PictureBasis) -> None:
        self._projects = projects
        self._basis = basis
        self._survey = survey
        self._churn = churn

    def rank(self, paths: Sequence[Path], wanted: Wanted = Wanted()) -> Ranking:
        """Look at the files and at the Python files in the folders.

        Raises HistoryProblem where git knows no such branch, and NoSuchPackage.
        """
        projects = ProjectsByFolder(self._projects)
        found = source_files(paths, projects, ignored=self._churn)
        files = found.files
        folders = _folders(paths)
        unchanged = 0
        if wanted.changed_since:
            changed = frozenset().union(*(self._churn.changed_files(one, wanted.changed_since) for one in folders))
            unchanged = len(files) - len(files := [file for file in files if file in changed])
        rows, calls = _kept(self._survey(files), files)
        if not wanted.changed_since:  # else there may well be no file of it
            _refuse_unknown(wanted.packages, {row.package for row in rows})
        commits, problem = self._commits(folders)

        def worth(row: FileRow) -> FileWorth:
            return FileWorth(row, commits.get(row.path, 0), calls)

        with_gaps = sorted((row for row in rows if row.functions), key=_key(wanted.order, worth))
        kept, left_out = _filtered(with_gaps, wanted)
        if unchanged:
            left_out = {f"unchanged since {wanted.changed_since}": unchanged, **left_out}
        return Ranking(
            tuple(map(worth, kept)),
            _total(rows),
            left_out,
            sum(map(_is_complete, rows)),
            sum(map(_is_left_out, rows)),
            found.tests,
            _problems(rows),
            sum(row.state != "measured" for row in rows),
            sum(row.unknown for row in rows),
            self._basis_of(rows, projects),
            problem,
            wanted.changed_since,
            Ratio(sum(row.changed.covered for row in rows), sum(row.changed.total for row in rows)),
            {row.path: row.summary for row in rows if row.state == "measured"},
            tuple(row.path for row in rows if row.state in _TOLD_BY_A_RUN),
            tuple(row for row in rows if _is_complete(row) and not _why_not(row, wanted)),
            tuple(found.skipped),
        )

    def _commits(self, folders: Sequence[Path]) -> tuple[dict[Path, int], str]:
        """Return how often files changed, and why that is not known, if so."""
        found: dict[Path, int] = {}
        try:
            for folder in folders:
                found.update(self._churn.commits(folder))
        except HistoryProblem as problem:
            return {}, str(problem)
        return found, ""

    def _basis_of(self, rows: Iterable[FileRow], projects: ProjectFinder) -> tuple[Basis, ...]:
        """Return it for the projects of all folders that hold a measured file."""
        some = {row.path.parent: row.path for row in rows if row.state == "measured"}
        found = {project.root: project for project in map(projects.project_of, some.values())}
        return tuple(map(self._basis.of, found.values()))


def tier_of(statements: int) -> str:
    """Return the words of the tier that a file of so many statements is in."""
    return next(words for least, words in TIERS if statements > least or not least)


def _kept(rows: Iterable[FileRow], files: Sequence[Path]) -> tuple[list[FileRow], Counter[str]]:
    """Return the rows without what they call, and all that is called: of a large repository that would be most."""
    calls: Counter[str] = Counter()
    kept, ours, none = [], {file: file for file in files}, MappingProxyType[str, int]({})
    for row in rows:
        calls.update(row.called)
        state, package = intern(row.state), intern(row.package)  # another process sent them, each time anew
        kept.append(replace(row, path=ours[row.path], state=state, package=package, called=none))
    return kept, calls


def _filtered(rows: Iterable[FileRow], wanted: Wanted) -> tuple[list[FileRow], dict[str, int]]:
    left_out: Counter[str] = Counter()
    kept: list[FileRow] = []
    for row in rows:
        why = _why_not(row, wanted)
        if not why and wanted.top is not None and len(kept) >= wanted.top:
            why = f"behind the first {wanted.top}"
        if why:
            left_out[why] += 1
        else:
            kept.append(row)
    return kept, dict(left_out)


def _why_not(row: FileRow, wanted: Wanted) -> str:
    lines = row.summary.lines
    if wanted.packages and not any(_is_in(row.package, package) for package in wanted.packages):
        return f"not in {', '.join(wanted.packages)}"
    if lines.total < wanted.min_statements:
        return f"under {wanted.min_statements} statements"
    if wanted.below is not None and row.summary.percent >= wanted.below:
        return f"at {wanted.below:g} % or more"
    return ""


def _refuse_unknown(wanted: Sequence[str], known: Collection[str]) -> None:
    """Raise NoSuchPackage for the first that no package is, or is in."""
    for name in wanted:
        if any(_is_in(package, name) for package in known):
            continue
        above = {
            ".".join(parts[:depth]) for parts in (one.split(".") for one in known) for depth in range(1, len(parts))
        }
        near = get_close_matches(name, sorted({*known, *above} - {""}), n=3, cutoff=0.5)
        some = near or sorted({*known} - {""})[:_NAMED]
        raise NoSuchPackage(f"no file is in the package {name!r}" + (f"; there is {', '.join(some)}" if some else ""))


def _is_in(package: str, wanted: str) -> bool:
    return package == wanted or package.startswith(f"{wanted}.") or fnmatchcase(package, wanted)


def _key(order: Order, worth: Callable[[FileRow], FileWorth]) -> Callable[[FileRow], tuple[float, Path]]:
    if order == "classic":
        return lambda row: (-worth(row).classic, row.path)
    return lambda row: (-worth(row).worth, row.path)


def _total(rows: Iterable[FileRow]) -> Summary:
    counts = [0, 0, 0, 0]
    for row in rows:
        lines, branches = row.summary.lines, row.summary.branches
        for place, number in enumerate((lines.covered, lines.total, branches.covered, branches.total)):
            counts[place] += number
    return Summary(Ratio(counts[0], counts[1]), Ratio(counts[2], counts[3]))


def _problems(rows: Iterable[FileRow]) -> dict[str, tuple[Path, ...]]:
    found: dict[str, list[Path]] = {}
    for row in rows:
        if row.message and not _is_left_out(row):
            found.setdefault(row.message, []).append(row.path)
    return {message: tuple(paths) for message, paths in found.items()}


def _is_left_out(row: FileRow) -> bool:
    """Tell whether the data says nothing of the file, though it could: nobody has to do anything."""
    return row.state == "measured" and bool(row.message)


def _is_complete(row: FileRow) -> bool:
    return row.state == "measured" and not row.functions and not row.message


def _folders(paths: Sequence[Path]) -> list[Path]:
    """Return the folders that git is asked in, each once."""
    return list(dict.fromkeys(path if path.is_dir() else path.parent for path in map(Path.absolute, paths)))


__all__ = [
    "MEASURE_AGAIN",
    "TIERS",
    "Goal",
    "HistoryProblem",
    "NoSuchPackage",
    "RankGaps",
    "Ranking",
    "Wanted",
    "tier_of",
]
