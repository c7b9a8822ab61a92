"""Another order for collected tests, decided by a number: what is set up for several still serves them all."""

from __future__ import annotations

import random
from typing import Any

REVERSED = -1
"""The number of the order that has every pair of tests the other way round."""


def shuffle(items: list[Any], number: int) -> None:
    """Shuffle folders, in them modules, in them classes, in them tests, in place; the same number, the same order.

    What belongs together stays together, so that a fixture of a module or class is set up once, as ever.
    """
    if number == REVERSED:
        items.reverse()
        return
    chance = random.Random(number)  # noqa: S311 - an order, not a secret
    items[:] = _shuffled([(item.listchain(), item) for item in items], 0, chance)


def _shuffled(chained: list[tuple[list[Any], Any]], depth: int, chance: random.Random) -> list[Any]:
    """Return the items, whose chains have the same nodes above ``depth``."""
    groups: dict[int, list[tuple[list[Any], Any]]] = {}
    for chain, item in chained:
        groups.setdefault(id(chain[min(depth, len(chain) - 1)]), []).append((chain, item))
    in_order = list(groups.values())
    chance.shuffle(in_order)
    found: list[Any] = []
    for group in in_order:
        if len(group) == 1 or all(len(chain) <= depth + 1 for chain, _ in group):
            found += [item for _, item in group]
        else:
            found += _shuffled(group, depth + 1, chance)
    return found
