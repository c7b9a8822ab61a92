"""A project whose pytest cannot import its own package: said as such, everywhere, and no test is blamed or written."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from greenline.adapters.disk_documents import DiskDocuments
from greenline.bootstrap import Services, build
from greenline.cli.write_and_confirm import Run
from greenline.domain.code.model import Target
from greenline.ports.progress import Silent
from greenline.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

GRADE = "def grade(points):\n    if points < 0:\n        return 'none'\n    return 'some'\n"
WHAT = "pytest cannot import `shop` in this project: it is in src/, which is not installed and not on pytest's path."
DO = 'Install it with `pip install -e .`, or set pythonpath = ["src"] under [tool.pytest.ini_options].'


@pytest.fixture(autouse=True)
def few_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("PYTHONPATH", raising=False)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "src" / "shop").mkdir(parents=True)
    (tmp_path / "src" / "shop" / "__init__.py").write_text("")
    (tmp_path / "src" / "shop" / "prices.py").write_text(GRADE)
    (tmp_path / "tests").mkdir()
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'shop'\n")
    return tmp_path


def services() -> Services:
    return build(Settings(interpreter=sys.executable, explore_seconds=2.0), DiskDocuments())


async def test_generating_says_it_and_writes_nothing(root: Path) -> None:
    run = Run(services())
    await run.work([Target(root / "src" / "shop" / "prices.py", "grade")], Silent(), lambda _target, _results: None)

    (result,) = run.results
    assert (result.status, result.reason) == ("failed", f"{WHAT} {DO}")
    assert list((root / "tests").iterdir()) == []


async def test_running_tests_says_it(root: Path) -> None:
    (root / "tests" / "test_prices.py").write_text("from shop.prices import grade\ndef test_a(): assert grade(1)\n")
    ran = await services().run_suite.run(root, Silent())

    assert [(f.kind, f.message, f.next_step) for f in ran.failures] == [("environment", WHAT, DO)]


async def test_a_conftest_that_cannot_import_it_says_the_same(root: Path) -> None:
    (root / "tests" / "conftest.py").write_text("import shop\n")
    (root / "tests" / "test_prices.py").write_text("def test_a(): pass\n")
    ran = await services().run_suite.run(root, Silent())

    assert [(f.kind, f.message, f.next_step) for f in ran.failures] == [("environment", WHAT, DO)]


async def test_the_doctor_says_it_and_nothing_once_it_is_mended(root: Path) -> None:
    found = [f for f in await services().doctor.diagnose(root) if f.topic == "imports"]
    assert [(f.state, f.text, f.to_do) for f in found] == [("problem", WHAT, DO)]

    with (root / "pyproject.toml").open("a") as file:
        file.write('[tool.pytest.ini_options]\npythonpath = ["src"]\n')
    assert not [f for f in await services().doctor.diagnose(root) if f.topic == "imports"]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    assert subprocess.run(command, cwd=root, check=False, capture_output=True).returncode == 5  # noqa: ASYNC221 - no tests


async def test_what_is_missing_elsewhere_is_not_mistaken_for_it(root: Path) -> None:
    (root / "tests" / "test_prices.py").write_text("import shop_of_another\ndef test_a(): pass\n")
    ran = await services().run_suite.run(root, Silent())

    assert "`shop_of_another` is not installed" in ran.failures[0].message


WORDS = """
import subprocess, sys
from shop.prices import grade
def test_another_process():
    done = subprocess.run([sys.executable, "-c", "import shop"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
def test_words():
    raise AssertionError("the worker said: No module named 'shop'")
def test_an_import_of_its_own():
    raise ImportError("No module named 'shop'")
"""


async def test_words_of_another_process_are_not_mistaken_for_it(root: Path) -> None:
    with (root / "pyproject.toml").open("a") as file:
        file.write('[tool.pytest.ini_options]\npythonpath = ["src"]\n')
    (root / "tests" / "test_prices.py").write_text(WORDS)
    ran = await services().run_suite.run(root, Silent())

    assert len(ran.failures) == 3
    assert not [f for f in ran.failures if "pytest cannot import" in f.message]


FINDS = "import pathlib, sys\nsys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / 'src'))\n"


@pytest.mark.parametrize("name", ["conftest.py", "test_prices.py"])
async def test_the_doctor_asks_where_tests_import_it(root: Path, name: str) -> None:
    folder = root / "tests" / "unit"
    folder.mkdir()
    (folder / "test_prices.py").write_text("")
    (folder / name).write_text(FINDS)
    with (folder / "test_prices.py").open("a") as file:
        file.write("from shop.prices import grade\ndef test_a(): assert grade(1)\n")
    assert (await services().run_suite.run(root, Silent())).failures == ()

    assert not [f for f in await services().doctor.diagnose(root) if f.topic == "imports"]
