from __future__ import annotations

import ast
from pathlib import Path

import pytest

from greenline_probe.explore.not_testable import NotTestable
from greenline_probe.explore.reading_cost import cost_of
from greenline_probe.explore.subject import variable_name
from greenline_probe.explore.template import OMITTED, Choice, Template, curried, described
from unit.explore.explored import World, explored

BOX = '''
import os, functools
from dataclasses import dataclass

class Box:
    """Has a bit of everything."""
    def __init__(self, size: int, label: str = "x"):
        if size < 0:
            raise ValueError("size")
        self.size, self._n = size, 0
    def grow(self, by: int, *, twice: bool = False) -> int:
        self.size += by * (2 if twice else 1)
        return self.size
    def __private(self, a: int) -> int:
        return a
    @property
    def area(self) -> int:
        return self.size ** 2
    @area.setter
    def area(self, value: int) -> None:
        self.size = value
    @functools.cached_property
    def slow(self) -> int:
        return self.size
    @classmethod
    def of(cls, size: int) -> "Box":
        return cls(size)
    @staticmethod
    def check(size: int) -> bool:
        return size > 3
    def __add__(self, other: "Box") -> "Box":
        return Box(self.size + other.size)
    def __len__(self) -> int:
        return self.size
    def __contains__(self, item: int) -> bool:
        return item == self.size
    def __call__(self, x: int) -> int:
        return x
    class Lid:
        def open(self) -> str:
            return "open"

@dataclass(frozen=True)
class Frozen:
    x: int
    def twice(self) -> int:
        return 2 * self.x
    def thrice(self) -> int:
        return 3 * self.x

def everything(a: int, /, b: int, c: int = 1, *rest: int, d: int, e: int = 2, **more: int) -> int:
    return a

def adder(n: int):
    def add(x: int) -> int:
        return x + n
    return add

def reads():
    return os.environ.get("MODE") == "fast"

def deco(f):
    @functools.wraps(f)
    def inner(*a, **k):
        return f(*a, **k)
    return inner

@deco
def decorated(n: int) -> int:
    return n
'''


def calls(world: World, count: int = 200) -> list[str]:
    """Run each slot's choices one by one; return the program texts of those that ended with a value."""
    found = []
    for template in world.templates:
        base = template.first()
        for i, slot in enumerate(template.slots or []):
            for source in slot.pool[:count]:
                choice = Choice(template, (*base[:i], source, *base[i + 1 :]))
                if world.observer.run(choice).kind == "value":
                    found.append(described(choice))
        if not template.slots and world.observer.run(Choice(template, ())).kind == "value":
            found.append(described(Choice(template, ())))
    return found


@pytest.mark.parametrize(
    ("qualname", "kind", "shown"),
    [
        ("Box.grow", "method", "box.grow("),
        ("Box.area", "property", "box.area"),
        ("Box.slow", "property", "box.slow"),
        ("Box.of", "classmethod", "Box.of("),
        ("Box.check", "staticmethod", "Box.check("),
        ("Box.__init__", "constructor", "Box("),
        ("Box.__add__", "operator", "(box + "),
        ("Box.__len__", "operator", "len(box)"),
        ("Box.__contains__", "operator", " in box)"),
        ("Box.__call__", "method", "box.__call__("),
        ("Box.Lid.open", "method", "lid.open()"),
        ("Frozen.twice", "method", "frozen.twice()"),
        ("everything", "function", "everything("),
        ("decorated", "function", "decorated("),
    ],
)
def test_each_kind_is_called_as_its_users_call_it(tmp_path: Path, qualname: str, kind: str, shown: str) -> None:
    with explored(tmp_path, BOX, qualname) as world:
        assert world.subject.kind == kind
        made = calls(world)

    assert made
    assert all(shown in text.rpartition("; ")[2] or "= " in text for text in made), made
    assert any(shown in text for text in made)


def test_a_property_that_can_be_set_is_set_too(tmp_path: Path) -> None:
    with explored(tmp_path, BOX, "Box.area") as world:
        assert [t.form for t in world.templates if t.maker] == ["property", "setter"]
        assert any("box.area = " in text for text in calls(world))


def test_every_parameter_kind_can_be_passed_and_left_out(tmp_path: Path) -> None:
    with explored(tmp_path, BOX, "everything") as world:
        made = [ast.parse(text, mode="eval").body for text in calls(world)]
        wrong = [world.observer.run(Choice(t, t.first())).error_text for t in world.templates]

    assert wrong == [""] * len(wrong)
    parsed = [c for c in made if isinstance(c, ast.Call)]
    names = {k.arg for c in parsed for k in c.keywords}
    assert {"d", "e", "c"} <= names
    assert names - {"c", "d", "e"}, "nothing passed for **more"
    assert all({"d"} <= {k.arg for k in c.keywords} for c in parsed)
    assert {len(c.args) for c in parsed} >= {2}


def test_steps_come_before_the_call_where_there_is_state(tmp_path: Path) -> None:
    with explored(tmp_path, BOX, "Box.area") as world:
        steps = [s for t in world.templates for s in t.slots if s.role == "step"]
        assert any("box.grow(" in source for s in steps for source in s.pool)
    with explored(tmp_path, BOX, "Frozen.twice") as world:
        assert not [s for t in world.templates for s in t.slots if s.role == "step"]


def test_what_a_function_returns_is_called(tmp_path: Path) -> None:
    with explored(tmp_path, BOX, "adder") as world:
        (template,) = world.templates
        made = curried(template, world.observer.result_of(Choice(template, template.first())), world.values)
        assert made is not None
        seen = world.observer.run(Choice(made, made.first()))

        assert (seen.kind, described(seen.choice), seen.expected) == ("value", "adder(3)(3)", "6")
        assert curried(made, len, world.values) is None


def test_the_environment_that_the_code_reads_is_set(tmp_path: Path) -> None:
    with explored(tmp_path, BOX, "reads") as world:
        outcomes = {
            source: world.observer.run(Choice(world.templates[0], (source,))).expected
            for source in world.templates[0].slots[0].pool
        }

    assert outcomes["monkeypatch.setenv('MODE', '1')"] == "False"
    assert OMITTED not in outcomes  # what it is where the test runs, nobody knows
    assert next(iter(outcomes)).startswith("monkeypatch.delenv")


def test_a_private_method_has_its_mangled_name(tmp_path: Path) -> None:
    with explored(tmp_path, BOX, "Box.__private") as world:
        assert world.subject.function(None, 3) == 3


@pytest.mark.parametrize("qualname", ["adder.add", "Missing", "Box.missing", "Box"])
def test_what_cannot_be_found_says_so(tmp_path: Path, qualname: str) -> None:
    with (
        pytest.raises((NotTestable, AssertionError), match=qualname.rpartition(".")[2]),
        explored(tmp_path, BOX, qualname),
    ):
        pass


def test_short_and_ordinary_costs_less(tmp_path: Path) -> None:
    with explored(tmp_path, BOX, "Box.grow") as world:
        template = next(t for t in world.templates if t.maker)

        def cost(**chosen: str) -> float:
            return cost_of(Choice(template, tuple(chosen.get(s.name, s.pool[0]) for s in template.slots)))

        assert cost() < cost(by="123456789")
        assert cost() < cost(twice="True")
        assert cost(by="3") < cost(by="'\\x00'")
        template.detour = True
        assert cost() > 12


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("Box", "box"), ("HTTPServer", "http_server"), ("Outer.InnerBox", "inner_box"), ("_Hidden", "hidden"),
        ("Class", "instance"), ("Lambda", "instance"), ("X2", "x2"), ("Import", "instance"),
        ("cachedproperty", "instance"), ("cached_property", "instance"), ("_cached", "cached"), ("While", "instance"),
        ("Float", "float_"), ("Filter", "filter_"),
    ],
)  # fmt: skip
def test_the_name_of_an_instance(name: str, variable: str) -> None:
    assert variable_name(name) == variable


def test_programs_of_templates_are_python(tmp_path: Path) -> None:
    for qualname in ("Box.grow", "Box.area", "everything", "reads", "Box.__add__"):
        with explored(tmp_path, BOX, qualname) as world:
            for template in world.templates:
                assert isinstance(template, Template)
                ast.parse(
                    "\n".join([*template.arrange(template.first()), described(Choice(template, template.first()))])
                )


@pytest.mark.parametrize(
    ("head", "chosen", "shown"),
    [
        ("f(text: str, strict: bool)", ("'a'", "True"), "f('a', strict=True)"),
        ("f(text: str, strict: bool, count: int)", ("'a'", "True", "3"), "f('a', strict=True, count=3)"),
        ("f(strict: bool)", ("True",), "f(True)"),
        ("f(strict: bool, count: int)", ("True", "3"), "f(strict=True, count=3)"),
        ("f(text: str, owner: Optional[str])", ("'a'", "'b'"), "f('a', owner='b')"),
        ("f(text: Optional[str], owner: str)", ("None", "'b'"), "f(None, 'b')"),
        ("f(a: int, b: int, c: int, d: int, e: int)", ("1", "2", "3", "4", "5"), "f(1, 2, 3, d=4, e=5)"),
        ("f(items, default, largest)", ("[3]", "None", "2"), "f([3], default=None, largest=2)"),
        ("f(items, default, largest)", ("[3]", "1", "2"), "f([3], 1, 2)"),
        ("f(a: int, strict: bool, /)", ("1", "True"), "f(1, True)"),
        ("f(strict: bool, *rest: int)", ("True", "1", "2"), "f(True, 1, 2)"),
    ],
)
def test_what_says_nothing_by_its_place_has_its_name(
    tmp_path: Path, head: str, chosen: tuple[str, ...], shown: str
) -> None:
    text = f"from typing import Optional\n\ndef {head}:\n    return 1\n"
    with explored(tmp_path, text, "f") as world:
        choice = Choice(world.templates[0], chosen)

        assert described(choice) == shown
        assert world.observer.run(choice).kind == "value"


WRAPPED = """
import functools

def by_place(function):
    @functools.wraps(function)
    def wrapped(*args):
        return function(*args)
    return wrapped

@by_place
def f(text: str, strict: bool) -> str:
    return text

class Box:
    def __init__(self) -> None:
        self.kept = {}

    def __setitem__(self, key: str, value: bool) -> None:
        self.kept[key] = value
"""


@pytest.mark.parametrize("name", ["f", "Box.__setitem__"])
def test_where_names_are_not_taken_all_goes_by_place(tmp_path: Path, name: str) -> None:
    with explored(tmp_path, WRAPPED, name) as world:
        template = world.templates[0]

        assert "=True" not in described(Choice(template, template.first()))
        assert world.observer.run(Choice(template, template.first())).kind == "value"


def test_a_private_function_of_many_arguments_is_the_dearest(tmp_path: Path) -> None:
    with explored(tmp_path, "def _f(a: int, b: int, c: int, d: int) -> int:\n    return a\n", "_f") as world:
        template = world.templates[0]
        plain = cost_of(Choice(template, template.first()))
        template.detour = True

        assert cost_of(Choice(template, template.first())) == pytest.approx(plain + 12 + 4 * 2)


def test_of_any_number_of_arguments_two_are_plainer_than_one_and_one_is_plainer_than_none(tmp_path: Path) -> None:
    with explored(
        tmp_path, "def joined(sep: str, *words: str) -> str:\n    return sep.join(words)\n", "joined"
    ) as world:
        template = world.templates[0]
        passed = [("'-'", "'words'", "'other'"), ("'-'", "'words'", OMITTED), ("'-'", OMITTED, OMITTED)]
        costs = [cost_of(Choice(template, chosen)) for chosen in passed]

    assert costs == sorted(costs)
    assert len(set(costs)) == 3
