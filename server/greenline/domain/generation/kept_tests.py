"""Generated tests recognised by what they say: however they are formatted, and only while nobody has edited them."""

from __future__ import annotations

import ast
import tokenize
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

from greenline.domain.code.parse import parse
from greenline.domain.code.text_lines import split_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Definition = ast.FunctionDef | ast.AsyncFunctionDef
_NO_MEANING = frozenset({"ctx", "kind", "type_comment"})


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


def keys_of(text: str) -> dict[str, str]:
    """Return the keys of the functions of a test file that may be tests, by their names."""
    lines = split_lines(text.removeprefix("\ufeff"))
    return {name: key_of(node, _comments(node, lines)) for name, node in named_tests(text).items()}


def key_of(definition: Definition, comments: Sequence[str] = ()) -> str:
    """Return what tells tests apart: line breaks, quotes and the indentation of a class do not, comments do.

    It is the same under each Python that Greenline runs in.
    """
    said = "\0".join([*_meaning(definition), *comments])
    return blake2b(said.encode("ascii"), digest_size=16).hexdigest()


def _functions(node: ast.Module | ast.ClassDef, prefix: str) -> Iterator[tuple[str, Definition]]:
    for inner in node.body:
        if isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield prefix + inner.name, inner
        elif isinstance(inner, ast.ClassDef):
            yield from _functions(inner, f"{prefix}{inner.name}::")


def _meaning(definition: Definition) -> Iterator[str]:
    """Yield the tree in words of ASCII, without what some Pythons leave empty and others leave out."""
    docstring = definition.body[0].value if isinstance(definition.body[0], ast.Expr) else None
    todo: list[object] = [definition]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Constant):
            yield f"Constant {_constant(node.value, is_docstring=node is docstring)}"
        elif isinstance(node, ast.AST):
            yield f"{type(node).__name__}("
            todo += [")", *(part for name, value in reversed(_fields(node)) for part in (value, f"{name}="))]
        elif isinstance(node, list):
            todo += ["]", *reversed(node), "["]
        else:
            yield ascii(node)


def _constant(value: object, *, is_docstring: bool) -> str:
    if isinstance(value, str) and is_docstring:  # formatters move its lines
        value = " ".join(value.split())
    return hex(value) if type(value) is int else ascii(value)


def _fields(node: ast.AST) -> list[tuple[str, object]]:
    if isinstance(node, ast.JoinedStr):
        return [("values", _parts(node))]
    return [
        (name, value)
        for name, value in ast.iter_fields(node)
        if name not in _NO_MEANING and value is not None and value != []
        if not (isinstance(value, ast.JoinedStr) and not _parts(value) and isinstance(node, ast.FormattedValue))
    ]


def _parts(text: ast.JoinedStr) -> list[ast.expr]:
    """Return what an f-string is made of; behind a nested format there may be an empty text."""
    return [part for part in text.values if not (isinstance(part, ast.Constant) and part.value == "")]


def _comments(definition: Definition, lines: Sequence[str]) -> list[str]:
    """Return the comments in a test and right above it, without what formatters change in them."""
    first, last = _lines_of(definition, lines)
    if not any("#" in line for line in lines[first:last]):
        return []
    block = iter(["if 1:\n", *(f" {line}\n" for line in lines[first:last]), ""])
    try:
        tokens = list(tokenize.generate_tokens(block.__next__))
    except (tokenize.TokenError, SyntaxError):
        return [ascii(line.strip()) for line in lines[first:last]]
    return [ascii(token.string.lstrip("#").strip()) for token in tokens if token.type == tokenize.COMMENT]


def _lines_of(definition: Definition, lines: Sequence[str]) -> tuple[int, int]:
    """Return the range of a test's lines with the comments that belong to it."""
    first = min(node.lineno for node in (definition, *definition.decorator_list)) - 1
    last = end = definition.end_lineno or definition.lineno
    while first and _comment_column(lines[first - 1]) == definition.col_offset:
        first -= 1
    for number in range(end, len(lines)):
        if lines[number].strip() and _comment_column(lines[number]) <= definition.col_offset:
            break
        last = number + 1 if lines[number].strip() else last
    return first, last


def _comment_column(line: str) -> int:
    """Return where the comment begins that is alone on a line, -1 where there is none."""
    return len(line) - len(line.lstrip()) if line.lstrip().startswith("#") else -1
