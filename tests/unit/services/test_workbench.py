from __future__ import annotations

from pathlib import Path

import pytest

from greenline.domain.code.model import Target
from greenline.domain.code.read_module import read_module
from greenline.domain.coverage.model import Executed
from greenline.ports.project import Project
from greenline.ports.tests import TestOutcome, TestReport
from greenline.services.show_coverage import is_test
from greenline.services.workbench import functions_of
from unit.services.generation_world import World, candidate

TEXT = """\
from typing import overload


class Box:
    @property
    def size(self):
        return self._size

    @size.setter
    def size(self, value):
        self._size = value

    def put(self, item):
        def inner():
            return item
        return inner()

    class Lid:
        def open(self): return 1


@overload
def cut(x: int) -> int: ...
@overload
def cut(x: str) -> str: ...
def cut(x):
    return x


try:
    fast = 1
    def quick(): return fast
except ImportError:
    def quick(): return 0
"""


@pytest.mark.parametrize(
    ("written", "lines"),
    [
        pytest.param("m.py::cut", [26], id="an-overloaded-function-is-its-body"),
        pytest.param("m.py::Box.size", [6], id="a-property-is-its-getter"),
        pytest.param("m.py::Box", [6, 13, 19], id="a-class-is-its-methods"),
        pytest.param("m.py::Box.Lid", [19], id="a-class-in-a-class"),
        pytest.param("m.py:15", [13], id="a-line-in-a-local-function-is-in-the-outer"),
        pytest.param("m.py:5", [6], id="a-decorator's-line"),
        pytest.param("m.py::quick", [34], id="the-last-of-several-definitions"),
        pytest.param("m.py::Box.put.inner", [14], id="a-local-function-by-name"),
        pytest.param("m.py", [6, 13, 19, 26, 34], id="a-file"),
    ],
)
def test_functions_of(written: str, lines: list[int]) -> None:
    module, problems = read_module(TEXT)
    assert not problems
    assert [f.line for f in functions_of(Target.parse(written), module)] == lines


def _project(**more: object) -> Project:
    return Project(Path("/p"), Path("/p/pyproject.toml"), (Path("/p"),), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/p/tests/helper.py", True),
        ("/p/src/shop/test_cart.py", True),
        ("/p/conftest.py", True),
        ("/p/src/shop/cart.py", False),
        ("/p/src/shop/tests/data.py", True),
    ],
)
def test_documented_examples_in_testpaths_do_not_make_tests_of_the_code(path: str, answer: bool) -> None:
    project = _project(test_roots=(Path("/p/src"), Path("/p/tests")), python_files=("test_*.py", "*.py"))
    assert is_test(project, Path(path)) is answer


async def test_what_only_deleted_tests_reached_is_measured_before_it_counts(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.reported = Executed(frozenset({1, 2, 3, 4, 7, 8}), frozenset({(2, 3), (2, 4), (3, -1), (4, -1), (8, -7)}))
    target = Target(world.source, qualname="sign")
    assert [r.status for r in (await world.generate(target)).results] == ["nothing_to_gain"]
    assert world.runs == []

    world.known = [world.source, tmp_path / "test_side.py"]
    world.during = lambda run, number: TestReport(coverage={world.source: Executed(frozenset({1, 7}), frozenset())})
    await world.generate(target)

    (assignment,) = world.explored
    assert assignment.before.missing == {2, 3, 4, 8}
    assert [(run.selection, run.measure) for run in world.runs] == [((), (world.source,))]


NESTED = """\
def outer(number):
    def inner():
        return number
    return inner
"""


async def test_a_gap_in_a_local_function_is_one_of_the_function_around_it(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.source.write_text(NESTED)
    world.tests.write_text("def test_outer():\n    pass\n")
    world.propose("outer", candidate("test_inner"))

    def during(run: object, number: int) -> TestReport:
        lines = {1, 2, 4} | ({3} if number else set())
        names = ("test_outer", "test_inner")[: 1 + bool(number)]
        return TestReport(
            tuple(TestOutcome(f"t.py::{name}", "passed") for name in names),
            {world.source: Executed(frozenset(lines), frozenset())},
        )

    world.during = during
    generation = await world.generate(Target(world.source, line=3))
    assert [r.status for r in generation.results] == ["confirmed"]
    coverage = generation.results[0].coverage
    assert coverage is not None
    assert coverage.after.lines.covered == coverage.before.lines.covered + 1
