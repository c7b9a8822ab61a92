"""Stand-ins for what cannot be made: specced mocks with sensible results, heirs of abstract classes; their calls."""

from __future__ import annotations

import inspect
import queue
import re
import types
import typing
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Callable
from unittest import mock

from greenline_probe.explore.sources import plain, with_prelude

if TYPE_CHECKING:
    from greenline_probe.explore.express import Names
    from greenline_probe.explore.values import Values

_ASSIGNED = re.compile(r"^(\w+) = ", re.MULTILINE)
_GIVEN = re.compile(r"(?:return_value|side_effect) ?= ?(\w+|\[[\w, ]+\])\)?$")
_NAME = re.compile(r"\w+")
MAX_CALLS = 4
SHORT_CALL = 30
"""So long a call stays on the line of its assertion, and how often it was made, too."""
MAX_METHODS = 6
VARIANTS = 3


def stubs_of(kind: Any, values: Values) -> list[str]:
    """Return mocks that have what a protocol or an abstract class asks for; the last resort."""
    name, maker = values.names.of(kind), mock_name(values.names, "Mock")
    asked = _asked(kind)
    if name is None or not asked or len(asked) > MAX_METHODS * 2:
        return []
    rows = [", ".join(row) for row in _rows(asked, values)]
    if "name" in asked:  # a mock keeps that for itself
        plain_object = values.names.of(types.SimpleNamespace)
        return [f"{plain_object}({row})" for row in rows]
    return [f"{maker}(spec={name}, {row})" for row in rows]


def heirs_of(kind: Any, values: Values) -> list[str]:
    """Return instances of a class made for the purpose, which fills in what an abstract class leaves open."""
    name = values.names.of(kind)
    abstract = sorted(getattr(kind, "__abstractmethods__", ()))
    if name is None or not abstract or getattr(kind, "_is_protocol", False) or len(abstract) > MAX_METHODS:
        return []
    lines = [f"class Some{kind.__name__.lstrip('_')}({name}):"]
    for member in abstract:
        lines += ["", *_method(kind, member, values)] if len(lines) > 1 else _method(kind, member, values)
    try:
        takes = [p for p in inspect.signature(kind).parameters.values() if p.default is p.empty]
    except (TypeError, ValueError):
        return []
    if any(p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in takes):
        return []
    return [with_prelude("\n".join(lines), f"Some{kind.__name__.lstrip('_')}()")]


def is_stand_in(source: str) -> bool:
    """Tell whether an expression makes a stand-in."""
    return source.startswith(("Mock(", "mock_Mock(", "SimpleNamespace("))


def mock_name(names: Names, which: str) -> str:
    """Return the expression for one of the names of ``unittest.mock``."""
    return names.bind(which, "unittest.mock", which, getattr(mock, which))


def holds_mocks(value: Any) -> bool:
    """Tell whether a value is a stand-in, or a plain object with some for attributes."""
    return isinstance(value, mock.NonCallableMock) or (
        isinstance(value, types.SimpleNamespace)
        and any(isinstance(v, mock.NonCallableMock) for v in vars(value).values())
    )


def stand_ins(lines: Sequence[str], space: dict[str, Any]) -> dict[str, Any]:
    """Return the stand-ins that statements before a call gave a name to, without those that others only answer."""
    given = {name for line in lines for part in line.split("\n") for name in _answered(part)}
    named = [found for line in lines for found in _ASSIGNED.findall(line) if found not in given]
    return {name: space[name] for name in named if _is_specced(space.get(name)) or _is_queue(space.get(name))}


def _answered(statement: str) -> set[str]:
    """Return the names of what a stand-in is told to answer with, itself not among them."""
    told = _GIVEN.search(statement)
    by = _NAME.match(statement)
    return set(_NAME.findall(told[1])) - {by[0] if by else ""} if told else set()


def _is_queue(value: Any) -> bool:
    return isinstance(value, queue.Queue)


def _is_specced(value: Any) -> bool:
    """Tell whether a value is a stand-in with the attributes or the signature of something."""
    return isinstance(value, mock.NonCallableMock) or isinstance(getattr(value, "mock", None), mock.NonCallableMock)


def calls_seen(value: Any, variable: str, names: Names, express: Callable[[Any], str | None]) -> list[str]:
    """Return assertions on how stand-ins were called, and on what is in a queue."""
    if _is_queue(value):
        items = express(list(value.queue))
        return [f"list({variable}.queue) == {items}"] if items not in (None, "[]") else []
    found = []
    for where, stub in _stubs_in(value, variable):
        made = stub.call_args_list
        if not made or len(made) > MAX_CALLS:
            continue
        shown = [_shown(c, express) for c in made]
        if any(s is None for s in shown):
            found.append(f"{where}.call_count == {len(made)}")
            continue
        calls = [f"{mock_name(names, 'call')}({s})" for s in shown]
        if _share(made):
            found += [f"{where}.call_count == {len(made)}", f"{where}.call_args == {calls[-1]}"]
        elif len(set(calls)) == 1 < len(calls) and len(calls[0]) <= SHORT_CALL:
            found.append(f"{where}.call_args_list == [{calls[0]}] * {len(calls)}")
        else:
            found.append(f"{where}.call_args_list == [{', '.join(calls)}]")
    return found


def _share(made: Sequence[Any]) -> bool:
    """Tell whether two calls got the same container: what was in it at the first one cannot be seen any more."""
    given = [[a for a in (*c.args, *c.kwargs.values()) if isinstance(a, (list, dict, set)) and a] for c in made]
    return len({id(a) for each in given for a in each}) < sum(map(len, given))


def _stubs_in(value: Any, variable: str) -> Iterator[tuple[str, Any]]:
    if inspect.isfunction(value) and _is_specced(value):
        yield variable, value
    elif isinstance(value, mock.NonCallableMock):
        if isinstance(value, mock.Mock):
            yield variable, value
        children = vars(value).get("_mock_children", {})
        for name in sorted(children):
            if name != "mock" and not name.startswith("__"):
                yield from _stubs_in(children[name], f"{variable}.{name}")
    elif isinstance(value, types.SimpleNamespace):
        for name, inner in vars(value).items():
            if isinstance(inner, mock.Mock):
                yield f"{variable}.{name}", inner


def _shown(call: Any, express: Callable[[Any], str | None]) -> str | None:
    positional = [express(a) for a in call.args]
    named = [(k, express(v)) for k, v in call.kwargs.items()]
    if any(p is None for p in positional) or any(v is None for _, v in named):
        return None
    return ", ".join([*map(str, positional), *(f"{k}={v}" for k, v in named)])


def _asked(kind: Any) -> dict[str, Any]:
    """Return name -> method or annotation of what heirs must have; empty where a special method is among it."""
    if getattr(kind, "_is_protocol", False):
        bases = [b for b in kind.__mro__ if getattr(b, "_is_protocol", False) and b.__module__ != "typing"]
        members = {n: m for b in bases for n, m in vars(b).items() if inspect.isfunction(m) or isinstance(m, property)}
        members = {n: m for n, m in members.items() if n not in {"__init__", "__subclasshook__"}}
        for base in bases:
            members.update({n: t for n, t in vars(base).get("__annotations__", {}).items() if n not in members})
    elif inspect.isabstract(kind):
        members = {n: inspect.getattr_static(kind, n) for n in sorted(kind.__abstractmethods__)}
    else:
        return {}
    return {} if any(n.startswith("__") for n in members) else members


def _rows(asked: dict[str, Any], values: Values) -> list[list[str]]:
    """Return the keyword arguments of the mock: ordinary results, then others for one member at a time."""
    pools = {name: _results(member, values) for name, member in asked.items()}
    rows = [[_shown_member(n, m, pools[n][0], values) for n, m in asked.items()]]
    for rank in range(1, VARIANTS):
        for name in asked:
            if rank < len(pools[name]):
                chosen = {n: pools[n][rank if n == name else 0] for n in asked}
                rows.append([_shown_member(n, m, chosen[n], values) for n, m in asked.items()])
    return rows


def _shown_member(name: str, member: Any, result: str, values: Values) -> str:
    if not inspect.isfunction(member):
        return f"{name}={result}"
    maker = mock_name(values.names, "AsyncMock" if inspect.iscoroutinefunction(member) else "Mock")
    return f"{name}={maker}(return_value={result})"


def _results(member: Any, values: Values) -> list[str]:
    """Return expressions for what a method returns, or what an attribute is."""
    function = member.fget if isinstance(member, property) else member
    if inspect.isfunction(function):
        hint = values.hints(function).get("return")
    else:
        hint = values.scope.get(member, None) if isinstance(member, str) else member
        if isinstance(member, str) and hint is None:
            hint = getattr(__import__("builtins"), member, None)
    if hint in (None, type(None)):
        return ["None"]
    if hint is typing.Any or hint is inspect.Parameter.empty:
        return ["'abc'", "3", "None"]
    return plain(values.of_type(hint, 2))[:VARIANTS] or ["None"]


def _method(kind: Any, name: str, values: Values) -> list[str]:
    """Return the lines of a method that returns an ordinary value."""
    member = inspect.getattr_static(kind, name)
    result = _results(member, values)[0]
    function: Any = member.fget if isinstance(member, property) else getattr(member, "__func__", member)
    try:
        parameters = [str(p.replace(annotation=p.empty)) for p in inspect.signature(function).parameters.values()]
    except (TypeError, ValueError):
        parameters = ["self"]
    keyword = "async def" if inspect.iscoroutinefunction(function) else "def"
    decorator = [f"    @{d.__name__}" for d in (property, classmethod, staticmethod) if isinstance(member, d)]
    return [*decorator, f"    {keyword} {name}({', '.join(parameters)}):", f"        return {result}"]
