from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from greenline_probe.explore.mutants import MAX_MUTANTS, Mutation
from unit.explore.explored import explored

OPERATORS = {
    "if a:\n        return 1\n    return 2": {"condition is always true", "condition is always false"},
    "return 1 if a else 2": {"condition is always true", "condition is always false"},
    "while a > 0:\n        a -= 1\n    return a": {"loop never runs", "bound one higher", "bound one lower"},
    "return a + 1": {"right operand ignored", "left operand ignored", "one less", "doubled", "result in a list"},
    "return a and a > 1 or None": {"operand 1 ignored", "operand 2 ignored"},
    "return a == 1": {"comparison is always true", "comparison is always false"},
    "return 'text'": {"other text"},
    "return ''": {"other text"},
    "return b'bytes'": {"other bytes"},
    "return True": {"negated"},
    "return str(a).upper()": {"without .upper()", "argument instead of the call"},
    "return sorted([a], key=None, reverse=True)": {"last keyword left out"},
    "return max(a, 2)": {"last argument left out"},
    "x = a\n    return x": {"nothing assigned"},
    "x = 1\n    x += a\n    return x": {"old value ignored"},
    "for i in range(a):\n        pass\n    return i": {"loop stops after the first", "loop skips the first"},
    "return 'abc'[1:2]": {"slice starts at the beginning", "slice goes to the end", "subscript left out"},
    "return [a, a]": {"empty"},
    "return {'a': a}": {"empty"},
    "raise ValueError(a)": {"returns instead of raising"},
    "x = []\n    x.append(a)\n    return x": {"call left out"},
}


def mutation_of(folder: Path, text: str, qualname: str = "f") -> Any:
    return explored(folder, text, qualname)


@pytest.mark.parametrize("body", OPERATORS)
def test_each_operator_makes_code_that_can_be_swapped_in_and_out(tmp_path: Path, body: str) -> None:
    with mutation_of(tmp_path, f"def f(a):\n    {body}\n") as world:
        function = world.subject.module.f
        original = function.__code__
        mutation = Mutation(function, world.subject.node, "f", str(world.path))

        assert OPERATORS[body] <= {m.what for m in mutation.mutants}
        for mutant in mutation.mutants:
            mutation.apply(mutant)
            assert function.__code__ is mutant.code
            assert mutant.line >= 2
            assert mutant.code.co_filename == str(world.path)
        mutation.apply(None)
        assert function.__code__ is original


def test_a_mutant_changes_what_it_says(tmp_path: Path) -> None:
    with mutation_of(tmp_path, "def f(a):\n    if a > 3:\n        return 'big'\n    return 'small'\n") as world:
        function = world.subject.module.f
        mutation = Mutation(function, world.subject.node, "f", str(world.path))
        seen = {}
        for mutant in mutation.mutants:
            mutation.apply(mutant)
            seen[mutant.line, mutant.what] = (function(3), function(4))
        mutation.apply(None)

    assert seen[2, "condition is always true"] == ("big", "big")
    assert seen[2, "condition is always false"] == ("small", "small")
    assert seen[2, "bound one lower"] == ("big", "big")
    assert seen[2, "bound one higher"] == ("small", "small")
    assert seen[3, "other text"] == ("small", "ig")
    assert (function(3), function(4)) == ("small", "big")


PLACES = '''
from __future__ import annotations
import functools

def deco(f):
    @functools.wraps(f)
    def inner(*a):
        return f(*a)
    return inner

@deco
@deco
def decorated(n):
    """Not this text."""
    return n + 1

class Outer:
    class Inner:
        def nested(self, n):
            return n + 1
    def __hidden(self, n):
        return self.__secret + n
    __secret = 1
    def hidden(self, n):
        return self.__hidden(n)
    @property
    def prop(self):
        return 1 + 1
    @staticmethod
    def static(n):
        return n + 1
    @classmethod
    def made(cls, n):
        return n + 1
    def parent(self):
        return super().__init__() or 2

def closing(n):
    def inner(x):
        return x + n
    return inner

async def later(n):
    return n + 1

def lazily(n):
    yield n + 1

def annotated(n: Undefined = 3) -> Undefined:
    return n + 1
'''


@pytest.mark.parametrize(
    ("qualname", "use"),
    [
        ("decorated", lambda m: m.decorated(1)),
        ("Outer.Inner.nested", lambda m: m.Outer.Inner().nested(1)),
        ("Outer.__hidden", lambda m: m.Outer().hidden(1)),
        ("Outer.prop", lambda m: m.Outer().prop),
        ("Outer.static", lambda m: m.Outer.static(1)),
        ("Outer.made", lambda m: m.Outer.made(1)),
        ("closing", lambda m: m.closing(1)(1)),
        ("lazily", lambda m: list(m.lazily(1))),
        ("annotated", lambda m: m.annotated(1)),
    ],
)
def test_callers_meet_the_mutant_wherever_the_function_is(tmp_path: Path, qualname: str, use: Any) -> None:
    with mutation_of(tmp_path, PLACES, qualname) as world:
        module = world.subject.module
        before = use(module)
        mutation = Mutation(world.subject.function, world.subject.node, qualname, str(world.path))
        seen = []
        for mutant in mutation.mutants:
            mutation.apply(mutant)
            try:
                seen.append(repr(use(module)))
            except Exception as error:  # noqa: BLE001 - a mutant may do anything
                seen.append(repr(error))
        mutation.apply(None)

        assert mutation.mutants, "no mutants"
        assert any(s != repr(before) for s in seen)
        assert use(module) == before


def test_free_variables_that_a_mutant_would_lose_make_no_mutant(tmp_path: Path) -> None:
    text = "def outer():\n    n = 1\n    def f(x):\n        return x + n\n    return f\nf = outer()\n"
    with mutation_of(tmp_path, "def f(x):\n    return x\n") as world:
        space: dict[str, Any] = {}
        exec(compile(text, str(world.path), "exec"), space)
        node = ast.parse(text).body[0].body[1]  # type: ignore[attr-defined]
        mutation = Mutation(space["f"], node, "f", str(world.path))
        for mutant in mutation.mutants:
            mutation.apply(mutant)
        mutation.apply(None)

        assert space["f"](1) == 2


def test_what_has_no_code_has_no_mutants(tmp_path: Path) -> None:
    with mutation_of(tmp_path, "def f(x):\n    return x\n") as world:
        assert Mutation(len, world.subject.node, "f", str(world.path)).mutants == []


def test_a_long_function_has_a_limit(tmp_path: Path) -> None:
    with mutation_of(tmp_path, "def f(x):\n" + "    x = x + 1\n" * 200 + "    return x\n") as world:
        mutants = Mutation(world.subject.module.f, world.subject.node, "f", str(world.path)).mutants

    assert 0 < len(mutants) <= MAX_MUTANTS
    assert mutants[-1].line > 150


def test_making_mutants_is_heard(tmp_path: Path) -> None:
    heard: list[int] = []
    with explored(tmp_path, "def f(a: int) -> int:\n    return a + 1 if a > 3 else 2\n", "f") as world:
        module, node = world.subject.module, world.subject.node
        made = Mutation(module.f, node, "f", str(world.path), lambda: heard.append(1)).mutants

    assert len(heard) >= len(made) > 3
