"""``greenline test``: what it asks for, what it prints, how it ends."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result

from greenline.cli.app import greenline
from greenline.cli.wiring import Wiring
from greenline.domain.coverage.model import Ratio, Summary
from greenline.domain.failures import Failure, Place
from greenline.services.rank_gaps import Ranking
from greenline.services.run_suite import SuiteRun
from greenline.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from greenline.ports.progress import Progress

FAILURES = (
    Failure("test_a.py::test_flaky", "flaky", "assert 1 == 2", "Run it again."),
    Failure(
        "test_a.py::test_b[x]", "code", "assert [1] == 2\nwhere ...", "Look [there].",
        Place(Path("test_a.py").absolute(), 3), Place(Path("a.py").absolute(), 7),
    ),
    Failure("", "environment", "no module", "Install it."),
)  # fmt: skip


@dataclass
class Services:
    """Answers with what a test has put into it."""

    answer: SuiteRun = field(default_factory=lambda: SuiteRun("3 passed", ok=True, tests=3, passed=frozenset({"t::a"})))
    cancelled: bool = False
    asked: list[Any] = field(default_factory=list)
    settings: Settings = field(default_factory=Settings)
    ranked: list[list[Path]] = field(default_factory=list)

    @property
    def run_suite(self) -> Services:
        return self

    @property
    def run_affected(self) -> _Affected:
        return _Affected(self)

    def __call__(self, settings: Settings) -> Services:
        self.settings = settings
        return self

    @property
    def ranking(self) -> Services:
        return self

    def rank(self, paths: Sequence[Path]) -> Ranking:
        self.ranked.append(list(paths))
        return Ranking((), Summary(Ratio(2, 3), Ratio(0, 0)), {})

    def root_of(self, path: Path) -> Path:
        return path if path.is_dir() else path.parent

    async def run(self, path: Path, progress: Progress) -> SuiteRun:
        return self.end("all", path)

    def end(self, *asked: Any) -> SuiteRun:
        self.asked.append(asked)
        if self.cancelled:
            raise asyncio.CancelledError
        return self.answer


class _Affected:
    def __init__(self, services: Services) -> None:
        self._services = services

    async def run(self, paths: Sequence[Path], progress: Progress, options: Sequence[str] = ()) -> SuiteRun:
        return self._services.end("affected", list(paths), *options)

    async def run_selected(
        self, selection: Sequence[str], progress: Progress, *, options: Sequence[str], folder: Path
    ) -> SuiteRun:
        assert selection or folder == Path.cwd()
        return self._services.end("selected", list(selection), *options)


@pytest.fixture
def services() -> Services:
    return Services()


@pytest.fixture
def run(services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.chdir(tmp_path)
    for name in ("test_a.py", "a.py", "other/test_c.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    return lambda *arguments: CliRunner().invoke(greenline, ["test", *arguments], obj=Wiring(services))  # type: ignore[arg-type]


def test_what_is_asked_for(run: Callable[..., Result], services: Services, tmp_path: Path) -> None:
    assert run().exit_code == 0
    assert run("test_a.py::test_b[x-y]", "test_a.py").exit_code == 0
    assert run("--affected").exit_code == 0
    assert run("--affected", "a.py").exit_code == 0
    test = tmp_path / "test_a.py"
    assert services.asked == [
        ("all", tmp_path),
        ("selected", [f"{test}::test_b[x-y]", str(test)]),
        ("affected", [tmp_path]),
        ("affected", [tmp_path / "a.py"]),
    ]


def test_what_follows_two_dashes_is_pytests(run: Callable[..., Result], services: Services, tmp_path: Path) -> None:
    assert run("--", "-k", "name", "-x").exit_code == 0
    assert run("test_a.py", "--", "-k", "--", "--format").exit_code == 0
    assert run("--affected", "--", "-x").exit_code == 0
    assert services.asked == [
        ("selected", [], "-k", "name", "-x"),
        ("selected", [str(tmp_path / "test_a.py")], "-k", "--", "--format"),
        ("affected", [tmp_path], "-x"),
    ]
    assert "[PATH]... [-- OPTION OF PYTEST...]" in run("--help").output


def test_paths_after_the_dashes_are_paths_and_what_cannot_count_is_refused(
    run: Callable[..., Result], services: Services, tmp_path: Path
) -> None:
    assert run("--", "-x", "test_a.py").exit_code == 0
    assert services.asked == [("selected", [str(tmp_path / "test_a.py")], "-x")]
    refused = [run("--", "--lf"), run("--affected", "--", "test_a.py")]
    assert [result.exit_code for result in refused] == [2, 2]
    assert "--lf does not go with greenline test" in refused[0].output
    assert "with --affected, paths go before the --" in refused[1].output
    assert len(services.asked) == 1


def test_failures_are_grouped_and_readable(run: Callable[..., Result], services: Services, tmp_path: Path) -> None:
    failures = tuple(
        Failure(f.node_id, f.kind, f.message, f.next_step, f.test and Place(tmp_path / f.test.path.name, f.test.line),
                f.source and Place(tmp_path / f.source.path.name, f.source.line))
        for f in FAILURES
    )  # fmt: skip
    services.answer = SuiteRun("1 passed, 2 failed", ok=True, failures=failures, tests=3, seconds=1.25)
    result = run()
    assert result.exit_code == 1
    lines = [line.strip() for line in result.stdout.splitlines() if line.strip()]
    assert [line for line in lines if line[0] in "SFT"] == [
        "Something around the tests is missing",
        "The code is wrong, as far as can be told",
        "Failed, and passed when run again",
    ]
    at = next(i for i, line in enumerate(lines) if "test_b[x]" in line)
    assert lines[at].endswith("test_a.py::test_b[x]  test_a.py:3")
    assert lines[at + 1 : at + 5] == ["assert [1] == 2", "where ...", "raised at a.py:7", "Look [there]."]
    assert lines[-2].endswith("1 passed, 2 failed  1.2 s")
    answer = json.loads(run("--format", "json").stdout)
    assert (answer["ok"], answer["tests"], answer["seconds"]) == (True, 3, 1.25)
    assert answer["failures"][1]["at"] == {"path": "test_a.py", "line": 3}
    assert answer["failures"][0]["source"] is None


def test_the_end_says_how_much_is_covered_and_what_shows_the_rest(
    run: Callable[..., Result], services: Services, tmp_path: Path
) -> None:
    (first, second) = run().stdout.splitlines()
    assert first == "✔ 3 passed"
    assert second == "  67 % of the project is covered. `greenline gaps` shows what is left."
    assert services.ranked == [[tmp_path]]
    assert run("test_a.py").stdout.splitlines()[1:] == ["  `greenline gaps` shows what is left."]
    services.answer = SuiteRun("3 passed", ok=True, tests=3, cut_short=True)
    assert "covered" not in run().stdout
    assert len(services.ranked) == 1


def test_a_run_that_could_not_be_is_said(run: Callable[..., Result], services: Services) -> None:
    services.answer = SuiteRun("There is no pytest.", ok=False)
    result = run()
    assert result.exit_code == 1
    assert "There is no pytest." in result.stdout


def test_a_run_with_a_problem_is_no_success(run: Callable[..., Result], services: Services) -> None:
    services.answer = SuiteRun("1 passed. pytest stopped.", ok=True, problem="pytest stopped.", tests=1)
    result = run()
    assert result.exit_code == 1
    assert result.stdout.splitlines()[0].split() == ["✘", "1", "passed.", "pytest", "stopped."]
    said = json.loads(run("--format", "json").stdout)
    assert (said["ok"], said["problem"]) == (False, "pytest stopped.")


def test_a_run_that_was_cancelled_is_said(run: Callable[..., Result], services: Services) -> None:
    services.cancelled = True
    result = run()
    assert (result.exit_code, result.stdout) == (130, "")
    assert "Nothing of this run was kept." in result.stderr


def test_wrong_usage(run: Callable[..., Result], services: Services) -> None:
    missing = run("nowhere.py")
    assert (missing.exit_code, "there is no file 'nowhere.py'" in missing.stderr) == (2, True)
    two = run("test_a.py", "other/test_c.py")
    assert (two.exit_code, "belongs to another project" in two.stderr) == (2, True)
    assert services.asked == []
