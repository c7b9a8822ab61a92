"""What is told about a text's coverage in its margin: gaps, as people read them, and the rest that is worth a word."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Literal

from greenline.domain.code.regions import own_lines, owners
from greenline.domain.coverage.extents import Extents
from greenline.domain.coverage.model import Span

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from greenline.domain.code.model import Class, Module
    from greenline.domain.coverage.model import CoverageMap, Gap

MarkKind = Literal["uncovered", "never-called", "partial-branch", "unknown", "unneeded-pragma", "covered-by-failing"]

_WORTH_ONE_MARK = 2
"""Methods that are never called, of a class of which none is."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One place with words. ``lines`` are all that it is about, first and last of each stretch."""

    kind: MarkKind
    span: Span
    message: str
    lines: tuple[tuple[int, int], ...]
    related: tuple[tuple[int, str], ...] = ()
    """Other lines, each with its words."""


def marks_of_gaps(gaps: Iterable[Gap], module: Module, coverage: CoverageMap | None) -> tuple[Mark, ...]:
    """Return a mark for each gap; a class of which no method is ever called is one mark, on its name.

    Without ``coverage`` (the text does not parse) each function has its own.
    """
    every = tuple(gaps)
    classes = {} if coverage is None else _silent_classes(every, module, coverage)
    told = {id(gap) for _, silent in classes.values() for gap in silent}
    found = [_of_gap(gap) for gap in every if id(gap) not in told]
    found += [_of_class(silent_class, silent) for silent_class, silent in classes.values()]
    return tuple(sorted(found, key=lambda mark: (mark.span.start_line, mark.span.start_column, mark.kind)))


def marks_of_unknown(coverage: CoverageMap, module: Module, text: str) -> tuple[Mark, ...]:
    """Return the stretches that changed since they were measured, of one function each."""
    return tuple(
        Mark("unknown", span, f"Not known: {_counted(lines)} changed after the coverage was measured", _all_of(span))
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


def touching(marks: Iterable[Mark], lines: Collection[int]) -> tuple[Mark, ...]:
    """Return the marks that are about one of the lines."""
    return tuple(
        mark for mark in marks if any(line in lines for first, last in mark.lines for line in range(first, last + 1))
    )


def _of_gap(gap: Gap) -> Mark:
    lines = _all_of(gap.span)
    if gap.name is not None:
        return Mark("never-called", gap.name, gap.message, (*_all_of(gap.name), *lines), gap.ways_in)
    if gap.kind == "uncovered":
        scattered = tuple((line, line) for line in gap.lines if line > gap.span.end_line)
        return Mark("uncovered", gap.span, gap.message, (*lines, *scattered), gap.ways_in)
    related: tuple[tuple[int, str], ...] = ()
    if gap.arc is not None and gap.arc[1] > 0:  # an exit has no line to point at
        related = ((gap.arc[1], f"Line {gap.arc[1]} is never reached from line {gap.arc[0]}"),)
    return Mark("partial-branch", gap.span, gap.message, lines, related)


def _silent_classes(gaps: Sequence[Gap], module: Module, coverage: CoverageMap) -> dict[int, tuple[Class, list[Gap]]]:
    """Return, by line, the classes of whose methods none was ever called, as far as that can be told of each."""
    uncalled = {gap.name.start_line: gap for gap in gaps if gap.name is not None}
    if not uncalled:
        return {}
    methods = defaultdict(list)
    for function in module.functions:
        if function.class_name is not None:
            methods[function.class_name].append(function)
    found: dict[int, tuple[Class, list[Gap]]] = {}
    for one in module.classes:
        inside = [f for f in methods[one.qualname] if one.line <= f.line <= one.end_line]
        telling = [f for f in inside if own_lines(f) & coverage.statements.lines]
        if len(telling) >= _WORTH_ONE_MARK and all(f.line in uncalled for f in telling):
            found[one.line] = (one, [uncalled[f.line] for f in telling])
    return found


def _of_class(one: Class, gaps: Sequence[Gap]) -> Mark:
    name = Span(one.line, one.name_column, one.line, one.name_column + len(one.name))
    size = _counted([line for gap in gaps for line in gap.lines])
    lines = (*_all_of(name), *(stretch for gap in gaps for stretch in _of_gap(gap).lines))
    related = tuple((gap.name.start_line, gap.message) for gap in gaps if gap.name is not None)
    words = f"Not covered: none of the {len(gaps)} methods of `{one.qualname}` is ever called ({size})"
    return Mark("never-called", name, words, lines, related)


def _all_of(span: Span) -> tuple[tuple[int, int], ...]:
    return ((span.start_line, span.end_line),)


def _counted(lines: Sequence[int]) -> str:
    return "1 line" if len(lines) == 1 else f"{len(lines)} lines"
