"""The history of a project's coverage: what is measured now becomes its point for the commit that is checked out."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from greenline.domain.coverage.trend import Point, in_order
from greenline.ports.history import HistoryProblem
from greenline.ports.trend import TrendProblem

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from greenline.ports.history import Churn
    from greenline.ports.project import ProjectFinder
    from greenline.ports.trend import TrendStore
    from greenline.services.rank_gaps import RankGaps


@dataclass(frozen=True, slots=True)
class Trend:
    """Ordered points, and the file that they are in."""

    points: tuple[Point, ...]
    file: Path


class KeepTrend:
    """Runs nothing of the project's."""

    def __init__(
        self,
        projects: ProjectFinder,
        ranking: RankGaps,
        churn: Churn,
        store: TrendStore,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._projects = projects
        self._ranking = ranking
        self._churn = churn
        self._store = store
        self._clock = clock

    def shown(self, folder: Path) -> Trend:
        """Return the history of the project around a folder. Raises TrendProblem."""
        root = self.root(folder)
        return Trend(tuple(in_order(self._store.points(root))), self._store.place(root))

    def record(self, folder: Path) -> Trend:
        """Add what is measured now. Raises TrendProblem, also where nothing is."""
        root = self.root(folder)
        ranking = self._ranking.rank([root])
        if not ranking.total.lines.total:
            raise TrendProblem("nothing is measured here: run `greenline test`, or the tests with coverage, first")
        if ranking.not_known:
            raise TrendProblem(ranking.not_known)
        head = self._churn.head(root)
        if head:
            self._is_of_commit(root, head[0])
        commit, at = head or ("", self._clock())
        measured = len(ranking.files) + ranking.complete
        self._store.record(root, Point(commit, at, ranking.total, measured))
        return self.shown(folder)

    def _is_of_commit(self, root: Path, commit: str) -> None:
        """Raise TrendProblem where other code than the commit's was measured: its point would say what it never had."""
        try:
            changed = sorted(path.name for path in self._churn.changed_files(root, "HEAD") if path.is_relative_to(root))
        except HistoryProblem as problem:
            raise TrendProblem(str(problem)) from problem
        if changed:
            more = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
            are = "are" if more else "is"
            raise TrendProblem(
                f"{changed[0]}{more} {are} other than in {commit[:10]}, which this would be recorded for: "
                "commit or stash the changes first"
            )

    def before(self, folder: Path, since: str) -> Point | None:
        """Return the newest point of the commit where HEAD and ``since`` part, or of one before it.

        None where none of them has one. Raises TrendProblem and HistoryProblem.
        """
        root = self.root(folder)
        known = {point.commit: point for point in in_order(self._store.points(root))}
        return next((known[commit] for commit in self._churn.line_of(root, since) if commit in known), None)

    def root(self, folder: Path) -> Path:
        """Return the folder of the project around a folder or file: all that points count."""
        return self._projects.project_of(folder / "any.py" if folder.is_dir() else folder).root
