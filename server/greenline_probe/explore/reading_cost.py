"""How hard a call is to read."""

from __future__ import annotations

from greenline_probe.explore.fitting import fits
from greenline_probe.explore.template import OMITTED, Choice, Slot
from greenline_probe.explore.typical import PLAIN_TEXT

SAID_AGAIN = 4.0
"""So much dearer is one text in two places."""
ORDINARY_LENGTH = 5
"""An ordinary value is as dear as one so long at most."""
DETOUR = 12.0
FEW = 2
FAMILIAR = 0.2
"""So much cheaper than an ordinary value is a text that somebody passes."""
MISSING = 4.0
"""So much dearer is each of two arguments of ``*args`` that is not passed: dearer than an ordinary value."""
CHANGED = 0.004
"""So much dearer is each further change of such a text; all are cheaper than what is made up, and not by much."""


def cost_of(choice: Choice) -> float:
    """Measure readability: shorter, fewer arguments first; extreme or odd values, and one text said twice, later."""
    cost = DETOUR + 4 * max(0, passed_by(choice) - FEW) if choice.template.detour else 0.0
    texts: list[str] = []
    for slot, source in zip(choice.template.slots, choice.chosen):
        if not source or source in slot.given:
            cost += MISSING if slot.one_of_many and slot.role == "argument" and not source else 0
            continue
        cost += (6 if slot.role in ("step", "setting") else 0) + _cost_of(slot, source)
        if slot.role in ("construct", "argument") and source[:1] in "'\"" and len(source) > 3:
            cost += SAID_AGAIN if source in texts else 0
            texts.append(source)
    return cost


def passed_by(choice: Choice) -> int:
    """Return the number of arguments of the call."""
    return len(choice.template.arguments(choice.chosen))


def _cost_of(slot: Slot, source: str) -> float:
    if source in slot.familiar and source not in slot.odd:
        return _of_ordinary(source) - FAMILIAR + CHANGED * slot.familiar[source]
    rank = slot.pool.index(source) if source in slot.pool[:40] else 40
    rank -= bool(rank) and slot.pool[0] == OMITTED
    if rank == 0 and slot.role in ("construct", "argument") and source[:1] not in "[({":
        return _of_ordinary(source)
    cost = 2 + len(source) * 0.2 + rank * 0.2
    cost += 4 * sum(source.count(mark) for mark in ("\\x", "\\u", "1e", "lambda", "\\n"))
    if not any(c.isalnum() for c in source):
        cost += 2
    if source in {"''", "[]", "{}", "None", "()", "0"}:
        cost += 1.5
    if source in slot.odd or (slot.hint is not None and source != slot.default and not fits(slot.hint, source)):
        cost += 10
    if source == PLAIN_TEXT:
        cost += 1  # there is a better one
    return cost


def _of_ordinary(source: str) -> float:
    return 2 + min(ORDINARY_LENGTH, len(source)) * 0.2  # what it is called is no shorter
