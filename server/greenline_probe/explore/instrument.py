"""The module under test with its comparisons recorded: what a branch compared tells which input would take it."""

from __future__ import annotations

import ast
import importlib.abc
import importlib.machinery
import operator
import sys
import types
from collections.abc import Sequence
from typing import Any, Callable

_HOOK = "__greenline_compared__"
_OPERATIONS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda a, b: a in b,
    ast.NotIn: lambda a, b: a not in b,
}
_BY_NAME = {kind.__name__: operation for kind, operation in _OPERATIONS.items()}
MAX_RECORDED = 256


class Comparisons:
    """Collects (operator, left, right) of the comparisons that the current call makes."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, Any, Any]] = []

    def compare(self, name: str, left: Any, right: Any) -> Any:
        """Compare as Python would, and remember the operands."""
        if len(self.seen) < MAX_RECORDED:
            self.seen.append((name, left, right))
        return _BY_NAME[name](left, right)

    def take(self) -> list[tuple[str, Any, Any]]:
        """Return what was recorded and start anew."""
        seen, self.seen = self.seen, []
        return seen


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
        vars(module)[_HOOK] = self.watch.comparisons.compare
        super().exec_module(module)


class _Rewriter(ast.NodeTransformer):
    """``a < b`` becomes a call with the same location, so that lines and arcs stay what they are."""

    def visit_Compare(self, node: ast.Compare) -> Any:
        self.generic_visit(node)
        if len(node.ops) != 1 or type(node.ops[0]) not in _OPERATIONS:
            return node
        return self._recorded(node, type(node.ops[0]).__name__, node.left, node.comparators[0])

    def visit_match_case(self, node: Any) -> Any:
        """Patterns are not expressions; only the guard and the body are rewritten."""
        if node.guard is not None:
            node.guard = self.visit(node.guard)
        node.body = [self.visit(n) for n in node.body]
        return node

    def _recorded(self, node: ast.AST, name: str, left: ast.expr, right: ast.expr) -> ast.Call:
        call = ast.Call(
            func=ast.Name(id=_HOOK, ctx=ast.Load()), args=[ast.Constant(value=name), left, right], keywords=[]
        )
        return ast.copy_location(call, node)
