"""Assertions that say nothing: always true, caught, never reached, or forgotten."""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from greenline.domain.asking.catching import Catching
from greenline.domain.auditing.fixed import holds_always
from greenline.domain.auditing.model import Weakness
from greenline.domain.auditing.modules import FUNCTIONS
from greenline.domain.auditing.purposes import is_about_equality
from greenline.domain.code.dotted_names import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from greenline.domain.auditing.model import Kind
    from greenline.domain.auditing.modules import Module
    from greenline.domain.auditing.read_tests import TestFunction

_LONGEST = 60
_NOT_OF_MOCKS = re.compile(r"^(?:called_once|called_once_with|called_with|has_calls|not_called|any_call|awaited_once)$")
_LOGGING = {"print", "debug", "info", "warning", "warn", "error", "exception", "log", "print_exc", "write"}
_ENDING = {"fail", "skip", "xfail", "exit", "skipTest"}
_RAISING = {"raises", "assertRaises", "assertRaisesRegex"}
_TRIES_AGAIN = (ast.For, ast.AsyncFor, ast.While)


def empty_assertions(test: TestFunction) -> Iterator[Weakness]:
    """Yield what is wrong with single assertions of a test."""
    yield from _always_true(test)
    yield from _Blocks(test).weaknesses()


def _always_true(test: TestFunction) -> Iterator[Weakness]:
    asserts = [each for each in ast.walk(test.node) if isinstance(each, ast.Assert)]
    for one in asserts:
        why = holds_always(one.test)
        only_a_mark = isinstance(one.test, ast.Constant) and (len(asserts) > 1 or _is_in_handler(test, one))
        of_itself = (
            isinstance(one.test, ast.Compare) and isinstance(one.test.left, ast.Name) and is_about_equality(test)
        )
        if why and not only_a_mark and not of_itself:
            advice = "Take the parentheses away." if isinstance(one.test, ast.Tuple) else "Assert what the code gives."
            yield _weakness("always-true", test, one, f"`{_short(one)}` cannot fail: {why}.", advice)
    for node in ast.walk(test.node):
        value = node.test if isinstance(node, ast.Assert) else node.value if isinstance(node, ast.Expr) else None
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and _is_misspelled(value.func):
            evidence = (
                f"`{_short(value)}` checks nothing: a stand-in takes any call, and answers with another stand-in."
            )
            yield _weakness("always-true", test, node, evidence, f"Call `assert_{value.func.attr}(...)`.")
        elif isinstance(node, ast.Assert) and _is_uncalled(test, node.test):
            evidence = f"`{_short(node)}` cannot fail: a function is true, and this one is not called."
            yield _weakness("always-true", test, node, evidence, "Call it.")


def _is_misspelled(func: ast.Attribute) -> bool:
    return _NOT_OF_MOCKS.match(func.attr) is not None and "mock" in ast.unparse(func.value).lower()


def _is_uncalled(test: TestFunction, node: ast.expr) -> bool:
    if not isinstance(node, ast.Name):
        return False
    given = {each.arg for each in ast.walk(test.node) if isinstance(each, ast.arg)}
    given |= {each.id for each in ast.walk(test.node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}
    return node.id not in given and isinstance(test.module.defined.get(node.id), FUNCTIONS)


def _is_in_handler(test: TestFunction, node: ast.Assert) -> bool:
    """``except ValueError: assert True``, where another way ends in a failure."""
    tries = [each for each in ast.walk(test.node) if isinstance(each, ast.Try)]
    return any(node in ast.walk(handler) for each in tries for handler in [*each.handlers, *each.orelse])


@lru_cache(maxsize=2)
def _catching_in(module: Module) -> Catching:
    """Return it once for all tests of a file: all of the text is read for it."""
    return Catching(module.tree)


class _Blocks:
    """Reads the statements of a test, block by block."""

    def __init__(self, test: TestFunction) -> None:
        self._test = test
        self._catching = _catching_in(test.module)
        self._found: list[Weakness] = []

    def weaknesses(self) -> list[Weakness]:
        self._read(self._test.node.body, is_expecting=False, again=False)
        return self._found

    def _read(self, body: Sequence[ast.AST], *, is_expecting: bool, again: bool) -> None:
        for number, statement in enumerate(body):
            if isinstance(statement, (*FUNCTIONS, ast.ClassDef)):
                continue
            if isinstance(statement, (ast.With, ast.AsyncWith)):
                self._expecting(statement)
            if isinstance(statement, ast.Try) and not again:
                self._caught(statement)
            if not is_expecting:
                self._forgotten(statement)
            expects = is_expecting or isinstance(statement, (ast.Try, ast.With, ast.AsyncWith))
            tries = again or isinstance(statement, _TRIES_AGAIN)
            for block in _blocks_in(statement):
                self._read(block, is_expecting=expects, again=tries)
            if isinstance(statement, (ast.Return, ast.Raise)) or _ends(statement):
                self._after(statement, body[number + 1 :])
                return

    def _after(self, end: ast.AST, rest: Sequence[ast.AST]) -> None:
        node = next((each for one in rest for each in ast.walk(one) if _asserts(each)), None)
        if node is not None:
            evidence = f"`{_short(node)}` is never reached: line {getattr(end, 'lineno', 0)} ends the test before."
            self._add("unreached", node, evidence, "Move it in front of that line, or take that line away.")

    def _expecting(self, block: ast.With | ast.AsyncWith) -> None:
        items = [each for each in block.items if last_name(each.context_expr) in _RAISING]
        names = {each.optional_vars.id for each in items if isinstance(each.optional_vars, ast.Name)}
        for number, statement in enumerate(block.body if items else ()):
            if not number or not _asserts(statement):
                continue
            used = {each.id for each in ast.walk(statement) if isinstance(each, ast.Name)}
            if used & names or (number == 1 and _is_constant(statement) and _calls(block.body[0])):
                evidence = f"`{_short(statement)}` is never reached: the error that is expected is raised before."
                self._add("unreached", statement, evidence, "Move it behind the `with` block.")
        if not items and self._suppresses(block):
            self._swallowed(block, block.body)

    def _suppresses(self, block: ast.With | ast.AsyncWith) -> bool:
        return (
            any(last_name(each.context_expr) == "suppress" for each in block.items)
            and self._catching.in_block(block)
            and any(
                isinstance(each.context_expr, ast.Call)
                and any(
                    ast.unparse(arg) in {"Exception", "BaseException", "AssertionError"}
                    for arg in each.context_expr.args
                )
                for each in block.items
            )
        )

    def _caught(self, attempt: ast.Try) -> None:
        told = attempt.orelse and (isinstance(attempt.orelse[-1], ast.Raise) or _ends(attempt.orelse[-1]))
        if told or not self._catching.swallows(attempt):
            return
        if any(_forgets(handler) for handler in attempt.handlers):
            self._swallowed(attempt, attempt.body)

    def _swallowed(self, block: ast.AST, body: Sequence[ast.AST]) -> None:
        node = next((each for one in body for each in ast.walk(one) if _asserts(each) or _ends(each)), None)
        if node is not None:
            evidence = (
                f"`{_short(node)}` fails unheard: line {getattr(block, 'lineno', 0)} catches all errors, its own too."
            )
            self._add("swallowed", node, evidence, "Catch the error that is meant only, or assert behind the block.")

    def _forgotten(self, statement: ast.AST) -> None:
        value = statement.value if isinstance(statement, ast.Expr) else None
        if (
            isinstance(value, ast.Compare)
            and not isinstance(value.ops[0], (ast.Lt, ast.Gt))
            and not self._is_asked(value)
        ):
            evidence = f"`{_short(value)}` is compared, and nothing is done with the result."
            self._add("forgotten-assert", statement, evidence, "Put `assert` in front of it.")

    def _is_asked(self, comparison: ast.Compare) -> bool:
        """Tell whether an operand is there to take down that it is compared, and is asked about that afterwards."""
        within = list(ast.walk(self._test.node))
        own = {each.name for each in within if isinstance(each, ast.ClassDef)}
        if own & {each.id for each in ast.walk(comparison) if isinstance(each, ast.Name)}:
            return True
        operands = {each.id for each in [comparison.left, *comparison.comparators] if isinstance(each, ast.Name)}
        later = (each for each in within if isinstance(each, ast.stmt) and each.lineno > comparison.lineno)
        return bool(operands & {name for each in later if _asserts(each) for name in _looked_into(each)})

    def _add(self, kind: Kind, node: ast.AST, evidence: str, advice: str) -> None:
        self._found.append(_weakness(kind, self._test, node, evidence, advice))


def _blocks_in(statement: ast.AST) -> Iterator[Sequence[ast.AST]]:
    """Yield the blocks of a statement, of which more than one may run, or none."""
    for name in ("body", "orelse", "finalbody"):
        yield getattr(statement, name, ())
    for inner in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
        yield inner.body


def _asserts(node: ast.AST) -> bool:
    if isinstance(node, ast.Assert):
        return not (isinstance(node.test, ast.Constant) and not node.test.value)
    is_call = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    return is_call and last_name(node.value).startswith("assert")  # type: ignore[attr-defined]


def _ends(node: ast.AST) -> bool:
    """``pytest.fail("...")``: what stands behind it never runs."""
    if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Call):
        return False
    first = ast.unparse(node.value.func).split(".")[0]
    return last_name(node.value) in _ENDING and first in {"pytest", "self"}


def _forgets(handler: ast.ExceptHandler) -> bool:
    return all(
        isinstance(each, (ast.Pass, ast.Return))
        or (isinstance(each, ast.Expr) and (isinstance(each.value, ast.Constant) or last_name(each.value) in _LOGGING))
        for each in handler.body
    )


def _looked_into(node: ast.AST) -> Iterator[str]:
    """Yield the names whose attributes are read, and those that are part of something larger."""
    for each in ast.walk(node):
        parts = [each.value] if isinstance(each, ast.Attribute) else getattr(each, "elts", [])
        yield from (part.id for part in parts if isinstance(part, ast.Name))


def _is_constant(statement: ast.AST) -> bool:
    """Tell whether an assertion can raise nothing of its own: that is then not what is expected."""
    return isinstance(statement, ast.Assert) and not any(
        isinstance(each, (ast.Name, ast.Call, ast.Attribute, ast.Subscript)) for each in ast.walk(statement.test)
    )


def _calls(node: ast.AST) -> bool:
    return any(isinstance(each, ast.Call) for each in ast.walk(node))


def _weakness(kind: Kind, test: TestFunction, node: ast.AST, evidence: str, advice: str) -> Weakness:
    return Weakness(kind, test.node_id, test.path, getattr(node, "lineno", test.line), evidence, advice)


def _short(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
