"""Rows have names where pytest's own would say little."""

from __future__ import annotations

import pytest

from greenline.domain.generation.row_ids import row_ids


@pytest.mark.parametrize(
    ("columns", "rows", "outcomes", "ids"),
    [
        (["text"], [["'a'"], ["'b-2'"]], ["1", "2"], None),
        (["text"], [["'>=1.0'"], ["'<=1.0'"]], ["True", "False"], None),
        (["text"], [["'a b'"], ["None"], ["True"]], ["1", "None", "'x y'"], None),
        (["a", "b"], [["1", "None"], ["3", "'x'"]], [], ["1-no-b", "3-x"]),
        (["a", "b"], [["1", "2"], ["3", "-4"]], [], None),
        (["text"], [["'a'"], ["''"]], ["1", "2"], ["a", "empty-text"]),
        (["text"], [["'a b'"], ["'\\n'"]], ["1", "2"], ["a-b", "blank"]),
        (["text"], [["'a'"], ["'b'"]], ["[1]", "[2]"], ["a", "b"]),
        (["a", "strict"], [["1", "True"], ["1", "False"]], ["1", "2"], ["strict", "no-strict"]),
        (["box"], [["Box(1)"], ["Box(2, lid=None)"]], ["1", "2"], ["box-1", "box-2-lid-none"]),
        (["box", "n"], [["Box(1)", "3"], ["Box(1)", "4"], ["Box(2)", "3"]], [], ["box-1", "4", "box-2"]),
        (["key"], [["None"], ["lambda x: x"]], [], ["no-key", "function"]),
        (["a"], [[f"'{'x' * 50}'"], [f"'{'y' * 50}'"]], ["'one'", "'two'"], ["gives-one", "gives-two"]),
        (["total", "code"], [["250.0", "''"], ["2.5", "'x'"]], [], ["250.0-empty-code", "2.5-x"]),
        (["a"], [["[1]"], ["(1,)"]], [], ["1", "1-2"]),
    ],
)
def test_rows_are_told_apart(
    columns: list[str], rows: list[list[str]], outcomes: list[str], ids: list[str] | None
) -> None:
    assert row_ids(columns, rows, outcomes) == ids
