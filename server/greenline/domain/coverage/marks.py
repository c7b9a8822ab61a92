"""What is told about a text's coverage in its margin: gaps, as people read them, and the rest that is worth a word."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Literal

from greenline.domain.code.regions import owners
from greenline.domain.coverage.extents import Extents
from greenline.domain.coverage.line_states import state_ranges
from greenline.domain.coverage.model import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from greenline.domain.code.model import Module
    from greenline.domain.coverage.following import Following
    from greenline.domain.coverage.model import CoverageMap, Gap, SilentClass

MarkKind = Literal["uncovered", "never-called", "partial-branch", "unknown", "unneeded-pragma", "covered-by-failing"]


@dataclass(frozen=True, slots=True)
class Mark:
    """One place with words. ``lines`` are all that it is about, first and last of each stretch."""

    kind: MarkKind
    span: Span
    message: str
    lines: tuple[tuple[int, int], ...]
    related: tuple[tuple[int, str], ...] = ()
    """Other lines, each with its words."""
    never_ran: tuple[tuple[int, int], ...] = ()
    """Of what stands on a name: the lines that it is about."""
    explanation: str = ""
    """Of gaps: all that there is to say, for where nothing can be unfolded."""


def marks_of_gaps(gaps: Iterable[Gap]) -> tuple[Mark, ...]:
    """Return a mark for each gap; a class of which no method is ever called is one mark, on its name."""
    found: list[Mark] = []
    of_classes: dict[SilentClass, list[Gap]] = defaultdict(list)
    for gap in gaps:
        if gap.silent is not None:
            of_classes[gap.silent].append(gap)
        else:
            found.append(_of_gap(gap))
    for one, inside in of_classes.items():
        found += [_of_class(one, inside)] if len(inside) == one.methods else map(_of_gap, inside)
    return tuple(sorted(found, key=lambda mark: (mark.span.start_line, mark.span.start_column, mark.kind)))


def marks_of_unknown(coverage: CoverageMap, module: Module, text: str) -> tuple[Mark, ...]:
    """Return the stretches that changed since they were measured, of one function each."""
    return tuple(
        Mark("unknown", span, _unknown(len(lines)), _all_of(span))
        for lines, span in stretches(coverage.unknown, coverage, module, text)
    )


def stretches(
    lines: Collection[int], coverage: CoverageMap, module: Module, text: str
) -> Iterator[tuple[list[int], Span]]:
    """Yield those of the statements that stand together in one function, and from where to where they reach."""
    if not lines:
        return
    extents, owner = Extents(text, coverage.statements.first_line), owners(module)
    every = sorted(coverage.statements.lines | coverage.statements.excluded)

    def place(line: int) -> tuple[int] | None:
        function = owner.get(line)
        return (function.line if function else 0,) if line in lines else None

    for wanted, group in groupby(every, key=place):
        if wanted is not None:
            together = list(group)
            yield together, extents.span(together[0], together[-1])


def marks_of_touched(states: str, lines: Sequence[str]) -> tuple[Mark, ...]:
    """Return the same of a text that is being edited, from the states of its ``lines``; see ``line_states``."""
    found = []
    for state, first, last in state_ranges(states):
        if state == "unknown":
            indent = len(lines[first - 1]) - len(lines[first - 1].lstrip("\ufeff \t\f"))
            span = Span(first, indent, last, len(lines[last - 1].rstrip()))
            found.append(Mark("unknown", span, _unknown(last - first + 1), _all_of(span)))
    return tuple(found)


def touching(marks: Iterable[Mark], is_wanted: Callable[[int], bool]) -> tuple[Mark, ...]:
    """Return the marks that are about one of the lines."""
    return tuple(
        mark for mark in marks if any(is_wanted(line) for first, last in mark.lines for line in range(first, last + 1))
    )


def moved_marks(marks: Iterable[Mark], following: Following) -> tuple[Mark, ...]:
    """Return the marks that nobody touched where they stand after some edits."""
    moved = ((mark, following.shift(mark.span.start_line, mark.span.end_line)) for mark in marks)
    return tuple(_moved(mark, shift) if shift else mark for mark, shift in moved if shift is not None)


def _moved(mark: Mark, shift: int) -> Mark:
    span = mark.span
    return replace(
        mark,
        span=replace(span, start_line=span.start_line + shift, end_line=span.end_line + shift),
        lines=tuple((first + shift, last + shift) for first, last in mark.lines),
        related=(),
    )


def _of_gap(gap: Gap) -> Mark:
    lines = _all_of(gap.span)
    if gap.name is not None:
        about = (*_all_of(gap.name), *lines)
        return Mark("never-called", gap.name, gap.message, about, gap.ways_in, lines, gap.explanation)
    if gap.kind == "uncovered":
        scattered = tuple((line, line) for line in gap.lines if line > gap.span.end_line)
        about = (*lines, *scattered)
        return Mark("uncovered", gap.span, gap.message, about, gap.ways_in, explanation=gap.explanation)
    related: tuple[tuple[int, str], ...] = ()
    if gap.arc is not None and gap.arc[1] > 0:  # an exit has no line to point at
        related = ((gap.arc[1], f"Line {gap.arc[1]} is never reached from line {gap.arc[0]}"),)
    return Mark("partial-branch", gap.span, gap.message, lines, related, explanation=gap.explanation)


def _of_class(one: SilentClass, gaps: Sequence[Gap]) -> Mark:
    size = _counted(sum(len(gap.lines) for gap in gaps))
    lines = (*_all_of(one.name), *(stretch for gap in gaps for stretch in _of_gap(gap).lines))
    related = tuple((gap.name.start_line, gap.message) for gap in gaps if gap.name is not None)
    words = f"Not covered: none of the {one.methods} methods of `{one.qualname}` is ever called ({size})"
    never_ran = tuple((gap.span.start_line, gap.span.end_line) for gap in gaps)
    return Mark("never-called", one.name, words, lines, related, never_ran, words)


def _all_of(span: Span) -> tuple[tuple[int, int], ...]:
    return ((span.start_line, span.end_line),)


def _counted(count: int) -> str:
    return "1 line" if count == 1 else f"{count} lines"


def _unknown(count: int) -> str:
    return f"Not known: {_counted(count)} changed after the coverage was measured"
