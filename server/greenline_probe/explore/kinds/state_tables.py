"""Tables of transitions: dictionaries of a module, and where a function that looks one up has state and event from."""

from __future__ import annotations

import ast
import collections
import enum
from typing import TYPE_CHECKING, Any

from greenline_probe.explore.definitions import parameters_of

if TYPE_CHECKING:
    from greenline_probe.explore.subject import Subject

MOST_STATES = 8
LEAST = 2


def transitions_of(table: Any) -> dict[tuple[Any, Any], Any]:
    """Return (state, event) -> next state; empty for what is no table of transitions."""
    found: dict[tuple[Any, Any], Any] = {}
    if not isinstance(table, dict):
        return found
    for key, held in table.items():
        if isinstance(key, tuple) and len(key) == 2:
            found[key[0], key[1]] = held
        elif isinstance(held, dict):
            found.update({(key, event): after for event, after in held.items()})
        elif isinstance(held, (set, frozenset, list, tuple)) and all(type(each) is type(key) for each in held):
            found.update({(key, after): after for after in sorted(held, key=repr)})
        else:
            return {}
    kinds = {(type(state), type(event), type(after) is type(state)) for (state, event), after in found.items()}
    states = [state for state, _ in found]
    leads_on = any(after == state for after in found.values() for state in states)  # a list of prices does not
    return found if len(found) >= LEAST and len(kinds) == 1 and leads_on else {}


def refused(transitions: dict[tuple[Any, Any], Any]) -> list[tuple[Any, Any]]:
    """Return a transition that the table lacks for each state, and for each event as far as there are enough."""
    states = _every([state for state, _ in transitions], list(transitions.values()))
    events = _every([event for _, event in transitions], [])
    used: collections.Counter[Any] = collections.Counter()
    found = []
    for state in states[:MOST_STATES]:
        lacking = [event for event in events if (state, event) not in transitions and event != state]
        if lacking:
            event = min(lacking, key=lambda each: used[each])
            used[event] += 1
            found.append((state, event))
    return found


def _every(named: list[Any], others: list[Any]) -> list[Any]:
    kind = type(named[0])
    if issubclass(kind, enum.Enum):
        return list(kind)
    return list(dict.fromkeys([*named, *(each for each in others if type(each) is kind)]))


def places_of(subject: Subject, table: str) -> tuple[str, str] | None:
    """Return where the state and the event come from, by how the table is looked up."""
    names = [a.arg for a in parameters_of(subject.node)] if isinstance(subject.node, ast.FunctionDef) else []
    own = names[0] if subject.kind == "method" and names else ""
    names = names[1:] if own else names

    def place(node: ast.AST) -> str:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == own:
            return f".{node.attr}"
        return node.id if isinstance(node, ast.Name) and node.id in names else ""

    for node in ast.walk(subject.node):
        keys = node.elts if isinstance(node, ast.Tuple) and len(node.elts) == 2 else []
        if len(keys) == 2 and all(map(place, keys)):
            return place(keys[0]), place(keys[1])
        key: ast.AST | None = None
        if isinstance(node, ast.Subscript) and getattr(node.value, "id", "") == table:
            key = node.slice
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            key = node.args[0] if getattr(node.func.value, "id", "") == table else None
        others = [name for name in names if key is not None and name != place(key)]
        if key is not None and place(key) and len(others) == 1:
            return place(key), others[0]
    return None
