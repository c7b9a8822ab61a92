"""How changes are tried: with which tests, and without keeping whoever waits from being heard."""

from __future__ import annotations

import asyncio
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from greenline.adapters.disk_documents import DiskDocuments
from greenline.adapters.project_files import ProjectFiles
from greenline.domain.auditing.noticing import Noticing, Trial
from greenline.ports.progress import Progress, Silent
from greenline.ports.project import Interpreter
from greenline.ports.tests import TestOutcome, TestReport, TestRun
from greenline.services.audit_changes import AuditChanges
from greenline.services.audit_runs import Suite

CODE = """\
def price(count):
    return count * 3


def weight(count):
    return count + 1
"""


class Runs:
    """Every change of ``price`` is noticed by ``test_price``, and nothing else by anybody."""

    def __init__(self) -> None:
        self.asked: list[TestRun] = []

    async def run(self, run: TestRun, progress: Progress) -> TestReport:
        self.asked.append(run)
        text = "".join(run.overlay.values())
        bad = {"test_price"} if text and "count * 3" not in text else set()
        return TestReport(tuple(TestOutcome(test, "failed" if test in bad else "passed") for test in run.selection))


def test_changes_are_tried_by_the_tests_that_run_them_and_chosen_beside_the_event_loop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "shop"\nversion = "1"\n')
    shop = tmp_path / "shop.py"
    shop.write_text(CODE)
    threads: list[threading.Thread] = []
    choose = Noticing.next

    def seen(self: Noticing) -> Trial | None:
        threads.append(threading.current_thread())
        return choose(self)

    monkeypatch.setattr(Noticing, "next", seen)
    tests = {"test_weight": 1 << 6, "test_price": 1 << 2}
    report = TestReport(
        tuple(TestOutcome(test, "passed", seconds=1.0) for test in tests),
        contexts={test: {shop: lines} for test, lines in tests.items()},
    )
    project = ProjectFiles().project_of(shop)
    suite = Suite(project, Interpreter(Path(sys.executable), (3, 12, 0), "VIRTUAL_ENV", "8.0"), (), report, {}, 60.0)
    runs = Runs()
    tried = asyncio.run(AuditChanges(runs, DiskDocuments()).look(suite, (), 60.0, Silent()))
    assert [one.subject for one in tried.noticing.unchecked()] == ["shop.py::weight"]
    assert {run.selection for run in runs.asked[1:]} == {("test_price",), ("test_weight",)}
    assert len(runs.asked) == tried.tried + 1
    assert threads
    assert threading.main_thread() not in threads


def test_where_no_test_passes_nothing_runs(tmp_path: Path) -> None:
    project = ProjectFiles().project_of(tmp_path / "shop.py")
    interpreter = Interpreter(Path(sys.executable), (3, 12, 0), "VIRTUAL_ENV", "8.0")
    report, runs = TestReport((TestOutcome("test_price", "failed"),)), Runs()
    suite = Suite(project, interpreter, (), report, {}, 60.0)
    tried = asyncio.run(AuditChanges(runs, DiskDocuments()).look(suite, (), 60.0, Silent()))
    assert (runs.asked, tried.tried, tried.refused) == ([], 0, 0)


class Clocked(Runs):
    """The one row of ``test_price`` is called after the clock, and pytest finds none that it does not have."""

    async def run(self, run: TestRun, progress: Progress) -> TestReport:
        report = await super().run(run, progress)
        if any("[" in test for test in run.selection):
            return TestReport(problem="pytest could not start: ERROR: not found")
        rows = [replace(o, node_id=f"{o.node_id}[{len(self.asked)}]") for o in report.outcomes]
        return replace(report, outcomes=tuple(rows))


def test_rows_that_are_called_otherwise_each_time_are_the_same_test(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "shop"\nversion = "1"\n')
    shop = tmp_path / "shop.py"
    shop.write_text(CODE)
    tests = {"test_weight[0:0]": 1 << 6, "test_price[0:0]": 1 << 2}
    report = TestReport(
        tuple(TestOutcome(test, "passed", seconds=1.0) for test in tests),
        contexts={test: {shop: lines} for test, lines in tests.items()},
    )
    interpreter = Interpreter(Path(sys.executable), (3, 12, 0), "VIRTUAL_ENV", "8.0")
    suite = Suite(ProjectFiles().project_of(shop), interpreter, (), report, {}, 60.0)
    tried = asyncio.run(AuditChanges(Clocked(), DiskDocuments()).look(suite, (), 60.0, Silent()))
    assert tried.refused == 0
    assert [one.subject for one in tried.noticing.unchecked()] == ["shop.py::weight"]
