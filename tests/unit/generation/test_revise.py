"""A test with the values of now says nothing of those of before: in its name, its docstring, the ids of its rows."""

from __future__ import annotations

import pytest

from greenline.domain.generation.expected_values import expectations_of
from greenline.domain.generation.kept_tests import named_tests
from greenline.domain.generation.noted import Noted
from greenline.domain.generation.revise import Revised, replaced, revise


def revised(text: str, *noted: Noted) -> Revised:
    (expected,) = expectations_of(list(named_tests(text).items())[:1], text)
    return revise(expected, text, noted)


def updated(text: str, *noted: Noted) -> str:
    found = revised(text, *noted)
    assert found.refusal == ""
    return replaced(text, found.replacements)


def value(source: str, number: int = 0, **row: int) -> Noted:
    return Noted(number, row, same=False, source=source)


RAISES = '''\
import pytest


def test_take_raises_value_error_for_missing():
    """take raises ValueError for missing."""
    with pytest.raises(ValueError, match="missing"):
        take("x")
'''


def test_the_exception_is_another_in_name_and_docstring() -> None:
    raised = Noted(0, {}, same=False, source="KeyError", words="not there")
    assert updated(RAISES, raised) == RAISES.replace("value_error", "key_error").replace(
        "ValueError", "KeyError"
    ).replace('"missing"', '"not there"')
    found = revised(RAISES, raised)
    assert found.renamed == "test_take_raises_key_error_for_missing"
    assert [change.words for change in found.changes] == [
        'take("x"): pytest.raises(ValueError, match="missing") -> pytest.raises(KeyError, match="not there")',
        'its docstring: """take raises ValueError for missing.""" -> """take raises KeyError for missing."""',
        "its name: test_take_raises_value_error_for_missing -> test_take_raises_key_error_for_missing",
    ]


@pytest.mark.parametrize(
    "more",
    [
        "\n\nall_of_them = [test_take_raises_value_error_for_missing]\n",
        "\n\ndef test_take_raises_key_error_for_missing():\n    pass\n",
    ],
)
def test_a_name_that_cannot_change_is_told(more: str) -> None:
    found = revised(RAISES + more, Noted(0, {}, same=False, source="KeyError", words="missing"))
    assert "generate it anew" in found.refusal
    assert found.replacements == ()


@pytest.mark.parametrize(
    ("name", "old", "new", "then"),
    [
        ("test_f_is_true_for_3", "True", "False", "test_f_is_false_for_3"),
        ("test_f_returns_none_when_empty", "None", "[]", "test_f_gives_empty_list_when_empty"),
        ("test_f_returns_none", "None", "Thing(lambda: 1)", "test_f_gives_thing"),
        ("test_f_gives_one", "'one'", "'two'", "test_f_gives_two"),
        ("test_f_is_true", "True", repr("so long a text is no name " * 2), "test_f"),
        ("test_f_when_x_is_true", "True", "False", "test_f_when_x_is_true"),
        ("test_f_is_trueish", "True", "False", "test_f_is_trueish"),
        ("test_f_gives_onerous", "'one'", "'two'", "test_f_gives_onerous"),
        ("test_f_is_true", "True", "[1, 2]", "test_f_gives_1_2"),
        ("testFIsTrue", "True", "False", "testFIsFalse"),
        ("testFReturnsNoneForX", "None", "True", "testFIsTrueForX"),
    ],
)
def test_values_in_names(name: str, old: str, new: str, then: str) -> None:
    text = f"def {name}():\n    assert f(3) == {old}\n"
    assert f"def {then}():" in updated(text, value(new))


def test_the_message_in_a_name() -> None:
    text = RAISES.replace("for_missing", "missing")
    raised = Noted(0, {}, same=False, source="ValueError", words="not there")
    assert revised(text, raised).renamed == "test_take_raises_value_error_not_there"


def test_the_name_of_a_method_is_that_in_its_class() -> None:
    text = "class TestF:\n    def test_is_true(self):\n        assert f() is True\n\n\ndef test_is_false():\n    pass\n"
    found = revised(text, value("False"))
    assert found.renamed == "TestF::test_is_false"


@pytest.mark.parametrize(
    ("old", "new", "before", "after"),
    [
        ("'a'", "'b'", 'then the result is "a".', 'then the result is "b".'),
        ("'a'", "None", "then the result is 'a'.", "then nothing is returned."),
        ("None", "3", "then nothing is returned.", "then the result is 3."),
        ("2", str(["long"] * 30), "then the result is 2.", "then the result is the expected one."),
        ("2", "3", "then the result is 2.5.", "then the result is 2.5."),
        ("True", "False", "f gives True for x.", "f gives False for x."),
        ("True", str(["long"] * 30), "f gives True for x.", "What f gives for x."),
        ("2", "3", "There are 2 of them.", "There are 2 of them."),
    ],
)
def test_values_in_docstrings(old: str, new: str, before: str, after: str) -> None:
    text = f"def test_f():\n    '''Given it, {before}'''\n    assert f() == {old}\n"
    assert after in updated(text, value(new))


TABLE = """\
import pytest


@pytest.mark.parametrize(
    ("n", "expected"),
    [
        pytest.param(3, True, id='true_for_3'),
        pytest.param(4, True, id="4"),
    ],
)
def test_f_is_true(n, expected):
    assert f(n) is expected
"""


def test_ids_of_rows() -> None:
    found = updated(TABLE, value("False", n=0, expected=0), Noted(0, {"n": 1, "expected": 1}, same=True))
    assert found == TABLE.replace("3, True, id='true_for_3'", "3, False, id='false_for_3'")


def test_ids_in_a_list_stay_different() -> None:
    text = (
        TABLE.replace(", id='true_for_3'", "")
        .replace(', id="4"', "")
        .replace("    ],\n", '    ],\n    ids=["true", "false"],\n')
    )
    found = updated(text, value("False", n=0, expected=0), Noted(0, {"n": 1, "expected": 1}, same=True))
    assert 'ids=["false-2", "false"]' in found


def test_ids_of_what_is_passed_stay() -> None:
    found = updated(TABLE.replace("(4, True", "(4, 4"), value("5", n=1, expected=1))
    assert 'pytest.param(4, 5, id="4")' in found


@pytest.mark.parametrize(
    ("old", "new", "then"),
    [
        ("pytest.approx([0.3, 2.0])", "[0.30000000000000004, 2.5]", "pytest.approx([0.30000000000000004, 2.5])"),
        ("pytest.approx([0.3, 2.0], rel=0.1)", "(1.0, 2)", "pytest.approx((1.0, 2), rel=0.1)"),
        ("pytest.approx([0.3, 2.0])", "{'a': -0.5, 'b': None}", 'pytest.approx({"a": -0.5, "b": None})'),
        ("pytest.approx(0.3)", "1", "pytest.approx(1)"),
        ("pytest.approx(0.3)", "['a', 1]", '["a", 1]'),
        ("pytest.approx(0.3)", "[[0.5]]", "[[0.5]]"),
        ("pytest.approx(0.3)", "{0.5}", "{0.5}"),
        ("[1, 2]", "[0.30000000000000004, 2]", "pytest.approx([0.30000000000000004, 2])"),
        ("{'a': 1}", "{'a': 0.30000000000000004}", "pytest.approx({'a': 0.30000000000000004})"),
        ("[1, 2]", "[0.5, 2]", "[0.5, 2]"),
        ("[1, 2]", "[[0.30000000000000004], 2]", "[[0.30000000000000004], 2]"),
        ("1", "-0.30000000000000004", "pytest.approx(-0.30000000000000004)"),
    ],
)
def test_floats_stay_approximate(old: str, new: str, then: str) -> None:
    text = f"import pytest\n\n\ndef test_f():\n    assert f() == {old}\n"
    assert updated(text, value(new)) == text.replace(old, then)
    table = f'import pytest\n\n\n@pytest.mark.parametrize("x", [{old}])\ndef test_f(x):\n    assert f() == x\n'
    assert updated(table, value(new, x=0)) == table.replace(old, then)


def test_without_pytest_in_the_file_floats_are_as_they_are() -> None:
    assert updated("def test_f():\n    assert f() == 1\n", value("[1.30000000000000004]")).endswith(
        "[1.30000000000000004]\n"
    )


@pytest.mark.parametrize(
    ("before", "new", "after"),
    [
        ("assertEqual(f(1), 2)", "3", "assertEqual(f(1), 3)"),
        ("assertEqual(f(1), 2, 'why')", "3", "assertEqual(f(1), 3, 'why')"),
        ("assertEqual(f(1), 2)", "True", "assertIs(f(1), True)"),
        ("assertEqual(f(1), 2)", "None", "assertIsNone(f(1))"),
        ("assertEqual(f(1), 2, 'why')", "None", "assertIsNone(f(1), 'why')"),
        ("assertEqual(f(1), (2))", "None", "assertIs(f(1), (None))"),
        ("assertEqual(s, 2)", "None", "assertIsNone(s)"),
        ("assertIs(f(1), True)", "False", "assertIs(f(1), False)"),
        ("assertIs(f(1), True)", "None", "assertIsNone(f(1))"),
        ("assertIs(f(1), True)", "'a'", 'assertEqual(f(1), "a")'),
        ("assertIsNone(f(1))", "2", "assertEqual(f(1), 2)"),
        ("assertIsNone(f(1), 'why')", "True", "assertIs(f(1), True, 'why')"),
        ("assertEqual(f(1), pytest.approx(2.5))", "3.5", "assertEqual(f(1), pytest.approx(3.5))"),
    ],
)
def test_what_unittest_says(before: str, new: str, after: str) -> None:
    text = f"class FTest(unittest.TestCase):\n    def test_f(self):\n        self.{before}\n"
    assert updated(text, value(new)) == text.replace(before, after)


@pytest.mark.parametrize("text", ["assertEqual((f(1)), 2)", "assertIsNone(*f(1))", "assertIsNone(obj=f(1))"])
def test_what_is_said_in_another_form_is_not_read(text: str) -> None:
    text = f"class FTest(unittest.TestCase):\n    def test_f(self):\n        self.{text}\n"
    assert expectations_of(list(named_tests(text).items()), text)[0].found == ()


@pytest.mark.parametrize(
    ("before", "error", "message", "after"),
    [
        ("assertRaises(ValueError)", "KeyError", "no", "assertRaises(KeyError)"),
        ("assertRaisesRegex(ValueError, 'old')", "KeyError", "a (b)", r"assertRaisesRegex(KeyError, r'a \(b\)')"),
        ("assertRaisesRegex(ValueError, 'old')", "ValueError", "", "assertRaises(ValueError)"),
    ],
)
def test_what_unittest_says_of_exceptions(before: str, error: str, message: str, after: str) -> None:
    text = f"class FTest(unittest.TestCase):\n    def test_f(self):\n        with self.{before}:\n            f(1)\n"
    raised = Noted(0, {}, same=False, source=error, words=message)
    assert updated(text, raised) == text.replace(before, after)


def test_rounds_of_subtests_are_the_rows_of_a_table() -> None:
    text = """\
class FTest(unittest.TestCase):
    def test_f(self):
        for n, expected in [
            (1, "a"),
            (2, None),
        ]:
            with self.subTest(n=n):
                self.assertEqual(f(n), expected)
"""
    found = revised(text, Noted(0, {}, same=True), value("'b'"))
    assert [change.words for change in found.changes] == ['f(2): None -> "b"']
    assert replaced(text, found.replacements) == text.replace("(2, None)", '(2, "b")')


def test_messages_in_rounds_of_subtests() -> None:
    text = """\
class FTest(unittest.TestCase):
    def test_f(self):
        for n, message in [(1, "a"), (2, "b")]:
            with self.subTest(n=n):
                with self.assertRaisesRegex(ValueError, re.escape(message)):
                    f(n)
"""
    raised = Noted(0, {}, same=False, source="ValueError", words="c (d)")
    assert updated(text, Noted(0, {}, same=True), raised) == text.replace('"b"', '"c (d)"')
