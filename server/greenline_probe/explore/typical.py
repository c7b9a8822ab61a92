"""What a person would give a parameter, going by its name."""

from __future__ import annotations

import re
from collections.abc import Iterable

PLAIN_TEXT = "'abc'"
"""Where the name says nothing."""
OTHER = "'other'"
"""Beside the ordinary text of a parameter."""
OTHER_TEXTS = ("'def'", "'ghi'", "'xyz'")
"""For the second parameter whose name says nothing, and those after it."""
SEVERAL = ("'one'", "'two'", "'three'")
"""For the items of a list."""
LONGEST = 14
_TEXTS = {
    "name": "Ada", "firstname": "Ada", "fullname": "Ada Lovelace", "displayname": "Ada", "lastname": "Lovelace",
    "surname": "Lovelace", "author": "Ada Lovelace", "user": "ada", "username": "ada", "login": "ada",
    "password": "secret", "email": "ada@example.com", "mail": "ada@example.com", "phone": "+44 20 7946 0000",
    "title": "A title", "text": "some text", "message": "hello", "word": "word", "line": "one line",
    "sentence": "One sentence.", "label": "label", "description": "a description",
    "url": "https://example.com/page", "uri": "https://example.com/page", "link": "https://example.com/page",
    "host": "example.com", "domain": "example.com", "street": "Main Street 1", "city": "Paris", "country": "France",
    "currency": "EUR", "language": "en", "lang": "en", "locale": "en_GB", "color": "red", "colour": "red",
    "date": "2024-01-31", "time": "12:30", "timestamp": "2024-01-31T12:30:00", "version": "1.2.3", "key": "key",
    "json": '{"a": 1}', "html": "<p>text</p>", "xml": "<a>text</a>", "id": "42", "slug": "some-text", "sku": "A-1",
    "encoding": "utf-8", "charset": "utf-8", "separator": "-", "sep": "-", "delimiter": ",", "extension": ".txt",
    "char": "x", "character": "x", "letter": "x", "countrycode": "FR", "zipcode": "75001", "postcode": "75001",
}  # fmt: skip
_INSTEAD = {"'-'": "'_'", "','": "';'", "'utf-8'": "'latin-1'", "'en'": "'de'", "'EUR'": "'USD'"}
"""For a parameter whose default is the typical text."""
_NUMBERS = {
    "cents": ("1000", "100"), "price": ("1000", "100"), "amount": ("1000", "100"), "cost": ("1000", "100"),
    "fee": ("1000", "100"), "balance": ("1000", "100"), "salary": ("1000", "100"), "percent": ("10", "50"),
    "percentage": ("10", "50"), "year": ("2024",), "port": ("8080",),
}  # fmt: skip
_SAY_NOTHING = frozenset({
    "str", "string", "txt", "val", "obj", "object", "arg", "args", "kwargs", "data", "input", "raw", "param", "var",
    "item",
})  # fmt: skip
_JOINING = frozenset({"to", "of", "for", "from", "in", "by", "with", "at", "on", "as"})
_QUANTITIES = frozenset({
    "size", "day", "hour", "minute", "week", "month", "night", "count", "quantity", "width", "height", "length",
    "weight", "age", "guest", "total", "capacity", "duration", "rate", "discount", "loaf", "loaves", "stock", "limit",
})  # fmt: skip
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def known_text(name: str) -> list[str]:
    """Return the text that a person would give a parameter of that name; empty where nothing is typical."""
    words = _words(name)
    meant = _meant(words)
    named = meant[-2:-1] if meant[-1:] == ["name"] else []  # the name of a project is no person's
    asked = ["".join(words), "".join(meant), *(named or reversed(meant)), *reversed(words)]
    if named and "".join(words) not in _TEXTS:
        asked = [w for w in asked if w != "name"]
    return next(([repr(_TEXTS[word])] for word in asked if word in _TEXTS), [])


def text(name: str, *, default: str = "") -> list[str]:
    """Return the same or, where nothing is typical, what the parameter is called; empty where that says nothing."""
    known = known_text(name)
    if known == [default]:
        return [_INSTEAD[default]] if default in _INSTEAD else []
    return known or _noun(name)


def number(name: str) -> list[str]:
    """Return the numbers that a person would give a parameter of that name; empty where nothing is typical."""
    return next((list(_NUMBERS[word]) for word in reversed(_words(name)) if word in _NUMBERS), [])


def another(name: str, taken: Iterable[str]) -> str:
    """Return a text for a parameter beside those that are given already."""
    whole = [repr(" ".join(_words(name)))] if len(_words(name)) > 1 else []
    return next((t for t in (*_noun(name), *whole, *OTHER_TEXTS) if t not in set(taken)), PLAIN_TEXT)


def is_a_quantity(name: str) -> bool:
    """Tell whether a parameter of that name is how much or how many there is of something, never less than nothing."""
    known = _QUANTITIES | set(_NUMBERS)
    return any(word in known or word.rstrip("s") in known for word in _meant(_words(name)))


def _noun(name: str) -> list[str]:
    meant = _meant(_words(name))
    if meant[-1:] == ["name"]:
        meant = meant[:-1]
    word = meant[-1] if meant else ""
    return [repr(word)] if 2 < len(word) <= LONGEST and word not in _SAY_NOTHING else []


def _words(name: str) -> list[str]:
    return [w.lower() for w in _WORDS.findall(name)]


def _meant(words: list[str]) -> list[str]:
    """Leave out what stands after a joining word: the key to set is a key."""
    first = next((i for i, w in enumerate(words) if w in _JOINING and i), len(words))
    return words[:first]
