"""Follow the lines of a text through edits: which of them still stand, and where."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from greenline.domain.code.text_lines import split_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_AFFORDABLE = 250_000
"""Pairs of lines to compare after a keystroke; an edit that is as large itself may cost more."""


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


@dataclass(frozen=True, slots=True)
class Following:
    """Where the lines of ``base`` stand after some edits. A line that is in no run was touched.

    A touched line counts as untouched again when its text comes back to its place: that is what undo does, and what a
    formatter does that writes all lines anew and changes few. Lines are compared without their ends.
    """

    base: tuple[str, ...]
    runs: tuple[Run, ...] = ()
    count: int = 0
    """Lines of the text now."""
    _starts: tuple[int, ...] = field(default=(), compare=False)

    @classmethod
    def of(cls, lines: Sequence[str]) -> Following:
        """Begin to follow a text."""
        base = tuple(lines)
        return _made(base, [Run(0, 0, len(base))], len(base))

    @classmethod
    def between(cls, before: str, after: str) -> Following:
        """Return how one text became another, as far as comparing them tells."""
        old, new = split_lines(before), split_lines(after)
        return _made(tuple(old), list(_matched(old, (0, len(old)), new, (0, len(new)))), len(new))

    def edited(self, first: int, removed: int, inserted: int, lines: Sequence[str]) -> Following:
        """Follow one edit: ``removed`` lines from ``first`` on (from 0) gave way to ``inserted``.

        ``lines`` are all lines after it. Costs what the edit costs, and a little for each place that was edited before.
        """
        shift = inserted - removed
        before = [_cut(run, 0, first) for run in self.runs if run.now < first]
        after = [_cut(run, first + removed, self.count) for run in self.runs if run.end > first + removed]
        after = [Run(run.now + shift, run.was, run.length) for run in after]
        low, was_low = (before[-1].end, before[-1].was_end) if before else (0, 0)
        high, was_high = (after[0].now, after[0].was) if after else (len(lines), len(self.base))
        middle = _matched(self.base, (was_low, was_high), lines, (low, high), largest=max(inserted, removed))
        return _made(self.base, [*before, *middle, *after], len(lines))

    def was(self, line: int) -> int | None:
        """Return where a line (from 1) stood; None when it was touched."""
        found = bisect_right(self._starts, line - 1) - 1
        if found < 0 or line - 1 >= self.runs[found].end:
            return None
        return line - self.runs[found].now + self.runs[found].was

    def now(self, line: int) -> int | None:
        """Return where a line (from 1) of the followed text stands; None when it was touched or is gone."""
        found = bisect_right(self.runs, line - 1, key=lambda run: run.was) - 1
        if found < 0 or line - 1 >= self.runs[found].was_end:
            return None
        return line - self.runs[found].was + self.runs[found].now

    def shift(self, first: int, last: int) -> int | None:
        """Return by how many lines a region (from 1) of the followed text moved; None when it was edited."""
        found = bisect_right(self.runs, first - 1, key=lambda run: run.was) - 1
        if found < 0 or last > self.runs[found].was_end:
            return None
        return self.runs[found].now - self.runs[found].was

    @property
    def came_from(self) -> dict[int, int]:
        """Each untouched line and where it stood, both from 1."""
        return {run.now + n: run.was + n for run in self.runs for n in range(1, run.length + 1)}

    @property
    def is_untouched(self) -> bool:
        """Every line stands where it stood, and there is no other."""
        return self.count == len(self.base) and self.runs == (Run(0, 0, self.count),)

    def after(self, earlier: Mapping[int, int]) -> dict[int, int]:
        """Return the lines as they stood in a still older text, whose lines came to ``base`` by ``earlier``."""
        return {line: earlier[was] for line, was in self.came_from.items() if was in earlier}


def _made(base: tuple[str, ...], runs: Sequence[Run], count: int) -> Following:
    joined: list[Run] = []
    for run in runs:
        if not run.length:
            continue
        if joined and joined[-1].end == run.now and joined[-1].was_end == run.was:
            run = Run(joined[-1].now, joined[-1].was, joined.pop().length + run.length)  # noqa: PLW2901
        joined.append(run)
    return Following(base, tuple(joined), count, tuple(run.now for run in joined))


def _cut(run: Run, low: int, high: int) -> Run:
    """Return the part of a run between two lines."""
    start, end = max(run.now, low), min(run.end, high)
    return Run(start, run.was + start - run.now, max(0, end - start))


def _matched(
    base: Sequence[str],
    old: tuple[int, int],
    lines: Sequence[str],
    new: tuple[int, int],
    largest: int | None = None,
) -> Iterator[Run]:
    """Yield the equal lines between two places of both texts: at both ends first, then in the middle.

    ``largest`` is the size of the edit; None: whatever it costs.
    """
    low, high = new
    was_low, was_high = old
    head = _common(base, range(was_low, was_high), lines, range(low, high))
    yield Run(low, was_low, head)
    low, was_low = low + head, was_low + head
    tail = _common(base, range(was_high - 1, was_low - 1, -1), lines, range(high - 1, low - 1, -1))
    middle, was_middle = high - tail - low, was_high - tail - was_low
    if middle and was_middle and (largest is None or middle * was_middle <= max(_AFFORDABLE, largest * largest)):
        matcher = SequenceMatcher(None, base[was_low : was_high - tail], lines[low : high - tail], autojunk=False)
        for block in matcher.get_matching_blocks():
            yield Run(low + block.b, was_low + block.a, block.size)
    yield Run(high - tail, was_high - tail, tail)


def _common(base: Sequence[str], old: range, lines: Sequence[str], new: range) -> int:
    """Return how many lines are equal from the beginning of both on."""
    count = 0
    for was, now in zip(old, new, strict=False):
        if base[was] != lines[now]:
            break
        count += 1
    return count
