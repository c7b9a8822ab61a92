"""What a call changed: its arguments, its receiver, how stand-ins were called, files, environment variables."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import Any

from greenline_probe.explore import environment
from greenline_probe.explore.describe import Describer, equals, public_data, written
from greenline_probe.explore.sources import SEPARATOR
from greenline_probe.explore.stubs import calls_seen, holds_mocks

MOST_OF_STATE = 4


@dataclass
class Before:
    """How things were before the call."""

    arguments: list[tuple[str, str, str]]
    """(parameter, label, expression) of what is passed."""
    values: list[Any]
    twins: list[Any]
    """Equal to the arguments, made anew; None for those that cannot change."""
    states: list[dict[str, str]]
    """What the arguments showed, where they are objects."""
    state: dict[str, str]
    """What the receiver showed."""
    files: dict[str, str]
    variables: dict[str, str]
    stand_ins: dict[str, Any] = field(default_factory=dict)
    """Variable -> stand-in that was made before the call."""


@dataclass
class Effects:
    """Assertions on what changed, and the arguments (by position) that they speak of."""

    after: list[str]
    kept: frozenset[int]


def can_change(value: Any) -> bool:
    """Tell whether an argument is a container that the call may change."""
    return isinstance(value, (list, dict, set, bytearray))


def effects_of(before: Before, receiver: str, asserted: str, space: dict[str, Any], describer: Describer) -> Effects:
    """Compare with how things were; ``asserted`` is the expression of what is asserted as the result already."""
    after: list[str] = []
    kept: set[int] = set()
    taken = {receiver, "result"}
    for i, (name, _, _) in enumerate(before.arguments):
        if name in taken or before.arguments[i][2].rpartition(SEPARATOR)[2] in before.stand_ins:
            continue
        found = _of_argument(before, i, describer)
        if found:
            after += found
            kept.add(i)
            taken.add(name)
    if receiver:
        now = describer.state_of(receiver, space)
        changed = [equals(e, s) for e, s in now.items() if before.state.get(e) != s and e != asserted]
        after += changed[:MOST_OF_STATE]
        for key, held in public_data(space[receiver]):
            if holds_mocks(held):
                after += calls_seen(held, f"{receiver}.{key}", describer.names, describer.expression)
    for name, made in before.stand_ins.items():
        after += calls_seen(made, name, describer.names, describer.expression)
    after += written(space.get("tmp_path"), before.files)
    changed = environment.changes(before.variables, describer.names, describer.is_stable)
    return Effects([*after, *changed], frozenset(kept))


def _of_argument(before: Before, index: int, describer: Describer) -> list[str]:
    name, value, twin = before.arguments[index][0], before.values[index], before.twins[index]
    if holds_mocks(value):
        return calls_seen(value, name, describer.names, describer.expression)
    with contextlib.suppress(Exception):
        if twin is not None:
            source = describer.expression(value) if value != twin else None
            return [] if source is None else [equals(name, source)]
        earlier = before.states[index]
        now = describer.state_of(name, {name: value}) if earlier else {}
        return [equals(e, s) for e, s in now.items() if earlier.get(e) != s][:MOST_OF_STATE]
    return []
