"""A map of files: the area is that of their statements, the looks tell how much of them is covered.

Squarified (Bruls, Huizing and van Wijk 2000), so that tiles are near to squares and can be compared.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from greenline.domain.coverage.model import Ratio, Summary
from greenline.page.markup import LINK, Html, element
from greenline.page.words import count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST_TILES = 400
"""Files, and packages of smaller ones, that a person can tell apart."""
WIDTH, HEIGHT = 100.0, 45.0
"""The map's sides in units of its own; both are told to the browser in percent."""
LEVELS = ((20, "under 20 %"), (50, "20 to 50 %"), (80, "50 to 80 %"), (100, "80 to 100 %"), (101, "all covered"))
"""Below how many percent, and the words."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One file, or several small ones of one package; ``link`` is empty where nothing more is shown of it."""

    package: str
    name: str
    summary: Summary
    link: str = ""

    @property
    def size(self) -> int:
        """Statements."""
        return self.summary.lines.total


@dataclass(frozen=True, slots=True)
class Box:
    """A place in the map."""

    left: float
    top: float
    width: float
    height: float


def treemap(tiles: Sequence[Tile]) -> Html:
    """Return the map under a legend; files without statements have no area and are not in it."""
    packages: dict[str, list[Tile]] = {}
    for tile in _few([tile for tile in tiles if tile.size]):
        packages.setdefault(tile.package, []).append(tile)
    names = sorted(packages, key=lambda name: -sum(tile.size for tile in packages[name]))
    boxes = places([sum(tile.size for tile in packages[name]) for name in names], Box(0, 0, WIDTH, HEIGHT))
    drawn = [_package(name, packages[name], box) for name, box in zip(names, boxes, strict=True)]
    return element(
        "div", _legend(), element("div", *drawn, class_="treemap", role="group", aria_label="Files by their statements")
    )


def places(sizes: Sequence[float], box: Box) -> list[Box]:
    """Return a place in the box for each size, which are positive and sorted, the largest first."""
    scale = box.width * box.height / sum(sizes) if sizes else 0.0
    areas, found = [size * scale for size in sizes], []
    while areas:
        side = min(box.width, box.height)
        row = next(
            (n for n in range(1, len(areas)) if _worst(areas[: n + 1], side) > _worst(areas[:n], side)), len(areas)
        )
        placed, box = _row(areas[:row], box)
        found += placed
        areas = areas[row:]
    return found


def level(percent: float) -> int:
    """Return which of the ``LEVELS`` so many percent are in."""
    return next(number for number, (below, _) in enumerate(LEVELS) if percent < below)


def _worst(row: Sequence[float], side: float) -> float:
    """Return how far from a square the least square of a row is."""
    total = sum(row)
    return max(side**2 * max(row) / total**2, total**2 / (side**2 * min(row)))


def _row(areas: Sequence[float], box: Box) -> tuple[list[Box], Box]:
    """Return the places of a row along the box's shorter side, and what is left of the box."""
    upright = box.width >= box.height
    thick = sum(areas) / (box.height if upright else box.width)
    found, at = [], box.top if upright else box.left
    for area in areas:
        long = area / thick
        found.append(Box(box.left, at, thick, long) if upright else Box(at, box.top, long, thick))
        at += long
    if upright:
        return found, Box(box.left + thick, box.top, max(0.0, box.width - thick), box.height)
    return found, Box(box.left, box.top + thick, box.width, max(0.0, box.height - thick))


def _few(tiles: Sequence[Tile]) -> Iterator[Tile]:
    """Yield the largest, one for all that are smaller in each package, and one for those of too many packages."""
    by_size = sorted(tiles, key=lambda tile: -tile.size)
    yield from by_size[:MOST_TILES]
    rest: dict[str, list[Tile]] = {}
    for tile in by_size[MOST_TILES:]:
        rest.setdefault(tile.package, []).append(tile)
    largest = sorted(rest.items(), key=lambda one: -sum(tile.size for tile in one[1]))
    for package, small in largest[:MOST_TILES]:
        yield _together(package, small)
    if others := [tile for _, small in largest[MOST_TILES:] for tile in small]:
        yield _together(count(len(largest) - MOST_TILES, "smaller package"), others)


def _together(package: str, small: Sequence[Tile]) -> Tile:
    return Tile(package, count(len(small), "smaller file"), _sum(small))


def _sum(tiles: Sequence[Tile]) -> Summary:
    lines = [tile.summary.lines for tile in tiles]
    branches = [tile.summary.branches for tile in tiles]
    return Summary(
        Ratio(sum(one.covered for one in lines), sum(one.total for one in lines)),
        Ratio(sum(one.covered for one in branches), sum(one.total for one in branches)),
    )


def _package(name: str, tiles: list[Tile], box: Box) -> Html:
    tiles.sort(key=lambda tile: (-tile.size, tile.name))
    inner = places([tile.size for tile in tiles], Box(0, 0, box.width, box.height))
    drawn = [_tile(tile, place, box) for tile, place in zip(tiles, inner, strict=True)]
    label = element("p", name or "in no package")
    within = Box(0, 0, WIDTH, HEIGHT)
    return element("div", label, element("div", *drawn), class_="package", style=_style(box, within))


def _tile(tile: Tile, box: Box, within: Box) -> Html:
    percent = f"{tile.summary.whole_percent} %"
    words = f"{tile.name}: {percent} covered, {count(tile.size, 'statement')}"
    label = element("span", element("b", percent), element("i", f" {tile.name.rpartition('/')[2]}"))
    looks = {"class_": f"tile level{level(tile.summary.percent)}", "style": _style(box, within), "title": words}
    if tile.link:
        return element(LINK, label, href=f"#{tile.link}", aria_label=words, **looks)
    return element("span", label, role="img", aria_label=words, **looks)


def _style(box: Box, within: Box) -> str:
    across, down = 100 / within.width, 100 / within.height
    return (
        f"left:{box.left * across:.2f}%;top:{box.top * down:.2f}%;"
        f"width:{box.width * across:.2f}%;height:{box.height * down:.2f}%"
    )


def _legend() -> Html:
    shown = [
        element("li", element("span", class_=f"swatch level{number}"), words)
        for number, (_, words) in enumerate(LEVELS)
    ]
    return element("ul", *shown, class_="legend")
