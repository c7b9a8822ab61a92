"""Write a test function as a method: of a plain test class, or of a ``unittest.TestCase`` in the words of that."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from greenline.domain.generation.source_text import SourceText
from greenline.domain.generation.unittest_words import NotSaid, in_unittest_words

if TYPE_CHECKING:
    from greenline.domain.generation.model import Candidate

_MANGLED = re.compile(r"(?<!\w)__\w*(?<!__)(?!\w)")


def as_method(candidate: Candidate, *, unittest: bool) -> Candidate | None:
    """Return the candidate with ``self``, not indented yet; None where a method could not do the same.

    Raises SyntaxError when its code does not parse.
    """
    source = SourceText(candidate.code)
    tree = source.parse()
    node = tree.body[0] if len(tree.body) == 1 else None
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) or _is_mangled(tree):
        return None
    if any(isinstance(each, ast.Name) and each.id == "self" for each in ast.walk(tree)):
        return None
    if not unittest:
        return replace(candidate, code=with_self(candidate.code, node))
    try:
        code = in_unittest_words(source, node)
    except NotSaid:
        return None
    return replace(candidate, code=code, imports=_needed(candidate.imports, code))


def with_self(code: str, node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """Return the code of a function with ``self`` before its parameters."""
    source = SourceText(code)
    start = source.offset(node.lineno, node.col_offset)
    at = source.text.index("(", start) + 1
    head, rest = source.text[:at], source.text[at:]
    if rest.lstrip().startswith(")"):
        return f"{head}self{rest.lstrip()}"
    blank = rest[: len(rest) - len(rest.lstrip())]
    return f"{head}{blank}self,{blank or ' '}{rest.lstrip()}"


def _is_mangled(tree: ast.AST) -> bool:
    """Tell whether there is a name that means another one inside of a class: ``__private``."""
    return any(
        _MANGLED.fullmatch(name)
        for node in ast.walk(tree)
        for name in (getattr(node, "id", None), getattr(node, "attr", None), getattr(node, "arg", None))
        if name
    )


def _needed(imports: tuple[str, ...], code: str) -> tuple[str, ...]:
    """Leave out what only pytest's words needed."""
    gone = {f"import {name}" for name in ("pytest", "re") if not re.search(rf"\b{name}\.", code)}
    return tuple(each for each in imports if each not in gone)
