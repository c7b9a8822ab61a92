"""Edits, one after the other, on real files: what is followed equals what a comparison of the texts tells."""

from __future__ import annotations

import colorsys
import difflib
import textwrap
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenline.domain.code.text_lines import split_lines
from greenline.domain.coverage import equal_lines
from greenline.domain.coverage.following import Following
from greenline.domain.coverage.line_states import broken_statements, line_states, moved_states, state_ranges
from greenline.domain.coverage.mapping import coverage_map
from greenline.domain.coverage.model import Executed
from unit.coverage.pictures_of_text import PARSER

FILES = [Path(module.__file__) for module in (textwrap, colorsys, difflib)]


def numbered(path: Path) -> list[str]:
    """Return the file's lines, each made unlike all others by a comment: only one comparison is right."""
    return [f"{line}  # {number}" for number, line in enumerate(split_lines(path.read_text()), 1)]


@dataclass
class Written:
    """A text, edited; every line remembers which one it was (0: none), and what it was before each edit."""

    lines: list[tuple[str, int]]
    done: list[list[tuple[str, int]]] = field(default_factory=list)

    def edit(self, first: int, removed: int, new: list[str]) -> tuple[int, int, int]:
        self.done.append(list(self.lines))
        self.lines[first : first + removed] = [(line, 0) for line in new]
        return first, removed, len(new)

    def undo(self) -> tuple[int, int, int]:
        before, after = self.lines, self.done.pop()
        head = next(
            (n for n, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), min(len(before), len(after))
        )
        left = min(len(before), len(after)) - head
        tail = next((n for n in range(left) if before[-1 - n] != after[-1 - n]), left)
        self.lines = after
        return head, len(before) - head - tail, len(after) - head - tail

    @property
    def texts(self) -> list[str]:
        return [line for line, _ in self.lines]


def draw_edit(data: st.DataObject, written: Written, number: int) -> tuple[int, int, int]:
    if written.done and data.draw(st.integers(0, 3)) == 0:
        return written.undo()
    first = data.draw(st.integers(0, len(written.lines)))
    removed = min(data.draw(st.sampled_from([0, 0, 1, 1, 2, 5, 40])), len(written.lines) - first)
    new = [f"new = {number}, {n}" for n in range(data.draw(st.sampled_from([0, 1, 1, 2, 7])))]
    return written.edit(first, removed, new)


def is_untouched(following: Following) -> bool:
    """Every line stands where it stood, and there is no other."""
    every = range(1, len(following.base) + 1)
    return following.count == len(every) and following.came_from == {line: line for line in every}


def compared(before: list[str], after: list[str]) -> dict[int, int]:
    """Return what a comparison of the whole texts says: line of the later -> line of the earlier."""
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    return {b + n + 1: a + n + 1 for a, b, size in matcher.get_matching_blocks() for n in range(size)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
@given(st.data())
@settings(deadline=None, max_examples=60)
def test_following_equals_comparing(path: Path, data: st.DataObject) -> None:
    base = numbered(path)
    written = Written([(line, number) for number, line in enumerate(base, 1)])
    following = Following.of(base)
    for number in range(data.draw(st.integers(1, 12))):
        first, removed, inserted = draw_edit(data, written, number)
        following = following.edited(first, removed, inserted, written.texts)
        origin = {now: was for now, (_, was) in enumerate(written.lines, 1) if was}
        assert following.came_from == origin == compared(base, written.texts)
        assert following.count == len(written.lines)
        assert all(following.was(now) == was and following.now(was) == now for now, was in origin.items())
        gone = set(range(1, len(base) + 1)) - set(origin.values())
        assert all(following.now(was) is None for was in gone)
        assert is_untouched(following) == (written.texts == base)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
@given(st.data())
@settings(deadline=None, max_examples=40)
def test_no_touched_line_has_a_state_and_the_others_have_theirs(path: Path, data: st.DataObject) -> None:
    text = path.read_text()
    base = split_lines(text)
    statements, problems = PARSER.analyse(text)
    assert not problems
    ran = Executed(frozenset(data.draw(st.sets(st.sampled_from(sorted(statements.lines))))), frozenset())
    states = line_states(coverage_map(statements, ran), len(base))
    written = Written([(line, number) for number, line in enumerate(base, 1)])
    following = Following.of(base)
    for number in range(data.draw(st.integers(1, 8))):
        first, removed, inserted = draw_edit(data, written, number)
        following = following.edited(first, removed, inserted, written.texts)
    moved = moved_states(states, statements, following, written.texts)
    assert len(moved) == len(written.lines)
    broken = _broken_by_comparing(statements.first_line, following.came_from)
    assert broken_statements(statements.first_line, following) == broken
    for now, (line, _) in enumerate(written.lines, 1):
        was = following.was(now)
        if was is None:
            assert moved[now - 1] in "? "
        elif statements.first_line.get(was) in broken:
            assert moved[now - 1] == "?"
        else:
            assert (moved[now - 1], line) == (states[was - 1], base[was - 1])
    if written.texts == base:
        assert moved == states


def _broken_by_comparing(first_line: Any, came_from: dict[int, int]) -> set[int]:
    """Return the statements whose lines do not follow each other as they did, but for those of which none is left."""
    now_at = {was: now for now, was in came_from.items()}
    of: dict[int, list[int]] = {}
    for line, first in sorted(first_line.items()):
        of.setdefault(first, []).append(line)
    found = set()
    for first, lines in of.items():
        here = [now_at.get(line) for line in lines]
        if any(here) and here != [now_at.get(lines[0], 0) + n for n in range(len(lines))]:
            found.add(first)
    return found


def test_an_edit_taken_back_by_hand_is_no_edit() -> None:
    lines = ["a", "b", "c", "d"]
    following = Following.of(lines)
    following = following.edited(1, 1, 1, ["a", "bX", "c", "d"])
    assert following.came_from == {1: 1, 3: 3, 4: 4}
    assert is_untouched(following.edited(1, 1, 1, lines))


def test_a_formatter_that_writes_everything_touches_what_it_changed() -> None:
    lines = [f"line {n}" for n in range(3000)]
    after = [line.replace("7", "seven") for line in lines]
    following = Following.of(lines).edited(0, len(lines), len(after), after)
    assert {now for now in range(1, 3001) if following.was(now) is None} == {
        n for n, line in enumerate(after, 1) if "seven" in line
    }


def test_a_key_in_a_large_new_region_does_not_compare_all_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = [f"old {n}" for n in range(5000)], [f"new {n}" for n in range(5000)]
    following = Following.of([*old, "end"]).edited(0, 5000, 5000, [*new, "end"])
    looked_at = []
    certain = equal_lines._certain

    def counted(*arguments: Any) -> Any:
        looked_at.append(arguments)
        return certain(*arguments)

    monkeypatch.setattr(equal_lines, "_certain", counted)
    new[500] += "typed"
    following = following.edited(500, 1, 1, [*new, "end"])
    assert following.came_from == {5001: 5001}
    assert looked_at == []


LINES = ["", "", "    return None", "pass", "x = 1", "y = 2", "z = 3", "", "    )", "# same", "# same"]
some_lines = st.lists(st.sampled_from(LINES), max_size=30)


@given(some_lines, some_lines)
def test_lines_that_are_matched_are_equal_and_in_order(before: list[str], after: list[str]) -> None:
    runs = equal_lines.matched(before, (0, len(before)), after, (0, len(after)))
    at = was = 0
    for run in runs:
        assert run.length > 0
        assert (run.now, run.was) >= (at, was)
        assert run.was >= was
        assert before[run.was : run.was_end] == after[run.now : run.end]
        at, was = run.end, run.was_end


@pytest.mark.parametrize("size", [2000, 8000])
def test_whole_texts_are_compared_in_steps_that_grow_with_their_lines(
    size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A formatter that indents everything anew, among blank lines and closing brackets that are all the same."""
    steps = []
    monkeypatch.setattr(
        equal_lines, "_repeated", lambda *pieces, real=equal_lines._repeated: steps.append(pieces) or real(*pieces)
    )
    before = [["", "    )", f"    value_{n} = {n}", "", "        0,"][n % 5] for n in range(size)]
    after = [line.replace("    ", "  ") for line in before]
    runs = equal_lines.matched(before, (0, size), after, (0, size))
    kept = {run.now + n for run in runs for n in range(run.length)}
    assert {n for n, line in enumerate(after) if not line} <= kept
    compared_pairs = sum((old[1] - old[0]) * (new[1] - new[0]) for _, old, _, new in steps)
    assert compared_pairs <= size * size  # one piece, looked at once


def test_many_changes_at_many_places_cost_what_they_change() -> None:
    lines = [f"line {n}" for n in range(8000)]
    following = Following.of(lines)
    for n in range(0, 8000, 2):
        lines[n] += "x"
        following = following.edited(n, 1, 1, lines)
    assert len(following.runs) == 4000
    assert all(following.was(n + 1) == (n + 1 if n % 2 else None) for n in range(8000))


def test_what_became_a_text_became_the_next_one() -> None:
    first = Following.between("a\nb\nc\nd", "a\nX\nc\nd\ne")
    second = Following.of(["a", "X", "c", "d", "e"]).edited(0, 1, 0, ["X", "c", "d", "e"])
    assert second.after(first).came_from == {2: 3, 3: 4}
    assert second.after(first).base == ("a", "b", "c", "d")
    assert second.after(first).count == 4


def test_states_are_told_in_runs() -> None:
    assert list(state_ranges("cc p?uu")) == [
        ("covered", 1, 2),
        ("partial", 4, 4),
        ("unknown", 5, 5),
        ("uncovered", 6, 7),
    ]
