"""What a function uses of the project's other modules, and what those say of it: the headers, without the bodies."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from greenline.domain.code.dotted_names import dotted
from greenline.domain.code.file_names import names_of_file
from greenline.domain.code.parse import parse
from greenline.domain.code.text_lines import split_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from greenline.domain.code.model import Function

_MOST_MEMBERS = 24
_LONGEST_VALUE = 12
"""Lines of a constant that are shown."""
_DEFS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class Used:
    """A name of another module; an empty ``attribute`` is the module itself, ``members`` what is used of it."""

    module: str
    attribute: str
    members: tuple[str, ...] = ()


def used_by(text: str, function: Function, module: str, *, is_package: bool = False) -> tuple[Used, ...]:
    """Return what a function uses of what its module imports, in the order in which it is used. Raises nothing."""
    tree, _ = parse(text)
    if tree is None:
        return ()
    imports = names_of_file(tree, module, is_package=is_package).imports
    found: dict[tuple[str, str], list[str]] = {}
    for node in _nodes(tree, function):
        if isinstance(node, ast.Attribute) and (path := dotted(node)):
            first, *rest = path.split(".")
            if first in imports:
                found.setdefault(imports[first], []).append(rest[0])
        elif isinstance(node, ast.Name) and node.id in imports:
            found.setdefault(imports[node.id], [])
    return tuple(Used(*place, tuple(dict.fromkeys(members))) for place, members in found.items())


def header_of(text: str, name: str) -> str:
    """Return how a module defines a name, without bodies; empty where it does not. Raises nothing.

    Of a function it is the header and the documentation, of a class its fields and the headers of its methods.
    """
    tree, _ = parse(text)
    lines = split_lines(text)
    for node in tree.body if tree else ():
        if isinstance(node, (*_DEFS, ast.ClassDef)) and node.name == name:
            return "\n".join(_class(node, lines) if isinstance(node, ast.ClassDef) else _function(node, lines))
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and name in _targets(node):
            source = lines[node.lineno - 1 : node.end_lineno]
            return "\n".join([*source[:_LONGEST_VALUE], *(["    ..."] if len(source) > _LONGEST_VALUE else [])])
    return ""


def handed_on(text: str, name: str, module: str, *, is_package: bool) -> tuple[str, str] | None:
    """Return (module, attribute) where a module imports the name itself, None where it does not. Raises nothing."""
    tree, _ = parse(text)
    return names_of_file(tree, module, is_package=is_package).imports.get(name) if tree else None


def _nodes(tree: ast.Module, function: Function) -> Iterator[ast.AST]:
    """Yield what stands in the function, and its class's bases and fields; the decorators come last."""
    for node in ast.walk(tree):
        if isinstance(node, _DEFS) and (node.lineno, node.name) == (function.line, function.name):
            yield from ast.walk(node)
        elif isinstance(node, ast.ClassDef) and node.lineno < function.line <= (node.end_lineno or 0):
            for part in (*node.bases, *(each for each in node.body if isinstance(each, ast.AnnAssign))):
                yield from ast.walk(part)


def _function(node: ast.FunctionDef | ast.AsyncFunctionDef, lines: Sequence[str]) -> list[str]:
    if node.body[0].lineno <= node.lineno:  # all on one line
        return [lines[node.lineno - 1]]
    documented = ast.get_docstring(node, clean=False) is not None
    end = node.body[0].end_lineno if documented else node.body[0].lineno - 1
    first = min((each.lineno for each in node.decorator_list), default=node.lineno)
    return [*lines[first - 1 : end], " " * (node.col_offset + 4) + "..."]


def _class(node: ast.ClassDef, lines: Sequence[str]) -> list[str]:
    first = min((each.lineno for each in node.decorator_list), default=node.lineno)
    told = list(lines[first - 1 : max(node.lineno, node.body[0].lineno - 1)])
    for number, member in enumerate(node.body):
        if number >= _MOST_MEMBERS:
            return [*told, " " * (node.col_offset + 4) + "..."]
        if isinstance(member, _DEFS):
            told += _function(member, lines)
        elif isinstance(member, ast.ClassDef):
            told += _class(member, lines)
        else:
            told += lines[member.lineno - 1 : member.end_lineno]
    return told


def _targets(node: ast.Assign | ast.AnnAssign) -> list[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return [target.id for target in targets if isinstance(target, ast.Name)]
