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


def extend_statements(
    source: SourceText, nodes: Sequence[ast.Import | ast.ImportFrom], items: Sequence[ImportItem]
) -> tuple[dict[int, str], list[ImportItem]]:
    """Return what to insert at which offset, and the items that need a statement of their own."""
    pieces: dict[int, str] = {}
    left: list[ImportItem] = []
    grown: dict[int, int] = {}
    plain = [item for item in items if item.name and not item.alias and item.name != "*"]
    for item in sorted(plain, key=lambda i: member_key(i.name or "")):
        for node in nodes:
            place = _place(source, node, item, grown) if isinstance(node, ast.ImportFrom) else None
            if place:
                offset, text = place
                pieces[offset] = pieces.get(offset, "") + text
                break
        else:
            left.append(item)
    return pieces, [*(item for item in items if item not in plain), *left]


def _place(source: SourceText, node: ast.ImportFrom, item: ImportItem, grown: dict[int, int]) -> tuple[int, str] | None:
    there = items_of(node)
    assert item.name is not None
    if any(each.module != item.module or each.alias or each.name == "*" for each in there):
        return None
    keys = [member_key(each.name or "") for each in there]
    later = next((a for a in node.names if member_key(a.name) > member_key(item.name)), None)
    if keys != sorted(keys):
        later = None
    if node.lineno == node.end_lineno:
        return _in_line(source, node, item.name, later, grown)
    return _in_table(source, node, item.name, later)


def _in_line(
    source: SourceText, node: ast.ImportFrom, name: str, later: ast.alias | None, grown: dict[int, int]
) -> tuple[int, str] | None:
    end = source.offset(node.lineno, node.end_col_offset or 0)
    length = len(source.line(node.lineno)) + grown.get(node.lineno, 0) + len(name) + 2
    if length > _WIDTH or source.text[end - 1] == ")":
        return None
    grown[node.lineno] = grown.get(node.lineno, 0) + len(name) + 2
    if later:
        return source.offset(later.lineno, later.col_offset), f"{name}, "
    return end, f", {name}"


def _in_table(source: SourceText, node: ast.ImportFrom, name: str, later: ast.alias | None) -> tuple[int, str] | None:
    """Names that stand one per line, each with its comma."""
    for alias in node.names:
        line = source.line(alias.lineno)
        if not re.fullmatch(rf"[ \t]+{re.escape(alias.name)}\s*,\s*(#.*)?", line):
            return None
    first = source.line(node.names[0].lineno)
    indent = first[: len(first) - len(first.lstrip())]
    line_number = later.lineno if later else node.names[-1].lineno + 1
    return source.start(line_number), f"{indent}{name},{source.newline}"
