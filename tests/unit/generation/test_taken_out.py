"""Taking tests out of a file: as text, with what only they imported."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenline.domain.generation.taken_out import has_tests, without_tests

FILE = '''\
"""Tests."""

import json
import pytest

from shop import cheap, price  # ours


def test_cheap():
    assert cheap(3)


# about prices
@pytest.mark.parametrize("grams", [1, 2])
def test_price(grams):
    assert json.loads(price(grams)) == 4


class TestBox:
    """Boxes."""

    def test_open(self):
        assert cheap(1)

    def test_shut(self):
        assert cheap(2)
'''


def test_a_test_goes_with_its_decorators_and_the_imports_that_only_it_used() -> None:
    test = (
        '@pytest.mark.parametrize("grams", [1, 2])\ndef test_price(grams):\n    assert json.loads(price(grams)) == 4\n'
    )
    assert test in FILE
    left = without_tests(FILE, {"test_price"})
    assert left == FILE.replace("import json\nimport pytest\n", "").replace(test, "")


def test_a_method_goes_alone_and_the_last_one_with_its_class() -> None:
    one = without_tests(FILE, {"TestBox::test_open"})
    assert "test_shut" in one
    assert "test_open" not in one
    both = without_tests(FILE, {"TestBox::test_open", "TestBox::test_shut"})
    assert "class TestBox" not in both
    assert "def test_cheap" in both


def test_line_ends_and_everything_else_stay() -> None:
    text = FILE.replace("\n", "\r\n")
    left = without_tests(text, {"test_cheap"})
    assert left == text.replace("\r\n\r\ndef test_cheap():\r\n    assert cheap(3)\r\n", "", 1)


@pytest.mark.parametrize("text", [FILE, "def test_price(:\n", ""])
def test_without_such_a_test_the_text_is_the_same(text: str) -> None:
    assert without_tests(text, {"test_other"}) == text


def test_a_file_without_tests_is_told() -> None:
    assert has_tests(FILE)
    names = {"test_cheap", "test_price", "TestBox::test_open", "TestBox::test_shut"}
    assert not has_tests(without_tests(FILE, names))


@given(st.sets(st.sampled_from(["test_cheap", "test_price", "TestBox::test_open", "TestBox::test_shut"])))
def test_whatever_is_taken_out_the_rest_parses_and_is_there(names: set[str]) -> None:
    left = ast.parse(without_tests(FILE, names))
    found = {node.name for node in ast.walk(left) if isinstance(node, ast.FunctionDef)}
    assert found == {"test_cheap", "test_price", "test_open", "test_shut"} - {
        name.partition("::")[2] or name for name in names
    }
