"""What a call changes in its module: the next call finds it as it was, and so does the next test."""

from __future__ import annotations

import ast
import collections
import copy
import sys
import types
from collections.abc import Iterator
from typing import Any, Callable

from greenline_probe.explore.express import Names

MAX_ITEMS = 500
"""Larger tables are not watched: looking at them would cost more than the call."""
MAX_CHANGES = 3
_CONTAINERS = (
    list, dict, set, collections.OrderedDict, collections.defaultdict, collections.deque, collections.Counter,
)  # fmt: skip
_CHANGING = frozenset(
    """
    append extend insert remove pop clear sort reverse add discard update setdefault popitem appendleft popleft
    extendleft rotate
    """.split()  # noqa: SIM905 - a wall of quotes reads worse
)
_REMEMBERED = ("cache", "memo")
_OF_A_CALL = {("sys", "stdin"), ("sys", "stdout"), ("sys", "stderr"), ("sys", "argv")}
"""What each call is given afresh."""


class ModuleState:
    """The variables that its functions change, its own and those of modules it imports, as they were at its import."""

    def __init__(self, module: types.ModuleType, tree: ast.Module) -> None:
        self._module = module
        held = vars(module)
        self._bound = {(module, name): held[name] for name in _rebound(tree) if name in held}
        for imported, name in _set_elsewhere(tree):
            other = held.get(imported)
            if not isinstance(other, types.ModuleType) or sys.modules.get(other.__name__) is not other:
                continue
            if name in vars(other) and (other.__name__, name) not in _OF_A_CALL:
                self._bound[other, name] = vars(other)[name]
        changed = (n for n in _changed(tree) if type(held.get(n)) in _CONTAINERS and len(held[n]) <= MAX_ITEMS)
        self._held = {name: (held[name], _copied(held[name])) for name in changed}

    def changes(self, names: Names, express: Callable[[Any], str | None]) -> tuple[list[str], list[str]]:
        """Return statements that let a test put back what the last call changed, and assertions on it.

        What is only remembered to save work is put back between calls, and no matter for a test.
        """
        prepared: list[str] = []
        said: list[str] = []
        for owner, name, now, before in self._differences():
            if _is_remembered(name):
                continue
            module = names.of_module(owner.__name__)
            if (owner, name) in self._bound:
                source = express(before)
                prepared.append(f"monkeypatch.setattr({module}, {name!r}, {source or f'{module}.{name}'})")
                is_known = owner is self._module or source is not None or callable(before)
                if is_known and not name.startswith("_"):
                    said += _equal(f"{module}.{name}", now, express(now) or _called(now, names))
            else:
                prepared.append(
                    f"monkeypatch.setattr({module}, {name!r}, {_copy_of(f'{module}.{name}', before, names)})"
                )
                said += [] if name.startswith("_") else _added(f"{module}.{name}", now, before, express)
        return prepared, said[:MAX_CHANGES]

    def put_back(self) -> None:
        """Make the variables what they were."""
        for owner, name, now, before in list(self._differences()):
            if (owner, name) in self._bound:
                setattr(owner, name, before)
                continue
            setattr(owner, name, now)
            now.clear()
            again = _copied(before)
            (now.extend if isinstance(now, (list, collections.deque)) else now.update)(again)

    def _differences(self) -> Iterator[tuple[types.ModuleType, str, Any, Any]]:
        """Yield (module, name, now, before) of what is another value now; a container is the one of the import."""
        for (owner, name), value in self._bound.items():
            now = vars(owner).get(name)
            if now is not value:
                yield owner, name, now, value
        held = vars(self._module)
        for name, (container, before) in self._held.items():
            is_bound = (self._module, name) in self._bound
            if not is_bound and (held.get(name) is not container or not _is_same(container, before)):
                yield self._module, name, container, before


def _is_remembered(name: str) -> bool:
    return any(word in name.lower() for word in _REMEMBERED)


def _is_same(now: Any, before: Any) -> bool:
    """Compare items by identity: their own comparison is code under test."""
    if type(now) not in _CONTAINERS or type(now) is not type(before):
        return now is before
    if len(now) != len(before):
        return False
    if isinstance(now, dict):
        return _is_same(list(now), list(before)) and _is_same(list(now.values()), list(before.values()))
    if isinstance(now, set):
        return {id(item) for item in now} == {id(item) for item in before}
    return all(_is_same(a, b) for a, b in zip(now, before))


def _copied(value: Any) -> Any:
    """Copy a container and the containers in it; everything else is shared."""
    if type(value) not in _CONTAINERS:
        return value
    again = value.copy()
    if isinstance(value, dict):
        again.update((key, _copied(item)) for key, item in value.items())
    elif not isinstance(value, set):
        again.clear()
        again.extend(_copied(item) for item in value)
    return again


def _copy_of(expression: str, value: Any, names: Names) -> str:
    items = value.values() if isinstance(value, dict) else value
    if any(type(item) in _CONTAINERS for item in items):
        return f"{names.bind('copy', 'copy', '', copy)}.deepcopy({expression})"
    return f"{expression}.copy()"


def _called(value: Any, names: Names) -> str | None:
    """Return the expression for a function of a module."""
    if not isinstance(value, types.FunctionType):
        return None
    home = sys.modules.get(value.__module__)
    name = value.__qualname__
    return names.bind_attribute(home.__name__, name, value) if home and vars(home).get(name) is value else None


def _equal(expression: str, value: Any, source: str | None) -> list[str]:
    if source is None:
        return []
    is_one = source in {"None", "True", "False"} or isinstance(value, types.FunctionType)
    return [f"{expression} {'is' if is_one else '=='} {source}"]


def _added(expression: str, now: Any, before: Any, express: Callable[[Any], str | None]) -> list[str]:
    """Return assertions on new items: of mappings by key, of sequences at their ends, of sets by membership."""
    said: list[str] = []
    whole = None if before else express(now)
    if whole is not None:
        return _equal(expression, now, whole)
    if isinstance(now, dict):
        for key, value in now.items():
            source = express(key)
            if source is not None and (key not in before or not _is_same(value, before[key])):
                said += _equal(f"{expression}[{source}]", value, express(value))
        gone = [express(key) for key in before if key not in now]
        return said + [f"{source} not in {expression}" for source in gone if source is not None]
    if isinstance(now, set):
        sources = sorted(filter(None, (express(item) for item in now - before)))
        return [f"{source} in {expression}" for source in sources]
    for index in (0, -1):
        if now and (len(now) != len(before) or now[index] is not before[index]):
            said += _equal(f"{expression}[{index}]", now[index], express(now[index]))
    return said or [f"len({expression}) == {len(now)}"]


def _functions(tree: ast.Module) -> Iterator[ast.AST]:
    return (n for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef)))


def _rebound(tree: ast.Module) -> list[str]:
    """Return the names that a function declares global."""
    return list(
        dict.fromkeys(n for f in _functions(tree) for g in ast.walk(f) if isinstance(g, ast.Global) for n in g.names)
    )


def _set_elsewhere(tree: ast.Module) -> set[tuple[str, str]]:
    """Return (variable, attribute) of what a function sets: ``sys.excepthook = report``."""
    nodes = (node for function in _functions(tree) for node in ast.walk(function))
    set_ = (node for node in nodes if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store))
    return {(node.value.id, node.attr) for node in set_ if isinstance(node.value, ast.Name)}


def _changed(tree: ast.Module) -> list[str]:
    """Return names that a function changes in place and does not make itself."""
    found: dict[str, None] = {}
    for function in _functions(tree):
        own = {n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        own |= {a.arg for a in ast.walk(function) if isinstance(a, ast.arg)}
        for node in ast.walk(function):
            name = _changed_by(node)
            if name and name not in own:
                found[name] = None
    return list(found)


def _changed_by(node: ast.AST) -> str:
    target: Any = None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _CHANGING:
        target = node.func.value
    elif isinstance(node, ast.Subscript) and isinstance(node.ctx, (ast.Store, ast.Del)):
        target = node.value
    while isinstance(target, ast.Subscript):
        target = target.value
    return target.id if isinstance(target, ast.Name) else ""
