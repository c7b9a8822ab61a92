"""New tests as a formatter sees them: a text of its own, so that nothing else can change."""

from __future__ import annotations

import ast
from inspect import cleandoc
from typing import TYPE_CHECKING

from greenline.domain.generation.indentation import indented, outdented
from greenline.domain.generation.source_text import SourceText

if TYPE_CHECKING:
    from collections.abc import Sequence

    from greenline.domain.generation.merge import Block

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def text_of(blocks: Sequence[Block]) -> str:
    """Return a module of these tests alone, methods in a class, so that their lines are as long as they will be."""
    return "\n\n\n".join(_wrapped(block) for block in blocks) + "\n"


def layouts_of(blocks: Sequence[Block], text: str) -> dict[str, str]:
    """Return code -> its layout in that text, for the tests that mean the same there. Raises nothing."""
    source = SourceText(text)
    try:
        nodes = source.parse().body
    except (SyntaxError, ValueError, RecursionError):
        return {}
    if len(nodes) != len(blocks):
        return {}
    found = {}
    for block, node in zip(blocks, nodes, strict=True):
        inner = node.body[0] if isinstance(node, ast.ClassDef) and block.is_method else node
        if not isinstance(inner, _FUNCTIONS):
            continue
        first = min([inner.lineno, *(each.lineno for each in inner.decorator_list)])
        lines = [source.line(number) for number in range(first, (inner.end_lineno or first) + 1)]
        try:
            code = outdented("\n".join(lines))
            if _meaning(code) == _meaning(block.code):
                found[block.code] = code
        except (SyntaxError, ValueError):
            continue
    return found


def _wrapped(block: Block) -> str:
    if not block.is_method:
        return block.code
    return f"class Test:\n{indented(block.code, '    ')}"


def _meaning(code: str) -> str:
    tree = SourceText(code).parse()
    for node in ast.walk(tree):
        if isinstance(node, _FUNCTIONS) and isinstance(node.body[0], ast.Expr):
            value = node.body[0].value
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                value.value = cleandoc(value.value).strip()
    return ast.dump(tree)
