"""What is done with an instance before the call: its methods that change it, items that are set, settings."""

from __future__ import annotations

import ast
import inspect
from typing import TYPE_CHECKING, Any

from greenline_probe.explore.definitions import find_def, parsed, source_of
from greenline_probe.explore.pools import unique
from greenline_probe.explore.sources import call, plain, relabelled
from greenline_probe.explore.subject import Subject, is_cached_property

if TYPE_CHECKING:
    from greenline_probe.explore.values import Values

MOST = 24
MOST_OF_EACH = 4
MOST_IN_ORDER = 3
MOST_SEQUENCES = 10
CHANGERS = frozenset(
    """
    append extend insert add update pop popitem popleft appendleft remove discard clear setdefault sort reverse write
    push put send move_to_end rotate
    """.split()  # noqa: SIM905 - a wall of quotes reads worse
)


def steps_of(subject: Subject, variable: str, values: Values, alike: dict[str, list[str]]) -> list[str]:
    """Return statements, those that change the instance first; ``alike`` are the coming call's values, by name."""
    owner = subject.owner
    changing: list[str] = []
    others: list[str] = []
    for name, member in _members(owner):
        if name.startswith("_") and name != "__call__":
            continue
        if isinstance(member, property) and member.fset is not None:
            changing += _settings(variable, name, member, values, alike)
        if not _is_own(member, owner) or inspect.iscoroutinefunction(member) or name == "__init__":
            continue
        callee = variable if name == "__call__" else f"{variable}.{name}"
        made = _calls(callee, member, values, alike)
        (changing if _changes(member) else others).extend(made)
    items = _item_steps(owner, variable, values, alike) if hasattr(owner, "__setitem__") else []
    following = [f"next({variable})"] if hasattr(owner, "__next__") else []
    cached = [f"_ = {variable}.{n}" for n, m in _members(owner) if is_cached_property(m) and n != subject.name]
    return unique([*items, *_mixed(changing), *following, *cached, *others])[:MOST]


def in_order(
    subject: Subject, variable: str, values: Values, alike: dict[str, list[str]], target: str
) -> list[tuple[str, ...]]:
    """Return sequences of the methods that change the instance, in the order of the class, all about one thing.

    ``alike`` are the coming call's values, by name. Where the target is not what is called, each ends with it; one that
    a test does not call like this (private, of the class, a property) has none.
    """
    own = [n for kind in reversed(subject.owner.__mro__[:-1]) for n in vars(kind) if not n.startswith("_")]
    members = dict(_members(subject.owner))
    if subject.name != target and (target.startswith("_") or not _is_own(members.get(target), subject.owner)):
        return []
    changing = [
        n
        for n in unique(own)
        if n != target
        and _is_own(members[n], subject.owner)
        and not inspect.iscoroutinefunction(members[n])
        and _changes(members[n])
    ]
    last = [] if subject.name == target else [target]
    place = own.index(target) if target in own else len(own)
    before = [n for n in changing if own.index(n) < place]
    runs = [before[i:j] for i in range(len(before)) for j in range(len(before), i, -1)]
    runs = [run for run in [*runs, changing[:MOST_IN_ORDER], *([n] for n in changing)] if run]
    most = MOST_IN_ORDER - len(last)
    found: list[tuple[str, ...]] = []
    for names in dict.fromkeys((*run[:most], *last) for run in [*runs, *([[]] if last else [])]):
        for more in (2, 0):
            count = len(names)
            made = [
                _about_one(f"{variable}.{n}", members[n], values, alike, more * (count - i - len(last)))
                for i, n in enumerate(names)
            ]
            if all(made):
                found.append(tuple(m for m in made if m))
    return list(dict.fromkeys(found))[:MOST_SEQUENCES]


def _about_one(callee: str, member: Any, values: Values, alike: dict[str, list[str]], more: int) -> str | None:
    """Return a call with the values of the call to come, whole numbers after the first argument greater by ``more``."""
    own, hints = values.of_function(member), values.hints(member)
    passed: list[str] = []
    things = next(iter(alike.values()), [])[:1]
    for parameter in list(inspect.signature(member).parameters.values())[1:]:
        if parameter.kind in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL):
            continue
        if parameter.default is not parameter.empty:
            continue
        pool = own.of_parameter(parameter, hints.get(parameter.name, parameter.annotation), 1)
        known = alike.get(parameter.name) or ([t for t in things if t in pool] if not passed else [])
        pool = plain([*known, *pool])
        if not pool:
            return None
        source = str(int(pool[0]) + more) if passed and pool[0].isdecimal() else pool[0]
        passed.append(f"{parameter.name}={source}" if parameter.kind is parameter.KEYWORD_ONLY else source)
    return f"{callee}({', '.join(passed)})"


def _members(owner: Any) -> list[tuple[str, Any]]:
    found: dict[str, Any] = {}
    for kind in owner.__mro__[:-1]:
        for name, member in vars(kind).items():
            found.setdefault(name, member)
    return sorted(found.items())


def _is_own(member: Any, owner: Any) -> bool:
    """Tell whether it is a method that the project wrote."""
    home = getattr(member, "__module__", None) or ""
    return inspect.isfunction(member) and home.partition(".")[0] == owner.__module__.partition(".")[0]


def _calls(callee: str, member: Any, values: Values, alike: dict[str, list[str]]) -> list[str]:
    """Return calls with ordinary arguments; one that has the name of one of the call to come is the same first."""
    try:
        signature = inspect.signature(member)
    except (TypeError, ValueError):
        return []
    own = values.of_function(member)
    hints = values.hints(member)
    rows: list[list[str]] = [[] for _ in range(MOST_OF_EACH)]
    for parameter in list(signature.parameters.values())[1:]:
        if parameter.kind is parameter.VAR_KEYWORD or parameter.default is not parameter.empty:
            continue
        hint = hints.get(parameter.name, parameter.annotation)
        pool = unique([*alike.get(parameter.name, [])[:2], *own.of_parameter(parameter, hint, 1)[:MOST_OF_EACH]])
        if not pool:
            if parameter.kind is parameter.VAR_POSITIONAL:
                continue
            return []
        label = f"{parameter.name}=" if parameter.kind is parameter.KEYWORD_ONLY else ""
        for i, row in enumerate(rows):
            row.append(relabelled(label, pool[min(i, len(pool) - 1)]))
    first = rows[0][:1]
    about_one = [[*first, *row[1:]] for row in rows[1:3] if len(row) > 1]
    return unique([call(callee, row) for row in [*rows, *about_one]])


def _settings(variable: str, name: str, member: property, values: Values, alike: dict[str, list[str]]) -> list[str]:
    made = _calls("", member.fset, values, alike)
    return [f"{variable}.{name} = {s[1:-1]}" for s in plain(made)][:2]


def _item_steps(owner: Any, variable: str, values: Values, alike: dict[str, list[str]]) -> list[str]:
    """Return assignments to items, with the keys that calls will ask for."""
    made = plain(_calls("", owner.__setitem__, values, alike)) if inspect.isfunction(owner.__setitem__) else []
    pairs = [ast.parse(f"f{s}", mode="eval").body for s in made]
    found = [
        f"{variable}[{ast.unparse(p.args[0])}] = {ast.unparse(p.args[1])}"
        for p in pairs
        if isinstance(p, ast.Call) and len(p.args) == 2
    ]
    if not found:
        keys = unique([*alike.get("key", []), "'a'", "'b'"])
        found = [f"{variable}[{k}] = {i + 1}" for i, k in enumerate(keys[:3])]
    return found


def _changes(member: Any) -> bool:
    """Tell whether a method changes its instance, as its source shows; True where there is none to look at."""
    text = source_of(inspect.getmodule(member))
    node = find_def(parsed(text), member.__qualname__) if text is not None else None
    if node is None:
        return True
    for part in ast.walk(node):
        if isinstance(part, (ast.Attribute, ast.Subscript)) and isinstance(part.ctx, (ast.Store, ast.Del)):
            return True
        called = part.func if isinstance(part, ast.Call) else None
        if isinstance(called, ast.Attribute) and (called.attr in CHANGERS or called.attr.startswith("_")):
            return True
    return False


def _mixed(made: list[str]) -> list[str]:
    """Take the first call of each method before the second of any."""
    by_callee: dict[str, list[str]] = {}
    for source in made:
        by_callee.setdefault(source.partition("(")[0].partition(" =")[0], []).append(source)
    return [calls[i] for i in range(MOST_OF_EACH + 2) for calls in by_callee.values() if i < len(calls)]
