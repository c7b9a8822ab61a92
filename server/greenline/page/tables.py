"""Packages, files and functions as tables that can be sorted."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from greenline.page.markup import LINK, Html, element

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from greenline.domain.coverage.worth import FileWorth, FunctionWorth

MOST_ROWS = 1_000
"""Of a table; nobody reads further, and a browser sorts so many at once."""

_SEEN_AT_ONCE = 15
"""Rows; a table that has more scrolls in a frame of its own."""

Cell = str | tuple[str, float]
"""Text, or words with the number that they are sorted by."""


def packages(files: Sequence[FileWorth]) -> Html:
    """Return what each package has to gain."""
    grouped: dict[str, list[FileWorth]] = {}
    for file in files:
        grouped.setdefault(file.row.package, []).append(file)
    rows: list[tuple[Cell, ...]] = []
    for name, members in sorted(grouped.items(), key=lambda one: -sum(file.worth for file in one[1])):
        statements = sum(file.row.summary.lines.total for file in members)
        covered = sum(file.row.summary.lines.covered for file in members)
        gains = sum(file.row.lines for file in members), sum(file.row.branches for file in members)
        worth = sum(file.worth for file in members)
        share = 100 * covered / statements if statements else 100.0
        rows.append((name or "in no package", numbered(len(members)), numbered(statements), (f"{share:.0f} %", share),
                     *map(numbered, gains), numbered(worth)))  # fmt: skip
    heads = "package|files|statements|of these covered|lines to gain|branches|worth"
    return table("packages", heads, rows[:MOST_ROWS])


def files(ranked: Sequence[FileWorth], name: Callable[[Path], str], links: Mapping[Path, str]) -> Html:
    """Return the files, in the order of the ranking; those with a link lead to their source."""
    rows = [_file(file, name, links) for file in ranked[:MOST_ROWS]]
    is_by_worth = all(one.worth >= other.worth for one, other in pairwise(ranked))
    heads = "file|package|covered|statements|lines to gain|branches|commits|worth"
    return table("files", heads, rows, is_sorted=is_by_worth)


def functions(ranked: Sequence[FileWorth], name: Callable[[Path], str], links: Mapping[Path, str]) -> Html:
    """Return the worthiest functions of all files."""
    every = [(file, one) for file in ranked for one in file.functions]
    every.sort(key=lambda both: -both[1].worth)
    rows = [_function(file, one, name, links) for file, one in every[:MOST_ROWS]]
    heads = "function|file|lines to gain|branches|complexity|calls|in the way|worth"
    return table("functions", heads, rows)


def table(name: str, heads: str, rows: Iterable[Sequence[Cell]], *, is_sorted: bool = True) -> Html:
    """Return a table in whose heads buttons sort it; ``is_sorted`` says that it is by the last column now."""
    words = heads.split("|")
    head = [
        element(
            "th",
            element("button", one, type="button"),
            scope="col",
            aria_sort="descending" if is_sorted and one == words[-1] else None,
        )
        for one in words
    ]
    body = [element("tr", *map(_cell, row)) for row in rows]
    drawn = element(
        "table",
        element("caption", f"{name.capitalize()}: {len(body):,}"),
        element("thead", element("tr", *head)),
        element("tbody", *body),
        id=name,
    )
    kind = "wide long" if len(body) > _SEEN_AT_ONCE else "wide"
    return element("div", drawn, class_=kind, tabindex="0", role="region", aria_label=f"Table of {name}")


def narrowing() -> Html:
    """Return the field that leaves of all tables the rows with what is typed."""
    field = element("input", id="narrow", type="search", autocomplete="off")
    return element("label", "Only rows with ", field, class_="screen")


def numbered(number: float) -> Cell:
    """Return a number that its column is sorted by."""
    return f"{number:,.0f}", number


def _file(file: FileWorth, name: Callable[[Path], str], links: Mapping[Path, str]) -> tuple[Cell, ...]:
    row = file.row
    return (
        _linked(name(row.path), links.get(row.path)),
        row.package,
        (f"{row.summary.whole_percent} %", row.summary.percent),
        numbered(row.summary.lines.total),
        numbered(row.lines),
        numbered(row.branches),
        numbered(file.commits),
        numbered(file.worth),
    )


def _function(
    file: FileWorth, one: FunctionWorth, name: Callable[[Path], str], links: Mapping[Path, str]
) -> tuple[Cell, ...]:
    link = links.get(file.row.path)
    return (
        _linked(one.row.name, f"{link}-{one.row.line}" if link else None),
        f"{name(file.row.path)}:{one.row.line}",
        numbered(one.row.lines),
        numbered(one.row.branches),
        numbered(one.row.complexity),
        numbered(one.calls),
        one.row.in_the_way,
        numbered(one.worth),
    )


def _linked(words: str, link: str | None) -> str:
    return element(LINK, words, href=f"#{link}") if link else words


def _cell(cell: Cell) -> Html:
    if isinstance(cell, tuple):
        words, number = cell
        return element("td", words, class_="number", data_by=round(number, 3))
    return element("td", cell)
