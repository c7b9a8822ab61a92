"""``greenline check``: what is asked, what is printed in each form, and the exit codes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from greenline.domain.coverage.model import Gap, Ratio, Span, Summary
from greenline.domain.coverage.worth import FileRow, FileWorth, FunctionRow
from greenline.services.check_coverage import Check, Goals, Verdict
from greenline.services.picture import Picture
from greenline.services.rank_gaps import HistoryProblem, Ranking
from greenline.services.suite_coverage import Suite

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    from unit.cli.cli_fakes import FakeServices

    Run = Callable[..., Result]

TOTAL = Summary(Ratio(3, 4), Ratio(0, 0))
GOOD = Verdict("lines", True, "90.00 % (90 % wanted)")
BAD = Verdict("changed since main", False, "50.00 %,\n1 of 2 statements", by_gaps=True)


@pytest.fixture
def failing(services: FakeServices, folder: Path) -> FakeServices:
    row = FileRow(folder / "a.py", "measured", summary=TOTAL, functions=(FunctionRow("f", 1, 2, 1),))
    services.checked = Check((GOOD, BAD), Ranking((FileWorth(row, 0, {}),), TOTAL, {}, changed_since="main"))
    return services


@pytest.mark.parametrize(
    ("options", "goals"),
    [
        (["--changed=main"], Goals("main", 90.0)),
        (["--changed"], Goals("HEAD", 90.0)),
        (["--changed=main", "--fail-under", "75"], Goals("main", 75.0)),
        (["--fail-under", "75"], Goals(total=75.0)),
        (["--lines", "80", "--branches", "60.5"], Goals(lines=80.0, branches=60.5)),
        (["--not-below", "main"], Goals(not_below="main")),
        (
            ["--suite", "unit", "--suite", "integration", "--suite", "e2e=60.5:tests/e2e/**,smoke/*.py"],
            Goals(
                suites=(
                    Suite("unit", 85.0, ("tests/unit/**",)),
                    Suite("integration", 70.0, ("tests/integration/**",)),
                    Suite("e2e", 60.5, ("tests/e2e/**", "smoke/*.py")),
                )
            ),
        ),
        (["--suite", "unit=90"], Goals(suites=(Suite("unit", 90.0, ("tests/unit/**",)),))),
    ],
)
def test_options_become_goals(run: Run, services: FakeServices, options: list[str], goals: Goals) -> None:
    result = run("check", *options)
    assert result.exit_code == 0, result.output
    assert services.goals == goals
    assert services.settings.changed_since == goals.changed_since


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], "say what is wanted"),
        (["--changed", "prices.py"], "'prices.py' is a path here"),
        (["--lines", "120"], "120"),
        (["--suite", "e2e"], "'e2e' does not say how much is wanted: e2e=80."),
        (["--suite", "unit=much"], "'unit=much' is not NAME[=PERCENT][:PATTERN]"),
        (["--suite", "unit=120"], "is not NAME[=PERCENT][:PATTERN]"),
        (["--suite", "unit:"], "is not NAME[=PERCENT][:PATTERN]"),
        (["--suite", "=80"], "is not NAME[=PERCENT][:PATTERN]"),
        (["--lines", "80", "--output", "a.txt"], "--output takes --format github"),
    ],
)
def test_wrong_usage(run: Run, services: FakeServices, options: list[str], words: str) -> None:
    result = run("check", *options)
    assert result.exit_code == 2
    assert words in result.stderr
    assert services.goals is None


def test_an_unknown_branch_is_wrong_usage(run: Run, services: FakeServices) -> None:
    services.history_problem = HistoryProblem("git knows no branch or commit 'nowhere'")
    result = run("check", "--changed=nowhere")
    assert result.exit_code == 2
    assert "--changed: git knows no branch or commit 'nowhere'." in result.stderr
    assert "--not-below: git knows" in run("check", "--not-below=nowhere").stderr


def test_the_history_to_compare_with_can_be_named(run: Run, services: FakeServices, folder: Path) -> None:
    run("check", "--not-below=main", "--history", "kept.jsonl")
    assert services.asked[0] == folder / "kept.jsonl"


def test_what_is_not_met_comes_with_the_gaps(run: Run, failing: FakeServices) -> None:
    result = run("check", "--changed=main")

    assert result.exit_code == 1
    assert "f:1" in result.stdout
    assert "lines: 90.00 % (90 % wanted)" in result.stdout
    assert "changed since main: 50.00 %" in result.stdout


def test_gaps_that_are_not_why_it_fails_are_not_shown(run: Run, services: FakeServices, failing: FakeServices) -> None:
    unknown = Verdict("not below main", False, "nothing is recorded for main or before")
    services.checked = Check((GOOD, unknown), failing.checked.ranking)
    for form in ("text", "markdown", "github"):
        said = run("check", "--not-below=main", "--format", form)
        assert said.exit_code == 1
        assert "not below main" in said.stdout
        assert "a.py" not in said.stdout
    assert services.asked[-1] == []


def test_files_that_are_not_known_are_named(run: Run, services: FakeServices, folder: Path) -> None:
    problems = {"it does not parse": (folder / "b.py", folder / "c.py")}
    unknown = Verdict("total", False, "nothing is known of 2 files")
    services.checked = Check((unknown,), Ranking((), TOTAL, {}, problems=problems))
    assert "b.py, c.py\n    it does not parse\n" in run("check", "--lines=9").stdout
    assert "- `b.py` and 1 more: it does not parse" in run("check", "--lines=9", "--format", "markdown").stdout


def test_of_many_files_the_first_are_shown(run: Run, services: FakeServices, failing: FakeServices) -> None:
    (file,) = failing.checked.ranking.files
    services.checked = Check((BAD,), Ranking((file,) * 12, TOTAL, {}))
    for form in ("text", "markdown"):
        said = run("check", "--changed", "--format", form).stdout
        assert "Not shown: 2 files behind the first 10." in said
        assert said.count("a.py") == 10


def test_what_is_met_is_short(run: Run, services: FakeServices) -> None:
    services.checked = Check((GOOD,), Ranking((), TOTAL, {}))
    lines = run("check", "--lines", "90").stdout.splitlines()
    assert len(lines) == 1
    assert lines[0].endswith("lines: 90.00 % (90 % wanted)")


@pytest.fixture
def gaps(failing: FakeServices, folder: Path) -> None:
    gap = Gap("uncovered", Span(4, 4, 6, 0), "Not covered: 2 lines in `f`", "f", (4, 5))
    failing.pictured = [Picture(folder / "a.py", "measured", gaps=(gap,))]


def test_a_workflow_gets_one_line_for_each_verdict_and_gap(run: Run, failing: FakeServices, gaps: None) -> None:
    assert run("check", "--changed=main", "--format", "github").stdout.splitlines() == [
        "::notice title=Coverage lines::90.00 %25 (90 %25 wanted)",
        "::error title=Coverage changed since main::50.00 %25,%0A1 of 2 statements",
        "::warning file=a.py,line=4,endLine=5,title=Not covered::2 lines in `f`",
    ]


def test_a_workflow_has_the_summary_too(
    run: Run, failing: FakeServices, gaps: None, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "summary.md").write_text("Before.\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(folder / "summary.md"))

    run("check", "--changed=main", "--format", "github")

    added = (folder / "summary.md").read_text(encoding="utf-8")
    assert added.startswith(
        "Before.\n### Coverage\n\n- ✅ **lines**: 90.00 % (90 % wanted)\n- ❌ **changed since main**"
    )


def test_a_summary_that_cannot_be_written_changes_no_verdict(
    run: Run, services: FakeServices, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.checked = Check((GOOD,), Ranking((), TOTAL, {}))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(folder))
    result = run("check", "--lines=90", "--format", "github")
    assert (result.exit_code, result.stdout.count("::notice")) == (0, 1)
    assert "summary cannot be written" in result.stderr


def test_sarif_has_the_gaps_in_the_way_and_the_verdicts(run: Run, failing: FakeServices, gaps: None) -> None:
    (ran,) = json.loads(run("check", "--changed=main", "--format", "sarif").stdout)["runs"]
    assert [result["message"]["text"] for result in ran["results"]] == ["Not covered: 2 lines in `f`"]
    told = ran["invocations"][0]["toolExecutionNotifications"]
    assert [(one["level"], one["message"]["text"]) for one in told] == [
        ("note", "lines: 90.00 % (90 % wanted)"),
        ("error", "changed since main: 50.00 %,\n1 of 2 statements"),
    ]


def test_of_what_is_met_no_gap_is_shown(run: Run, services: FakeServices, failing: FakeServices) -> None:
    services.checked = Check((GOOD,), failing.checked.ranking)
    run("check", "--lines=90", "--format", "sarif")
    assert services.asked[-1] == []


def test_a_summary_has_the_verdicts_and_the_files(run: Run, failing: FakeServices) -> None:
    said = run("check", "--changed=main", "--format", "markdown").stdout
    assert said.startswith("- ✅ **lines**: 90.00 % (90 % wanted)\n- ❌ **changed since main**")
    assert "| `a.py` | 75 % | 2 lines + 1 branch |" in said


def test_as_json(run: Run, failing: FakeServices) -> None:
    found = json.loads(run("check", "--changed=main", "--format", "json").stdout)
    assert found["met"] is False
    assert found["verdicts"][0] == {"what": "lines", "met": True, "message": "90.00 % (90 % wanted)"}
    assert found["files"] == [{"path": "a.py", "lines": 2, "branches": 1, "functions": ["f"]}]
