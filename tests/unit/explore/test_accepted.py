"""What a function takes, read from its checks."""

from __future__ import annotations

import ast
import re
from typing import Any

import pytest

from greenline_probe.explore.accepted import Accepted, Range, accepted

SPACE: dict[str, Any] = {"MOST": 9, "re": re, "NAME": re.compile(r"^[a-z]+$"), "LONG": re.compile("a b", re.VERBOSE)}


def read(body: str) -> Accepted:
    return accepted(ast.parse(f"def f(x, other):\n    {body}").body[0], "x", SPACE)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ("if not 0 <= x <= 100: raise ValueError", Range(0, 100)),
        ("if x < 0 or x > MOST: raise ValueError", Range(0, 9)),
        ("if x <= 0: raise ValueError", Range(0, None, without_least=True)),
        ("if 10 <= x: raise ValueError", Range(None, 10, without_most=True)),
        ("assert 0 < x", Range(0, None, without_least=True)),
        ("if x < -1.5: raise ValueError", Range(-1.5)),
        ("if x < 0: return None", Range()),
        ("if x < 0 and other: raise ValueError", Range()),
        ("if other < 0: raise ValueError", Range()),
        ("if x < other: raise ValueError", Range()),
    ],
)
def test_ranges_of_values(body: str, value: Range) -> None:
    assert read(body) == Accepted(value=value)


@pytest.mark.parametrize(
    ("body", "length"),
    [
        ("if not x: raise ValueError", Range(1)),
        ("if len(x) > 8: raise ValueError", Range(None, 8)),
        ("if not 2 <= len(x) < MOST: raise ValueError", Range(2, 9, without_most=True)),
        ("if len(x) != 5: raise ValueError", Range(5, 5)),
    ],
)
def test_ranges_of_lengths(body: str, length: Range) -> None:
    assert read(body) == Accepted(length=length)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return datetime.strptime(x, '%Y-%m-%d')", Accepted(formats=["%Y-%m-%d"])),
        ("return NAME.fullmatch(x)", Accepted(patterns=["[a-z]+"])),
        ("return re.match(r'^(?:a|b)\\Z', x)", Accepted(patterns=["(?:a|b)"])),
        ("return re.match(r'a\\$', x)", Accepted(patterns=["a\\$"])),
        ("return LONG.match(x)", Accepted()),
        ("return NAME.fullmatch(other)", Accepted()),
    ],
)
def test_formats_and_patterns(body: str, expected: Accepted) -> None:
    assert read(body) == expected


def test_fields_of_a_class_are_its_parameters() -> None:
    node = ast.parse("def __post_init__(self):\n    if self.x < 1: raise ValueError").body[0]
    assert accepted(node, "x", {}) == Accepted(value=Range(1))
