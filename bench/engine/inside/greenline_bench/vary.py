"""Calls like those that were recorded: arguments exchanged, changed, and drawn from the code's constants."""

from __future__ import annotations

import ast
import copy
import random
from typing import Any

from greenline_bench.record import Call, Key

_USUAL: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2, 10, 255, 0.5, -2.5, "", "a", "A b", "0", "-1", "1.5", "\n", "ä", "a,b", "a.b",
    b"", b"a", [], [0], {}, {"a": 1}, (), (1, 2),
)  # fmt: skip
_KEEPS_KIND = 0.9
_MARKS = " -_.,:;/\\\"'()[]{}09aZ\n\t"


class Variations:
    """An endless row of calls, drawn by a seed."""

    def __init__(self, calls: dict[Key, list[Call]], text: str, seed: str) -> None:
        self._calls = calls
        self._random = random.Random(seed)
        self._pool = [*_USUAL, *_constants(text)]
        for rows in calls.values():
            for call in rows:
                if call.arguments:
                    self._pool += [v for v in (*call.arguments[0], *call.arguments[1].values()) if _is_simple(v)]
        self._texts = [v for v in self._pool if isinstance(v, str)]

    def like(self, templates: list[Call], number: int) -> tuple[Key, list[Any], dict[str, Any]]:
        """Return the call of that number: first those that were recorded, then changed ones."""
        exact = number < len(templates)
        call = templates[number] if exact else self._random.choice(templates)
        assert call.arguments is not None
        positional, named = copy.deepcopy(call.arguments)
        if not exact:
            self._cross(call.key, positional)
            self._change(positional, named)
        return call.key, positional, named

    def _cross(self, key: Key, positional: list[Any]) -> None:
        """Take some arguments from other calls of the same function."""
        others = self._calls.get(key, [])
        for index in range(len(positional)):
            if others and self._random.random() < 0.3:
                other = self._random.choice(others).arguments
                if other and index < len(other[0]):
                    positional[index] = copy.deepcopy(other[0][index])

    def _change(self, positional: list[Any], named: dict[str, Any]) -> None:
        slots: list[tuple[Any, Any]] = [(positional, i) for i in range(len(positional))]
        slots += [(named, name) for name in named]
        for holder, at in self._random.sample(slots, min(len(slots), self._random.choice((1, 1, 1, 2, 3)))):
            for _ in range(self._random.choice((1, 1, 2, 4))):
                holder[at] = self._other(holder[at], 3)

    def _other(self, value: Any, depth: int, *, keeps: bool = False) -> Any:
        draw = self._random
        if not keeps and (value is None or draw.random() > _KEEPS_KIND):
            return copy.deepcopy(draw.choice(self._pool)) if _is_simple(value) else value
        if isinstance(value, bool):
            return not value
        if isinstance(value, (int, float)):
            drawn = [v for v in self._pool if type(v) is type(value)] or [0]
            return draw.choice([value + 1, value - 1, -value, value * 2, value // 2, *draw.sample(drawn, 1)])
        if isinstance(value, (str, bytes)):
            return self._other_text(value)
        if isinstance(value, (list, tuple)) and type(value) in (list, tuple) and depth:
            return type(value)(self._other_items(list(value), depth))
        if type(value) is dict and depth:
            return dict(self._other_items(list(value.items()), depth))
        if type(value) in (set, frozenset) and depth:
            items = self._other_items(sorted(value, key=repr), depth)
            return type(value)(v for v in items if isinstance(v, (str, bytes, int, float, type(None))))
        return self._other_state(value, depth)

    def _other_text(self, value: Any) -> Any:
        draw = self._random
        text = value if isinstance(value, str) else value.decode("latin-1")
        piece = draw.choice(self._texts or ["a"])
        at, to = sorted((draw.randint(0, len(text)), draw.randint(0, len(text))))
        mark = draw.choice(_MARKS)
        other = draw.choice((
            piece, text[:at] + piece + text[at:], text[:at] + piece + text[to:], text[:at] + text[to:], text[at:to],
            text[:at] + draw.choice(piece or " ") + text[at + 1 :], text[:at] + mark + text[at:], text + text,
            text[::-1], text.swapcase(), f" {text} ", text[:at] + text[at : at + 1] + text[at:],
        ))  # fmt: skip
        return other if isinstance(value, str) else other.encode("latin-1", "replace")

    def _other_items(self, items: list[Any], depth: int) -> list[Any]:
        draw = self._random
        how = draw.choice(("change", "change", "drop", "double", "exchange"))
        if not items:
            return items
        at = draw.randrange(len(items))
        if how == "drop":
            del items[at]
        elif how == "double":
            items.insert(at, copy.deepcopy(items[at]))
        elif how == "exchange":
            draw.shuffle(items)
        elif isinstance(items[at], tuple) and len(items[at]) == 2:
            items[at] = (items[at][0], self._other(items[at][1], depth - 1))
        else:
            items[at] = self._other(items[at], depth - 1)
        return items

    def _other_state(self, value: Any, depth: int) -> Any:
        """Change one simple attribute of an object."""
        state = getattr(value, "__dict__", None)
        names = sorted(n for n, v in state.items() if _is_simple(v)) if isinstance(state, dict) else []
        if names and depth and not isinstance(value, type) and not callable(value):
            name = self._random.choice(names)
            try:
                setattr(value, name, self._other(state[name], depth - 1, keeps=True))  # type: ignore[index]
            except Exception:
                return value
        return value


def without_defaults(function: Any, positional: list[Any], named: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """Leave out what is the default anyway: what was recorded names every parameter, a call seldom does."""
    defaults, usual_named = function.__defaults__ or (), function.__kwdefaults__ or {}
    count = function.__code__.co_argcount
    kept = list(positional)
    while (
        len(kept) <= count and count - len(kept) < len(defaults) and _is_same(kept[-1], defaults[len(kept) - 1 - count])
    ):
        del kept[-1]
    named = {k: v for k, v in named.items() if k not in usual_named or not _is_same(v, usual_named[k])}
    return kept, named


def _is_same(value: Any, other: Any) -> bool:
    return value is other or (_is_simple(value) and type(value) is type(other) and bool(value == other))


def _constants(text: str) -> list[Any]:
    found = [n.value for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Constant) and _is_simple(n.value)]
    return [v for v in found if not isinstance(v, str) or len(v) < 60]


def _is_simple(value: Any) -> bool:
    return value is None or type(value) in (bool, int, float, str, bytes)
