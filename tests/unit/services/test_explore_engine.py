from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from greenline.adapters.coverage_parser import CoverageParser
from greenline.domain.code.read_module import read_module
from greenline.domain.coverage.mapping import coverage_map
from greenline.domain.coverage.model import Executed
from greenline.domain.generation.case import Argument, Case
from greenline.domain.generation.model import SuspectedBug
from greenline.ports.engine import Assignment
from greenline.ports.explorer import Expedition, Exploration
from greenline.ports.progress import Progress, Silent
from greenline.ports.project import Interpreter, Project
from greenline.services.explore_engine import ExploreEngine

TEXT = """\
class Box:
    @property
    def size(self):
        if self.closed:
            return 0
        return 1

    @size.setter
    def size(self, value):
        def inner():
            return value
        self.seen = inner()


def sign(number):
    if number < 0:
        return "minus"
    return "plus"
"""


@dataclass
class Explorer:
    answer: Exploration
    asked: list[Expedition] = field(default_factory=list)

    async def explore(self, expedition: Expedition, progress: Progress) -> Exploration:
        self.asked.append(expedition)
        return self.answer


def assignment(qualname: str, ran: Executed) -> Assignment:
    module, _ = read_module(TEXT)
    function = next(f for f in module.functions if f.qualname == qualname)
    statements, _ = CoverageParser().analyse(TEXT)
    root = Path("/project")
    return Assignment(
        project=Project(root, None, (root,), ()),
        interpreter=Interpreter(root / "python", (3, 11, 0), "the setting", "8"),
        path=root / "shop.py",
        module_name="shop",
        text=TEXT,
        module=module,
        function=function,
        before=coverage_map(statements, ran),
        seconds=2.0,
        unsaved={root / "shop.py": TEXT},
        taken_names=frozenset({"test_sign"}),
    )


async def test_what_no_test_reaches_is_what_is_looked_for() -> None:
    explorer = Explorer(Exploration())
    ran = Executed(frozenset({1, 2, 3, 15, 16, 18}), frozenset({(16, 18), (18, -15)}))
    await ExploreEngine(explorer).propose(assignment("sign", ran), Silent())
    (expedition,) = explorer.asked
    assert (expedition.module_name, expedition.qualname, expedition.seconds) == ("shop", "sign", 2.0)
    assert (expedition.lines, expedition.branches) == ({17}, {(16, 17)})
    assert expedition.unsaved == {Path("/project/shop.py"): TEXT}


async def test_all_branches_of_lines_that_never_ran_are_looked_for() -> None:
    explorer = Explorer(Exploration())
    await ExploreEngine(explorer).propose(assignment("sign", Executed(arcs=frozenset())), Silent())
    assert explorer.asked[0].branches == {(16, 17), (16, 18)}


async def test_a_property_is_explored_with_its_setter_and_what_is_inside() -> None:
    explorer = Explorer(Exploration())
    await ExploreEngine(explorer).propose(assignment("Box.size", Executed(arcs=frozenset())), Silent())
    assert explorer.asked[0].lines == {4, 5, 6, 10, 11, 12}


async def test_cases_become_candidates_with_names_that_are_free() -> None:
    case = Case(
        "sign(\x000\x00)", (Argument("number", "", "1"),), expected="'plus'", imports=(("sign", "shop", "sign"),)
    )
    bug = SuspectedBug("sign(None)", "TypeError", 16)
    explorer = Explorer(Exploration((case,), calls=5, suspected_bugs=(bug,)))
    proposal = await ExploreEngine(explorer).propose(assignment("sign", Executed(arcs=frozenset())), Silent())
    assert [c.name for c in proposal.candidates] == ["test_sign_of_1"]
    assert (proposal.engine, proposal.observations, proposal.suspected_bugs) == ("explore", 5, (bug,))
    assert proposal.cases == (case,)
    assert not proposal.not_testable


@pytest.mark.parametrize("failed", [True, False])
async def test_only_what_was_explored_can_be_called_not_testable(failed: bool) -> None:
    explorer = Explorer(Exploration(reason="as it is", failed=failed))
    proposal = await ExploreEngine(explorer).propose(assignment("sign", Executed(arcs=frozenset())), Silent())
    assert (proposal.candidates, proposal.reason, proposal.not_testable) == ((), "as it is", not failed)
