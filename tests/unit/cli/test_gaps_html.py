"""``greenline gaps --format html`` and ``greenline trend --format html``: what reaches the page, and where it goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from greenline.adapters.project_files import ProjectFiles
from greenline.adapters.trend_file import IN_PROJECT, TrendFile
from greenline.domain.coverage.model import Ratio, Summary
from greenline.domain.coverage.trend import Point
from greenline.domain.coverage.worth import FileRow, FileWorth, FunctionRow
from greenline.page import project_page
from greenline.services.keep_trend import KeepTrend
from greenline.services.picture import Picture
from greenline.services.rank_gaps import Ranking
from unit.page.html_tree import Node, tree

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    from unit.cli.cli_fakes import FakeServices

    Run = Callable[..., Result]

TOTAL = Summary(Ratio(300, 1000), Ratio(0, 0))


@pytest.fixture
def project(services: FakeServices, folder: Path) -> Path:
    (folder / "pyproject.toml").touch()
    services.keeps = lambda file: KeepTrend(ProjectFiles(), services, services, TrendFile(file))  # type: ignore[arg-type]
    names = ("large.py", "middle.py", "small.py")
    for name in names:
        (folder / name).write_text("x = 1\n" * {"large.py": 500, "middle.py": 50, "small.py": 5}[name])
    services.pictured = [Picture(folder / name, "measured", states="u") for name in names]
    rows = [
        FileRow(folder / name, "measured", summary=Summary(Ratio(0, 9), Ratio(0, 0)),
                functions=(FunctionRow("f", 1, 9 - at, 0),))
        for at, name in enumerate(names)
    ]  # fmt: skip
    files = tuple(FileWorth(row, 0, {}) for row in rows)
    services.ranked = Ranking(files, TOTAL, {"at 50 % or more": 4}, complete=2, tests_left_out=9)
    return folder


def shown(result: Result) -> Node:
    assert result.exit_code == 0, result.output
    return tree(result.stdout)


def test_the_page_says_what_filters_left_out(run: Run, project: Path) -> None:
    found = shown(run("gaps", "--format", "html"))
    assert "Not shown: 4 files at 50 % or more; 2 files complete; 9 files of tests." in found.by_id("summary").text
    assert next(found.all("h1")).text == f"Coverage of {project.name}"
    assert len(list(found.all(class_="listing"))) == 3


def test_filters_reach_the_ranking(run: Run, services: FakeServices, project: Path) -> None:
    run("gaps", "--format", "html", "--top", "5", "--changed", "main")
    assert services.wanted is not None
    assert (services.wanted.top, services.wanted.changed_since) == (5, "main")


def test_a_file_that_is_named_has_a_page_too(run: Run, project: Path) -> None:
    assert list(shown(run("gaps", "small.py", "--format", "html")).all(class_="listing"))


def test_a_page_does_not_grow_without_end(run: Run, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(project_page, "MOST_SOURCE", 400)

    found = shown(run("gaps", "--format", "html"))

    assert [next(one.all("b")).text for one in found.all(class_="listing")] == ["middle.py", "small.py"]
    assert "the source of 1 file." in found.by_id("source").text
    assert "large.py" in found.by_id("files").text


def test_a_file_that_went_away_has_no_source(run: Run, project: Path) -> None:
    (project / "middle.py").unlink()
    (project / "small.py").write_bytes(b"# \xff\n")
    assert len(list(shown(run("gaps", "--format", "html")).all(class_="listing"))) == 1


def test_a_history_is_drawn_and_one_that_cannot_be_read_is_said(run: Run, project: Path) -> None:
    history = project / IN_PROJECT
    history.parent.mkdir()
    TrendFile(history).record(project, Point("a" * 40, 1.7e9, TOTAL))
    assert "aaaaaaaaaa" in shown(run("gaps", "--format", "html")).by_id("trend").text

    history.write_bytes(b"\xff\xfe\xff")
    assert "cannot be read as a history" in shown(run("gaps", "--format", "html")).by_id("summary").text


def test_a_history_that_is_kept_elsewhere_is_drawn(run: Run, project: Path) -> None:
    TrendFile(project / "kept.jsonl").record(project, Point("c" * 40, 1.7e9, TOTAL))

    assert "cccccccccc" in shown(run("gaps", "--format", "html", "--history", "kept.jsonl")).by_id("trend").text
    assert run("gaps", "--format", "html", "--history", "none.jsonl").exit_code == 0
    assert run("gaps", "--history", "kept.jsonl").exit_code == 2


def test_what_could_not_be_measured_ends_with_1(run: Run, services: FakeServices, project: Path) -> None:
    services.ranked = Ranking((), TOTAL, {}, problems={"No data.": (project / "a.py",)}, unmeasured=1)
    shown_anyway = run("gaps", "--format", "html")
    assert shown_anyway.exit_code == 1
    assert "without coverage: " in shown_anyway.stderr, "nobody has opened the page yet"


@pytest.mark.parametrize("form", ["html", "json", "markdown", "sarif", "github"])
def test_each_form_but_a_table_can_be_written_to_a_file(run: Run, project: Path, form: str) -> None:
    said = run("gaps", "--format", form).stdout
    result = run("gaps", "--format", form, "--output", "out/report")
    assert (result.stdout, (project / "out" / "report").read_text(encoding="utf-8")) == ("", said)


def test_a_table_is_not_written_to_a_file(run: Run, project: Path) -> None:
    result = run("gaps", "--output", "report.txt")
    assert result.exit_code == 2
    assert "--format html, json" in result.stderr


def test_a_file_that_cannot_be_written_is_named(run: Run, project: Path) -> None:
    result = run("gaps", "--format", "html", "--output", "prices.py/report.html")
    assert result.exit_code == 1
    assert "prices.py/report.html cannot be written" in result.stderr


def test_a_name_that_is_no_text_does_not_stop_the_page(run: Run, services: FakeServices, project: Path) -> None:
    row = FileRow(project / "odd\udcff.py", "measured", functions=(FunctionRow("f", 1, 1, 0),))
    services.ranked = Ranking((FileWorth(row, 0, {}),), TOTAL, {})
    assert r"odd\udcff.py" in shown(run("gaps", "--format", "html")).by_id("files").text


def test_the_trend_alone_is_a_page(run: Run, project: Path) -> None:
    TrendFile(project / "t.jsonl").record(project, Point("b" * 40, 1.7e9, TOTAL))

    result = run("trend", "--file", "t.jsonl", "--format", "html", "--output", "trend.html")

    assert (result.exit_code, result.stdout) == (0, "")
    found = tree((project / "trend.html").read_text(encoding="utf-8"))
    assert [one.attributes["id"] for one in found.all("section")] == ["trend"]


def test_without_a_history_there_is_no_page(run: Run, project: Path) -> None:
    result = run("trend", "--file", "t.jsonl", "--format", "html", "--output", "trend.html")
    assert result.exit_code == 1
    assert "No history yet" in result.stdout
    assert not (project / "trend.html").exists()


def test_text_of_a_trend_goes_to_no_file(run: Run, project: Path) -> None:
    assert run("trend", "--output", "trend.txt").exit_code == 2
