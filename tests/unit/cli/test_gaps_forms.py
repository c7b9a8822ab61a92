"""``greenline gaps`` for other programs: SARIF, annotations and Markdown."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from greenline.cli.gaps_annotations import MOST
from greenline.domain.coverage.model import Gap, Ratio, Span, Summary
from greenline.domain.coverage.worth import FileRow, FileWorth, FunctionRow
from greenline.services.picture import Picture
from greenline.services.rank_gaps import Ranking

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    from unit.cli.cli_fakes import FakeServices

    Run = Callable[..., Result]

REGION = Gap("uncovered", Span(4, 4, 6, 0), "Not covered: 2 lines in `price`", "price", (4, 5))
BRANCH = Gap("partial-branch", Span(8, 4, 8, 11), "Line 8 never jumps: 50 %\nnever", "price", (8,), (8, 11))


@pytest.fixture
def pictured(services: FakeServices, folder: Path) -> FakeServices:
    (folder / "a, b").mkdir()
    services.pictured = [Picture(folder / "a, b" / "prices ü.py", "measured", gaps=(BRANCH, REGION))]
    return services


def test_annotations_name_places_as_github_reads_them(run: Run, pictured: FakeServices) -> None:
    assert run("gaps", "--format", "github").stdout.splitlines() == [
        "::warning file=a%2C b/prices ü.py,line=4,endLine=5,title=Not covered::2 lines in `price`",
        "::warning file=a%2C b/prices ü.py,line=8,endLine=8,title=Not covered::Line 8 never jumps: 50 %25%0Anever",
    ]


@pytest.mark.parametrize("gaps", [MOST, MOST + 1, 25])
def test_no_annotation_is_dropped_without_a_word(run: Run, pictured: FakeServices, gaps: int) -> None:
    only = pictured.pictured[0]
    many = tuple(replace(REGION, span=Span(line, 0, line + 1, 0)) for line in range(1, gaps + 1))
    pictured.pictured = [replace(only, gaps=many)]

    lines = run("gaps", "--format", "github").stdout.splitlines()

    shown = sum(line.startswith("::warning") for line in lines)
    assert shown == min(gaps, MOST)
    assert gaps == shown or f"{gaps - shown} more gaps" in lines[-1]


def test_sarif_has_a_result_for_each_gap(run: Run, pictured: FakeServices) -> None:
    found = json.loads(run("gaps", "--format", "sarif").stdout)

    assert found["version"] == "2.1.0"
    (ran,) = found["runs"]
    assert {rule["id"] for rule in ran["tool"]["driver"]["rules"]} >= {result["ruleId"] for result in ran["results"]}
    places = [result["locations"][0]["physicalLocation"] for result in ran["results"]]
    assert places[0] == {
        "artifactLocation": {"uri": "a%2C%20b/prices%20%C3%BC.py"},
        "region": {"startLine": 4, "startColumn": 5, "endLine": 6, "endColumn": 1},
    }


def test_a_name_that_is_no_text_has_a_place_too(run: Run, pictured: FakeServices, folder: Path) -> None:
    path = folder / "caf\udce9.py"  # how Python writes a byte that is not UTF-8
    pictured.pictured = [replace(pictured.pictured[0], path=path)]

    (first, *_) = json.loads(run("gaps", "--format", "sarif").stdout)["runs"][0]["results"]

    assert first["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "caf%E9.py"
    assert len(first["partialFingerprints"]["greenlineGap/v1"]) == 64


def test_a_name_with_line_ends_forges_no_line(run: Run, services: FakeServices, folder: Path) -> None:
    forged = folder / "a\n::error title=owned::b.py"
    services.ranked = Ranking(
        (FileWorth(FileRow(forged, "measured", functions=(FunctionRow("f", 1, 2, 1),)), 0, {}),),
        Summary(Ratio(1, 4), Ratio(0, 0)), {},
        problems={f"{forged.name} changed.": (forged,)},
    )  # fmt: skip

    for form in ("table", "markdown"):
        said = run("gaps", "--format", form).stdout
        assert "owned" in said
        assert not [line for line in said.splitlines() if line.startswith("::")]


def test_a_gap_keeps_its_identity_when_lines_above_it_move(run: Run, pictured: FakeServices) -> None:
    def identities() -> list[str]:
        results = json.loads(run("gaps", "--format", "sarif").stdout)["runs"][0]["results"]
        return [result["partialFingerprints"]["greenlineGap/v1"] for result in results]

    def moved(gap: Gap) -> Gap:
        return replace(
            gap, span=Span(gap.span.start_line + 10, 4, gap.span.end_line + 10, 0), message=_ten_more(gap.message)
        )

    only = pictured.pictured[0]
    pictured.pictured = [replace(only, gaps=(BRANCH, REGION, replace(REGION, span=Span(20, 4, 22, 0))))]
    before = identities()
    pictured.pictured = [replace(only, gaps=tuple(moved(gap) for gap in pictured.pictured[0].gaps))]

    assert identities() == before
    assert len(set(before)) == 3


def _ten_more(message: str) -> str:
    return re.sub(r"Line (\d+)", lambda found: f"Line {int(found[1]) + 10}", message)


def test_places_begin_at_the_top_of_the_repository(
    run: Run, pictured: FakeServices, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (".git/objects", ".git/refs", "backend"):
        (folder / name).mkdir(parents=True)
    (folder / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    monkeypatch.chdir(folder / "backend")

    assert "file=a%2C b/prices ü.py," in run("gaps", "--format", "github", "..").stdout


def test_what_nothing_is_known_of_is_a_notice(run: Run, services: FakeServices, folder: Path) -> None:
    services.pictured = [Picture(folder / "new.py", "no-data", "No coverage data yet.")]
    result = run("gaps", "--format", "github")
    assert result.stdout == "::notice file=new.py,title=Coverage unknown::No coverage data yet.\n"
    assert result.exit_code == 1


def test_what_filters_leave_out_is_counted_in_each_form(run: Run, pictured: FakeServices, folder: Path) -> None:
    unknown = [Picture(folder / name, "no-data", "No coverage data yet.") for name in ("new.py", "b.py", "c.py")]
    pictured.pictured = [*pictured.pictured, *unknown]
    pictured.ranked = Ranking((), Summary(Ratio(1, 4), Ratio(0, 0)), {"behind the first 1": 2}, complete=3)
    words = "Not shown: 2 files behind the first 1; 3 files complete."

    assert run("gaps", "--format", "github", "--top", "1").stdout.splitlines()[0] == (
        f"::notice title=Not covered::{words}"
    )
    (found,) = json.loads(run("gaps", "--format", "sarif", "--top", "1").stdout)["runs"]
    (invocation,) = found["invocations"]
    told = [one["message"]["text"] for one in invocation["toolExecutionNotifications"]]
    assert told == [words, "new.py and 2 more files: No coverage data yet."]


def test_what_was_not_looked_at_is_said_without_filters_too(run: Run, pictured: FakeServices, folder: Path) -> None:
    pictured.tests_left_out, pictured.skipped = 3, [folder / "venv"]
    words = ["Not shown: 3 files of tests.", "Not looked into, as tools make such folders: venv."]

    assert run("gaps", "--format", "github").stdout.splitlines()[:2] == [
        f"::notice title=Not covered::{each}" for each in words
    ]
    (found,) = json.loads(run("gaps", "--format", "sarif").stdout)["runs"]
    (invocation,) = found["invocations"]
    assert [one["message"]["text"] for one in invocation["toolExecutionNotifications"]] == words
    assert run("gaps", "--lines").stdout.splitlines()[-2:] == words


@pytest.mark.parametrize("others", [("--format", "markdown"), ("--format", "json"), ("--lines",)])
def test_groups_are_for_the_table(run: Run, others: tuple[str, ...]) -> None:
    result = run("gaps", "--group", "tier", *others)

    assert result.exit_code == 2
    assert "--group is for the table of files" in result.stderr


def test_markdown_is_a_table_of_files(run: Run, services: FakeServices, folder: Path) -> None:
    functions = tuple(FunctionRow(f"step|{n}", n, n, n % 2) for n in range(1, 6))
    row = FileRow(folder / "a.py", "measured", summary=Summary(Ratio(1, 4), Ratio(0, 0)), functions=functions)
    services.ranked = Ranking(
        (FileWorth(row, 0, {}),), Summary(Ratio(1, 4), Ratio(0, 0)), {"under 9 statements": 1},
        problems={"No data.": (folder / "b.py", folder / "c.py")},
    )  # fmt: skip

    lines = run("gaps", "--format", "markdown").stdout.splitlines()

    assert lines[0] == "**15 lines + 3 branches to gain in 1 file; 25 % covered**"
    assert lines[2:4] == [
        "| file | covered | gaps | worth | worthiest functions |",
        "| --- | ---: | --- | ---: | --- |",
    ]
    assert lines[4] == (
        "| `a.py` | 25 % | 15 lines + 3 branches | 18 | `step\\|5` (6), `step\\|3` (4), `step\\|4` (4), 2 more |"
    )
    assert lines[6] == "- `b.py` and 1 more: No data."
    assert lines[-1] == "Not shown: 1 file under 9 statements."
