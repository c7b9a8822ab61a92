"""Documented examples: agreed with, they are what a test rests on; contradicted, they are reported."""

from __future__ import annotations

import contextlib
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from greenline_probe.explore.documentation import documented_raises
from greenline_probe.explore.documented import Documented
from greenline_probe.explore.observation import Observation
from greenline_probe.explore.template import described
from unit.explore.explored import explored


@contextlib.contextmanager
def documented(folder: Path, text: str, name: str) -> Iterator[tuple[Documented, list[Observation]]]:
    with explored(folder, textwrap.dedent(text), name) as world:
        found = Documented(world.observer, world.templates)
        yield found, found.joined([], lambda _: True)


def shown(observations: list[Observation]) -> list[tuple[str, str]]:
    return [(described(o.choice), o.expected or o.error) for o in observations]


DOUBLED = '''
    FACTOR = 2


    def doubled(number, factor=FACTOR):
        """Multiply.

        {}
        """
        if number == -1:
            raise ValueError("negative")
        return number * factor
'''


@pytest.mark.parametrize(
    ("doc", "call", "expected"),
    [
        (">>> doubled(4)\n        8", "doubled(4)", "8"),
        (">>> print(doubled('ab'))\n        abab", "doubled('ab')", "'abab'"),
        (">>> doubled('ab ')\n        'ab  ab '", "doubled('ab ')", "'ab ab '"),
        (">>> doubled([1] * 3)\n        [1, 1, ..., 1]", "doubled([1] * 3)", "[1, 1, 1, 1, 1, 1]"),
        (">>> doubled(4) == 8\n        True", "doubled(4)", "8"),
        (">>> assert doubled(4) == 8", "doubled(4)", "8"),
        (">>> number = 3\n        >>> doubled(number, FACTOR)\n        6", "doubled(3, factor=FACTOR)", "6"),
        (">>> import math\n        >>> doubled(math.pi - math.pi)\n        0.0", "doubled(math.pi - math.pi)", "0.0"),
        ("doubled(5) -> 10", "doubled(5)", "10"),
        ("* `doubled(5)` == `10`.", "doubled(5)", "10"),
        ("Returns: doubled(5)  # 10", "doubled(5)", "10"),
    ],
)
def test_an_example_that_holds_is_a_documented_observation(tmp_path: Path, doc: str, call: str, expected: str) -> None:
    if "ab ab" in expected:
        doc = doc.replace("'ab  ab '", "'ab   ab '")  # as much white space as one likes
    with documented(tmp_path, DOUBLED.format(doc.replace("{", "{{")), "doubled") as (found, observations):
        assert shown(observations) == [(call, expected)]
        assert all(o.documented for o in observations)
        assert found.contradictions == []


def test_a_documented_traceback_is_what_the_call_raises(tmp_path: Path) -> None:
    doc = """>>> doubled(-1)
        Traceback (most recent call last):
            ...
        ValueError: negative"""
    with documented(tmp_path, DOUBLED.format(doc), "doubled") as (found, observations):
        assert shown(observations) == [("doubled(-1)", "ValueError")]
        assert observations[0].documented
        assert found.contradictions == []


def test_what_the_documentation_contradicts_is_reported_and_not_asserted(tmp_path: Path) -> None:
    doc = ">>> doubled(4)\n        9\n        >>> doubled(5)\n        10"
    with documented(tmp_path, DOUBLED.format(doc), "doubled") as (found, observations):
        denied = next(c for c in found.seeds() if described(c) == "doubled(4)")

        assert shown(observations) == [("doubled(5)", "10")]
        assert found.contradictions == [
            {"call": "doubled(4)", "error": "gives 8", "line": 8, "typed": True, "documented": "gives 9"}
        ]
        assert not found.allows(Observation(denied, "value"))
        assert found.reason() == "by its documentation doubled(4) gives 9, but it gives 8"


def test_a_documented_error_that_does_not_come_is_a_contradiction(tmp_path: Path) -> None:
    doc = """>>> doubled(4)
        Traceback (most recent call last):
        ValueError: too much"""
    with documented(tmp_path, DOUBLED.format(doc), "doubled") as (found, observations):
        assert observations == []
        assert [(c["documented"], c["error"]) for c in found.contradictions] == [
            ("raises ValueError: too much", "gives 8")
        ]


@pytest.mark.parametrize(
    "doc",
    [
        ">>> doubled(4)  # doctest: +SKIP\n        9",
        ">>> doubled(undefined)\n        9",
        ">>> doubled(4.0)\n        8.01",
        ">>> doubled([object()])\n        [<object>, <object>]",
        ">>> doubled(number=4).nothing\n        9",
        "doubled(x) -> twice x",
        "doubled(4) -> 8, or more",
        ">>> set(doubled(['b', 'a', 'c']))\n        {'c', 'a', 'b'}",
    ],
)
def test_what_cannot_be_told_is_no_contradiction(tmp_path: Path, doc: str) -> None:
    with documented(tmp_path, DOUBLED.format(doc), "doubled") as (found, _):
        assert found.contradictions == []


COUNTER = '''
    class Counter:
        """Counts.

        >>> counted = Counter(2)
        >>> counted.add(3)
        >>> counted.total()
        5
        >>> Counter(7).total()
        7
        """

        def __init__(self, start=0):
            self.count = start

        def add(self, more):
            self.count += more

        def total(self):
            return self.count
'''


def test_receivers_and_what_was_done_with_them_come_along(tmp_path: Path) -> None:
    with documented(tmp_path, COUNTER, "Counter.total") as (_, observations):
        assert shown(observations) == [
            ("counter = Counter(start=2); counter.add(3); counter.total()", "5"),
            ("counter = Counter(start=7); counter.total()", "7"),
        ]


def test_a_lazy_result_is_compared_as_the_example_takes_it(tmp_path: Path) -> None:
    text = '''
        def pairs(items):
            """Yield neighbours.

            >>> items = "abc"
            >>> list(pairs(items))
            [('a', 'b'), ('b', 'c')]
            """
            yield from zip(items, items[1:])
    '''
    with documented(tmp_path, text, "pairs") as (_, observations):
        assert shown(observations) == [("pairs('abc')", "[('a', 'b'), ('b', 'c')]")]


def test_another_thing_of_the_same_name_is_not_the_target(tmp_path: Path) -> None:
    text = '''
        def upper(text):
            """Shout.

            >>> "a".upper()
            'A!'
            """
            return text.upper() + "!"
    '''
    with documented(tmp_path, text, "upper") as (found, observations):
        assert observations == []
        assert found.contradictions == []


def test_an_error_that_is_shown_is_announced() -> None:
    doc = "\n    >>> f()\n    Traceback (most recent call last):\n        ...\n    shop.errors.NoStock: none\n"
    assert documented_raises(doc) == {"NoStock"}


def test_a_result_that_is_no_literal_is_the_one_that_is_shown(tmp_path: Path) -> None:
    text = '''
        from datetime import datetime

        def day(text, format):
            """Parse a date.

            >>> day('2016-02-14', '%Y-%m-%d')
            datetime.date(2016, 2, 14)
            """
            return datetime.strptime(text, format).date()
    '''
    sys.modules.pop("_strptime", None)  # what it looks up when it is imported is no look at the clock
    with documented(tmp_path, text, "day") as (_, observations):
        assert shown(observations) == [("day('2016-02-14', '%Y-%m-%d')", "date(2016, 2, 14)")]
