"""The module under test with its comparisons recorded: what a branch compared tells which input would take it."""

from __future__ import annotations

import ast
import copy
import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Sequence
from typing import Any

from greenline_probe.explore.comparisons import CONVERSIONS, METHODS, OPERATIONS, Comparisons, Place

_COMPARED = "__greenline_compared__"
_VALUE = "__greenline_value__"
_CALLED = "__greenline_called__"
_ITEM = "__greenline_item__"


class Watch:
    """Watches the import of one module: keeps its code object and, where asked to, records its comparisons.

    A source that resists the rewriting is imported as it is.
    """

    def __init__(self, module_name: str, *, comparing: bool) -> None:
        self.comparisons = Comparisons()
        self.comparing = comparing
        self.code: types.CodeType | None = None
        """The module's code object, once it is imported from source."""
        sys.meta_path.insert(0, _Finder(module_name, self))


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self, name: str, watch: Watch) -> None:
        self.name = name
        self.watch = watch

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None) -> Any:
        """Find the one module by the other finders, and load it through ours."""
        if fullname != self.name:
            return None
        for finder in sys.meta_path:
            if isinstance(finder, _Finder) or not hasattr(finder, "find_spec"):
                continue
            spec = finder.find_spec(fullname, path, target)
            if spec is None:
                continue
            if isinstance(spec.loader, importlib.machinery.SourceFileLoader):
                spec.loader = _Loader(spec.loader, self.watch)
            return spec
        return None


class _Loader(importlib.machinery.SourceFileLoader):
    def __init__(self, inner: importlib.machinery.SourceFileLoader, watch: Watch) -> None:
        super().__init__(inner.name, inner.path)
        self.watch = watch

    def get_code(self, fullname: str) -> Any:
        """Compile the source, rewritten where comparisons are recorded; nothing of it is ever cached on disk."""
        path = self.get_filename(fullname)
        try:
            tree = ast.parse(self.get_data(path))
            if self.watch.comparing:
                tree = ast.fix_missing_locations(_Rewriter().visit(tree))
            self.watch.code = compile(tree, path, "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError):
            self.watch.code = super().get_code(fullname)
        return self.watch.code

    def exec_module(self, module: types.ModuleType) -> None:
        """Execute with the recorder in reach."""
        asked = self.watch.comparisons
        vars(module).update({_COMPARED: asked.compare, _VALUE: asked.value, _CALLED: asked.call, _ITEM: asked.item})
        super().exec_module(module)


class _Rewriter(ast.NodeTransformer):
    """``a < b`` becomes a call with the same location, so that lines and arcs stay what they are."""

    def __init__(self) -> None:
        self._inside = 0

    def visit_FunctionDef(self, node: Any) -> Any:
        """Leave annotations as they are: whoever reads them expects types."""
        node.args.defaults = [self.visit(n) for n in node.args.defaults]
        node.args.kw_defaults = [n and self.visit(n) for n in node.args.kw_defaults]
        self._inside += 1
        node.body = [self.visit(n) for n in node.body]
        self._inside -= 1
        return node

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815

    def visit_AnnAssign(self, node: ast.AnnAssign) -> Any:
        """Leave the annotation as it is."""
        node.target = self.visit(node.target)
        node.value = node.value and self.visit(node.value)
        return node

    def visit_match_case(self, node: Any) -> Any:
        """Patterns are not expressions; only the guard and the body are rewritten."""
        if node.guard is not None:
            node.guard = self._truth(self.visit(node.guard))
        node.body = [self.visit(n) for n in node.body]
        return node

    def visit_Compare(self, node: ast.Compare) -> Any:
        """Record the operands; in a chain only where the middle can be asked twice."""
        self.generic_visit(node)
        names = [type(o).__name__ for o in node.ops]
        operands = [node.left, *node.comparators]
        if not all(n in OPERATIONS for n in names) or not all(map(_is_repeatable, operands[1:-1])):
            return node
        parts: list[ast.expr] = [
            self._call(node, _COMPARED, (node.lineno, node.col_offset + i, name), [left, right])
            for i, (name, left, right) in enumerate(zip(names, operands, map(copy.deepcopy, operands[1:])))
        ]
        return parts[0] if len(parts) == 1 else ast.copy_location(ast.BoolOp(ast.And(), parts), node)

    def visit_If(self, node: Any) -> Any:
        """Record what is asked for its truth."""
        self.generic_visit(node)
        node.test = self._truth(node.test)
        return node

    visit_While = visit_IfExp = visit_If  # noqa: N815

    def visit_comprehension(self, node: ast.comprehension) -> Any:
        """Record what is asked for its truth."""
        self.generic_visit(node)
        node.ifs = [self._truth(test) for test in node.ifs]
        return node

    def visit_BoolOp(self, node: ast.BoolOp) -> Any:
        """Record what is asked for its truth: all operands but the last, which is a result."""
        self.generic_visit(node)
        node.values = [*map(self._truth, node.values[:-1]), node.values[-1]]
        return node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> Any:
        """Record what is negated."""
        self.generic_visit(node)
        if isinstance(node.op, ast.Not):
            node.operand = self._truth(node.operand)
        return node

    def visit_Call(self, node: ast.Call) -> Any:
        """Record the questions to texts, dictionaries and patterns, and what should be a number."""
        self.generic_visit(node)
        if not node.args or any(isinstance(a, ast.Starred) for a in node.args):
            return node
        if isinstance(node.func, ast.Attribute) and node.func.attr in METHODS:
            place = (node.lineno, node.col_offset, node.func.attr)
            call = self._call(node, _CALLED, place, [node.func.value, *node.args])
            call.keywords = node.keywords
            return call
        if node.keywords:
            return node
        if isinstance(node.func, ast.Name) and node.func.id == "isinstance" and len(node.args) == 2:
            return self._call(node, _COMPARED, (node.lineno, node.col_offset, "isinstance"), node.args)
        if isinstance(node.func, ast.Name) and node.func.id in CONVERSIONS and len(node.args) == 1:
            node.args = [self._call(node.args[0], _VALUE, (node.lineno, node.col_offset, "Number"), node.args)]
        return node

    def visit_Subscript(self, node: ast.Subscript) -> Any:
        """Record which key is looked up, in functions: elsewhere it is mostly a type."""
        self.generic_visit(node)
        named = isinstance(node.slice, (ast.Name, ast.Attribute))
        named = named or (isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str))
        if self._inside and isinstance(node.ctx, ast.Load) and named:
            return self._call(node, _ITEM, (node.lineno, node.col_offset, "Key"), [node.value, node.slice])
        return node

    def _truth(self, node: Any) -> Any:
        if not isinstance(node, (ast.Name, ast.Attribute, ast.Call, ast.Subscript)):
            return node
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in (_COMPARED, _VALUE):
            return node
        return self._call(node, _VALUE, (node.lineno, node.col_offset, "Truth"), [node])

    def _call(self, node: ast.AST, hook: str, place: Place, operands: list[ast.expr]) -> ast.Call:
        where: Any = place  # a tuple is a constant too
        function = ast.Name(id=hook, ctx=ast.Load())
        return ast.copy_location(ast.Call(function, [ast.Constant(value=where), *operands], []), node)


def _is_repeatable(node: ast.AST) -> bool:
    """Tell whether evaluating it twice is the same as once."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "len":
        return len(node.args) == 1 and isinstance(node.args[0], ast.Name)
    if isinstance(node, ast.BinOp):
        return _is_repeatable(node.left) and _is_repeatable(node.right)
    return isinstance(node, (ast.Name, ast.Constant))
