"""Trees, also where Python miscounts how deep they are."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from greenline.domain.code import syntax_tree
from greenline.domain.code.parse import parse
from greenline.domain.code.syntax_tree import expression_of, literal_of, module_of


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (lambda: ast.unparse(module_of("a = 1\nb = 2\n")), "a = 1\nb = 2"),
        (lambda: ast.unparse(expression_of("a + 1")), "a + 1"),
        (lambda: literal_of(" {'a': [1, -2.5]}"), {"a": [1, -2.5]}),
    ],
    ids=["statements", "an expression", "a literal"],
)
@pytest.mark.parametrize("misses", [0, 1, 5])
def test_a_tree_is_made_again_where_other_threads_made_theirs(
    monkeypatch: pytest.MonkeyPatch, made: Any, expected: object, misses: int
) -> None:
    left = [misses]
    parsed = ast.parse

    def miscounted(*arguments: Any, **options: Any) -> ast.AST:
        left[0] -= 1
        if left[0] >= 0:
            raise SystemError("AST constructor recursion depth mismatch (before=63, after=60)")
        return parsed(*arguments, **options)

    monkeypatch.setattr(syntax_tree.ast, "parse", miscounted)

    assert made() == expected


def test_what_python_refuses_is_refused() -> None:
    with pytest.raises(SyntaxError):
        module_of("def f(:\n")
    with pytest.raises(SyntaxError):
        expression_of("a = 1")
    with pytest.raises(ValueError, match="malformed"):
        literal_of("f(1)")


def test_a_python_that_always_fails_is_not_asked_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> ast.AST:
        raise SystemError("broken")

    monkeypatch.setattr(syntax_tree.ast, "parse", broken)
    with pytest.raises(SystemError, match="broken"):
        parse("a = 1  # of no other test\n")
