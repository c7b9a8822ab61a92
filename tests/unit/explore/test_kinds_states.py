"""State machines: which transitions are tried, what a call shows of them, and what a test says of the state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from greenline_probe.explore.kinds import state_machines
from greenline_probe.explore.kinds.state_tables import refused, transitions_of
from unit.explore.explored import explored

if TYPE_CHECKING:
    from pathlib import Path

MACHINES = """
import enum

class State(enum.Enum):
    CART = 1
    PAID = 2
    GONE = 3

NEXT = {(State.CART, "pay"): State.PAID, (State.PAID, "ship"): State.GONE}
ALLOWED = {"new": {"open"}, "open": {"done", "new"}}

def step(state: State, event: str) -> State:
    if (state, event) not in NEXT:
        raise ValueError("no way")
    return NEXT[state, event]

class Ticket:
    def __init__(self):
        self.state = "new"

    def move(self, target: str):
        if target not in ALLOWED.get(self.state, ()):
            raise ValueError("no way")
        self.state = target

class Door:
    def __init__(self):
        self.state = "closed"

    def open(self):
        if self.state == "locked":
            raise ValueError("unlock it")
        self.state = "open"

    def lock(self):
        self.state = "locked"

    def knock(self):
        return "who is there?"

class Reader:
    def __init__(self, mode: str):
        self.mode = mode

    def reset(self):
        if self.mode == "binary":
            raise ValueError("not that one")
        self.mode = "text"

def plain(state: str, event: str):
    return state + event
"""


def _choices(folder: Path, name: str) -> list[Any]:
    """Run what is tried whatever the search comes to."""
    with explored(folder, MACHINES, name) as world:
        return [world.observer.run(c) for c in state_machines.choices(world.templates, world.values)]


def test_each_transition_is_made_and_one_is_refused_from_each_state(tmp_path: Path) -> None:
    seen = _choices(tmp_path, "step")

    made = {shown[1:]: o.expected for o in seen if o.kind == "value" for shown in o.shows}
    assert made == {("State.CART", "'pay'"): "State.PAID", ("State.PAID", "'ship'"): "State.GONE"}
    refused_from = {shown[1] for o in seen if o.kind == "raise" for shown in o.shows}
    assert refused_from == {"State.CART", "State.PAID", "State.GONE"}


def test_a_state_is_reached_by_the_transitions_before_it(tmp_path: Path) -> None:
    seen = _choices(tmp_path, "Ticket.move")

    shown = {shown[1:] for o in seen for shown in o.shows}
    assert {("'new'", "'open'"), ("'open'", "'done'"), ("'open'", "'new'")} <= shown
    done = next(o for o in seen if ("transition", "'open'", "'done'") in o.shows)
    assert "ticket.move('open')" in done.choice.chosen
    assert "ticket.state == 'done'" in done.after


def test_after_a_refusal_the_state_is_asserted_too(tmp_path: Path) -> None:
    raised = [o for o in _choices(tmp_path, "Ticket.move") if o.kind == "raise"]

    assert raised
    assert all(any(a.startswith("ticket.state == ") for a in o.after) for o in raised)


def test_a_method_shows_each_state_that_it_comes_from_and_the_state_that_stays(tmp_path: Path) -> None:
    with explored(tmp_path, MACHINES, "Door.open") as world:
        assert state_machines.choices(world.templates, world.values) == []
        found = world.search().run([])
        seen = found.observations.values()

        assert {shown for o in seen for shown in o.shows} == {("from", f"'{s}'") for s in ("closed", "open", "locked")}
        assert all(any(a.startswith("door.state == ") for a in o.after) for o in seen if o.usable)


def test_what_a_caller_makes_up_is_no_state(tmp_path: Path) -> None:
    with explored(tmp_path, MACHINES, "Reader.reset") as world:
        state_machines.choices(world.templates, world.values)
        found = world.search().run([])

        assert {s for o in found.observations.values() for s in o.shows} <= {("from", "'text'"), ("from", "'binary'")}


@pytest.mark.parametrize("name", ["Door.knock", "plain"])
def test_what_changes_no_state_is_no_transition(tmp_path: Path, name: str) -> None:
    with explored(tmp_path, MACHINES, name) as world:
        assert state_machines.choices(world.templates, world.values) == []
        found = world.search().run([])
        assert not any(o.shows for o in found.observations.values())


@pytest.mark.parametrize(
    ("table", "transitions"),
    [
        ({("a", "x"): "b", ("b", "x"): "a"}, {("a", "x"), ("b", "x")}),
        ({"a": {"x": "b"}, "b": {"y": "a"}}, {("a", "x"), ("b", "y")}),
        ({"a": ["b", "c"], "b": []}, set()),
        ({"a": ["b", "c"], "b": ["a"]}, {("a", "b"), ("a", "c"), ("b", "a")}),
        ({("tea", "small"): 3, ("tea", "large"): 5}, set()),
        ({("en", "yes"): "ja", ("en", "no"): "nein"}, set()),
        ({"a": 1, "b": 2}, set()),
        ({"a": [1, 2]}, set()),
        ({("a", "x"): "b", (1, 2): "a"}, set()),
        ([("a", "b")], set()),
    ],
)
def test_what_is_a_table_of_transitions(table: Any, transitions: set[tuple[str, str]]) -> None:
    assert set(transitions_of(table)) == transitions


def test_what_is_refused_names_each_state_and_is_spread_over_the_events() -> None:
    found = refused({("a", "x"): "b", ("b", "y"): "c"})

    assert [state for state, _ in found] == ["a", "b", "c"]
    assert {event for _, event in found} == {"x", "y"}
    assert ("a", "x") not in found
