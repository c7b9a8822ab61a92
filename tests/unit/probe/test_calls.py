from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from greenline_probe.calls import MOST_KEPT, Calls
from greenline_probe.trace import Tracer

TEXT = """\
import collections
import dataclasses
import datetime
import decimal
import enum

touched = []


class Wild:
    def __init__(self):
        touched.clear()
    def __getattribute__(self, name):
        touched.append(name)
        return object.__getattribute__(self, name)
    def __repr__(self):
        touched.append("repr")
        return "Wild()"
    def __eq__(self, other):
        touched.append("eq")
        return True
    __hash__ = None


class Loud(str):
    def __repr__(self):
        touched.append("repr")
        return "'loud'"


class Colour(enum.Enum):
    RED = 1


Pair = collections.namedtuple("Pair", "left right")


@dataclasses.dataclass
class Point:
    x: int
    y: int = 0

    def moved(self, by):
        return Point(self.x + by, self.y)


class Box:
    def __init__(self, size, *, lid=False):
        self.size = size
    def put(self, item, *more):
        self._count(item)
    def _count(self, item):
        return item
    @classmethod
    def of(cls, text):
        return cls(len(text))
    @property
    def full(self):
        return False


def take(value, *rest, flag=None, **named):
    return value


def items(start):
    yield start
    yield start + 1
"""


@pytest.fixture
def seen(tmp_path: Path) -> Iterator[Callable[[Callable[[Any], object]], dict[str, tuple[list[str], Any]]]]:
    """Run something with the module, and return by name what its functions were seen to be called with."""
    (tmp_path / "called_things.py").write_text(TEXT)
    sys.path.insert(0, str(tmp_path))
    module = importlib.import_module("called_things")
    names = {i: line.strip().split()[1].split("(")[0] for i, line in enumerate(TEXT.splitlines(), 1) if "def " in line}

    def run(work: Callable[[Any], object]) -> dict[str, tuple[list[str], Any]]:
        calls = Calls((str(tmp_path),))
        tracer = Tracer({str(module.__file__): "target"}, calls=calls)
        tracer.start()
        try:
            work(module)
        finally:
            tracer.stop()
        found = calls.take(tracer.reported_name).get("target", [])
        return {names.get(line) or names[line + 1]: (programs, types) for line, programs, types in found}

    yield run
    sys.path.remove(str(tmp_path))
    del sys.modules["called_things"]


@pytest.mark.parametrize(
    ("call", "program"),
    [
        ("m.take('XK-77:open')", "take('XK-77:open')"),
        ("m.take([1, (2.5,), {'a': {None}}], b'x', flag=True, more={})",
         "take([1, (2.5,), {'a': {None}}], b'x', flag=True, more={})"),
        ("m.take(m.Colour.RED)", "from called_things import Colour\ntake(Colour.RED, flag=None)"),
        ("m.take(m.Pair(1, 'a'))", "from called_things import Pair\ntake(Pair(left=1, right='a'), flag=None)"),
        ("m.take(m.Point(3))", "from called_things import Point\ntake(Point(x=3), flag=None)"),
        ("m.take(m.datetime.date(2020, 1, 2))", "from datetime import date\ntake(date(2020, 1, 2), flag=None)"),
        ("m.take(m.decimal.Decimal('1.50'))", "from decimal import Decimal\ntake(Decimal('1.50'), flag=None)"),
        ("m.take(float('inf'), m.items)", "from called_things import items\ntake(float('inf'), items, flag=None)"),
        ("m.take(int)", "take(int, flag=None)"),
    ],
)  # fmt: skip
def test_a_call_as_a_program(seen: Any, call: str, program: str) -> None:
    (found,) = seen(lambda m: eval(call, {"m": m}))["take"][0]

    assert found == (program if "flag" in program else program[:-1] + ", flag=None)")


@pytest.mark.parametrize("name", ["Wild", "Loud"])
def test_nothing_of_an_unknown_class_is_asked(seen: Any, name: str) -> None:
    def work(m: Any) -> None:
        value = m.Wild() if name == "Wild" else m.Loud("x")
        m.take(value, 1)
        m.take([value], 1)
        m.take({"a": value}, 1)
        assert m.touched == []

    programs, types = seen(work)["take"]
    assert programs == ["take(_, 1, flag=None)"]
    assert types["value"] == [
        f"called_things.{name}",
        f"list[called_things.{name}]",
        f"dict[str, called_things.{name}]",
    ]


def test_a_method_comes_with_what_made_the_instance_and_what_went_before(seen: Any) -> None:
    def work(m: Any) -> None:
        box = m.Box(3, lid=True)
        box.put("a")
        box.put("b", 1)
        assert not box.full
        m.Box.of("abc")
        m.Point(1, 2).moved(5)

    found = {name: programs for name, (programs, _) in seen(work).items()}

    made = "from called_things import Box\ninstance = Box(3, lid=True)\n"
    assert found["__init__"] == ["from called_things import Box\nBox(3, lid=True)",
                                 "from called_things import Box\nBox(3, lid=False)"]  # fmt: skip
    assert found["put"] == [f"{made}instance.put('a')", f"{made}instance.put('a')\ninstance.put('b', 1)"]
    assert found["_count"][0] == f"{made}instance.put('a')\ninstance._count('a')"
    assert found["full"] == [f"{made}instance.put('a')\ninstance.put('b', 1)\ninstance.full()"]
    assert found["of"] == ["from called_things import Box\nBox.of('abc')"]
    assert found["moved"] == ["from called_things import Point\ninstance = Point(x=1, y=2)\ninstance.moved(5)"]


def test_values_of_this_run_alone_are_left_out(seen: Any, tmp_path: Path) -> None:
    import datetime
    import time
    import uuid

    today = datetime.datetime.now(datetime.timezone.utc).date()
    values = [str(tmp_path / "a"), time.time(), today, uuid.uuid4(), tmp_path, object(), "x" * 500]

    def work(m: Any) -> None:
        for value in values:
            m.take(value)

    assert seen(work)["take"][0] == []


def test_a_function_is_looked_at_a_few_times_and_the_values_are_those_before_the_call(seen: Any) -> None:

    def work(m: Any) -> None:
        for number in range(100):
            m.take(number)

    assert [p.partition(",")[0] for p in seen(work)["take"][0]] == [f"take({n}" for n in range(MOST_KEPT)]


def test_resuming_is_no_call(seen: Any) -> None:
    assert seen(lambda m: list(m.items(4)))["items"] == (["items(4)"], {"start": ["int"]})
