"""Whether a definition says that a function has a result."""

from __future__ import annotations

import ast

import pytest

from greenline.domain.code.results import returns_no_value


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("x.a = 1", True),
        ("return", True),
        ("return None", False),
        ("yield", False),
        ("def g():\n        return 1", True),
        ("g = lambda: (yield)", True),
    ],
)
def test_a_result_is_what_a_return_has_or_what_is_yielded(body: str, *, expected: bool) -> None:
    for definition in ("def", "async def"):
        (node,) = ast.parse(f"{definition} f(x):\n    {body}\n").body
        assert returns_no_value(node) is expected


def test_what_is_no_function_has_no_result_to_speak_of() -> None:
    (node,) = ast.parse("class Box:\n    pass\n").body
    assert not returns_no_value(node)
