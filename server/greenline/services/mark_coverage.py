"""What else there is to say of a measured text than its gaps, and which of its lines are new to the project."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from greenline.domain.code.text_lines import split_lines
from greenline.domain.coverage.failing_marks import marks_of_failing
from greenline.domain.coverage.marks import marks_of_unknown
from greenline.domain.coverage.pragmas import marks_of_pragmas, pragmas_to_try, without_pragmas
from greenline.domain.coverage.remap import unchanged_lines
from greenline.ports.coverage import CoverageProblem, Exclusions
from greenline.ports.history import HistoryProblem
from greenline.services.show_coverage import is_test

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from greenline.domain.coverage.failing_marks import RanLines
    from greenline.domain.coverage.marks import Mark, MarkKind
    from greenline.domain.coverage.model import CoverageMap
    from greenline.ports.coverage import CoverageSource, SourceAnalyzer
    from greenline.ports.history import History
    from greenline.ports.project import ProjectFinder
    from greenline.services.picture import Picture
    from greenline.services.show_coverage import ShowCoverage

_KEPT = 64


@dataclass(frozen=True, slots=True)
class Changed:
    """The lines that are not as they were in the base, None for all; ``problem`` says why nobody knows."""

    lines: frozenset[int] | None = None
    problem: str = ""


class MarkCoverage:
    """May be used on several threads at once. ``since``: where the work began whose gaps are wanted; empty: always."""

    def __init__(
        self,
        *,
        projects: ProjectFinder,
        source: CoverageSource,
        analyzer: SourceAnalyzer,
        show: ShowCoverage,
        history: History,
        since: str = "",
    ) -> None:
        self._projects = projects
        self._source = source
        self._analyzer = analyzer
        self._show = show
        self._history = history
        self._since = since
        self._compared: OrderedDict[Path, tuple[str | None, str, Changed]] = OrderedDict()
        self._pragmas: OrderedDict[Path, tuple[CoverageMap, tuple[Mark, ...]]] = OrderedDict()
        self._lock = threading.Lock()

    def marks(self, picture: Picture, text: str, wanted: Collection[MarkKind]) -> tuple[Mark, ...]:
        """Return the marks of these kinds, without those of gaps; ``text`` is that of the picture. Raises nothing."""
        coverage = picture.map
        if coverage is None:
            return ()
        found: list[Mark] = []
        if "unknown" in wanted:
            found += marks_of_unknown(coverage, picture.module, text)
        if "unneeded-pragma" in wanted and coverage.excluded_ran:
            found += self._of_pragmas(picture.path, text, coverage)
        # In a test file, each failing test would say it of its own lines, on which its failure is told already.
        if "covered-by-failing" in wanted and not is_test(self._projects.project_of(picture.path), picture.path):
            found += marks_of_failing(self._ran(picture.path, text), coverage, picture.module, text)
        return tuple(found)

    def changed(self, path: Path, text: str) -> Changed:
        """Return the lines of the text that the work since the base wrote. Raises nothing."""
        if not self._since:
            return Changed()
        try:
            base = self._history.base_text(path, self._since)
        except HistoryProblem as problem:
            return Changed(problem=str(problem))
        with self._lock:
            known = self._compared.get(path)
        if known is None or known[:2] != (base, text):
            known = (base, text, Changed(_new_lines(base, text)))
            with self._lock:
                self._compared[path] = known
                if len(self._compared) > _KEPT:
                    self._compared.popitem(last=False)
        return known[2]

    def _of_pragmas(self, path: Path, text: str, coverage: CoverageMap) -> tuple[Mark, ...]:
        """Return the marks of pragmas, looked for once in each map: the text is read as a whole."""
        with self._lock:
            known = self._pragmas.get(path)
        if known is None or known[0] is not coverage:
            known = (coverage, self._find_pragmas(path, text, coverage))
            with self._lock:
                self._pragmas[path] = known
                if len(self._pragmas) > _KEPT:
                    self._pragmas.popitem(last=False)
        return known[1]

    def _find_pragmas(self, path: Path, text: str, coverage: CoverageMap) -> tuple[Mark, ...]:
        pragmas = pragmas_to_try(text, coverage)
        if pragmas is None:
            return ()
        exclusions = self._exclusions(path)
        counted, _ = self._analyzer.analyse(without_pragmas(text, pragmas), exclusions.excluded, exclusions.partial)
        return marks_of_pragmas(coverage, pragmas, counted.lines)

    def _exclusions(self, path: Path) -> Exclusions:
        try:
            return self._source.exclusions(self._projects.project_of(path))
        except CoverageProblem:
            return Exclusions()

    def _ran(self, path: Path, text: str) -> Iterable[RanLines]:
        for measured, ran in self._show.ran_by_test(path):
            yield ran.in_text(unchanged_lines(measured, text))


def _new_lines(base: str | None, text: str) -> frozenset[int]:
    every = range(1, len(split_lines(text)) + 1)
    return frozenset(every) if base is None else frozenset(every) - unchanged_lines(base, text).keys()
