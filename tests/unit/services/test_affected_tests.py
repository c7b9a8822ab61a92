"""Which tests a change affects, from what each test ran the last time."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from greenline.adapters.disk_documents import DiskDocuments
from greenline.adapters.project_files import ProjectFiles
from greenline.adapters.run_store_sqlite import RunStoreSqlite
from greenline.adapters.source_tree import SourceTreeOnDisk
from greenline.domain.coverage.contexts import bits_of
from greenline.domain.coverage.model import Executed
from greenline.ports.tests import TestOutcome, TestReport
from greenline.services.affected_tests import Affected, AffectedTests
from greenline.services.run_records import Ran, Scope, record_of

if TYPE_CHECKING:
    from greenline.ports.tests import Outcome

CORE = """\
LIMIT = 3


def total(numbers):
    return sum(numbers)


def largest(numbers, default=0):
    return max(numbers, default=default)


def table():
    return {1: 2}


TABLE = table()
"""
KEPT = """\
import functools
from shop import core


@functools.lru_cache
def settings():
    return core.largest([1])
"""
FILES = {
    "pyproject.toml": "",
    "src/shop/__init__.py": "",
    "src/shop/core.py": CORE,
    "src/shop/report.py": "from shop.core import LIMIT\n\n\ndef limit():\n    return LIMIT\n",
    "src/shop/kept.py": KEPT,
    "tests/conftest.py": "",
    "tests/test_core.py": "from shop import core\n\n\ndef test_total(): pass\ndef test_largest(): pass\n",
    "tests/test_report.py": "from shop.report import limit\n\n\ndef test_limit(): pass\n",
    "tests/test_kept.py": "from shop import kept\n\n\ndef test_first():\n    kept.settings()\n"
    "def test_second():\n    kept.settings()\n",
    "tests/test_else.py": "def test_nothing(): pass\n",
}
CORE_PY, REPORT_PY, KEPT_PY = "src/shop/core.py", "src/shop/report.py", "src/shop/kept.py"
RAN = {
    "tests/test_core.py::test_total": {CORE_PY: [5]},
    "tests/test_core.py::test_largest": {CORE_PY: [9]},
    "tests/test_report.py::test_limit": {REPORT_PY: [5]},
    "tests/test_kept.py::test_first": {KEPT_PY: [7], CORE_PY: [9], "tests/test_kept.py": [5]},
    "tests/test_kept.py::test_second": {"tests/test_kept.py": [7]},
    "tests/test_else.py::test_nothing": {},
}
OUTSIDE = {CORE_PY: [1, 4, 8, 12, 13, 16], REPORT_PY: [1, 4], KEPT_PY: [1, 2, 5, 6]}
OF_CORE = {"test_total", "test_largest", "test_limit", "test_first", "test_second"}


class World(DiskDocuments):
    """A project, what was recorded of it, and the buffers over it."""

    def __init__(self, folder: Path) -> None:
        self.root = folder
        self.open: dict[Path, str] = {}
        self.store = RunStoreSqlite(None)
        self.age = 5000
        for name, text in FILES.items():
            self.write(name, text)

    def unsaved(self) -> dict[Path, str]:
        return dict(self.open)

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        self.age -= 1
        os.utime(path, (time.time() - self.age,) * 2)  # each a second later than the one before
        return path

    def change(self, name: str, old: str, new: str) -> Path:
        text = (self.root / name).read_text(encoding="utf-8")
        assert text.count(old) == 1
        return self.write(name, text.replace(old, new))

    def record(
        self, *only: str, outcome: Outcome = "passed", scope: Scope | None = None, unknown: str | None = None
    ) -> None:
        """Record a run of all tests, or of those whose names are given; ``unknown`` was edited meanwhile."""
        nodes = {node: lines for node, lines in RAN.items() if not only or node.rpartition("::")[2] in only}
        here = [path for path in self.root.rglob("*.py") if unknown is None or path != self.root / unknown]
        texts = {path: path.read_text(encoding="utf-8") for path in here}
        coverage = dict.fromkeys([*here, *([self.root / unknown] if unknown else [])], Executed(frozenset({1})))
        report = TestReport(
            tuple(TestOutcome(node, outcome) for node in nodes),
            coverage,
            contexts={n: {self.root / f: bits_of(ran) for f, ran in lines.items()} for n, lines in nodes.items()},
            outside={self.root / name: bits_of(lines) for name, lines in OUTSIDE.items()},
        )
        looked_at = frozenset(path for path in texts if path.parent.name == "tests")
        scope = scope or Scope(complete=True, everything=not only, looked_at=frozenset() if only else looked_at)
        ran = Ran(texts, time.time(), {path: path.stat().st_mtime for path in texts})
        self.store.record(self.root, record_of(self.root, report, ran, scope, self.store))

    def affected(self, *paths: Path) -> Affected:
        project = ProjectFiles(home=self.root.parent).project_of(self.root / CORE_PY)
        return AffectedTests(self.store, self, SourceTreeOnDisk()).of(project, paths)

    def names(self, *paths: Path) -> set[str]:
        return {node.rpartition("::")[2] for node in self.affected(*paths).tests}


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path / "project")
    made.record()
    return made


def test_without_a_record_nothing_is_known(tmp_path: Path) -> None:
    assert World(tmp_path).affected() == Affected(recorded=False)


def test_without_a_change_nothing_is_affected(world: World) -> None:
    affected = world.affected()
    assert (affected.recorded, affected.whole, affected.files, affected.tests) == (True, True, (), frozenset())
    world.change(CORE_PY, "LIMIT = 3\n", "# how many\nLIMIT = (3)\n\n")
    assert world.names() == set()


def test_a_change_in_a_function_affects_what_ran_it(world: World) -> None:
    path = world.change(CORE_PY, "sum(numbers)", "sum(numbers) + 1")
    affected = world.affected(path)
    assert affected.tests == {"tests/test_core.py::test_total"}
    assert affected.files == (world.root / "tests" / "test_core.py",)
    assert affected.skipped == {"tests/test_core.py::test_largest"}
    assert world.affected() == affected  # also when nobody saw it being saved


def test_an_unsaved_change_counts(world: World) -> None:
    world.open = {world.root / CORE_PY: CORE.replace("sum(numbers)", "0")}
    assert world.names() == {"test_total"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("LIMIT = 3", "LIMIT = 4"),
        ("default=0", "default=1"),
        ("def total", "@print\ndef total"),
        ("def largest", "def most"),
        ("LIMIT = 3", "LIMIT = 3\ndef sum(x): return 0"),
        ("{1: 2}", "{1: 3}"),  # runs when the file is imported
        ("LIMIT = 3", "LIMIT = ("),
    ],
)
def test_a_change_of_what_runs_at_import_affects_who_imports_it(world: World, old: str, new: str) -> None:
    world.change(CORE_PY, old, new)
    assert world.names() == OF_CORE


def test_a_file_that_is_gone_affects_who_imported_it(world: World) -> None:
    (world.root / REPORT_PY).unlink()
    assert world.names() == {"test_limit"}


def test_what_a_cache_hands_on_affects_who_may_get_it(world: World) -> None:
    world.change(CORE_PY, "max(numbers, default=default)", "0")
    assert world.names() == {"test_largest", "test_first", "test_second"}
    world.change(CORE_PY, "return 0", "return max(numbers, default=default)")
    world.change(CORE_PY, "sum(numbers)", "0")  # no test ran it together with what keeps results
    assert world.names() == {"test_total"}


def test_what_a_cache_hands_on_by_another_cache_affects_who_may_get_it(world: World) -> None:
    again = "from functools import cache\nfrom shop.kept import settings as known\n\n"
    world.write("src/shop/again.py", again + "@cache\ndef more():\n    return known()\n")
    world.write("tests/test_else.py", "from shop.again import more\n\n\ndef test_nothing():\n    more()\n")
    RAN["tests/test_else.py::test_nothing"] = {"tests/test_else.py": [5]}
    OUTSIDE["src/shop/again.py"] = [1, 2, 4, 5]
    try:
        world.record()
    finally:
        RAN["tests/test_else.py::test_nothing"] = {}
        OUTSIDE.pop("src/shop/again.py")
    world.change(CORE_PY, "max(numbers, default=default)", "0")
    assert world.names() == {"test_largest", "test_first", "test_second", "test_nothing"}


def test_what_a_test_imported_first_is_kept_for_the_others(world: World) -> None:
    before = dict(OUTSIDE)
    try:
        OUTSIDE.pop(KEPT_PY)
        world.record()
    finally:
        OUTSIDE.update(before)
    world.change(CORE_PY, "max(numbers, default=default)", "0")
    assert world.names() == {"test_largest", "test_first", "test_second"}


def test_tests_below_a_conftest_that_changed_are_affected(world: World) -> None:
    world.write("tests/conftest.py", "import pytest\n")
    assert world.names() == {node.rpartition("::")[2] for node in RAN}
    assert world.affected().skipped == frozenset()


@pytest.mark.parametrize("name", ["tests/test_else.py", "tests/test_later.py"])
def test_a_test_file_that_changed_or_is_new_runs_whole(world: World, name: str) -> None:
    path = world.write(name, "def test_nothing(): assert 1\ndef test_new(): pass\n")
    affected = world.affected()
    assert affected.files == (path,)
    assert affected.skipped == frozenset()


def test_a_test_file_that_is_gone_is_not_asked_for(world: World) -> None:
    (world.root / "tests" / "test_core.py").unlink()
    assert world.affected().files == ()


def test_a_helper_for_tests_is_code_like_any_other(world: World) -> None:
    world.write("tests/helper.py", "X = 1\n")
    world.write("tests/test_else.py", "from helper import X\ndef test_nothing(): pass\n")
    world.record()
    world.write("tests/helper.py", "X = 2\n")
    assert world.names() == {"test_nothing"}


def test_what_failed_or_was_not_recorded_whole_runs_again(world: World) -> None:
    world.record("test_limit", outcome="failed")
    world.record("test_total", scope=Scope(complete=True, pending=frozenset({"tests/test_else.py::test_nothing"})))
    assert world.names() == {"test_limit", "test_nothing"}
    world.record("test_limit")
    world.record("test_nothing")
    assert world.names() == set()


def test_what_reached_a_file_that_was_edited_meanwhile_runs_again(world: World) -> None:
    world.record("test_largest", "test_limit", unknown=CORE_PY)
    assert world.names() == {"test_largest"}
    world.record("test_largest")
    assert world.names() == set()


def test_a_run_that_was_cut_short_leaves_what_is_affected_to_be_run(world: World) -> None:
    cut_short = Scope(complete=True, cut_short=True)
    world.change(CORE_PY, "LIMIT = 3", "LIMIT = 4")
    world.record("test_nothing", scope=cut_short)
    assert world.names() == OF_CORE
    for number in range(10):  # more texts than are kept
        world.change(CORE_PY, "sum(numbers)" if number == 0 else f"{number}  # so many", f"{number + 1}  # so many")
        world.record("test_nothing", scope=cut_short)
        assert world.names() >= OF_CORE
    world.record()
    assert world.names() == set()


def test_what_ran_since_is_compared_with_what_it_ran(world: World) -> None:
    world.change(CORE_PY, "sum(numbers)", "1")
    world.record("test_limit")  # nobody ran what was affected
    assert world.names() == {"test_total"}
    world.record("test_total")
    assert world.names() == set()
    assert world.store.unsettled(world.root) == frozenset()
    world.change(CORE_PY, "max(numbers, default=default)", "2")  # the others were carried to the new text
    assert "test_largest" in world.names()
    assert "test_total" not in world.names()


def test_what_cannot_be_told_is_said(world: World) -> None:
    data = world.write("src/shop/prices.json", "{}")
    assert world.affected(data).notes == ("Which tests read prices.json is not known; run all tests to be sure.",)


def test_a_new_module_may_stand_where_another_was_found(world: World) -> None:
    new = world.write("src/shop/report/__init__.py", "")
    assert world.names(new) == {"test_limit"}
