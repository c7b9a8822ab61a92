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


async def test_a_path_that_is_not_there_is_told_in_pytests_words_alone(root: Path, services: Services) -> None:
    ran = await services.run_affected.run_selected(
        [str(root / "tests" / "test_a.py")], Silent(), options=["nope.py"], folder=root
    )

    assert ran.problem == "pytest could not start: ERROR: file or directory not found: nope.py"


async def test_a_report_is_written_where_it_is_asked_for(root: Path, services: Services, tmp_path: Path) -> None:
    unasked, asked = tmp_path / "addopts.xml", tmp_path / "asked.xml"
    (root / "pytest.ini").write_text(f"[pytest]\naddopts = --junitxml={unasked}\n")

    await services.run_suite.run(root, Silent())
    assert not unasked.exists()
    await services.run_affected.run_selected([], Silent(), options=[f"--junitxml={asked}"], folder=root)
    assert 'tests="3"' in asked.read_text(), "the one that failed ran again by itself, and is not the report"
    assert not unasked.exists()


RANDOMLY = """
def pytest_addoption(parser):
    parser.addoption("--randomly-seed", default="of its own")
    parser.addoption("--randomly-dont-reorganize", action="store_true")

def pytest_configure(config):
    with open(os.environ["SEEN"], "w") as seen:
        seen.write(f"{config.option.randomly_seed}, {config.option.randomly_dont_reorganize}")
"""


@pytest.mark.parametrize(
    ("options", "seen"),
    [([], "0, True"), (["--randomly-seed=77"], "77, False"), (["--randomly-seed", "5"], "5, False")],
)
async def test_a_seed_that_is_asked_for_counts_for_chosen_tests(
    root: Path, services: Services, monkeypatch: pytest.MonkeyPatch, options: list[str], seen: str
) -> None:
    """A plugin with the name and the options of pytest-randomly stands for it."""
    (root / "pytest_randomly.py").write_text(f"import os\n{RANDOMLY}")
    monkeypatch.setenv("SEEN", str(root / "seen"))

    ran = await services.run_affected.run_selected(
        [str(root / "tests" / "test_a.py")], Silent(), options=["-p", "pytest_randomly", *options], folder=root
    )

    assert len(ran.passed) == 2
    assert (root / "seen").read_text() == seen
