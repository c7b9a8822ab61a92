"""Where the gaps of a text are after it was edited, told without looking at the new text as a whole."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from greenline.domain.coverage.branch_words import moved_words
from greenline.domain.coverage.line_states import broken_statements
from greenline.domain.coverage.model import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from greenline.domain.coverage.following import Following
    from greenline.domain.coverage.model import Gap


def moved_gaps(
    gaps: Sequence[Gap], first_line: Mapping[int, int], following: Following, lines: Sequence[str]
) -> tuple[Gap, ...]:
    """Return the gaps where they stand in the edited text ``lines``; ``following`` began where they were found.

    What was touched is in no gap: a region is told in the parts that were left alone. ``first_line`` maps each line of
    a statement that spans several to its first. The ways into a region that moved are left out.
    """
    mover = _Mover(first_line, following, lines)
    moved = [mover.named(piece) for gap in gaps for piece in mover.pieces(gap)]
    return tuple(sorted(moved, key=lambda gap: (gap.span.start_line, gap.span.start_column, gap.kind)))


class _Mover:
    def __init__(self, first_line: Mapping[int, int], following: Following, lines: Sequence[str]) -> None:
        self._first_line = first_line
        self._following = following
        self._lines = lines
        self._broken = broken_statements(first_line, following)
        self._last_line: dict[int, int] | None = None

    def pieces(self, gap: Gap) -> Iterator[Gap]:
        shift = self._following.shift(gap.span.start_line, max(gap.span.end_line, gap.lines[-1]))
        if gap.arc is not None:
            yield from self._branch(gap, gap.arc)
        elif shift is not None:
            yield self._shifted(gap, shift)
        else:
            yield from self._parts(gap)

    def _branch(self, gap: Gap, arc: tuple[int, int]) -> Iterator[Gap]:
        line, end = self._alive(arc[0]), self._destination(arc[1])
        if line is None or end is None:
            return
        if (line, end) == arc:
            yield gap
        else:
            words = moved_words(gap.message, arc, (line, end))
            yield replace(self._shifted(gap, line - arc[0]), arc=(line, end), message=words)

    def _destination(self, end: int) -> int | None:
        if end > 0:
            return self._alive(end)
        left = self._following.now(-end)
        return None if left is None else -left

    def _parts(self, gap: Gap) -> Iterator[Gap]:
        parts: list[list[tuple[int, int]]] = []
        marks_more = gap.span.end_line < gap.lines[-1]  # a module that was never imported, marked at its beginning
        for was in gap.lines:
            now = self._alive(was)
            if now is None:
                continue
            if not parts or (not marks_more and self._is_code_between(parts[-1][-1][1], now)):
                parts.append([])
            parts[-1].append((was, now))
        whole = len(parts) == 1 and len(parts[0]) == len(gap.lines)
        for part in parts:
            found = self._part(gap, part, whole=whole)
            yield self._at_beginning(gap, part, found) if marks_more else found

    def _part(self, gap: Gap, part: Sequence[tuple[int, int]], *, whole: bool) -> Gap:
        (_, first), (last_was, last) = part[0], part[-1]
        end = last + self._last(last_was) - last_was
        start_text, end_text = self._lines[first - 1], self._lines[end - 1]
        indent = len(start_text) - len(start_text.lstrip("\ufeff \t\f"))
        where = f"in `{gap.function}`" if gap.function else "outside of functions"
        return replace(
            gap,
            span=Span(first, indent, end, len(end_text.rstrip())),
            lines=tuple(now for _, now in part),
            message=gap.message if whole else f"Not covered: {_counted(part)} {where}",
            ways_in=(),
            name=gap.name if whole else None,
            silent=gap.silent if whole else None,
        )

    def _at_beginning(self, gap: Gap, part: Sequence[tuple[int, int]], found: Gap) -> Gap:
        first_was, first = part[0]
        end = first + self._last(first_was) - first_was
        span = Span(first, found.span.start_column, end, len(self._lines[end - 1].rstrip()))
        return replace(found, span=span, message=f"{gap.message.rpartition('(')[0]}({_counted(part)})")

    def named(self, gap: Gap) -> Gap:
        """Return the gap with the names of its function and class where they stand now, without those that changed."""
        if gap.name is None:
            return gap
        name, silent = self._name(gap.name), gap.silent
        in_class = self._name(silent.name) if silent else None
        silent = replace(silent, name=in_class) if silent and in_class and name else None
        return replace(gap, name=name, silent=silent)

    def _name(self, name: Span) -> Span | None:
        line = self._following.now(name.start_line)
        return None if line is None else replace(name, start_line=line, end_line=line)

    def _shifted(self, gap: Gap, shift: int) -> Gap:
        if shift == 0:
            return gap
        return replace(gap, span=_moved(gap.span, shift), lines=tuple(line + shift for line in gap.lines), ways_in=())

    def _alive(self, line: int) -> int | None:
        return None if line in self._broken else self._following.now(line)

    def _is_code_between(self, above: int, below: int) -> bool:
        """Tell whether something else than what the region holds was written between two of its statements."""
        between = range(above + 1, below)
        return any(self._following.was(line) is None and _is_code(self._lines[line - 1]) for line in between)

    def _last(self, first: int) -> int:
        if self._last_line is None:
            self._last_line = defaultdict(int)
            for line, start in self._first_line.items():
                self._last_line[start] = max(line, self._last_line[start])
        return max(first, self._last_line.get(first, first))


def _moved(span: Span, shift: int) -> Span:
    return Span(span.start_line + shift, span.start_column, span.end_line + shift, span.end_column)


def _counted(part: Sequence[tuple[int, int]]) -> str:
    return "1 line" if len(part) == 1 else f"{len(part)} lines"


def _is_code(line: str) -> bool:
    text = line.strip()
    return bool(text) and not text.startswith("#")
