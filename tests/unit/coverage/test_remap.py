from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import assume, given
from hypothesis import strategies as st

from greenline.domain.coverage.mapping import summarize
from greenline.domain.coverage.model import Ratio
from greenline.domain.coverage.remap import remap, unchanged_lines
from unit.coverage.pictures_of_text import PARSER, map_of

if TYPE_CHECKING:
    from greenline.domain.coverage.model import CoverageMap

TEXT = """\
import a

def f(x):
    if x:
        y = call(
            x,
        )
    else:
        y = 2
    for i in x:
        y += i

    return y

def g():
    return 1
"""
RAN = {1, 3, 4, 5, 10, 11, 15}
ARCS = [(4, 5), (10, 11)]


def moved(text: str) -> CoverageMap:
    statements, problems = PARSER.analyse(text)
    assert problems == []
    return remap(map_of(TEXT, RAN, ARCS), unchanged_lines(TEXT, text), statements)


def test_the_same_text_gives_the_same_map() -> None:
    assert moved(TEXT) == map_of(TEXT, RAN, ARCS)


def test_lines_move_with_what_is_inserted_above() -> None:
    after = moved("# new\n\n" + TEXT)
    assert after.missing == {line + 2 for line in map_of(TEXT, RAN).missing}
    assert after.missing_branches == {(6, 11), (12, 15)}
    assert not after.unknown


def test_an_edited_line_is_unknown_and_so_is_the_whole_statement() -> None:
    after = moved(TEXT.replace("            x,\n", "            x + 1,\n"))
    assert after.unknown == {5}
    assert 5 not in after.covered | after.missing
    assert summarize(after).lines.total == len(map_of(TEXT, RAN).statements.lines) - 1


def test_a_branch_that_leads_elsewhere_now_is_unknown() -> None:
    after = moved(TEXT.replace("    return y\n", "    print(y)\n    return y\n"))
    assert after.missing_branches == {(4, 9)}
    assert after.unknown_branches == {(10, 13)}
    assert summarize(after).branches.total == 3


def test_a_branch_whose_destination_was_deleted_is_unknown() -> None:
    text = TEXT.replace("    for i in x:\n        y += i\n\n", "")
    after = moved(text)
    assert after.missing_branches == {(4, 9)}
    assert summarize(after).branches == Ratio(1, 2)


def test_a_line_that_becomes_part_of_a_string_is_no_statement() -> None:
    after = moved(TEXT.replace("def g():\n    return 1\n", '"""\ndef g():\n    return 1\n"""\n'))
    assert not {line for line in after.covered | after.missing if line > 13}


def test_line_ends_do_not_count_as_edits() -> None:
    assert moved(TEXT.replace("\n", "\r\n")).unknown == frozenset()


NEW_LINES = ["    pass", "    y = 3", "", "    # words", "        z = 1"]
edits = st.lists(
    st.tuples(st.sampled_from(["insert", "delete", "replace"]), st.integers(0, 15), st.sampled_from(NEW_LINES)),
    max_size=5,
)


@given(edits)
def test_touched_lines_are_never_coloured_and_the_others_keep_their_state(edits: list[tuple[str, int, str]]) -> None:
    old = map_of(TEXT, RAN, ARCS)
    lines: list[tuple[str, int | None]] = [(line, n) for n, line in enumerate(TEXT.split("\n"), start=1)]
    for what, place, new in edits:
        at = min(place, len(lines) - 1)
        if what == "insert":
            lines.insert(at, (new, None))
        elif what == "delete" and len(lines) > 1:
            del lines[at]
        else:
            lines[at] = (new, None)
    text = "\n".join(line for line, _ in lines)
    statements, problems = PARSER.analyse(text)
    assume(not problems)
    after = remap(old, unchanged_lines(TEXT, text), statements)
    assert after.covered | after.missing | after.unknown == statements.lines
    assert not after.covered & after.missing | after.covered & after.unknown | after.missing & after.unknown
    came_from = unchanged_lines(TEXT, text)
    all_lines = TEXT.split("\n")
    for line in after.covered | after.missing:
        start = came_from[line]
        assert lines[line - 1][0] == all_lines[start - 1]
        assert (line in after.covered) == (start in old.covered)
        whole = [n for n, first in statements.first_line.items() if first == line] or [line]
        assert [came_from[n] - start for n in whole] == [n - line for n in whole]
    for line, end in after.missing_branches:
        assert (came_from[line], came_from[abs(end)] * (1 if end > 0 else -1)) in old.missing_branches
    if all(what == "insert" for what, _, _ in edits):
        for line, (_, origin) in enumerate(lines, start=1):
            if origin is not None and came_from.get(line) == origin and line not in statements.first_line:
                assert (line in after.covered) == (origin in old.covered)
                assert (line in after.missing) == (origin in old.missing)
