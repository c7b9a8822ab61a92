"""Which functions of which files a run over many files is for, in which order; what is left out is counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import TYPE_CHECKING

from greenline.domain.bulk.plan import Plan, PlannedFunction, Wish, WorkUnit
from greenline.domain.code.fingerprints import fingerprints

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    from greenline.domain.coverage.worth import FileWorth, FunctionWorth
    from greenline.ports.documents import Documents
    from greenline.ports.journal import StoredRun
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
        self, asked: Asked, wanted: Wanted, tried: Callable[[Collection[str]], Collection[str]] = lambda _: ()
    ) -> Plan:
        """Return the plan; ``tried`` tells which of some keys an earlier run has done. Raises HistoryProblem."""
        ranking = self._ranking.rank(asked.paths, replace(wanted, top=None))
        left_out = Counter(_left_out(ranking))
        units: list[WorkUnit] = []
        outside = known = 0
        for file in ranking.files:
            unit, reason, skipped = self._unit(file, asked, tried)
            known += skipped
            enough = unit.wish.coverage
            if not reason and enough is not None and unit.before.percent >= enough:
                reason = f"at {enough:g} % or more, as wished for them"
            if not reason and wanted.top is not None and len(units) >= wanted.top:
                reason = f"behind the first {wanted.top}"
            if reason:
                left_out[reason] += 1
                continue
            units.append(unit)
            outside += sum(one.row.gain for one in file.functions if not one.row.qualname)
        return Plan(
            tuple(units),
            ranking.total,
            ranking.summaries,
            dict(left_out),
            outside,
            known,
            dict(ranking.problems),
            ranking.to_measure,
        )

    def words(self, asked: Asked, wanted: Wanted) -> str:
        """Return what tells a run from another one that was asked for otherwise."""
        only = sorted((str(path), sorted(names)) for path, names in asked.only.items())
        wishes = sorted((str(path), repr(wish)) for path, wish in asked.wishes.items())
        said = repr((list(map(str, asked.paths)), only, wishes, wanted, self._engine))
        return sha256(said.encode("utf-8", "surrogateescape")).hexdigest()[:32]

    def going_on(self, asked: Asked, stored: StoredRun) -> Plan:
        """Return what is left of a run that was ended midway: also functions that are others than they were then."""
        ranking = self._ranking.rank(asked.paths)
        done = {one.path: one.keys for one in stored.outcomes}
        units = []
        for unit in stored.units:
            now = self._with_keys(unit.path, unit.functions, unit.wish)
            left = tuple(one for one in now if done.get(unit.path, {}).get(one.qualname) != one.key)
            units += [replace(unit, functions=left)] if left else []
        return Plan(tuple(units), ranking.total, ranking.summaries, problems=dict(ranking.problems))

    def _unit(
        self, file: FileWorth, asked: Asked, tried: Callable[[Collection[str]], Collection[str]]
    ) -> tuple[WorkUnit, str, int]:
        """Return the work on a file, why there is none, and how many functions are done already."""
        row, wish = file.row, asked.wish(file.row.path)
        only = asked.only.get(row.path)
        named = [one for one in file.functions if one.row.qualname]
        wanted = [one for one in named if only is None or _is_among(one.row.qualname, only)]
        functions = self._functions(row.path, wanted, wish)
        done = set(tried([one.key for one in functions]))
        left = tuple(one for one in functions if one.key not in done)
        unit = WorkUnit(row.path, left, row.package, row.summary.lines.total, row.summary, wish)
        reason = "" if left else TRIED if functions else _NOT_NAMED if named and not wanted else _ONLY_OUTSIDE
        return unit, reason, len(functions) - len(left)

    def _functions(self, path: Path, functions: Sequence[FunctionWorth], wish: Wish) -> list[PlannedFunction]:
        rows = [(one.row, one.worth) for one in functions]
        planned = (
            PlannedFunction(row.qualname, row.line, row.lines, row.branches, worth, row.in_the_way)
            for row, worth in rows
        )
        return self._with_keys(path, planned, wish)

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
