"""Which ways lead past a guard."""

from __future__ import annotations

import ast

import pytest

from greenline.domain.auditing.guards import guards_in, leads_past


@pytest.mark.parametrize(
    ("condition", "guards"),
    [
        ("isinstance(x, int)", True),
        ("x is None", True),
        ("x is not None and hasattr(x, 'close')", True),
        ("callable(getattr(x, 'close', None))", True),
        ("not isinstance(x, int)", False),
        ("x", False),
        ("x == None", False),
        ("x is not None and x > 1", False),
        ("x is y", False),
    ],
)
def test_a_guard_asks_what_a_value_is_or_whether_it_is_there(condition: str, *, guards: bool) -> None:
    tree = ast.parse(f"def f(x):\n    if {condition}:\n        x = 1\n        x = 2\n    return x\n")
    found = guards_in(tree)
    assert (found == {2: range(3, 5)}) is guards
    assert leads_past((2, 5), found) is guards
    assert not leads_past((2, 3), found), "that it never is what is asked for is worth a test"
    assert not leads_past((5, -1), found)


def test_where_something_is_done_otherwise_both_ways_count() -> None:
    assert guards_in(ast.parse("if isinstance(x, int):\n    a()\nelse:\n    b()\n")) == {}
