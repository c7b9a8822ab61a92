"""Two edits, one after the other, are one edit with the same result, that only inserts."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenline.domain.generation.joined_edits import joined
from greenline.domain.generation.merge import merge_tests
from greenline.domain.generation.model import Candidate, TestEdit
from greenline.domain.generation.source_text import SourceText, apply_insertions

PATH = Path("/project/test_shop.py")
pieces = st.text(alphabet="ab\n\r\té👋", max_size=8)


def edit(base: str, places: list[tuple[int, str]]) -> TestEdit:
    source = SourceText(base)
    insertions = tuple(source.insertion(at, text) for at, text in places if at <= len(base))
    return TestEdit(PATH, False, base, source.with_insertions(insertions), insertions)


@given(
    pieces, st.lists(st.tuples(st.integers(0, 8), pieces), max_size=4), st.lists(st.tuples(st.integers(0, 30), pieces))
)
def test_the_joined_edit_gives_what_both_gave(
    base: str, first: list[tuple[int, str]], second: list[tuple[int, str]]
) -> None:
    one = edit(base, first)
    two = edit(one.new_text, second)
    both = joined(one, two)
    assert (both.base_text, both.new_text) == (base, two.new_text)
    assert apply_insertions(base, both.insertions) == two.new_text
    places = [(each.line, each.column) for each in both.insertions]
    assert places == sorted(set(places)), "one for each place, in the order of the text"


def test_a_new_file_stays_one_insertion() -> None:
    first = merge_tests(None, [Candidate("test_a", "def test_a():\n    assert f(1)", ("from shop import f",))])
    one = TestEdit(PATH, True, "", first.new_text, first.insertions)
    second = merge_tests(
        one.new_text,
        [
            Candidate(
                "test_b", "def test_b(tmp_path):\n    assert g(json.dumps(1))", ("import json", "from shop import g")
            )
        ],
    )
    both = joined(one, TestEdit(PATH, False, one.new_text, second.new_text, second.insertions))
    assert (both.creates, both.base_text, len(both.insertions)) == (True, "", 1)
    assert both.insertions[0].text == second.new_text
    assert both.new_text.startswith("import json\n\nfrom shop import f, g\n\n\ndef test_a():")


def test_edits_that_do_not_follow_each_other_are_refused() -> None:
    with pytest.raises(ValueError, match=r"test_shop\.py do not follow"):
        joined(edit("a\n", []), edit("b\n", []))
