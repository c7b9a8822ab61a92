"""The state of each line of a text, as editors draw it: one character for a line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from greenline.domain.coverage.following import Following
    from greenline.domain.coverage.model import CoverageMap, Statements

LineState = Literal["covered", "uncovered", "partial", "unknown"]

_SIGNS: dict[LineState, str] = {"covered": "c", "uncovered": "u", "partial": "p", "unknown": "?"}
_NAMES = {sign: name for name, sign in _SIGNS.items()}
_RUNS = re.compile(r"c+|u+|p+|\?+")
_NOTHING = " "


def line_states(coverage: CoverageMap, count: int) -> str:
    """Return the states of ``count`` lines; every line of a statement has the statement's, others are blank."""
    states = [_NOTHING] * count
    partial = {line for line, _ in coverage.missing_branches}
    of: list[tuple[LineState, frozenset[int]]] = [
        ("covered", coverage.covered - partial),
        ("partial", coverage.covered & partial),
        ("uncovered", coverage.missing),
        ("unknown", coverage.unknown),
    ]
    by_statement = {line: _SIGNS[name] for name, lines in of for line in lines}
    for line, sign in by_statement.items():
        if line <= count:
            states[line - 1] = sign
    for line, first in coverage.statements.first_line.items():
        if first in by_statement and line <= count:
            states[line - 1] = by_statement[first]
    return "".join(states)


def moved_states(states: str, statements: Statements, following: Following, lines: Sequence[str]) -> str:
    """Return the states of the edited text ``lines``, whose ``following`` began where the ``states`` are of.

    What was touched is unknown, and so is all of a statement of which a line was touched, is gone, or has a new one
    before it. Costs what the edits cost, but for copying.
    """
    parts: list[str] = []
    at = 0
    for run in following.runs:
        parts += [_touched(line) for line in lines[at : run.now]]
        parts.append(states[run.was : run.was_end])
        at = run.end
    parts += [_touched(line) for line in lines[at:]]
    moved = list("".join(parts))
    for first in broken_statements(statements.first_line, following):
        for line in _statement(first, statements.first_line):
            now = following.now(line)
            if now is not None:
                moved[now - 1] = _SIGNS["unknown"]
    return "".join(moved)


def state_ranges(states: str) -> Iterator[tuple[LineState, int, int]]:
    """Yield each state with the first and the last line of its runs, in the order of the text, from 1."""
    for found in _RUNS.finditer(states):
        yield _NAMES[found[0][0]], found.start() + 1, found.end()


def broken_statements(first_line: Mapping[int, int], following: Following) -> frozenset[int]:
    """Return the first lines, as they stood, of statements that were edited in their middle.

    ``first_line`` maps each line of a statement that spans several to its first. Only where something that was left
    alone ends can one be broken.
    """
    edges = {edge for run in following.runs for edge in (run.was, run.was_end)}
    return frozenset(
        first for edge in edges if (first := first_line.get(edge)) is not None and first_line.get(edge + 1) == first
    )


def _statement(first: int, first_line: Mapping[int, int]) -> Iterator[int]:
    line = first
    while first_line.get(line) == first:
        yield line
        line += 1


def _touched(line: str) -> str:
    """Return the state of a touched line; one without code has none."""
    code = line.strip()
    return _SIGNS["unknown"] if code and not code.startswith("#") else _NOTHING
