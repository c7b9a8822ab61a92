"""The page: what stands in it, that nothing of a project gets out of its place, and that it loads nothing."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

import pytest

from greenline.domain.coverage.model import Gap, Ratio, Span, Summary
from greenline.domain.coverage.trend import Point
from greenline.domain.coverage.worth import FileRow, FileWorth, FunctionRow
from greenline.page import tables
from greenline.page.listings import Listing
from greenline.page.report import Gaps, Trend, page
from greenline.page.tables import MOST_ROWS
from greenline.services.picture import Picture
from greenline.services.rank_gaps import Ranking
from unit.page.html_tree import Node, tree

EVIL = "</script><script>alert(1)</script><!-- <img src=x onerror=alert(2)> & \"'"
TOTAL = Summary(Ratio(30, 100), Ratio(2, 8))


def file(name: str, package: str = "shop", functions: tuple[FunctionRow, ...] = ()) -> FileWorth:
    row = FileRow(
        Path(name), "measured", package=package, summary=Summary(Ratio(1, 4), Ratio(0, 0)),
        functions=functions or (FunctionRow("price", 2, 3, 1, complexity=2),),
    )  # fmt: skip
    return FileWorth(row, 3, {"price": 7})


def gaps(*files: FileWorth, listings: tuple[Listing, ...] = (), without: int = 0, **more: object) -> Gaps:
    ranking = Ranking(files, TOTAL, {}, **more)  # type: ignore[arg-type]
    return Gaps(
        ranking, "3 lines to gain", ("Not shown: 4 files complete.", "It rests on a report."), listings, without
    )


def drawn(gaps: Gaps | None = None, trend: Trend | None = None) -> Node:
    return tree(page("Coverage of shop", str, gaps, trend))


def listing(name: str, text: str, states: str, *found: Gap) -> Listing:
    return Listing.of(Picture(Path(name), "measured", gaps=found, states=states), text)


def test_the_summary_says_what_the_other_forms_say() -> None:
    lost = {"No data: run <pytest>.": (Path("new.py"), Path("newer.py"))}
    summary = drawn(gaps(file("a.py"), problems=lost)).by_id("summary")

    assert [one.text for one in summary.all("li")][:3] == ["30 % covered", "30 of 100 statements", "2 of 8 branches"]
    assert [one.text for one in summary.all("p")] == [
        "3 lines to gain", "Not shown: 4 files complete.", "It rests on a report.",
    ]  # fmt: skip
    assert [one.text for one in summary.all("summary")] == ["2 files without coverage: No data: run <pytest>."]
    assert [one.text for one in next(summary.all("details")).all("li")] == ["new.py", "newer.py"]


def test_tables_have_packages_files_and_functions() -> None:
    two = (FunctionRow("small", 2, 1, 0), FunctionRow("large", 9, 30, 4, complexity=6, in_the_way="reads a clock"))
    found = drawn(gaps(file("shop/a.py", functions=two), file("mail/b.py", "mail")))

    rows = [[cell.text for cell in row.all("td")] for row in found.by_id("functions").all("tr")][1:]
    assert [row[0] for row in rows] == ["large", "price", "small"]
    assert rows[0][1:7] == ["shop/a.py:9", "30", "4", "6", "0", "reads a clock"]
    rows = [[cell.text for cell in row.all("td")] for row in found.by_id("files").all("tr")][1:]
    assert [row[:7] for row in rows] == [
        ["shop/a.py", "shop", "25 %", "4", "31", "4", "3"],
        ["mail/b.py", "mail", "25 %", "4", "3", "1", "3"],
    ]
    rows = [[cell.text for cell in row.all("td")] for row in found.by_id("packages").all("tr")][1:]
    assert [row[:6] for row in rows] == [["shop", "1", "4", "25 %", "31", "4"], ["mail", "1", "4", "25 %", "3", "1"]]
    heads = list(found.by_id("files").all("th"))
    assert [one.attributes.get("aria-sort") for one in heads] == [None] * 7 + ["descending"]
    assert all(next(one.all("button")).text for one in heads)


def test_numbers_are_sorted_by_what_they_are() -> None:
    rows = tables.table("files", "file|worth", [("a", ("1,234", 1234.0)), ("b", ("99", 99.0))])
    assert [cell.attributes["data-by"] for cell in tree(rows).all("td", "number")] == ["1234.0", "99.0"]


def test_source_is_there_with_the_state_of_each_line() -> None:
    gap = Gap("uncovered", Span(2, 4, 3, 0), "Not covered: 1 line in `f`", "f", (2,))
    one = listing("shop/a.py", "def f():\n    return '\x0c'\n", "cu ", gap)
    found = drawn(gaps(file("shop/a.py"), listings=(one,)))

    details = found.by_id("f0")
    assert json.loads(next(details.all("script")).text) == {
        "lines": ["def f():", "    return '\x0c'"],
        "states": "cu ",
        "notes": {"2": ["Not covered: 1 line in `f`"]},
    }
    links = {link.attributes["href"] for link in found.all("a")}
    assert {"#f0", "#f0-2"} <= links
    assert "open" not in details.attributes


def test_what_has_no_source_here_has_no_link_and_is_counted() -> None:
    found = drawn(gaps(file("a.py"), without=1))
    assert not [link for link in found.all("a") if (link.attributes["href"] or "").startswith("#f")]
    assert "the source of 1 file." in found.by_id("source").text


def test_rows_beyond_the_tables_end_are_counted() -> None:
    functions = tuple(FunctionRow(f"f{n}", n + 1, 1, 0) for n in range(MOST_ROWS + 5))
    found = drawn(gaps(file("a.py", functions=functions)))
    assert len(list(found.by_id("functions").all("tr"))) == MOST_ROWS + 1
    assert "Not in this table: 5 functions of less worth." in found.by_id("tables").text
    assert "files of less worth" not in found.by_id("tables").text


def test_the_page_of_a_large_repository_stays_small() -> None:
    many = [file(f"shop{n % 3000}/m{n}.py", f"shop{n % 3000}") for n in range(20_000)]

    text = page("Coverage of shop", str, gaps(*many, without=20_000))

    assert len(text) < 2_000_000
    said = tree(text).by_id("tables").text
    assert "19,000 files of less worth" in said
    assert "19,000 functions of less worth" in said
    assert "2,000 packages of less worth" in said
    assert "the source of 20,000 files." in text


def test_nothing_of_a_project_is_taken_for_markup() -> None:
    name = f"a{EVIL}.py"
    evil = FunctionRow(EVIL, 1, 3, 1, in_the_way=EVIL)
    gap = Gap("uncovered", Span(1, 0, 1, 3), EVIL, EVIL, (1,))
    told = gaps(
        file(name, EVIL, (evil,)),
        listings=(listing(name, f"x = {EVIL!r}\n", "u", gap),),
        problems={EVIL: (Path(name),)},
    )
    told = Gaps(told.ranking, EVIL, (EVIL,), told.listings, 0)
    text = page(EVIL, str, told, Trend([Point(EVIL, 1e9, TOTAL), Point("b", 2e9, TOTAL)], EVIL))

    found = tree(text)

    assert next(found.all("title")).text == EVIL
    assert [one.attributes.get("type") for one in found.all("script")] == ["application/json", None]
    assert list(found.all("img")) == []
    assert json.loads(next(found.all("script")).text)["lines"] == [f"x = {EVIL!r}"]
    handlers = {key for one in found.all() for key in one.attributes if key.startswith("on")}
    assert handlers == set()


def test_the_page_loads_nothing_and_runs_no_script_but_its_own() -> None:
    found = drawn(gaps(file("a.py"), listings=(listing("a.py", "x = 1\n", "c"),)))

    assert not list(found.all("link"))
    assert not [one for one in found.all() if "src" in one.attributes]
    assert all((one.attributes["href"] or "").startswith("#") for one in found.all("a"))
    policy = next(one for one in found.all("meta") if one.attributes.get("http-equiv"))
    script = next(one for one in found.all("script") if "type" not in one.attributes).text
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'" in (
        policy.attributes["content"] or ""
    )
    style = next(found.all("style")).text
    assert "url(" not in style
    assert "@import" not in style


def test_links_lead_to_what_is_there() -> None:
    found = drawn(gaps(file("a.py"), file("b.py"), listings=(listing("b.py", "x = 1\ny = 2\n", "cu"),)))
    ids = {one.attributes["id"] for one in found.all() if "id" in one.attributes}
    for link in found.all("a"):
        target = (link.attributes["href"] or "").removeprefix("#")
        assert target in ids or target.rpartition("-")[0] in ids


def test_complete_files_are_in_the_map_alone() -> None:
    whole = FileRow(Path("whole.py"), "measured", package="shop", summary=Summary(Ratio(9, 9), Ratio(0, 0)))
    found = drawn(gaps(file("a.py"), whole=(whole,)))
    labels = [one.attributes["aria-label"] for one in found.by_id("map").all(class_="tile")]
    assert labels == ["whole.py: 100 % covered, 9 statements", "a.py: 25 % covered, 4 statements"]
    assert "whole.py" not in found.by_id("tables").text


def test_without_gaps_there_is_the_summary() -> None:
    found = drawn(gaps())
    assert [one.attributes["id"] for one in found.all("section")] == ["summary"]


@pytest.mark.parametrize("points", [1, 2, 70])
def test_the_trend_is_a_line_with_its_figures(points: int) -> None:
    went = [Point(f"{n:040}", 1.7e9 + n * 86_400, Summary(Ratio(20 + n, 100), Ratio(0, 0))) for n in range(points)]
    found = drawn(trend=Trend(went, "89 % covered."))

    section = found.by_id("trend")
    assert "89 % covered." in section.text
    assert len(list(section.all("tr"))) == 1 + min(points, 50)
    lines = [one.attributes["points"] or "" for one in section.all("polyline")]
    assert [len(line.split()) for line in lines] == ([points] if points > 1 else [])
    if lines:
        heights = [float(place.partition(",")[2]) for place in lines[0].split()]
        assert heights == sorted(heights, reverse=True)
        chart = next(section.all("svg"))
        assert (chart.attributes["aria-label"] or "").startswith("Coverage from 20.00 % on 2023-11-14 to ")


def test_the_trend_stands_behind_the_map() -> None:
    found = drawn(gaps(file("a.py")), Trend([Point("a", 1.7e9, TOTAL)], "30 % covered."))
    assert [one.attributes["id"] for one in found.all("section")] == ["summary", "map", "trend", "tables", "source"]
