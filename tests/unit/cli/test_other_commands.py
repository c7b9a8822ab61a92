import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from greenline import __version__
from greenline.cli import interrupt
from greenline.domain.coverage.model import CoverageMap, Gap, Span, Statements
from greenline.services.diagnose_project import Finding
from greenline.services.picture import Picture
from greenline.services.picture_basis import Basis
from unit.cli.cli_fakes import FakeServices

Run = Callable[..., Result]

REGION = Gap("uncovered", Span(4, 4, 6, 0), "Not covered: 2 lines in `price`", "price", (4, 5))
BRANCH = Gap("partial-branch", Span(8, 4, 8, 20), "Line 8 never jumps to 11", "price", (8,), (8, 11))


def test_version(run: Run) -> None:
    assert run("--version").stdout == f"greenline {__version__}\n"


def test_every_command_has_help(run: Run) -> None:
    for name in ("gaps", "generate", "doctor", "demo", "lsp"):
        assert run(name, "--help").exit_code == 0
        assert name in run("--help").stdout


def test_an_unknown_command_is_wrong_usage(run: Run) -> None:
    result = run("frobnicate")

    assert result.exit_code == 2
    assert "No such command 'frobnicate'" in result.stderr


@pytest.mark.parametrize("words", ["gaps .", "check . --lines 80", "audit .", "test"])
def test_ctrl_c_says_the_same_wherever_it_comes(run: Run, monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(FakeServices, "__call__", interrupted)

    result = run(*words.split())

    assert (result.exit_code, result.stdout, result.stderr) == (130, "", "Cancelled.\n")


def test_what_is_cancelled_inside_is_ctrl_c_for_who_called_it() -> None:
    async def work() -> None:
        raise asyncio.CancelledError

    with pytest.raises(KeyboardInterrupt):
        interrupt.run(work())


@pytest.mark.parametrize("address", ["8000", "localhost", "localhost:http", "localhost:70000", ":80"])
def test_lsp_refuses_what_is_no_address(run: Run, address: str) -> None:
    result = run("lsp", "--tcp", address)

    assert result.exit_code == 2
    assert "is not HOST:PORT" in result.stderr


@pytest.mark.parametrize("command", ["gaps", "doctor"])
def test_a_way_up_in_the_path_is_gone_before_projects_are_looked_for(
    run: Run, services: FakeServices, folder: Path, command: str
) -> None:
    (folder / "inside").mkdir()
    (folder / "link").symlink_to(folder / "inside")

    for text in ("inside/../prices.py", "link/.."):
        run(command, text)

    found = [folder.resolve() / "prices.py", folder.resolve()]
    assert services.asked == ([[path] for path in found] if command == "gaps" else found)


def test_gaps_lists_each_gap_with_its_lines(run: Run, services: FakeServices, folder: Path) -> None:
    services.pictured = [
        Picture(folder / "prices.py", "measured", gaps=(REGION, BRANCH)),
        Picture(folder / "whole.py", "measured"),
    ]

    result = run("gaps", "prices.py")

    assert result.exit_code == 0
    assert services.asked == [[folder / "prices.py"]]
    lines = [line.split() for line in result.stdout.splitlines() if line]
    assert lines[0] == ["prices.py"]
    assert lines[1][:3] == ["4-5", "-", "Not"]
    assert lines[2][:3] == ["8", "~", "Line"]
    assert result.stdout.endswith("2 gaps in 1 file; 1 file complete; 50 % covered\n")


def test_gaps_tells_of_lines_that_changed_since(run: Run, services: FakeServices, folder: Path) -> None:
    statements = Statements(frozenset({1, 2, 3}))
    seen = CoverageMap(statements, frozenset({1}), frozenset(), True, frozenset(), unknown=frozenset({2, 3}))
    services.pictured = [Picture(folder / "prices.py", "measured", map=seen)]

    said = run("gaps", "prices.py").stdout

    assert "prices.py  100 %  2 lines changed since\n" in said
    assert "2 lines changed since, unknown until the tests run again" in said
    assert "complete" not in said


def test_gaps_says_why_a_file_shows_nothing(run: Run, services: FakeServices, folder: Path) -> None:
    services.pictured = [Picture(folder / "prices.py", "no-data", "No coverage data yet: run the tests")]

    result = run("gaps", "--lines")

    assert services.asked == [[folder]]
    assert result.exit_code == 1
    assert "No coverage data yet: run the tests" in result.stdout


def test_gaps_as_json(run: Run, services: FakeServices, folder: Path) -> None:
    services.pictured = [Picture(folder / "prices.py", "measured", gaps=(REGION, BRANCH))]

    shown = json.loads(run("gaps", "--format", "json").stdout)

    assert shown["total"] == {"lines": [3, 4], "branches": [1, 4]}
    assert shown["unreadable"] == []
    assert shown["files"][0]["path"] == "prices.py"
    assert shown["files"][0]["gaps"] == [
        {
            "kind": "uncovered",
            "function": "price",
            "start_line": 4,
            "end_line": 5,
            "message": "Not covered: 2 lines in `price`",
        },
        {
            "kind": "partial-branch",
            "function": "price",
            "start_line": 8,
            "end_line": 8,
            "message": "Line 8 never jumps to 11",
        },
    ]


def test_gaps_says_what_it_rests_on(run: Run, services: FakeServices, folder: Path) -> None:
    services.pictured = [Picture(folder / "prices.py", "measured", gaps=(REGION,))]
    services.basis = [Basis(folder, tests=2, test_files=1, test_files_there=3)]

    assert run("gaps", "--lines").stdout.splitlines()[-1] == (
        "It rests on Greenline's runs of 2 tests, from 1 of 3 test files. Lines that these do not reach may be reached "
        "by others: `greenline test` runs all."
    )
    assert json.loads(run("gaps", "--format", "json").stdout)["basis"] == [
        {
            "project": ".",
            "report": None,
            "report_age_seconds": None,
            "tests": 2,
            "test_files": [1, 3],
            "all_tests": False,
        }
    ]


def test_gaps_takes_other_reports(run: Run, services: FakeServices, folder: Path) -> None:
    for name in ("ci.xml", "slow.lcov"):
        (folder / name).touch()

    run("gaps", "--report", "ci.xml", "--report", "slow.lcov", "--map", "/app=src", "--map", "D:/build=.")

    assert services.settings.coverage_file == f"{folder / 'ci.xml'};{folder / 'slow.lcov'}"
    assert services.settings.coverage_paths == "/app=src;D:/build=."


@pytest.mark.parametrize(
    ("options", "words"), [(["--report", "gone.xml"], "gone.xml"), (["--map", "/app"], "'/app' is not FROM=TO")]
)
def test_gaps_refuses_what_makes_no_sense(run: Run, services: FakeServices, options: list[str], words: str) -> None:
    result = run("gaps", *options)
    assert result.exit_code == 2
    assert words in result.stderr
    assert services.asked == []


def test_gaps_names_what_it_cannot_read(run: Run, services: FakeServices, folder: Path) -> None:
    services.unreadable = [(folder / "old.py", "old.py is not UTF-8")]

    result = run("gaps", "--lines")

    assert result.exit_code == 1
    assert "old.py is not UTF-8" in result.stdout


def test_gaps_of_a_missing_path_is_wrong_usage(run: Run) -> None:
    assert run("gaps", "nowhere.py").exit_code == 2


@pytest.mark.parametrize(("state", "code"), [("ok", 0), ("warning", 0), ("problem", 1)])
def test_doctor_fails_only_for_what_stands_in_the_way(run: Run, services: FakeServices, state: str, code: int) -> None:
    services.findings = [Finding("pytest", state, "not [installed]", "Install it")]  # type: ignore[arg-type]

    result = run("doctor", "prices.py")

    assert result.exit_code == code
    assert "pytest  not [installed]" in result.stdout
    assert ("1 thing needs attention." in result.stdout) == (state != "ok")
    assert "Install it" in result.stdout


def test_doctor_marks_do_not_rest_on_colour(run: Run, services: FakeServices) -> None:
    services.findings = [Finding(state, state, "") for state in ("ok", "warning", "problem")]  # type: ignore[arg-type]

    marks = [line.split()[0] for line in run("doctor").stdout.splitlines() if line][:3]

    assert len(set(marks)) == 3


def missing(*lines: int) -> CoverageMap:
    return CoverageMap(Statements(lines=frozenset(lines)), frozenset(), frozenset(lines), True, frozenset())


def test_gaps_come_worst_file_first_and_what_files_share_is_said_once(
    run: Run, services: FakeServices, folder: Path
) -> None:
    services.pictured = [
        Picture(folder / "a.py", "measured", map=missing(4), gaps=(REGION,)),
        Picture(folder / "b.py", "measured", map=missing(4, 5, 6), gaps=(REGION,)),
        *(Picture(folder / f"c{n}.py", "no-data", "Run the tests.") for n in range(7)),
        Picture(folder / "left.py", "measured", "The coverage data leaves left.py out.", map=missing()),
    ]

    said = run("gaps", "--lines").stdout

    assert said.index("b.py") < said.index("a.py  ")
    assert said.count("Run the tests.") == 1
    assert "c4.py and 2 more files" in said
    assert "The coverage data leaves left.py out." in said
    assert "2 gaps in 2 files; 8 without coverage" in said
    assert "complete" not in said
