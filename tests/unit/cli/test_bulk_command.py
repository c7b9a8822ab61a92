"""``greenline generate`` for many files: targets, the plan, the run and what it says."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from greenline.domain.coverage.model import Ratio, Summary
from greenline.domain.generation.model import Strength, SuspectedBug
from greenline.services.rank_gaps import NoSuchPackage, Ranking
from greenline.services.run_suite import SuiteRun
from unit.cli.bulk_fakes import BulkServices, ranking
from unit.cli.bulk_runs import NONE, Run, lines, run, services

__all__ = ["run", "services"]  # fixtures


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
