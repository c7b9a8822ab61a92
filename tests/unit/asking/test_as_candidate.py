from __future__ import annotations

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenline.domain.asking.as_candidate import NoCandidate, as_candidate
from greenline.domain.asking.asserting import asserts_nothing
from greenline.domain.asking.model import ProposedTest
from greenline.domain.generation.merge import merge_tests
from greenline.domain.generation.model import Candidate

ADDS = "def test_adds():\n    assert add(1, 2) == 3\n"
_METHOD = "it is a method that uses others of its class, where a function is asked for"
_NOTHING = "it asserts nothing that the code under test could change"
_HEAD = "its head uses ROWS, which stands outside of the function"
_FOR_ALL = "its fixture f would be used by all other tests of the file, too"
_REDACTED = "it rests on a value that was taken out before anything was sent"


def proposed(code: str, *imports: str) -> ProposedTest:
    return ProposedTest("test_it", code, imports or ("from shop.core import add",), "adding gives the sum")


def test_one_function_is_a_candidate() -> None:
    candidate = as_candidate(proposed(ADDS, "import os, pytest", "from shop.core import Cart, add"))
    assert (candidate.name, candidate.code) == ("test_adds", ADDS)
    assert candidate.imports == ("from shop.core import add",)
    assert candidate.summary == "adding gives the sum"


def test_a_name_that_is_taken_gets_a_number() -> None:
    candidate = as_candidate(proposed(ADDS), {"test_adds", "test_adds_2"})
    assert candidate.name == "test_adds_3"
    assert candidate.code.startswith("def test_adds_3():")


def test_a_function_that_is_not_named_as_a_test_is_named_so() -> None:
    assert as_candidate(proposed(ADDS.replace("test_adds", "adds_two"))).name == "test_adds_two"


def test_what_stands_beside_goes_into_the_function() -> None:
    code = (
        'from shop.core import total\n\nRATE = 3\n\n\nclass Fake:\n    """No client."""\n\n    def get(self):\n'
        "        return RATE\n\n\n"
        'def unused():\n    pass\n\n\ndef test_total():\n    """The total."""\n    assert total(Fake()) == 3\n'
    )
    candidate = as_candidate(proposed(code))
    assert candidate.imports == ("from shop.core import total",)
    assert candidate.code == (
        'def test_total():\n    """The total."""\n\n    RATE = 3\n    class Fake:\n        """No client."""\n\n'
        "        def get(self):\n            return RATE\n\n    assert total(Fake()) == 3\n"
    )


def test_a_table_beside_the_function_goes_into_its_head() -> None:
    code = (
        "ONE = 1\nROWS = [\n    (ONE, 2),\n    (3, 4),\n]\nIDS = 'a', 'b'\n\n\n"
        "@pytest.mark.parametrize(('a', 'b'), ROWS, ids=IDS)\ndef test_rows(a, b):\n    assert add(a, ONE) == b\n"
    )
    assert as_candidate(proposed(code)).code == (
        "@pytest.mark.parametrize(('a', 'b'), [\n    (1, 2),\n    (3, 4),\n], ids=('a', 'b'))\n"
        "def test_rows(a, b):\n    ONE = 1\n\n    assert add(a, ONE) == b\n"
    )


def test_fixtures_are_brought() -> None:
    code = (
        "@pytest.fixture\ndef cart():\n    return Cart(LIMIT)\n\n\nLIMIT = 3\n\n\n"
        "def test_cart(cart):\n    assert cart.limit == 3\n"
    )
    candidate = as_candidate(proposed(code, "import pytest", "from shop.core import Cart"))
    (cart,) = candidate.fixtures
    assert cart.name == "cart"
    assert cart.code == "@pytest.fixture\ndef cart():\n    LIMIT = 3\n\n    return Cart(LIMIT)"
    assert cart.imports == ("import pytest", "from shop.core import Cart")
    assert candidate.imports == ()
    merged = merge_tests(None, [candidate])
    assert merged.names == ("test_cart",)
    assert "from shop.core import Cart" in merged.new_text


def test_marks_of_the_module_become_those_of_the_test() -> None:
    code = "pytestmark = [pytest.mark.asyncio, pytest.mark.slow]\n\nasync def test_it():\n    assert await add(1, 2)\n"
    candidate = as_candidate(proposed(code, "import pytest", "from shop.core import add"))
    assert candidate.code.startswith("@pytest.mark.asyncio\n@pytest.mark.slow\nasync def test_it():\n")
    assert candidate.imports == ("import pytest", "from shop.core import add")


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("def test_a(:\n", "it does not parse: syntax error at line 1: invalid syntax"),
        ("x = 1\n", "it has no test function"),
        (ADDS + ADDS.replace("adds", "more"), "it is several tests in one"),
        ("class TestA:\n    def test_a(self):\n        assert self.b()\n", _METHOD),
        ("add(1, 2)\n" + ADDS, "it does something outside of its function"),
        ("def test_a():\n    add(1, 2)\n", _NOTHING),
        ("def test_a():\n    add(1, 2)\n    assert True\n", _NOTHING),
        ("class ROWS: ...\n@pytest.mark.parametrize('a', ROWS)\ndef test_a(a):\n    assert a\n", _HEAD),
        ("@pytest.fixture(autouse=True)\ndef f():\n    pass\n" + ADDS, _FOR_ALL),
        (
            "N = 1\ndef test_a():\n    global N\n    N = 2\n    assert add(N)\n",
            "it changes a variable outside of its function",
        ),
        ('def test_a():\n    assert key() == "<redacted-1>"\n', _REDACTED),
    ],
)
def test_what_can_be_none_is_refused_with_a_reason(code: str, why: str) -> None:
    with pytest.raises(NoCandidate) as caught:
        as_candidate(proposed(code))
    assert str(caught.value) == why


@pytest.mark.parametrize(
    ("imports", "why"),
    [
        ("from shop.core import *", "it imports everything of a module, so that nobody sees what it uses"),
        ("import", "what it imports is no import: import"),
        ("x = 1", "what it imports is no import: x = 1"),
    ],
)
def test_imports_are_whole_statements_of_names(imports: str, why: str) -> None:
    with pytest.raises(NoCandidate) as caught:
        as_candidate(proposed(ADDS, imports))
    assert str(caught.value) == why


CLASS = "from shop.core import add\n\n\nclass TestAdd:\n    def test_zero(self):\n        assert add(0, 0) == 0\n"
CASES = (
    "import unittest\n\nfrom shop.core import add\n\n\nclass AddTest(unittest.TestCase):\n"
    "    def test_zero(self):\n        self.assertEqual(add(0, 0), 0)\n"
)


@pytest.mark.parametrize("base", [CLASS, CASES], ids=["a class", "unittest"])
def test_a_candidate_joins_a_project_of_classes(base: str) -> None:
    candidate = as_candidate(proposed("LIMIT = 3\n\n\ndef test_adds():\n    assert add(1, 2) == LIMIT\n"))
    merged = merge_tests(base, [candidate], target="add")
    assert merged.problem == ""
    assert merged.names in {("TestAdd::test_adds",), ("AddTest::test_adds",)}
    ast.parse(merged.new_text)
    assert "        LIMIT = 3\n" in merged.new_text


@pytest.mark.parametrize(
    "assertion",
    [
        "assert add(1, 2) == 3",
        "with pytest.raises(ValueError):\n        add(1)",
        "client.get.assert_called_once_with(1)",
        "check_sum(add(1, 2))",
        "self.assertEqual(add(1, 2), 3)",
        "if add(1):\n        pytest.fail('no')",
        "raise AssertionError(add(1))",
        "result = add(1)\n    assert result",
        "assert add(1) == add(1)",
        "checkEqual(add(1), 2)",
        "await check_sum(add(1, 2))",
        "error = pytest.raises(ValueError, add, 1)",
        "total = assert_sum(add(1, 2))",
        "def check(n):\n        assert n == 3\n        return n\n    n = check(add(1, 2))",
        "client.should_have_sent(1)",
        "def check(n):\n        assert n == 3\n    check(add(1, 2))",
    ],
)
def test_what_asserts(assertion: str) -> None:
    assert not asserts_nothing(f"def test_a():\n    {assertion}\n")


@pytest.mark.parametrize(
    "assertion",
    [
        "add(1)",
        "assert True",
        "assert 1 == 1",
        "x = add(1)\n    assert x == x",
        "assert add(1) or True",
        "self.assertTrue(True)",
        "receipt = checkout(add(1))",
        "expected_total(add(1))",
        "claims = verify_token('t')",
        "claims: dict = await check_token('t')\n    ok = verify_token('t')",
        "def check(n):\n        return n\n    check(add(1, 2))",
        "def assert_three(n):\n        pass\n    assert_three(add(1, 2))",
    ],
)
def test_what_asserts_nothing(assertion: str) -> None:
    assert asserts_nothing(f"def test_a():\n    {assertion}\n")


_lines = st.sampled_from(
    [
        *(
            "def test_a():",
            "    assert x == 1",
            "class A:",
            "    pass",
            "import os",
            "x = 1",
            "@pytest.fixture",
            "if 1:",
        ),
        *("def f(a=x):", "    global x", "    return x", '    """Words."""', "async def test_b(): assert x", "(", "\t"),
        "pytestmark = 1",
    ]
)


@given(st.lists(_lines, max_size=9).map("\n".join) | st.text(max_size=60), st.lists(st.text(max_size=20), max_size=2))
@settings(deadline=None)
def test_anything_is_a_candidate_or_has_a_reason(code: str, imports: list[str]) -> None:
    try:
        candidate = as_candidate(ProposedTest("test_a", code, tuple(imports)), {"test_a"})
    except NoCandidate as problem:
        words = str(problem)
    else:
        words = ""
        _is_whole(candidate)
    assert "\n" not in words


def _is_whole(candidate: Candidate) -> None:
    (node,) = ast.parse(candidate.code).body
    assert isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    assert node.name == candidate.name != "test_a"
    assert all(isinstance(ast.parse(each).body[0], (ast.Import, ast.ImportFrom)) for each in candidate.imports)
