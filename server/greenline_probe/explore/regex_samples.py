"""Strings that a regular expression matches, and strings that it just misses."""

from __future__ import annotations

import random
import re
import string
import sys
import warnings
from typing import Any

if sys.version_info >= (3, 11):
    from re import _constants as sre  # type: ignore[attr-defined]
    from re import _parser as sre_parse  # type: ignore[attr-defined]
else:
    import sre_constants as sre
    import sre_parse

_CATEGORIES = {
    "CATEGORY_DIGIT": "1230456789",
    "CATEGORY_NOT_DIGIT": "abcxyz",
    "CATEGORY_SPACE": " \t",
    "CATEGORY_NOT_SPACE": "abc1",
    "CATEGORY_WORD": "abcdefxyz12_",
    "CATEGORY_NOT_WORD": "-. !",
}
_TYPICAL = string.ascii_lowercase + string.digits + string.ascii_uppercase + "-_. /:@,;!?+*()[]{}#%&='\"<>|\\~^$` \t\n"
_MAX_LENGTH = 200


def samples(pattern: str | re.Pattern[Any], count: int = 6, seed: int = 0) -> list[str]:
    """Return matching strings, then near misses, all different; empty when the pattern cannot be read.

    Every alternative of a branch is taken at least once where ``count`` allows it. The matches are checked by ``re``.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about the person's pattern; or it is an ordinary text that looks like one
            compiled = re.compile(pattern) if isinstance(pattern, str) else pattern
            if not isinstance(compiled.pattern, str):
                return []
            tree = sre_parse.parse(compiled.pattern, compiled.flags & ~re.DEBUG)
    except (re.error, OverflowError, RecursionError, ValueError):
        return []
    rng = random.Random(f"{seed}:{compiled.pattern}")
    found: dict[str, None] = {}
    for turn in range(count * 20):
        if len(found) >= count or (found and turn >= count * 4):
            break
        text = _Sampler(rng, turn, compiled.flags).render(tree)
        if len(text) <= _MAX_LENGTH and _matches(compiled, text):
            found.setdefault(text)
    matching = list(found)
    misses = [m for text in matching[:2] for m in _near_misses(text, rng) if not _matches(compiled, m)]
    return list(dict.fromkeys(matching + misses[:count]))


def _matches(compiled: re.Pattern[str], text: str) -> bool:
    return compiled.search(text) is not None


def _near_misses(text: str, rng: random.Random) -> list[str]:
    made = [
        text[:-1],
        text[1:],
        text + "!",
        " " + text,
        text[: len(text) // 2] + " " + text[len(text) // 2 :],
        text.replace(text[len(text) // 2 : len(text) // 2 + 1], "", 1) if text else "",
    ]
    if text:
        at = rng.randrange(len(text))
        made.append(text[:at] + ("x" if text[at].isdigit() else "1") + text[at + 1 :])
        made.append(text.upper())
    return [m for m in dict.fromkeys(made) if m != text]


class _Sampler:
    """One walk through the parsed pattern. ``turn`` steers it: early turns are short and take each branch in order."""

    def __init__(self, rng: random.Random, turn: int, flags: int) -> None:
        self.rng = rng
        self.turn = turn
        self.flags = flags
        self.groups: dict[int, str] = {}

    def render(self, tree: Any) -> str:
        return "".join(self._node(op, args) for op, args in tree)

    def _node(self, op: Any, args: Any) -> str:
        method = getattr(self, f"_{str(op).lower()}", None)
        return str(method(args)) if method else ""

    def _literal(self, args: int) -> str:
        return chr(args)

    def _not_literal(self, args: int) -> str:
        return next(c for c in _TYPICAL if ord(c) != args)

    def _any(self, _args: Any) -> str:
        return "a" if self.turn == 0 else self.rng.choice("abcxyz019 .-")

    def _category(self, args: Any) -> str:
        return self._pick(_CATEGORIES.get(str(args), "a"))

    def _pick(self, choices: str) -> str:
        return choices[0] if self.turn == 0 else self.rng.choice(choices)

    def _in(self, args: Any) -> str:
        negated = bool(args) and args[0][0] is sre.NEGATE
        allowed = self._members(args)
        if negated:
            return self._pick("".join(c for c in _TYPICAL if c not in allowed)[:20] or "\x01")
        return self._pick("".join(allowed) or "a")

    def _members(self, args: Any) -> list[str]:
        members: list[str] = []
        for op, value in args:
            if op is sre.LITERAL:
                members.append(chr(value))
            elif op is sre.RANGE:
                low, high = value
                span = min(high - low, 40)
                members.extend(chr(low + i) for i in range(span + 1))
            elif op is sre.CATEGORY:
                members.extend(_CATEGORIES.get(str(value), "a"))
        return members

    def _branch(self, args: Any) -> str:
        _, branches = args
        # The first turns take one alternative all along; some patterns match only where they are mixed.
        in_order = self.turn < 2 * len(branches)
        return self.render(branches[self.turn % len(branches)] if in_order else self.rng.choice(branches))

    def _subpattern(self, args: Any) -> str:
        group, *_, inner = args
        text = self.render(inner)
        if group is not None:
            self.groups[group] = text
        return text

    def _atomic_group(self, args: Any) -> str:
        return self.render(args)

    def _groupref(self, args: int) -> str:
        return self.groups.get(args, "")

    def _groupref_exists(self, args: Any) -> str:
        group, yes, no = args
        chosen = yes if group in self.groups else no
        return self.render(chosen) if chosen else ""

    def _assert(self, args: Any) -> str:
        direction, inner = args
        # What is looked ahead at may come from the rest of the pattern, or has to be put there.
        return self.render(inner) if direction < 0 or self.turn % 2 else ""

    def _repeat(self, args: Any) -> str:
        low, high, inner = args
        top = min(int(high), low + 3) if high is not sre.MAXREPEAT else low + 3
        optional = low == 0
        if self.turn == 0:
            times = max(low, min(1 if optional else 2, top))
        elif self.turn == 1:
            times = low
        else:
            times = self.rng.randint(low, max(low, top))
        return "".join(self.render(inner) for _ in range(min(times, 64)))

    _max_repeat = _min_repeat = _possessive_repeat = _repeat
