"""Taking tests out of a file: as text, with what only they imported."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenline.domain.generation.taken_out import is_bare, without_tests

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


def test_a_file_that_nothing_is_left_of_is_told() -> None:
    assert not is_bare(FILE)
    names = {"test_cheap", "test_price", "TestBox::test_open", "TestBox::test_shut"}
    assert not is_bare(without_tests(FILE, names))  # a comment is left
    assert is_bare(without_tests(FILE.replace("# about prices\n", ""), names))
    assert is_bare("from __future__ import annotations\n\nimport json; import pytest  # both\n")
    assert is_bare("")


@pytest.mark.parametrize(
    "left",
    [
        "@pytest.fixture\ndef box():\n    return 1\n",
        "TestMachine = Machine.TestCase\n",
        "class TestMore(Base):\n    pass\n",
        "def check_price():\n    assert 1\n",
        "from shop.cases import *\n",
        "from shop.cases import TestAll\n",
        "from shop.cases import check as test_all\n",
        "import os; pytestmark = os.name\n",
        "# what somebody noted\n",
        "def test_price(:\n",
    ],
)
def test_what_a_person_may_have_written_is_something(left: str) -> None:
    assert not is_bare('"""Tests."""\n\nimport json\n\n\n' + left)


@pytest.mark.parametrize(
    "kept", ["import json; import sys\n", "VALUE = 1; import json\n", "import json; VALUE = [\n    1\n]\n"]
)
def test_an_import_beside_something_else_stays(kept: str) -> None:
    test = "\n\ndef test_a():\n    assert json.loads('1')\n"
    rest = "\n\ndef test_b():\n    assert sys\n"
    assert without_tests(kept + test + rest, {"test_a"}) == kept + rest


@pytest.mark.parametrize(
    "other",
    [
        "def test_b(json):\n    pass\n",
        '@mark.usefixtures("json")\ndef test_b():\n    pass\n',
        '__all__ = ["json"]\n',
    ],
)
def test_an_import_that_is_used_by_its_name_alone_stays(other: str) -> None:
    test = "\n\ndef test_a():\n    assert json.loads('1')\n"
    text = "import json\n\n\n" + other
    assert without_tests(text + test, {"test_a"}) == text


def test_a_class_that_inherits_more_tests_stays() -> None:
    text = 'class TestMore(Base):\n    """More."""\n'
    assert without_tests(text + "\n    def test_a(self):\n        pass\n", {"TestMore::test_a"}) == text
    alone = "class TestMore(Base):\n    def test_a(self):\n        pass\n"
    assert without_tests(alone, {"TestMore::test_a"}) == ""


@given(st.sets(st.sampled_from(["test_cheap", "test_price", "TestBox::test_open", "TestBox::test_shut"])))
def test_whatever_is_taken_out_the_rest_parses_and_is_there(names: set[str]) -> None:
    left = ast.parse(without_tests(FILE, names))
    found = {node.name for node in ast.walk(left) if isinstance(node, ast.FunctionDef)}
    assert found == {"test_cheap", "test_price", "test_open", "test_shut"} - {
        name.partition("::")[2] or name for name in names
    }
