"""What the explore engine leaves is told to who is asked next: what it saw, and which changes nothing noticed."""

from __future__ import annotations

import sys
from pathlib import Path

from greenline.adapters.coverage_parser import CoverageParser
from greenline.adapters.explorer_process import ExplorerProcess
from greenline.adapters.probes import Probes
from greenline.domain.asking.explored_facts import explored_facts
from greenline.domain.code.read_module import read_module
from greenline.domain.coverage.mapping import coverage_map
from greenline.domain.coverage.model import Executed
from greenline.ports.engine import Assignment
from greenline.ports.progress import Silent
from greenline.ports.project import Interpreter, Project
from greenline.services.explore_engine import ExploreEngine

TEXT = """\
def fee(weight: int) -> int:
    if weight > 20:
        raise ValueError("too heavy")
    return weight * 3 + 0
"""


async def test_calls_and_changes_that_nothing_noticed_are_told(tmp_path: Path) -> None:
    path = tmp_path / "post.py"
    path.write_text(TEXT, encoding="utf-8")
    module, _ = read_module(TEXT)
    statements, _ = CoverageParser().analyse(TEXT)
    assignment = Assignment(
        project=Project(tmp_path, None, (tmp_path,), ()),
        interpreter=Interpreter(Path(sys.executable), sys.version_info[:3], "here", "8"),
        path=path,
        module_name="post",
        text=TEXT,
        module=module,
        function=module.functions[0],
        before=coverage_map(statements, Executed(arcs=frozenset())),
        seconds=20.0,
    )

    proposal = await ExploreEngine(ExplorerProcess(Probes(warm=False))).propose(assignment, Silent())

    told = explored_facts(proposal)
    assert any(line.startswith("fee(") and " == " in line for line in told.observations)
    assert any(line.endswith("raises ValueError: 'too heavy'") for line in told.observations)
    assert "line 4: right operand ignored" in told.survivors
    assert proposal.strength is not None
    assert proposal.strength.mutants - proposal.strength.killed == len(proposal.survivors)
    assert told.calls == proposal.observations > 0
