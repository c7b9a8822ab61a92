"""Where a test puts its stand-ins: a name is replaced where it is looked up, not where it comes from."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from greenline.domain.code.dotted_names import dotted
from greenline.domain.code.parse import parse
from greenline.domain.generation.import_items import items_of
from greenline.domain.generation.text_spans import Spans

if TYPE_CHECKING:
    from collections.abc import Iterator

_STAND_INS = frozenset({"your_module", "my_module", "module", "module_under_test", "target_module"})


def with_right_targets(code: str, module: str, source: str) -> tuple[str, tuple[str, ...]]:
    """Return a test with ``patch("...")`` naming what the module under test looks up, and the names that changed.

    What does not parse is returned as it is.
    """
    tree, _ = parse(code)
    if tree is None or not module:
        return code, ()
    right = _Targets(module, source)
    spans = Spans(code)
    changed: list[str] = []
    for node in sorted(_targets(tree), key=lambda each: (each.lineno, each.col_offset), reverse=True):
        written = spans.source(node)
        new = right.of(str(node.value))
        if new != node.value and str(node.value) in written:
            span = spans.of(node)
            code = code[: span.start] + written.replace(str(node.value), new) + code[span.end :]
            changed.insert(0, new)
    return code, tuple(changed)


class _Targets:
    def __init__(self, module: str, source: str) -> None:
        tree, _ = parse(source)
        nodes = list(ast.walk(tree)) if tree else []
        top = [node for node in (tree.body if tree else []) if isinstance(node, ast.ImportFrom) and not node.level]
        self._module = module
        self._looked_up = {item.meaning: item.bound for node in top for item in items_of(node)}
        self._modules = {i.bound for n in nodes if isinstance(n, ast.Import) for i in items_of(n)}
        self._dotted = {dotted(node) for node in nodes if isinstance(node, ast.Attribute)}
        inside = (n for n in nodes if isinstance(n, ast.ImportFrom) and n not in top)
        self._late = {item.meaning for node in inside for item in items_of(node)}
        self._names = {
            item.bound for node in nodes if isinstance(node, (ast.Import, ast.ImportFrom)) for item in items_of(node)
        }
        self._names |= {n.name for n in nodes if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))}

    def of(self, target: str) -> str:
        """Return the right target, the same where there is nothing to put right."""
        if target == self._module or target.startswith(f"{self._module}."):
            return target
        bound = self._looked_up.get(target)
        if bound and target not in self._late and target not in self._dotted:
            return f"{self._module}.{bound}"
        for count in range(target.count("."), 0, -1):
            head, rest = ".".join(target.split(".")[:count]), ".".join(target.split(".")[count:])
            is_near = head in _STAND_INS or self._module.endswith(f".{head}") or head == f"src.{self._module}"
            if is_near and head not in self._modules and rest.partition(".")[0] in self._names:
                return f"{self._module}.{rest}"
        return target


def _targets(tree: ast.Module) -> Iterator[ast.Constant]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            name = dotted(node.func)
            first = node.args[0]
            patches = name in {"patch", "patch.dict"} or name.endswith((".patch", ".patch.dict", ".patch.multiple"))
            patches = patches or (name.endswith("monkeypatch.setattr") and len(node.args) == 2)  # noqa: PLR2004
            if patches and isinstance(first, ast.Constant) and isinstance(first.value, str) and "." in first.value:
                yield first
