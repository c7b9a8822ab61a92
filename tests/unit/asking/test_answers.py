from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenline.domain.asking.answers import TESTS_SCHEMA, read_tests
from greenline.domain.asking.model import ProposedTest, Stop
from greenline.domain.asking.written_tests import written_tests

ADDS = {
    "name": "test_adds",
    "intent": "adding gives the sum",
    "lines": [3, 4],
    "imports": ["import pytest", "from shop.core import add"],
    "code": "def test_adds():\n    assert add(1, 2) == 3\n",
    "suspected_bug": "",
}
FAILS = {
    **ADDS,
    "name": "test_fails",
    "code": "def test_fails():\n    with pytest.raises(ValueError):\n        add(1, None)\n",
    "suspected_bug": "None is added as 0",
}
READ = ProposedTest(
    "test_adds", ADDS["code"], ("import pytest", "from shop.core import add"), "adding gives the sum", (3, 4)
)


def answer(*entries: Any) -> str:
    return json.dumps({"tests": entries})


def names(text: str, stop: Stop = "end") -> list[str]:
    return [test.name for test in read_tests(text, stop).tests]


def test_an_answer_of_the_form_is_read() -> None:
    read = read_tests(answer(ADDS, FAILS))
    assert read.tests[0] == READ
    assert read.tests[1].suspected_bug == "None is added as 0"
    assert read.problems == ()


def test_the_form_asks_for_what_is_read() -> None:
    entry = TESTS_SCHEMA["properties"]["tests"]["items"]
    assert set(entry["required"]) == set(entry["properties"]) == set(ADDS)


def test_nothing_more_to_test_is_an_answer() -> None:
    assert read_tests(answer()) == read_tests('{"tests": []}')
    assert read_tests(answer()).problems == ()


@pytest.mark.parametrize(
    "text",
    [
        "Here are the tests:\n\n{}\n\nTell me if you need more.",
        "```json\n{}\n```",
        "I thought about {{x}} and [1].\n\n```\n{}\n```\nDone.",
        "\ufeff \n{}",
        "{} {{}}",
    ],
)
def test_words_around_it_are_passed_over(text: str) -> None:
    read = read_tests(text.format(answer(ADDS, FAILS)))
    assert [test.name for test in read.tests] == ["test_adds", "test_fails"]
    assert read.problems == ()


def test_a_bare_list_or_a_single_test_will_do() -> None:
    assert names(json.dumps([ADDS, FAILS])) == ["test_adds", "test_fails"]
    assert names(json.dumps(ADDS)) == ["test_adds"]


def test_one_bad_entry_takes_no_other_with_it() -> None:
    read = read_tests(
        answer(ADDS, 3, {"name": "test_no_code"}, {**FAILS, "lines": ["x", -1, True, 9], "imports": None})
    )
    assert [test.name for test in read.tests] == ["test_adds", "test_fails"]
    assert read.tests[1].lines == (9,)
    assert read.problems == ("test 2 of the answer is not an object", "test 3 of the answer has no code")


def test_line_ends_inside_of_texts_are_forgiven() -> None:
    assert names(answer(ADDS).replace("\\n", "\n")) == ["test_adds"]


@pytest.mark.parametrize("cut", range(len(answer(ADDS)) - 2, len(answer(ADDS, FAILS)), 7))
@pytest.mark.parametrize("stop", ["end", "max_tokens"])
def test_of_an_answer_that_is_cut_off_the_complete_tests_are_kept(cut: int, stop: Stop) -> None:
    read = read_tests(answer(ADDS, FAILS)[:cut], stop)
    complete = cut >= len(answer(ADDS, FAILS)) - 2
    assert [test.name for test in read.tests] == ["test_adds", "test_fails"][: 1 + complete]
    assert read.tests[0] == READ
    assert len(read.problems) == 1
    assert "the tests that were complete were tried" in read.problems[0]


def test_an_answer_cut_before_the_first_test_says_so() -> None:
    assert read_tests('{"tests": [{"name": "test', "max_tokens").problems == (
        "the answer was cut off at its limit of tokens; the tests that were complete were tried",
    )
    assert read_tests('{"tests": [{"name": "test').problems == (
        "the answer breaks off; the tests that were complete were tried",
    )


def test_a_refusal_is_told() -> None:
    assert read_tests(answer(ADDS), "refusal").tests == ()
    assert read_tests("I cannot help.", "refusal").problems == ("the model refused to answer",)


@pytest.mark.parametrize(
    "text", ["", "I would rather talk about the weather.", "{", "[1, 2]", "{}", "null", "[" * 100_000]
)
def test_no_test_is_told(text: str) -> None:
    assert read_tests(text).problems == ("there is no test in the answer",)


FILE = '''\
import json
import os

import pytest
from shop.core import Cart, add

RATE = 3


class FakeClient:
    def get(self):
        return RATE


@pytest.fixture
def cart():
    return Cart(FakeClient())


# of two numbers
@pytest.mark.parametrize("a", [1, 2])
def test_adds(a):
    """Adding gives the sum."""
    assert add(a, 2) == a + 2


class TestCart:
    def test_is_empty(self, cart):
        assert json.loads(cart.dump()) == []

    def test_total(self):
        assert self.cart().total == 0

    def cart(self):
        return Cart(None)


if __name__ == "__main__":
    pytest.main()
'''


@pytest.mark.parametrize(
    "fence", ["```python\n{}```\n", "Here:\n\n~~~\n{}~~~\nDone", "{}", "```sh\npytest\n```\n\n```py\n{}```"]
)
def test_a_file_of_tests_is_taken_apart(fence: str) -> None:
    read = read_tests(fence.format(FILE))
    adds, is_empty, total = read.tests
    assert read.problems == ()
    assert adds.intent == "Adding gives the sum."
    assert adds.imports == ("import pytest", "from shop.core import add")
    assert adds.code.startswith("# of two numbers\n@pytest.mark.parametrize")
    assert is_empty.name == "test_is_empty"
    assert is_empty.code.endswith("def test_is_empty(cart):\n    assert json.loads(cart.dump()) == []\n")
    assert is_empty.code.startswith("RATE = 3\n\n\nclass FakeClient:")
    assert set(is_empty.imports) == {"import json", "import pytest", "from shop.core import Cart"}
    assert total.code.startswith("class TestCart:\n")
    assert "test_is_empty" not in total.code


def test_tests_in_the_words_of_unittest_become_functions() -> None:
    code = (
        "import unittest\nfrom shop.core import add\n\n\nclass AddTest(unittest.TestCase):\n"
        "    def test_adds(self):\n        # two\n        self.assertEqual(add(1, 2), 3)\n"
        "        with self.assertRaisesRegex(ValueError, 'no') as caught:\n            add(None)\n"
        "        self.assertIn('x', str(caught.exception))\n"
    )
    (test,) = written_tests(code).tests
    assert test.code == (
        "def test_adds():\n    # two\n    assert add(1, 2) == 3\n"
        "    with pytest.raises(ValueError, match='no') as caught:\n        add(None)\n"
        "    assert 'x' in str(caught.value)\n"
    )
    assert test.imports == ("import pytest", "from shop.core import add")


def test_code_that_breaks_off_between_fences_keeps_what_is_whole() -> None:
    text = "```python\n" + FILE.partition("class TestCart")[0] + "\n\ndef test_more():\n    assert add(1,"
    read = read_tests(text, "max_tokens")
    assert [test.name for test in read.tests] == ["test_adds"]
    could_be_whole = read_tests(text.rpartition("\n")[0] + "\n    x = 1\n", "max_tokens")
    assert [test.name for test in could_be_whole.tests] == ["test_adds"]


def test_an_entry_with_several_tests_is_taken_apart() -> None:
    both = {**ADDS, "code": ADDS["code"] + "\n\n" + FAILS["code"], "name": "tests"}
    assert names(answer(both)) == ["test_adds", "test_fails"]


def test_imports_inside_of_the_code_come_to_the_others() -> None:
    entry = {**ADDS, "imports": [], "code": "from shop.core import add\nimport os\n\n" + ADDS["code"]}
    (test,) = read_tests(answer(entry)).tests
    assert test.imports == ("from shop.core import add",)
    assert test.code == ADDS["code"]


def test_the_same_test_twice_is_one() -> None:
    assert names(answer(ADDS, {**ADDS, "intent": "again"})) == ["test_adds"]


def test_fences_within_an_entry_go() -> None:
    (test,) = read_tests(answer({**ADDS, "code": f"```python\n{ADDS['code']}```"})).tests
    assert test.code == ADDS["code"]


def test_what_does_not_parse_is_kept_for_those_who_can_put_it_right() -> None:
    entry = {**ADDS, "code": "  def test_adds():\n  assert add(1) ==\n"}
    assert read_tests(answer(entry)).tests[0].code == entry["code"]


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["tests", "code", "name", "lines", "imports", "x"]), inner, max_size=5)
    ),
    max_leaves=12,
)
_texts = st.one_of(
    st.text(),
    _json.map(lambda value: json.dumps({"tests": value})),
    _json.map(json.dumps),
    st.lists(
        st.sampled_from(["```", "python\n", "{", '"tests": [', "}", "]", FILE, answer(ADDS), "\n", '"', "\x00"])
    ).map("".join),
    st.integers(0, len(FILE)).map(lambda at: FILE[:at]),
    st.integers(0, len(FILE)).map(lambda at: "```\n" + FILE[at:]),
)


@given(_texts, st.sampled_from(["end", "max_tokens", "refusal"]))
@settings(deadline=None)
def test_reading_raises_nothing_whatever_the_answer(text: str, stop: Stop) -> None:
    read = read_tests(text, stop)
    assert all(test.code.strip() for test in read.tests)
    assert all(problem and "\n" not in problem for problem in read.problems)
    assert read == read_tests(text, stop)


@given(st.integers(0, len(FILE)))
@settings(deadline=None)
def test_what_is_read_of_a_part_is_read_of_the_whole(at: int) -> None:
    whole = {test.name for test in written_tests(FILE).tests}
    assert {test.name for test in read_tests(FILE[:at], "max_tokens").tests} <= whole
