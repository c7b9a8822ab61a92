"""What the names of a text stand for, as far as its imports tell."""

from __future__ import annotations

import ast

from greenline.domain.code.dotted_names import dotted
from greenline.domain.generation.import_items import items_of


class RealNames:
    """Reads the imports of a text, wherever they are, and the names that it gives to something of its own."""

    def __init__(self, tree: ast.Module) -> None:
        nodes = list(ast.walk(tree))
        imports = [node for node in nodes if isinstance(node, (ast.Import, ast.ImportFrom))]
        self._imported = {item.bound: item.meaning for node in imports for item in items_of(node)}
        self._own = {node.arg for node in nodes if isinstance(node, ast.arg)}
        self._own |= {node.id for node in nodes if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}
        self._own |= {n.name for n in nodes if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))}

    def of(self, node: ast.expr) -> str:
        """Return ``os.path.join`` however it is written here; empty for what is the text's own, or no name.

        A builtin has its plain name.
        """
        written = dotted(node)
        head, dot, rest = written.partition(".")
        if head in self._imported:
            return f"{self._imported[head]}{dot}{rest}".removeprefix("builtins.")
        return "" if head in self._own else written
