"""``greenline generate`` for many files: targets, the plan, the run, what it says, and going on after an end midway."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from greenline.adapters.atomic_write import WriteProblem
from greenline.cli.app import greenline
from greenline.cli.in_batches import InBatches
from greenline.cli.wiring import Wiring
from greenline.domain.bulk.found import Found
from greenline.domain.bulk.plan import WorkUnit
from greenline.domain.code.model import Target
from greenline.domain.coverage.model import Ratio, Summary
from greenline.domain.generation.model import Strength, SuspectedBug
from greenline.ports.cluster import ClusterProblem
from greenline.ports.progress import Progress
from greenline.services.plan_generation import Asked
from greenline.services.rank_gaps import NoSuchPackage, Ranking
from greenline.services.run_suite import SuiteRun
from unit.cli.bulk_fakes import HALF, BulkServices, file, ranking

Run = Callable[..., Result]
NONE = Ratio(0, 0)


@pytest.fixture
def services(folder: Path) -> BulkServices:
    (folder / "pyproject.toml").write_text("[project]\nname = 'shop'\n")
    found = BulkServices()
    found.ranked = ranking(
        file(folder, "shop/orders.py", 9), file(folder, "shop/mail.py", hindered="draws on a display")
    )
    return found


@pytest.fixture
def run(services: BulkServices) -> Run:
    def invoke(*arguments: str) -> Result:
        result = CliRunner().invoke(greenline, ["generate", *arguments], obj=Wiring(services), prog_name="greenline")
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return invoke


def lines(result: Result) -> list[str]:
    return [" ".join(line.split()) for line in result.stdout.splitlines() if line.strip()]


# The plan


def test_the_plan_says_what_would_be_done_and_what_not(run: Run, services: BulkServices, folder: Path) -> None:
    services.ranked = ranking(*services.ranked.files, left_out={"under 5 statements": 2}, complete=3, tests_left_out=1)

    result = run("shop", "--plan")

    assert result.exit_code == 0
    assert lines(result) == [
        "covered to gain where",
        "1 50 % 10 lines + 1 branch shop/orders.py",
        "9 lines + 1 branch orders:1",
        "1 line Box.open:6",
        "2 50 % 6 lines + 1 branch shop/mail.py",
        "5 lines + 1 branch mail:1 draws on a display",
        "1 line Box.open:6",
        "4 functions in 2 files: 16 lines + 2 branches to gain, 50 % → 100 % with all of it",
        "1 function may not be testable, by the looks; tried all the same.",
        "Not counted: 4 to gain outside of functions, of which imports run what they can.",
        "Not planned: 2 files under 5 statements; 3 files complete; 1 file of tests.",
    ]
    assert not (folder / "tests").exists()


def test_the_plan_as_json_has_the_same(run: Run, services: BulkServices) -> None:
    plan = json.loads(run("shop", "--plan", "--top", "1", "--format", "json").stdout)
    assert [one["path"] for one in plan["files"]] == [str(Path("shop/orders.py"))]
    assert [one["name"] for one in plan["files"][0]["functions"]] == ["orders", "Box.open"]
    assert (plan["functions"], plan["gain"], plan["left_out"]) == (2, 11, {"behind the first 1": 1})
    assert plan["total"] == {"lines": [10, 20], "branches": [0, 0]}


@pytest.mark.parametrize(
    ("target", "names"),
    [
        ("shop/orders.py::orders", ["orders"]),
        ("shop/orders.py::Box", ["Box.open"]),
        ("shop/orders.py", ["orders", "Box.open"]),
    ],
)
def test_functions_and_classes_that_are_named_are_meant_alone(
    run: Run, services: BulkServices, target: str, names: list[str]
) -> None:
    services.ranked = ranking(services.ranked.files[0])
    plan = json.loads(run(target, "--plan", "--format", "json").stdout)
    assert [one["name"] for one in plan["files"][0]["functions"]] == names


def test_a_folder_around_a_named_function_means_all_of_its_file(run: Run, services: BulkServices) -> None:
    plan = json.loads(run("shop", "shop/orders.py::orders", "--plan", "--format", "json").stdout)
    assert plan["functions"] == 4


def test_patterns_stand_for_the_files_that_match(run: Run, services: BulkServices, folder: Path) -> None:
    run("shop/o*.py", "--plan")
    assert services.asked == [[folder / "shop" / "orders.py"]]
    result = run("shop/x*.py", "--plan")
    assert result.exit_code == 2
    assert "no Python file or folder matches 'shop/x*.py'" in result.stderr


def test_without_a_target_the_filters_choose_among_the_files_here(
    run: Run, services: BulkServices, folder: Path
) -> None:
    run("--below", "40", "--package", "shop", "--plan")
    assert services.asked == [[folder]]
    assert services.wanted is not None
    assert (services.wanted.below, services.wanted.packages) == (40, ("shop",))


def test_a_package_that_is_not_there_is_wrong_usage(
    run: Run, services: BulkServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rank(_paths: object, _wanted: object) -> Ranking:
        raise NoSuchPackage("no file is in the package 'shpo'; there is shop")

    monkeypatch.setattr(services, "rank", rank)
    result = run("--package", "shpo", "--plan")
    assert result.exit_code == 2
    assert "--package: no file is in the package 'shpo'; there is shop." in result.stderr


@pytest.mark.parametrize(
    ("arguments", "option"),
    [(["shop", "--dry-run"], "--dry-run"), (["--resume", "--top", "2"], "--resume")],
)
def test_what_is_for_named_functions_alone_says_so(run: Run, arguments: list[str], option: str) -> None:
    assert f"{option} is for functions and files that are named, without options" in run(*arguments).stderr


@pytest.mark.parametrize("arguments", [["shop", "--dry-run"], ["shop", "--budget", "ten"], ["--budget", "$x"]])
def test_what_does_not_go_together_is_wrong_usage(run: Run, arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        (["--jobs", "2"], "--jobs"),
        (["--until", "80"], "--until"),
        (["--budget", "10m"], "--budget"),
        (["--commit"], "--commit"),
        (["--report", "r.json"], "--report"),
        (["--targets", "t.yaml"], "--targets"),
        (["--shard", "1/2", "--report", "r.json"], "--report"),
        (["--executor", "dask", "--scheduler", "tcp://a:1"], "--scheduler"),
    ],
)
def test_how_to_work_is_nothing_that_a_batch_is_told(run: Run, folder: Path, arguments: list[str], option: str) -> None:
    (folder / "t.yaml").write_text("targets: [shop.mail]\n")
    result = run("shop", "--batch", *arguments)

    assert result.exit_code == 2
    assert f"{option} does not go with --batch" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["shop", "--top", "1"], ["shop/orders.py"]),
        (["shop/*.py"], ["shop/orders.py", "shop/mail.py"]),
        (["shop", "--changed"], ["shop/orders.py::orders", "shop/orders.py::Box.open", "shop/mail.py::mail",
                                 "shop/mail.py::Box.open"]),
        (["shop/orders.py", "shop/mail.py::Box", "--below", "60"], ["shop/orders.py", "shop/mail.py::Box.open"]),
    ],
)  # fmt: skip
def test_a_batch_is_for_what_the_options_choose(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], expected: list[str]
) -> None:
    handed: list[str] = []

    async def hand_in(_self: object, settings: object, targets: list[Target], engine: str) -> None:
        handed.extend(str(target).removeprefix(f"{folder}{os.sep}") for target in targets)

    monkeypatch.setattr("greenline.cli.in_batches.InBatches.hand_in", hand_in)
    monkeypatch.setattr("greenline.cli.in_batches.InBatches.may_ask", lambda *_: True)

    result = run(*arguments, "--batch")

    assert sorted(handed) == sorted(map(str, map(Path, expected)))
    assert "to gain" in lines(result)[0]


def test_the_plan_of_a_batch_is_what_is_handed_in(run: Run) -> None:
    """What was tried without a model before is asked for, and what the plan of a run would leave out."""
    run("shop", "--no-final-run")

    assert "Nothing to generate" in run("shop", "--plan").stdout
    result = run("shop", "--plan", "--batch", "--format", "json")
    planned = json.loads(result.stdout)["files"]
    assert [Path(each["path"]).name for each in planned] == ["orders.py", "mail.py"]
    assert "--until does not go with --batch" in run("shop", "--plan", "--batch", "--until", "80").stderr


def test_a_batch_for_which_nothing_is_planned_says_so(
    run: Run, services: BulkServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.ranked = ranking()
    monkeypatch.setattr("greenline.cli.in_batches.InBatches.may_ask", lambda *_: True)

    assert "Nothing to generate" in run("shop", "--batch").stdout
    result = run("shop", "--batch", "--format", "json")
    assert (result.exit_code, json.loads(result.stdout)) == (0, {"targets": [], "batches": [], "message": ""})


def test_who_cancels_while_it_is_asked_whether_a_model_may_be_is_told(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command for the key may wait for a person."""

    def may_ask(*_: object) -> bool:
        raise asyncio.CancelledError

    monkeypatch.setattr("greenline.cli.in_batches.InBatches.may_ask", may_ask)
    result = run("shop", "--batch")
    assert (result.exit_code, result.stdout, result.stderr) == (130, "", "Cancelled. Nothing was written.\n")
    assert json.loads(run("shop", "--batch", "--format", "json").stdout)["batches"] == []


def test_where_no_model_may_be_asked_nothing_runs_before_that_is_said(
    run: Run, services: BulkServices, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def may_ask(self: InBatches, _settings: object, paths: list[Path]) -> bool:
        assert sorted(paths) == [folder / "shop" / "mail.py", folder / "shop" / "new.py"]
        self.objection = "Nobody has agreed."
        return False

    services.ranked = ranking(file(folder, "shop/mail.py"), to_measure=(folder / "shop" / "new.py",))
    monkeypatch.setattr("greenline.cli.in_batches.InBatches.may_ask", may_ask)

    result = run("shop", "--batch", "--top", "3")

    assert (result.exit_code, result.stderr) == (1, "Nobody has agreed.\n")
    assert services.suites_ran == []


# The run


def test_each_file_and_function_has_its_line_and_the_sums_stand_at_the_end(
    run: Run, services: BulkServices, folder: Path
) -> None:
    services.ends = {"mail": ("not_testable", "it needs the network: `mail` connects"), "Box.open": ("failed", "odd")}

    result = run("shop")

    assert result.exit_code == 1  # something failed
    said = [line for line in lines(result) if " s" not in line[-8:]]
    assert said[0] == "4 functions in 2 files: 16 lines + 2 branches to gain, 50 % → 100 % with all of it"
    assert f"✔ orders 50 % → 100 % 1 test in {Path('tests/test_orders.py')}" in said
    assert "○ mail it needs the network: `mail` connects" in said
    assert "1 it needs the network" in said
    assert "2 odd" in said
    assert "1 confirmed; 1 not testable; 2 failed; 1 test in 1 file" in said
    assert (folder / "tests" / "test_orders.py").read_text() == "def test_orders():\n    ...\n"
    assert "1/2 shop/orders.py" in result.stdout.replace("\\", "/")
    assert result.stderr == ""


def test_rows_of_tables_are_counted_and_what_the_tests_notice_is_said(run: Run, services: BulkServices) -> None:
    services.rows = {"orders": 3}
    services.strengths = {"orders": Strength(8, 7), "mail": Strength(2, 2)}
    said = lines(run("shop", "--no-final-run"))
    where = Path("tests/test_orders.py")
    assert f"✔ orders 50 % → 100 % 1 test (3 cases) in {where}, 7 of 8 small changes noticed" in said
    assert "4 confirmed; 4 tests (6 cases) in 2 files" in said
    assert "The new tests of 2 functions notice 9 of 10 small changes of the code." in said


def test_a_place_that_looks_like_a_bug_is_told_once(run: Run, services: BulkServices) -> None:
    wrong = SuspectedBug("orders('x')", "KeyError: 'X'", 3)
    other = replace(wrong, call="Box('x').open()")
    services.bugs = {"orders": (wrong, SuspectedBug("orders('y')", "TypeError: no", 3), other),
                     "Box.open": (wrong, other)}  # fmt: skip
    services.ranked = ranking(services.ranked.files[0])
    said = lines(run("shop", "--no-final-run", "--report", "out.json"))
    where = Path("shop/orders.py")
    assert [line for line in said if line.startswith("!")] == [
        f"! {where}:3 orders('x') raises KeyError: 'X' and by 1 other call",
        f"! {where}:3 orders('y') raises TypeError: no",
    ]
    told = json.loads(Path("out.json").read_text())["suspected_bugs"]
    assert [(one["path"], one["line"], one["function"], one["other_calls"]) for one in told] == [
        ("shop/orders.py", 3, "orders", 1),
        ("shop/orders.py", 3, "orders", 0),
    ]


def test_the_report_is_written_whole(run: Run, services: BulkServices, folder: Path) -> None:
    services.rows, services.strengths = {"orders": 3}, {"orders": Strength(8, 7)}
    assert run("shop", "--report", "out/report.json").exit_code == 0
    report = json.loads((folder / "out" / "report.json").read_text())
    assert report["version"] == 1
    assert report["counts"] == {
        "confirmed": 4,
        "not_begun": 0,
        "tests": 4,
        "cases": 6,
        "test_files": 2,
    }
    assert report["mutants"] == {"total": 8, "killed": 7}
    assert [one["path"] for one in report["files"]] == ["shop/mail.py", "shop/orders.py"]
    (first, _) = report["files"][1]["functions"]
    assert (first["cases"], first["mutants"]) == ({"test_orders": 3}, {"total": 8, "killed": 7})
    assert (first["function"], first["status"], first["test_file"]) == ("orders", "confirmed", "tests/test_orders.py")
    assert json.loads(run("shop", "--fresh", "--format", "json").stdout)["counts"]["confirmed"] == 4


def test_where_nothing_is_measured_the_tests_run_first(run: Run, services: BulkServices, folder: Path) -> None:
    services.ranked = ranking(*services.ranked.files, to_measure=(folder / "shop" / "mail.py",))
    services.suite = SuiteRun("", ok=False, problem="tests/conftest.py cannot be imported")
    result = run("shop")
    assert services.suites_ran == [folder / "shop" / "mail.py"]
    assert result.stderr == "tests/conftest.py cannot be imported\n"


def test_what_was_tried_and_is_as_it_was_is_not_tried_again(run: Run, services: BulkServices, folder: Path) -> None:
    services.ends = {"mail": ("not_testable", "it needs the network"), "Box.open": ("failed", "odd")}
    run("shop")
    services.asked.clear()

    again = run("shop")

    assert [one for one in services.asked if isinstance(one, tuple)] == [
        ("orders.py", ["Box.open"]),  # failed: another run may fare better
        ("mail.py", ["Box.open"]),
    ]
    assert "2 functions tried by an earlier run and unchanged since; --fresh tries them again." in again.stdout
    (folder / "shop" / "mail.py").write_text(
        "def mail(a):\n    return a + 1\n\n\nclass Box:\n    def open(self): ...\n"
    )
    services.asked.clear()
    run("shop")
    assert ("mail.py", ["Box.open", "mail"]) in services.asked
    services.asked.clear()
    run("shop", "--fresh")
    assert ("orders.py", ["Box.open", "orders"]) in services.asked


def test_a_file_of_targets_says_what_is_enough_and_how_often(run: Run, services: BulkServices, folder: Path) -> None:
    (folder / "greenline.targets.yaml").write_text(
        "targets:\n  - module: shop/orders.py\n    coverage: 40\n  - module: shop.mail\n    engine: explore\n"
    )
    result = run("--targets", "greenline.targets.yaml", "--plan")
    assert "Not planned: 1 file at 40 % or more, as wished for them." in lines(result)
    assert services.asked == [[folder / "shop" / "orders.py", folder / "shop" / "mail.py"]]
    (folder / "greenline.targets.yaml").write_text("targets:\n  - module: shop\n    engine: magic\n")
    result = run("--targets", "greenline.targets.yaml")
    assert result.exit_code == 2
    assert "greenline.targets.yaml:3: `engine` is 'magic'; allowed: auto, explore, model." in result.stderr


def test_a_file_is_done_again_while_that_gains_and_is_not_enough(
    run: Run, services: BulkServices, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.ranked = ranking(services.ranked.files[1])
    measured = iter([6, 7, 7])
    monkeypatch.setattr(
        "greenline.cli.bulk_work.BulkWork._summary",
        lambda _work, _path: Summary(Ratio(next(measured), 10), Ratio(0, 0)),
    )
    (folder / "t.yaml").write_text("targets:\n  - {module: shop/mail.py, coverage: 90, max_iterations: 5}\n")
    report = json.loads(run("--targets", "t.yaml", "--no-final-run", "--format", "json").stdout)
    assert services.asked.count(("mail.py", ["Box.open", "mail"])) == 3  # the third gained nothing
    assert report["coverage"]["after"]["lines"] == [7, 10]
    assert [one["tests"] for one in report["files"][0]["functions"]] == [
        [name, f"{name}_2", f"{name}_3"] for name in ("test_mail", "test_Box_open")
    ]


def test_what_stays_below_what_was_wished_for_it_is_said_and_tells_in_the_exit_code(
    run: Run, services: BulkServices, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("greenline.cli.bulk_work.BulkWork._summary", lambda _work, _path: Summary(Ratio(6, 10), NONE))
    wishes = "targets:\n  - {module: shop/mail.py, coverage: 90}\n  - {module: shop/orders.py, coverage: 60}\n"
    (folder / "t.yaml").write_text(wishes)

    result = run("--targets", "t.yaml", "--no-final-run", "--report", "r.json")

    short = f"{Path('shop/mail.py')} has 60.00 %, less than the 90 % wished for it."
    assert [line for line in lines(result) if "wished" in line] == [short]
    assert result.exit_code == 1
    assert json.loads((folder / "r.json").read_text())["short"] == [
        {"path": "shop/mail.py", "coverage": {"lines": [6, 10], "branches": [0, 0]}, "wished": 90.0}
    ]

    again = run("--targets", "t.yaml", "--no-final-run")
    assert "wished for it" in again.stdout, "also where all was tried before"
    assert again.exit_code == 1

    (folder / "t.yaml").write_text(wishes.replace("90", "55"))
    assert run("--targets", "t.yaml", "--no-final-run", "--fresh").exit_code == 0


def test_a_plan_names_the_folders_that_nobody_looked_into(run: Run, services: BulkServices, folder: Path) -> None:
    why = "this is no repository"
    services.ranked = ranking(*services.ranked.files, skipped=(folder / "build",), without_commits=why)

    said = lines(run("shop", "--plan"))

    assert "Not looked into, as tools make such folders: build." in said
    assert f"How often files change does not count here: {why}." in said
    plan = json.loads(run("shop", "--plan", "--format", "json").stdout)
    assert plan["skipped_folders"] == ["build"]


def test_a_cancelled_round_is_the_last(
    run: Run, services: BulkServices, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though it told of tests, as it does that was stopped while a model was asked."""
    services.ranked = ranking(services.ranked.files[1])
    services.stopped = True
    monkeypatch.setattr("greenline.cli.bulk_work.BulkWork._summary", lambda _work, _path: Summary(Ratio(6, 10), NONE))
    (folder / "t.yaml").write_text("targets:\n  - {module: shop/mail.py, coverage: 90, max_iterations: 5}\n")
    run("--targets", "t.yaml", "--no-final-run")
    assert services.asked.count(("mail.py", ["Box.open", "mail"])) == 1


# Going on


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


# The final run


def test_all_tests_run_at_the_end_and_what_breaks_them_is_taken_out(
    run: Run, services: BulkServices, folder: Path
) -> None:
    services.breaks = {"test_orders": "it fails beside test_mail"}

    result = run("shop", "--report", "report.json")

    assert result.exit_code == 1
    assert services.proofs_of == [4]
    assert (folder / "tests" / "test_orders.py").read_text() == "def test_Box_open():\n    ...\n"
    where = Path("tests/test_orders.py")
    assert f"Taken out again: {where}::test_orders, because it fails beside test_mail" in lines(result)
    assert "✔ All 4 tests of the project pass, in random order too." in lines(result)
    assert "3 confirmed; 1 failed; 3 tests in 2 files" in lines(result)
    report = json.loads((folder / "report.json").read_text())
    assert report["final_runs"] == [
        {
            "project": ".",
            "green": True,
            "tests": 4,
            "taken_out": [{"test": "tests/test_orders.py::test_orders", "reason": "it fails beside test_mail"}],
            "failing": [],
            "failing_in_random_order": [],
            "problem": "",
            "complaint": "",
        }
    ]


def test_a_file_that_nothing_is_left_of_goes(run: Run, services: BulkServices, folder: Path) -> None:
    services.breaks = {"test_orders": "odd", "test_Box_open": "odd"}
    run("shop")
    assert [path.name for path in (folder / "tests").iterdir()] == ["test_mail.py"]


MORE = """\


@fixture
def box():
    return 1


TestMachine = Machine.TestCase
"""


def test_what_a_person_has_in_a_file_stays(run: Run, services: BulkServices, folder: Path) -> None:
    services.breaks = {"test_orders": "odd", "test_Box_open": "odd"}
    (folder / "tests").mkdir()
    orders, mail = folder / "tests" / "test_orders.py", folder / "tests" / "test_mail.py"
    orders.write_text(MORE)
    mail.write_text("import json\n")  # not made by this run
    services.breaks["test_mail"] = "odd"
    run("shop")
    assert (orders.read_text(), mail.read_text()) == (MORE, "import json\n")


def test_what_a_person_has_added_meanwhile_to_a_file_that_the_run_made_stays(
    run: Run, services: BulkServices, folder: Path
) -> None:
    services.breaks = {"test_orders": "odd", "test_Box_open": "odd"}
    services.stops_at = "mail.py"
    run("shop", "--no-final-run")
    orders = folder / "tests" / "test_orders.py"
    orders.write_text(orders.read_text() + MORE)
    services.stops_at = ""
    run("shop")
    assert orders.read_text() == MORE


@pytest.mark.parametrize("end", [asyncio.CancelledError(), WriteProblem("odd disk")])
def test_what_was_taken_out_is_confirmed_no_more_however_the_final_run_ends(
    run: Run, services: BulkServices, folder: Path, end: BaseException
) -> None:
    services.breaks = {"test_orders": "it fails beside test_mail"}
    services.ends_the_proof = end

    result = run("shop")

    assert result.exit_code in {1, 130}
    assert "def test_orders" not in (folder / "tests" / "test_orders.py").read_text()
    services.breaks, services.ends_the_proof = {}, None
    report = json.loads(run("shop", "--format", "json").stdout)
    assert report["counts"] == {
        "confirmed": 3,
        "failed": 1,
        "not_begun": 0,
        "tests": 3,
        "cases": 3,
        "test_files": 2,
    }
    services.asked.clear()
    run("shop")
    assert [one for one in services.asked if isinstance(one, tuple)] == [("orders.py", ["orders"])]


def test_what_is_taken_out_is_written_down_before_it_is_gone(
    run: Run, services: BulkServices, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """As far as a process can be killed and go on."""

    def dies(*_: object) -> None:
        raise Killed

    services.breaks = {"test_orders": "odd"}
    monkeypatch.setattr("greenline.cli.bulk_proof.write_edit", dies)
    with pytest.raises(Killed):
        run("shop")
    (stored,) = [one for words in _words(services, folder) if (one := services.journal.find(folder, words))]
    statuses = {one.qualname: one.status for outcome in stored.outcomes for one in outcome.functions}
    assert statuses["orders"] == "failed"


def _words(services: BulkServices, folder: Path) -> list[str]:
    asked, wanted = Asked((folder / "shop",)), services.wanted
    assert wanted is not None
    return [services.plan.words(asked, wanted)]


def test_a_suite_that_is_cut_short_is_not_called_green(run: Run, services: BulkServices) -> None:
    services.problem = "The tests did not end within 600 s."
    result = run("shop")
    assert result.exit_code == 1
    assert "✘ Nobody knows whether all tests pass: The tests did not end within 600 s." in lines(result)
    assert "in random order too" not in result.stdout


def test_what_is_wrong_although_all_tests_ran_is_said(run: Run, services: BulkServices) -> None:
    services.complaint = "No test failed, but pytest ended with exit code 1."
    result = run("shop")
    assert result.exit_code == 1
    assert "✘ All tests ran. No test failed, but pytest ended with exit code 1." in lines(result)


def test_tests_of_others_that_fail_are_named_and_the_exit_code_tells(run: Run, services: BulkServices) -> None:
    services.failing = ("tests/test_old.py::test_old",)
    result = run("shop")
    assert result.exit_code == 1
    assert "✘ 1 other test failed, also without the new ones: tests/test_old.py::test_old" in lines(result)


def test_the_final_run_can_be_left_out(run: Run, services: BulkServices) -> None:
    result = run("shop", "--no-final-run")
    assert (result.exit_code, services.proofs_of) == (0, [])
    assert "All" not in result.stdout


def test_a_run_that_wrote_nothing_needs_no_final_run(run: Run, services: BulkServices) -> None:
    services.ends = dict.fromkeys(("orders", "mail", "Box.open"), ("not_testable", "it needs the network"))
    assert run("shop").exit_code == 0
    assert services.proofs_of == []


# Commits


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def repository(folder: Path, services: BulkServices, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    git(folder, "init", "--quiet")
    git(folder, "config", "user.name", "Ada")
    git(folder, "config", "user.email", "ada@example.org")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "first")
    return folder


def test_each_module_has_a_commit_of_what_was_written_for_it(run: Run, repository: Path) -> None:
    (repository / "notes.txt").write_text("mine\n")
    result = run("shop", "--commit")
    assert result.exit_code == 0
    assert git(repository, "log", "--format=%s").splitlines() == ["Test shop/mail.py", "Test shop/orders.py", "first"]
    assert git(repository, "show", "--name-only", "--format=%b").split("\n") == [
        "2 tests of 2 functions, generated and confirmed by Greenline.",
        "",
        "",
        "tests/test_mail.py",
        "",
    ]
    assert git(repository, "status", "--porcelain").strip() == "?? notes.txt"


def test_a_file_with_changes_of_the_persons_is_not_committed(run: Run, repository: Path) -> None:
    (repository / "tests").mkdir()
    (repository / "tests" / "test_mail.py").write_text("# mine\n")
    result = run("shop", "--commit")
    assert result.exit_code == 1
    assert "Not committed: tests of shop/mail.py. tests/test_mail.py had changes of yours before" in result.stderr
    assert git(repository, "log", "--format=%s").splitlines() == ["Test shop/orders.py", "first"]
    assert "def test_mail" in (repository / "tests" / "test_mail.py").read_text()


def test_going_on_commits_what_the_first_part_wrote_too(run: Run, repository: Path, services: BulkServices) -> None:
    services.stops_at = "mail.py"
    run("shop")
    services.stops_at = ""
    assert run("shop", "--commit").exit_code == 0
    assert git(repository, "log", "--format=%s").splitlines() == ["Test shop/mail.py", "Test shop/orders.py", "first"]


def test_going_on_does_not_commit_what_the_person_had_before_the_first_part(
    run: Run, repository: Path, services: BulkServices
) -> None:
    (repository / "tests").mkdir()
    (repository / "tests" / "test_orders.py").write_text("# mine\n")
    services.stops_at = "mail.py"
    run("shop", "--commit")
    services.stops_at = ""
    result = run("shop", "--commit")
    assert result.exit_code == 1
    assert "Not committed: tests of shop/orders.py. tests/test_orders.py had changes of yours before" in result.stderr
    assert git(repository, "log", "--format=%s").splitlines() == ["Test shop/mail.py", "first"]


def test_going_on_does_not_commit_what_the_person_changed_between_the_parts(
    run: Run, repository: Path, services: BulkServices
) -> None:
    services.stops_at = "mail.py"
    run("shop")
    with (repository / "tests" / "test_orders.py").open("a") as file:
        file.write("# mine\n")
    services.stops_at = ""
    result = run("shop", "--commit")
    assert result.exit_code == 1
    assert "tests of shop/orders.py. tests/test_orders.py was changed after they were written: look" in result.stderr
    assert git(repository, "log", "--format=%s").splitlines() == ["Test shop/mail.py", "first"]


def test_what_the_person_changes_while_all_tests_run_is_not_committed(
    run: Run, repository: Path, services: BulkServices
) -> None:
    mail = repository / "tests" / "test_mail.py"
    services.meanwhile = lambda: mail.write_text(f"{mail.read_text()}# mine\n")
    services.breaks = {"test_Box_open": "it fails beside test_mail"}  # so that Greenline writes to the file after that
    result = run("shop", "--commit")
    assert "Not committed: tests of shop/mail.py. tests/test_mail.py had changes of yours before" in result.stderr
    assert git(repository, "log", "--format=%s").splitlines() == ["Test shop/orders.py", "first"]
    assert "Box" not in git(repository, "show", "HEAD:tests/test_orders.py")


def test_nothing_is_committed_while_nobody_knows_whether_all_tests_pass(
    run: Run, repository: Path, services: BulkServices
) -> None:
    services.problem = "The tests did not end within 600 s."
    result = run("shop", "--commit")
    assert result.exit_code == 1
    assert "Not committed: nobody knows whether all tests pass." in result.stderr
    assert git(repository, "log", "--format=%s").splitlines() == ["first"]
    services.problem = ""
    assert run("shop", "--commit").exit_code == 0
    assert git(repository, "log", "--format=%s").splitlines() == ["Test shop/mail.py", "Test shop/orders.py", "first"]


def test_without_a_repository_nothing_begins(run: Run, folder: Path) -> None:
    result = run("shop", "--commit")
    assert result.exit_code == 2
    assert "is in no git repository" in result.stderr
    assert not (folder / "tests").exists()


# On a cluster


class Elsewhere:
    """Stands for OnCluster. What it finds it has from the services; ``lost_at`` is the file at which it is gone."""

    def __init__(self, services: BulkServices, lost_at: str = "") -> None:
        self.services = services
        self.lost_at = lost_at
        self.steps: list[str] = []

    async def begin(self, progress: Progress) -> None:
        progress.step("Sending")
        self.steps.append("begin")
        if self.lost_at == "begin":
            raise ClusterProblem("No worker has it.")

    async def __call__(self, unit: WorkUnit, progress: Progress) -> Found:
        self.steps.append(unit.path.stem)
        if unit.path.stem == self.lost_at:
            raise ClusterProblem("The scheduler is gone. What was done is kept.")
        made = await self.services.generate.generate(
            Target(unit.path), progress, engine="auto", only_for=unit.qualnames
        )
        return Found(unit.path, made.results, made.edit)

    async def end(self) -> None:
        self.steps.append("end")


@pytest.fixture
def elsewhere(services: BulkServices, monkeypatch: pytest.MonkeyPatch) -> Elsewhere:
    from greenline.cli import on_cluster

    found = Elsewhere(services)

    async def look_for(address: str) -> None:
        found.steps.append(address)

    monkeypatch.setattr(on_cluster, "look_for", look_for)
    monkeypatch.setattr(on_cluster, "OnCluster", lambda *_: found)
    return found


ON_CLUSTER = ("shop", "--executor", "dask", "--scheduler", "tcp://127.0.0.1:1")


def test_what_a_cluster_finds_is_written_here_in_the_order_of_the_plan(
    run: Run, elsewhere: Elsewhere, folder: Path
) -> None:
    result = run(*ON_CLUSTER)
    assert result.exit_code == 0, result.output
    assert elsewhere.steps == ["tcp://127.0.0.1:1", "begin", "orders", "mail", "end"]
    assert {path.name for path in (folder / "tests").iterdir()} == {"test_orders.py", "test_mail.py"}


def test_where_the_cluster_is_lost_midway_what_was_done_stays_and_the_rest_is_done_without_it(
    run: Run, elsewhere: Elsewhere, folder: Path
) -> None:
    elsewhere.lost_at = "mail"
    result = run(*ON_CLUSTER)
    assert result.exit_code == 1
    assert "The scheduler is gone. What was done is kept." in result.stdout
    assert elsewhere.steps[-1] == "end"
    assert [path.name for path in (folder / "tests").iterdir()] == ["test_orders.py"]
    result = run("shop")
    assert result.exit_code == 0
    assert not [line for line in lines(result) if line.startswith("1/") and "shop/orders.py" in line]
    assert (folder / "tests" / "test_mail.py").is_file()


def test_where_the_cluster_cannot_begin_nothing_is_done(run: Run, elsewhere: Elsewhere, folder: Path) -> None:
    elsewhere.lost_at = "begin"
    result = run(*ON_CLUSTER)
    assert (result.exit_code, result.stderr) == (1, "Error: No worker has it.\n")
    assert elsewhere.steps[-1] == "end"
    assert not (folder / "tests").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--executor", "dask"), "--executor dask needs --scheduler ADDRESS"),
        (("--scheduler", "tcp://a:1"), "--scheduler is for --executor dask"),
        ((*ON_CLUSTER[1:], "--jobs", "2"), "--jobs is for this machine"),
        ((*ON_CLUSTER[1:], "--shard", "1/2", "--report", "r.json"), "both divide the work"),
        ((*ON_CLUSTER[1:], "--engine", "model"), "--engine model: models are asked from this machine only"),
        (
            (*ON_CLUSTER[1:], "--targets", "t.yaml"),
            "`engine: model` in t.yaml: models are asked from",
        ),
    ],
)
def test_what_does_not_go_with_a_cluster_is_refused(
    run: Run, folder: Path, arguments: tuple[str, ...], said: str
) -> None:
    (folder / "t.yaml").write_text("targets:\n  - {module: shop/mail.py, engine: model}\n")
    result = run("shop", *arguments)
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.split())
