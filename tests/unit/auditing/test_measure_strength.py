"""How strong the tests of one function are: which changes are tried by which tests, and what is said where none is."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from greenline.adapters.project_files import ProjectFiles
from greenline.domain.generation.model import Strength
from greenline.ports.progress import Silent
from greenline.ports.project import Interpreter, InterpreterProblem
from greenline.ports.tests import TestOutcome, TestReport, TestRun
from greenline.services import measure_strength
from greenline.services.measure_strength import Measured, MeasureStrength
from greenline.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from greenline.ports.progress import Progress
    from greenline.ports.project import Project

CODE = """\
def price(count):
    if count > 9:
        return count * 2
    return count * 3


def weight(count):
    return count + 1
"""
RAN = {"test_few": 1 << 2 | 1 << 4, "test_many": 1 << 2 | 1 << 3}


@dataclass
class World:
    """Implements the ports. Tests notice what ``notices`` says of the changed text; unsaved is ``buffers``."""

    root: Path
    notices: Callable[[str, str], bool] = lambda _test, _text: False
    unchanged: dict[str, Any] = field(default_factory=dict)
    """Changes of the outcomes of the first run: by test, fields."""
    problem: str = ""
    buffers: dict[Path, str] = field(default_factory=dict)
    ran: dict[str, int] = field(default_factory=lambda: dict(RAN))
    runs: list[TestRun] = field(default_factory=list)

    @property
    def source(self) -> Path:
        return self.root / "shop.py"

    async def run(self, run: TestRun, progress: Progress) -> TestReport:
        self.runs.append(run)
        if run.measure:
            outcomes = [TestOutcome(test, "passed", seconds=n / 10) for n, test in enumerate(run.selection)]
            given = [
                TestOutcome(**{"node_id": o.node_id, "outcome": o.outcome, "seconds": o.seconds}
                            | self.unchanged.get(o.node_id, {}))
                for o in outcomes
            ]  # fmt: skip
            contexts = {test: {self.source: self.ran.get(test, 0)} for test in run.selection}
            return TestReport(tuple(given) if not self.problem else (), contexts=contexts, problem=self.problem)
        text = run.overlay[self.source]
        failed = {test for test in run.selection if self.notices(test, text)}
        return TestReport(tuple(TestOutcome(t, "failed" if t in failed else "passed") for t in run.selection))

    async def interpreter_for(self, project: Project, *, setting: str) -> Interpreter:
        if setting:
            raise InterpreterProblem("There is no Python at that path.")
        return Interpreter(Path(sys.executable), (3, 12, 0), "VIRTUAL_ENV", "8.0")

    def read(self, path: Path) -> str | None:
        return self.buffers.get(path) or path.read_text()

    def unsaved(self) -> dict[Path, str]:
        return self.buffers

    def is_open(self, path: Path) -> bool:
        return path in self.buffers

    def measure(
        self, name: str = "price", tests: tuple[str, ...] = ("test_few", "test_many"), python: str = ""
    ) -> Measured:
        service = MeasureStrength(
            projects=ProjectFiles(),
            interpreters=self,
            runner=self,
            documents=self,
            settings=Settings(interpreter=python),
        )
        return asyncio.run(service.measure(self.source, name, tests, Silent()))


@pytest.fixture
def world(tmp_path: Path) -> World:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "shop"\nversion = "1"\n')
    (tmp_path / "shop.py").write_text(CODE)
    return World(tmp_path)


def test_each_change_is_run_by_the_tests_that_reach_its_line(world: World) -> None:
    world.notices = lambda test, text: test == "test_few" and "count * 3" not in text
    measured = world.measure()
    told = [change.words for change in measured.unnoticed]
    assert told[0].startswith("line 2: ")
    assert all(words.startswith(("line 2: ", "line 3: ")) for words in told), "test_few notices all of line 4"
    assert measured.strength == Strength(len(world.runs) - 1, len(world.runs) - 1 - len(told))
    assert measured.strength.killed > 1
    assert (measured.tests, measured.unasked, measured.left) == (("test_few", "test_many"), 0, 0)
    assert measured.text == CODE
    of_line_3 = [run for run in world.runs[1:] if "count * 2" not in run.overlay[world.source]]
    assert of_line_3
    assert {run.selection for run in of_line_3} == {("test_many",)}
    assert all(run.guarded for run in world.runs)


@pytest.mark.parametrize(
    "head",
    ["try:\n    import fast\nexcept ImportError as fast:\n", "if fast:\n    pass\nelse:\n"],
    ids=["except", "else"],
)
def test_a_function_in_any_block_is_measured(world: World, head: str) -> None:
    world.source.write_text(f"{head}    def price(count):\n        return count * 2\n")
    world.ran = dict.fromkeys(RAN, 1 << (head.count("\n") + 2))
    measured = world.measure()
    assert measured.strength is not None
    assert measured.strength.mutants > 1


def test_all_definitions_of_a_name_are_measured_as_what_reads_and_what_sets_a_property(world: World) -> None:
    world.source.write_text(
        "class Box:\n    @property\n    def size(self):\n        return self._size + 1\n\n"
        "    @size.setter\n    def size(self, size):\n        self._size = size * 2\n"
    )
    world.ran = {"test_few": 1 << 4, "test_many": 1 << 8}
    measured = world.measure("Box.size")
    assert {change.line for change in measured.unnoticed} == {4, 8}


def test_open_buffers_count_as_they_are(world: World) -> None:
    other = world.root / "other.py"
    world.buffers = {world.source: CODE.replace("* 3", "* 4"), other: "x = 1\n", Path("/elsewhere.py"): "y = 1\n"}
    assert world.measure().text == world.buffers[world.source]
    assert {frozenset(run.overlay) for run in world.runs} == {frozenset({world.source, other})}
    assert "count * 4" in world.runs[0].overlay[world.source]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"outcome": "failed"}, "The tests of price fail as it is: mend them first."),
        ({"refused": ("network",)}, "changed code may not do that, so nothing can be measured by them."),
    ],
)
def test_tests_that_fail_or_want_too_much_judge_nothing(world: World, more: dict[str, Any], words: str) -> None:
    world.unchanged = {"test_few": more}
    measured = world.measure()
    assert (measured.tests, measured.unasked) == (("test_many",), 1)
    assert measured.strength is not None
    world.unchanged |= {"test_many": more}
    world.runs.clear()
    measured = world.measure()
    assert measured.strength is None
    assert measured.problem.endswith(words)
    assert len(world.runs) == 1


def test_why_nothing_was_tried_is_said(world: World) -> None:
    assert world.measure("gone").problem == "There is nothing in gone that a small change could be made of."
    assert world.runs == []
    assert world.measure("weight").problem == "No test runs a line of weight that could be changed."
    world.problem = "pytest is missing"
    assert world.measure().problem == "pytest is missing"
    assert world.measure(python="/nowhere").problem == "There is no Python at that path."


def test_the_fastest_tests_run_first_and_the_others_only_where_they_notice_nothing(world: World) -> None:
    tests = tuple(f"test_{n}" for n in range(50))
    world.ran = dict.fromkeys(tests, 1 << 8)
    world.notices = lambda test, text: test == "test_45" and "None" in text
    measured = world.measure("weight", tests)
    assert measured.strength is not None
    assert measured.strength.killed == 1
    first = next(run for run in world.runs[1:] if "None" in run.overlay[world.source])
    assert first.selection == tests[:40]
    world.notices = lambda test, _text: test == "test_2"
    world.runs.clear()
    world.measure("weight", tests)
    assert {len(run.selection) for run in world.runs[1:]} == {40}


def test_what_time_or_number_leave_is_counted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    every = world.measure().strength
    assert every is not None
    monkeypatch.setattr(measure_strength, "MOST_CHANGES", 3)
    measured = world.measure()
    assert measured.strength == Strength(3, 0)
    assert measured.left == every.mutants - 3
    clock = count(0.0, measure_strength.SECONDS / 2)
    monkeypatch.setattr(measure_strength, "monotonic", lambda: next(clock))
    measured = world.measure()
    assert (measured.strength, measured.left) == (Strength(2, 0), every.mutants - 2)
