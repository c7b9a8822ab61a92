"""The last touch on a call that is kept: what is odd about it and changes nothing becomes ordinary."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Callable

from greenline_probe.explore.budget import Budget
from greenline_probe.explore.observation import Observation
from greenline_probe.explore.observe import Observer
from greenline_probe.explore.plainer_texts import simpler_texts
from greenline_probe.explore.reading_cost import cost_of
from greenline_probe.explore.sources import SEPARATOR
from greenline_probe.explore.template import OMITTED, Choice, Slot

ORDINARY = 8
"""So many of a slot's first choices are what a person would write."""
KNOWN = 40
MOST_TRIES = 120
WORTH = 1.0
"""So much simpler a call must be to take the place of the one that was found."""
A_FOLDER, A_FILE = "'folder'", "'data.txt'"
"""What the call's own folder, and a path in it, are called where nobody looks for them."""
_PLAIN = frozenset({"True", "False", "None"})
_NOTHING = frozenset({"''", "b''", "[]", "()", "{}", "None", "0", "set()"})
"""Short, and yet the special case: not what a reader takes for ordinary."""


def plainer(
    observation: Observation, is_as_good: Callable[[Observation], bool], observer: Observer, budget: Budget
) -> Observation:
    """Return the observation of a simpler call that is as good, or the one given.

    Each argument in turn is replaced by an ordinary one, or by less of itself. What documentation shows stays.
    """
    if observation.choice.documented:
        return observation
    tried = {observation.choice.key}
    for place, slot in enumerate(observation.choice.template.slots):
        goes_on = True
        while goes_on:
            goes_on = False
            for choice in _simpler(slot, observation.choice, place):
                if len(tried) > MOST_TRIES or budget.is_over():
                    return observation
                if choice.key in tried:
                    continue
                tried.add(choice.key)
                seen = observer.run(choice)
                if _loses_its_folder(choice, observation.choice, place) and not _says_the_same(seen, observation):
                    continue
                if _is_alike(seen, observation) and is_as_good(seen):
                    observation, goes_on = seen, True
                    break
    return observation


def _simpler(slot: Slot, choice: Choice, place: int) -> Iterator[Choice]:
    """Yield the call with an ordinary argument in that place, then with simpler texts in what was put together."""
    source = choice.chosen[place]
    if source in {OMITTED, A_FOLDER, A_FILE} or slot.role == "step" or source in slot.familiar:
        return
    path = source.rpartition(SEPARATOR)[2]
    if path.startswith("str(tmp_path"):
        yield _with(choice, place, A_FOLDER if path == "str(tmp_path)" else A_FILE)
    cost = cost_of(choice)
    usual = [s for s in slot.pool[: ORDINARY + 1] if s != OMITTED]
    for ordinary in usual[:1] if source in usual else usual:
        less = _with(choice, place, ordinary)
        if ordinary in _NOTHING or ordinary == source or ordinary in slot.odd:
            continue
        if less.cost <= cost - WORTH:
            yield less
    if source not in slot.pool[:KNOWN]:
        for made in simpler_texts(source, usual):
            yield _with(choice, place, made)


def _with(choice: Choice, place: int, source: str) -> Choice:
    made = Choice(choice.template, (*choice.chosen[:place], source, *choice.chosen[place + 1 :]))
    made.cost = cost_of(made)
    return made


def _loses_its_folder(choice: Choice, before: Choice, place: int) -> bool:
    return "tmp_path" in before.chosen[place] and "tmp_path" not in choice.chosen[place]


def _says_the_same(seen: Observation, observation: Observation) -> bool:
    """Tell whether a call says the same without its folder, but for the folder: nobody looks for the file."""
    before, now = ((each.expected or "", *each.details, *each.after) for each in (observation, seen))
    return len(before) == len(now) and all(a == b or "tmp_path" in a for a, b in zip(before, now))


def _is_alike(seen: Observation, observation: Observation) -> bool:
    """Tell whether two calls end in one way; of results, only the plainest must be the same."""
    if not seen.usable or (seen.kind, seen.shape, seen.error) != (
        observation.kind,
        observation.shape,
        observation.error,
    ):
        return False
    if len(seen.after) != len(observation.after) or len(seen.details) != len(observation.details):
        return False
    same = seen.expected == observation.expected
    return same or not {seen.expected, observation.expected} & {None, *_PLAIN}
