from __future__ import annotations

import ast
from pathlib import Path

import pytest

from greenline.domain.auditing.changes import changes_of
from greenline.domain.auditing.fixed import holds_always
from greenline.domain.auditing.noticing import Changed, Noticing

CODE = """\
def total(prices, reduced):
    if reduced:
        return sum(prices) // 2
    return sum(prices)
"""


def function(*tests: str) -> Changed:
    tree = ast.parse(CODE)
    node = tree.body[0]
    assert isinstance(node, ast.FunctionDef)
    waiting = [(change, frozenset(tests)) for change in changes_of(node)]
    return Changed("shop.py::total", Path("shop.py"), 1, waiting)


def test_each_change_makes_another_program() -> None:
    changed = [change.made_in(CODE) for change, _ in function("a").waiting]
    assert "        return None\n    return sum(prices)\n" in changed[0]
    assert len(set(changed)) == len(changed) >= 4
    assert CODE not in changed


def test_a_function_of_which_nothing_was_noticed_is_unchecked_and_its_test_is_not_blamed() -> None:
    noticing = Noticing([function("a")], {})
    while (trial := noticing.next()) is not None:
        noticing.tried(trial, ())
    assert [one.subject for one in noticing.unchecked()] == ["shop.py::total"]
    assert list(noticing.cannot_fail({"a": ["a"]})) == []


def test_a_test_that_notices_nothing_where_another_does_cannot_fail() -> None:
    noticing = Noticing([function("good", "weak")], {})
    while (trial := noticing.next()) is not None:
        noticing.tried(trial, {"good"} & set(trial.tests))
    assert [test for test, _ in noticing.cannot_fail({"good": ["good"], "weak": ["weak"]})] == ["weak"]
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
