"""Show what no test reaches: lines with their numbers, marked, and three lines around them.

``>>>`` marks lines that never run, ``-->`` those that run, and of which a branch is never taken.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenline.domain.code.regions import tested_lines
from greenline.domain.code.text_lines import split_lines
from greenline.domain.coverage.gaps import find_gaps

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from greenline.domain.code.model import Function, Module
    from greenline.domain.coverage.model import CoverageMap, Gap

CONTEXT = 3
"""Lines shown before and after those that are marked."""
_WITHHELD = "[a line that is not sent]"


def marked_lines(lines: Sequence[str], function: Function, missing: Iterable[int], branching: Iterable[int]) -> str:
    """Return the lines (1-based) that are to be marked with what is around them, below the function's header."""
    marks = dict.fromkeys(branching, "-->") | dict.fromkeys(missing, ">>>")
    end = max([function.end_line, *marks])
    shown = {near for line in marks for near in range(line - CONTEXT, line + CONTEXT + 1)}
    shown.update(range(function.first_line, function.line + 1))
    width = len(str(end))
    told: list[str] = []
    last = None
    for line in sorted(line for line in shown if function.first_line <= line <= min(end, len(lines))):
        if last is not None and line > last + 1:
            told.append(" " * (width + 5) + "...")
        told.append(f"{marks.get(line, '   ')} {line:>{width}} | {lines[line - 1]}".rstrip())
        last = line
    return "\n".join(told)


def missing_lines(function: Function, module: Module, coverage: CoverageMap) -> frozenset[int]:
    """Return all lines of the function's statements that never ran, those of statements over several lines as well."""
    first_line = coverage.statements.first_line
    own = tested_lines(function, module)
    never = coverage.missing & own
    return frozenset(line for line in own if first_line.get(line, line) in never)


def branching_lines(function: Function, module: Module, coverage: CoverageMap) -> frozenset[int]:
    """Return the lines of the function that ran, and of which a branch was never taken."""
    own = tested_lines(function, module)
    return frozenset(line for line, _ in coverage.missing_branches if line in own)


def words_of_gaps(function: Function, module: Module, coverage: CoverageMap, text: str) -> tuple[str, ...]:
    """Return what no test reaches of the function, a sentence each."""
    own = tested_lines(function, module)
    gaps = find_gaps(coverage, module, text)
    return tuple(_words(gap) for gap in gaps if own.intersection(gap.lines))


def sendable_lines(text: str, redacted: str) -> list[str]:
    """Return the lines of a text as they may be sent, each at its number, whatever redacting made of line ends."""
    before, after = split_lines(text), split_lines(redacted)
    if len(before) == len(after):
        return after
    kept = set(after)
    return [line if line in kept else _WITHHELD for line in before]


def _words(gap: Gap) -> str:
    if gap.kind == "partial-branch":
        return gap.message
    first, last = gap.lines[0], gap.lines[-1]
    never = f"Line {first} never runs" if first == last else f"Lines {first} to {last} never run"
    return ". ".join([never, *(words for _, words in gap.ways_in)])
