"""What a test asserts with ``assert``, ``pytest.raises`` and a table, in the words of ``unittest``."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from greenline.domain.generation.indentation import STEP
from greenline.domain.generation.wrap_source import WIDTH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from greenline.domain.generation.source_text import SourceText

_COMPARED: dict[type[ast.cmpop], str] = {
    ast.Eq: "assertEqual",
    ast.NotEq: "assertNotEqual",
    ast.Is: "assertIs",
    ast.IsNot: "assertIsNot",
    ast.In: "assertIn",
    ast.NotIn: "assertNotIn",
    ast.Lt: "assertLess",
    ast.LtE: "assertLessEqual",
    ast.Gt: "assertGreater",
    ast.GtE: "assertGreaterEqual",
}
_LOAD = ast.Load()
_LONG = ('"""', "'''")
_NONE = {"assertIs": "assertIsNone", "assertIsNot": "assertIsNotNone"}
_EXPECTED = {"raises": "assertRaises", "warns": "assertWarns"}


class NotSaid(Exception):
    """Unittest has no words for it: a fixture, say."""


def in_unittest_words(source: SourceText, node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """Return the code of a test function as that of a method, not indented. Raises NotSaid."""
    writer = _Writer(source)
    if not isinstance(node, ast.FunctionDef):
        raise NotSaid("a coroutine")
    table = _Table(writer, node) if node.decorator_list else None
    parameters = [each.arg for each in node.args.args]
    others = [*node.args.posonlyargs, *node.args.kwonlyargs, node.args.vararg, node.args.kwarg]
    if any(others) or parameters != (table.columns if table else []):
        raise NotSaid("a fixture")
    body = writer.block(node.body, STEP * (3 if table else 1))
    for name in writer.caught:
        body = [re.sub(rf"\b{name}\.value\b", f"{name}.exception", line) for line in body]
    if any("pytest." in line and "pytest.approx(" not in line for line in body):
        raise NotSaid("pytest")
    head = [f"def {node.name}(self):"]
    if node.returns is not None:
        head = [f"def {node.name}(self) -> {writer.text(node.returns)}:"]
    return "\n".join([*head, *(table.lines() if table else []), *body])


def in_plain_words(node: ast.AST) -> ast.AST:
    """Return what a node asserts in the words of ``unittest`` as ``assert`` and ``pytest.raises``, else the node."""
    if isinstance(node, ast.Expr) and (name := _said(node.value)) and isinstance(node.value, ast.Call):
        test = _tested(name, node.value.args)
        return ast.Assert(test) if test else node
    if isinstance(node, ast.With) and _said(call := node.items[0].context_expr) and isinstance(call, ast.Call):
        name = _said(call)
        for known, theirs in _EXPECTED.items():
            if name in {theirs, f"{theirs}Regex"} and call.args:
                matches = [ast.keyword("match", each) for each in call.args[1:]]
                expected = ast.Call(ast.Attribute(ast.Name("pytest", _LOAD), known, _LOAD), call.args[:1], matches)
                return ast.With([ast.withitem(expected, node.items[0].optional_vars)], node.body)
    return node


def _said(node: ast.expr) -> str:
    """Return the name of the assertion that a call of ``self`` is, empty for any other."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) == "self":
        return node.func.attr if node.func.attr.startswith("assert") else ""
    return ""


def _tested(name: str, arguments: Sequence[ast.expr]) -> ast.expr | None:
    for operator, theirs in _COMPARED.items():
        if name == theirs and len(arguments) > 1:
            return ast.Compare(arguments[0], [operator()], [arguments[1]])
    if name in _NONE.values() and arguments:
        return ast.Compare(arguments[0], [ast.Is() if name == "assertIsNone" else ast.IsNot()], [ast.Constant(None)])
    if name == "assertIsInstance" and len(arguments) > 1:
        return ast.Call(ast.Name("isinstance", _LOAD), list(arguments[:2]), [])
    if name == "assertTrue" and arguments:
        return arguments[0]
    return ast.UnaryOp(ast.Not(), arguments[0]) if name == "assertFalse" and arguments else None


class _Writer:
    """Takes pieces of the source, and says assertions in other words; the rest stays as it is written."""

    def __init__(self, source: SourceText) -> None:
        self._source = source
        self.caught: list[str] = []
        """Names of what ``pytest.raises`` gives."""

    def text(self, node: ast.AST) -> str:
        """Return a node's source; lines after the first keep their indentation."""
        found = ast.get_source_segment(self._source.text, node) or ast.unparse(node)
        if any(quotes in found for quotes in _LONG):
            raise NotSaid("a literal whose lines cannot be moved")
        return found

    def block(self, statements: Sequence[ast.stmt], indent: str) -> list[str]:
        """Return the lines of statements, with the blank lines and comments between them."""
        lines: list[str] = []
        last = statements[0].lineno - 1
        for node in statements:
            between = [self._source.line(number).strip() for number in range(last + 1, node.lineno)]
            lines += [indent + line if line else "" for line in between]
            lines += self.statement(node, indent)
            last = node.end_lineno or node.lineno
        return lines

    def statement(self, node: ast.stmt, indent: str) -> list[str]:
        """Return the lines of a statement at its new depth."""
        if isinstance(node, ast.Assert):
            return self._call(*self._assertion(node), indent)
        if isinstance(node, ast.With):
            return self._with(node, indent)
        if any(isinstance(each, (ast.Assert, ast.With)) for each in ast.walk(node)):
            return self._with_body(node, indent)
        return self._moved(node, node.end_lineno or node.lineno, indent)

    def _with_body(self, node: ast.stmt, indent: str) -> list[str]:
        """Return a loop, say, whose body has assertions: its head as it is."""
        if not isinstance(node, (ast.For, ast.If, ast.While)) or node.orelse:
            raise NotSaid("assertions in a block of another kind")
        head = self._moved(node, node.body[0].lineno - 1, indent)
        return [*head, *self.block(node.body, indent + STEP)]

    def _moved(self, node: ast.stmt, last: int, indent: str) -> list[str]:
        lines = [self._source.line(number) for number in range(node.lineno, last + 1)]
        self.text(node)
        return [indent + line[node.col_offset :] if line.strip() else "" for line in lines]

    def _assertion(self, node: ast.Assert) -> tuple[str, list[str]]:
        test = node.test
        more = [self.text(node.msg)] if node.msg else []
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            return "self.assertFalse", [self.text(test.operand), *more]
        if isinstance(test, ast.Call) and ast.unparse(test.func) == "isinstance" and len(test.args) == 2:  # noqa: PLR2004
            return "self.assertIsInstance", [*map(self.text, test.args), *more]
        if not isinstance(test, ast.Compare) or len(test.ops) != 1:
            return "self.assertTrue", [self.text(test), *more]
        name = _COMPARED[type(test.ops[0])]
        right = test.comparators[0]
        if name in _NONE and isinstance(right, ast.Constant) and right.value is None:
            return f"self.{_NONE[name]}", [self.text(test.left), *more]
        return f"self.{name}", [self.text(test.left), self.text(right), *more]

    def _with(self, node: ast.With, indent: str) -> list[str]:
        expected = [item for item in node.items if ast.unparse(item.context_expr).startswith("pytest.")]
        body = self.block(node.body, indent + STEP)
        if not expected:
            return [*self._moved(node, node.body[0].lineno - 1, indent), *body]
        if len(node.items) != 1 or node.lineno == node.body[0].lineno:
            raise NotSaid("several at once")
        name, arguments = self._expected(node.items[0].context_expr)
        bound = node.items[0].optional_vars
        self.caught += [bound.id] if isinstance(bound, ast.Name) else []
        ending = f" as {self.text(bound)}:" if bound else ":"
        return [*self._call(f"with self.{name}", arguments, indent, ending), *body]

    def _expected(self, node: ast.expr) -> tuple[str, list[str]]:
        """``pytest.raises(ValueError, match="x")`` is ``assertRaisesRegex(ValueError, "x")``."""
        name = node.func.attr if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else ""
        if not isinstance(node, ast.Call) or name not in _EXPECTED or len(node.args) != 1:
            raise NotSaid(ast.unparse(node))
        matches = [each.value for each in node.keywords if each.arg == "match"]
        if len(matches) != len(node.keywords):
            raise NotSaid(ast.unparse(node))
        arguments = [*map(self.text, [*node.args, *matches])]
        return (_EXPECTED[name] + "Regex" if matches else _EXPECTED[name]), arguments

    def _call(self, name: str, arguments: Sequence[str], indent: str, ending: str = "") -> list[str]:
        """Write a call as formatters do: on one line, else its arguments on one line, else one on each."""
        line = f"{indent}{name}({', '.join(arguments)}){ending}"
        plain = not any("\n" in each for each in arguments)
        if plain and len(line) + len(STEP) <= WIDTH:
            return [line]
        inner = f"{indent}{STEP}{', '.join(arguments)}"
        if plain and len(inner) + len(STEP) <= WIDTH:
            return [f"{indent}{name}(", inner, f"{indent}){ending}"]
        listed = [line for each in arguments for line in _broken(each, indent + STEP)]
        return [f"{indent}{name}(", *listed, f"{indent}){ending}"]


class _Table:
    """The rows of ``parametrize`` as a loop of subtests."""

    def __init__(self, writer: _Writer, node: ast.FunctionDef) -> None:
        call = node.decorator_list[0]
        if len(node.decorator_list) != 1 or not isinstance(call, ast.Call) or len(call.args) != 2:  # noqa: PLR2004
            raise NotSaid("decorators")
        if ast.unparse(call.func) != "pytest.mark.parametrize" or not isinstance(call.args[1], (ast.List, ast.Tuple)):
            raise NotSaid("a table of another kind")
        names = ast.literal_eval(call.args[0])
        self.columns = [n.strip() for n in names.split(",")] if isinstance(names, str) else list(names)
        self._rows = [self._cells(writer, row) for row in call.args[1].elts]

    def _cells(self, writer: _Writer, row: ast.expr) -> list[str]:
        cells = [row]
        if isinstance(row, ast.Call) and ast.unparse(row.func) == "pytest.param":
            if any(each.arg != "id" for each in row.keywords):
                raise NotSaid("a mark on a row")
            cells = row.args
        elif len(self.columns) > 1:
            if not isinstance(row, (ast.Tuple, ast.List)):
                raise NotSaid("a row of another kind")
            cells = row.elts
        texts = [writer.text(cell) for cell in cells]
        if len(texts) != len(self.columns) or any("pytest." in each and "approx(" not in each for each in texts):
            raise NotSaid("a row of another kind")
        return texts

    def lines(self) -> list[str]:
        """Return the loop's head, and that of the subtest in it."""
        names = ", ".join(self.columns)
        rows = [line for cells in self._rows for line in self._row(cells)]
        told = [name for name in self.columns if name not in {"expected", "message"}] or self.columns
        shown = ", ".join(f"{name}={name}" for name in told)
        return [f"{STEP}for {names} in [", *rows, f"{STEP}]:", f"{STEP * 2}with self.subTest({shown}):"]

    def _row(self, cells: Sequence[str]) -> list[str]:
        indent = STEP * 2
        row = cells[0] if len(cells) == 1 else f"({', '.join(cells)})"
        if "\n" not in row and len(indent + row) + len(STEP) < WIDTH:
            return [f"{indent}{row},"]
        if len(cells) == 1:
            return _broken(cells[0], indent)
        return [f"{indent}(", *(line for cell in cells for line in _broken(cell, indent + STEP)), f"{indent}),"]


def _broken(cell: str, indent: str) -> list[str]:
    """Return the lines of a cell with its comma, those after the first as deep below it as they were."""
    first, *others = cell.split("\n")
    if not others:
        return [f"{indent}{first},"]
    margin = min(len(line) - len(line.lstrip()) for line in others if line.strip())
    moved = [indent + line[margin:] for line in others]
    return [indent + first, *moved[:-1], moved[-1] + ","]
