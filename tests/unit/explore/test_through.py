"""What a method without a result did is seen by others; sequences about one thing; both outcomes of a comparison."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from greenline_probe.explore.budget import Budget
from greenline_probe.explore.choose import choose
from greenline_probe.explore.definitions import find_def
from greenline_probe.explore.mutants import Mutation
from greenline_probe.explore.steps import in_order
from greenline_probe.explore.subject import resolve
from greenline_probe.explore.template import Choice, described, repeats, sequences, templates
from greenline_probe.explore.through import StepsObserver, gives_nothing, readers, through
from greenline_probe.explore.values import Values
from greenline_probe.trace import Tracer
from unit.explore.explored import explored

CACHE = """
from __future__ import annotations
from collections import OrderedDict

class Cache:
    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._entries: OrderedDict[str, int] = OrderedDict()
        self._hits = 0

    def get(self, key: str) -> int | None:
        return self._entries.get(key)

    def put(self, key: str, value: int) -> None:
        self._entries[key] = value
        if len(self._entries) > self._capacity:
            self._entries.popitem(last=False)

    def hits(self) -> int:
        return self._hits

    def _peek(self) -> list[str]:
        return list(self._entries)

    def first(self) -> str:
        return self._peek()[0]
"""
INVENTORY = """
class Inventory:
    def __init__(self) -> None:
        self._stock: dict[str, int] = {}
        self._reserved: dict[str, int] = {}

    def add(self, sku: str, quantity: int) -> None:
        self._stock[sku] = self._stock.get(sku, 0) + quantity

    def reserve(self, sku: str, quantity: int) -> None:
        if self._stock.get(sku, 0) < quantity:
            raise LookupError(f"not enough {sku}")
        self._reserved[sku] = self._reserved.get(sku, 0) + quantity

    def ship(self, sku: str, quantity: int) -> None:
        if self._reserved.get(sku, 0) < quantity:
            raise LookupError(f"too few of {sku} reserved")
        self._reserved[sku] -= quantity
        self._stock[sku] -= quantity
"""


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("x.a = 1", True),
        ("return", True),
        ("return None", True),
        ("return 1", False),
        ("yield 1", False),
        ("def g():\n        return 1", True),
    ],
)
def test_what_gives_nothing(body: str, expected: bool) -> None:
    node = ast.parse(f"def f(x):\n    {body}\n").body[0]

    assert gives_nothing(node) is expected


def test_readers_return_what_the_method_writes_those_with_its_parameters_first() -> None:
    tree = ast.parse(CACHE)

    assert find_def(tree, "Cache.put") is not None
    assert readers(tree, "Cache.put") == ["Cache.get", "Cache.first"]
    assert readers(tree, "Cache.gone") == []


def test_the_target_runs_in_a_step_and_another_method_shows_it(tmp_path: Path) -> None:
    with explored(tmp_path, CACHE, "Cache.put") as world:
        text = world.path.read_text(encoding="utf-8")
        other = resolve(world.subject.module, "Cache.get", text)
        values = Values(world.names, other.facts, world.observer.attempt)
        (way,) = [w for t in templates(other, values) if (w := through(t, "put")) is not None]
        observer = StepsObserver(
            world.subject, world.express, Tracer({str(world.path): "target"}), world.observer.scratch, lambda _: True
        )
        seen = [observer.run(choice) for choice in sequences(way, values, "put")]
        met = set().union(*(world.goals.met_by(o.edges) for o in seen))
        shown = {described(o.choice): o.expected for o in seen}

    assert met == world.goals.all
    assert all("cache.put(" in program for program in shown)
    assert {repeats(o.choice) for o in seen} == {True, False}
    assert all(repeats(o.choice) is (described(o.choice).count("cache.put(") > 1) for o in seen)
    assert len(set(shown.values()) - {"None"}) >= 1, shown
    assert any(e == "None" and program.count("cache.put(") == 2 for program, e in shown.items()), shown


def test_all_before_the_call_is_about_the_same_thing(tmp_path: Path) -> None:
    with explored(tmp_path, INVENTORY, "Inventory.ship") as world:
        alike = {"sku": ["'tea'"], "quantity": ["3"]}
        runs = in_order(world.subject, "inventory", world.values, alike, "ship")
        (way,) = world.templates
        kinds = {world.observer.run(choice).kind for choice in sequences(way, world.values, "ship")}

    assert ("inventory.add('tea', 7)", "inventory.reserve('tea', 5)") in runs
    assert ("inventory.add('tea', 3)", "inventory.reserve('tea', 3)") in runs
    assert "value" in kinds


def test_both_outcomes_of_a_returned_comparison_are_kept(tmp_path: Path) -> None:
    source = "def is_over(a: int, b: int) -> bool:\n    return a > b\n"
    with explored(tmp_path, source, "is_over") as world:
        calls = [Choice(world.templates[0], c) for c in [("1", "2"), ("2", "1"), ("3", "1")]]
        seen = [world.observer.run(choice) for choice in calls]
        mutation = Mutation(world.subject.function, world.subject.node, "is_over", str(world.path))
        found = choose(seen, world.goals, mutation, world.observer, world.search(), Budget(0), lambda _: True)

    assert sorted(str(o.expected) for o in found.observations) == ["False", "True"]


VERSIONS = """
class Version:
    def __init__(self, number: int) -> None:
        self.number = number

    @classmethod
    def _order(cls, a: int, b: int) -> int:
        return (a > b) - (a < b)

    @staticmethod
    def _text(number: int) -> str:
        return f"v{number}"

    @property
    def _even(self) -> bool:
        return self.number % 2 == 0

    def _raise_by(self, count: int) -> None:
        self.number += count

    def bump(self) -> None:
        self._raise_by(1)

    def compare(self, other: int) -> int:
        return self._order(self.number, other) if self._even else len(self._text(other))
"""


@pytest.mark.parametrize("target", ["_order", "_text", "_even", "_raise_by", "number", "gone"])
def test_what_a_test_does_not_call_is_no_step(tmp_path: Path, target: str) -> None:
    with explored(tmp_path, VERSIONS, "Version.compare") as world:
        assert in_order(world.subject, "version", world.values, {}, target) == []
        for way in world.templates:
            assert not any(target in described(choice) for choice in sequences(way, world.values, target))
