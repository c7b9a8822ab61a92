"""Rows have names where pytest's own would say little."""

from __future__ import annotations

import pytest

from greenline.domain.generation.row_ids import row_ids


@pytest.mark.parametrize(
    ("columns", "rows", "outcomes", "ids"),
    [
        (["text"], [["'a'"], ["'b-2'"]], ["1", "2"], [None, None]),
        (["text"], [["'>=1.0'"], ["'<=1.0'"]], ["True", "False"], [None, None]),
        (["text"], [["'a b'"], ["None"], ["True"]], ["1", "None", "'x y'"], [None, None, None]),
        (["a", "b"], [["1", "None"], ["3", "'x'"]], [], ["1-no-b", None]),
        (["a", "b"], [["1", "2"], ["3", "-4"]], [], [None, None]),
        (["text"], [["'a'"], ["''"]], ["1", "2"], [None, "empty-text"]),
        (["text"], [["'a b'"], ["'\\n'"]], ["1", "2"], [None, "blank"]),
        (["text"], [["'a'"], ["'b'"]], ["[1]", "[2]"], [None, None]),
        (["a", "strict"], [["1", "True"], ["1", "False"]], ["1", "2"], ["strict", "no-strict"]),
        (["box"], [["Box(1)"], ["Box(2, lid=None)"]], ["1", "2"], ["box-1", "box-2-lid-none"]),
        (["box", "n"], [["Box(1)", "3"], ["Box(1)", "4"], ["Box(2)", "3"]], [], ["box-1", "4", "box-2"]),
        (["key"], [["None"], ["lambda x: x"]], [], [None, "function"]),
        (["a"], [[f"'{'x' * 50}'"], [f"'{'y' * 50}'"]], ["'one'", "'two'"], ["gives-one", "gives-two"]),
        (["total", "code"], [["250.0", "''"], ["2.5", "'x'"]], [], ["250.0-empty-code", None]),
        (["a"], [["[1]"], ["(1,)"]], [], ["1", "1-2"]),
    ],
)
def test_rows_are_told_apart(
    columns: list[str], rows: list[list[str]], outcomes: list[str], ids: list[str | None]
) -> None:
    assert row_ids(columns, rows, outcomes) == ids


def test_what_no_value_says_the_branch_does() -> None:
    long = [f"'{letter * 50}'" for letter in "xy"]
    specials = ["text_is_long", "with_key"]
    assert row_ids(["a"], [[each] for each in long], [], specials) == ["text-is-long", "with-key"]


@pytest.mark.parametrize(
    ("cell", "name"),
    [("Decimal('-1')", "decimal-minus-1"), ("b'\\x00\\xff'", "bytes"), ("'a\\n'", "a"), ("' a '", "a-padded")],
)
def test_no_id_says_what_is_not_there(cell: str, name: str) -> None:
    assert row_ids(["a"], [[cell], ["1"]], []) == [name, None]
