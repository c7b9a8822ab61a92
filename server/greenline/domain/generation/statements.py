"""The statements of a test: what is arranged, the call, and what is asserted of what comes of it."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from greenline.domain.code.parse import parse
from greenline.domain.generation.approximate import approximately, should_be_approximate
from greenline.domain.generation.value_words import snake
from greenline.domain.generation.wrap_source import WIDTH, wrapped

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from greenline.domain.generation.case import Case

CONSTANTS = frozenset({"True", "False", "None"})
_THREE_STEPS = 3
_USELESS = (ast.Compare, ast.BinOp, ast.UnaryOp, ast.Attribute, ast.Name)
"""Expressions that read like a mistake where they stand alone."""


def act_and_check(
    case: Case, call: str, own: Collection[str] = (), *, silent: bool = False
) -> tuple[list[str], list[str], list[str]]:
    """Return the lines that act, those that check, and imports that they need.

    ``own`` are the operators' methods that the tested module defines itself; what is called is ``silent`` where it
    never gives anything, so that None is no answer.
    """
    if case.raises:
        head, imports = raising(case)
        return *raising_lines(case, call, head), imports
    if case.shape == "with":
        return _entering(case, call), [], []
    before, result, imports = taken(case, call)
    if case.details:
        name = result_name(case)
        about = [line for detail in _about(case, name) for line in asserted(detail)]
        return [*before, *lines_of(f"{name} = {result}")], about, imports
    if case.expected is None or (case.expected == "None" and case.after and silent):
        return [*before, *lines_of(result)], [], imports
    return before, lines_of(f"assert {_holds(result, case.expected, own)}"), imports


def taken(case: Case, call: str) -> tuple[list[str], str, list[str]]:
    """Return lines that come first, the expression that takes the result of the call as the case does, and imports."""
    if case.shape == "await":
        return [], f"asyncio.run({call})", ["import asyncio"]
    if case.shape == "iterate":
        return [], f"list({call})", []
    if case.shape == "take":
        return [], f"list(islice({call}, 5))", ["from itertools import islice"]
    if case.shape == "aiterate":
        collect = ["async def collect():", *lines_of(f"return [item async for item in {call}]", 2), ""]
        return collect, "asyncio.run(collect())", ["import asyncio"]
    return [], call, []


def asserted(condition: str, depth: int = 1) -> list[str]:
    """Return the lines that assert it."""
    return lines_of(f"assert {approximately(condition)}", depth)


def equal(actual: str, expected: str) -> str:
    """Return the condition that the first is the second."""
    if expected in CONSTANTS:
        return f"{actual} is {expected}"
    if should_be_approximate(expected):
        return f"{actual} == pytest.approx({expected})"
    return f"{actual} == {expected}"


def raising(case: Case) -> tuple[str, list[str]]:
    """Return the head of the block and the imports that it and what it holds need."""
    imports = ["import pytest", *taken(case, "")[2]]
    caught = " as caught" if any("caught.value" in a for a in case.after) else ""
    if not case.message:
        return f"pytest.raises({case.error}){caught}", imports
    escaped = _escaped(case.message)
    if not case.message.isprintable() or ('"' in escaped and "'" in escaped):
        head = f"pytest.raises({case.error}, match=re.escape({case.message!r})){caught}"
        return head, [*imports, "import re"]
    quote = "'" if '"' in escaped else '"'
    raw = "r" if "\\" in escaped else ""
    return f"pytest.raises({case.error}, match={raw}{quote}{escaped}{quote}){caught}", imports


def is_its_own_pattern(message: str) -> bool:
    """Tell whether a message finds itself as a regular expression."""
    return _escaped(message) == message


def raising_lines(case: Case, call: str, head: str) -> tuple[list[str], list[str]]:
    """Return the lines that act (the block holds the one statement that raises), and no checks."""
    if case.shape == "with":
        return [*lines_of(f"with {head}, {call}", suffix=":"), "    pass"], []
    before, result, _ = taken(case, call)
    node = _expression(result)
    if isinstance(node, _USELESS):
        result = f"_ = {_bare(result)}"
    return [*before, *lines_of(f"with {head}", suffix=":"), *lines_of(result, 2)], []


def result_name(case: Case) -> str:
    """Name a made object after its class, what a server sends the response; anything else is the result."""
    if any(detail.startswith("result.status_code ") for detail in case.details):
        return "response" if "response" not in looked_up(case) else "result"
    made = re.match(r"([A-Za-z_][\w.]*)\(", case.call) if case.shape == "object" else None
    name = snake(made.group(1).rpartition(".")[2]) if made else ""
    return name if name.isidentifier() and name not in looked_up(case) else "result"


def called(detail: str, name: str) -> str:
    """Return an assertion about a result by the name that its variable has."""
    return re.sub(r"(?<![\w.])result\b", name, detail)


def renamed(assertion: str, case: Case, names: Mapping[int, str]) -> str:
    """Return an assertion about arguments, by the names that their variables have."""
    for index, name in names.items():
        parameter = case.arguments[index].parameter
        if name != parameter:
            assertion = re.sub(rf"(?<![\w.]){parameter}\b", name, assertion)
    return assertion


def steps(arrange: Sequence[str], act: Sequence[str], check: Sequence[str]) -> list[str]:
    """Join the steps; where there are three, an empty line between them."""
    present = [list(step) for step in (arrange, act, check) if step]
    body: list[str] = []
    for step in present:
        if len(present) >= _THREE_STEPS and body and body[-1]:
            body.append("")
        body += step
    return body


def lines_of(statement: str, depth: int = 1, suffix: str = "") -> list[str]:
    """Return the lines of a statement so many blocks deep in a module, as the body of a test holds them."""
    if "\n" in statement:  # a definition, or several statements, written out already
        written = [part for line in statement.split("\n") for part in _written(line, depth)]
        return [*written, ""] if statement.startswith(("def ", "async def ")) else written
    return [line[4:] for line in wrapped(statement, "    " * depth, suffix)]


def _written(line: str, depth: int) -> list[str]:
    """Return a line of several; one that is a whole statement and too long is laid out as by itself."""
    shown = f"{'    ' * (depth - 1)}{line}"
    whole = len(shown) + 4 > WIDTH and line[:1] not in ("", " ", "#") and parse(line)[0] is not None
    return lines_of(line, depth) if whole else [shown]


def looked_up(case: Case) -> set[str]:
    """Return the names that a test of the case needs as they are."""
    texts = (re.sub(r"\x00\d+\x00", "0", case.call), *case.arrange, *case.details, case.expected or "0")
    return {name for name, _, _ in case.imports} | {*case.fixtures} | names_in(texts) - {"result"}


def names_in(texts: Sequence[str]) -> set[str]:
    """Return the names that pieces of source mention."""
    trees = [parse(text)[0] for text in texts]
    return {node.id for tree in trees if tree for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _escaped(message: str) -> str:
    """Return the pattern of a message, with no more escapes than it needs."""
    return re.sub(r"\\([ \-\"'&#~])", r"\1", re.escape(message))


def _holds(result: str, expected: str, own: Collection[str]) -> str:
    """Return the condition that the result is what is expected; a comparison is one itself."""
    node = _expression(result)
    if expected not in {"True", "False"} or not isinstance(node, ast.Compare) or len(node.ops) != 1:
        return equal(result, expected)
    if expected == "True":
        return _bare(result)
    operator = type(node.ops[0])
    left, right = ast.unparse(node.left), ast.unparse(node.comparators[0])
    if operator is ast.In:
        return f"{left} not in {right}"
    if operator is ast.Eq and "__ne__" not in own:  # it is what != asks, then
        return f"{left} != {right}"
    return equal(result, expected) if operator in {ast.Eq, ast.NotEq} else f"not {_bare(result)}"


def _expression(text: str) -> ast.expr | None:
    tree, _ = parse(text)
    node = tree.body[0] if tree and len(tree.body) == 1 else None
    return node.value if isinstance(node, ast.Expr) else None


def _bare(text: str) -> str:
    inner = text[1:-1] if text.startswith("(") and text.endswith(")") else text
    node, whole = _expression(inner), _expression(text)
    return inner if node is not None and whole is not None and ast.dump(node) == ast.dump(whole) else text


def _entering(case: Case, call: str) -> list[str]:
    """Return the lines of a test that looks at what a context manager gives."""
    checks = [equal("value", case.expected)] if case.expected else _about(case, "value")
    head = f"with {call} as value" if checks else f"with {call}"
    inside = [line for check in checks for line in asserted(check, 2)]
    return [*lines_of(head, suffix=":"), *(inside or ["    pass"])]


def _about(case: Case, name: str) -> list[str]:
    return [called(detail, name) for detail in case.details]
