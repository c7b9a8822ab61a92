"""``greenline generate --shard`` and ``greenline merge``: what is refused, written, said, and gone on with."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from greenline.cli.app import greenline
from greenline.cli.wiring import Wiring
from greenline.services.confirm_tests import Confirmation
from greenline.services.generate_tests import Generation
from greenline.services.run_suite import SuiteRun
from unit.cli.bulk_fakes import BulkServices, file, ranking

Run = Callable[..., Result]


@pytest.fixture
def services(folder: Path) -> BulkServices:
    (folder / "pyproject.toml").write_text("[project]\nname = 'shop'\n")
    found = BulkServices()
    found.ranked = ranking(
        file(folder, "shop/orders.py", 9), file(folder, "shop/mail.py"), file(folder, "shop/post.py", 2)
    )
    return found


@pytest.fixture
def run(services: BulkServices) -> Run:
    def invoke(*arguments: str) -> Result:
        result = CliRunner().invoke(greenline, list(arguments), obj=Wiring(services), prog_name="greenline")
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return invoke


def shards(run: Run, of: int) -> list[str]:
    """Make all shards, and return their reports."""
    names = [f"{number}-of-{of}.json" for number in range(1, of + 1)]
    for number, name in enumerate(names, 1):
        result = run("generate", "shop", "--shard", f"{number}/{of}", "--report", name)
        assert (result.exit_code, result.stderr) == (0, "")
    return names


def read(folder: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / name).read_text())
    return found


def written_in(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in (folder / "tests").glob("*")}


def without_times(report: dict[str, Any]) -> dict[str, Any]:
    for one in report["files"]:
        del one["seconds"]
    return {name: value for name, value in report.items() if name != "seconds"}


# What is wanted


@pytest.mark.parametrize("text", ["0/3", "4/3", "a/b", "2"])
def test_what_is_no_shard_is_wrong_usage(run: Run, text: str) -> None:
    result = run("generate", "shop", "--shard", text, "--report", "x.json")
    assert result.exit_code == 2
    assert "/3" in result.stderr


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], "name a file for it with --report"),
        (["--report", "x.json", "--until", "80"], "--until is for all shards together: give it to `greenline merge`"),
        (["--report", "x.json", "--commit"], "--commit: a shard writes no tests"),
        (["--report", "x.json", "--no-final-run"], "--no-final-run: a shard writes no tests"),
    ],
)
def test_what_cannot_be_meant_of_a_shard_is_wrong_usage(run: Run, options: list[str], words: str) -> None:
    result = run("generate", "shop", "--shard", "1/3", *options)
    assert result.exit_code == 2
    assert words in " ".join(result.stderr.split())


def test_the_plan_of_a_shard_says_how_evenly_the_work_is_dealt_out(run: Run, folder: Path) -> None:
    result = run("generate", "shop", "--shard", "2/2", "--plan")
    assert result.exit_code == 0
    assert "Shard 2/2: 2 files of 3; expected work of the shards: 35 %, 65 %." in " ".join(result.stdout.split())
    assert "orders:1" not in result.stdout
    plans = [
        json.loads(run("generate", "shop", "--shard", f"{n}/2", "--plan", "--format", "json").stdout) for n in (1, 2)
    ]
    assert [[Path(one["path"]).name for one in plan["files"]] for plan in plans] == [
        ["orders.py"],
        ["mail.py", "post.py"],
    ]
    assert {(plan["shard"], *plan["expected_work"]) for plan in plans} == {("1/2", 35.1, 64.9), ("2/2", 35.1, 64.9)}
    assert list(folder.glob("*.json")) == []


def test_where_nothing_is_planned_nothing_is_said_of_parts(run: Run, services: BulkServices) -> None:
    services.ranked = ranking()
    result = run("generate", "shop", "--shard", "2/3", "--plan")
    assert (result.exit_code, "Shard" in result.stdout) == (0, False)


# A shard


def test_a_shard_writes_its_report_and_nothing_else(run: Run, services: BulkServices, folder: Path) -> None:
    before = set(folder.rglob("*"))

    result = run("generate", "shop", "--shard", "1/2", "--report", "one.json", "--format", "json")

    assert set(folder.rglob("*")) - before == {folder / "one.json"}
    report = read(folder, "one.json")
    assert json.loads(result.stdout) == report
    assert (report["shard"], report["ended"], report["stopped"], report["root"]) == ("1/2", True, "", ".")
    assert [one["path"] for one in report["found"]] == ["shop/orders.py"]
    assert report["found"][0]["edit"]["path"] == "tests/test_orders.py"
    assert services.journal.settled(folder, [one[6] for one in report["plan"]["units"][0]["functions"]]) == frozenset()
    assert services.proofs_of == []


def test_a_person_sees_what_a_shard_found_and_what_to_do_with_it(run: Run) -> None:
    said = " ".join(run("generate", "shop", "--shard", "2/2", "--report", "two.json").stdout.split())
    assert "4 confirmed; 4 tests in 2 files" in said
    assert "covered (expected with this shard alone)" in said
    assert said.endswith("with the reports of all 2 shards writes and confirms them; this one is in two.json.")


def test_a_shard_without_work_has_a_report_too(run: Run, folder: Path) -> None:
    assert run("generate", "shop", "--shard", "5/5", "--report", "five.json").exit_code == 0
    assert read(folder, "five.json")["found"] == []


def test_the_same_command_goes_on_with_a_shard_that_was_ended(run: Run, services: BulkServices, folder: Path) -> None:
    services.stops_at = "post.py"
    run("generate", "shop", "--shard", "1/1", "--report", "one.json")
    assert len(read(folder, "one.json")["found"]) == 2
    services.stops_at = ""
    services.asked.clear()

    result = run("generate", "shop", "--shard", "1/1", "--report", "one.json")

    assert [one for one in services.asked if isinstance(one, tuple)] == [("post.py", ["Box.open", "post"])]
    assert "4 functions in 2 files done already" in result.stdout
    assert len(read(folder, "one.json")["found"]) == 3
    services.asked.clear()
    run("generate", "shop", "--shard", "1/1", "--report", "one.json", "--fresh")
    assert len([one for one in services.asked if isinstance(one, tuple)]) == 3


def test_a_report_of_another_plan_is_replaced_and_that_is_said(run: Run, services: BulkServices, folder: Path) -> None:
    run("generate", "shop", "--shard", "1/1", "--report", "one.json")
    services.ranked = ranking(services.ranked.files[0])
    result = run("generate", "shop", "--shard", "1/1", "--report", "one.json")
    assert result.stderr == "one.json is of another plan, and is replaced.\n"
    assert [one["path"] for one in read(folder, "one.json")["found"]] == ["shop/orders.py"]


@pytest.mark.parametrize("fresh", [(), ("--fresh",)])
def test_the_report_of_another_shard_is_not_replaced(run: Run, folder: Path, fresh: tuple[str, ...]) -> None:
    run("generate", "shop", "--shard", "1/2", "--report", "one.json")
    found = (folder / "one.json").read_text()
    result = run("generate", "shop", "--shard", "2/2", "--report", "one.json", *fresh)
    assert result.exit_code == 1
    assert "one.json has what shard 1/2 found. Name another file with --report." in " ".join(result.stderr.split())
    assert (folder / "one.json").read_text() == found


def test_files_whose_tests_go_to_one_file_stay_together_and_the_second_sees_the_first(
    run: Run, services: BulkServices, folder: Path
) -> None:
    services.ranked = ranking(file(folder, "shop/mail.py", 9), file(folder, "post/mail.py"))
    names = shards(run, 2)
    reports = [read(folder, name) for name in names]
    assert [len(report["found"]) for report in reports] == [2, 0]
    first, second = (one["edit"] for one in reports[0]["found"])
    assert (first["creates"], second["creates"]) == (True, False)
    assert second["base"] == first["new"]
    assert run("merge", *names).exit_code == 0
    assert written_in(folder) == {"test_mail.py": second["new"]}


# The merge


@pytest.mark.parametrize("of", [1, 3, 7])
def test_the_report_and_the_tests_are_those_of_a_run_without_shards(
    run: Run, services: BulkServices, folder: Path, of: int
) -> None:
    services.ends = {"mail": ("not_testable", "it needs the network"), "post": ("failed", "odd")}
    whole = run("generate", "shop", "--report", "whole.json")
    tests = written_in(folder)
    for path in (folder / "tests").iterdir():
        path.unlink()
    services.journal.forget(folder)
    names = shards(run, of)

    merged = run("merge", *names, "--report", "merged.json")

    assert merged.exit_code == whole.exit_code == 1  # something failed
    assert written_in(folder) == tests
    assert without_times(read(folder, "merged.json")) == without_times(read(folder, "whole.json"))
    assert services.proofs_of == [4, 4]
    summary = [line for line in merged.stdout.splitlines() if "confirmed" in line or "pass, in random" in line]
    assert summary == [line for line in whole.stdout.splitlines() if "confirmed" in line or "pass, in random" in line]


def test_where_nothing_is_measured_the_tests_run_before_the_merge(
    run: Run, services: BulkServices, folder: Path
) -> None:
    names = shards(run, 2)
    services.ranked = replace(services.ranked, to_measure=(folder / "shop" / "mail.py",))
    services.suite = SuiteRun("", ok=False, problem="tests/conftest.py cannot be imported")
    result = run("merge", *names)
    assert services.suites_ran == [folder / "shop" / "mail.py"]
    assert result.stderr == "tests/conftest.py cannot be imported\n"


def test_the_report_of_the_merge_does_not_replace_that_of_a_shard(run: Run, folder: Path) -> None:
    names = shards(run, 2)
    found = (folder / names[0]).read_text()
    result = run("merge", *names, "--report", f"shop/../{names[0]}")
    assert result.exit_code == 2
    assert "1-of-2.json has what a shard found. Name another file with --report." in " ".join(result.stderr.split())
    assert (folder / names[0]).read_text() == found
    assert not (folder / "tests").exists()


def test_a_missing_shard_is_said_and_nothing_is_done(run: Run, folder: Path) -> None:
    names = shards(run, 3)
    result = run("merge", *names[:2])
    assert result.exit_code == 1
    assert "shard 3/3 is missing" in result.stderr
    assert not (folder / "tests").exists()


def test_without_a_missing_shard_its_files_are_told_as_not_begun_and_come_later(
    run: Run, services: BulkServices, folder: Path
) -> None:
    names = shards(run, 3)
    result = run("merge", *names[:2], "--partial", "--report", "merged.json")
    report = read(folder, "merged.json")
    assert report["counts"] == {"confirmed": 4, "not_begun": 2, "tests": 4, "cases": 4, "test_files": 2}
    assert (report["stopped"], len(report["not_begun"])) == ("shard 3/3 is missing", 1)
    assert "not begun: shard 3/3 is missing" in result.stdout
    result = run("merge", *names, "--report", "merged.json")
    assert result.exit_code == 0
    assert read(folder, "merged.json")["counts"] == {
        "confirmed": 6,
        "not_begun": 0,
        "tests": 6,
        "cases": 6,
        "test_files": 3,
    }


def test_a_test_file_that_somebody_changed_is_left_alone_and_that_is_told(run: Run, folder: Path) -> None:
    names = shards(run, 2)
    (folder / "tests").mkdir()
    (folder / "tests" / "test_mail.py").write_text("MINE = 1\n")
    result = run("merge", *names)
    assert result.exit_code == 1
    assert "test_mail.py has been created meanwhile; generate again to add the tests to it" in result.stdout
    assert written_in(folder)["test_mail.py"] == "MINE = 1\n"
    assert set(written_in(folder)) == {"test_mail.py", "test_orders.py", "test_post.py"}


def test_tests_that_do_not_hold_here_are_taken_back_and_those_after_them_in_the_file_are_written(
    run: Run, services: BulkServices, folder: Path
) -> None:
    services.ranked = ranking(file(folder, "shop/mail.py", 9), file(folder, "post/mail.py"))
    (folder / "post" / "mail.py").write_text("def parcel(a):\n    return a\n")
    services.ends = {"Box.open": ("not_testable", "odd")}
    names = shards(run, 1)
    report = read(folder, names[0])
    second = report["found"][1]["edit"]
    second["new"] = second["base"] + "def test_parcel():\n    ...\n"
    (confirmed,) = [one for one in report["found"][1]["results"] if one["status"] == "confirmed"]
    confirmed["tests"] = ["test_parcel"]
    (folder / names[0]).write_text(json.dumps(report))

    def confirms(generation: Generation) -> Confirmation:
        holds = generation.results[0].target.path.parent.name == "post"
        return Confirmation(generation.results, 1) if holds else Confirmation(generation.results, 0, problem="no")

    services.confirmation = confirms
    result = run("merge", *names)
    assert result.exit_code == 1
    assert written_in(folder) == {"test_mail.py": "def test_parcel():\n    ...\n"}


def test_a_merge_that_was_killed_goes_on(
    run: Run, services: BulkServices, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """As far as a process can be killed and go on."""

    names = shards(run, 2)
    confirmed: list[str] = []

    def dies_at_the_second(generation: Generation) -> Confirmation:
        confirmed.append(generation.results[0].target.path.name)
        if len(confirmed) == 2:
            raise Killed
        return Confirmation(generation.results, 1)

    with monkeypatch.context() as patched:
        patched.setattr("greenline.adapters.atomic_write.Written.undo", lambda _: None)
        services.confirmation = dies_at_the_second
        with pytest.raises(Killed):
            run("merge", *names)
    services.confirmation = None
    result = run("merge", *names, "--report", "merged.json")
    assert result.exit_code == 0
    assert "Taken back: " in result.stderr
    assert "Merged already: 2 functions in 1 file." in result.stdout
    assert set(written_in(folder)) == {"test_mail.py", "test_orders.py", "test_post.py"}
    report = read(folder, "merged.json")
    assert report["counts"] == {"confirmed": 6, "not_begun": 0, "tests": 6, "cases": 6, "test_files": 3}
    assert report["coverage"]["before"] == {"lines": [15, 30], "branches": [0, 0]}


def test_reports_that_do_not_belong_together_are_refused(run: Run, services: BulkServices, folder: Path) -> None:
    first = shards(run, 2)[0]
    (folder / "copy.json").write_bytes((folder / first).read_bytes())
    assert "copy.json are both shard 1/2. Name each shard once." in run("merge", first, "copy.json").stderr
    (folder / "shop" / "orders.py").write_text("def orders(a):\n    return a + 1\n")
    run("generate", "shop", "--shard", "2/2", "--report", "other.json")
    result = run("merge", first, "other.json")
    assert result.exit_code == 1
    assert "other.json is not of the same plan as 1-of-2.json" in " ".join(result.stderr.split())
    assert not (folder / "tests").exists()


@pytest.mark.parametrize("text", ["no json", "[]", "{}", '{"root": ".", "version": 1}', '{"files": [], "version": 1}'])
def test_a_file_that_is_no_report_of_a_shard_is_named(run: Run, folder: Path, text: str) -> None:
    (folder / "x.json").write_text(text)
    result = run("merge", "x.json")
    assert result.exit_code == 1
    assert "x.json is no report of `greenline generate --shard`" in " ".join(result.stderr.split())


MINE = "def test_mine():\n    assert True\n"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"path": "../elsewhere/test_x.py"}, "which is not in"),
        ({"path": "/elsewhere/test_x.py"}, "which is not in"),
        ({"path": "link/test_x.py"}, "which is not in"),
        ({"root": "..", "path": "elsewhere/test_x.py"}, "and here is another one. Run `greenline merge` in the folder"),
        ({"root": "/", "path": "elsewhere/test_x.py"}, "and here is another one"),
        ({"path": ".git/config"}, "pytest would not take for tests"),
        ({"path": "conftest.py"}, "pytest would not take for tests"),
        ({"path": "shop/orders.py", "creates": False}, "pytest would not take for tests"),
        ({"path": "test_mine.py", "creates": False, "base": MINE}, "would take away or change what stands in"),
        ({"path": "test_mine.py", "creates": False, "base": MINE, "new": ""}, "would take away or change"),
        ({"path": "test_mine.py", "creates": False, "base": MINE, "new": f"'{MINE!r}'\n"}, "would take away"),
        ({"new": "def test_x(:\n"}, "would take away or change"),
    ],
)
def test_nothing_but_tests_is_added_and_only_in_the_project_whatever_a_report_says(
    run: Run, folder: Path, tmp_path_factory: pytest.TempPathFactory, changed: dict[str, Any], words: str
) -> None:
    (name,) = shards(run, 1)
    (folder / "test_mine.py").write_text(MINE)
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (folder / "link").symlink_to(elsewhere)
    report = read(folder, name)
    report["root"] = changed.get("root", ".")
    report["found"][0]["edit"].update(changed)
    (folder / name).write_text(json.dumps(report))
    result = run("merge", name)
    assert result.exit_code == 1
    assert words in " ".join(result.stderr.split())
    assert not (folder / "tests").exists()
    assert (folder / "test_mine.py").read_text() == MINE
    assert list(elsewhere.iterdir()) == []
    assert not (folder.parent / "elsewhere").exists()


def test_a_test_that_was_there_is_not_taken_for_a_new_one_whatever_a_report_says(
    run: Run, services: BulkServices, folder: Path
) -> None:
    (name,) = shards(run, 1)
    (folder / "test_mine.py").write_text(MINE)
    report = read(folder, name)
    added = {
        "path": "test_mine.py",
        "creates": False,
        "base": MINE,
        "new": f"{MINE}\n\ndef test_new():\n    assert 1\n",
    }
    report["found"][0]["edit"].update(added)
    report["found"][0]["results"][0]["tests"] = ["test_mine"]
    (folder / name).write_text(json.dumps(report))
    services.breaks = {"test_mine": "fails in random order"}
    result = run("merge", name)
    assert (folder / "test_mine.py").read_text() == MINE
    assert result.exit_code == 1
    assert "call tests new that stood in" in " ".join(result.stderr.split())


def test_tests_without_an_edit_are_not_told_as_confirmed(run: Run, folder: Path) -> None:
    (name,) = shards(run, 1)
    report = read(folder, name)
    report["found"][0]["edit"] = None
    (folder / name).write_text(json.dumps(report))
    result = run("merge", name)
    assert result.exit_code == 1
    assert "and have none. Nothing was done" in " ".join(result.stderr.split())


@pytest.mark.parametrize("content", [b"\xff\xfe\xff", None])
def test_a_file_of_an_earlier_merge_that_cannot_be_read_any_more_is_left_and_told(
    run: Run, folder: Path, content: bytes | None
) -> None:
    names = shards(run, 2)
    run("merge", *names)
    file = folder / "tests" / "test_mail.py"
    file.unlink()
    file.mkdir() if content is None else file.write_bytes(content)
    result = run("merge", *names)
    assert result.exit_code == 1
    assert ("cannot be read" if content is None else "has been created meanwhile") in " ".join(result.stdout.split())
    assert file.is_dir() if content is None else file.read_bytes() == content


@pytest.mark.parametrize(
    ("where", "name", "value"),
    [
        ("edit", "base", 5),
        ("edit", "new", None),
        ("edit", "creates", "no"),
        ("result", "status", "great"),
        ("result", "reason", None),
        ("result", "tests", [1]),
        ("result", "seconds", "1"),
        ("found", "stopped", "no"),
        ("found", "seconds", "1"),
        ("report", "ended", "no"),
        ("report", "stopped", 1),
        ("report", "digest", 1),
    ],
)
def test_values_of_another_kind_are_no_report(run: Run, folder: Path, where: str, name: str, value: object) -> None:
    (file,) = shards(run, 1)
    report = read(folder, file)
    found = report["found"][0]
    places = {"report": report, "found": found, "edit": found["edit"], "result": found["results"][0]}
    assert name in places[where]
    places[where][name] = value
    (folder / file).write_text(json.dumps(report))
    result = run("merge", file)
    assert result.exit_code == 1
    assert f"is no report of `greenline generate --shard` ({name} is {value!r})" in " ".join(result.stderr.split())


@pytest.mark.parametrize("key", ["asked", "units", "found"])
def test_nothing_outside_of_the_project_is_looked_at_whatever_a_report_says(run: Run, folder: Path, key: str) -> None:
    (name,) = shards(run, 1)
    report = read(folder, name)
    if key == "asked":
        report["asked"] = ["/"]
    else:
        (report["plan"]["units"] if key == "units" else report["found"])[0]["path"] = "../other.py"
    (folder / name).write_text(json.dumps(report))
    result = run("merge", name)
    assert result.exit_code == 1
    assert "which is not in" in " ".join(result.stderr.split())
    assert not (folder / "tests").exists()


def test_until_and_the_format_are_those_of_the_whole(run: Run) -> None:
    names = shards(run, 2)
    result = run("merge", *names, "--until", "90", "--no-final-run", "--format", "json")
    assert result.exit_code == 1, "the fake measures nothing"
    assert json.loads(result.stdout)["counts"]["confirmed"] == 6


def test_merging_once_more_changes_nothing_and_says_the_same(run: Run, services: BulkServices, folder: Path) -> None:
    names = shards(run, 2)
    run("merge", *names, "--report", "first.json")
    tests = written_in(folder)
    result = run("merge", *names, "--report", "second.json")
    assert result.exit_code == 0
    assert "Merged already: 6 functions in 3 files." in result.stdout
    assert written_in(folder) == tests
    assert without_times(read(folder, "second.json")) == without_times(read(folder, "first.json"))
    (folder / "tests" / "test_mail.py").unlink()
    assert run("merge", *names).exit_code == 0
    assert written_in(folder) == tests, "what is gone since is written again"
