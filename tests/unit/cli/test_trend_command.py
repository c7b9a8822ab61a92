"""``greenline trend``, with a real file below it: recording, the chart, and what is said where there is none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from greenline.adapters.project_files import ProjectFiles
from greenline.adapters.trend_file import IN_PROJECT, TrendFile
from greenline.cli.trend_view import chart
from greenline.domain.coverage.model import Ratio, Summary
from greenline.services.keep_trend import KeepTrend
from greenline.services.rank_gaps import Ranking

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    from unit.cli.cli_fakes import FakeServices

    Run = Callable[..., Result]

DAY = 86_400.0


class FakeHead:
    """A repository whose commit a test chooses."""

    def __init__(self) -> None:
        self.commit: tuple[str, float] | None = ("a" * 40, 1_700_000_000.0)
        self.changed: frozenset[Path] = frozenset()

    def head(self, _folder: Path) -> tuple[str, float] | None:
        return self.commit

    def changed_files(self, _folder: Path, since: str) -> frozenset[Path]:
        assert since == "HEAD"
        return self.changed


@pytest.fixture
def head(services: FakeServices, folder: Path, monkeypatch: pytest.MonkeyPatch) -> FakeHead:
    monkeypatch.setenv("XDG_DATA_HOME", str(folder / "data"))
    (folder / "pyproject.toml").touch()
    found = FakeHead()
    services.keeps = lambda file: KeepTrend(ProjectFiles(), services, found, TrendFile(file), clock=lambda: 1.8e9)  # type: ignore[arg-type]
    return found


def measured(services: FakeServices, percent: int) -> None:
    services.ranked = Ranking((), Summary(Ratio(percent, 100), Ratio(0, 0)), {}, complete=3)


def test_each_commit_has_one_point(run: Run, services: FakeServices, head: FakeHead, folder: Path) -> None:
    for commit, days, percent in (("a", 0, 50), ("b", 7, 60), ("b", 7, 61)):
        head.commit = (commit * 40, 1_700_000_000 + days * DAY)
        measured(services, percent)
        assert run("trend", "--record").exit_code == 0

    found = json.loads(run("trend", "--format", "json").stdout)

    assert [(one["commit"][0], one["percent"]) for one in found["points"]] == [("a", 50.0), ("b", 61.0)]
    assert (found["percent_a_week"], found["weeks_to_target"]) == (11.0, 1.7)
    assert "data" in found["file"]


def test_the_terminal_says_where_it_goes(run: Run, services: FakeServices, head: FakeHead) -> None:
    for week in range(7):
        head.commit = (f"{week}" * 40, 1_700_000_000 + week * 7 * DAY)
        measured(services, 50 + 2 * week)
        run("trend", "--record")

    said = run("trend").stdout.splitlines()

    assert said[0].startswith("  70 %")
    assert sum("\N{FULL BLOCK}" in line or "#" in line for line in said) >= 4
    assert any(line.split() == ["2023-12-26", "6666666666", "62.00", "%", "+2.00"] for line in said)
    assert "62.00 % covered, +2.00 points a week lately: 80 % in 9 weeks." in said
    assert said[-1].startswith("7 of ")


@pytest.mark.parametrize(
    ("percents", "words"),
    [
        ([50], "50.00 % covered. Two commits of different times tell how fast that changes."),
        ([50, 90], "90.00 % covered, 80 % are reached."),
        ([50, 40], "40.00 % covered, -10.00 points a week lately: 80 % are not reached that way."),
    ],
)
def test_forecasts(run: Run, services: FakeServices, head: FakeHead, percents: list[int], words: str) -> None:
    for week, percent in enumerate(percents):
        head.commit = (f"{week}" * 40, 1_700_000_000 + week * 7 * DAY)
        measured(services, percent)
        run("trend", "--record")
    assert words in run("trend").stdout


def test_what_is_not_committed_is_not_recorded_for_the_commit(
    run: Run, services: FakeServices, head: FakeHead, folder: Path
) -> None:
    measured(services, 50)
    run("trend", "--record")
    head.changed = frozenset({folder / "tests" / "test_new.py", folder / "shop.py", folder.parent / "elsewhere.py"})
    measured(services, 90)

    refused = run("trend", "--record")

    assert refused.exit_code == 1
    said = "shop.py and 1 more are other than in aaaaaaaaaa, which this would be recorded for: commit or stash"
    assert said in " ".join(refused.stderr.split())
    assert "50.00 % covered" in run("trend").stdout


def test_a_projects_own_file_is_used_where_it_is_there(
    run: Run, services: FakeServices, head: FakeHead, folder: Path
) -> None:
    (folder / IN_PROJECT).parent.mkdir()
    (folder / IN_PROJECT).write_text('not json\n{"version": 9}\n')
    measured(services, 50)

    run("trend", "--record")

    lines = (folder / IN_PROJECT).read_text().splitlines()
    assert lines[:2] == ["not json", '{"version": 9}'], "what is not ours stays"
    assert json.loads(lines[2])["lines"] == [50, 100]


@pytest.mark.parametrize(
    "wrong",
    [
        '"at": 1e30', '"at": NaN', '"at": -1', '"at": 253402300800', '"lines": [-5, 100]', '"lines": [101, 100]',
        '"branches": [1, 0]', '"lines": [Infinity, 100]', '"lines": [1, 1e300]', '"files": Infinity',
    ],
)  # fmt: skip
def test_a_line_that_nothing_can_have_measured_is_passed_by(
    run: Run, services: FakeServices, head: FakeHead, folder: Path, wrong: str
) -> None:
    right = '"version": 1, "commit": "b", "at": 1700000000, "lines": [1, 2], "branches": [0, 0], "files": 1'
    (folder / IN_PROJECT).parent.mkdir()
    (folder / IN_PROJECT).write_text(f'{{{right}}}\n{{{right}, "commit": "c", {wrong}}}\n')
    for form in ("text", "json", "html"):
        result = run("trend", "--format", form)
        assert result.exit_code == 0, result.output
    assert len(json.loads(run("trend", "--format", "json").stdout)["points"]) == 1


def test_outside_of_git_the_time_of_recording_counts(run: Run, services: FakeServices, head: FakeHead) -> None:
    head.commit = None
    measured(services, 50)
    assert "2027-01-15  no commit    50.00 %" in run("trend", "--record").stdout


@pytest.mark.parametrize(
    ("ranking", "words"),
    [
        (Ranking((), Summary(Ratio(0, 0), Ratio(0, 0)), {}), "nothing is measured here"),
        (Ranking((), Summary(Ratio(1, 2), Ratio(0, 0)), {}, unknown=2), "lines changed after they were measured"),
        (Ranking((), Summary(Ratio(1, 2), Ratio(0, 0)), {}, unmeasured=1), "nothing is known of 1 file"),
    ],
)
def test_what_cannot_be_told_is_not_recorded(
    run: Run, services: FakeServices, head: FakeHead, ranking: Ranking, words: str
) -> None:
    services.ranked = ranking
    result = run("trend", "--record")
    assert result.exit_code == 1
    assert words in result.stderr
    assert "No history yet" in run("trend").stdout


def test_a_file_that_cannot_be_read_or_written_is_said(
    run: Run, services: FakeServices, head: FakeHead, folder: Path
) -> None:
    measured(services, 50)
    (folder / "a folder").mkdir()
    (folder / "bytes").write_bytes(b"\xff\xfe\xff")

    assert "cannot be read as a history of coverage" in run("trend", "--file", "bytes").stderr
    (folder / "no-folder").touch()
    result = run("trend", "--record", "--file", "no-folder/trend.jsonl")
    assert result.exit_code == 1
    assert "cannot be" in result.stderr


def test_a_chart_fits_what_it_shows() -> None:
    lines = chart([20.0, 25.0, 29.0], " 12345678")
    assert len(lines) == 8
    assert lines[0].startswith("  30 %")
    assert lines[-1].startswith("  10 % 888")
    assert all(line.startswith("100 %") or len(line) <= 10 for line in chart([100.0, 100.0], " 12345678")[1:])
