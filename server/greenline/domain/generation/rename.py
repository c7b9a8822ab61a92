"""Rename module-level names in a piece of code, and leave everything else as it is written."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from greenline.domain.code.syntax_tree import expression_of
from greenline.domain.generation.source_text import SourceText

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_Function = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_Comprehension = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def rename_globals(code: str, names: Mapping[str, str]) -> str:
    """Return ``code`` with module-level names renamed; keys may be dotted, as attribute chains are.

    Local variables and parameters of the same name stay. Raises SyntaxError when ``code`` does not parse.
    """
    if not names:
        return code
    source = SourceText(code)
    expected = source.parse()
    edits: list[tuple[int, int, str, str]] = []
    _Renamer(names, source, edits).visit(expected)
    return _edited(code, edits, expected)


def rename_parameters(code: str, names: Mapping[str, str]) -> str:
    """Return ``code`` with parameters of its functions renamed, and what stands for them in their bodies.

    Arguments of calls that are passed by such a name keep it. Raises SyntaxError when ``code`` does not parse.
    """
    for node in SourceText(code).parse().body:
        wanted = {old: new for old, new in names.items() if old in _parameters(node)}
        if wanted:
            code = _with_parameters(code, node.lineno, wanted)
    return code


def _with_parameters(code: str, line: int, names: Mapping[str, str]) -> str:
    source = SourceText(code)
    expected = source.parse()
    (function,) = [node for node in expected.body if node.lineno == line]
    edits: list[tuple[int, int, str, str]] = []
    for node in ast.walk(function):
        if isinstance(node, ast.arg) and node.arg in names:
            at = source.offset(node.lineno, node.col_offset)
            edits.append((at, len(node.arg), node.arg, names[node.arg]))
            node.arg = names[node.arg]
    for part in getattr(function, "body", []):
        _Renamer(names, source, edits).visit(part)
    return _edited(code, edits, expected)


def _parameters(node: ast.AST) -> set[str]:
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return set()
    return {each.arg for each in [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]}


def _edited(code: str, edits: Sequence[tuple[int, int, str, str]], expected: ast.Module) -> str:
    text = code
    for start, length, old, new in sorted(edits, reverse=True):
        if text[start : start + length] != old:
            break
        text = text[:start] + new + text[start + length :]
    # Places inside f-strings are wrong before Python 3.12; the tree then decides, at the price of the layout.
    return text if _same(text, expected) else ast.unparse(ast.fix_missing_locations(expected))


def _same(text: str, expected: ast.Module) -> bool:
    try:
        return ast.dump(SourceText(text).parse()) == ast.dump(expected)
    except SyntaxError:
        return False


class _Renamer(ast.NodeTransformer):
    def __init__(self, names: Mapping[str, str], source: SourceText, edits: list[tuple[int, int, str, str]]) -> None:
        self._names = names
        self._source = source
        self._edits = edits
        self._hidden: list[frozenset[str]] = []

    def visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, (*_Function, *_Comprehension)):
            return self._scope(node)
        if isinstance(node, ast.ClassDef):
            self._definition(node)
        if isinstance(node, (ast.Name, ast.Attribute)):
            return self._reference(node)
        return self.generic_visit(node)

    def _scope(self, node: ast.AST) -> ast.AST:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            self._definition(node)
            node.decorator_list = [_expr(self.visit(each)) for each in node.decorator_list]
            outside = node.decorator_list
            node.decorator_list = []
        self._hidden.append(frozenset(_bound_in(node)))
        self.generic_visit(node)
        self._hidden.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            node.decorator_list = outside
        return node

    def _definition(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        new = self._names.get(node.name)
        if new is None or self._hidden:
            return
        start = self._source.offset(node.lineno, node.col_offset)
        at = self._source.text.find(node.name, start + len("def"))
        self._edits.append((at, len(node.name), node.name, new))
        node.name = new

    def _reference(self, node: ast.Name | ast.Attribute) -> ast.AST:
        dotted = _dotted(node)
        new = self._names.get(dotted)
        if new is None or any(dotted.partition(".")[0] in hidden for hidden in self._hidden):
            return self.generic_visit(node)
        if node.end_lineno is not None and node.end_col_offset is not None:
            start = self._source.offset(node.lineno, node.col_offset)
            length = self._source.offset(node.end_lineno, node.end_col_offset) - start
            self._edits.append((start, length, dotted, new))
        return _named(new, node.ctx)


def _named(dotted: str, ctx: ast.expr_context) -> ast.expr:
    """Return the tree of a name, as it would be read again."""
    node = expression_of(dotted)
    if isinstance(node, (ast.Name, ast.Attribute)):
        node.ctx = ctx
    return node


def _expr(node: ast.AST) -> ast.expr:
    assert isinstance(node, ast.expr)
    return node


def _dotted(node: ast.AST) -> str:
    """``a.b.c`` of a chain of plain names, empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (head := _dotted(node.value)):
        return f"{head}.{node.attr}"
    return ""


def _bound_in(scope: ast.AST) -> Iterator[str]:
    """Yield the names that are local to a function, lambda or comprehension."""
    if isinstance(scope, _Function):
        arguments = scope.args
        listed = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
        yield from (each.arg for each in listed if each)
    todo = list(ast.iter_child_nodes(scope))
    declared_global = {n for node in ast.walk(scope) if isinstance(node, ast.Global) for n in node.names}
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load) and node.id not in declared_global:
            yield node.id
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
            continue
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from ((alias.asname or alias.name).partition(".")[0] for alias in node.names)
        if isinstance(node, ast.ExceptHandler) and node.name:
            yield node.name
        if not isinstance(node, (ast.Lambda, *_Comprehension)):
            todo.extend(ast.iter_child_nodes(node))
