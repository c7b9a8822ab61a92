"""Find the gaps of a coverage map and say them in words."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from greenline.domain.code.regions import owners
from greenline.domain.code.text_lines import split_lines
from greenline.domain.coverage.branch_words import BranchWords
from greenline.domain.coverage.model import Gap, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from greenline.domain.code.model import Function, Module
    from greenline.domain.coverage.model import CoverageMap


def find_gaps(coverage: CoverageMap, module: Module, text: str) -> tuple[Gap, ...]:
    """Return one gap per contiguous uncovered region and per branch never taken, in the order of the text.

    All three arguments are of the same text. A function that never runs is one gap, functions inside it included.
    """
    finder = _Finder(coverage, module, text)
    gaps = [*finder.never_called(), *finder.regions(), *finder.branches()]
    return tuple(sorted(gaps, key=lambda gap: (gap.span.start_line, gap.span.start_column, gap.kind, gap.arc or ())))


class _Finder:
    def __init__(self, coverage: CoverageMap, module: Module, text: str) -> None:
        self._coverage = coverage
        self._module = module
        self._text = text
        self._lines = split_lines(text)
        self._owners = owners(module)
        self._last_line: dict[int, int] = {}
        for line, first in coverage.statements.first_line.items():
            self._last_line[first] = max(line, self._last_line.get(first, line))
        self._told: set[int] = set()

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
            yield self._uncovered(lines, words, function)

    def regions(self) -> Iterator[Gap]:
        """Yield what else never ran: neighbours without any other statement between them, of one function."""
        coverage = self._coverage
        every = sorted(coverage.statements.lines | coverage.statements.excluded)
        for told, group in groupby(every, key=self._group):
            if told is not None:
                lines = list(group)
                function = self._owners.get(lines[0])
                where = f" in `{function.qualname}`" if function else ""
                yield self._uncovered(lines, f"Not covered: {_counted(lines)}{where}", function)

    def branches(self) -> Iterator[Gap]:
        """Yield the branches never taken of lines that ran."""
        arcs = sorted(arc for arc in self._coverage.missing_branches if arc[0] in self._coverage.covered)
        if not arcs:
            return
        words = BranchWords(self._text, self._module, self._coverage.statements.first_line)
        for arc in arcs:
            line = arc[0]
            function = self._owners.get(line)
            span = Span(line, self._indent(line), line, self._end(line))
            yield Gap("partial-branch", span, words.describe(arc), _name(function), (line,), arc)

    def _group(self, line: int) -> tuple[int] | None:
        """Return the same value for neighbours that belong to one region, None for lines that belong to none."""
        if line not in self._coverage.missing or line in self._told:
            return None
        function = self._owners.get(line)
        return (function.line if function else 0,)

    def _uncovered(self, lines: Sequence[int], message: str, function: Function | None) -> Gap:
        first, last = lines[0], self._last_line.get(lines[-1], lines[-1])
        span = Span(first, self._indent(first), last, self._end(last))
        return Gap("uncovered", span, message, _name(function), tuple(lines))

    def _indent(self, line: int) -> int:
        text = self._lines[line - 1]
        return len(text) - len(text.lstrip("\ufeff \t\f"))

    def _end(self, line: int) -> int:
        return len(self._lines[line - 1].rstrip())


def _counted(lines: Sequence[int]) -> str:
    return "1 line" if len(lines) == 1 else f"{len(lines)} lines"


def _name(function: Function | None) -> str | None:
    return function.qualname if function else None
