"""Which tests spoil a run for the others: found by halves."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Hashable, Sequence

T = TypeVar("T", bound="Hashable")

MOST_RUNS, RUNS_IN_VAIN = 6, 4
"""To part the tests of one function; so many, when each of them was spoiled: often all do the same."""


async def spoilers(
    groups: Sequence[Sequence[T]], problem: str, problem_of: Callable[[Sequence[T]], Awaitable[str]]
) -> dict[T, str]:
    """Return what to leave out, with its problem; empty when it is everything, and so perhaps nobody's fault.

    ``groups`` are the tests of each function, which have ``problem`` together; ``problem_of`` runs some of them.
    """
    found: dict[T, str] = {}
    for group, its_problem in await _groups(groups, problem, problem_of):
        found |= await _parted(group, its_problem, problem_of)
    return found if len(found) < sum(map(len, groups)) else {}


async def _groups(
    groups: Sequence[Sequence[T]], problem: str, problem_of: Callable[[Sequence[T]], Awaitable[str]]
) -> list[tuple[Sequence[T], str]]:
    if len(groups) < 2:  # noqa: PLR2004 - nothing to halve
        return [(group, problem) for group in groups]
    found: list[tuple[Sequence[T], str]] = []
    middle = len(groups) // 2
    for half in (groups[:middle], groups[middle:]):
        again = await problem_of([test for group in half for test in group])
        if again:
            found += await _groups(half, again, problem_of)
    return found


async def _parted(
    group: Sequence[T], problem: str, problem_of: Callable[[Sequence[T]], Awaitable[str]]
) -> dict[T, str]:
    """Return the spoiling ones of a group; all of it where a few runs do not part them."""
    found: dict[T, str] = {}
    suspects, runs, are_clean = [(group, problem)], 0, False
    while suspects:
        some, its_problem = suspects.pop(0)
        if len(some) < 2 or runs >= (MOST_RUNS if are_clean else RUNS_IN_VAIN):  # noqa: PLR2004 - nothing to halve
            found |= dict.fromkeys(some, its_problem)
            continue
        middle = len(some) // 2
        for half in (some[:middle], some[middle:]):
            runs += 1
            again = await problem_of(half)
            suspects += [(half, again)] if again else []
            are_clean = are_clean or not again
    return found or dict.fromkeys(group, problem)
