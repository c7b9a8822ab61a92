import asyncio
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result

from greenline.domain.code.model import Target
from greenline.domain.coverage.model import Ratio, Summary
from greenline.domain.generation.model import Coverage, SuspectedBug, TargetResult
from greenline.ports.tests import TestOutcome
from greenline.services.confirm_tests import Confirmation
from greenline.services.generate_tests import Generation
from unit.cli.cli_fakes import FakeServices, confirmed, ended

Run = Callable[..., Result]


def test_writes_confirms_and_says_what_was_gained(run: Run, services: FakeServices, folder: Path) -> None:
    services.generations["price"] = confirmed(folder)

    result = run("generate", "prices.py::price")

    assert result.exit_code == 0
    assert (folder / "tests" / "test_prices.py").read_text() == "def test_price():\n    ...\n"
    assert "prices.py::price  33 % → 100 %  +3 lines, +3 branches" in result.stdout
    assert (
        "2 tests written to tests/test_prices.py (imports prices already); they notice 11 of 12 small changes  1.2 s"
        in result.stdout
    )
    assert "Suspected" not in result.stdout
    assert "test_price_rejects_zero" in result.stdout
    assert "\n1 confirmed; 2 tests in tests/test_prices.py\n" in result.stdout
    assert "left: Line 4 never jumps to 6" in result.stdout
    assert "\x1b[" not in result.output


EXITED = "the call `price(3)` ended the process with exit code 3, as os._exit does"


def test_what_was_refused_or_ended_is_said_beside_what_is_left(run: Run, services: FakeServices, folder: Path) -> None:
    generation = confirmed(folder)
    (result,) = generation.results
    result = replace(result, not_tested=(EXITED, *result.not_tested), refused=(EXITED,))
    services.generations["price"] = replace(generation, results=(result,))

    said = run("generate", "prices.py::price").stdout

    assert f"    left: Line 4 never jumps to 6\n    in the way: {EXITED}\n" in said


def test_it_is_said_again_where_nothing_more_is_to_gain(run: Run, services: FakeServices, folder: Path) -> None:
    generation = ended(folder, "nothing_to_gain", "what exploring found is asserted already")
    half = Summary(Ratio(1, 2), Ratio(0, 0))
    result = replace(generation.results[0], coverage=Coverage(half, half), not_tested=(EXITED, "Line 4 never jumps"))
    services.generations["price"] = replace(generation, results=(replace(result, refused=(EXITED,)),))

    said = run("generate", "prices.py::price").stdout

    assert f"asserted already\n    left: Line 4 never jumps\n    in the way: {EXITED}\n" in said


def test_which_tests_a_model_wrote_and_what_that_took_is_said(run: Run, services: FakeServices, folder: Path) -> None:
    generation = confirmed(folder)
    result = replace(
        generation.results[0],
        engines={"test_price_rejects_zero": "model"},
        model_notes=("`test_price_cheap` was not kept: it asserts less than before.",),
        tokens=12345,
        dollars=0.0321,
    )
    services.generations["price"] = replace(generation, results=(result,))

    said = run("generate", "prices.py::price").stdout

    assert "      test_price\n" in said
    assert "      test_price_rejects_zero  by a model: it asserts what the model takes to be meant\n" in said
    assert "    model: `test_price_cheap` was not kept: it asserts less than before.\n" in said
    assert "12,345 tokens for $0.0321" in said


def test_an_unknown_price_is_said_to_be_unknown(run: Run, services: FakeServices, folder: Path) -> None:
    generation = confirmed(folder)
    result = replace(generation.results[0], tokens=10, dollars=None)
    services.generations["price"] = replace(generation, results=(result,))
    assert "10 tokens at a price that is not known" in run("generate", "prices.py::price").stdout


def test_what_the_reason_says_is_not_said_twice(run: Run, services: FakeServices, folder: Path) -> None:
    generation = ended(folder, "not_testable", EXITED)
    result = replace(generation.results[0], not_tested=(EXITED, "Not covered: `price` is never called"))
    services.generations["price"] = replace(generation, results=(replace(result, refused=(EXITED,)),))

    said = run("generate", "prices.py::price").stdout

    assert said.count(EXITED) == 1
    assert "left:" not in said


def test_where_the_gain_is_shown_is_said(run: Run, services: FakeServices, folder: Path) -> None:
    services.generations["price"] = confirmed(folder)
    assert run("generate", "prices.py::price").stdout.endswith("`greenline gaps` shows what is left.\n")


@pytest.mark.parametrize("template", ["tests/{name}.py", "/tests/test_{module}.py", "tests/{module}"])
def test_a_template_that_names_no_place_is_wrong_usage(run: Run, services: FakeServices, template: str) -> None:
    result = run("generate", "prices.py::price", "--tests-file", template)
    assert result.exit_code == 2
    assert "Invalid value for '--tests-file'" in result.stderr
    assert template in result.stderr.replace("\n", "")


def test_dry_run_shows_the_code_and_writes_nothing(run: Run, services: FakeServices, folder: Path) -> None:
    services.generations["price"] = confirmed(folder)

    result = run("generate", "prices.py::price", "--dry-run")

    assert result.exit_code == 0
    assert not (folder / "tests").exists()
    assert "def test_price():" in result.stdout
    assert "nothing written (dry run)" in result.stdout


def test_json_has_one_entry_for_each_function_and_nothing_else_is_on_stdout(
    run: Run, services: FakeServices, folder: Path
) -> None:
    good, other = confirmed(folder), ended(folder, "not_testable", "it needs a network", "Box.open")
    services.generations[None] = Generation((*good.results, *other.results), good.edit)

    result = run("generate", "prices.py", "--format", "json")

    assert result.exit_code == 1
    assert json.loads(result.stdout) == {
        "targets": [
            {
                "target": "prices.py::price",
                "status": "confirmed",
                "reason": "",
                "engine": "explore",
                "test_file": str(Path("tests/test_prices.py")),
                "test_file_reason": "imports prices already",
                "tests": ["test_price", "test_price_rejects_zero"],
                "code": "def test_price():\n    ...\n",
                "coverage": {
                    "before": {"lines": [2, 5], "branches": [1, 4]},
                    "after": {"lines": [5, 5], "branches": [4, 4]},
                },
                "observations": 416,
                "seconds": 1.23,
                "mutants": {"total": 12, "killed": 11},
                "oracles": ["observed"],
                "suspected_bugs": [],
                "not_tested": ["Line 4 never jumps to 6"],
                "refused": [],
                "engines": {},
                "model_notes": [],
                "tokens": 0,
                "dollars": 0.0,
                "asked": {"requests": 0, "proposed": 0, "passed": 0, "kept": 0, "not_kept": {}},
            },
            {
                "target": "prices.py::Box.open",
                "status": "not_testable",
                "reason": "it needs a network",
                "engine": "",
                "test_file": None,
                "test_file_reason": "",
                "tests": [],
                "code": "",
                "coverage": None,
                "observations": 0,
                "seconds": 0.0,
                "mutants": None,
                "oracles": [],
                "suspected_bugs": [],
                "not_tested": [],
                "refused": [],
                "engines": {},
                "model_notes": [],
                "tokens": 0,
                "dollars": 0.0,
                "asked": {"requests": 0, "proposed": 0, "passed": 0, "kept": 0, "not_kept": {}},
            },
        ]
    }


@pytest.mark.parametrize(
    ("statuses", "code"),
    [
        (["nothing_to_gain"], 0),
        (["nothing_to_gain", "nothing_to_gain"], 0),
        (["not_testable"], 1),
        (["nothing_to_gain", "failed"], 1),
    ],
)
def test_the_exit_code_is_0_only_when_every_target_ended_well(
    run: Run, services: FakeServices, folder: Path, statuses: list[str], code: int
) -> None:
    names = ["price", "Box.open"][: len(statuses)]
    for name, status in zip(names, statuses, strict=True):
        services.generations[name] = ended(folder, status, "because", name)

    assert run("generate", *(f"prices.py::{name}" for name in names)).exit_code == code


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere.py"], "there is no file 'nowhere.py'"),
        (["prices.py::cost"], "has no function 'cost'. It has: price, Box.open."),
        (["prices.py:1"], "line 1 is outside every function"),
        (["prices.py:99"], "it has 10 lines"),
        (["prices.py", "--frobnicate"], "No such option"),
        (["prices.py", "--engine", "magic"], "'magic' is not one of"),
        (["prices.py", "--interpreter", "nowhere"], "does not exist"),
        ([], "Missing argument"),
    ],
)
def test_wrong_usage_ends_with_2_and_says_why(
    run: Run, services: FakeServices, arguments: list[str], words: str
) -> None:
    result = run("generate", *arguments)

    assert result.exit_code == 2
    assert words in result.stderr
    assert result.stdout == ""
    assert services.asked == []


def test_a_file_in_another_encoding_is_wrong_usage(run: Run, folder: Path) -> None:
    (folder / "old.py").write_bytes(b"name = '\xe9'\n")

    result = run("generate", "old.py")

    assert result.exit_code == 2
    assert "old.py is not text in the encoding that it declares" in result.stderr


def test_a_line_stands_for_its_function(run: Run, services: FakeServices, folder: Path) -> None:
    services.generations["Box.open"] = ended(folder, "nothing_to_gain", qualname="Box.open")

    result = run("generate", "prices.py:10", "--engine", "explore")

    assert services.asked == [(Target(folder / "prices.py", "Box.open"), "explore")]
    assert "prices.py::Box.open" in result.stdout


def test_a_line_in_a_local_function_stands_for_the_function_around_it(
    run: Run, services: FakeServices, folder: Path
) -> None:
    (folder / "nested.py").write_text("def outer():\n    def inner():\n        return 1\n    return inner\n")
    services.generations["outer"] = ended(folder, "nothing_to_gain", qualname="outer")

    run("generate", "nested.py:3")

    assert services.asked == [(Target(folder / "nested.py", "outer"), "auto")]


def test_a_class_stands_for_its_methods(run: Run, services: FakeServices, folder: Path) -> None:
    services.generations["Box"] = ended(folder, "nothing_to_gain", qualname="Box.open")

    assert run("generate", "prices.py::Box").exit_code == 0


def test_the_interpreter_reaches_the_settings(run: Run, services: FakeServices, folder: Path) -> None:
    services.generations["price"] = ended(folder, "nothing_to_gain")

    run("generate", "prices.py::price", "--interpreter", sys.executable)

    assert services.settings.interpreter == sys.executable


@pytest.mark.parametrize("base", [None, "import os\n"])
def test_a_failed_confirmation_puts_the_file_back(
    run: Run, services: FakeServices, folder: Path, base: str | None
) -> None:
    services.generations["price"] = confirmed(folder, base=base)
    failure = TestOutcome("tests/test_prices.py::test_price", "failed", "assert 495 == 0")
    services.confirmation = lambda generation: Confirmation(generation.results, passed=1, failures=(failure,))

    result = run("generate", "prices.py::price")

    file = folder / "tests" / "test_prices.py"
    assert result.exit_code == 1
    assert (file.read_text() if file.exists() else None) == base
    assert "assert 495 == 0" in result.stdout
    assert ("as it was before" if base else "removed again") in result.stdout
    assert result.stdout.endswith("1 failed\n")


def test_a_test_file_that_changed_meanwhile_is_left_alone(run: Run, services: FakeServices, folder: Path) -> None:
    services.generations["price"] = confirmed(folder, base="import os\n")
    (folder / "tests" / "test_prices.py").write_text("import sys\n")

    result = run("generate", "prices.py::price")

    assert result.exit_code == 1
    assert (folder / "tests" / "test_prices.py").read_text() == "import sys\n"
    assert "has changed meanwhile" in result.stdout


@pytest.mark.parametrize("moment", ["generate", "confirm"])
def test_cancelling_leaves_nothing_behind_and_says_so_in_one_line(
    run: Run, services: FakeServices, folder: Path, moment: str
) -> None:
    services.generations["price"] = confirmed(folder)
    services.cancel_in = moment

    result = run("generate", "prices.py::price", "prices.py::Box.open", "--format", "json")

    assert result.exit_code == 130
    assert result.stderr == "Cancelled. Nothing was written.\n"
    assert [entry["status"] for entry in json.loads(result.stdout)["targets"]] == ["cancelled", "cancelled"]
    assert not (folder / "tests").exists()


@pytest.mark.parametrize("is_wanted", [True, False])
def test_what_was_confirmed_before_a_model_was_asked_stays_when_asking_is_cancelled(
    run: Run, services: FakeServices, folder: Path, is_wanted: bool
) -> None:
    services.generations["price"] = confirmed(folder)
    services.cancel_in = "model"
    options = [] if is_wanted else ["--dry-run"]

    result = run("generate", "prices.py::price", "prices.py::Box.open", "--format", "json", *options)

    assert result.exit_code == 130
    assert [entry["status"] for entry in json.loads(result.stdout)["targets"]] == ["confirmed", "cancelled"]
    assert (folder / "tests" / "test_prices.py").exists() is is_wanted
    words = "What was confirmed before stays." if is_wanted else "Nothing was written."
    assert result.stderr == f"Cancelled. {words}\n"


def test_what_does_not_hold_when_asking_was_cancelled_is_taken_back(
    run: Run, services: FakeServices, folder: Path
) -> None:
    services.generations["price"] = confirmed(folder)
    services.cancel_in = "model"
    services.confirmation = lambda generation: Confirmation(generation.results, passed=0, problem="pytest broke")
    result = run("generate", "prices.py::price", "--format", "json")
    assert result.exit_code == 130
    assert [entry["status"] for entry in json.loads(result.stdout)["targets"]] == ["failed"]
    assert not (folder / "tests" / "test_prices.py").exists()


def test_markup_in_names_and_reasons_is_text(run: Run, services: FakeServices, folder: Path) -> None:
    services.generations["price"] = ended(folder, "failed", "expected [bold] but got list[int]")

    assert "expected [bold] but got list[int]" in run("generate", "prices.py::price").stdout


def test_suspected_bugs_stand_in_a_block_of_their_own(run: Run, services: FakeServices, folder: Path) -> None:
    raised = SuspectedBug("price([])", "TypeError: '>' not\nsupported", 5)
    wrong = SuspectedBug("price(3)", "gives 0", None, "gives 495")
    result = TargetResult(Target(folder / "prices.py", "price"), "failed", "no tests", suspected_bugs=(raised, wrong))
    services.generations["price"] = Generation((result,), None)
    text = run("generate", "prices.py::price").stdout
    assert text.endswith(
        "\n    no tests\n\nSuspected bugs, which no test asserts:\n"
        "! prices.py:5  price([]) raises TypeError: '>' not supported\n"
        "! prices.py::price  price(3) gives 0, but by its documentation gives 495\n\n1 failed\n"
    ), text


def test_help_loads_nothing_heavy() -> None:
    heavy = "{'rich', 'pygls', 'lsprotocol', 'coverage', 'asyncio'}"
    code = f"""
import sys
from greenline.cli.app import greenline
try:
    greenline(['--help'], prog_name='greenline')
except SystemExit:
    pass
print(sorted({heavy} & set(sys.modules)))
"""
    ended_process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)

    assert ended_process.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("text", ["../{name}/prices.py::price", "../{name}/inside/../prices.py::price"])
def test_a_way_up_in_the_path_leads_to_the_same_file(run: Run, services: FakeServices, folder: Path, text: str) -> None:
    (folder / "inside").mkdir()
    services.generations["price"] = ended(folder, "nothing_to_gain")

    result = run("generate", text.format(name=folder.name))

    assert result.exit_code == 0, result.output
    assert services.asked == [(Target(folder.resolve() / "prices.py", "price"), "auto")]


def test_cancelling_leaves_alone_what_somebody_else_changed_meanwhile(
    run: Run, services: FakeServices, folder: Path
) -> None:
    services.generations["price"] = confirmed(folder)
    test_file = folder / "tests" / "test_prices.py"

    def confirm(generation: Generation) -> Confirmation:
        test_file.write_text("# mine\n")
        raise asyncio.CancelledError

    services.confirmation = confirm
    result = run("generate", "prices.py::price", "--format", "json")

    assert result.exit_code == 130, result.output
    assert test_file.read_text() == "# mine\n"
    (entry,) = json.loads(result.stdout)["targets"]
    assert entry["status"] == "cancelled"
    assert "was changed since it was written; it is left as it is now" in entry["reason"]
