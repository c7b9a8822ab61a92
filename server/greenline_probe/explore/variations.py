"""Expressions a little different from others: texts by tokens and characters, numbers by steps, containers by items."""

from __future__ import annotations

import ast
import random
from typing import Any

from greenline_probe.explore.file_names import is_plain_name, joined_names
from greenline_probe.explore.sources import SEPARATOR, expression_of
from greenline_probe.explore.template import Template

_LETTERS = "ABCDEFGHIJKLMNOP"
_DIGITS = "1234567890123456"
_MARKS = " -_.:,;/\"'()[]{}=\\\n\t#@%&+*?!<>$"
_WORDS = ["0", "1", "9", "a", "Z", "é", "1.5", "-1"]


def hard_ones(source: str) -> list[str]:
    """Return what laws often do not survive: the same value twice, another order, other letters, more white space."""
    try:
        value: Any = ast.literal_eval(source)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return []
    found: list[Any] = []
    if isinstance(value, str):
        found = [value + value, value.upper(), value.swapcase(), f" {value} ", value[::-1], f"{value}\n", f"{value}-1"]
    elif isinstance(value, bytes):
        found = [value + value, value[::-1], value + b"\x00\xff"]
    elif isinstance(value, (list, tuple)):
        found = [value * 2, value[::-1], value[:1] * 3, sorted(value, key=repr) if isinstance(value, list) else ()]
    elif isinstance(value, dict) and value:
        first = next(iter(value.values()))
        found = [{**dict.fromkeys(value, first), "other": first}, dict(reversed(list(value.items())))]
    elif type(value) in (int, float):
        found = [-value, value * 1000 + 7, value + 1]
    return [repr(v) for v in found]


class Variations:
    """Changes sources at random. ``constants`` are the literals that the code works with."""

    def __init__(self, rng: random.Random, constants: list[Any]) -> None:
        self._random = rng
        self._constants = constants
        texts = [c for c in constants if isinstance(c, str) and 0 < len(c) <= 12]
        self._tokens: list[str] = [*texts, *texts, *_MARKS, *_WORDS]

    def of(self, source: str) -> str:
        """Change a literal, one literal among the arguments of a constructor, or the content of a file."""
        if SEPARATOR in source:
            return self._content(source)
        if source.endswith(")") and not source.startswith("("):
            return self._call(source)
        try:
            value = ast.literal_eval(source)
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            return source
        return repr(self._value(value))

    def joined(self, one: str, other: str) -> str:
        """Put the beginning of one text before the end of another, or one after the other on lines of their own."""
        try:
            first, second = ast.literal_eval(one), ast.literal_eval(other)
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            return one
        if type(first) is not str or type(second) is not str:
            return one
        pick = self._random
        if pick.random() < 0.5:
            return repr(first + pick.choice(["", "\n", "\n    ", " "]) + second)
        return repr(first[: pick.randrange(len(first) + 1)] + second[pick.randrange(len(second) + 1) :])

    def like_the_receiver(self, template: Template, chosen: list[str]) -> str:
        """Make another object like the receiver, equal or nearly so: where two meet, that is the interesting case."""
        made = []
        for i, other in enumerate(template.slots):
            if other.role == "construct":
                same = chosen[i]
                if self._random.random() < 0.2:
                    same = self._random.choice(other.pool)
                if same:
                    made.append(f"{other.label}{expression_of(same)}")
        return f"{template.maker}({', '.join(made)})"

    def _call(self, source: str) -> str:
        try:
            tree = ast.parse(source, mode="eval")
        except (SyntaxError, ValueError):
            return source
        literals = [n for n in ast.walk(tree) if isinstance(n, ast.Constant) and n.value is not None]
        if not literals:
            return source
        chosen = self._random.choice(literals)
        if isinstance(chosen.value, str) and any(chosen is name for name in joined_names(tree)):
            chosen.value = self._file_name(chosen.value)
            return ast.unparse(tree)
        same = [c for c in self._constants if type(c) is type(chosen.value)]
        is_known = same and self._random.random() < 0.5
        chosen.value = self._random.choice(same) if is_known else self._value(chosen.value)
        return ast.unparse(tree)

    def _file_name(self, name: str) -> str:
        """Give a file another ending or name that the code knows, or change its name a little."""
        known = [c for c in self._constants if isinstance(c, str) and is_plain_name(c)]
        if known and self._random.random() < 0.5:
            chosen: str = self._random.choice(known)
            return f"{name.partition('.')[0]}{chosen}" if chosen.startswith(".") else chosen
        changed = self._text(name)
        return changed if is_plain_name(changed) else name

    def _content(self, source: str) -> str:
        """Change the content of the file that the choice writes first."""
        before, mark, after = source.partition(".write_text(")
        content, closing, rest = after.rpartition(f"){SEPARATOR}")
        try:
            return f"{before}{mark}{self._text(ast.literal_eval(content))!r}{closing}{rest}"
        except (ValueError, SyntaxError, TypeError):
            return source

    def _value(self, value: Any) -> Any:
        pick = self._random
        if isinstance(value, bool) or value is None:
            return value
        if isinstance(value, int):
            return pick.choice([value + 1, value - 1, -value, value * 2, value * 10, value // 2])
        if isinstance(value, float):
            return pick.choice([value + 0.5, value - 0.5, -value, value * 2, value / 2, float(int(value))])
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, (list, tuple)) and value:
            return type(value)(self._items(list(value)))
        if isinstance(value, dict) and value:
            key = pick.choice(sorted(value, key=repr))
            changed = dict(value)
            if pick.random() < 0.3:
                del changed[key]
            else:
                changed[key] = self._value(changed[key])
            return changed
        return value

    def _items(self, items: list[Any]) -> list[Any]:
        pick = self._random
        at = pick.randrange(len(items))
        action = pick.randrange(4)
        if action == 0:
            items[at] = self._value(items[at])
        elif action == 1:
            del items[at]
        elif action == 2:
            items.insert(at, items[pick.randrange(len(items))])
        else:
            pick.shuffle(items)
        return items

    def _text(self, text: str) -> str:
        pick = self._random
        at = pick.randrange(len(text) + 1)
        end = min(len(text), at + pick.randrange(1, 4))
        token = pick.choice(self._tokens)
        action = pick.randrange(11)
        if action == 8:
            return text[:at] + _LETTERS[: max(1, len(text) - at)]
        if action == 9:
            return _DIGITS[: max(1, at)] + text[at:]
        if action == 10 and text:
            at = min(at, len(text) - 1)
            return text[:at] + pick.choice("aZ50-_ .") + text[at + 1 :]
        if action == 6:
            return token + text + token
        if action == 7:
            return token + text
        if action == 0:
            return text[:at] + text[end:]
        if action in (1, 2):
            return text[:at] + token + text[at:]
        if action == 3:
            return text[:at] + token + text[end:]
        if action == 4:
            return text[:at] + text[at:end] * 2 + text[end:]
        return token if pick.random() < 0.3 else text + token
