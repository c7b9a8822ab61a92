"""What each file of a repository comes to, one after another: only a small row of each is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenline.domain.code.function_looks import FunctionLooks, called_names, function_looks
from greenline.domain.code.module_name import module_name
from greenline.domain.coverage.gap_ranking import gaps_within, ranked_functions
from greenline.domain.coverage.mapping import summarize
from greenline.domain.coverage.model import Ratio, Summary
from greenline.domain.coverage.worth import FileRow, FunctionRow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from greenline.domain.coverage.gap_ranking import FunctionGaps
    from greenline.domain.coverage.model import CoverageMap
    from greenline.ports.documents import Documents
    from greenline.ports.project import ProjectFinder
    from greenline.services.picture import Picture
    from greenline.services.show_coverage import ShowCoverage

_NONE = Summary(Ratio(0, 0), Ratio(0, 0))
UNREADABLE = "unreadable-source"
"""The state of a file that is no text."""


class SurveyFiles:
    """Draws the picture of each file, and keeps its row. ``changed`` tells the lines whose gaps count, None for all."""

    def __init__(
        self,
        projects: ProjectFinder,
        documents: Documents,
        show: ShowCoverage,
        changed: Callable[[Path, str], frozenset[int] | None] | None = None,
    ) -> None:
        self._projects = projects
        self._documents = documents
        self._show = show
        self._changed = changed

    def rows(self, paths: Sequence[Path]) -> Iterator[FileRow]:
        """Yield a row for each file that is there, in their order. Raises nothing for the sake of a file."""
        for path in paths:
            row = self._row(path)
            if row is not None:
                yield row

    def _row(self, path: Path) -> FileRow | None:
        try:
            text = self._documents.read(path)
        except (OSError, UnicodeDecodeError) as error:
            return FileRow(path, UNREADABLE, f"{path} cannot be read as Python source: {error}")
        if text is None:
            return None
        picture = self._show.picture(path, text)
        lines = self._changed(path, text) if self._changed is not None else None
        name = module_name(path, self._projects.project_of(path).source_roots) or ""
        return FileRow(
            path,
            picture.state,
            picture.message,
            name if path.name == "__init__.py" else name.rpartition(".")[0],
            summarize(picture.map) if picture.map else _NONE,
            len(picture.map.unknown) if picture.map else 0,
            _functions(picture, text, lines),
            _among(picture.map, lines) if picture.map and lines is not None else Ratio(0, 0),
            called_names(text),
        )


def _functions(picture: Picture, text: str, lines: frozenset[int] | None) -> tuple[FunctionRow, ...]:
    if picture.state != "measured" or not picture.gaps:
        return ()
    gaps, figures = picture.gaps, picture.functions
    if lines is not None:
        gaps, figures = gaps_within(gaps, lines), {}
    looks = function_looks(text)
    return tuple(_function(one, looks) for one in ranked_functions(gaps, picture.module, figures))


def _among(coverage: CoverageMap, lines: frozenset[int]) -> Ratio:
    covered, missing = len(coverage.covered & lines), len(coverage.missing & lines)
    return Ratio(covered, covered + missing)


def _function(one: FunctionGaps, looks: Mapping[str, FunctionLooks]) -> FunctionRow:
    qualname = one.function.qualname if one.function else ""
    line = one.function.line if one.function else one.gaps[0].span.start_line
    seen = looks.get(qualname, FunctionLooks())
    return FunctionRow(qualname, line, one.lines, one.branches, seen.complexity, seen.in_the_way)
