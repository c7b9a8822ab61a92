"""Generated tests recognised by what they say: however they are formatted, and only while nobody has edited them."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

from greenline.domain.code.parse import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

Definition = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class GeneratedTest:
    """A generated test that a person accepted."""

    key: str
    """Of its text, formatting aside."""
    target: str
    """What it tests, in the written form of a target; its path is relative to the project's root, with slashes."""
    engine: str = ""
    oracles: tuple[str, ...] = ()


def named_tests(text: str) -> dict[str, Definition]:
    """Return the functions of a test file that may be tests, as pytest names them: ``test_a``, ``TestB::test_a``."""
    tree, _ = parse(text)
    return dict(_functions(tree, "")) if tree else {}


def key_of(definition: Definition) -> str:
    """Return what tells tests apart: line breaks, quotes, comments and the indentation of a class do not."""
    return blake2b(ast.unparse(definition).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _functions(node: ast.Module | ast.ClassDef, prefix: str) -> Iterator[tuple[str, Definition]]:
    for inner in node.body:
        if isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield prefix + inner.name, inner
        elif isinstance(inner, ast.ClassDef):
            yield from _functions(inner, f"{prefix}{inner.name}::")
