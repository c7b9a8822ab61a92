"""Property tests as they run once, and longer, before anybody sees them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from greenline.domain.code.parse import parse
from greenline.domain.code.text_lines import split_lines
from greenline.domain.generation.max_examples import OF_HYPOTHESIS

if TYPE_CHECKING:
    from collections.abc import Collection

TIMES = 5
SEED = 4242


def in_depth(text: str, names: Collection[str]) -> str | None:
    """Return the test file with the named tests trying five times as much, from another seed; None where none does.

    What is found is stored nowhere, and no example has a time limit: what is slow is no failure here.
    """
    tree, _ = parse(text)
    wanted = {name.rpartition("::")[2] for name in names}
    found = [
        node
        for node in (ast.walk(tree) if tree else ())
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and node.name in wanted
        and any(_called(d) == "given" for d in node.decorator_list)
    ]
    lines = split_lines(text)
    for node in sorted(found, key=lambda n: n.lineno, reverse=True):
        own = [d for d in node.decorator_list if _called(d) == "settings"]
        count = TIMES * max([OF_HYPOTHESIS, *map(_max_examples, own)])
        first = min(d.lineno for d in node.decorator_list)
        indent = lines[first - 1][: len(lines[first - 1]) - len(lines[first - 1].lstrip())]
        for decorator in sorted(own, key=lambda d: d.lineno, reverse=True):
            del lines[decorator.lineno - 1 : decorator.end_lineno]
        more = f"max_examples={count}, deadline=None, derandomize=False, database=None"
        calls = [f"seed({SEED})", f"settings({more})"]
        lines[first - 1 : first - 1] = [f'{indent}@__import__("hypothesis").{call}' for call in calls]
    return "\n".join([*lines, ""]) if found else None


def _called(decorator: ast.expr) -> str:
    """Return the name of what a decorator calls, without its module."""
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""


def _max_examples(decorator: ast.expr) -> int:
    keywords = decorator.keywords if isinstance(decorator, ast.Call) else []
    given = [k.value.value for k in keywords if k.arg == "max_examples" and isinstance(k.value, ast.Constant)]
    return next((value for value in given if isinstance(value, int)), OF_HYPOTHESIS)
