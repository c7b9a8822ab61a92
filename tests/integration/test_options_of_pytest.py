"""``greenline test -- ...``: pytest's own options choose, and what they leave out is not taken for gone."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from greenline.adapters.disk_documents import DiskDocuments
from greenline.adapters.run_store_sqlite import RunStoreSqlite
from greenline.bootstrap import Lasting, Services, build
from greenline.ports.progress import Silent
from greenline.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

ONE = "def test_red(): assert 0\ndef test_green(): pass\ndef test_last(): pass\n"


@pytest.fixture(autouse=True)
def few_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    (root / "tests").mkdir(parents=True)
    (root / "pyproject.toml").touch()
    (root / "tests" / "test_a.py").write_text(ONE)
    return root


@pytest.fixture
def store(tmp_path: Path) -> RunStoreSqlite:
    return RunStoreSqlite(tmp_path / "runs")


@pytest.fixture
def services(store: RunStoreSqlite) -> Services:
    return build(Settings(interpreter=sys.executable), DiskDocuments(), Lasting(runs=store))


@pytest.mark.parametrize(
    ("options", "ran"),
    [
        (["-k", "green"], {"test_green"}),
        (["-x"], {"test_red"}),
        (["--deselect", "tests/test_a.py::test_red"], {"test_green", "test_last"}),
        (["-k", "no_such"], set()),
    ],
)
async def test_they_choose_and_nothing_else_is_gone(
    root: Path, services: Services, store: RunStoreSqlite, options: list[str], ran: set[str]
) -> None:
    await services.run_suite.run(root, Silent())
    whole = store.whole_at(root)
    known = {test.node_id for test in store.tests(root)}
    assert len(known) == 3

    part = await services.run_affected.run_selected([], Silent(), options=options, folder=root)

    names = {node.rpartition("::")[2] for node in (*part.passed, *(f.node_id for f in part.failures))}
    assert names == ran
    assert {test.node_id for test in store.tests(root)} == known
    assert store.whole_at(root) == whole


async def test_what_they_left_out_of_a_change_is_still_affected(root: Path, services: Services) -> None:
    await services.run_suite.run(root, Silent())
    (root / "tests" / "test_a.py").write_text(ONE.replace("assert 0", "assert 1"))
    part = await services.run_affected.run([root], Silent(), ["-k", "green"])
    assert part.passed == {"tests/test_a.py::test_green"}

    rest = await services.run_affected.run([root], Silent())
    assert "tests/test_a.py::test_red" in rest.passed


async def test_an_option_that_pytest_does_not_know_is_told_in_its_words(root: Path, services: Services) -> None:
    ran = await services.run_affected.run_selected([], Silent(), options=["--no-such"], folder=root)

    assert "unrecognized arguments: --no-such" in ran.problem
    assert ran.failures == ()
