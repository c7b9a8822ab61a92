"""Questions of the code become values worth trying."""

from __future__ import annotations

import re
from typing import Any

import pytest

from greenline_probe.explore import wanted
from greenline_probe.explore.comparisons import Asked
from greenline_probe.explore.express import Expresser, Names
from greenline_probe.explore.wanted import Wanted

ANSWERS = Wanted(Expresser(Names(wanted)))


def tried(name: str, left: Any, right: Any, source: str, answer: bool | None = False) -> list[str]:
    return ANSWERS.sources(Asked((1, 0, name), left, right, answer), source)


@pytest.mark.parametrize(
    ("name", "left", "right", "source", "expected"),
    [
        ("Eq", "abc", "secret", "'abc'", ["'secret'"]),
        ("Eq", "b", "key", "'a=b'", ["'a=key'"]),
        ("Eq", "b", "key", "'a=B'", ["'a=key'"]),
        ("Lt", 3, 700, "3", ["700", "701", "699"]),
        ("Eq", 2, 9, "[1, 2]", ["[1, 9]", "[1, 2, 1, 2, 1, 2, 1, 2, 1]", "[1, 2, 1, 2, 1, 2, 1, 2, 1, 2]"]),
        ("Eq", 3, 4, "'abc'", ["'abca'", "'abcab'", "'abc'"]),
        ("Gt", 3, 40, "'abc'", ["'x' * 40", "'x' * 41", "'x' * 39"]),
        ("Gt", 40, 25, "'x' * 40", ["'x' * 25", "'x' * 26", "'x' * 24"]),
        ("Eq", "abc", "x" * 30, "'abc'", ["'x' * 30"]),
        ("Eq", 13, 20, "3", ["10", "-4", "5"]),
        ("In", "x", {"red": 1, "blue": 2}, "'x'", ["'red'", "'blue'"]),
        ("In", "@", "name", "'name'", ["'@name'", "'@'"]),
        ("startswith", "name", ("v", "V"), "'name'", ["'vname'", "'v'", "'Vname'", "'V'"]),
        ("endswith", "name", ".py", "'name'", ["'name.py'", "'.py'"]),
        ("Key", "x", {"low": 1}, "'x'", ["'low'"]),
        ("Key", "mode", {}, "{}", ["{'mode': 1}", "{'mode': 'a'}"]),
        ("Key", "mode", {"a": 5}, "(1, {'a': 5})", ["(1, {'a': 5, 'mode': 5})", "(1, {'a': 5, 'mode': 1})"]),
        ("isinstance", 2, dict, "(1, 2)", ["(1, {'a': 1})"]),
        ("isinstance", "abc", (int, list), "'abc'", ["[1, 2]"]),
        ("Number", "ab", None, "'ab;c'", ["'1;c'", "'12;c'", "'0;c'"]),
        ("Truth", "", None, "''", ["'abc'"]),
        ("Truth", 4, None, "4", ["0", "1", "-1"]),
        ("Is", 3, None, "3", ["None"]),
    ],
)
def test_what_is_asked_is_put_where_the_input_shows_its_other_side(
    name: str, left: Any, right: Any, source: str, expected: list[str]
) -> None:
    made = tried(name, left, right, source)

    assert [m for m in expected if m not in made] == []


def test_a_text_that_a_pattern_was_asked_about_is_replaced_by_what_matches() -> None:
    pattern = re.compile(r"(\w+)\s*=\s*(\d+)")
    made = tried("match", "some line", pattern, "'first\\nsome line'")

    assert made
    assert all(m.startswith("'first\\n") for m in made)
    assert any(pattern.search(m[8:-1]) for m in made)


def test_values_that_refuse_to_be_looked_at_ask_for_nothing() -> None:
    class Odd:
        def __eq__(self, other: object) -> bool:
            raise LookupError

        def __repr__(self) -> str:
            raise LookupError

        __hash__ = None  # type: ignore[assignment]

    assert tried("Eq", Odd(), 3, "3") == []
    assert tried("In", 3, [Odd(), 5], "3") == ["5", "6", "4"]


@pytest.mark.parametrize("affix", ["/", "\t", "a/../../"])
def test_no_file_is_wanted_outside_of_the_folder_of_its_test(affix: str) -> None:
    assert tried("startswith", "data.txt", affix, "str(tmp_path / 'missing' / 'data.txt')") == []


def test_a_file_gets_the_ending_that_is_asked_for_where_it_is_written_and_where_it_is_read() -> None:
    source = "(tmp_path / 'data.txt').write_text('a.txt')\x01str(tmp_path / 'data.txt')"

    assert tried("Eq", ".txt", ".toml", source)[0] == source.replace("data.txt", "data.toml")
    assert tried("endswith", "data.txt", ".py", source)[0] == source.replace("data.txt", "data.txt.py")
