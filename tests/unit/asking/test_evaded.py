"""Tricks by which a test comes back green without saying as much as before, and changes that only look like one."""

from __future__ import annotations

import pytest

from greenline.domain.asking.weakened import weakened

EQUALS = "assert f(2) == 3"
RAISES = "with pytest.raises(KeyError):\n    f(2)"
NEAR = "assert f(2) == approx(3)"
LOOP = "for x in (1, 2):\n    assert f(x) == 3"
TABLE = "@pytest.mark.parametrize('x, y', [(1, 2), (3, 4)])\n"
CELLS = "assert f(x) == y"
HELPER = "def check(n):\n    assert n.x == 3\n    assert n.y == 4\n    assert n.z == 5\ncheck(f(2))"
SAME = "def same(a, b):\n    assert a == b\nsame(f(2), 3)"
NESTED = "def same(a, b):\n    assert a == b\ndef check(n):\n    same(n.x, 3)\n    same(n.y, 4)\ncheck(f(2))"
FAILS = "def fails(n):\n    with pytest.raises(ValueError, match='no'):\n        f(n)\nfails(2)"


def of(body: str, head: str = "") -> str:
    return f"{head}def test_a(x=1, y=2):\n    " + body.replace("\n", "\n    ") + "\n"


TRICKS = {
    "under a condition on the result": (EQUALS, "got = f(2)\nif got:\n    assert got == 3"),
    "in a loop over nothing": (EQUALS, "for _ in []:\n    assert f(2) == 3"),
    "in a loop over nothing, named": (EQUALS, "none = ()\nfor _ in none:\n    assert f(2) == 3"),
    "in a loop that never runs": (EQUALS, "while False:\n    assert f(2) == 3"),
    "in a match": (EQUALS, "match f(2):\n    case 3:\n        assert f(2) == 3"),
    "caught under another name": (EQUALS, "E = AssertionError\ntry:\n    assert f(2) == 3\nexcept E:\n    pass"),
    "caught among others": (EQUALS, "try:\n    assert f(2) == 3\nexcept (OSError, AssertionError):\n    print()"),
    "caught, and another holds": (EQUALS, "try:\n    assert f(2) == 3\nexcept AssertionError:\n    assert True"),
    "caught, raised never": (EQUALS, "try:\n    assert f(2) == 3\nexcept Exception:\n    if False:\n        raise"),
    "returned over": (EQUALS, "try:\n    assert f(2) == 3\nfinally:\n    return"),
    "suppressed as the second": (EQUALS, "with open(x) as g, suppress(Exception):\n    assert f(2) == 3"),
    "suppressed, async": (EQUALS, "async with suppress(Exception):\n    assert f(2) == 3"),
    "suppressed under another name": (EQUALS, "quiet = suppress\nwith quiet(AssertionError):\n    assert f(2) == 3"),
    "expected to fail": (EQUALS, "with pytest.raises(AssertionError):\n    assert f(2) == 3"),
    "or anything": (EQUALS, "assert f(2) == 3 or True"),
    "or anything, first": (EQUALS, "assert True or f(2) == 3"),
    "a constant": (EQUALS, "f(2)\nassert 3 == 3"),
    "with itself": (EQUALS, "got = f(2)\nassert got == got"),
    "with itself, called twice": (EQUALS, "assert f(2) == f(2)"),
    "with itself under another name": (EQUALS, "a = f(2)\nb = a\nassert a == b"),
    "with what it gave before": (EQUALS, "expected = f(2)\nassert f(2) == expected"),
    "one of several": (EQUALS, "assert any([f(2) == 3, True])"),
    "a tuple": (EQUALS, "assert (f(2) == 3, 'is three')"),
    "what equals everything": (
        EQUALS,
        "class All:\n    def __eq__(self, o):\n        return True\nassert f(2) == All()",
    ),
    "a stand-in": (EQUALS, "with patch('shop.mod.f', return_value=3):\n    assert f(2) == 3"),
    "a stand-in in the object": (EQUALS, "with patch.object(mod, 'f', return_value=3):\n    assert f(2) == 3"),
    "a stand-in by monkeypatch": (EQUALS, "monkeypatch.setattr(mod, 'f', lambda x: 3)\nassert f(2) == 3"),
    "a stand-in of its own": (EQUALS, "f = Mock(return_value=3)\nassert f(2) == 3"),
    "a function of its own": (EQUALS, "def f(x):\n    return 3\nassert f(2) == 3"),
    "a stand-in for what was called before": (
        "got = f(2)\nassert got == 3",
        "f = lambda x: 3\ngot = f(2)\nassert got == 3",
    ),
    "after the end": (EQUALS, "return\nassert f(2) == 3"),
    "after an error": (EQUALS, "raise SystemExit(0)\nassert f(2) == 3"),
    "after the next": (LOOP, "for x in (1, 2):\n    continue\n    assert f(x) == 3"),
    "in a function that nobody calls": (EQUALS, "def check():\n    assert f(2) == 3"),
    "a mark by its name": (EQUALS, "getattr(pytest.mark, 'xfail')\nassert f(2) == 3"),
    "fewer turns": (LOOP, "for x in (1,):\n    assert f(x) == 3"),
    "no turn": (LOOP, "for x in ():\n    assert f(x) == 3"),
    "nearly, by a name": (NEAR, "assert f(2) == approx(3, rel=HUGE)"),
    "nearly, by a product": (NEAR, "assert f(2) == approx(3, abs=10 * 10)"),
    "nearly, without end": (NEAR, "assert f(2) == approx(3, abs=float('inf'))"),
    "rounded to thousands": (EQUALS, "assert round(f(2), -3) == 0"),
    "a wide bound": (EQUALS, "assert abs(f(2) - 3) < 100"),
    "an error of its own": (RAISES, "with pytest.raises(KeyError):\n    f(2)\n    raise KeyError"),
    "an error in place of the call": (RAISES, "with pytest.raises(KeyError):\n    raise KeyError('x')"),
    "an error that may come": (RAISES, "with suppress(KeyError):\n    f(2)"),
    "any error": (RAISES, "with pytest.raises(Exception):\n    f(2)"),
    "a helper that asserts nothing": (EQUALS, "def check(n):\n    return f(n)\ncheck(2)"),
    "a helper of another name that asserts nothing": (EQUALS, "def assert_three(n):\n    pass\nassert_three(f(2))"),
    "a helper that asserts nothing, kept": (EQUALS, "def check(n):\n    return f(n)\ngot = check(2)"),
    "a helper that asserts little": (EQUALS, "def check(n):\n    assert n is not None\ncheck(f(2))"),
    "a helper that calls itself": (EQUALS, "def check(n):\n    check(n)\ncheck(f(2))"),
    "a helper that catches": (
        EQUALS,
        "def check(n):\n    try:\n        assert n == 3\n    except AssertionError:\n        pass\ncheck(f(2))",
    ),
    "one helper for two assertions": (
        f"{EQUALS}\nassert f(4) == 5",
        "def check(n):\n    assert f(n) == 3\ncheck(2)",
    ),
    "a result under the name of what is called": ("assert f(2) == 3", "f = Mock(return_value=3)\nassert f(2) == 3"),
    "a method of its own": (
        "assert cart.total() == 3",
        "class Cart:\n    def total(self):\n        return 3\ncart = Cart()\nassert cart.total() == 3",
    ),
    "a method that is replaced": ("assert cart.total() == 3", "cart.total = lambda: 3\nassert cart.total() == 3"),
    "a method that is replaced by a name": (
        "assert cart.total() == 3",
        "total = lambda: 3\ncart.total = total\nassert cart.total() == 3",
    ),
    "a method that is replaced in a class": (
        "cart = Cart([1])\nassert cart.total() == 1",
        "class Fixed(Cart):\n    total = lambda self: 1\ncart = Fixed([1])\nassert cart.total() == 1",
    ),
    "a method that stands in a class": (
        "assert m.total() == 1",
        "class m:\n    total = staticmethod(lambda: 1)\nassert m.total() == 1",
    ),
    "a method that is replaced in a class under a condition": (
        "assert cart.total() == 1",
        "class Fixed:\n    if X:\n        total: object = Mock()\ncart = Fixed()\nassert cart.total() == 1",
    ),
    "a stand-in with a type": (EQUALS, "f: object = Mock(return_value=3)\nassert f(2) == 3"),
    "a stand-in on the way": (EQUALS, "assert (f := Mock(return_value=3))\nassert f(2) == 3"),
    "a stand-in of a loop": (EQUALS, "for f in [lambda x: 3]:\n    assert f(2) == 3"),
    "nearly, though the number is small": ("assert f(2) == 1e-10", "assert f(2) == approx(1e-10, abs=1e-9)"),
    "nearly, by a share": ("assert f(2) == 0.3", "assert f(2) == approx(0.3, rel=1e-3)"),
    "rounded to two places": ("assert f(2) == 0.3", "assert round(f(2), 2) == 0.3"),
    "the result of what only sounds like a helper is kept": (
        "assert verify_token('t') == {'sub': 1}",
        "claims = verify_token('t', {'sub': 1})",
    ),
    "the result of what only sounds like a helper is kept, awaited": (
        "ok = await check_password('a')\nassert ok is True",
        "ok = await check_password('a')",
    ),
    "the result of what was called for itself only once": (
        "check_total(1)\nassert check_total(2) == 3",
        "one = check_total(1)\ntwo = check_total(2)",
    ),
    "the result is kept beside the call that stays": (
        "check_total(1)\nassert check_total(2) == 3",
        "check_total(1)\ntwo = check_total(2)",
    ),
    "fewer assertions in a helper": (HELPER, HELPER.replace("\n    assert n.y == 4\n    assert n.z == 5", "")),
    "a tolerance in a helper": (HELPER, HELPER.replace("== 4", "== approx(4, abs=100)")),
    "a tolerance in a helper of what it is given": (SAME, SAME.replace("== b", "== approx(b, abs=100)")),
    "a tolerance in a helper of a helper": (NESTED, NESTED.replace("== b", "== approx(b, abs=100)")),
    "anything given to a helper": (SAME, SAME.replace("3)", "ANY)")),
    "any error in a helper": (FAILS, FAILS.replace("ValueError, match='no'", "Exception")),
    "any message in a helper": (FAILS, FAILS.replace(", match='no'", "")),
    "under a condition in a helper": (HELPER, HELPER.replace("    assert n.x", "    if n:\n        assert n.x")),
    "under a condition in a new helper": (
        EQUALS,
        "def check(n):\n    assert n is not None\n    if n:\n        assert n == 3\ncheck(f(2))",
    ),
    "one of two is caught in a helper": (
        HELPER,
        HELPER.replace(
            "    assert n.z == 5", "    try:\n        assert n.z == 5\n    except AssertionError:\n        pass"
        ),
    ),
    "nearly, of a whole number": ("assert f(2) == 5000000", "assert f(2) == approx(5000000, abs=5)"),
    "nearly, of whole numbers": ("assert f(2) == [5000000]", "assert f(2) == approx([5000000], abs=5)"),
    "no failure": ("if f(2) != 3:\n    pytest.fail('no')", "f(2)"),
}


@pytest.mark.parametrize(("before", "after"), TRICKS.values(), ids=TRICKS.keys())
def test_a_trick_is_told(before: str, after: str) -> None:
    assert weakened(of(before), of(after))


HEADS = {
    "a mark for all": "pytestmark = pytest.mark.xfail\n\n",
    "a mark under another name": "may_fail = pytest.mark.xfail\n\n@may_fail\n",
    "a stand-in for all of it": "@patch('shop.mod.f', return_value=3)\n",
    "a context that forgets": (
        "@contextmanager\ndef calm():\n    try:\n        yield\n    except Exception:\n        pass\n\n"
    ),
}


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS.keys())
def test_a_trick_around_the_test_is_told(head: str) -> None:
    body = "with calm():\n    assert f(2) == 3" if "calm" in head else EQUALS
    assert weakened(of(EQUALS), of(body, head))


ROWS = {
    "none": "[]",
    "those that nobody sees": "ROWS[:1]",
    "one twice": "[(1, 2), (1, 2)]",
    "one that may fail": "[(1, 2), pytest.param(3, 4, marks=pytest.mark.xfail)]",
}


@pytest.mark.parametrize("rows", ROWS.values(), ids=ROWS.keys())
def test_a_row_that_is_gone_is_told_however_it_went(rows: str) -> None:
    table = TABLE.replace("[(1, 2), (3, 4)]", rows)
    assert weakened(of(CELLS, TABLE), of(CELLS, table))


def test_a_row_is_not_made_up_for_by_an_assertion_that_says_little() -> None:
    table = TABLE.replace(", (3, 4)", "")
    assert weakened(of(CELLS, TABLE), of(f"{CELLS}\nassert isinstance(f(x), int)", table))


SOUND = {
    "a variable": (EQUALS, "got = f(2)\nassert got == 3"),
    "words": (EQUALS, "assert f(2) == 3, 'three'"),
    "a stand-in for something else": (EQUALS, "with patch('shop.mod.clock', return_value=3):\n    assert f(2) == 3"),
    "a loop": (EQUALS, "for x in (2,):\n    assert f(x) == 3"),
    "a loop over a named table": (EQUALS, "table = [2, 3]\nfor x in table:\n    assert f(x) == 3"),
    "through a module": (EQUALS, "assert mod.f(2) == 3"),
    "tidied up": (EQUALS, "try:\n    assert f(2) == 3\nfinally:\n    close()"),
    "an error that is translated": (EQUALS, "try:\n    assert f(2) == 3\nexcept OSError:\n    pytest.fail('no')"),
    "there and back": ("assert g(f(2)) == 2", "x = 2\nassert g(f(x)) == x"),
    "a helper that is called": (EQUALS, "def check(n):\n    assert f(n) == 3\ncheck(2)"),
    "an object's own method": (EQUALS, "cart = Cart()\ncart.add(2)\nassert cart.f(2) == 3"),
    "a narrower error": ("with pytest.raises(Exception):\n    f(2)", RAISES),
    "an error from a stand-in": (RAISES, "def broken():\n    raise OSError\nwith pytest.raises(KeyError):\n    f(2)"),
    "a result under the method's name": ("assert cart.total() == 3", "total = cart.total()\nassert total == 3"),
    "a result with a type": ("assert cart.total() == 3", "total: int = cart.total()\nassert total == 3"),
    "as near as floats are": ("assert f(2) == 0.3", "assert f(2) == approx(0.3, abs=1e-9)"),
    "as near as floats are, by a share": ("assert f(2) == 0.3", "assert f(2) == approx(0.3, rel=1e-9)"),
    "as near as floats are to nothing": ("assert f(2) == 0.0", "assert f(2) == approx(0.0, abs=1e-9)"),
    "as near as floats are, each": ("assert f(2) == [0.1, 0.3]", "assert f(2) == approx([0.1, 0.3], abs=1e-9)"),
    "as close as floats are": ("assert f(2) == 0.3", "assert math.isclose(f(2), 0.3, abs_tol=1e-9)"),
    "as round as floats are": ("assert f(2) == 0.3", "assert round(f(2), 9) == 0.3"),
    "a receipt that is kept": (
        "checkout(cart)\nassert cart.paid == 3",
        "receipt = checkout(cart)\nassert cart.paid == 3",
    ),
    "what a helper gave is kept": ("check_total(cart)", "total = check_total(cart)"),
    "what a helper gave is kept, awaited": ("await check_total(cart)", "total = await check_total(cart)"),
    "what a helper of its own gave is kept": (
        EQUALS,
        "def check(n):\n    assert f(n) == 3\n    return n\nn = check(2)",
    ),
    "a class with other names": (
        "assert cart.total() == 3",
        "class Broken:\n    close = None\nassert cart.total() == 3",
    ),
    "a helper of the file": ("check_total(f(2))", "cart = f(2)\ncheck_total(cart)"),
    "a helper of any name": (EQUALS, "def same(a, b):\n    assert a == b\nsame(f(2), 3)"),
    "a helper of a helper": (
        EQUALS,
        "def same(a, b):\n    assert a == b\ndef check(n):\n    same(f(n), 3)\ncheck(2)",
    ),
    "a helper that asserts one thing more": (
        HELPER,
        HELPER.replace("\n    assert n.y", "\n    assert n\n    assert n.y"),
    ),
    "a helper whose assertions stand in another order": (
        HELPER,
        "def check(n):\n    assert n.z == 5\n    assert n.x == 3\n    assert n.y == 4\ncheck(f(2))",
    ),
    "a helper of another name": (HELPER, HELPER.replace("check", "matches")),
    "a helper that no longer is one": (HELPER, "n = f(2)\nassert n.x == 3\nassert n.y == 4\nassert n.z == 5"),
    "several assertions in one helper": ("assert f(2).x == 3\nassert f(2).y == 4\nassert f(2).z == 5", HELPER),
    "a condition in a helper as before": (
        "def check(n):\n    assert n == 3\n    if n:\n        assert n > 0\ncheck(f(2))",
        "def check(n):\n    assert n == 3, n\n    if n:\n        assert n > 0\ncheck(f(2))",
    ),
    "an expected error in a helper": ("with pytest.raises(ValueError, match='no'):\n    f(2)", FAILS),
    "as near as floats are, in a helper": (SAME, SAME.replace("== b", "== approx(b, abs=1e-9)")),
    "as near as floats are to a whole number": (EQUALS, "assert f(2) == approx(3, abs=1e-9)"),
    "a table of its own": (LOOP, "table = (1, 2)\nfor x in table:\n    assert f(x) == 3\nassert f(1) == 3"),
}


@pytest.mark.parametrize(("before", "after"), SOUND.values(), ids=SOUND.keys())
def test_what_only_looks_like_a_trick_is_none(before: str, after: str) -> None:
    assert weakened(of(before), of(after)) == ""


def test_a_table_of_the_file_is_read() -> None:
    named = "ROWS = [(1, 2), (3, 4)]\n\n@pytest.mark.parametrize('x, y', ROWS)\n"
    assert weakened(of(CELLS, TABLE), of(CELLS, named)) == ""


def many(rows: int) -> str:
    """Return the table of so many rows that are a call each before it."""
    cells = ", ".join(f"({number}, {number + 1})" for number in range(rows))
    return f"@pytest.mark.parametrize('x, y', [{cells}])\n"


EACH = "\n".join(f"assert f({number}) == {number + 1}" for number in range(40))


def test_many_assertions_may_become_a_table_of_as_many_rows() -> None:
    assert weakened(of(EACH), of(CELLS, many(40))) == ""
    assert weakened(of(CELLS, many(40)), of(EACH)) == ""
    assert weakened(of(CELLS, many(40)), of(CELLS, many(41))) == ""


def test_of_many_rows_each_one_that_is_gone_is_told() -> None:
    assert weakened(of(EACH), of(CELLS, many(39)))
    assert weakened(of(CELLS, many(40)), of(CELLS, many(38))) == "2 rows of its table are gone"
    assert weakened(of(EACH), of("assert isinstance(f(x), int)", many(40)))


def test_helpers_that_call_each_other_cost_no_time() -> None:
    helpers = [f"def check_{number}(n):\n" + f"    check_{number + 1}(n)\n" * 9 for number in range(30)]
    body = "\n".join([*helpers, "def check_30(n):\n    assert n == 3", "check_0(f(2))"])
    assert weakened(of(EQUALS), of(body)) == ""
