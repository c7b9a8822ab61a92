"""Property tests before anybody sees them: five times as much, from another seed."""

from __future__ import annotations

import ast

from greenline.domain.generation.longer_run import in_depth

TESTS = """\
from hypothesis import example, given, settings
from hypothesis import strategies as st


def test_plain():
    assert True


@given(
    text=st.text(),
)
@example(text="a")
@settings(
    max_examples=200,
    deadline=None,
)
def test_long(text):
    assert text == text


class TestCodec:
    @given(text=st.text())
    def test_in_class(self, text):
        assert text == text


@given(text=st.text())
def test_of_the_person(text):
    assert text == text
"""


def decorators(text: str, name: str) -> list[str]:
    found = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef) and n.name == name]
    return [ast.unparse(d) for d in found[0].decorator_list]


def test_the_new_tests_try_more_and_those_of_the_person_are_left_alone() -> None:
    longer = in_depth(TESTS, ["test_plain", "test_long", "TestCodec::test_in_class"])
    assert longer is not None
    seed, settings, *others = decorators(longer, "test_long")
    assert seed == "__import__('hypothesis').seed(4242)"
    assert settings == (
        "__import__('hypothesis').settings(max_examples=1000, deadline=None, derandomize=False, database=None)"
    )
    assert others == ["given(text=st.text())", "example(text='a')"]
    assert "max_examples=500" in decorators(longer, "test_in_class")[1]
    assert decorators(longer, "test_of_the_person") == ["given(text=st.text())"]
    assert decorators(longer, "test_plain") == []


def test_without_a_property_there_is_nothing_to_run_longer() -> None:
    assert in_depth(TESTS, ["test_plain"]) is None
    assert in_depth("def broken(:\n", ["test_plain"]) is None
