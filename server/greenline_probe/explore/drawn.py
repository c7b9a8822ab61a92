"""Values drawn at random, as expressions: like those that Hypothesis comes up with, at the price of none of it."""

from __future__ import annotations

import random
import re
import string
from typing import Any, Callable

from greenline_probe.explore.regex_samples import samples

Draw = Callable[[random.Random], str]
"""Makes an expression."""

RARE = "\x00\x1c\x7f\x85\xa0\xe9\xdf\u0130\u0131\u017f\u03a3\u03c2\u01c5\u0663\xb2\ufb01\u2028\ufeff\U0001f642e\u0301"
"""Control characters, spaces, letters that are others in upper case or two, a digit of another script, an emoji."""
_EDGES = (0, 1, -1, 2, 7, 10, 100, 255, 256, 65535, 2**31, 2**63, -(2**63), 10**20)
_FLOATS = (0.0, -0.0, 1.0, -1.5, 0.1, 1e-9, 1e16, 1.7976931348623157e308, 5e-324, 3.3333333333333335)
_DECIMALS = ("0", "-0", "1", "10.50", "-3.14", "1E+10", "0.000001", "12345678901234567890.123456789")
_AMOUNT = 24
"""So many different matches of a pattern are drawn from."""


def text(alphabet: str = "", least: int = 0, most: int | None = None) -> Draw:
    """Draw texts; without an alphabet of any characters, the rare and the odd among them."""

    def draw(pick: random.Random) -> str:
        length = pick.randint(least, most if most is not None else least + pick.choice((1, 4, 20)))
        rare = not alphabet and pick.random() < 0.4
        letters = alphabet or string.printable
        few = pick.sample(letters, min(2, len(letters))) if pick.random() < 0.25 else letters
        return repr("".join(pick.choice(RARE if rare and pick.random() < 0.4 else few) for _ in range(length)))

    return draw


def binary(least: int = 0, most: int | None = None) -> Draw:
    """Draw bytes."""

    def draw(pick: random.Random) -> str:
        return repr(bytes(pick.randrange(256) for _ in range(pick.randint(least, most or least + 12))))

    return draw


def integers(least: int | None = None, most: int | None = None) -> Draw:
    """Draw integers, those at the ends of what computers count among them."""

    def draw(pick: random.Random) -> str:
        if least is not None and most is not None:
            return repr(pick.choice((least, most, pick.randint(least, most), pick.randint(least, most))))
        size = pick.choice((pick.choice(_EDGES), pick.randrange(1000), pick.randrange(10**9)))
        if least is not None:
            return repr(least + abs(size))
        return repr(most - abs(size) if most is not None else pick.choice((1, -1)) * size)

    return draw


def floats(least: float | None = None, most: float | None = None) -> Draw:
    """Draw finite numbers."""

    def draw(pick: random.Random) -> str:
        if least is not None and most is not None:
            return repr(pick.choice((float(least), float(most), pick.uniform(least, most))))
        size = pick.choice((pick.choice(_FLOATS), pick.uniform(-1000, 1000), pick.randrange(1000) / 8))
        if least is not None:
            return repr(least + abs(size))
        return repr(most - abs(size) if most is not None else size)

    return draw


def one_of(choices: list[str]) -> Draw:
    """Draw one of the expressions."""
    return lambda pick: pick.choice(choices)


def either(draws: list[Draw]) -> Draw:
    """Draw as one of the others does."""
    return lambda pick: pick.choice(draws)(pick)


def items(draw: Draw, opening: str, closing: str, least: int = 0, most: int | None = None) -> Draw:
    """Draw collections, ``opening`` and ``closing`` around the items, which repeat now and then."""

    def made(pick: random.Random) -> str:
        found = [draw(pick) for _ in range(pick.randint(least, most if most is not None else least + 5))]
        if len(found) > 1 and pick.random() < 0.3:
            found[-1] = found[0]
        trailing = "," if opening == "(" and len(found) == 1 else ""
        return f"{opening}{', '.join(found)}{trailing}{closing}"

    return made


def fixed(draws: list[Draw], opening: str, closing: str) -> Draw:
    """Draw one item of each, in their order."""
    trailing = "," if opening == "(" and len(draws) == 1 else ""
    return lambda pick: f"{opening}{', '.join(draw(pick) for draw in draws)}{trailing}{closing}"


def pairs(key: Draw, value: Draw, least: int = 0) -> Draw:
    """Draw dictionaries."""

    def made(pick: random.Random) -> str:
        found = {key(pick): value(pick) for _ in range(pick.randint(least, least + 4))}
        return "{" + ", ".join(f"{k}: {v}" for k, v in found.items()) + "}"

    return made


def labelled(callee: str, draws: dict[str, Draw]) -> Draw:
    """Draw calls of a class with every argument by name."""
    return lambda pick: f"{callee}({', '.join(f'{name}={draw(pick)}' for name, draw in draws.items())})"


def keyed(required: dict[str, Draw], optional: dict[str, Draw]) -> Draw:
    """Draw dictionaries with these keys; the optional ones now and then."""

    def made(pick: random.Random) -> str:
        chosen = {**required, **{key: draw for key, draw in optional.items() if pick.random() < 0.5}}
        return "{" + ", ".join(f"{key!r}: {draw(pick)}" for key, draw in chosen.items()) + "}"

    return made


def decimals(callee: str) -> Draw:
    """Draw decimal numbers, of several exponents."""
    return lambda pick: f"{callee}({pick.choice((*_DECIMALS, f'{pick.uniform(-1000, 1000):.2f}'))!r})"


def fractions(callee: str) -> Draw:
    """Draw fractions."""
    return lambda pick: f"{callee}({pick.randint(-1000, 1000)}, {pick.randint(1, 1000)})"


def uuids(callee: str) -> Draw:
    """Draw UUIDs."""
    return lambda pick: f"{callee}(int={pick.getrandbits(128)})"


def dates(callee: str, first_year: int) -> Draw:
    """Draw days."""
    return lambda pick: f"{callee}({pick.randint(first_year, 9999)}, {pick.randint(1, 12)}, {pick.randint(1, 28)})"


def moments(callee: str, first_year: int, *, exact: bool) -> Draw:
    """Draw moments; ``exact`` ones have microseconds."""

    def made(pick: random.Random) -> str:
        day = f"{pick.randint(first_year, 9999)}, {pick.randint(1, 12)}, {pick.randint(1, 28)}"
        return f"{callee}({day}, {clock_time(pick, exact=exact)})"

    return made


def times(callee: str) -> Draw:
    """Draw times of day."""
    return lambda pick: f"{callee}({clock_time(pick, exact=True)})"


def clock_time(pick: random.Random, *, exact: bool) -> str:
    """Draw the arguments of a time of day."""
    seconds = f"{pick.randrange(24)}, {pick.randrange(60)}, {pick.randrange(60)}"
    return f"{seconds}, {pick.choice((0, 1, 500000, 999999))}" if exact else seconds


def durations(callee: str) -> Draw:
    """Draw durations."""
    return lambda pick: (
        f"{callee}(days={pick.randint(-1000, 1000)}, seconds={pick.randrange(86400)}, "
        f"microseconds={pick.choice((0, 0, 1, 999999))})"
    )


def matches(pattern: str) -> Draw | None:
    """Draw texts that the pattern matches as a whole; None where none is found.

    Some have letters and digits of other scripts, where it takes them.
    """
    whole = re.compile(pattern)
    found = [t for seed in range(4) for t in samples(pattern, _AMOUNT, seed) if whole.fullmatch(t)]
    if not found:
        return None
    odd = [o for t in found for o in (re.sub("[0-9]", "٣", t, count=1), re.sub("[a-zA-Z]", "ß", t, count=1))]
    return one_of([repr(t) for t in dict.fromkeys([*found, *(o for o in odd if whole.fullmatch(o))])])


def formatted(form: str, moment: Any) -> Draw:
    """Draw moments written in a ``strftime`` format; ``moment`` is the class ``datetime``."""

    def made(pick: random.Random) -> str:
        return repr(eval(moments("moment", 1000, exact=True)(pick), {"moment": moment}).strftime(form))

    return made
