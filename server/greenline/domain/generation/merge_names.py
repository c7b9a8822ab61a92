"""Add names to the ``from`` imports that a file has already."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from greenline.domain.generation.import_items import items_of, member_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from greenline.domain.generation.import_items import ImportItem
    from greenline.domain.generation.source_text import SourceText

_WIDTH = 88
_INDENT = "    "


def extend_statements(
    source: SourceText, nodes: Sequence[ast.Import | ast.ImportFrom], items: Sequence[ImportItem]
) -> tuple[dict[int, str], list[ImportItem]]:
    """Return what to insert at which offset, and the items that need a statement of their own."""
    pieces: dict[int, str] = {}
    left = list(items)
    if _one_name_each(nodes):
        return pieces, left
    for node in nodes:
        names = sorted((item.name for item in left if item.name and _can_hold(node, item)), key=member_key)
        added = _extended(source, node, names) if names and isinstance(node, ast.ImportFrom) else None
        if added:
            pieces |= added
            left = [item for item in left if not _can_hold(node, item)]
    return pieces, left


def _one_name_each(nodes: Sequence[ast.Import | ast.ImportFrom]) -> bool:
    """Tell whether a module stands in several statements, each with one name, and none has more."""
    found = [node for node in nodes if isinstance(node, ast.ImportFrom)]
    modules = [(node.level, node.module) for node in found]
    return len(set(modules)) < len(modules) and all(len(node.names) == 1 for node in found)


def _can_hold(node: ast.Import | ast.ImportFrom, item: ImportItem) -> bool:
    if not item.name or item.alias or item.name == "*":
        return False
    return all(
        each.module == item.module and each.name not in {None, "*"} and not each.alias for each in items_of(node)
    )


def _extended(source: SourceText, node: ast.ImportFrom, names: Sequence[str]) -> dict[int, str] | None:
    if node.lineno != node.end_lineno:
        return _in_table(source, node, names) or _in_paragraph(source, node, names)
    length = len(source.line(node.lineno))
    if length + sum(len(name) + 2 for name in names) <= max(_WIDTH, length):
        return _in_line(source, node, names)
    end = source.offset(node.lineno, node.end_col_offset or 0)
    return None if source.text[end - 1] == ")" else _to_table(source, node, names)


def _in_line(source: SourceText, node: ast.ImportFrom, names: Sequence[str]) -> dict[int, str]:
    pieces: dict[int, str] = {}
    end = _end_of(source, node.names[-1])
    for name in names:
        later = _later(node, name)
        offset = source.offset(later.lineno, later.col_offset) if later else end
        pieces[offset] = pieces.get(offset, "") + (f"{name}, " if later else f", {name}")
    return pieces


def _to_table(source: SourceText, node: ast.ImportFrom, names: Sequence[str]) -> dict[int, str] | None:
    """Break a line that becomes too long: one name per line, by insertions (the blank behind a comma indents)."""
    listed = ", ".join(alias.name for alias in node.names)
    if not re.fullmatch(rf"from [.\w]+ import {re.escape(listed)}", source.line(node.lineno)):
        return None
    pieces: dict[int, str] = {}
    for index, alias in enumerate(node.names):
        before = "".join(f"{name},\n{_INDENT}" for name in names if _later(node, name) is alias)
        at = source.offset(alias.lineno, alias.col_offset)
        if index == 0:
            pieces[at] = f"(\n{_INDENT}{before}"
        else:
            pieces[at - 1] = f"\n{_INDENT[1:]}"
            pieces |= {at: before} if before else {}
    last = "".join(f"{_INDENT}{name},\n" for name in names if _later(node, name) is None)
    pieces[source.offset(node.lineno, node.end_col_offset or 0)] = f",\n{last})"
    return {offset: text.replace("\n", source.newline) for offset, text in pieces.items()}


def _in_table(source: SourceText, node: ast.ImportFrom, names: Sequence[str]) -> dict[int, str] | None:
    """Names that stand one per line, each with its comma."""
    for alias in node.names:
        if not re.fullmatch(rf"[ \t]+{re.escape(alias.name)}\s*,\s*(#.*)?", source.line(alias.lineno)):
            return None
    first = source.line(node.names[0].lineno)
    indent = first[: len(first) - len(first.lstrip())]
    pieces: dict[int, str] = {}
    for name in names:
        later = _later(node, name)
        offset = source.start(later.lineno if later else node.names[-1].lineno + 1)
        pieces[offset] = pieces.get(offset, "") + f"{indent}{name},{source.newline}"
    return pieces


def _in_paragraph(source: SourceText, node: ast.ImportFrom, names: Sequence[str]) -> dict[int, str] | None:
    """Several names on a line, over several lines: new ones follow the last, below it where its line is full."""
    last = node.names[-1]
    head = source.text[source.start(node.lineno) : source.offset(node.names[0].lineno, node.names[0].col_offset)]
    if "(" not in head or "\\" in head:
        return None
    indent = " " * next(alias.col_offset for alias in node.names if alias.lineno == last.lineno)
    length = len(source.line(last.lineno))
    text = ""
    for name in names:
        length += len(name) + 2
        is_full = length > _WIDTH
        text += f",{source.newline}{indent}{name}" if is_full else f", {name}"
        length = len(indent) + len(name) + 2 if is_full else length
    return {_end_of(source, last): text}


def _end_of(source: SourceText, alias: ast.alias) -> int:
    return source.offset(alias.end_lineno or alias.lineno, alias.end_col_offset or 0)


def _later(node: ast.ImportFrom, name: str) -> ast.alias | None:
    """Return the first name that sorts behind, None where the names are not sorted or none does."""
    keys = [member_key(alias.name) for alias in node.names]
    if keys != sorted(keys):
        return None
    return next((alias for alias in node.names if member_key(alias.name) > member_key(name)), None)
