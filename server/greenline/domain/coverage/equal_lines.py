"""Which lines of two texts are the same ones: those that both have once are found first, whatever moved around them.

The idea is that of "patience" comparison: lines that occur once on each side are certain; the longest series of them in
the same order parts the texts into pieces, which are compared in the same way. What is left are repeated lines, of
which no more is matched than costs little.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_FEW = 2_500
"""Pairs of repeated lines that are compared one by one."""

Piece = tuple[int, int]
"""From a line to another, from 0, without the last."""


@dataclass(frozen=True, slots=True)
class Run:
    """Lines that stand as they stood: from ``now`` on, ``was`` in the text that is followed; both from 0."""

    now: int
    was: int
    length: int

    @property
    def end(self) -> int:
        """The line behind the last, as it stands now."""
        return self.now + self.length

    @property
    def was_end(self) -> int:
        """The line behind the last, as it stood."""
        return self.was + self.length


def joined(runs: Iterable[Run]) -> list[Run]:
    """Return the runs, which are in order, without empty ones, and those that follow on each other as one."""
    found: list[Run] = []
    for run in runs:
        if not run.length:
            continue
        before = found[-1] if found else None
        if before is not None and before.end == run.now and before.was_end == run.was:
            found[-1] = Run(before.now, before.was, before.length + run.length)
        else:
            found.append(run)
    return found


def matched(base: Sequence[str], old: Piece, lines: Sequence[str], new: Piece, most: int | None = None) -> list[Run]:
    """Return equal lines of a piece of both texts, in order. Costs little more than to look at each line once.

    Of a piece of more than ``most`` lines only both ends are compared.
    """
    found: list[Run] = []
    pieces = [(old, new)]
    while pieces:
        (was_low, was_high), (low, high) = pieces.pop()
        head = _common(base, range(was_low, was_high), lines, range(low, high))
        found.append(Run(low, was_low, head))
        low, was_low = low + head, was_low + head
        tail = _common(base, range(was_high - 1, was_low - 1, -1), lines, range(high - 1, low - 1, -1))
        high, was_high = high - tail, was_high - tail
        found.append(Run(high, was_high, tail))
        if low == high or was_low == was_high or (most is not None and high - low + was_high - was_low > most):
            continue
        certain = _certain(base, (was_low, was_high), lines, (low, high))
        if certain:
            pieces += _between(certain, (was_low, was_high), (low, high))
        else:
            found += _repeated(base, (was_low, was_high), lines, (low, high))
    return sorted((run for run in found if run.length), key=lambda run: run.now)


def _common(base: Sequence[str], old: range, lines: Sequence[str], new: range) -> int:
    """Return how many lines are equal from the beginning of both on."""
    count = 0
    for was, now in zip(old, new, strict=False):
        if base[was] != lines[now]:
            break
        count += 1
    return count


def _certain(base: Sequence[str], old: Piece, lines: Sequence[str], new: Piece) -> list[tuple[int, int]]:
    """Return the longest series of lines that are there once on each side, in the order of both: now and before."""
    here, there = Counter(lines[slice(*new)]), Counter(base[slice(*old)])
    once = {line for line, count in here.items() if count == 1 and there.get(line) == 1}
    was = {base[number]: number for number in range(*old) if base[number] in once}
    pairs = [(number, was[lines[number]]) for number in range(*new) if lines[number] in once]
    return _longest_rising(pairs)


def _longest_rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest series of pairs whose second numbers rise as the first do (piles of "patience sorting")."""
    tops: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for number, (_, was) in enumerate(pairs):
        pile = bisect_left(tops, was)
        before.append(last[pile - 1] if pile else -1)
        if pile == len(tops):
            tops.append(was)
            last.append(number)
        else:
            tops[pile], last[pile] = was, number
    series = []
    number = last[-1] if last else -1
    while number >= 0:
        series.append(pairs[number])
        number = before[number]
    return series[::-1]


def _between(certain: Sequence[tuple[int, int]], old: Piece, new: Piece) -> list[tuple[Piece, Piece]]:
    """Return the pieces that begin with each certain line, and the one before the first."""
    starts = [(new[0], old[0]), *certain]
    ends = [*certain, (new[1], old[1])]
    return [((was, was_end), (now, end)) for (now, was), (end, was_end) in zip(starts, ends, strict=True)]


def _repeated(base: Sequence[str], old: Piece, lines: Sequence[str], new: Piece) -> list[Run]:
    """Return equal lines where none is certain: of few what a comparison finds, of many what is at the same place."""
    count, were = new[1] - new[0], old[1] - old[0]
    if count * were <= _FEW:
        matcher = SequenceMatcher(None, base[slice(*old)], lines[slice(*new)], autojunk=False)
        return [Run(new[0] + block.b, old[0] + block.a, block.size) for block in matcher.get_matching_blocks()]
    if count != were:
        return []
    return [Run(new[0] + n, old[0] + n, 1) for n in range(count) if base[old[0] + n] == lines[new[0] + n]]
