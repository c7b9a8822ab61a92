"""Instances: what other code makes, stand-ins for what nobody makes, and what is done with them before the call."""

from __future__ import annotations

import os
import textwrap
from pathlib import Path

import pytest

from greenline.domain.generation.project_makers import makers_in
from greenline_probe import wire
from greenline_probe.explore import project_makers
from greenline_probe.explore.makers import Maker, instances_in, makers_of
from greenline_probe.explore.project_makers import ProjectMakers
from greenline_probe.explore.ready_made import _CALLS, _SAME, _VALUES
from greenline_probe.explore.steps import steps_of
from greenline_probe.explore.template import Choice, templates
from unit.explore.explored import World, explored, module_of

MAKERS = '''
from __future__ import annotations
import abc
from typing import Protocol

class Result:
    def __init__(self, owner, rows):
        self.owner, self._rows = owner, rows
    def first(self):
        return self._rows[0].upper()

class Store:
    def __init__(self) -> None:
        self.last = Result(self, ["c"])
    def all(self):
        return Result(self, ["a", "b"])
    @property
    def some(self) -> Result:
        return Result(self, ["b"])
    @classmethod
    def many(cls) -> list[Result]:
        return [Result(None, ["z"])]

def fetch(name: str) -> Result:
    return Result(None, [name])

DEFAULT = Result(None, ["default"])

class Sender(Protocol):
    def send(self, to: str) -> bool: ...

class Named(Protocol):
    name: str

class Shape(abc.ABC):
    @abc.abstractmethod
    def area(self) -> float: ...
    @property
    @abc.abstractmethod
    def unit(self) -> str: ...
    def label(self) -> str:
        return f"{self.area()} {self.unit}"

def greet(sender: Sender, to: str) -> str:
    return "sent" if sender.send(to) else "failed"

def hello(who: Named) -> str:
    return "hello " + who.name

def total(shapes: list[Shape]) -> float:
    return sum(s.area() for s in shapes)

def each(items: list[int], callback) -> None:
    for item in items:
        callback(item, 1)

def rename(user) -> None:
    user.title = user.title.upper() + user.suffix_

class Cart:
    """Keeps counts."""
    def __init__(self, limit: int = 10) -> None:
        self._items: dict[str, int] = {}
        self._limit = limit
    def add(self, sku: str, count: int) -> None:
        self._items[sku] = self._items.get(sku, 0) + count
    def count(self, sku: str) -> int:
        return self._items[sku] if sku in self._items else 0
    def remove(self, sku: str) -> None:
        del self._items[sku]
    @property
    def limit(self) -> int:
        return self._limit
    @limit.setter
    def limit(self, value: int) -> None:
        self._limit = value

class Amount:
    def __init__(self, n: int) -> None:
        self.n = n
    def __lt__(self, other: object) -> bool:
        return self.n < other.n if isinstance(other, Amount) else NotImplemented
'''


def first_of(world: World) -> tuple[str, str | None, tuple[str, ...]]:
    """Run the first way that gives a value."""
    seen = [world.observer.run(Choice(t, t.first())) for t in world.templates]
    good = [o for o in seen if o.kind == "value"]
    assert good, [o.error_text for o in seen]
    return good[0].kind, good[0].expected, good[0].after


def test_who_makes_instances_is_read_from_the_source(tmp_path: Path) -> None:
    with module_of(tmp_path, MAKERS) as module:
        assert makers_of(module.Result, module) == [
            Maker("Store", "last", is_called=False),
            Maker("Store", "all"),
            Maker("Store", "some", is_called=False),
            Maker("Store", "many"),
            Maker("", "fetch"),
        ]
        assert instances_in(module.Result, module) == ["DEFAULT"]


def test_what_others_make_is_tried_where_the_constructor_takes_anything(tmp_path: Path) -> None:
    with explored(tmp_path, MAKERS, "Result.first") as world:
        made = world.values.objects.of(world.subject.owner)
        receivers = [t.slots[0].pool for t in world.templates if not t.maker]

    assert {"fetch('Ada')", "Store().all()", "Store().some", "Store().last", "Store.many()[0]", "DEFAULT"} <= set(made)
    assert receivers


def test_a_stand_in_has_the_members_of_its_protocol_and_says_how_it_was_called(tmp_path: Path) -> None:
    with explored(tmp_path, MAKERS, "greet") as world:
        assert first_of(world)[1:] == ("'sent'", ("sender.send.call_args_list == [call('abc')]",))
        assert world.templates[0].slots[0].pool[1] == "Mock(spec=Sender, send=Mock(return_value=False))"
    with explored(tmp_path, MAKERS, "hello") as world:
        assert first_of(world)[1] == "'hello abc'"
    with explored(tmp_path, MAKERS, "total") as world:
        assert first_of(world)[1] == "5.0"


def test_an_heir_fills_in_what_an_abstract_class_leaves_open(tmp_path: Path) -> None:
    with explored(tmp_path, MAKERS, "Shape.label") as world:
        assert first_of(world)[1] == "'2.5 abc'"


def test_a_callback_is_asserted_by_its_calls(tmp_path: Path) -> None:
    with explored(tmp_path, MAKERS, "each") as world:
        (after,) = first_of(world)[2]

    assert after.startswith("callback.call_args_list == [call(3, 1), call(")


def test_an_object_that_is_changed_is_asserted(tmp_path: Path) -> None:
    with explored(tmp_path, MAKERS, "rename") as world:
        after = first_of(world)[2]

    assert len(after) == 1
    assert after[0].startswith("user.title == 'A TITLE")


def test_steps_change_the_instance_and_fit_the_call(tmp_path: Path) -> None:
    with explored(tmp_path, MAKERS, "Cart.count") as world:
        alike = {"sku": ["'B-2'"]}
        steps = steps_of(world.subject, "cart", world.values, alike)
        template = next(t for t in world.templates if t.maker)
        chosen = [""] * len(template.slots)
        chosen[-1] = "'B-2'"
        places = [i for i, s in enumerate(template.slots) if s.role == "step"]
        for place, source in zip(places, ["cart.add('B-2', 3)", "cart.add('B-2', 4)", "cart.limit = 3"], strict=True):
            chosen[place] = source
        seen = world.observer.run(Choice(template, tuple(chosen)))

    assert len(places) == 3
    assert seen.expected == "7"
    assert steps[0].startswith("cart.add('B-2', ")
    assert "cart.limit = 3" in steps
    assert "cart.remove('B-2')" in steps
    assert steps.index("cart.remove('B-2')") < steps.index("cart.count('B-2')")


def test_an_operator_that_leaves_other_types_to_others_is_refused_by_python(tmp_path: Path) -> None:
    with explored(tmp_path, MAKERS, "Amount.__lt__") as world:
        template = world.templates[0]
        seen = world.observer.run(Choice(template, ("3", "'abc'")))

    assert (seen.error, seen.usable) == ("TypeError", True)


def test_a_constructor_begins_with_arguments_that_it_takes(tmp_path: Path) -> None:
    text = """
    class Picky:
        def __init__(self, first, second):
            if first != 'first' or second is not None:
                raise ValueError
        def get(self):
            return 1
    """
    with explored(tmp_path, text, "Picky.get") as world:
        assert first_of(world)[1] == "1"


READY = sorted({*_CALLS, *(set(_SAME) - {"_io.BufferedReader"}), *_VALUES})


@pytest.mark.parametrize("name", READY)
def test_the_standard_library_is_ready_made(tmp_path: Path, name: str) -> None:
    home, _, last = name.rpartition(".")
    text = "import importlib, operator\ndef f(value):\n    return value\n"
    with explored(tmp_path, text, "f") as world:
        module = __import__(home or "builtins", fromlist=["x"])
        kind = getattr(module, last, None)
        if kind is None:
            pytest.skip("known by another name here")
        made = world.values.of_type(kind)

        assert made, name
        assert all(world.observer.attempt(source) for source in made)


def test_a_clock_is_one_that_counts_on(tmp_path: Path) -> None:
    text = """
    import time
    class Timer:
        def __init__(self, clock=time.monotonic):
            self._clock, self._began = clock, clock()
        def passed(self):
            return self._clock() - self._began
    """
    with explored(tmp_path, text, "Timer.passed") as world:
        template = world.templates[0]
        pool = template.slots[0].pool
        outcomes = [world.observer.run(Choice(template, (s, *template.first()[1:]))).expected for s in pool[2:4]]

    assert outcomes == ["0", "1"]


FIXTURES = """
import os
import time
import pytest
from pathlib import Path
from {module} import Box

@pytest.fixture
def size():
    return 4

@pytest.fixture(scope="function")
def box(size):
    made = Box(size)
    made.items.append("pen")
    yield made
    made.items.clear()

@pytest.fixture
def stored(tmp_path):
    (tmp_path / "box.txt").write_text("pen")
    return Box(len(list(tmp_path.iterdir())))

@pytest.fixture
def broken():
    return Box(None.size)

@pytest.fixture
def endless():
    os.environ["LEFT_BY_A_FIXTURE"] = "yes"
    with open(__file__ + ".tried", "a") as tried:
        tried.write("x")
    for _ in range(1_000_000):
        sum(range(1000))
    return Box(1)

@pytest.fixture
def slow_at_first():
    until = time.process_time() + (0.0 if MADE else 0.6)
    MADE.append(until)
    while time.process_time() < until:
        sum(range(1000))
    return Box(2)

@pytest.fixture
def unknown(nobody_knows):
    return Box(nobody_knows)

MADE = []
"""
BOXES = """
class Box:
    def __init__(self, size):
        self.size = size
        self.items = []
    def put(self, item: str) -> int:
        self.items.append(item)
        return len(self.items)

def weight(box: Box) -> int:
    return box.size * 2
"""


def makers(folder: Path, module: str) -> list[wire.Maker]:
    text = FIXTURES.format(module=module)
    (folder / "conftest.py").write_text(text)
    where = {"file": str(folder / "conftest.py"), "root": str(folder), "module": "conftest"}
    return [wire.Maker(m.name, list(m.gives), needs=list(m.needs), **where) for m in makers_in(text)[0]]


def test_fixtures_give_instances_made_anew_for_each_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(project_makers, "FIRST_SECONDS", 1.0)
    with explored(tmp_path, BOXES, "Box.put") as world:
        module = world.subject.module
        found = ProjectMakers(makers(tmp_path, module.__name__), world.names, lambda call: True)
        world.observer.makers = world.values.makers = found
        ways = templates(world.subject, world.values)
        given = world.values.objects.given(module.Box)
        first = [world.observer.run(Choice(ways[0], (ways[0].first()[0], "", "", "", "'cup'"))) for _ in range(2)]

    # What fails, does not end, or asks for more than is known is left out.
    assert given == ["box", "stored", "slow_at_first"]
    assert "LEFT_BY_A_FIXTURE" not in os.environ
    assert (tmp_path / "conftest.py.tried").read_text() == "x"  # once is enough
    assert ways[0].arrange(ways[0].first()) == ["box = box"]
    assert [seen.expected for seen in first] == ["2", "2"]
    assert found.used(["box = box", "box.put(_0_)"]) == ["box"]
    assert found.used(["box = Box(3)", "box.put('box')"]) == []


def test_what_importing_fixtures_sets_is_set_for_every_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("APP_SETTINGS", raising=False)
    text = """
    import os
    from {module} import Box
    os.environ["APP_SETTINGS"] = "testing"

    def settings():
        return os.environ["APP_SETTINGS"]

    def client(settings):
        return Box(len(settings))
    """
    with explored(tmp_path, BOXES, "weight") as world:
        (tmp_path / "conftest.py").write_text(textwrap.dedent(text).format(module=world.subject.module.__name__))
        where = {"file": str(tmp_path / "conftest.py"), "root": str(tmp_path), "module": "conftest"}
        known = [wire.Maker("client", ["Box"], needs=["settings"], **where), wire.Maker("settings", ["str"], **where)]
        world.observer.makers = ProjectMakers(known, world.names, lambda call: True)
        outcomes = [world.observer.attempt("client", world.subject.module.Box) for _ in range(2)]
        monkeypatch.delenv("APP_SETTINGS")

    assert outcomes == [True, True]


def test_a_crash_while_fixtures_are_loaded_is_not_tried_again(tmp_path: Path) -> None:
    with explored(tmp_path, BOXES, "weight") as world:
        found = ProjectMakers(makers(tmp_path, world.subject.module.__name__), world.names, lambda call: False)

        assert found.instances(world.subject.module.Box) == []
