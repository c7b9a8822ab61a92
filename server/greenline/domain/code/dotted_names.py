"""Expressions that are names and dots."""

from __future__ import annotations

import ast


def dotted(node: ast.expr) -> str:
    """Return ``a.b.c`` as it is written, empty for anything but names and dots."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.insert(0, node.attr)
        node = node.value
    return ".".join([node.id, *parts]) if isinstance(node, ast.Name) else ""


def first_name(node: ast.expr) -> ast.Name | None:
    """Return the ``a`` of ``a.b.c``, None for anything but names and dots."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node if isinstance(node, ast.Name) else None


def last_name(node: ast.expr) -> str:
    """Return the ``c`` of ``a.b.c`` or ``a.b.c(...)``, empty for anything else."""
    return dotted(node.func if isinstance(node, ast.Call) else node).rpartition(".")[2]
