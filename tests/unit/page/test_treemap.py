"""The map: areas are those of the statements, and nothing is outside, hidden or lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenline.domain.coverage.model import Ratio, Summary
from greenline.page.treemap import MOST_TILES, Box, Tile, level, places, treemap
from unit.page.html_tree import Node, tree


def summary(covered: int, total: int) -> Summary:
    return Summary(Ratio(covered, total), Ratio(0, 0))


def tiles_of(drawn: str) -> list[Node]:
    return list(tree(drawn).all(class_="tile"))


@given(st.lists(st.integers(1, 5000), min_size=1, max_size=60), st.floats(1, 100), st.floats(1, 100))
def test_areas_are_those_of_the_sizes_and_fill_the_box(sizes: list[int], width: float, height: float) -> None:
    sizes.sort(reverse=True)

    found = places(sizes, Box(0, 0, width, height))

    assert len(found) == len(sizes)
    for size, box in zip(sizes, found, strict=True):
        assert box.width * box.height == pytest.approx(width * height * size / sum(sizes))
        assert box.left >= -1e-6
        assert box.top >= -1e-6
        assert box.left + box.width <= width * (1 + 1e-6)
        assert box.top + box.height <= height * (1 + 1e-6)


@given(st.lists(st.integers(1, 5000), min_size=2, max_size=30))
def test_no_two_places_overlap(sizes: list[int]) -> None:
    found = places(sorted(sizes, reverse=True), Box(0, 0, 100, 55))
    for at, one in enumerate(found):
        for other in found[at + 1 :]:
            across = min(one.left + one.width, other.left + other.width) - max(one.left, other.left)
            down = min(one.top + one.height, other.top + other.height) - max(one.top, other.top)
            assert across < 1e-6 or down < 1e-6


def test_equal_sizes_are_near_to_squares() -> None:
    assert all(0.5 < box.width / box.height < 2 for box in places([1] * 12, Box(0, 0, 100, 55)))


def test_a_tile_says_what_its_looks_say() -> None:
    (tile,) = tiles_of(treemap([Tile("shop", "shop/orders.py", summary(1, 4), link="f0")]))

    assert tile.name == "a"
    assert tile.attributes["href"] == "#f0"
    assert tile.attributes["aria-label"] == "shop/orders.py: 25 % covered, 4 statements"
    assert tile.text == "25 % orders.py"
    assert "level1" in (tile.attributes["class"] or "")


def test_levels_begin_where_the_legend_says() -> None:
    assert [level(percent) for percent in (0, 19.9, 20, 49.9, 50, 80, 99.99, 100)] == [0, 0, 1, 1, 2, 3, 3, 4]


def test_files_stand_in_their_package_the_largest_first() -> None:
    drawn = treemap([
        Tile("", "setup.py", summary(1, 2)), Tile("b", "b/x.py", summary(1, 9)), Tile("b", "b/y.py", summary(1, 20)),
        Tile("b", "b/empty.py", summary(0, 0)),
    ])  # fmt: skip

    packages = list(tree(drawn).all(class_="package"))

    assert [next(one.all("p")).text for one in packages] == ["b", "in no package"]
    assert [one.attributes["title"] for one in packages[0].all(class_="tile")] == [
        "b/y.py: 5 % covered, 20 statements",
        "b/x.py: 11 % covered, 9 statements",
    ]
    widths = [float(found) for found in re.findall(r'package" style="left:[^"]*?width:([\d.]+)%', drawn)]
    assert sum(widths) == pytest.approx(100, abs=0.1)


def test_small_files_of_a_large_repository_share_a_tile() -> None:
    many = [Tile("a" if n % 2 else "b", f"m{n}.py", summary(1, 5000 - n)) for n in range(MOST_TILES + 101)]

    found = tiles_of(treemap(many))

    assert len(found) == MOST_TILES + 2
    shared = [one.attributes["aria-label"] or "" for one in found if "smaller files" in one.text]
    assert sorted(label.partition(":")[0] for label in shared) == ["50 smaller files", "51 smaller files"]
    counted = [re.search(r"covered, ([\d,]+) statement", one.attributes["title"] or "") for one in found]
    statements = sum(int(one[1].replace(",", "")) for one in counted if one)
    assert statements == sum(tile.size for tile in many)


def test_the_smallest_of_too_many_packages_share_one() -> None:
    many = [Tile(f"p{n}", f"p{n}/m.py", summary(1, 9000 - n)) for n in range(2 * MOST_TILES + 7)]

    found = tiles_of(treemap(many))

    assert len(found) == 2 * MOST_TILES + 1
    assert sum("7 smaller files" in one.text for one in found) == 1


def test_nothing_to_draw_is_no_tile() -> None:
    assert tiles_of(treemap([])) == []
