"""Find the gaps of a coverage map and say them in words."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from greenline.domain.code.regions import owners
from greenline.domain.coverage.branch_words import BranchWords
from greenline.domain.coverage.extents import Extents
from greenline.domain.coverage.model import Gap, Span
from greenline.domain.coverage.silent_classes import marked_as_silent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from greenline.domain.code.model import Class, Function, Module
    from greenline.domain.coverage.model import Arc, CoverageMap


def find_gaps(coverage: CoverageMap, module: Module, text: str) -> tuple[Gap, ...]:
    """Return one gap per contiguous uncovered region and per branch never taken, in the order of the text.

    All three arguments are of the same text. A function that never runs is one gap, functions inside it included; so is
    what a module that was never imported has outside of functions. A branch into an uncovered region belongs to that
    region's gap.
    """
    finder = _Finder(coverage, module, text)
    gaps = [
        *marked_as_silent(list(finder.never_called()), module, coverage),
        *finder.never_imported(),
        *finder.regions(),
        *finder.branches(),
    ]
    return tuple(sorted(gaps, key=lambda gap: (gap.span.start_line, gap.span.start_column, gap.kind, gap.arc or ())))


class _Finder:
    def __init__(self, coverage: CoverageMap, module: Module, text: str) -> None:
        self._coverage = coverage
        self._module = module
        self._text = text
        self._extents = Extents(text, coverage.statements.first_line)
        self._owners = owners(module)
        self._headers = dict(_headers(module))
        self._told: set[int] = set()
        self._branches, self._ways_in = self._missed_branches()

    def never_called(self) -> Iterator[Gap]:
        """Yield the functions that never ran, outermost first, so that what is inside is told with them."""
        coverage = self._coverage
        for function in sorted(self._module.functions, key=lambda f: (f.line, -f.end_line)):
            body = range(max(function.body_line, function.line + 1), function.end_line + 1)
            lines = sorted(coverage.missing.intersection(body))
            ran_or_unclear = coverage.covered.intersection(body) or coverage.unknown.intersection(body)
            if not lines or ran_or_unclear or lines[0] in self._told:
                continue
            self._told.update(lines)
            verb = "never runs" if function.is_async or function.is_generator else "is never called"
            words = f"Not covered: `{function.qualname}` {verb} ({_counted(lines)})"
            yield replace(self._uncovered(lines, words, function), name=self._name_span(function))

    def never_imported(self) -> Iterator[Gap]:
        """Yield the top level of a module of which nothing ran, marked at its first statement only."""
        lines = sorted(line for line in self._coverage.missing - self._told if line not in self._owners)
        # One that is not indented runs with every import; others may stand under a condition that is false.
        if self._coverage.covered or all(self._extents.indent(line) for line in lines):
            return
        self._told.update(lines)
        words = f"Not covered: no test imports this module ({_counted(lines)})"
        first = self._start(lines)
        yield Gap("uncovered", self._extents.span(first, first), words, None, tuple(lines))

    def regions(self) -> Iterator[Gap]:
        """Yield what else never ran: neighbours without any other statement between them, of one function."""
        coverage = self._coverage
        every = sorted(coverage.statements.lines | coverage.statements.excluded)
        for told, group in groupby(every, key=self._group):
            if told is not None:
                lines = list(group)
                function = self._owners.get(lines[0])
                where = f"in `{function.qualname}`" if function else "outside of functions"
                yield self._uncovered(lines, f"Not covered: {_counted(lines)} {where}", function)

    def branches(self) -> Iterator[Gap]:
        """Yield the branches never taken whose destination ran all the same, or is an exit."""
        for arc, words in self._branches:
            line = arc[0]
            function = self._owners.get(line)
            span = Span(line, self._extents.indent(line), line, self._extents.end(line))
            yield Gap("partial-branch", span, words, _name(function), (line,), arc)

    def _missed_branches(self) -> tuple[list[tuple[Arc, str]], dict[int, list[tuple[int, str]]]]:
        """Return the branches that are gaps of their own, and by destination those that lead to what never ran."""
        coverage = self._coverage
        own: list[tuple[Arc, str]] = []
        ways_in: dict[int, list[tuple[int, str]]] = defaultdict(list)
        arcs = sorted(arc for arc in coverage.missing_branches if arc[0] in coverage.covered)
        if arcs:
            words = BranchWords(self._text, self._module, coverage.statements.first_line)
            for arc in arcs:
                if arc[1] in coverage.missing:
                    ways_in[arc[1]].append((arc[0], words.describe(arc)))
                else:
                    own.append((arc, words.describe(arc)))
        return own, ways_in

    def _group(self, line: int) -> tuple[int] | None:
        """Return the same value for neighbours that belong to one region, None for lines that belong to none."""
        if line not in self._coverage.missing or line in self._told:
            return None
        function = self._owners.get(line)
        return (function.line if function else 0,)

    def _uncovered(self, lines: Sequence[int], message: str, function: Function | None) -> Gap:
        ways_in = tuple(way for line in lines for way in self._ways_in.get(line, ()))
        span = self._extents.span(self._start(lines), lines[-1])
        return Gap("uncovered", span, message, _name(function), tuple(lines), ways_in=ways_in)

    def _start(self, lines: Sequence[int]) -> int:
        """Return where to begin: not at decorators, where what they decorate is meant as well."""
        header = self._headers.get(lines[0], lines[0])
        return header if header in lines else lines[0]

    def _name_span(self, function: Function) -> Span:
        end = min(function.name_column + len(function.name), self._extents.end(function.line))
        return Span(function.line, function.name_column, function.line, end)


def _headers(module: Module) -> Iterator[tuple[int, int]]:
    """Yield the lines of decorators, each with the line of the ``def`` or ``class`` below them."""
    scopes: list[Function | Class] = [*module.functions, *module.classes]
    for defined in scopes:
        for line in range(defined.first_line, defined.line):
            yield line, defined.line


def _counted(lines: Sequence[int]) -> str:
    return "1 line" if len(lines) == 1 else f"{len(lines)} lines"


def _name(function: Function | None) -> str | None:
    return function.qualname if function else None
