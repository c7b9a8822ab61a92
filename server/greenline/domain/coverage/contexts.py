"""Lines as bit sets, one number each: thousands of tests can be joined and compared in no time.

Bit n stands for line n; a negative number holds all lines from some line on, so -1 is every line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenline.domain.coverage.model import Executed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from greenline.domain.code.fingerprints import Change
    from greenline.domain.coverage.model import Arc

EVERY_LINE = -1


def bits_of(lines: Iterable[int]) -> int:
    """Return the set of these lines; those below 0 (entries and exits) are left out."""
    bits = bytearray()
    for line in lines:
        if line >= 0:
            if line >> 3 >= len(bits):
                bits.extend(bytes((line >> 3) + 1 - len(bits)))
            bits[line >> 3] |= 1 << (line & 7)
    return int.from_bytes(bits, "little")


def lines_of(bits: int) -> frozenset[int]:
    """Return the lines of a set that ends."""
    found = []
    for index, byte in enumerate(bits.to_bytes((bits.bit_length() + 7) // 8, "little")):
        if byte:
            found += [index * 8 + bit for bit in range(8) if byte >> bit & 1]
    return frozenset(found)


def between(first: int, last: int) -> int:
    """Return all lines from the first to the last."""
    return (1 << (last + 1)) - (1 << first)


def union(sets: Iterable[int]) -> int:
    """Return what is in any of the sets."""
    bits = 0
    for one in sets:
        bits |= one
    return bits


def noticing(change: Change) -> int:
    """Return the lines of the older text of which a test must have run one to notice the change.

    Every line where a level changed: then also tests may notice that ran none of them.
    """
    return EVERY_LINE if change.levels else union(between(first, last) for first, last in change.spans)


def moved(bits: int, now_at: Mapping[int, int]) -> int:
    """Return where the lines stand now; those that ``now_at`` does not know are left out."""
    return bits_of(now_at[line] for line in lines_of(bits) if line in now_at)


def still_counts(outside: int, tests: Iterable[int], arcs: frozenset[Arc] | None) -> Executed:
    """Return what ran, from what no test ran (imports, mostly) and the tests that still are as they were.

    ``arcs`` are those of the whole run. One counts when both its ends do: which test took it is not known, so that one
    between lines that other tests reach stays.
    """
    bits = union((outside, *tests))
    kept = None if arcs is None else frozenset(arc for arc in arcs if all(_has(bits, end) for end in arc))
    return Executed(lines_of(bits), kept)


def _has(bits: int, end: int) -> bool:
    return end < 0 or bool(bits >> end & 1)
