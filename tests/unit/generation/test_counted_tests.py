"""The words for how many tests there are, and how many cases they have."""

from __future__ import annotations

import pytest

from greenline.domain.generation.counted_tests import cases_in, counted_tests

CODE = """\
@pytest.mark.parametrize(("n", "expected"), [(1, 2), pytest.param(2, 3, id="x"), (3, 4)])
def test_table(n, expected):
    assert f(n) == expected


@pytest.mark.parametrize("a", [1, 2])
@pytest.mark.parametrize("b", ["x", "y", "z"])
def test_both(a, b):
    assert g(a, b)


@pytest.mark.parametrize("n", ROWS)
def test_rows_from_elsewhere(n):
    assert f(n)


class TestBox:
    def test_one(self):
        assert f(0) == 1
"""


@pytest.mark.parametrize(
    ("tests", "cases", "words"),
    [(1, 1, "1 test"), (2, 2, "2 tests"), (1, 6, "1 test (6 cases)"), (3, 4, "3 tests (4 cases)"), (0, 0, "0 tests")],
)
def test_cases_are_said_where_there_are_more_of_them(tests: int, cases: int, words: str) -> None:
    assert counted_tests(tests, cases) == words


@pytest.mark.parametrize(
    ("test", "cases"),
    [("test_table", 3), ("test_both", 6), ("test_rows_from_elsewhere", 1), ("TestBox::test_one", 1), ("test_gone", 1)],
)
def test_rows_that_are_written_out_are_counted(test: str, cases: int) -> None:
    assert cases_in(CODE, [test]) == cases


def test_code_that_does_not_parse_has_one_case_a_test() -> None:
    assert cases_in("def (", ["test_a", "test_b"]) == 2
