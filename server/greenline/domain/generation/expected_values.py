"""The values that a test expects, and where they stand: what could be replaced when the code gives others."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field, replace
from itertools import count
from typing import TYPE_CHECKING, Literal

from greenline.domain.generation.table_cells import loop_cells, loop_of, table_cells
from greenline.domain.generation.text_spans import Span, Spans

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Kind = Literal["equal", "raises"]
_OPERATOR = re.compile(r"==|\bis\b")
_MATCHED_CELL = re.compile(r"(?:[\"']\^[\"'] \+ )?(?P<escaped>re\.escape\()?(?P<column>\w+)\)?")
_RAISES = frozenset({"pytest.raises", "raises", "self.assertRaises", "self.assertRaisesRegex"})
Definition = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Expectation:
    """One assertion whose expected value can be replaced.

    ``X == Y``, ``X is Y`` or ``pytest.raises(E, match=M)``, or what ``unittest`` says for them.
    """

    number: int
    kind: Kind
    whole: Span
    """The assertion, or the call of ``pytest.raises``."""
    actual: str
    """Source of what is asserted of; of a raise what stands in its block."""
    expected: Span
    """The value; of a raise the exception's class."""
    operator: Span | None = None
    """Of ``unittest`` the name of the method, which says in ``assertIsNone`` what is expected as well."""
    approximate: Span | None = None
    """The whole ``pytest.approx(value)``, where the value stands in one."""
    column: str = ""
    """The parameter of a table that has the expected values (of a raise: the messages) in its rows."""
    match: Span | None = None
    patterns: bool = False
    """What a table has in its rows are regular expressions, and not messages as they are."""
    looped: bool = False
    """It stands in the loop whose rounds are the rows."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One value in a table; ``approximate`` is the whole ``pytest.approx(value)`` where it stands in one."""

    span: Span
    approximate: Span | None = None


@dataclass(frozen=True, slots=True)
class Expectations:
    """All that a test expects in a form that can be replaced."""

    test: str
    """As pytest names it in its file: ``test_a`` or ``TestB::test_a``."""
    found: tuple[Expectation, ...] = ()
    cells: Mapping[str, tuple[Cell, ...]] = field(default_factory=dict)
    """Parameter of a table -> its values, row by row."""
    loop: tuple[str, ...] = ()
    """The parameters of a table that is a loop of subtests."""


def expectations_of(tests: Sequence[tuple[str, Definition]], text: str) -> tuple[Expectations, ...]:
    """Return what the tests of a text expect; the expectations are numbered through."""
    spans, numbers = Spans(text), count()
    return tuple(_Reader(definition, spans).read(name, numbers) for name, definition in tests)


class _Reader:
    def __init__(self, definition: Definition, spans: Spans) -> None:
        self._definition = definition
        self._spans = spans
        loop = loop_of(definition)
        self._loop = () if loop is None else tuple(loop_cells(loop))
        self._looped = frozenset(ast.walk(loop)) if loop else frozenset()
        self._cells = {**table_cells(definition), **(loop_cells(loop) if loop else {})}
        self._used: dict[str, int] = {}
        self._local = {
            a.arg for a in (*definition.args.posonlyargs, *definition.args.args, *definition.args.kwonlyargs)
        }
        for node in self._inside():
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                self._used[node.id] = self._used.get(node.id, 0) + 1
            elif isinstance(node, ast.Name):
                self._local.add(node.id)

    def read(self, name: str, numbers: Iterator[int]) -> Expectations:
        found = []
        for node in self._inside():
            one = self._of(node, numbers) if isinstance(node, (ast.stmt, ast.withitem)) else None
            if one is not None:
                found.append(replace(one, looped=node in self._looped))
        cells = {column: tuple(map(self._cell, values)) for column, values in self._cells.items()}
        return Expectations(name, tuple(sorted(found, key=lambda e: e.whole.start)), cells, self._loop)

    def _inside(self) -> Iterator[ast.AST]:
        for statement in self._definition.body:
            yield from ast.walk(statement)

    def _of(self, node: ast.AST, numbers: Iterator[int]) -> Expectation | None:
        if isinstance(node, ast.Assert) and isinstance(node.test, ast.Compare) and len(node.test.ops) == 1:
            if isinstance(node.test.ops[0], (ast.Eq, ast.Is)):
                return self._compared(node, node.test.left, node.test.comparators[0], numbers)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            return self._said(node, node.value, numbers)
        elif isinstance(node, ast.With):
            for item in node.items:
                call = item.context_expr
                if isinstance(call, ast.Call) and ast.unparse(call.func) in _RAISES:
                    return self._raised(node, call, numbers)
        return None

    def _said(self, node: ast.Expr, call: ast.Call, numbers: Iterator[int]) -> Expectation | None:
        """Read ``self.assertEqual(X, Y)``, ``assertIs`` and ``assertIsNone``."""
        function = ast.unparse(call.func)
        if call.keywords or not call.args or any(isinstance(each, ast.Starred) for each in call.args):
            return None
        if self._spans.text[self._spans.of(call.func).end : self._spans.of(call.args[0]).start].strip() != "(":
            return None  # in parentheses
        if function in {"self.assertEqual", "self.assertIs"} and len(call.args) > 1:
            return self._compared(node, call.args[0], call.args[1], numbers)
        if function == "self.assertIsNone":
            actual = self._spans.of(call.args[0])
            return Expectation(
                next(numbers),
                "equal",
                self._spans.of(node),
                self._spans.source(call.args[0]),
                Span(actual.end, actual.end),
                operator=self._method(call),
            )
        return None

    def _method(self, call: ast.Call) -> Span:
        whole = self._spans.of(call.func)
        return Span(self._spans.text.rindex(".", whole.start, whole.end) + 1, whole.end)

    def _compared(self, whole: ast.stmt, left: ast.expr, right: ast.expr, numbers: Iterator[int]) -> Expectation | None:
        value, approximate = _without_approx(right)
        column = value.id if isinstance(value, ast.Name) and value.id in self._cells else ""
        if column:
            if self._used[column] > 1:  # a property of the input
                return None
        elif _names(value) & self._local or _called(value) & _called(left):
            return None  # it follows from something else in the test
        actual, expected = self._spans.of(left), self._spans.of(value)
        operator = None
        if isinstance(whole, ast.Assert):
            between = self._spans.text[actual.end : self._spans.of(right).start]
            found = _OPERATOR.search(between)
            if found is None:
                return None
            operator = Span(actual.end + found.start(), actual.end + found.end())
        elif isinstance(whole, ast.Expr) and isinstance(whole.value, ast.Call):
            operator = self._method(whole.value)
        return Expectation(
            next(numbers),
            "equal",
            self._spans.of(whole),
            self._spans.source(left),
            expected,
            operator=operator,
            approximate=self._spans.of(approximate) if approximate else None,
            column=column,
        )

    def _raised(self, block: ast.With, call: ast.Call, numbers: Iterator[int]) -> Expectation | None:
        match = next((k.value for k in call.keywords if k.arg == "match"), None)
        if ast.unparse(call.func).startswith("self."):
            match = call.args[1] if len(call.args) > 1 else None
            plain = not call.keywords and len(call.args) == 1 + bool(match)
        else:
            plain = len(call.args) == 1 and len(call.keywords) == bool(match)
        if not plain or _names(call.args[0]) & self._local:
            return None
        column, patterns = "", False
        if match is not None and _names(match) & self._local:
            table = _MATCHED_CELL.fullmatch(ast.unparse(match))
            if table is None or table["column"] not in self._cells or self._used[table["column"]] > 1:
                return None
            column, patterns = table["column"], not table["escaped"]
        return Expectation(
            next(numbers),
            "raises",
            self._spans.of(call),
            "; ".join(map(self._spans.source, block.body)),
            self._spans.of(call.args[0]),
            column=column,
            match=self._spans.of(match) if match else None,
            patterns=patterns,
        )

    def _cell(self, value: ast.expr) -> Cell:
        inner, approximate = _without_approx(value)
        return Cell(self._spans.of(inner), self._spans.of(approximate) if approximate else None)


def _without_approx(value: ast.expr) -> tuple[ast.expr, ast.expr | None]:
    """Return the value that is expected, and the whole ``pytest.approx`` around it, if there is one."""
    if isinstance(value, ast.Call) and ast.unparse(value.func) in {"pytest.approx", "approx"} and value.args:
        return value.args[0], value
    return value, None


def _names(node: ast.AST) -> set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


def _called(node: ast.AST) -> set[str]:
    return {ast.unparse(inner.func) for inner in ast.walk(node) if isinstance(inner, ast.Call)}
