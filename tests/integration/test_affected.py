"""Affected tests on a real project: what runs, what is found, what is kept, and what a cancelled run leaves."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from greenline.adapters.disk_documents import DiskDocuments
from greenline.adapters.run_store_sqlite import RunStoreSqlite
from greenline.bootstrap import Lasting, Services, build
from greenline.cli.app import greenline
from greenline.ports.progress import Silent
from greenline.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from click.testing import Result

LIMIT = 60.0
FILES = {
    "pyproject.toml": "[tool.pytest.ini_options]\ntestpaths = ['tests']\n",
    "shop.py": "LIMIT = 3\n\n\ndef total(numbers):\n    return sum(numbers)\n\n\n"
    "def most(numbers):\n    return max(numbers)\n",
    "tests/test_total.py": "import shop\n\n\ndef test_total():\n    assert shop.total([1, 2]) == 3\n\n\n"
    "def test_none():\n    assert shop.total([]) == 0\n",
    "tests/test_most.py": "import shop\n\n\ndef test_most():\n    assert shop.most([1, 2]) == 2\n",
}


class World:
    """A project, and services as each new process has them."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "shop"
        self.runs = folder / "runs"
        for name, text in FILES.items():
            self.write(name, text)
        self.source = self.root / "shop.py"

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        os.utime(path, (time.time() - 5,) * 2)

    def files(self) -> Iterable[Path]:
        return RunStoreSqlite(self.runs).files(self.root)

    def services(self) -> Services:
        lasting = Lasting(runs=RunStoreSqlite(self.runs))
        return build(Settings(interpreter=sys.executable), DiskDocuments(), lasting)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # most of a cold start is other people's plugins
    return World(tmp_path)


async def test_what_is_affected_runs_after_a_restart_and_what_it_finds_is_kept(world: World) -> None:
    first = await world.services().run_affected.run([world.root], Silent())
    assert "Nothing was recorded yet, so all tests ran: 3 passed" in first.message
    again = await world.services().run_affected.run([world.root], Silent())
    assert (again.message, again.ok, again.tests) == ("No test is affected.", True, 0)

    world.write("shop.py", FILES["shop.py"].replace("sum(numbers)", "sum(numbers) + 1"))
    services = world.services()
    broken = await services.run_affected.run([world.source], Silent())
    assert {failure.node_id for failure in broken.failures} == {
        "tests/test_total.py::test_total",
        "tests/test_total.py::test_none",
    }
    assert broken.message.startswith("2 of 3 tests are affected: 2 failed")
    assert broken.tests == 2
    assert world.source in broken.changed

    world.write("shop.py", FILES["shop.py"])
    mended = await world.services().run_affected.run([world.source], Silent())
    assert mended.passed == {"tests/test_total.py::test_total", "tests/test_total.py::test_none"}
    assert (await world.services().run_affected.run([world.source], Silent())).tests == 0
    picture = world.services().show.picture(world.source, FILES["shop.py"])
    assert picture.state == "measured"
    assert picture.gaps == ()


async def test_before_all_tests_ran_a_save_runs_the_files_own(world: World) -> None:
    services = world.services()
    ran = await services.run_affected.run([world.source], Silent())
    assert ran.tests == 3
    assert "run all tests once" in ran.message
    unrelated = await services.run_affected.run([world.root / "tests" / "test_most.py"], Silent())
    assert unrelated.passed == {"tests/test_most.py::test_most"}
    world.write("other.py", "X = 1\n")
    nothing = await world.services().run_affected.run_tests_of(world.root / "other.py", Silent())
    assert (nothing.message, nothing.ok) == ("No test file imports other.py.", True)


async def test_the_tests_of_one_file_leave_the_others_to_be_run(world: World) -> None:
    services = world.services()
    await services.run_suite.run(world.root, Silent())
    world.write("shop.py", FILES["shop.py"].replace("LIMIT = 3", "LIMIT = 4"))
    most = world.root / "tests" / "test_most.py"
    assert (await services.run_affected.run_tests_of(most, Silent())).passed == {"tests/test_most.py::test_most"}
    left = await world.services().run_affected.run([world.root], Silent())
    assert left.passed >= {"tests/test_total.py::test_total", "tests/test_total.py::test_none"}


async def test_chosen_tests_leave_what_is_affected_to_be_run(world: World) -> None:
    services = world.services()
    await services.run_suite.run(world.root, Silent())
    world.write("shop.py", FILES["shop.py"].replace("sum(numbers)", "0"))
    chosen = f"{world.root / 'tests' / 'test_total.py'}::test_none"
    assert (await services.run_affected.run_selected([chosen], Silent())).passed == {"tests/test_total.py::test_none"}
    left = await world.services().run_affected.run([world.root], Silent())
    assert [failure.node_id for failure in left.failures] == ["tests/test_total.py::test_total"]
    assert left.tests == 1


@pytest.mark.parametrize("everything", [True, False])
async def test_what_is_gone_affects_tests_once(world: World, everything: bool) -> None:
    world.write("tests/conftest.py", "")
    world.write("tests/test_gone.py", "def test_gone(): pass\n")
    services = world.services()
    await services.run_suite.run(world.root, Silent())
    (world.root / "tests" / "conftest.py").unlink()
    (world.root / "tests" / "test_gone.py").unlink()
    if everything:
        ran = await services.run_suite.run(world.root, Silent())
    else:
        ran = await services.run_affected.run([world.root], Silent())
    assert len(ran.passed) == 3
    assert (await services.run_affected.run([world.root], Silent())).message == "No test is affected."
    assert set(world.files()) == {world.source, *(world.root / "tests").glob("*.py")}


async def test_new_tests_count_among_those_that_are_known(world: World) -> None:
    await world.services().run_suite.run(world.root, Silent())
    world.write("tests/test_new.py", "".join(f"def test_{number}(): pass\n" for number in range(4)))
    assert (await world.services().run_affected.run([world.root], Silent())).message.startswith("4 of 7 tests are aff")
    world.write("tests/test_new.py", "def test_0(:\n")
    assert (await world.services().run_affected.run([world.root], Silent())).cut_short
    world.write("tests/test_new.py", "def test_0(): pass\n")
    mended = await world.services().run_affected.run([world.root], Silent())
    assert mended.message.startswith("1 of 4 tests are affected: 1 passed")


@pytest.mark.parametrize("text", ["", "import shop\n"])
async def test_a_file_without_tests_is_looked_at_once(world: World, text: str) -> None:
    await world.services().run_suite.run(world.root, Silent())
    world.write("tests/test_most.py", text)
    emptied = await world.services().run_affected.run([world.root], Silent())
    assert (emptied.message, emptied.ok, emptied.problem) == ("No test is affected.", True, "")
    assert world.root / "tests" / "test_most.py" not in {
        test.path for test in RunStoreSqlite(world.runs).tests(world.root)
    }
    chosen = await world.services().run_affected.run_selected([str(world.root / "tests" / "test_most.py")], Silent())
    assert chosen.problem.startswith("pytest found no tests in ")


async def test_without_a_file_nothing_runs(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(world.root)  # it is not what was asked for
    nothing = await world.services().run_affected.run([], Silent())
    assert (nothing.message, nothing.ok, nothing.tests) == ("There is no file whose tests could run.", True, 0)


async def test_a_cancelled_run_keeps_nothing(world: World) -> None:
    services = world.services()
    await services.run_suite.run(world.root, Silent())
    world.write("shop.py", FILES["shop.py"].replace("max(numbers)", "hang(numbers)") + HANG)
    started = asyncio.Event()

    class Watch:
        def step(self, message: str, fraction: float | None = None) -> None:
            if message.startswith("Running tests (0"):
                started.set()

    running = asyncio.ensure_future(services.run_affected.run([world.source], Watch()))
    await asyncio.wait_for(started.wait(), LIMIT)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    world.write("shop.py", FILES["shop.py"].replace("max(numbers)", "0"))
    found = await world.services().run_affected.run([world.source], Silent())
    assert [failure.node_id for failure in found.failures] == ["tests/test_most.py::test_most"]


HANG = "\n\ndef hang(numbers):\n    import time\n    time.sleep(600)\n"


@pytest.fixture
def command(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(world.runs.parent / "cache"))
    monkeypatch.chdir(world.root)

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(greenline, ["test", "--interpreter", sys.executable, *arguments])

    return run  # type: ignore[return-value]


def test_the_command_runs_all_and_then_what_changed(world: World, command: object) -> None:
    assert callable(command)
    every = command()
    assert (every.exit_code, "3 passed" in every.stdout) == (0, True), every.output
    gaps = CliRunner().invoke(greenline, ["gaps", "shop.py"])
    assert (gaps.exit_code, "1 file complete" in gaps.stdout) == (0, True), gaps.output
    world.write("shop.py", FILES["shop.py"].replace("max(numbers)", "min(numbers)"))
    found = command("--affected", "--format", "json")
    assert found.exit_code == 1
    answer = json.loads(found.stdout)
    assert (answer["ok"], answer["tests"], answer["passed"]) == (True, 1, [])
    (failure,) = answer["failures"]
    assert (failure["test"], failure["kind"]) == ("tests/test_most.py::test_most", "code")
    assert failure["at"] == {"path": "tests/test_most.py", "line": 5}
    text = command("tests/test_most.py::test_most")
    assert text.exit_code == 1
    assert "tests/test_most.py:5" in text.stdout
    assert "assert 1 == 2" in text.stdout
