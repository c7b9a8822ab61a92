"""Names of files below a test's folder: plain ones, so that no path leaves it."""

from __future__ import annotations

import ast
import re

from greenline_probe.explore.sources import SEPARATOR

_PLAIN = re.compile(r"(?!\.{1,2}$)[\w.-]+", re.ASCII)


def is_plain_name(text: str) -> bool:
    """Tell whether a person would call a file so: no separators, no white space, not ``..``."""
    return bool(_PLAIN.fullmatch(text))


def joined_names(tree: ast.AST) -> list[ast.Constant]:
    """Return the texts that are joined to a path: one that begins with a slash would leave the folder."""
    return [
        node.right
        for node in ast.walk(tree)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and isinstance(node.right, ast.Constant)
    ]


def names_below(source: str) -> list[str]:
    """Return the names that a choice joins to ``tmp_path``, in its preludes too."""
    if "tmp_path" not in source:
        return []
    try:
        nodes = joined_names(ast.parse(source.replace(SEPARATOR, "\n")))
    except (SyntaxError, ValueError):
        return []
    return list(dict.fromkeys(node.value for node in nodes if isinstance(node.value, str)))


def stays_below(source: str) -> bool:
    """Tell whether all that a choice joins to ``tmp_path`` are plain names."""
    return all(is_plain_name(part) for name in names_below(source) for part in name.split("/"))


def renamed(source: str, have: str, want: str) -> list[str]:
    """Return the choice with the one text for the other in a file's name, wherever the name stands in it."""
    found = []
    for name in names_below(source) if have else ():
        changed = name.replace(have, want, 1)
        if changed != name and is_plain_name(changed):
            found.append(source.replace(repr(name), repr(changed)))
    return found
