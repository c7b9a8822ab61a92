from __future__ import annotations

import difflib
import textwrap
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from greenline.domain.code.read_module import read_module
from greenline.domain.code.text_lines import split_lines
from greenline.domain.coverage.following import Following
from greenline.domain.coverage.gaps import find_gaps
from greenline.domain.coverage.mapping import coverage_map
from greenline.domain.coverage.model import Executed, Gap
from greenline.domain.coverage.moved_gaps import moved_gaps
from greenline.domain.coverage.remap import remap
from unit.coverage.pictures_of_text import PARSER, gaps_of, map_of

TEXT = """\
def price(weight, express):
    if weight > 10:
        cost = max(
            weight,
            10,
        )
        cost += 1

        cost += 2
    else:
        cost = 3
    if express:
        cost *= 2
    return cost


def unused():
    one = 1
    # between
    return one
"""
RAN = [1, 2, 11, 12, 13, 14, 17]
ARCS = [(2, 11), (11, 12), (12, 13), (13, 14)]


def after(text: str) -> list[tuple[int, int, str]]:
    gaps = gaps_of(TEXT, RAN, ARCS)
    following = Following.between(TEXT, text)
    first_line = map_of(TEXT, RAN, ARCS).statements.first_line
    found = moved_gaps(gaps, first_line, following, split_lines(text))
    return [(gap.span.start_line, gap.span.end_line, gap.message) for gap in found]


WHOLE = [
    (3, 9, "Not covered: 3 lines in `price`"),
    (12, 12, "Line 12 never jumps to 14: the condition is always true"),
    (18, 20, "Not covered: `unused` is never called (2 lines)"),
]


def test_nothing_moved() -> None:
    assert after(TEXT) == WHOLE


def test_all_moves_with_what_is_written_above_and_words_name_the_new_lines() -> None:
    assert after("import os\n\n" + TEXT) == [
        (5, 11, "Not covered: 3 lines in `price`"),
        (14, 14, "Line 14 never jumps to 16: the condition is always true"),
        (20, 22, "Not covered: `unused` is never called (2 lines)"),
    ]


def test_comments_and_blank_lines_in_a_region_part_nothing() -> None:
    text = TEXT.replace("        cost += 1\n", "        cost += 1\n        # a word\n\n").replace("    # between\n", "")
    assert after(text) == [
        (3, 11, "Not covered: 3 lines in `price`"),
        (14, 14, "Line 14 never jumps to 16: the condition is always true"),
        (20, 21, "Not covered: `unused` is never called (2 lines)"),
    ]


def test_a_new_statement_parts_a_region() -> None:
    assert after(TEXT.replace("        cost += 1\n", "        cost += 1\n        log(cost)\n"))[:2] == [
        (3, 7, "Not covered: 2 lines in `price`"),
        (10, 10, "Not covered: 1 line in `price`"),
    ]


def test_an_edited_statement_is_in_no_region() -> None:
    assert after(TEXT.replace("            10,\n", "            11,\n"))[0] == (7, 9, "Not covered: 2 lines in `price`")
    assert after(TEXT.replace("    one = 1\n", "    one = 2\n"))[2] == (20, 20, "Not covered: 1 line in `unused`")


def test_a_branch_goes_with_either_of_its_ends() -> None:
    for old, new in [("    if express:\n", "    if not express:\n"), ("    return cost\n", "    return cost + 1\n")]:
        assert [message for _, _, message in after(TEXT.replace(old, new))] == [WHOLE[0][2], WHOLE[2][2]]


@pytest.mark.parametrize("path", [Path(textwrap.__file__), Path(difflib.__file__)], ids=lambda path: path.name)
@given(st.data())
@settings(deadline=None, max_examples=15, phases=[Phase.explicit, Phase.reuse, Phase.generate])
def test_after_new_comments_the_gaps_are_what_they_are_from_scratch(path: Path, data: st.DataObject) -> None:
    text = path.read_text()
    statements, _ = PARSER.analyse(text)
    lines = split_lines(text)
    taken = data.draw(st.sets(st.sampled_from(sorted(statements.lines))))
    measured = coverage_map(statements, Executed(frozenset(taken), frozenset()))
    gaps = find_gaps(measured, read_module(text)[0], text)
    inside = {line for line, first in statements.first_line.items() if line != first}
    allowed = [n for n in sorted(statements.lines) if n not in inside]
    following, edited = Following.of(lines), list(lines)
    for _ in range(data.draw(st.integers(1, 5))):
        was = data.draw(st.sampled_from(allowed))
        now = following.now(was)
        assert now is not None
        edited.insert(now - 1, "# a comment")
        following = following.edited(now - 1, 0, 1, edited)
    new, _ = PARSER.analyse("\n".join(edited))
    moved = remap(measured, following.came_from, new)
    expected = find_gaps(moved, read_module("\n".join(edited))[0], "\n".join(edited))
    found = moved_gaps(gaps, statements.first_line, following, edited)
    assert [bare(gap) for gap in found] == [bare(gap) for gap in expected]


def bare(gap: Gap) -> Gap:
    return replace(gap, ways_in=())
