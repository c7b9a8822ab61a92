"""Another order of the tests, decided by a number: what is set up for several tests still serves them together."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from greenline.adapters.pytest_process import PytestProcess
from greenline.ports.progress import Silent
from greenline.ports.project import Interpreter, Project
from greenline.ports.tests import Conditions, TestRun

TEST = """\
import pytest

@pytest.fixture(scope="class")
def shelf(set_up): set_up("class")

@pytest.fixture(scope="module")
def shop(set_up): set_up("module")

@pytest.fixture(scope="module", params=["red", "green"])
def colour(request, set_up): set_up(request.param)

class TestOne:
    def test_a(self, shelf): pass
    def test_b(self, shelf): pass
    def test_c(self, shelf): pass

class TestTwo:
    def test_a(self, shelf, shop): pass
    def test_b(self, shelf, shop): pass

def test_a(shop): pass
def test_b(shop, colour): pass
def test_c(shop, colour): pass
@pytest.mark.parametrize("n", range(4))
def test_rows(n): pass
"""
CONFTEST = """\
import pytest
@pytest.fixture(scope="session")
def set_up(): return lambda name: open({log!r}, "a").write(name + "\\n")
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    root = tmp_path / "project"
    for folder in ("tests/unit", "tests/far"):
        (root / folder).mkdir(parents=True)
        for name in ("one", "two"):
            (root / folder / f"test_{folder[-3:]}_{name}.py").write_text(TEST)
    (root / "conftest.py").write_text(CONFTEST.format(log=str(tmp_path / "log")))
    return Project(root, None, (root,), (root / "tests",))


async def order(project: Project, shuffle: int | None) -> list[str]:
    major, minor, micro = sys.version_info[:3]
    interpreter = Interpreter(Path(sys.executable), (major, minor, micro), "the test", "9")
    run = TestRun(project, interpreter, guarded=False, conditions=Conditions(shuffle=shuffle))
    report = await PytestProcess().run(run, Silent())
    assert report.green, report
    return [outcome.node_id for outcome in report.outcomes]


def runs_of(names: list[str]) -> list[str]:
    """Return each name once for each time that others stood in between."""
    return [name for number, name in enumerate(names) if number == 0 or names[number - 1] != name]


async def test_the_number_decides_and_what_belongs_together_stays_together(project: Project, tmp_path: Path) -> None:
    log = tmp_path / "log"
    plain = await order(project, None)
    set_up = sorted(log.read_text().split())
    log.unlink()
    shuffled = await order(project, 3)

    assert sorted(shuffled) == sorted(plain)
    assert len(plain) == 4 * 14
    assert shuffled != plain
    assert sorted(log.read_text().split()) == set_up, "nothing was set up more often"
    files = runs_of([node.partition("::")[0] for node in shuffled])
    assert len(files) == len(set(files)) == 4
    assert len(runs_of([file.rpartition("/")[0] for file in files])) == 2, "nor is a folder left and entered again"
    assert [n for n in shuffled if "test_rows" in n] != [n for n in plain if "test_rows" in n]
    assert await order(project, 3) == shuffled
    assert await order(project, 4) not in (shuffled, plain)
