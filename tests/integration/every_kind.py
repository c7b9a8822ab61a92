"""Not a test: one of each kind of callable, to generate tests for."""

from __future__ import annotations

import asyncio
import contextlib
import enum
import functools
import logging
import os
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Protocol, TypeVar, overload

F = TypeVar("F", bound=Callable[..., Any])


def every_parameter(a: int, /, b: int, *rest: int, sep: str = "-", **more: int) -> str:
    if a > b:
        return sep
    if rest:
        return sep.join(map(str, rest))
    if more:
        return sep.join(sorted(more))
    return f"{a}{sep}{b}"


def twice(function: F) -> F:
    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs) * 2

    return wrapper  # type: ignore[return-value]


@twice
def decorated(n: int) -> int:
    if n < 0:
        return 0
    return n


@overload
def overloaded(value: int) -> int: ...
@overload
def overloaded(value: str) -> str: ...
def overloaded(value: int | str) -> int | str:
    if isinstance(value, int):
        return value + 1
    return value.upper()


def generator(limit: int) -> Iterator[int]:
    for i in range(limit):
        if i % 2:
            yield i


async def asynchronous(delay: float) -> str:
    await asyncio.sleep(0)
    if delay < 0:
        raise ValueError("delay is negative")
    return "done"


async def async_generator(n: int) -> AsyncIterator[int]:
    for i in range(n):
        await asyncio.sleep(0)
        yield i * i


@contextlib.contextmanager
def managed(name: str) -> Iterator[str]:
    if not name:
        raise ValueError("no name")
    yield name.title()


def takes_callable(function: Callable[[int], int], values: Iterable[int]) -> list[int]:
    return [function(v) for v in values if v > 0]


def takes_iterator(items: Iterator[int]) -> int:
    total = 0
    for item in items:
        total += item
    return total


def count_lines(path: Path) -> int:
    if not path.is_file():
        return -1
    return len(path.read_text().splitlines())


def read_pairs(stream: IO[str]) -> dict[str, str]:
    pairs = {}
    for line in stream:
        key, sep, value = line.strip().partition("=")
        if sep:
            pairs[key] = value
    return pairs


class Colour(enum.Enum):
    RED = 1
    BLUE = 2

    def mixed(self, other: Colour) -> str:
        if self is other:
            return "same"
        return "purple"


@dataclass
class Point:
    x: int
    y: int = 0
    tags: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.x < 0:
            raise ValueError("x must not be negative")

    def moved(self, by: int) -> Point:
        return Point(self.x + abs(by), self.y)


class Account:
    """A stateful one."""

    class Limit:
        def __init__(self, most: int = 100) -> None:
            self.most = most

        def allows(self, amount: int) -> bool:
            return amount <= self.most

    def __init__(self, owner: str) -> None:
        self.owner = owner
        self._balance = 0

    def __len__(self) -> int:
        return len(self.owner)

    def deposit(self, amount: int) -> int:
        if amount <= 0:
            raise ValueError("amount must be positive")
        self._balance += amount
        return self._balance

    def withdraw(self, amount: int) -> int:
        if amount > self._balance:
            raise ValueError("not enough")
        self._balance -= amount
        return self._balance

    @property
    def balance(self) -> int:
        return self._balance

    @balance.setter
    def balance(self, value: int) -> None:
        if value < 0:
            raise ValueError("negative")
        self._balance = value

    @classmethod
    def opened(cls, owner: str, first: int = 0) -> Account:
        account = cls(owner)
        if first:
            account.deposit(first)
        return account

    @staticmethod
    def is_valid(number: str) -> bool:
        return number.isdigit() and len(number) == 8


class Countdown:
    def __init__(self, start: int) -> None:
        self.left = start

    def __iter__(self) -> Countdown:
        return self

    def __next__(self) -> int:
        if self.left <= 0:
            raise StopIteration
        self.left -= 1
        return self.left


def _hidden(text: str) -> str:
    if text.startswith("#"):
        return "comment"
    return "code"


def classify(lines: list[str]) -> list[str]:
    return [_hidden(line) for line in lines]


class AsyncManaged:
    def __init__(self, name: str) -> None:
        self.name = name

    async def __aenter__(self) -> str:
        if not self.name:
            raise ValueError("no name")
        return self.name

    async def __aexit__(self, *details: object) -> None:
        self.name = ""


@dataclass(frozen=True)
class Vector:  # noqa: PLW1641 - frozen dataclasses have one
    x: int
    y: int

    def __add__(self, other: Vector) -> Vector:
        return Vector(self.x + other.x, self.y + other.y)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Vector):
            return NotImplemented
        return (self.x, self.y) == (other.x, other.y)


class Speaker(Protocol):
    def speak(self) -> str: ...

    def greet(self) -> str:
        return "Hello, " + self.speak()


class Dog(Speaker):
    def speak(self) -> str:
        return "woof"


def greet_all(speakers: list[Speaker]) -> list[str]:
    return [speaker.greet() for speaker in speakers]


def endless(step: int) -> Iterator[int]:
    """Never ends."""
    number = 0
    while True:
        yield number
        number += step


def log_level(text: str) -> int:
    level = {"debug": 10, "info": 20}.get(text.strip().lower())
    if level is None:
        raise LookupError(f"no level {text}")
    return level


def remember(key: str, value: str, *, forget: bool = False) -> bool:
    """Set an environment variable, or remove it."""
    name = f"EVERY_KIND_{key.upper()}"
    if forget:
        return os.environ.pop(name, None) is not None
    os.environ[name] = value
    return True


def warn_about(count: int) -> None:
    if count > 5:
        logging.getLogger(__name__).warning("too many: %d", count)


def curried(factor: int) -> Callable[[int], int]:
    def times(value: int) -> int:
        if value < 0:
            return 0
        return value * factor

    return times


def hang_up(prompt: str) -> str:
    return input(prompt).strip()


class Cache:
    """Keeps the latest entries; what ``put`` does is only seen by ``get``."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._entries: dict[str, int] = {}

    def get(self, key: str) -> int | None:
        return self._entries.get(key)

    def put(self, key: str, value: int) -> None:
        self._entries.pop(key, None)
        self._entries[key] = value
        if len(self._entries) > self._capacity:
            self._entries.pop(next(iter(self._entries)))


class Inventory:
    """Ships what was added and reserved before."""

    def __init__(self) -> None:
        self._stock: dict[str, int] = {}
        self._reserved: dict[str, int] = {}

    def add(self, sku: str, quantity: int) -> None:
        if quantity <= 0:
            raise ValueError("quantity must be positive")
        self._stock[sku] = self._stock.get(sku, 0) + quantity

    def reserve(self, sku: str, quantity: int) -> None:
        if self.available(sku) < quantity:
            raise LookupError(f"not enough {sku}")
        self._reserved[sku] = self._reserved.get(sku, 0) + quantity

    def ship(self, sku: str, quantity: int) -> None:
        reserved = self._reserved.get(sku, 0)
        if reserved < quantity:
            raise LookupError(f"only {reserved} of {sku} reserved")
        self._reserved[sku] = reserved - quantity
        self._stock[sku] -= quantity
        if not self._stock[sku]:
            del self._stock[sku]

    def available(self, sku: str) -> int:
        return self._stock.get(sku, 0) - self._reserved.get(sku, 0)
