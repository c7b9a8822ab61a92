"""State machines: each transition of a table is tried and some that it refuses, and methods from each state.

A table is a dictionary of the module: ``{(state, event): next}``, ``{state: {event: next}}``, ``{state: {next, ...}}``.
"""

from __future__ import annotations

import ast
import collections
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from greenline_probe.explore.definitions import parsed, source_of
from greenline_probe.explore.describe import equals
from greenline_probe.explore.kinds.called import value_of
from greenline_probe.explore.kinds.state_tables import places_of, refused, transitions_of
from greenline_probe.explore.pools import unique

if TYPE_CHECKING:
    from greenline_probe.explore.express import Expresser
    from greenline_probe.explore.subject import Subject
    from greenline_probe.explore.template import Choice, Template
    from greenline_probe.explore.values import Values

MOST_TRANSITIONS = 24
_VARIABLE = re.compile(r"^(\w+) = ", re.MULTILINE)


@dataclass
class Machine:
    """The table that a target looks up, and where it has the state and the event from."""

    next: dict[tuple[Any, Any], Any]
    state: str
    """A parameter of the target, or an attribute of its instance, which begins with a dot."""
    event: str
    wanted: dict[tuple[str, str], tuple[Any, Any]]
    """Sources of a state and an event -> these: what is tried, and worth a test."""


_machines: dict[str, Machine] = {}
"""Of targets, by name."""
_watched: dict[type, str] = {}
"""Class whose state the target changes -> its attribute."""


def choices(templates: list[Template], values: Values) -> list[Choice]:
    """Return a call for each transition, and for one that is refused from each state."""
    _machines.clear()
    _watched.clear()
    if not templates:
        return []
    template = templates[0]
    subject = template.subject
    attribute = _state_of(subject)
    if attribute and _writes(subject.node, attribute):
        _watched[subject.owner] = attribute
    machine = _machine_of(subject, values)
    if machine is None:
        return []
    _machines[subject.qualname] = machine
    if machine.state[:1] == "." and _writes(subject.node, machine.state[1:]):
        _watched[subject.owner] = machine.state[1:]
    made = [_call(template, machine, sources, values) for sources in machine.wanted]
    return [choice for choice in made if choice is not None]


def shows(_: list[str], choice: Choice, __: dict[str, Any], before: dict[str, str]) -> list[Any]:
    """Return the transition that a call made, or the state that it came from."""
    template = choice.template
    machine = _machines.get(template.subject.qualname)
    if machine is None:
        attribute = _watched.get(template.subject.owner)
        state = before.get(f"{template.receiver}.{attribute}") if attribute else None
        return [("from", state)] if state is not None and _is_known(state, template.subject, attribute or "") else []
    passed = {name: source for name, _, source in template.arguments(choice.chosen)}
    state = before.get(f"{template.receiver}{machine.state}") if machine.state[:1] == "." else passed.get(machine.state)
    pair = (state or "", passed.get(machine.event, ""))
    return [("transition", *pair)] if pair in machine.wanted else []


def arranged(
    lines: list[str], space: dict[str, Any], express: Expresser
) -> tuple[list[str], list[str], list[str]] | None:
    """Assert the state of an instance whether or not it changed."""
    after = []
    for name in dict.fromkeys(found for line in lines for found in _VARIABLE.findall(line)):
        attribute = _watched.get(type(space.get(name)))
        source = express.express(getattr(space[name], attribute, None)) if attribute else None
        after += [equals(f"{name}.{attribute}", source)] if source not in (None, "None") else []
    return (lines, [], after) if after else None


def _machine_of(subject: Subject, values: Values) -> Machine | None:
    for node in ast.walk(subject.node):
        held = vars(subject.module).get(node.id) if isinstance(node, ast.Name) else None
        transitions = transitions_of(held)
        places = places_of(subject, node.id) if transitions and isinstance(node, ast.Name) else None
        if not transitions or places is None:
            continue
        pairs = [*list(transitions)[:MOST_TRANSITIONS], *refused(transitions)]
        shown = {_sources(pair, values): pair for pair in pairs}
        wanted = {(s, e): pair for (s, e), pair in shown.items() if s and e}
        return Machine(transitions, *places, wanted) if wanted else None
    return None


def _sources(pair: tuple[Any, Any], values: Values) -> tuple[str, str]:
    return values.express.express(pair[0]) or "", values.express.express(pair[1]) or ""


# ---- calls -----------------------------------------------------------------------------------------------------------


def _call(template: Template, machine: Machine, sources: tuple[str, str], values: Values) -> Choice | None:
    """Return the call that makes a transition, None where its state cannot be reached."""
    from greenline_probe.explore.template import Choice  # noqa: PLC0415 - it imports this package

    chosen = list(template.first())
    named = {machine.event: sources[1]}
    if machine.state[:1] == ".":
        made = [slot.name for slot in template.slots if slot.role == "construct"]
        steps = [i for i, slot in enumerate(template.slots) if slot.role == "step"]
        if machine.state[1:] in made:
            named[machine.state[1:]] = sources[0]
        else:
            way = _way(template, machine, machine.wanted[sources][0], values)
            if way is None or len(way) > len(steps):
                return None
            for i, step in zip(steps, way):
                chosen[i] = step
                template.slots[i].pool = unique([*template.slots[i].pool, step])
    else:
        named[machine.state] = sources[0]
    for i, slot in enumerate(template.slots):
        if slot.role in ("argument", "construct") and slot.name in named:
            chosen[i] = named[slot.name]
            slot.pool = unique([*slot.pool, chosen[i]])
    return Choice(template, tuple(chosen))


def _way(template: Template, machine: Machine, wanted: Any, values: Values) -> list[str] | None:
    """Return the calls of the target that lead from a new instance's state to another, the fewest."""
    first = _first_state(template.subject, machine.state[1:])
    ways: dict[Any, list[str]] = {first: []} if first is not None else {}
    waiting = list(ways)
    while waiting and wanted not in ways:
        state = waiting.pop(0)
        for (before, event), after in machine.next.items():
            source = values.express.express(event)
            if before == state and after not in ways and source:
                ways[after] = [*ways[state], f"{template.callee}({source})"]
                waiting.append(after)
    return ways.get(wanted)


def _first_state(subject: Subject, attribute: str) -> Any:
    """Return the state in which the constructor leaves an instance, None where that is not one value."""
    owner = _class_of(subject)
    for node in ast.walk(owner) if owner is not None else ():
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                is_field = isinstance(target, ast.Name) and target.id == attribute
                if is_field or (isinstance(target, ast.Attribute) and target.attr == attribute):
                    value = node.value
                    return value.value if isinstance(value, ast.Constant) else value_of(value, subject.module)
    return None


# ---- classes ---------------------------------------------------------------------------------------------------------


def _state_of(subject: Subject) -> str:
    """Return the attribute that methods of the target's class compare with, and set to, a few values; else nothing."""
    owner = _class_of(subject) if subject.kind == "method" else None
    methods = [n for n in getattr(owner, "body", []) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))]
    written: collections.Counter[str] = collections.Counter()
    compared: set[str] = set()
    for method in methods:
        written.update({a for a in _attributes(method) if method.name != "__init__" and _writes(method, a)})
        for node in (n for n in ast.walk(method) if isinstance(n, ast.Compare)):
            sides = [node.left, *node.comparators]
            compared |= {
                s.attr for s in sides if _is_own(s) and any(map(_is_value, sides)) and isinstance(s, ast.Attribute)
            }
        tables = [n.slice for n in ast.walk(method) if isinstance(n, ast.Subscript)]
        keys = [e for t in tables for e in (t.elts if isinstance(t, ast.Tuple) else [t])]
        compared |= {k.attr for k in keys if _is_own(k) and isinstance(k, ast.Attribute)}
    found = [a for a, times in written.most_common() if a in compared and not a.startswith("_") and times >= 1]
    return found[0] if found else ""


def _is_known(state: str, subject: Subject, attribute: str) -> bool:
    """Tell whether the class itself speaks of a state: what a caller made up is one of too many."""
    owner = _class_of(subject)
    named: set[str] = set()
    for node in ast.walk(owner) if owner is not None else ():
        sides = [node.left, *node.comparators] if isinstance(node, ast.Compare) else []
        sides = [*node.targets, node.value] if isinstance(node, ast.Assign) else sides
        if any(_is_own(side) and getattr(side, "attr", "") == attribute for side in sides):
            every = [part for side in sides for part in (getattr(side, "elts", None) or [side])]
            named |= {ast.unparse(part) for part in every if _is_value(part)}
    return state in named or state.partition(".")[2] in named


def _class_of(subject: Subject) -> ast.ClassDef | None:
    text = source_of(subject.module)
    name = subject.qualname.rpartition(".")[0]
    tree = parsed(text) if text and name else None
    return next((n for n in ast.walk(tree) if isinstance(n, ast.ClassDef) and n.name == name), None) if tree else None


def _writes(method: ast.AST, attribute: str) -> bool:
    """Tell whether a method gives an attribute one of a few values: a constant, a member, what a table says."""
    for node in ast.walk(method):
        if isinstance(node, ast.Assign) and any(
            _is_own(t) and getattr(t, "attr", "") == attribute for t in node.targets
        ):
            return not isinstance(node.value, (ast.BinOp, ast.Dict, ast.List))
    return False


def _attributes(method: ast.AST) -> set[str]:
    return {n.attr for n in ast.walk(method) if _is_own(n) and isinstance(n, ast.Attribute)}


def _is_own(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self"


def _is_value(node: ast.AST) -> bool:
    """Tell a text, a member of an enumeration, or several of them."""
    if isinstance(node, (ast.Tuple, ast.Set, ast.List)):
        return bool(node.elts) and all(map(_is_value, node.elts))
    is_member = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id != "self"
    return is_member or (isinstance(node, ast.Constant) and isinstance(node.value, str))
