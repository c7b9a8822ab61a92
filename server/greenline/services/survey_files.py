"""What each file of a repository comes to, some after others: only a small row of each is kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
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
    from greenline.ports.survey import RowStore
    from greenline.services.picture import Picture
    from greenline.services.show_coverage import ShowCoverage

_NONE = Summary(Ratio(0, 0), Ratio(0, 0))
_TOGETHER = 25
"""Files whose texts are there at once, and whose rows are looked up and kept together."""
UNREADABLE = "unreadable-source"
"""The state of a file that is no text."""


@dataclass(frozen=True, slots=True)
class _Text:
    """A file that was read; ``lines`` are those whose gaps count, ``key`` is of all that its row is made of."""

    path: Path
    text: str
    lines: frozenset[int] | None
    key: str


class SurveyFiles:
    """Draws the picture of each file, and keeps its row. ``changed`` tells the lines whose gaps count, None for all.

    What was drawn before of the same text and the same measurement is taken from ``known``.
    """

    def __init__(
        self,
        projects: ProjectFinder,
        documents: Documents,
        show: ShowCoverage,
        changed: Callable[[Path, str], frozenset[int] | None] | None = None,
        known: RowStore | None = None,
    ) -> None:
        self._projects = projects
        self._documents = documents
        self._show = show
        self._changed = changed
        self._known = known

    def rows(self, paths: Sequence[Path]) -> Iterator[FileRow]:
        """Yield a row for each file that is there, in their order. Raises nothing for the sake of a file."""
        for start in range(0, len(paths), _TOGETHER):
            yield from self._some(paths[start : start + _TOGETHER])

    def _some(self, paths: Sequence[Path]) -> list[FileRow]:
        read = [one for one in map(self._read, paths) if one is not None]
        if self._known is None:
            return [one if isinstance(one, FileRow) else self._drawn(one)[0] for one in read]
        keys = [one.key for one in read if isinstance(one, _Text) and one.key]
        known, new, rows = self._known.find(keys), {}, []
        for one in read:
            if isinstance(one, FileRow):
                rows.append(one)
            elif one.key in known:
                rows.append(replace(known[one.key], path=one.path, package=self._package(one.path)))
            else:
                row, holds = self._drawn(one)
                rows.append(row)
                if one.key and holds:
                    new[one.key] = row
        self._known.keep(new)
        return rows

    def _read(self, path: Path) -> _Text | FileRow | None:
        try:
            text = self._documents.read(path)
        except (OSError, UnicodeDecodeError) as error:
            return FileRow(path, UNREADABLE, f"{path} cannot be read as Python source: {error}")
        if text is None:
            return None
        lines = self._changed(path, text) if self._changed is not None else None
        key = self._show.key_of(path, text) if self._known is not None else ""
        if key and lines is not None:
            key = f"{key} {sorted(lines)}"
        return _Text(path, text, lines, key)

    def _drawn(self, one: _Text) -> tuple[FileRow, bool]:
        """Return the row, and whether it holds for whatever has the same text and measurement."""
        picture, lines = self._show.picture(one.path, one.text), one.lines
        row = FileRow(
            one.path,
            picture.state,
            picture.message,
            self._package(one.path),
            summarize(picture.map) if picture.map else _NONE,
            len(picture.map.unknown) if picture.map else 0,
            _functions(picture, one.text, lines),
            _among(picture.map, lines) if picture.map and lines is not None else Ratio(0, 0),
            dict(called_names(one.text)),
        )
        return row, picture.state == "measured" and picture.is_measured and not row.message and not row.unknown

    def _package(self, path: Path) -> str:
        name = module_name(path, self._projects.project_of(path).source_roots) or ""
        return name if path.name == "__init__.py" else name.rpartition(".")[0]


def _functions(picture: Picture, text: str, lines: frozenset[int] | None) -> tuple[FunctionRow, ...]:
    if picture.state != "measured" or not picture.gaps:
        return ()
    gaps, figures = picture.gaps, picture.functions
    if lines is not None:
        gaps, figures = gaps_within(gaps, lines), {}
    ranked = ranked_functions(gaps, picture.module, figures)
    looks = function_looks(text, {one.function.qualname for one in ranked if one.function})
    return tuple(_function(one, looks) for one in ranked)


def _among(coverage: CoverageMap, lines: frozenset[int]) -> Ratio:
    covered, missing = len(coverage.covered & lines), len(coverage.missing & lines)
    return Ratio(covered, covered + missing)


def _function(one: FunctionGaps, looks: Mapping[str, FunctionLooks]) -> FunctionRow:
    qualname = one.function.qualname if one.function else ""
    line = one.function.line if one.function else one.gaps[0].span.start_line
    seen = looks.get(qualname, FunctionLooks())
    return FunctionRow(qualname, line, one.lines, one.branches, seen.complexity, seen.in_the_way)
