"""Follow the lines of a text through edits: which of them still stand, and where."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from greenline.domain.code.text_lines import split_lines
from greenline.domain.coverage.equal_lines import Run, joined, matched

if TYPE_CHECKING:
    from collections.abc import Sequence

_AFFORDABLE = 2_000
"""Lines to compare after a keystroke; an edit that is as large itself may cost more."""


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

    @classmethod
    def of(cls, lines: Sequence[str]) -> Following:
        """Begin to follow a text."""
        base = tuple(lines)
        return cls(base, (Run(0, 0, len(base)),), len(base))

    @classmethod
    def between(cls, before: str, after: str) -> Following:
        """Return how one text became another, as far as comparing them tells."""
        old, new = split_lines(before), split_lines(after)
        return cls(tuple(old), tuple(joined(matched(old, (0, len(old)), new, (0, len(new))))), len(new))

    def edited(self, first: int, removed: int, inserted: int, lines: Sequence[str]) -> Following:
        """Follow one edit: ``removed`` lines from ``first`` on (from 0) gave way to ``inserted``.

        ``lines`` are all lines after it. Costs what the edit costs, but for copying.
        """
        shift, last = inserted - removed, first + removed
        low = bisect_right(self.runs, first, key=_end)
        high = max(low, bisect_left(self.runs, last, key=_start))
        left = [part for run in self.runs[low:high] if (part := _cut(run, 0, first)).length]
        right = [part for run in self.runs[low:high] if (part := _cut(run, last, run.end)).length]
        before, after = self.runs[:low], self.runs[high:]
        above, below = [*before[-1:], *left], [*right, *after[:1]]
        lowest, was_lowest = (above[-1].end, above[-1].was_end) if above else (0, 0)
        highest, was_highest = (below[0].now + shift, below[0].was) if below else (len(lines), len(self.base))
        here = matched(
            self.base, (was_lowest, was_highest), lines, (lowest, highest), most=max(_AFFORDABLE, 4 * inserted)
        )
        seam = joined([*above, *here, *(_moved(run, shift) for run in below)])
        rest = after[1:] if shift == 0 else tuple(_moved(run, shift) for run in after[1:])
        return Following(self.base, (*before[:-1], *seam, *rest), len(lines))

    def was(self, line: int) -> int | None:
        """Return where a line (from 1) stood; None when it was touched."""
        found = bisect_right(self.runs, line - 1, key=_start) - 1
        if found < 0 or line - 1 >= self.runs[found].end:
            return None
        return line - self.runs[found].now + self.runs[found].was

    def now(self, line: int) -> int | None:
        """Return where a line (from 1) of the followed text stands; None when it was touched or is gone."""
        found = bisect_right(self.runs, line - 1, key=_was) - 1
        if found < 0 or line - 1 >= self.runs[found].was_end:
            return None
        return line - self.runs[found].was + self.runs[found].now

    def shift(self, first: int, last: int) -> int | None:
        """Return by how many lines a region (from 1) of the followed text moved; None when it was edited."""
        found = bisect_right(self.runs, first - 1, key=_was) - 1
        if found < 0 or last > self.runs[found].was_end:
            return None
        return self.runs[found].now - self.runs[found].was

    @property
    def came_from(self) -> dict[int, int]:
        """Each untouched line and where it stood, both from 1."""
        return {run.now + n: run.was + n for run in self.runs for n in range(1, run.length + 1)}

    def after(self, earlier: Following) -> Following:
        """Return how a still older text became this one; ``earlier`` tells how that became ``base``."""
        lines = ((now, earlier.was(was)) for now, was in self.came_from.items())
        runs = joined(Run(now - 1, was - 1, 1) for now, was in lines if was is not None)
        return Following(earlier.base, tuple(runs), self.count)


def _start(run: Run) -> int:
    return run.now


def _end(run: Run) -> int:
    return run.end


def _was(run: Run) -> int:
    return run.was


def _moved(run: Run, shift: int) -> Run:
    return Run(run.now + shift, run.was, run.length)


def _cut(run: Run, low: int, high: int) -> Run:
    """Return the part of a run between two lines."""
    start, end = max(run.now, low), min(run.end, high)
    return Run(start, run.was + start - run.now, max(0, end - start))
