"""What a test asserts, taken apart: about what, how strictly, and what is expected."""

from __future__ import annotations

import ast
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from greenline.domain.asking.asserting import is_fixed, is_helper
from greenline.domain.asking.catching import Catching
from greenline.domain.asking.tolerances import tolerances
from greenline.domain.code.dotted_names import last_name
from greenline.domain.code.parse import inner_statements
from greenline.domain.generation.unittest_words import in_plain_words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

ANY_SIGN, SOME, PART, EXACT = range(4)
"""How strictly: that there is something, a property of it, a bound or a part, all of it."""
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_MOST_INSIDE = 20
"""Assertions of one helper that are compared one by one; helpers that call helpers may have any number."""
_MOST_STEPS = 4
_OF_MOCKS = {
    "assert_called": ANY_SIGN,
    "assert_awaited": ANY_SIGN,
    "assert_called_once": SOME,
    "assert_awaited_once": SOME,
    "assert_any_call": PART,
    "assert_any_await": PART,
    "assert_has_calls": PART,
    "assert_has_awaits": PART,
    "assert_called_with": PART,
    "assert_awaited_with": PART,
    "assert_called_once_with": EXACT,
    "assert_awaited_once_with": EXACT,
    "assert_not_called": EXACT,
    "assert_not_awaited": EXACT,
}


@dataclass(frozen=True, slots=True)
class Asserted:
    """One assertion. Texts are source, laid out in one way."""

    text: str
    subject: str
    """What it is about: the left side of a comparison, the call whose stand-in is asked; empty for an error."""
    strength: int
    expected: ast.expr | None = field(default=None, compare=False)
    """What it is compared with, variables filled in."""
    operator: str = ""
    error: str = ""
    """The class of the error that is expected."""
    match: str | None = None
    tolerance: tuple[tuple[str, float], ...] = ()
    anything: int = 0
    """How often it takes any value (``ANY``)."""
    conditional: bool = False
    """It stands below an ``if``."""
    caught: bool = False
    """It stands where its failure is caught."""
    inside: str = ""
    """What it is in the helper that ``text`` calls; empty for what stands in the test itself."""


def asserted_in(tree: ast.AST, before: ast.AST | None = None) -> list[Asserted]:
    """Return the assertions of a test, in the order of the text.

    ``before`` is the test of the round before, None for none: a result that is kept is that of a helper, and not of the
    code under test, where the same was called for itself then.
    """
    found: list[Asserted] = []
    helpers = _Helpers(_called_for_itself(before) - _called_for_itself(tree) if before is not None else Counter())
    for node in ast.walk(tree):
        if isinstance(node, _FUNCTIONS) and node.name.startswith("test"):
            _Reader(found, tree, node, helpers).read(node.body)
    return found


class _Helpers:
    """What the helpers of a test assert, each read once, and how many results of helpers nobody sees may be kept."""

    def __init__(self, kept: Counter[str]) -> None:
        self.asserted: dict[str, list[Asserted]] = {}
        self._kept = kept

    def take_kept(self, name: str) -> bool:
        """Tell whether a result that is kept is that of a helper that is not seen."""
        self._kept[name] -= 1
        return self._kept[name] >= 0


class _Reader:
    """Reads one function."""

    def __init__(self, found: list[Asserted], tree: ast.AST, test: ast.AST, helpers: _Helpers) -> None:
        self._found = found
        self._helpers = helpers
        self._given: dict[str, ast.expr] = {}
        self._catching = Catching(tree)
        self._used = {n.id for n in ast.walk(test) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
        self._equal_to_all = {
            node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and _defines_equality(node)
        }
        self._tree = tree
        self._own = {node.name: node for node in ast.walk(tree) if isinstance(node, _FUNCTIONS)}
        self._told = {last_name(call) for node in ast.walk(test) if (call := _plain_call(node)) is not None}

    def read(self, body: Sequence[ast.AST], *, conditional: bool = False, caught: bool = False) -> None:
        """Take note of the assertions of a block."""
        for statement in body:
            node = in_plain_words(statement)
            if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
                self._given[statement.targets[0].id] = statement.value
            if isinstance(node, ast.Assert):
                for each in [each for each in _conjuncts(node.test) if not is_fixed(each)]:
                    self._found.append(self._compared(each, conditional=conditional, caught=caught))
            elif (call := _plain_call(node)) is not None and self._may_assert(node, call):
                self._found += self._of_call(call, conditional=conditional, caught=caught)
            elif isinstance(node, (ast.With, ast.AsyncWith)):
                self._found += _errors(node, conditional=conditional, caught=caught)
            self._read_inner(statement, conditional=conditional, caught=caught)
            if isinstance(statement, (ast.Return, ast.Raise, ast.Continue, ast.Break)):
                return  # what follows never runs

    def _may_assert(self, statement: ast.AST, call: ast.Call) -> bool:
        """Tell whether a statement that is a call may assert: who keeps its result may want nothing but that."""
        name = last_name(call)
        return isinstance(statement, ast.Expr) or name in self._own or self._helpers.take_kept(name)

    def _read_inner(self, statement: ast.AST, *, conditional: bool, caught: bool) -> None:
        inner = list(inner_statements(statement))
        if isinstance(statement, _FUNCTIONS) and (statement.name not in self._used or statement.name in self._told):
            return  # nobody calls it, or it counts where it is called
        if isinstance(statement, ast.Try) and self._catching.swallows(statement):
            self.read(statement.body, conditional=conditional, caught=True)
            self.read([*statement.handlers, *statement.orelse, *statement.finalbody], conditional=conditional)
        elif inner and not isinstance(statement, ast.ClassDef):
            suppressed = isinstance(statement, (ast.With, ast.AsyncWith)) and self._catching.in_block(statement)
            self.read(inner, conditional=conditional or self._may_not_run(statement), caught=caught or suppressed)

    def _may_not_run(self, statement: ast.AST) -> bool:
        if isinstance(statement, (ast.For, ast.AsyncFor)):
            table = self._filled(statement.iter)
            return isinstance(table, (ast.List, ast.Tuple, ast.Set)) and not table.elts
        return isinstance(statement, (ast.If, ast.While, ast.Match))

    def _compared(self, test: ast.expr, *, conditional: bool, caught: bool) -> Asserted:
        text = ast.unparse(test)
        subject, strength, expected, operator = test, ANY_SIGN, None, ""
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            subject, strength, operator = test.operand, SOME, "not"
        elif isinstance(test, ast.BoolOp):
            subject, strength, operator = test.values[0], SOME, "or"
            subject = subject.left if isinstance(subject, ast.Compare) else subject
        elif isinstance(test, ast.Compare) and len(test.ops) == 1:
            subject, expected = test.left, test.comparators[0]
            if _is_plain(subject) and not _is_plain(expected) and isinstance(test.ops[0], (ast.Eq, ast.NotEq)):
                subject, expected = expected, subject
            operator = type(test.ops[0]).__name__
            strength = _strength(test.ops[0], expected)
            if self._resolved(subject) == self._resolved(expected):  # the same twice
                strength = min(strength, ANY_SIGN)
        elif isinstance(test, ast.Call) and test.args:
            subject, strength, operator = test.args[0], SOME, last_name(test)
            if operator in {"isclose", "allclose", "array_equal"} and len(test.args) > 1:
                strength, expected = EXACT, test.args[1]
        if isinstance(subject, ast.Call) and last_name(subject) == "round" and subject.args:
            subject = subject.args[0]
        return Asserted(
            text,
            ast.unparse(subject),
            strength,
            self._filled(expected),
            operator,
            tolerance=tuple(tolerances(test)),
            anything=_anything(test, self._equal_to_all),
            conditional=conditional,
            caught=caught,
        )

    def _resolved(self, node: ast.expr | None) -> str:
        """Return the source of an expression, that of a variable's value where it is one."""
        for _ in range(_MOST_STEPS):
            node = self._filled(node)
        return ast.unparse(node) if node is not None else ""

    def _filled(self, expected: ast.expr | None) -> ast.expr | None:
        known = self._given.get(expected.id) if isinstance(expected, ast.Name) else None
        return known or expected

    def _of_call(self, call: ast.Call, *, conditional: bool, caught: bool) -> Iterator[Asserted]:
        name = call.func.attr if isinstance(call.func, ast.Attribute) else last_name(call)
        text = ast.unparse(call)
        if isinstance(call.func, ast.Attribute) and name in _OF_MOCKS:
            yield Asserted(
                text,
                ast.unparse(call.func.value),
                _OF_MOCKS[name],
                operator=name,
                anything=_anything(call, self._equal_to_all),
                conditional=conditional,
                caught=caught,
            )
            return
        own = self._own.get(name)
        given = Asserted(
            text,
            ast.unparse(call.args[0]) if call.args else ast.unparse(call.func),
            EXACT,
            call.args[1] if len(call.args) > 1 else None,
            name,
            tolerance=tuple(tolerances(call)),
            anything=_anything(call, self._equal_to_all),
            conditional=conditional,
            caught=caught,
        )
        if own is not None:
            yield from [_in_helper(given, each) for each in self._asserted_by(own)]
        elif is_helper(name):
            yield given

    def _asserted_by(self, helper: ast.FunctionDef | ast.AsyncFunctionDef) -> list[Asserted]:
        """Return what a function of the test's own asserts: nothing, whatever its name is, counts for nothing."""
        asserted = self._helpers.asserted
        if helper.name not in asserted:
            asserted[helper.name] = []  # before it is read: it may call itself
            found: list[Asserted] = []
            _Reader(found, self._tree, helper, self._helpers).read(helper.body)
            asserted[helper.name] = list(dict.fromkeys(found))[:_MOST_INSIDE]
        return asserted[helper.name]


def _in_helper(given: Asserted, inner: Asserted) -> Asserted:
    """Return what a helper asserts as an assertion about what the helper is ``given``."""
    return replace(
        inner,
        text=inner.text if inner.error else given.text,
        subject="" if inner.error else given.subject,
        expected=given.expected or inner.expected,
        tolerance=(*inner.tolerance, *given.tolerance),
        anything=inner.anything + given.anything,
        conditional=inner.conditional or given.conditional,
        caught=inner.caught or given.caught,
        inside=inner.text,
    )


def _plain_call(node: ast.AST) -> ast.Call | None:
    """Return the call that a statement is, or keeps the result of."""
    value = node.value if isinstance(node, (ast.Expr, ast.Assign, ast.AnnAssign)) else None
    value = value.value if isinstance(value, ast.Await) else value
    return value if isinstance(value, ast.Call) else None


def _called_for_itself(tree: ast.AST) -> Counter[str]:
    """Return the names of what is called in a statement of its own, and how often."""
    calls = [call for node in ast.walk(tree) if isinstance(node, ast.Expr) and (call := _plain_call(node)) is not None]
    return Counter(map(last_name, calls))


def _errors(node: ast.With | ast.AsyncWith, *, conditional: bool, caught: bool) -> Iterator[Asserted]:
    for item in node.items:
        call = item.context_expr
        if isinstance(call, ast.Call) and last_name(call) in {"raises", "warns", "assertRaises", "assertRaisesRegex"}:
            matches = [each.value for each in call.keywords if each.arg == "match"]
            error = ast.unparse(call.args[0]) if call.args else "Exception"
            text = f"with {ast.unparse(call)}"
            match = ast.unparse(matches[0]) if matches else None
            yield Asserted(
                text, "", EXACT, operator="raises", error=error, match=match, conditional=conditional, caught=caught
            )


def _strength(operator: ast.cmpop, expected: ast.expr) -> int:
    if isinstance(operator, ast.IsNot):
        return ANY_SIGN
    if isinstance(operator, (ast.Eq, ast.Is)):
        return EXACT
    is_none = isinstance(expected, ast.Constant) and expected.value is None
    return ANY_SIGN if isinstance(operator, ast.NotEq) and is_none else PART


def _conjuncts(test: ast.expr) -> list[ast.expr]:
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        return [part for value in test.values for part in _conjuncts(value)]
    return [test]


def _is_plain(node: ast.expr) -> bool:
    return not any(isinstance(each, (ast.Name, ast.Call, ast.Attribute)) for each in ast.walk(node))


def _anything(node: ast.AST, equal_to_all: Collection[str]) -> int:
    """Return how often it takes any value; ``equal_to_all`` are classes of the test's own that say what equals them."""
    return sum(
        (isinstance(each, (ast.Name, ast.Attribute)) and ast.unparse(each).endswith("ANY"))
        or (isinstance(each, ast.Call) and last_name(each) in equal_to_all)
        for each in ast.walk(node)
    )


def _defines_equality(node: ast.ClassDef) -> bool:
    return any(isinstance(each, _FUNCTIONS) and each.name == "__eq__" for each in node.body)
