"""Exceptions that nobody announced: which are suspected bugs, and which only say that a type was guessed wrong."""

from __future__ import annotations

import inspect
from collections.abc import Collection, Iterable
from typing import Any

from greenline_probe.explore import idioms
from greenline_probe.explore.annotations import hints_of
from greenline_probe.explore.fitting import fits
from greenline_probe.explore.observation import Observation
from greenline_probe.explore.template import Slot, described

MOST = 5
_NOT_OF_TYPES = {"IndexError", "ZeroDivisionError", "UnboundLocalError", "NameError", "RecursionError", "OverflowError"}
"""Without annotations a wrong type is our guess; these are the code's own doing."""
_STARS = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def told(observations: Iterable[Observation], networking: Collection[tuple[str, int]] = ()) -> list[dict[str, Any]]:
    """Return the few to tell, suspected bugs first, as ``wire.Explored`` has them.

    ``networking`` are those to leave out, as ``Intentions`` has them: where the network is refused, what a library
    says of a made-up address before it would connect is no word about the code.
    """
    kept = [o for o in observations if (o.error_text.partition(":")[0], o.error_line) not in networking]
    return sorted(map(_told, kept), key=lambda accident: not accident["typed"])[:MOST]


def _told(observation: Observation) -> dict[str, Any]:
    template, chosen = observation.choice.template, observation.choice.chosen
    pairs = [(s, c) for s, c in zip(template.slots, chosen) if s.role in ("argument", "construct") and c]
    valid = not template.detour and all(c not in s.odd and _is_allowed(observation, s, c) for s, c in pairs)
    if template.form == "client":  # what never came to the code is the client's own trouble
        valid = valid and observation.error_line > 0
    elif idioms.is_callback(template.subject):
        valid = False
    typed = valid and not observation.made_up and (observation.error in _NOT_OF_TYPES or all(s.typed for s, _ in pairs))
    call = described(observation.choice)
    return {"call": call, "error": observation.error_text, "line": observation.error_line, "typed": typed}


def _is_allowed(observation: Observation, slot: Slot, source: str) -> bool:
    """Tell whether the annotation of the slot's parameter lets the choice pass."""
    subject = observation.choice.template.subject
    function = subject.function
    if slot.role == "construct" or subject.kind == "constructor":
        function = getattr(subject.owner, "__init__", None)
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):
        return True
    if slot.keyword or slot.name not in parameters or parameters[slot.name].kind in _STARS:
        return True
    return fits(hints_of(function, subject.module).get(slot.name), source)
