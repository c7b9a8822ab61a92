from __future__ import annotations

# ruff: noqa: E501 - one case a line
import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenline.domain.asking.weakened import bent, weakened

CAME_OUT = "it expected 3, and expects 4 now, which is what came out"
LESS = "`{}` became `{}`, which says less"
WIDER = "`{1}` tolerates more than before"
ANYTHING = "`{1}` takes anything where a value was expected"


def plain(line: str) -> str:
    """Return an assertion of unittest as it is shown."""
    words = {"self.assertEqual(f(), 3)": "assert f() == 3", "self.assertIsNotNone(f())": "assert f() is not None"}
    return words.get(line, line)


def of(body: str, head: str = "") -> str:
    lines = "\n    ".join(body.split("\n"))
    return f"{head}def test_a(rate=1):\n    {lines}\n"


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ("assert f() == 3", "f()", "`assert f() == 3` is gone"),
        ("assert f() == 3\nassert g() == 4", "assert g() == 4", "`assert f() == 3` is gone"),
        ("assert f() == 3", "assert f() is not None", LESS),
        ("assert f() == 3", "assert f() >= 3", LESS),
        ("assert f() == 3", "assert f() in (3, 4)", LESS),
        ("assert f() == 3", "assert f()", LESS),
        ("assert f() == 3", "assert f() != 4", LESS),
        ("assert f() == 3", "assert isinstance(f(), int)", LESS),
        ("assert f() == 3", "assert f() == 3 or f() == 4", LESS),
        ("assert f() == [1]", "assert len(f()) == 1", LESS),
        ("assert f() == {'a': 1}", "assert f()['a'] == 1", LESS),
        ("assert f() in (3, 4)", "assert f() is not None", LESS),
        ("assert f() == {'a': 1}", "assert f() == {'a': ANY}", ANYTHING),
        ("x = f()\nassert x == 3", "x = f()\nassert x", LESS),
        ("self.assertEqual(f(), 3)", "self.assertIsNotNone(f())", LESS),
        ("assert f() == approx(0.3)", "assert f() == approx(0.3, abs=0.1)", WIDER),
        ("assert f() == approx(0.3, rel=1e-4)", "assert f() == approx(0.3, rel=0.1)", WIDER),
        ("assert isclose(f(), 0.3)", "assert isclose(f(), 0.3, abs_tol=0.1)", WIDER),
        ("assert round(f(), 3) == 0.5", "assert round(f(), 1) == 0.5", WIDER),
        ("with pytest.raises(ValueError):\n    f()", "with pytest.raises(Exception):\n    f()", "it expects Exception where it expected ValueError"),
        ("with pytest.raises(KeyError):\n    f()", "with pytest.raises(LookupError):\n    f()", "it expects LookupError where it expected KeyError"),
        ("with pytest.raises(KeyError):\n    f()", "with pytest.raises((KeyError, TypeError)):\n    f()", "it expects (KeyError, TypeError) where it expected KeyError"),
        ("with pytest.raises(ValueError, match='no rate'):\n    f()", "with pytest.raises(ValueError):\n    f()", "the message of the ValueError is expected no more ('no rate')"),
        ("with pytest.raises(ValueError, match='no rate'):\n    f()", "with pytest.raises(ValueError, match='rate'):\n    f()", "less of the message of the ValueError is expected ('rate')"),
        ("with pytest.raises(ValueError, match='no rate'):\n    f()", "with pytest.raises(ValueError, match='.*'):\n    f()", "less of the message of the ValueError is expected ('.*')"),
        ("with pytest.raises(ValueError):\n    f()", "f()", "`with pytest.raises(ValueError)` is gone"),
        ("assert f() == 3", "pytest.skip('later')\nassert f() == 3", "it is skipped or may fail now (skip)"),
        ("assert f() == 3", "pytest.xfail('bug')\nassert f() == 3", "it is skipped or may fail now (xfail)"),
        ("assert f() == 3", "try:\n    assert f() == 3\nexcept Exception:\n    pass", "`assert f() == 3` stands where its failure is caught"),
        ("assert f() == 3", "with suppress(AssertionError):\n    assert f() == 3", "`assert f() == 3` stands where its failure is caught"),
        ("assert f() == 3", "if f():\n    assert f() == 3", "`assert f() == 3` holds only under a condition now"),
        ("assert f() == 3", "if not f():\n    return\nassert f() == 3", "it may return before it asserts"),
        ("m.assert_called_once_with(1)", "m.assert_called_once()", LESS),
        ("m.assert_called_once_with(1)", "assert m.called", LESS),
        ("m.assert_called_once_with(1)", "m.assert_called_once_with(mock.ANY)", ANYTHING),
        ("assert f() == 3", "assert f(", "it does not parse any more"),
    ],
)  # fmt: skip
def test_what_says_less_is_told(before: str, after: str, why: str) -> None:
    first, second = before.rsplit("\n", maxsplit=1)[-1], after.rsplit("\n", maxsplit=1)[-1]
    assert weakened(of(before), of(after)) == why.format(plain(first), plain(second))


TABLE = '@pytest.mark.parametrize(("a", "expected"), [(1, 2), (3, 4)])\n'


def test_a_mark_that_skips_and_a_row_that_is_gone_are_told() -> None:
    body = "assert f(a) == expected"
    assert (
        weakened(of(body), of(body, "@pytest.mark.skipif(True, reason='x')\n"))
        == "it is skipped or may fail now (skipif)"
    )
    assert weakened(of(body), of(body, "@unittest.expectedFailure\n")).endswith("(expectedFailure)")
    assert weakened(of(body, TABLE), of(body, TABLE.replace("(1, 2), ", ""))) == "1 row of its table is gone"
    assert weakened(of(body, TABLE), of(body, TABLE.replace("(1, 2)", "(1, 2), (5, 6)"))) == ""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("assert f() == 3", "x = f()\nassert x == 3"),
        ("assert f() == 3", "assert 3 == f()"),
        ("assert f() == 3", "assert f() == 4"),
        ("assert f(1) == 3", "assert f(2) == 3"),
        ("assert f() is not None", "assert f() == 3"),
        ("assert f() == 3", "assert f() == 3\nassert g() == 4"),
        ("assert f() == 3 and g() == 4", "assert f() == 3\nassert g() == 4"),
        ("assert f() == 0.3", "assert f() == pytest.approx(0.3)"),
        ("assert f() == Cart(1, 2)", "assert f().a == 1\nassert f().b == 2"),
        ("with pytest.raises(Exception):\n    f()", "with pytest.raises(ValueError, match='x'):\n    f()"),
        ("with pytest.raises(ValueError):\n    f()", "with pytest.raises(TypeError):\n    f()"),
        ("m.assert_called()", "m.assert_called_once_with(1)"),
        ("assert round(f(), 2)==0.5", "assert round(f(), 2) == 0.5"),
        ("assert round(f(), 2) == 0.5", "assert round(f(), 3) == 0.512"),
        ("assert f() == approx(0.3, rel=0.1)", "assert f() == approx(0.3, rel=0.01)"),
        ("self.assertEqual(f(), 3)", "assert f() == 3"),
        ("f(", "f()"),
        ("assert f() == 3", "for each in [1, 2]:\n    assert f(each) == 3"),
        (
            "try:\n    f()\nexcept ValueError as error:\n    assert str(error) == 'x'",
            "with pytest.raises(ValueError, match='x'):\n    f()",
        ),
    ],
)
def test_what_says_as_much_or_more_is_no_weakening(before: str, after: str) -> None:
    assert weakened(of(before), of(after)) == ""


RAISED = "E       TypeError: rate is missing"


@pytest.mark.parametrize(
    ("before", "after", "failure", "why"),
    [
        ("assert f() == 3", "assert f() == 4", "E       assert 4 == 3\nE        +  where 4 = f()", CAME_OUT),
        ("assert f() == 'a b'", "assert f() == 'a c'", "E       AssertionError: assert 'a c' == 'a b'", "it expected 'a b', and expects 'a c' now, which is what came out"),
        ("x = 3\nassert f() == x", "x = 4\nassert f() == x", "E       assert 4 == 3", CAME_OUT),
        ("self.assertEqual(f(), 3)", "self.assertEqual(f(), 4)", "E       AssertionError: 4 != 3", CAME_OUT),
        ("with pytest.raises(ValueError):\n    f()", "with pytest.raises(TypeError):\n    f()", RAISED, "it expected ValueError, and expects TypeError now, which is what was raised"),
        ("with pytest.raises(TypeError, match='no rate'):\n    f()", "with pytest.raises(TypeError, match='rate is missing'):\n    f()", RAISED, "it expected 'no rate' in the message, and expects now what was raised ('rate is missing')"),
        ("assert f() == 3", "with pytest.raises(TypeError):\n    f()", RAISED, "`assert f() == 3` became `with pytest.raises(TypeError)`, which is what was raised"),
        ("with pytest.raises(ValueError):\n    f()", "assert f() == 3", "Failed: DID NOT RAISE <class 'ValueError'>", "it expected ValueError, and asserts now what came instead (`assert f() == 3`)"),
        ("assert f() == Cart(1)", "assert f() == Cart(2)", "E  assert Cart(2) == Cart(1)", "it expected Cart(1), and expects Cart(2) now, which is what came out"),
        ("assert f() == 3", "assert f() == 5", "E       assert 4 == 3", ""),
        ("assert f() == 3", "assert f() == 4", "E   NameError: name 'f' is not defined", ""),
        ("assert f(1) == 3", "assert f(2) == 3", "E       assert 4 == 3", ""),
        ("assert f() == 3", "assert f() == 1", "E       assert 14 == 3", ""),
    ],
)  # fmt: skip
def test_what_came_out_for_what_was_meant_is_told(before: str, after: str, failure: str, why: str) -> None:
    assert bent(of(before), of(after), failure) == why


def test_a_cell_that_became_what_came_out_is_told() -> None:
    body = "assert f(a) == expected"
    changed = of(body, TABLE.replace("(3, 4)", "(3, 5)"))
    assert bent(of(body, TABLE), changed, "E    assert 5 == 4\nE     +  where 5 = f(3)") == (
        "it expected 4, and expects 5 now, which is what came out"
    )
    assert bent(of(body, TABLE), changed, "E    assert 7 == 4") == ""


_assertions = st.sampled_from(
    [
        "assert f() == 3", "assert f() is not None", "assert f() in (3, 4)", "with pytest.raises(ValueError, match='x'):\n    f()",
        "m.assert_called_once_with(ANY)", "assert f() == approx(0.3, rel=0.1)", "x = f()", "assert x == 'a' or x == 'b'",
        "try:\n    assert f()\nexcept Exception:\n    pass", "if f():\n    assert g() == 1", "return", "self.assertEqual(f(), 3)",
        "pytest.skip('x')", "for a in [1]:\n    assert f(a) == 3", "assert isinstance(f(), (int, str))", "check(f())",
    ]
)  # fmt: skip
_bodies = st.lists(_assertions, min_size=1, max_size=6).map("\n".join)
_strengthening = st.lists(
    st.sampled_from(["assert h() == 9", "with pytest.raises(OSError):\n    h()", "k.assert_called_once_with(1)"]),
    max_size=3,
)


@given(_bodies)
@settings(deadline=None)
def test_a_test_is_not_weaker_than_itself_in_whatever_layout(body: str) -> None:
    code = of(body)
    assert weakened(code, code) == ""
    assert bent(code, code, "E   assert 3 == 4") == ""
    assert weakened(code, ast.unparse(ast.parse(code))) == ""
    assert weakened(code, code.replace("    ", "  ").replace(", ", ",")) == ""


@given(_bodies, _strengthening)
@settings(deadline=None)
def test_more_assertions_are_no_weakening(body: str, more: list[str]) -> None:
    assert weakened(of(body), of("\n".join([*more, body]))) == ""


@given(st.text(max_size=40) | _bodies.map(of), st.text(max_size=40) | _bodies.map(of), st.text(max_size=40))
@settings(deadline=None)
def test_comparing_raises_nothing(before: str, after: str, failure: str) -> None:
    assert "\n" not in weakened(before, after) + bent(before, after, failure)
