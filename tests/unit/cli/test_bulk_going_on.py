"""``generate`` of many files after an end midway: nothing is done twice, nothing is left half-written."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from greenline.domain.coverage.model import Ratio, Summary
from unit.cli.bulk_fakes import HALF, BulkServices, file, ranking
from unit.cli.bulk_runs import NONE, Run, git, repository, run, services

__all__ = ["repository", "run", "services"]  # fixtures


def test_the_same_command_goes_on_after_ctrl_c(run: Run, services: BulkServices, folder: Path) -> None:
    services.stops_at = "mail.py"
    result = run("shop", "--report", "first.json")
    assert result.exit_code in {0, 130}
    assert json.loads((folder / "first.json").read_text())["counts"]["not_begun"] == 2
    assert "2 confirmed; 2 not done" in result.stdout
    services.stops_at = ""
    services.asked.clear()

    result = run("shop", "--report", "second.json")

    assert [one for one in services.asked if isinstance(one, tuple)] == [("mail.py", ["Box.open", "mail"])]
    done = "2 functions in 1 file done already"  # the other file was begun, and cancelled
    assert f"Going on with a run that was ended midway: {done}; --fresh begins anew." in result.stdout
    report = json.loads((folder / "second.json").read_text())
    assert report["counts"] == {
        "confirmed": 4,
        "not_begun": 0,
        "tests": 4,
        "cases": 4,
        "test_files": 2,
    }
    assert report["coverage"]["before"] == {"lines": [10, 20], "branches": [0, 0]}


def test_a_run_that_goes_on_is_for_the_gaps_that_there_are_now(run: Run, services: BulkServices, folder: Path) -> None:
    services.stops_at = "mail.py"
    run("shop")
    services.stops_at = ""
    services.ranked = ranking(file(folder, "shop/new.py"))  # and mail.py is complete, without our help

    plan = json.loads(run("shop", "--plan", "--format", "json").stdout)
    services.asked.clear()
    report = json.loads(run("shop", "--format", "json").stdout)

    assert [Path(one["path"]).name for one in plan["files"]] == ["new.py"]
    assert [one for one in services.asked if isinstance(one, tuple)] == [("new.py", ["Box.open", "new"])]
    assert report["counts"] == {
        "confirmed": 4,
        "not_begun": 0,
        "tests": 4,
        "cases": 4,
        "test_files": 2,
    }


def test_a_plan_that_was_gone_on_with_keeps_what_was_covered_at_first(
    run: Run, services: BulkServices, folder: Path
) -> None:
    services.stops_at = "mail.py"
    run("shop")
    orders, mail = services.ranked.files
    new = file(folder, "shop/new.py")
    for stops_at, covered in (("new.py", 10), ("", 10)):
        services.stops_at = stops_at
        services.ranked = replace(ranking(mail, new), summaries={
            orders.row.path: Summary(Ratio(covered, 10), NONE), mail.row.path: HALF, new.row.path: HALF
        })  # fmt: skip
        report = json.loads(run("shop", "--format", "json").stdout)
        assert report["coverage"]["before"]["lines"] == [15, 30]


def test_of_a_large_file_what_is_done_stays_when_the_rest_is_cut_off(
    run: Run, services: BulkServices, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("greenline.cli.bulk_work.MOST_AT_ONCE", 1)
    services.ranked = ranking(services.ranked.files[0])
    services.stops_at_function = "Box.open"
    first = run("shop", "--no-final-run")
    assert "1 confirmed; 1 not done; 1 test in 1 file" in first.stdout
    assert (folder / "tests" / "test_orders.py").read_text() == "def test_orders():\n    ...\n"
    services.stops_at_function = ""
    services.asked.clear()
    report = json.loads(run("shop", "--no-final-run", "--format", "json").stdout)
    assert [one for one in services.asked if isinstance(one, tuple)] == [("orders.py", ["Box.open"])]
    assert report["counts"] == {"confirmed": 2, "not_begun": 0, "tests": 2, "cases": 2, "test_files": 1}


def test_of_a_large_file_what_was_done_before_a_kill_stays(
    run: Run, services: BulkServices, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("greenline.cli.bulk_work.MOST_AT_ONCE", 1)
    services.ranked = ranking(services.ranked.files[0])
    services.dies_at_function, services.killed = "Box.open", Killed
    with pytest.raises(Killed):
        run("shop", "--no-final-run")
    services.dies_at_function = ""
    services.asked.clear()
    again = run("shop", "--no-final-run")
    assert "Taken back" not in again.stderr
    assert [one for one in services.asked if isinstance(one, tuple)] == [("orders.py", ["Box.open"])]
    assert (folder / "tests" / "test_orders.py").read_text().count("def test_") == 2


class Killed(BaseException):
    """As far as a process can be killed and go on."""


@pytest.fixture
def killed(run: Run, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Run, and die when the first file is written and its tests not confirmed yet."""

    def dies(*_: object) -> None:
        raise Killed

    def invoke(*arguments: str) -> None:
        with monkeypatch.context() as patched:
            patched.setattr("greenline.cli.write_and_confirm.Run._confirmed", dies)
            with pytest.raises(Killed):
                run(*arguments)

    return invoke


def test_what_a_killed_run_wrote_and_did_not_confirm_is_taken_back(
    run: Run, killed: Callable[..., None], services: BulkServices, folder: Path
) -> None:
    killed("shop")
    file = folder / "tests" / "test_orders.py"
    assert file.exists()
    services.stops_at = "orders.py"
    result = run("shop")
    assert [path.name for path in (folder / "tests").iterdir()] == ["test_mail.py"]
    where = Path("tests/test_orders.py")
    assert result.stderr == f"Taken back: {where}, which a run that was killed wrote and did not confirm.\n"
    assert run("shop").stderr == ""


def test_what_a_killed_run_wrote_stays_where_a_person_has_committed_it(
    run: Run, killed: Callable[..., None], services: BulkServices, repository: Path
) -> None:
    killed("shop")
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "--message", "mine now")
    before = (repository / "tests" / "test_orders.py").read_text()
    services.ranked = ranking()
    result = run(".")
    where = Path("tests/test_orders.py")
    assert f"{where} is in HEAD as a run that was killed wrote it, and stays: nobody knows whether" in result.stderr
    assert (repository / "tests" / "test_orders.py").read_text() == before


def test_what_a_killed_run_wrote_for_another_project_is_taken_back_there(
    run: Run, killed: Callable[..., None], two_projects: BulkServices, folder: Path
) -> None:
    (first, *others) = two_projects.ranked.files
    two_projects.ranked = ranking(*others, first)  # the file of the other project comes first
    killed("shop", "mill")
    assert [path.name for path in (folder / "tests").iterdir()] == ["test_grind.py"]
    two_projects.ranked = ranking()
    assert "Taken back" in run("mill").stderr
    assert not (folder / "tests").exists()


@pytest.fixture
def two_projects(services: BulkServices, folder: Path) -> BulkServices:
    found = file(folder, "mill/grind.py")
    (folder / "mill" / "pyproject.toml").write_text("[project]\nname = 'mill'\n")
    services.ranked = ranking(services.ranked.files[0], found)
    return services


@pytest.mark.parametrize("targets", [("shop", "mill"), (".",)])
def test_a_run_has_all_projects_that_it_is_for_alone(
    run: Run, two_projects: BulkServices, folder: Path, targets: tuple[str, ...]
) -> None:
    turn = two_projects.journal.turn(folder / "mill")
    assert turn is not None
    with turn:
        result = run(*targets)
    assert result.exit_code == 1
    assert f"Another `greenline generate` or `greenline merge` is at work on {folder / 'mill'}." in result.stderr
    assert not (folder / "tests").exists()
    assert run(*targets).exit_code == 0


def test_two_runs_of_one_project_are_refused(run: Run, services: BulkServices, folder: Path) -> None:
    turn = services.journal.turn(folder)
    assert turn is not None
    with turn:
        result = run("shop")
    assert result.exit_code == 1
    assert "Another `greenline generate` or `greenline merge` is at work" in result.stderr
