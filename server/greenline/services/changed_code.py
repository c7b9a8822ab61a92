"""Runs tests over code that was changed in one place, in a copy, and tells which of them notice it.

A test with parameters is one test here: its rows may be called otherwise each time (after the clock, say), and pytest
runs nothing at all where one of the names that it is given is not there.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from typing import TYPE_CHECKING

from greenline.domain.auditing.modules import FUNCTIONS
from greenline.domain.code.parse import inner_statements
from greenline.ports.progress import Silent
from greenline.ports.tests import TestRun

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from greenline.domain.auditing.modules import FunctionNode
    from greenline.ports.documents import Documents
    from greenline.ports.project import Interpreter, Project
    from greenline.ports.tests import TestOutcome, TestReport, TestRunner

_SECONDS_OF_RUN = 10.0
"""For a run over changed code, beside three times what its tests take: a loop may have no end now."""
FAILED = ("failed", "error")
"""Outcomes of a test that does not pass."""


class ChangedCode:
    """One project. Every run is refused writes elsewhere, network and programs; cancelling one ends its children.

    Open buffers count as they are, saved or not.
    """

    def __init__(self, runner: TestRunner, documents: Documents, project: Project, interpreter: Interpreter) -> None:
        self._runner = runner
        self._project = project
        self._interpreter = interpreter
        self._unsaved = {p: text for p, text in documents.unsaved().items() if p.is_relative_to(project.root)}

    async def unchanged(self, tests: Collection[str], seconds: float, measure: Collection[Path] = ()) -> TestReport:
        """Run them as they will run over changed code; what does not pass now, or wants more, judges no change.

        Of ``measure`` it is told which test runs which lines.
        """
        run = TestRun(
            self._project,
            self._interpreter,
            overlay=self._unsaved,
            selection=tuple(dict.fromkeys(map(without_row, tests))),
            measure=tuple(measure),
            contexts=bool(measure),
            seconds=seconds,
        )
        return await self._runner.run(run, Silent())

    async def noticing(
        self, path: Path, text: str, tests: Collection[str], took: Mapping[str, float]
    ) -> frozenset[str]:
        """Return the tests that fail while the file has this text.

        Also those that could not even run, as code that runs at import was changed. ``took`` are the seconds of each.
        """
        run = TestRun(
            self._project,
            self._interpreter,
            overlay={**self._unsaved, path: text},
            selection=tuple(tests),
            seconds=limit_of(tests, took),
        )
        ended = _by_test(await self._runner.run(run, Silent()))
        return frozenset(test for test in tests if any(o.outcome in FAILED for o in ended[test]) or not ended[test])


def limit_of(tests: Collection[str], took: Mapping[str, float]) -> float:
    """Return the seconds after which a run of these tests has no end."""
    return _SECONDS_OF_RUN + 3 * sum(took.get(test, 0.0) for test in tests)


def without_row(node_id: str) -> str:
    """Return the node id of a test with parameters without the part in brackets."""
    return node_id.partition("[")[0]


def sound(report: TestReport) -> frozenset[str]:
    """Return the tests that can judge changes: they pass, and nothing was refused to them."""
    return frozenset(
        test
        for test, rows in _by_test(report).items()
        if any(o.outcome == "passed" for o in rows) and not any(o.outcome in FAILED or o.refused for o in rows)
    )


def seconds_of(report: TestReport) -> dict[str, float]:
    """Return what all rows of each test took together."""
    return {test: sum(o.seconds for o in rows) for test, rows in _by_test(report).items()}


def lines_of(report: TestReport, path: Path) -> dict[str, int]:
    """Return which lines of a file each test ran, as bits, of those that ran any."""
    lines: dict[str, int] = {}
    for node_id, files in report.contexts.items():
        if ran := files.get(path, 0):
            test = without_row(node_id)
            lines[test] = lines.get(test, 0) | ran
    return lines


def _by_test(report: TestReport) -> defaultdict[str, list[TestOutcome]]:
    rows: defaultdict[str, list[TestOutcome]] = defaultdict(list)
    for outcome in report.outcomes:
        rows[without_row(outcome.node_id)].append(outcome)
    return rows


def functions_in(scope: ast.AST, prefix: str = "") -> Iterator[tuple[str, FunctionNode]]:
    """Yield the functions of a module that are in no other one, with qualified names, in the order of the lines."""
    for node in inner_statements(scope):
        if isinstance(node, FUNCTIONS):
            yield f"{prefix}{node.name}", node
        else:
            yield from functions_in(node, f"{prefix}{node.name}." if isinstance(node, ast.ClassDef) else prefix)
