from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from greenline_probe.explore.examples import Examples, hinted_types
from greenline_probe.explore.template import described
from unit.explore.explored import World, explored

TEXT = """\
from decimal import Decimal
import enum


class Colour(enum.Enum):
    RED = 1


class Box:
    def __init__(self, size, lid=False):
        self.size = size
        self.lid = lid
        self.items = []

    def put(self, item):
        self.items.append(item)

    def count(self, word, *more, deep=False):
        return self.items.count(word)

    @property
    def full(self):
        return len(self.items) >= self.size

    def __add__(self, other):
        return Box(self.size + other.size)


def route(code, amount=1, *rest, dry=False, **more):
    if code == "XK-77:open":
        return amount
    return None


def _inner(code):
    return code


def outer(code):
    return _inner(code)
"""


def fitted(world: World, *programs: str) -> list[str]:
    examples = Examples(world.names, world.templates, lambda _: True)
    return [described(choice) for choice in examples.choices(list(programs))]


@pytest.mark.parametrize(
    ("program", "calls"),
    [
        ("route('XK-77:open')", ["route('XK-77:open')"]),
        ("route('a', 1)", ["route('a')"]),
        ("route('a', 2, 3, 4, 5, dry=True, way='up')", ["route('a', amount=2, dry=True, way='up')"]),
        ("route('a', dry=False)", ["route('a')"]),
        ("from decimal import Decimal\nroute('a', Decimal('2'))", ["route('a', amount=Decimal('2'))"]),
        ("from decimal import Decimal as D\nroute('a', [D('2')])", ["route('a', amount=[Decimal('2')])"]),
        ("from fractions import Fraction\nroute('a', Fraction(1, 2))", ["route('a', amount=Fraction(1, 2))"]),
        ("route(sorted({'b', 'a'}))", ["route(sorted({'b', 'a'}))"]),
        ("route([x for x in 'ab'], lambda y: y)", ["route([x for x in 'ab'], amount=lambda y: y)"]),
        ("route(unknown_name)", []),
        ("from no_such_module_here import Thing\nroute(Thing())", []),
        ("route(*'ab')", []),
        ("route(", []),
    ],
)  # fmt: skip
def test_a_call_becomes_a_choice(tmp_path: Path, program: str, calls: list[str]) -> None:
    with explored(tmp_path, TEXT, "route") as world:
        found = fitted(world, program)
    assert found == calls


def test_any_number_by_position(tmp_path: Path) -> None:
    with explored(tmp_path, "def gather(first, *rest, last): return rest\n", "gather") as world:
        assert fitted(world, "gather(1, 2, 3, 4, last=5)") == ["gather(1, 2, 3, last=5)"]


def test_what_is_not_known_is_left_to_the_search(tmp_path: Path) -> None:
    with explored(tmp_path, TEXT, "route") as world:
        ordinary = world.templates[0].slots[0].pool[0]
        assert fitted(world, "route(_, 7)") == [f"route({ordinary}, amount=7)"]


def test_values_join_the_pools_after_the_most_ordinary(tmp_path: Path) -> None:
    with explored(tmp_path, TEXT, "route") as world:
        pool = world.templates[0].slots[0].pool
        ordinary = pool[0]
        fitted(world, "route('XK-1')", "route('XK-2')", "route('XK-1')", "route('XK-3', 4)")
        assert pool[:4] == [ordinary, "'XK-1'", "'XK-2'", "'XK-3'"]
        assert len(pool) == len(set(pool))


@pytest.mark.parametrize(
    ("qualname", "program", "calls"),
    [
        ("Box.put", "from {m} import Box\ninstance = Box(3, lid=True)\ninstance.put('a')",
         ["box = Box(3, lid=True); box.put('a')"]),
        ("Box.count", "from {m} import Box\ninstance = Box(3)\ninstance.put('q')\ninstance.count('q')",
         ["box = Box(3); box.put('q'); box.count('q')"]),
        ("Box.full", "from {m} import Box\ninstance = Box(1)\ninstance.put('a')\ninstance.full()",
         ["box = Box(1); box.put('a'); box.full"]),
        ("Box.__add__", "from {m} import Box\ninstance = Box(1)\ninstance.__add__(Box(2))",
         ["box = Box(1); (box + Box(2))"]),
        ("Box.__init__", "from {m} import Box\nBox(9)", ["Box(9)"]),
        ("Box.put", "from {m} import route\ninstance = route(3)\ninstance.put('a')", []),
    ],
)  # fmt: skip
def test_a_method_s_receiver_and_steps(tmp_path: Path, qualname: str, program: str, calls: list[str]) -> None:
    with explored(tmp_path, TEXT, qualname) as world:
        assert fitted(world, program.format(m=world.subject.module.__name__)) == calls


def test_the_last_steps_are_those_that_count(tmp_path: Path) -> None:
    with explored(tmp_path, TEXT, "Box.count") as world:
        steps = sum(slot.role == "step" for slot in world.templates[0].slots)
        puts = "".join(f"instance.put({n})\n" for n in range(9))
        program = f"from {world.subject.module.__name__} import Box\ninstance = Box(3, False)\n{puts}instance.count(3)"
        wanted = [f"box.put({n})" for n in range(9 - steps, 9)]
        assert steps
        assert fitted(world, program) == ["; ".join(["box = Box(3)", *wanted, "box.count(3)"])]


def test_a_receiver_that_is_not_known_is_an_ordinary_one(tmp_path: Path) -> None:
    with explored(tmp_path, TEXT, "Box.put") as world:
        (found, *_) = fitted(world, "instance.put('XK')")
        assert found.startswith("box = Box(")
        assert found.endswith("; box.put('XK')")


def test_nothing_is_imported_that_ended_a_worker(tmp_path: Path) -> None:
    with explored(tmp_path, TEXT, "route") as world:
        asked: list[str] = []
        examples = Examples(world.names, world.templates, lambda what: bool(asked.append(what)))
        assert examples.choices(["from wsgiref.headers import Headers\nroute(Headers())"]) == []
        assert asked == ["import wsgiref.headers"]


def test_a_domain_value_reaches_a_branch_that_depends_on_it(tmp_path: Path) -> None:
    text = f"""
    import hashlib
    def state(code):
        if hashlib.sha256(str(code).encode()).hexdigest() == {hashlib.sha256(b"XK-77:open").hexdigest()!r}:
            return "open"
        return "unknown"
    """
    reached = []
    for programs in ([], ["state('XK-77:open')"]):
        with explored(tmp_path, text, "state") as world:
            seeds = Examples(world.names, world.templates, lambda _: True).choices(programs)
            found = world.search(seconds=0.4).run(seeds)
            reached.append(world.goals.all <= found.met)
    assert reached == [False, True]


def test_types_that_are_named() -> None:
    import collections.abc

    found = hinted_types(
        {"a": "int | list[str]", "b": "dict[str, int]", "c": "collections.abc.Callable", "d": "no.such.Thing", "e": "?"}
    )
    assert found == {"a": [int, list[str]], "b": [dict[str, int]], "c": [collections.abc.Callable]}


def test_a_hint_makes_values_of_its_type(tmp_path: Path) -> None:
    with explored(tmp_path, TEXT, "route") as world:
        name = world.subject.module.__name__
        world.values.hinted = hinted_types({"code": f"{name}.Colour | bytes"})
        parameter = world.subject.signature.parameters["code"]
        pool = world.values.of_parameter(parameter, parameter.annotation)
    assert "Colour.RED" in pool[:6]
    assert any(source.startswith("b'") for source in pool[:8])
