"""``greenline gaps`` of folders: the ranking, its filters, and what it says of what is not shown."""

from __future__ import annotations

import json
from dataclasses import replace
from math import log2
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from greenline.domain.coverage.model import Ratio, Summary
from greenline.domain.coverage.worth import FileRow, FileWorth, FunctionRow
from greenline.services.picture import Picture
from greenline.services.picture_basis import Basis
from greenline.services.rank_gaps import Ranking, Wanted

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    from unit.cli.cli_fakes import FakeServices

    Run = Callable[..., Result]

TOTAL = Summary(Ratio(300, 1000), Ratio(0, 0))
FUNCTIONS = tuple(FunctionRow(f"step_{n}", 10 * n, 12 - n, n, complexity=n) for n in range(1, 6))


def file(folder: Path, name: str, statements: int = 200, functions: tuple[FunctionRow, ...] = FUNCTIONS) -> FileWorth:
    summary = Summary(Ratio(statements // 4, statements), Ratio(0, 0))
    row = FileRow(folder / name, "measured", package=name.partition("/")[0], summary=summary, functions=functions)
    return FileWorth(row, commits=3, calls={"step_5": 7})


@pytest.fixture
def ranked(services: FakeServices, folder: Path) -> Ranking:
    files = (file(folder, "shop/orders.py", 600), file(folder, "mail/sending.py", functions=FUNCTIONS[:1]))
    services.ranked = Ranking(files, TOTAL, {"under 10 statements": 4}, complete=2, not_told=3, tests_left_out=9)
    return services.ranked


def test_files_come_with_their_worthiest_functions_and_why(run: Run, ranked: Ranking) -> None:
    result = run("gaps")

    assert result.exit_code == 0
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert lines[0] == "worth covered gaps where"
    assert lines[1].endswith("45 lines + 15 branches shop/orders.py")
    assert lines[2].endswith("7 lines + 5 branches step_5:50 complexity 5, 7 calls, 3 commits")
    assert "and 2 more functions" in lines[5]
    assert "To bring 2 files of these to 50 % of the statements: 200 lines, +20.0 points of all statements." in lines
    assert lines[-1] == (
        "Not shown: 4 files under 10 statements; 2 files complete; 3 files that the coverage data leaves out; "
        "9 files of tests."
    )


def test_what_stands_in_the_way_is_said_and_halves_the_worth(run: Run, services: FakeServices, folder: Path) -> None:
    plain = FunctionRow("plain", 1, 10, 0)
    hindered = FunctionRow("draw", 9, 10, 0, in_the_way="draws on a display")
    services.ranked = Ranking((file(folder, "a.py", functions=(hindered, plain)),), TOTAL, {})

    said = run("gaps").stdout

    assert said.index("plain:1") < said.index("draw:9")
    assert "draws on a display" in said


@pytest.mark.parametrize(
    ("group", "titles"),
    [("tier", ["over 500 statements  1 file", "150 to 300  1 file"]), ("package", ["shop  1 file", "mail  1 file"])],
)
def test_files_stand_under_titles(run: Run, ranked: Ranking, group: str, titles: list[str]) -> None:
    lines = run("gaps", "--group", group).stdout.splitlines()
    assert [line for line in lines if line in titles] == titles


def test_filters_reach_the_ranking(run: Run, services: FakeServices, ranked: Ranking) -> None:
    run("gaps", "--top", "5", "--below", "60", "--min-statements", "10", "--package", "shop", "--order", "classic",
        "--changed", "main")  # fmt: skip

    assert services.wanted == Wanted("classic", 5, 60.0, 10, ("shop",), "main")
    assert services.settings.changed_since == "main"


def test_changed_alone_is_since_the_last_commit(run: Run, services: FakeServices, ranked: Ranking) -> None:
    run("gaps", "--changed")
    assert services.wanted is not None
    assert services.wanted.changed_since == "HEAD"


def test_of_filtered_files_each_gap_can_be_seen(run: Run, services: FakeServices, ranked: Ranking) -> None:
    run("gaps", "--top", "1", "--lines")
    assert services.asked[-1] == [file.row.path for file in ranked.files]


def test_json_has_the_ranking_beside_the_files(run: Run, services: FakeServices, ranked: Ranking, folder: Path) -> None:
    services.pictured = [Picture(folder / "shop" / "orders.py", "measured")]

    shown = json.loads(run("gaps", "--format", "json").stdout)

    assert [file["path"] for file in shown["files"]] == [str(Path("shop", "orders.py"))]
    first = shown["ranking"][0]
    worth = 12 * (1 + (log2(5) + log2(4) + log2(8)) / 6)  # what is gained, by what the rest weighs
    assert (first["package"], first["lines"], first["branches"], first["statements"]) == ("shop", 45, 15, 600)
    assert first["worth"] == pytest.approx(sum(one["worth"] for one in first["functions"]), abs=0.05)
    assert first["functions"][0] == {
        "name": "step_5", "line": 50, "worth": pytest.approx(worth, abs=0.01), "lines": 7, "branches": 5,
        "complexity": 5, "calls": 7, "in_the_way": "",
    }  # fmt: skip
    assert shown["left_out"] == {"under 10 statements": 4}


def test_what_is_unknown_is_named_and_tells_in_the_exit_code(run: Run, services: FakeServices, folder: Path) -> None:
    problems = {"No coverage data yet.": (folder / "a.py",), "The coverage data leaves b.py out.": (folder / "b.py",)}
    services.ranked = Ranking(
        (), TOTAL, {}, problems=problems, unmeasured=1, unknown=3, basis=(Basis(folder, tests=2),)
    )

    result = run("gaps")

    assert result.exit_code == 1
    assert "No coverage data yet." in result.stdout
    assert "3 lines changed since, unknown until the tests run again." in result.stdout
    assert "It rests on" in result.stdout.splitlines()[-1]


def test_what_nothing_is_known_of_is_not_lost_to_filters(
    run: Run, services: FakeServices, ranked: Ranking, folder: Path
) -> None:
    new = folder / "new.py"
    services.ranked = replace(ranked, problems={"No coverage data yet.": (new,)}, unmeasured=1)
    services.pictured = [Picture(new, "no-data", "No coverage data yet.")]

    for options in (["--top", "1", "--lines"], ["--top", "1", "--format", "json"], ["--top", "1"]):
        result = run("gaps", *options)
        assert result.exit_code == 1
        assert "new.py" in result.stdout
    assert new in services.asked[-2]


@pytest.mark.parametrize(
    ("left_out", "since", "words"),
    [
        ({"unchanged since HEAD": 4}, "HEAD", "These filters leave no file"),
        ({}, "HEAD", "No gaps in lines that changed; 30 % covered"),
        ({}, "", "No gaps; 30 % covered"),
    ],
)
def test_nothing_left(run: Run, services: FakeServices, left_out: dict[str, int], since: str, words: str) -> None:
    services.ranked = Ranking((), TOTAL, left_out, tests_left_out=3, changed_since=since)
    assert run("gaps").stdout.splitlines()[0].startswith(words)


def test_a_path_is_not_taken_for_a_branch(run: Run, services: FakeServices, folder: Path) -> None:
    (folder / "src").mkdir()
    result = run("gaps", "--changed", "src")
    assert result.exit_code == 2
    assert "Put paths before it" in result.stderr


@pytest.mark.parametrize(("tests", "words"), [(0, "No Python files to look at here."), (2, "Only tests here")])
def test_nothing_to_look_at(run: Run, services: FakeServices, tests: int, words: str) -> None:
    services.ranked = Ranking((), Summary(Ratio(0, 0), Ratio(0, 0)), {}, tests_left_out=tests)
    assert words in run("gaps").stdout
