"""What a function takes, read from its checks."""

from __future__ import annotations

import ast
import random
import re
import types
from typing import Any

import pytest

from greenline_probe.explore.accepted import Accepted, Range, accepted
from greenline_probe.explore.express import Names
from greenline_probe.explore.strategy_sources import WIDTHS, Sources

SPACE: dict[str, Any] = {
    "MOST": 9,
    "NO_LIMIT": float("inf"),
    "NAN": float("nan"),
    "HUGE": 10**400,
    "re": re,
    "NAME": re.compile(r"^[a-z]+$"),
    "LONG": re.compile("a b", re.VERBOSE),
}


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
        ("if x > NO_LIMIT or x < NAN or x > HUGE: raise ValueError", Range()),
        ("if x < 10: raise ValueError\n    if x > 5: raise ValueError", Range()),
        ("assert 5 < x < 5", Range()),
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


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ("if other:\n        if x < 10: raise ValueError\n    else:\n        if x > 5: raise ValueError", Range()),
        ("for each in other:\n        assert x > each > 3", Range()),
        ("try:\n        assert x > 3\n    except ValueError:\n        assert x > 5", Range(3, without_least=True)),
        ("with other:\n        assert x > 3", Range(3, without_least=True)),
        ("if x < 1: raise ValueError\n    elif x > 9: raise ValueError", Range(1, 9)),
        ("if x < 1: raise ValueError\n    else:\n        assert x < 9", Range(1, 9, without_most=True)),
    ],
)
def test_a_check_counts_where_each_call_comes_to_it(body: str, value: Range) -> None:
    assert read(body) == Accepted(value=value)


@pytest.mark.parametrize(
    ("kind", "taken"),
    [
        (int, Accepted(value=Range(5, 6, without_least=True, without_most=True))),
        (float, Accepted(value=Range(0, 1e-9, without_least=True))),
        (str, Accepted(length=Range(3, 4, without_least=True, without_most=True))),
        (bytes, Accepted(length=Range(None, -2))),
        (list[int], Accepted(length=Range(None, 0, without_most=True))),
    ],
)
def test_values_can_be_drawn_from_the_narrowest_ranges(kind: Any, taken: Accepted) -> None:
    module = types.ModuleType("narrow")
    strategy = Sources(Names(module)).of(kind, WIDTHS[0], taken)
    assert strategy is not None
    value = ast.literal_eval(strategy.draw(random.Random(1)))
    assert kind is not float or 0 < value <= 1e-9
