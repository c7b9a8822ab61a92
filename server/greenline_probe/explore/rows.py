"""The choices that need no feedback: the ordinary one, each slot varied alone, options in pairs, some at random."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator

from greenline_probe.explore.template import Choice, Slot, Template

RANDOM_AFTER = (3, 8, 20)
"""Ranks after which rows are drawn at random, twenty times as many."""
SMALL_POOL = 5
MOST_PAIRS = 120


def rows(templates: list[Template], rng: random.Random) -> Iterator[Choice]:
    """Yield choices, the most ordinary first, round by round over the templates; each varies one slot or a few."""
    for template in templates:
        yield Choice(template, template.first())
    longest = max((len(s.pool) for t in templates for s in t.slots), default=0)
    for rank in range(1, longest):
        for template in templates:
            base = template.first()
            for i, slot in enumerate(template.slots):
                if rank < len(slot.pool):
                    yield Choice(template, (*base[:i], slot.pool[rank], *base[i + 1 :]))
        if rank == RANDOM_AFTER[0]:
            for template in templates:
                yield from itertools.islice(_pairs(template), MOST_PAIRS)
        if rank in RANDOM_AFTER:
            yield from _random_rows(templates, rng, 20 * rank)


def _pairs(template: Template) -> Iterator[Choice]:
    """Yield two options at once: flags and modes often matter only together."""
    small = [(i, s.pool[1:3]) for i, s in enumerate(template.slots) if _is_option(s)]
    base = template.first()
    for (i, first), (j, second) in itertools.combinations(small, 2):
        for one, other in itertools.product(first, second):
            chosen = list(base)
            chosen[i], chosen[j] = one, other
            yield Choice(template, tuple(chosen))


def _is_option(slot: Slot) -> bool:
    return (
        slot.role in ("argument", "construct")
        and len(slot.pool) > 1
        and (len(slot.pool) <= SMALL_POOL or slot.pool[0] == "")
    )


def _random_rows(templates: list[Template], rng: random.Random, count: int) -> Iterator[Choice]:
    for _ in range(count):
        template = rng.choice(templates)
        if len(template.slots) > 1:
            yield Choice(template, tuple(_early(s.pool, rng) for s in template.slots))


def _early(pool: list[str], rng: random.Random) -> str:
    """Early values are more ordinary, so more likely."""
    return pool[int(len(pool) * rng.random() ** 1.7)]
