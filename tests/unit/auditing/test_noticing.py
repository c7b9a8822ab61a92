from __future__ import annotations

import ast
from pathlib import Path

import pytest

from greenline.domain.auditing.changes import changes_of, says_something
from greenline.domain.auditing.fixed import holds_always
from greenline.domain.auditing.noticing import Changed, Noticing, Trial

CODE = """\
def total(prices, reduced):
    if reduced:
        return sum(prices) // 2
    return sum(prices)
"""


def function(tests: int) -> Changed:
    tree = ast.parse(CODE)
    node = tree.body[0]
    assert isinstance(node, ast.FunctionDef)
    waiting = [(change, tests) for change in changes_of(node)]
    return Changed("shop.py::total", Path("shop.py"), 1, waiting)


def test_each_change_makes_another_program() -> None:
    changed = [change.made_in(CODE) for change, _ in function(0b1).waiting]
    assert "        return None\n    return sum(prices)\n" in changed[0]
    assert len(set(changed)) == len(changed) >= 4
    assert CODE not in changed


def test_a_function_of_which_nothing_was_noticed_is_unchecked_and_its_test_is_not_blamed() -> None:
    noticing = Noticing([function(0b1)], ["a"], {})
    while (trial := noticing.next()) is not None:
        noticing.tried(trial, ())
    assert [one.subject for one in noticing.unchecked()] == ["shop.py::total"]
    assert list(noticing.cannot_fail()) == []


def test_a_test_that_notices_nothing_where_another_does_cannot_fail() -> None:
    noticing = Noticing([function(0b11)], ["good", "weak"], {})
    while (trial := noticing.next()) is not None:
        noticing.tried(trial, {"good"} & set(trial.tests))
    assert [test for test, _ in noticing.cannot_fail()] == ["weak"]
    assert list(noticing.unchecked()) == []
    assert noticing.left == 0


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("(x == 1, 'message')", True),
        ("1 == 1", True),
        ("len(x) >= 0", True),
        ("x or True", True),
        ("isinstance(x, object)", True),
        ("False", False),
        ("1 == 2", False),
        ("len(x) > 0", False),
        ("x and True", False),
        ("[*x]", False),
        ("not x", False),
    ],
)
def test_what_holds_whatever_happens_is_known(condition: str, holds: bool) -> None:
    assert bool(holds_always(ast.parse(condition, mode="eval").body)) is holds


def functions() -> list[Changed]:
    return [function(reaching) for reaching in (0b0011, 0b0111, 0b1100, 0b1111)]


def test_what_is_kept_of_a_function_is_what_would_be_found_anew() -> None:
    tests, seconds = ["a", "b", "c", "d"], {"a": 0.0, "b": 0.5, "c": 1.0, "d": 4.0}
    kept = Noticing(functions(), tests, seconds)
    done: list[tuple[int, Trial, set[str]]] = []
    while (trial := kept.next()) is not None:
        anew = Noticing(functions(), tests, seconds)
        for place, earlier, failed in done:
            of = anew.functions[place]
            change = next(one for one, _ in of.waiting if one == earlier.change)
            anew.tried(Trial(of, change, earlier.tests, earlier.reaching), failed)
        again = anew.next()
        assert again is not None
        assert (again.change, again.tests) == (trial.change, trial.tests)
        assert anew.left == kept.left
        place = next(number for number, one in enumerate(kept.functions) if one is trial.function)
        failed = {"b", "d"} & set(trial.tests) if len(done) % 3 == 2 else set()
        kept.tried(trial, failed)
        done.append((place, trial, failed))
    assert len(done) > len(tests)


def test_only_what_closed_tests_reach_is_judged_again() -> None:
    asked: list[int] = []

    class Asked(Changed):
        __slots__ = ()

        def __getattribute__(self, name: str) -> object:
            if name == "waiting":
                asked.append(id(self))
            return super().__getattribute__(name)

    near, far = (Asked("shop.py::total", Path("shop.py"), 1, function(bits).waiting) for bits in (0b01, 0b10))
    noticing = Noticing([near, far], ["near", "far"], {"far": 5.0})
    trial = noticing.next()
    assert trial is not None
    assert trial.function is near
    noticing.tried(trial, {"near"})
    asked.clear()
    noticing.next()
    assert id(near) in asked
    assert id(far) not in asked


EVERY = (1 << 60) - 1


def of_many_tests() -> Noticing:
    """Return what is to be tried of a function that sixty tests reach, each of which noticed another one before."""
    tests = [f"test_{n}" for n in range(60)]
    other = function(EVERY)
    noticing = Noticing([other, function(EVERY)], tests, {})
    noticing.tried(Trial(other, other.waiting[0][0], tuple(tests), EVERY), tests)
    return noticing


def test_a_function_is_unchecked_only_where_all_tests_that_reach_it_were_asked() -> None:
    noticing, runs = of_many_tests(), []
    while (trial := noticing.next()) is not None:
        runs.append(len(trial.tests))
        noticing.tried(trial, {"test_57"} & set(trial.tests))
    assert list(noticing.unchecked()) == []
    assert runs == [40] * len(function(0b1).waiting) + [20]
    noticing = of_many_tests()
    while (trial := noticing.next()) is not None:
        noticing.tried(trial, ())
    (told,) = noticing.unchecked()
    assert told.evidence.startswith("Not noticed by any of the 60 tests that run it: ")


def test_a_test_is_told_of_only_where_it_notices_nothing_of_all_that_it_runs() -> None:
    noticing = Noticing([function(0b11), function(0b10)], ["good", "late"], {})
    untried = sum(len(each.waiting) for each in noticing.functions)
    for _ in range(untried - 1):
        trial = noticing.next()
        assert trial is not None
        noticing.tried(trial, {"good"} & set(trial.tests))
    assert (list(noticing.cannot_fail()), noticing.undecided) == ([], 1)
    last = noticing.next()
    assert last is not None
    noticing.tried(last, {"late"})
    assert (list(noticing.cannot_fail()), noticing.undecided) == ([], 0)


def test_what_time_left_unknown_of_a_function_is_not_told() -> None:
    noticing = of_many_tests()
    for _ in function(0b1).waiting:
        trial = noticing.next()
        assert trial is not None
        noticing.tried(trial, ())
    assert list(noticing.unchecked()) == []
    assert noticing.left == 1


@pytest.mark.parametrize(
    ("text", "tells"),
    [
        ("def f(self):\n    self.depth = 0\n    self.names = []\n", False),
        ("def f(self, line):\n    super().__init__(line, message='no')\n", False),
        ("def f(self):\n    self.depth = 0\n    self.clear()\n", True),
        ("def f(self):\n    return 0\n", True),
    ],
)
def test_what_a_number_is_says_too_little_of_whether_anybody_checks_a_function(text: str, *, tells: bool) -> None:
    node = ast.parse(text).body[0]
    assert isinstance(node, ast.FunctionDef)
    assert says_something(changes_of(node)) is tells
