"""All tests at the end of ``generate`` for many files: what breaks them is taken out and named."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from greenline.adapters.atomic_write import WriteProblem
from greenline.services.plan_generation import Asked
from unit.cli.bulk_fakes import BulkServices
from unit.cli.bulk_runs import Run, lines, run, services

__all__ = ["run", "services"]  # fixtures


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
