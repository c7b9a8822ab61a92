"""What is worth judging: every goal's simplest call, what tells something, then some of each path."""

from __future__ import annotations

from typing import Any

from greenline_probe.explore.candidates import MAX_CANDIDATES, best, in_turn
from greenline_probe.explore.goals import Found, Goals
from greenline_probe.explore.observation import Observation
from greenline_probe.explore.template import Choice, Slot, Template

TEMPLATE: Any = Template(None, "f", [Slot("a", ["1"])])  # type: ignore[arg-type]
SHORT, LONG = frozenset({(1, 2)}), frozenset({(1, 3)})


def observation(number: int, edges: frozenset[tuple[int, int]]) -> Observation:
    return Observation(Choice(TEMPLATE, (str(number),), cost=float(number)), "value", expected=str(number), edges=edges)


def test_paths_come_in_turn() -> None:
    made = [observation(1, SHORT), observation(2, SHORT), observation(3, SHORT), observation(4, LONG)]

    assert [o.choice.cost for o in in_turn(made)] == [1, 4, 2, 3]
    assert in_turn([]) == []


def test_goals_come_before_what_is_only_cheap() -> None:
    goals = Goals(frozenset({3}), frozenset(), {})
    every = [observation(n, SHORT) for n in range(300)] + [observation(900, LONG)]
    found = Found({o.choice.key: o for o in every}, telling={every[250].choice.key: None, "gone": None})

    chosen = [o.choice.cost for o in best(found, goals)]
    assert chosen[:4] == [900, 250, 0, 1]
    assert len(chosen) == len(set(chosen)) == MAX_CANDIDATES
