"""A clock that stands still: ``datetime`` or ``date`` with another idea of now, in the place of the module's own."""

from __future__ import annotations

import datetime
import types
from collections.abc import Iterator
from typing import TYPE_CHECKING

from greenline_probe.explore.kinds.called import calls_of

if TYPE_CHECKING:
    from greenline_probe.explore.subject import Subject
    from greenline_probe.explore.values import Values

_HOURS, _MONTHS = 24, 12
_USUAL = ((2024, 5, 17, 9, 30), (2024, 5, 18, 15, 0), (2024, 12, 25, 20, 0), (2024, 1, 1, 0, 0), (2024, 2, 29, 12, 0))
"""A Friday, a Saturday, and days that are special."""
_CLOCKS: dict[type, tuple[str, ...]] = {
    datetime.datetime: ("now", "utcnow", "today"),
    datetime.date: ("today",),
}


def frozen_clocks(subject: Subject, values: Values) -> Iterator[tuple[str, list[str]]]:
    """Yield a name and statements for each class that the code asks for the time, the most ordinary time first."""
    asked: dict[type, set[str]] = {}
    for called in calls_of(subject):
        if isinstance(called.holder, type) and called.attribute in _CLOCKS.get(called.holder, ()):
            asked.setdefault(called.holder, set()).add(called.attribute)
    for kind, methods in asked.items():
        place = _place(kind, subject.module, values)
        if place:
            yield f"${kind.__name__}", [_frozen(kind, methods, time, place, values) for time in _times(subject)]


def _place(kind: type, module: types.ModuleType, values: Values) -> str:
    """Return where the module looks the class up, as ``monkeypatch.setattr`` has it."""
    bound = next((name for name, held in vars(module).items() if held is kind), "")
    if bound:
        return f"{values.names.of_module(module.__name__)}, {bound!r}"
    if any(held is datetime for held in vars(module).values()):
        return f"{values.names.of_module('datetime')}, {kind.__name__!r}"
    return ""


def _times(subject: Subject) -> list[tuple[int, ...]]:
    numbers = [c for c in subject.facts.constants if type(c) is int and 0 <= c < _HOURS]
    hours = [(*_USUAL[0][:3], (c + d) % _HOURS, 0) for c in numbers[:4] for d in (0, -1, 1)]
    months = [(2024, c, *_USUAL[0][2:]) for c in numbers[:4] if 0 < c <= _MONTHS]
    return [*_USUAL[:3], *hours, *months, *_USUAL[3:]]


def _frozen(kind: type, methods: set[str], time: tuple[int, ...], place: str, values: Values) -> str:
    name = values.names.of(kind)
    made = time if kind is datetime.datetime else time[:3]
    shown = ", ".join(map(str, made))
    lines = [f"class Frozen{kind.__name__.capitalize()}({name}):"]
    for method in sorted(methods):
        takes = "cls, tz=None" if method == "now" else "cls"
        zone = ", tzinfo=tz" if method == "now" else ""
        lines += ["    @classmethod", f"    def {method}({takes}):", f"        return {name}({shown}{zone})", ""]
    return "\n".join([*lines, f"monkeypatch.setattr({place}, Frozen{kind.__name__.capitalize()})"])
