"""Regions that no test reaches."""

from __future__ import annotations

import functools
import sys

if sys.platform == "no-such-platform":
    SEPARATOR = ";"
#! uncovered «SEPARATOR = ";" ... LIMIT = 10» to line 12: Not covered: 2 lines outside of functions
#!     -> 8: Line 8 never jumps to 9: the condition is never true
    LIMIT = 10
else:
    SEPARATOR = ","
    LIMIT = 20


def total(prices: list[int], reduced: bool = False) -> int:
#! lens: total: 57 % · 1 gap · 1+ tests | Generate test | Run tests
    """Add them up.

    What is reduced costs a tenth less.
    """
    result = sum(prices)
    if reduced:
        result -= result // 10
#! uncovered «result -= result // 10 ... )» to line 32: Not covered: 2 lines in `total`
#!     -> 25: Line 25 never jumps to 26: the condition is never true
        result = max(
            result,
            1,
        )
    return result


def label(count: int) -> str:
#! lens: label: 54 % · 3 gaps · 1+ tests | Generate test | Run tests
    if count < 0:
        raise ValueError(
#! uncovered «raise ValueError( ... )» to line 43: Not covered: 1 line in `label`
#!     -> 38: Line 38 never jumps to 39: the condition is never true
            f"count must not be negative: {count}"
        )
    if count == 0:
        return "none"
#! uncovered «return "none"»: Not covered: 1 line in `label`
#!     -> 44: Line 44 never jumps to 45: the condition is never true
    elif count == 1:
        return "one"
#! uncovered «return "one"»: Not covered: 1 line in `label`
#!     -> 48: Line 48 never jumps to 49: the condition is never true
    return f"{count} of them"


@functools.lru_cache(
    maxsize=None
)
def never(number: int) -> int:
#! lens: never: 0 % · 1 gap | Generate test
#! never-called «never»: Not covered: `never` is never called (3 lines)
    """Nobody calls this."""
    if number > 1:
        return number * never(number - 1)
    return 1


def on_one_line(number: int) -> int:
#! lens: on_one_line: 75 % · 1 gap · 1+ tests | Generate test | Run tests
    if number > 3: return 3
#! partial-branch «if number > 3: return 3»: Line 69 never leaves `on_one_line`
    return number


def guarded(text: str) -> int:
#! lens: guarded: 50 % · 1 gap · 1+ tests | Generate test | Run tests
    try:
        return int(text)
    except ValueError:
#! uncovered «except ValueError: ... return int(text or 0)» to line 81: Not covered: 3 lines in `guarded`
        text = text.strip()
        return int(text or 0)
    finally:
        text = ""


def outer(number: int) -> int:
#! lens: outer: 100 % · 1+ tests | Run tests
    def inner() -> int:
        return number + 1

    def unused() -> int:
#! never-called «unused»: Not covered: `outer.unused` is never called (1 line)
        return number - 1

    return inner()


async def waits() -> int:
#! lens: waits: 0 % · 1 gap | Generate test
#! never-called «waits»: Not covered: `waits` never runs (1 line)
    return 1


def counts(end: int):
#! lens: counts: 0 % · 1 gap | Generate test
#! never-called «counts»: Not covered: `counts` never runs (2 lines)
    for number in range(end):
        yield number


class Basket:
#! lens: Basket: 45 % · 2 gaps · 1+ tests | Generate tests | Run tests
    """A class."""

    size: int = 0

    def __init__(self, size: int) -> None:
#! lens: __init__: 100 % · 1+ tests | Run tests
        self.size = size

    @property
    def is_empty(self) -> bool:
#! lens: is_empty: 100 % · 1+ tests | Run tests
        return self.size == 0

    @is_empty.setter
    def is_empty(self, value: bool) -> None:
#! lens: is_empty: 0 % · 1 gap | Generate test
#! never-called «is_empty»: Not covered: `Basket.is_empty` is never called (2 lines)
        if value:
            self.size = 0

    def add(self, *, many: int = 1) -> None:
#! lens: add: 60 % · 1 gap · 1+ tests | Generate test | Run tests
        if many < 1:
            return
#! uncovered «return»: Not covered: 1 line in `Basket.add`
#!     -> 135: Line 135 never jumps to 136: the condition is never true
        self.size += many


class Unused:
#! lens: Unused: 0 % · 1 gap | Generate tests
    def method(self) -> None:
#! lens: method: 0 % · 1 gap | Generate test
#! never-called «method»: Not covered: `Unused.method` is never called (1 line)
        print("never")


if __name__ == "__main__":
    print(total([1, 2]))
#! uncovered «print(total([1, 2]))»: Not covered: 1 line outside of functions
#!     -> 150: Line 150 never jumps to 151: the condition is never true
