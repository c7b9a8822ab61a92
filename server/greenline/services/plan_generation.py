"""Which functions of which files a run over many files is for, in which order; what is left out is counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import TYPE_CHECKING

from greenline.domain.bulk.plan import Plan, PlannedFunction, Wish, WorkUnit
from greenline.domain.code.fingerprints import fingerprints

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from greenline.domain.bulk.outcome import UnitOutcome
    from greenline.domain.coverage.worth import FileWorth
    from greenline.ports.documents import Documents
    from greenline.ports.project import ProjectFinder
    from greenline.services.rank_gaps import RankGaps, Ranking, Wanted

TRIED = "where all was tried already and is as it was"
_ONLY_OUTSIDE = "with gaps outside of functions only"
_NOT_NAMED = "without a gap in the functions that were named"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asked for: files and folders, and of some files only some functions (or classes) by name."""

    paths: tuple[Path, ...]
    only: Mapping[Path, frozenset[str]] = field(default_factory=dict)
    wishes: Mapping[Path, Wish] = field(default_factory=dict)
    """For files, and for all in folders; the nearest folder counts."""

    def wish(self, path: Path) -> Wish:
        """Return what is wished for a file."""
        return next((self.wishes[one] for one in (path, *path.parents) if one in self.wishes), Wish())


class PlanGeneration:
    """Ranks, filters and counts. Runs nothing of the project's and writes nothing."""

    def __init__(self, ranking: RankGaps, projects: ProjectFinder, documents: Documents, *, engine: str = "") -> None:
        """``engine`` is what decides, besides its text, how tests of a function are found: any words."""
        self._ranking = ranking
        self._projects = projects
        self._documents = documents
        self._engine = engine

    def plan(
        self,
        asked: Asked,
        wanted: Wanted,
        tried: Callable[[Collection[str]], Collection[str]] = lambda _: (),
        begun: Sequence[UnitOutcome] = (),
    ) -> Plan:
        """Return the plan. ``tried`` tells which of some keys an earlier run has done.

        ``begun`` is what this run did before it was interrupted: those files count for the first N, and what is over is
        not planned again. Raises HistoryProblem and NoSuchPackage.
        """
        ranking = self._ranking.rank(asked.paths, replace(wanted, top=None))
        done = {one.path: one.over for one in begun}
        room = len(ranking.files) if wanted.top is None else max(0, wanted.top - len(done))
        choice = _Choice(room, done.keys(), f"behind the first {wanted.top}", Counter(_left_out(ranking)))
        for some in _portions(ranking.files, wanted.top):
            for found in self._found(choice.to_look_at(some), asked, tried, done):
                choice.take(found)
        return Plan(
            tuple(choice.units),
            ranking.total,
            ranking.summaries,
            {why: number for why, number in choice.left_out.items() if number},
            choice.outside,
            choice.tried,
            dict(ranking.problems),
            ranking.to_measure,
            choice.wished,
            ranking.skipped,
            ranking.without_commits,
        )

    def words(self, asked: Asked, wanted: Wanted) -> str:
        """Return what tells a run from another one that was asked for otherwise."""
        only = sorted((str(path), sorted(names)) for path, names in asked.only.items())
        wishes = sorted((str(path), repr(wish)) for path, wish in asked.wishes.items())
        said = repr((list(map(str, asked.paths)), only, wishes, wanted, self._engine))
        return sha256(said.encode("utf-8", "surrogateescape")).hexdigest()[:32]

    def holding(self, asked: Asked, outcomes: Sequence[UnitOutcome]) -> tuple[UnitOutcome, ...]:
        """Return the outcomes of functions that are as they were then, and of those that have tests."""
        found = []
        for outcome in outcomes:
            named = [PlannedFunction(one.qualname, 0, 0, 0) for one in outcome.functions]
            now = self._with_keys(outcome.path, named, asked.wish(outcome.path))
            pairs = zip(outcome.functions, now, strict=True)
            functions = tuple(one for one, planned in pairs if one.key == planned.key or one.tests)
            found += [replace(outcome, functions=functions)] if functions else []
        return tuple(found)

    def _found(
        self,
        files: Sequence[FileWorth],
        asked: Asked,
        tried: Callable[[Collection[str]], Collection[str]],
        done: Mapping[Path, Collection[str]],
    ) -> Iterator[_Found]:
        """Yield the work on each file, or why there is none."""
        if not files:
            return
        functions = [self._functions(file, asked) for file in files]
        known = set(tried([one.key for some in functions for one in some]))
        for file, some in zip(files, functions, strict=True):
            row, wish = file.row, asked.wish(file.row.path)
            over = done.get(row.path, ())
            left = tuple(one for one in some if one.key not in known and one.key not in over)
            unit = WorkUnit(row.path, left, row.package, row.summary.lines.total, row.summary, wish)
            skipped = sum(one.key in known and one.key not in over for one in some)
            yield _Found(file, unit, _why_not(file, unit, is_tried=bool(some)), skipped)

    def _functions(self, file: FileWorth, asked: Asked) -> list[PlannedFunction]:
        """Return those that tests are wanted for, whoever has tried them."""
        path, only = file.row.path, asked.only.get(file.row.path)
        planned = (
            PlannedFunction(
                one.row.qualname, one.row.line, one.row.lines, one.row.branches, one.worth, one.row.in_the_way
            )
            for one in file.functions
            if one.row.qualname and (only is None or _is_among(one.row.qualname, only))
        )
        return self._with_keys(path, planned, asked.wish(path))

    def _with_keys(self, path: Path, functions: Iterable[PlannedFunction], wish: Wish) -> list[PlannedFunction]:
        """Return the functions with the keys that their texts have now."""
        try:
            code = fingerprints(self._documents.read(path) or "")
        except (OSError, UnicodeDecodeError):  # gone since it was ranked: generating says what is wrong
            code = fingerprints("")
        found, root = [], self._projects.project_of(path).root
        name = (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()
        for one in functions:
            region = code.function(one.qualname)
            words = (name, one.qualname, region.whole if region else "", self._engine, wish.engine or "")
            key = sha256("\0".join(words).encode("utf-8", "surrogateescape")).hexdigest()[:32]
            found.append(replace(one, key=key))
        return found


@dataclass(frozen=True, slots=True)
class _Found:
    """A file, the work on it, why there is none, and how many functions an earlier run has done."""

    file: FileWorth
    unit: WorkUnit
    why_not: str
    tried: int


@dataclass(slots=True)
class _Choice:
    """The units that are taken, and what is counted of the rest."""

    room: int
    """For so many more files that this run has not begun."""
    begun: Collection[Path]
    too_far: str
    """Why a file is left out for which there is no room."""
    left_out: Counter[str]
    units: list[WorkUnit] = field(default_factory=list)
    wished: dict[Path, float] = field(default_factory=dict)
    outside: int = 0
    tried: int = 0

    def to_look_at(self, files: Sequence[FileWorth]) -> list[FileWorth]:
        """Return the files for which there may be room; the others are counted."""
        found = [file for file in files if self.room or file.row.path in self.begun]
        self.left_out[self.too_far] += len(files) - len(found)
        return found

    def take(self, found: _Found) -> None:
        """Take the work on a file, or count why not."""
        self.tried += found.tried
        is_begun = found.unit.path in self.begun
        is_room = bool(self.room) or is_begun
        if is_room and found.unit.wish.coverage is not None:
            self.wished[found.unit.path] = found.unit.wish.coverage
        if why := found.why_not or ("" if is_room else self.too_far):
            self.left_out[why] += not (is_begun and why == TRIED)
            return
        self.units.append(found.unit)
        self.room -= not is_begun
        self.outside += sum(one.row.gain for one in found.file.functions if not one.row.qualname)


def _portions(files: Sequence[FileWorth], top: int | None) -> Iterator[Sequence[FileWorth]]:
    """Yield the files in so many at once as are looked at together: no more than may be wanted."""
    size = max(1, len(files) if top is None else top)
    return (files[start : start + size] for start in range(0, len(files), size))


def _why_not(file: FileWorth, unit: WorkUnit, *, is_tried: bool) -> str:
    """Return why there is nothing to do in a file; empty where there is."""
    if not unit.functions:
        is_named = any(one.row.qualname for one in file.functions)
        return TRIED if is_tried else _NOT_NAMED if is_named else _ONLY_OUTSIDE
    enough = unit.wish.coverage
    is_enough = enough is not None and unit.before.percent >= enough
    return f"at {enough:g} % or more, as wished for them" if is_enough else ""


def _left_out(ranking: Ranking) -> dict[str, int]:
    """Return the files that the ranking leaves out, by the reason."""
    found = dict(ranking.left_out)
    complete = "without a gap in lines that changed" if ranking.changed_since else "complete"
    counted = {complete: ranking.complete, "that the coverage data leaves out": ranking.not_told,
               "of tests": ranking.tests_left_out}  # fmt: skip
    return {**found, **{why: number for why, number in counted.items() if number}}


def _is_among(qualname: str, names: Collection[str]) -> bool:
    """Tell whether a function was named, or the class that it is in."""
    return any(qualname == name or qualname.startswith(f"{name}.") for name in names)
