"""What a test asserts with the methods of unittest, with ``assert`` and ``pytest.raises``."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from greenline.domain.code.syntax_tree import module_of
from greenline.domain.generation.text_spans import Spans
from greenline.domain.generation.unittest_words import in_plain_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenline.domain.generation.text_spans import Span


def in_words_of_pytest(code: str) -> str:
    """Return code with the assertions of unittest that have plain words in those, and the rest as it is written.

    Raises SyntaxError or ValueError for what does not parse.
    """
    tree = module_of(code)
    spans = Spans(code)
    names: list[str] = []
    for span, text in sorted(_replaced(tree, spans, names), key=lambda each: each[0].start, reverse=True):
        code = code[: span.start] + text + code[span.end :]
    for name in names:
        code = re.sub(rf"\b{name}\.exception\b", f"{name}.value", code)
    return code


def _replaced(tree: ast.Module, spans: Spans, names: list[str]) -> Iterator[tuple[Span, str]]:
    """Yield pieces and what takes their place; ``names`` gets what the errors that are caught are called."""
    for node in ast.walk(tree):
        plain = in_plain_words(node)
        if plain is node:
            continue
        if isinstance(node, ast.Expr):
            yield spans.of(node), ast.unparse(ast.fix_missing_locations(plain))
        elif isinstance(node, ast.With) and isinstance(plain, ast.With):
            call, bound = node.items[0].context_expr, node.items[0].optional_vars
            names += [bound.id] if isinstance(bound, ast.Name) else []
            yield spans.of(call), ast.unparse(ast.fix_missing_locations(plain.items[0].context_expr))
