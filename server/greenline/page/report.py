"""The page itself: a summary, the map, the tables, the trend and the sources, with its looks and its script in it."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from greenline.page import tables
from greenline.page.chart import history
from greenline.page.listings import listing
from greenline.page.markup import LINK, Html, element
from greenline.page.tables import MOST_ROWS
from greenline.page.treemap import Tile, treemap
from greenline.page.words import count

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from greenline.domain.coverage.trend import Point
    from greenline.page.listings import Listing
    from greenline.services.rank_gaps import Ranking


_WORTH = (
    "Worth is what tests would gain, in statements and branches, and more of it where code is intricate, changes often "
    "or is called from many places; half of it where something stands in a test's way. A click on a column sorts."
)


@dataclass(frozen=True, slots=True)
class Trend:
    """Ordered points, at least one, and what is to be said of where they lead."""

    points: Sequence[Point]
    forecast: str


@dataclass(frozen=True, slots=True)
class Gaps:
    """A ranking, in the words of the face that shows it."""

    ranking: Ranking
    sum: str
    """In one line."""
    said: Sequence[str]
    """What is not shown, what it rests on: as in every other form."""
    listings: Sequence[Listing]
    without_source: int
    """Files of the ranking whose source would have made the page too large."""


def page(title: str, name: Callable[[Path], str], gaps: Gaps | None = None, trend: Trend | None = None) -> str:
    """Return the page; ``name`` says how a path is written."""
    sections: list[Html] = _gaps(gaps, name) if gaps is not None else []
    if trend is not None:
        sections.insert(min(2, len(sections)), history(trend.points, trend.forecast))
    return document(title, *sections)


def document(title: str, *sections: Html) -> str:
    """Return a page of these sections, with its looks and its script in it; that with the tables is ``tables``."""
    script, style = _file("page.js"), _file("page.css")
    known = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    # Nothing is loaded, and no script runs but this one, whatever stands in the sources.
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{known}'; base-uri 'none'"
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name_="viewport", content="width=device-width, initial-scale=1"),
        element("title", title),
        element("style", Html(style)),
    )
    body = element("body", _header(title), element("main", *sections), element("script", Html(script)))
    return f"<!doctype html>\n{element('html', head, body, lang='en')}\n"


def _gaps(gaps: Gaps, name: Callable[[Path], str]) -> list[Html]:
    ranked = gaps.ranking.files
    links = {one.path: f"f{number}" for number, one in enumerate(gaps.listings)}
    found = [_summary(gaps, name)]
    drawn = [
        *(Tile(one.row.package, name(one.row.path), one.row.summary, links.get(one.row.path, "")) for one in ranked),
        *(Tile(row.package, name(row.path), row.summary) for row in gaps.ranking.whole),
    ]
    if any(tile.size for tile in drawn):
        found.append(element("section", element("h2", "Map"), treemap(drawn), id="map"))
    if ranked:
        found += [_tables(gaps, name, links), _sources(gaps, name, links)]
    return found


def _header(title: str) -> Html:
    options = [element("option", words, value=words.lower()) for words in ("System", "Light", "Dark")]
    choice = element("label", "Colours ", element("select", *options, id="colours"), class_="screen")
    skip = element(LINK, "Skip to the tables", href="#tables", class_="skip")
    return element("header", skip, element("h1", title), choice)


def _summary(gaps: Gaps, name: Callable[[Path], str]) -> Html:
    total = gaps.ranking.total
    figures = [
        (f"{total.whole_percent} %", "covered"),
        (f"{total.lines.covered:,} of {total.lines.total:,}", "statements"),
        (f"{total.branches.covered:,} of {total.branches.total:,}", "branches"),
    ]
    shown = [element("li", element("b", figure), " ", words) for figure, words in figures if total.lines.total]
    problems = [
        element(
            "details",
            element("summary", f"{count(len(paths), 'file')} without coverage: {message}"),
            _paths(paths, name),
        )
        for message, paths in gaps.ranking.problems.items()
    ]
    said = [element("p", line) for line in gaps.said]
    sum_ = element("p", element("strong", gaps.sum))
    return element(
        "section",
        element("h2", "Summary"),
        element("ul", *shown, class_="figures"),
        sum_,
        *said,
        *problems,
        id="summary",
    )


def _paths(paths: Sequence[Path], name: Callable[[Path], str]) -> Html:
    more = [element("li", f"and {len(paths) - MOST_ROWS:,} more")] if len(paths) > MOST_ROWS else []
    return element("ul", *(element("li", name(path)) for path in paths[:MOST_ROWS]), *more)


def _tables(gaps: Gaps, name: Callable[[Path], str], links: dict[Path, str]) -> Html:
    ranked = gaps.ranking.files
    functions = sum(len(file.functions) for file in ranked)
    return element(
        "section",
        element("h2", "Where tests are worth most"),
        element("p", _WORTH),
        tables.narrowing(),
        tables.packages(ranked),
        _beyond(len({file.row.package for file in ranked}), "package"),
        tables.files(ranked, name, links),
        _beyond(len(ranked), "file"),
        tables.functions(ranked, name, links),
        _beyond(functions, "function"),
        id="tables",
    )


def _beyond(number: int, noun: str) -> Html:
    """Say how many rows a table leaves out."""
    if number <= MOST_ROWS:
        return Html()
    rows = count(number - MOST_ROWS, noun)
    return element("p", f"Not in this table: {rows} of less worth. `--package` shows one part.")


def _sources(gaps: Gaps, name: Callable[[Path], str], links: dict[Path, str]) -> Html:
    by_path = {file.row.path: file for file in gaps.ranking.files}
    drawn = []
    for one in gaps.listings:
        row = by_path[one.path].row
        gain = f"{count(row.lines, 'line')} and {count(row.branches, 'branch')} to gain"
        words = f"{row.summary.whole_percent} % covered, {gain}"
        drawn.append(listing(one, name(one.path), words, links[one.path]))
    left_out = count(gaps.without_source, "file")
    note = f"Left out, so that this page does not get too large: the source of {left_out}. `--package` shows one part."
    return element(
        "section",
        element("h2", "Source"),
        element("noscript", element("p", "To see the source, allow the script of this page. It loads nothing.")),
        _signs(),
        *drawn,
        *([element("p", note)] if gaps.without_source else []),
        id="source",
    )


def _signs() -> Html:
    of = (
        ("c", "covered"),
        ("u", "no test reaches it"),
        ("p", "a branch is missed"),
        ("q", "changed since it was measured"),
    )
    shown = [element("li", element("span", class_=f"sign {state}"), words) for state, words in of]
    return element("ul", *shown, class_="legend")


def _file(name: str) -> str:
    return files("greenline.page").joinpath(name).read_text(encoding="utf-8")
