"""Classes that nobody uses: ten methods that are never called are one thing to a person."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from greenline.domain.code.regions import own_lines
from greenline.domain.coverage.model import SilentClass, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from greenline.domain.code.model import Function, Module
    from greenline.domain.coverage.model import CoverageMap, Gap

_SEVERAL = 2


def marked_as_silent(never_called: Sequence[Gap], module: Module, coverage: CoverageMap) -> list[Gap]:
    """Return the gaps of functions that were never called, those of silent classes with their class.

    A class is silent when that is certain of each method that has anything to run: of one on a single line, it is not.
    """
    uncalled = {gap.name.start_line: gap for gap in never_called if gap.name is not None}
    silent = dict(_silent(uncalled, module, coverage)) if len(uncalled) >= _SEVERAL else {}
    return [replace(gap, silent=silent.get(gap.name.start_line)) if gap.name else gap for gap in never_called]


def _silent(uncalled: dict[int, Gap], module: Module, coverage: CoverageMap) -> Iterator[tuple[int, SilentClass]]:
    """Yield the lines of methods, each with its class."""
    methods: dict[str, list[Function]] = defaultdict(list)
    for function in module.functions:
        if function.class_name is not None:
            methods[function.class_name].append(function)
    for one in module.classes:
        inside = [f for f in methods[one.qualname] if one.line <= f.line <= one.end_line]
        telling = [f for f in inside if own_lines(f) & coverage.statements.lines]
        if len(telling) >= _SEVERAL and all(f.line in uncalled for f in telling):
            name = Span(one.line, one.name_column, one.line, one.name_column + len(one.name))
            found = SilentClass(one.qualname, name, len(telling))
            yield from ((f.line, found) for f in telling)
