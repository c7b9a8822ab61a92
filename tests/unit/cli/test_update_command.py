"""``greenline update``: what it prints and writes for what the service found."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import Result

from greenline.domain.code.model import Target
from greenline.domain.generation.model import TestEdit
from greenline.domain.generation.revise import Change
from greenline.services.update_expectations import Update, Updated
from unit.cli.cli_fakes import FakeServices

if TYPE_CHECKING:
    from greenline.ports.progress import Progress

Run = Callable[..., Result]
BEFORE, AFTER = "def test_price():\n    assert price(1) == 2\n", "def test_price():\n    assert price(1) == 3\n"
TARGET = Target(Path("prices.py"), qualname="price")
CHANGED = Updated("test_price", TARGET, (Change("price(1)", "2", "3"),))


@dataclass
class FakeUpdate:
    answer: Update = field(default_factory=Update)
    asked: list[tuple[str, Collection[str] | None]] = field(default_factory=list)
    known: tuple[str, ...] = ()
    remembered: list[Update] = field(default_factory=list)
    loops: set[asyncio.AbstractEventLoop] = field(default_factory=set)

    async def propose(self, path: Path, tests: Collection[str] | None, progress: Progress) -> Update:
        progress.step("Looking")
        self.asked.append((path.name, tests))
        self.loops.add(asyncio.get_running_loop())
        return self.answer

    def files(self, folder: Path) -> list[Path]:
        return [folder / name for name in self.known]

    def remember(self, update: Update) -> None:
        self.remembered.append(update)


@pytest.fixture
def tests(folder: Path) -> Path:
    path = folder / "tests" / "test_prices.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text(BEFORE)
    return path


@pytest.fixture
def update(services: FakeServices, tests: Path) -> FakeUpdate:
    edit = TestEdit(tests, creates=False, base_text=BEFORE, new_text=AFTER)
    fake = FakeUpdate(Update((CHANGED,), edit))
    services.update = fake  # type: ignore[attr-defined]
    return fake


def test_values_are_replaced_and_told(run: Run, update: FakeUpdate, tests: Path) -> None:
    result = run("update", "tests/test_prices.py")
    assert result.exit_code == 0
    assert tests.read_text() == AFTER
    assert result.stdout == "✔ tests/test_prices.py::test_price\n    price(1): 2 -> 3\n"
    assert update.remembered == [update.answer]
    assert update.asked == [("test_prices.py", None)]


def test_a_dry_run_shows_a_diff_and_writes_nothing(run: Run, update: FakeUpdate, tests: Path) -> None:
    result = run("update", "--dry-run", "tests/test_prices.py::test_price[1]", "tests/test_prices.py::TestB::test_c")
    assert result.exit_code == 0
    assert tests.read_text() == BEFORE
    assert "-    assert price(1) == 2\n+    assert price(1) == 3\n" in result.stdout
    assert update.remembered == []
    assert update.asked == [("test_prices.py", ["test_price", "TestB::test_c"])]


@pytest.mark.parametrize(
    ("answer", "code", "words"),
    [
        (
            Update((Updated("test_a", TARGET, refusal="the code raises now"),)),
            1,
            "::test_a cannot be updated: the code",
        ),
        (Update(edited=("test_a",)), 1, "test_a is not as Greenline wrote it"),
        (Update(problem="no pytest"), 1, "tests/test_prices.py: no pytest"),
        (Update(), 0, "has no test that Greenline wrote"),
        (Update((Updated("test_a", TARGET),)), 0, "each generated test expects what the code gives"),
    ],
)
def test_what_is_not_done_is_said(run: Run, update: FakeUpdate, answer: Update, code: int, words: str) -> None:
    update.answer = answer
    result = run("update", "tests/test_prices.py")
    assert (result.exit_code, update.remembered) == (code, [])
    assert words in result.stdout


def test_a_file_that_changed_meanwhile_is_left(run: Run, update: FakeUpdate, tests: Path) -> None:
    tests.write_text("# mine\n")
    result = run("update", "tests/test_prices.py")
    assert result.exit_code == 1
    assert "has changed meanwhile" in result.stdout
    assert (tests.read_text(), update.remembered) == ("# mine\n", [])


@pytest.mark.usefixtures("update")
def test_a_file_that_is_not_there_is_wrong_usage(run: Run) -> None:
    result = run("update", "tests/test_nothing.py")
    assert result.exit_code == 2
    assert "there is no file or folder tests/test_nothing.py" in result.stderr


def test_several_files_are_one_piece_of_work(run: Run, update: FakeUpdate, tests: Path) -> None:
    """What the first leaves running is the second's, too."""
    (tests.parent / "test_others.py").write_text(BEFORE)
    update.answer = Update((Updated("test_price", TARGET),), others=2)
    result = run("update", "tests/test_prices.py", "tests/test_others.py")
    assert result.exit_code == 0, result.output
    assert len(update.loops) == 1
    assert "2 other tests there were not looked at: yours, or edited" in " ".join(result.output.split())
    update.asked.clear()
    update.known = ("test_others.py", "test_prices.py")
    assert run("update", "tests").exit_code == 0
    assert update.asked == [("test_others.py", None), ("test_prices.py", None)]


def test_a_folder_without_generated_tests_says_so_once(run: Run, update: FakeUpdate) -> None:
    result = run("update", "tests")
    assert (result.exit_code, update.asked) == (0, [])
    assert result.stdout == "= tests: no test that Greenline wrote and nobody has edited\n"
