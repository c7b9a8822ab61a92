"""What is shown says what it rests on: after a run of chosen tests, not as if all had run."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from greenline.ports.coverage import CoverageProblem
from greenline.ports.project import Project
from greenline.ports.run_store import StoredTest
from greenline.services.picture_basis import PictureBasis

NOW = 1_000_000.0
ROOT = Path("/project")
PROJECT = Project(ROOT, ROOT / "pyproject.toml", (ROOT,), (ROOT / "tests",))
A, B = ROOT / "tests" / "test_a.py", ROOT / "tests" / "test_b.py"


def ran(path: Path, name: str, when: float = NOW - 60) -> StoredTest:
    return StoredTest(f"tests/{path.name}::{name}", path, "", "passed", 0.1, when)


@dataclass
class World:
    """The data, the store and the tree at once."""

    written: float | None = None
    stored: tuple[StoredTest, ...] = ()
    complete: tuple[Path, ...] = ()
    there: list[Path] = field(
        default_factory=lambda: [ROOT / "tests" / "conftest.py", ROOT / "tests" / "base.py", A, B]
    )
    problem: str = ""

    def written_at(self, project: Project) -> float | None:
        if self.problem:
            raise CoverageProblem(self.problem)
        return self.written

    def report_of(self, project: Project) -> Path:
        return ROOT / ".coverage"

    def tests(self, root: Path) -> tuple[StoredTest, ...]:
        return self.stored

    def test_files(self, root: Path) -> dict[Path, str]:
        return dict.fromkeys(self.complete, "")


class Tree:
    def __init__(self, world: World) -> None:
        self.world = world

    def test_files(self, project: Project) -> list[Path]:
        return self.world.there


@pytest.mark.parametrize(
    ("world", "words"),
    [
        (World(), ""),
        (World(problem="broken"), ""),
        (World(written=NOW - 7300), "a report written 2 hours ago (.coverage)"),
        (
            World(stored=(ran(A, "test_1"), ran(A, "test_2")), complete=(A,)),
            (
                "Greenline's runs of 2 tests, from 1 of 2 test files. Lines that these do not reach may be reached by "
                "others: `greenline test` runs all"
            ),
        ),
        (
            World(stored=(ran(A, "test_1"),)),
            (
                "Greenline's runs of 1 test, chosen from 2 test files. Lines that these do not reach may be reached by "
                "others: `greenline test` runs all"
            ),
        ),
        (
            World(stored=(ran(A, "test_1"), ran(B, "test_2")), complete=(A, B)),
            "Greenline's runs of all 2 tests",
        ),
        (World(stored=(ran(A, "test_1"),), complete=(A,), there=[A]), "Greenline's run of the only test"),
        (
            World(written=NOW - 100, stored=(ran(A, "test_1"), ran(B, "old", NOW - 200)), complete=(A, B)),
            (
                "a report written 1 minute ago (.coverage) and, since then, Greenline's runs of 1 test, from 1 of 2 "
                "test files"
            ),
        ),
        (World(written=NOW - 10, stored=(ran(A, "test_1"),), complete=(A,)), "a report written just now (.coverage)"),
        (
            World(stored=(ran(A, "test_1"), ran(ROOT / "tests" / "test_gone.py", "test_2")), complete=(A, B)),
            (
                "Greenline's runs of 1 test, from 1 of 2 test files. Lines that these do not reach may be reached by "
                "others: `greenline test` runs all"
            ),
        ),
    ],
)
def test_the_basis_in_words(world: World, words: str) -> None:
    basis = PictureBasis(world, world, Tree(world), now=lambda: NOW).of(PROJECT)  # type: ignore[arg-type]
    assert basis.words == words
