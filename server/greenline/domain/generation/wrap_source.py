"""Source as a formatter would leave it: one kind of quotes, and long lines broken at their brackets."""

from __future__ import annotations

import ast
import keyword
import re
import tokenize
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from greenline.domain.code.parse import parse
from greenline.domain.code.syntax_tree import module_of

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH = 88
_STEP = "    "
_RAW = re.compile(r"""(?:[^\\"']|\\\\)*\\\\(?:[^\\"']|\\\\)*[^\\"']""")
"""The inside of a literal whose only escapes are of backslashes; one at the end would escape the quote."""
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def double_quoted(source: str) -> str:
    """Return the source with ``'text'`` as ``"text"`` where that needs no more escapes, and with close powers."""
    try:
        tokens = list(tokenize.generate_tokens(iter([*source.splitlines(keepends=True), ""]).__next__))
    except (tokenize.TokenError, SyntaxError, IndentationError):
        return source
    lines = source.splitlines(keepends=True)
    for number, token in reversed(list(enumerate(tokens))):
        if token.string == "**" and _is_plain_power(tokens, number):
            row = token.start[0] - 1
            start, end = tokens[number - 1].end[1], tokens[number + 1].start[1]
            lines[row] = f"{lines[row][:start]}**{lines[row][end:]}"
        if token.type != tokenize.STRING or token.start[0] != token.end[0]:
            continue
        row = token.start[0] - 1
        lines[row] = lines[row][: token.start[1]] + _requoted(token.string) + lines[row][token.end[1] :]
    return "".join(lines)


def single_quoted(source: str) -> str:
    """Return the source with ``"text"`` as ``'text'`` where that needs no escapes; docstrings stay."""
    try:
        tokens = list(tokenize.generate_tokens(iter([*source.splitlines(keepends=True), ""]).__next__))
    except (tokenize.TokenError, SyntaxError, IndentationError):
        return source
    lines = source.splitlines(keepends=True)
    for token in reversed(tokens):
        text = token.string
        start = text.find('"')
        plain = token.type == tokenize.STRING and token.start[0] == token.end[0] and not text.endswith('"""')
        if plain and start >= 0 and text.endswith('"') and "'" not in text and '\\"' not in text:
            row = token.start[0] - 1
            new = f"{text[:start]}'{text[start + 1 : -1]}'"
            lines[row] = lines[row][: token.start[1]] + new + lines[row][token.end[1] :]
    return "".join(lines)


def _is_plain_power(tokens: Sequence[tokenize.TokenInfo], number: int) -> bool:
    """Tell whether a power is one of names and numbers: that is written without spaces."""
    if not 0 < number < len(tokens) - 2:
        return False
    before, after, behind = tokens[number - 1], tokens[number + 1], tokens[number + 2]
    plain = {before.type, after.type} <= {tokenize.NAME, tokenize.NUMBER} and not keyword.iskeyword(before.string)
    return plain and behind.string not in {"(", "[", "."} and before.start[0] == after.end[0]


def wrapped(statement: str, indent: str = "", suffix: str = "") -> list[str]:
    """Return the lines of a one-line statement, broken at its brackets where it is too long.

    ``suffix`` follows on the last line (a colon, a comma). What cannot be broken stays long.
    """
    statement = _without_needless_parentheses(double_quoted(statement))
    line = f"{indent}{statement}{suffix}"
    if len(line) <= WIDTH:
        return [line]
    doc = _document(statement)
    return _Printer(WIDTH).lines(doc, indent, suffix) if doc and _flat(doc) == statement else [line]


def _without_needless_parentheses(statement: str) -> str:
    """Return ``x = (a - b)`` as ``x = a - b``, as formatters have it where parentheses hold all of a value."""
    if not statement.endswith(")") or not re.match(r"(assert|return|[\w.]+ =) \(", statement):
        return statement
    tree, _ = parse(statement if not statement.startswith("return ") else f"assert {statement[7:]}")
    node = tree.body[0] if tree and len(tree.body) == 1 else None
    value = node.test if isinstance(node, ast.Assert) else node.value if isinstance(node, ast.Assign) else None
    if value is None or isinstance(value, (ast.Tuple, ast.GeneratorExp, ast.Yield, ast.NamedExpr)):
        return statement
    start = statement.index("(")
    bare = statement[:start] + statement[start + 1 : -1]
    after, _ = parse(bare if not bare.startswith("return ") else f"assert {bare[7:]}")
    same = after and tree and ast.dump(after) == ast.dump(tree)
    return _without_needless_parentheses(bare) if same else statement


def _requoted(literal: str) -> str:
    start = literal.find("'")
    prefix, body = literal[:start], literal[start + 1 : -1]
    if start < 0 or not literal.endswith("'") or literal.endswith("'''") or '"' in prefix:
        return literal
    if "r" in prefix.lower() or "f" in prefix.lower():
        return literal if '"' in body or "\\'" in body or "{" in body else f'{prefix}"{body}"'
    if not prefix and _RAW.fullmatch(body):
        return 'r"' + body.replace("\\\\", "\\") + '"'
    changed = _escaped(body)
    return f'{prefix}"{changed}"' if changed.count('\\"') <= body.count("\\'") else literal


def _escaped(body: str) -> str:
    """Return the inside of a literal in single quotes as the inside of one in double quotes."""
    pieces, position = [], 0
    while position < len(body):
        pair = body[position : position + 2]
        if pair.startswith("\\"):
            pieces.append("'" if pair == "\\'" else pair)
            position += 2
        else:
            pieces.append('\\"' if body[position] == '"' else body[position])
            position += 1
    return "".join(pieces)


# ---- what can be broken, and where ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Bracket:
    """Elements between brackets. ``exploded``: once broken, each has its line, as formatters do it with collections."""

    opening: str
    elements: tuple[_Doc, ...]
    closing: str
    exploded: bool = False
    separator: str = ", "
    with_comma: bool = False
    """Once broken, what stands on one line has a comma behind it: an only parameter."""


@dataclass(frozen=True, slots=True)
class _Parenthesized:
    """Operands that get parentheses when they need more than one line; each operator begins a line."""

    operands: tuple[_Doc, ...]


_Doc = tuple[str | _Bracket | _Parenthesized, ...]


def _flat(doc: _Doc) -> str:
    return "".join(_flat_part(part) for part in doc)


def _flat_part(part: str | _Bracket | _Parenthesized) -> str:
    if isinstance(part, str):
        return part
    if isinstance(part, _Parenthesized):
        return " ".join(_flat(operand) for operand in part.operands)
    return part.opening + part.separator.join(_flat(element) for element in part.elements) + part.closing


def _document(statement: str) -> _Doc | None:
    """Return the statement in parts, None when it is none or of a kind that is not broken."""
    for text in (statement, f"{statement}: pass"):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                (node,) = module_of(text).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        return _Reader(text).statement(node)
    return None


class _Reader:
    """Turns nodes into parts; whatever would not read back as it is written stays one piece."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._bytes = text.encode()

    def statement(self, node: ast.stmt) -> _Doc | None:
        if isinstance(node, ast.Assert) and node.msg is None:
            return ("assert ", *self._condition(node.test))
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            return (f"{self._segment(node.targets[0])} = ", *self.expression(node.value))
        if isinstance(node, ast.Return) and node.value is not None:
            return ("return ", *self.expression(node.value))
        if isinstance(node, ast.Expr):
            return self.expression(node.value)
        if isinstance(node, ast.With):
            return self._with(node)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return self._function(node)
        return None

    def expression(self, node: ast.expr) -> _Doc:
        parts = self._parts(node)
        segment = self._segment(node)
        return parts if _flat(parts) == segment else (segment,)

    def _with(self, node: ast.With) -> _Doc:
        parts: list[str | _Bracket | _Parenthesized] = ["with "]
        for number, item in enumerate(node.items):
            parts += [", "] if number else []
            parts += self.expression(item.context_expr)
            parts += [f" as {self._segment(item.optional_vars)}"] if item.optional_vars else []
        return tuple(parts)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> _Doc:
        parameters = tuple((argument.arg,) for argument in node.args.args)
        keyword = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
        return (
            f"{keyword} {node.name}",
            _Bracket("(", parameters, ")", with_comma=len(parameters) == 1) if parameters else "()",
        )

    def _condition(self, node: ast.expr) -> _Doc:
        """Return a condition: one that neither begins nor ends with brackets is put into parentheses."""
        plain = self.expression(node)
        if not isinstance(node, ast.Compare) or len(node.ops) != 1 or len(plain) == 1:
            return plain
        left, right = self.expression(node.left), self.expression(node.comparators[0])
        ends_open = isinstance(right[-1], _Bracket) or isinstance(left[0], _Bracket)
        operator = _flat(plain)[len(_flat(left)) : len(_flat(plain)) - len(_flat(right))].strip()
        return plain if ends_open else (_Parenthesized((left, (f"{operator} ", *right))),)

    def _parts(self, node: ast.expr) -> _Doc:
        if isinstance(node, ast.Call):
            return (*self.expression(node.func), self._arguments(node))
        if isinstance(node, (ast.List, ast.Set, ast.Tuple)) and node.elts:
            return (self._collection(node, [self.expression(e) for e in node.elts]),)
        if isinstance(node, ast.Dict) and node.keys:
            return (self._collection(node, [self._item(k, v) for k, v in zip(node.keys, node.values, strict=True)]),)
        if isinstance(node, _COMPREHENSIONS):
            whole = self._segment(node)
            return (_Bracket(whole[0], self._clauses(node), whole[-1], exploded=False, separator=" "),)
        if isinstance(node, ast.Attribute):
            return (*self.expression(node.value), f".{node.attr}")
        if isinstance(node, ast.Subscript):
            return (*self.expression(node.value), f"[{self._segment(node.slice)}]")
        if isinstance(node, ast.Starred):
            return ("*", *self.expression(node.value))
        if isinstance(node, ast.Await):
            return ("await ", *self.expression(node.value))
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            left, right = self.expression(node.left), self.expression(node.comparators[0])
            between = self._between(node.left, node.comparators[0])
            return (*left, between, *right)
        return (self._segment(node),)

    def _arguments(self, node: ast.Call) -> str | _Bracket:
        if not node.args and not node.keywords:
            return "()"
        if len(node.args) == 1 and not node.keywords and isinstance(node.args[0], ast.GeneratorExp):
            return _Bracket("(", self._clauses(node.args[0]), ")", separator=" ")
        elements = [(a.lineno, a.col_offset, self.expression(a)) for a in node.args]
        for named in node.keywords:
            label = f"{named.arg}=" if named.arg else "**"
            elements.append((named.value.lineno, named.value.col_offset, (label, *self.expression(named.value))))
        return _Bracket("(", tuple(doc for *_, doc in sorted(elements, key=lambda e: e[:2])), ")")

    def _collection(self, node: ast.expr, elements: Sequence[_Doc]) -> _Bracket:
        whole = self._segment(node)
        closing = ",)" if isinstance(node, ast.Tuple) and len(elements) == 1 else whole[-1]
        return _Bracket(whole[0], tuple(elements), closing, exploded=True)

    def _item(self, key: ast.expr | None, value: ast.expr) -> _Doc:
        label = f"{self._segment(key)}: " if key else "**"
        return (label, *self.expression(value))

    def _clauses(self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) -> tuple[_Doc, ...]:
        head = self._item(node.key, node.value) if isinstance(node, ast.DictComp) else self.expression(node.elt)
        clauses = [head]
        for each in node.generators:
            words = f"{'async ' if each.is_async else ''}for {self._segment(each.target)} in "
            clauses.append((words, *self.expression(each.iter)))
            clauses += [("if ", *self.expression(condition)) for condition in each.ifs]
        return tuple(clauses)

    def _between(self, left: ast.expr, right: ast.expr) -> str:
        return self._bytes[left.end_col_offset or 0 : right.col_offset].decode("utf-8", "replace")

    def _segment(self, node: ast.expr) -> str:
        return self._bytes[node.col_offset : node.end_col_offset].decode("utf-8", "replace")


class _Printer:
    """Prints from left to right; a bracket is broken when what follows up to the next one does not fit."""

    def __init__(self, width: int) -> None:
        self._width = width

    def lines(self, doc: _Doc, indent: str, suffix: str) -> list[str]:
        done: list[str] = []
        line = indent
        for number, part in enumerate(doc):
            rest = (*doc[number + 1 :], suffix)
            if isinstance(part, str) or self._fits(line, part, rest):
                line += _flat_part(part)
                continue
            done += [line + ("(" if isinstance(part, _Parenthesized) else part.opening), *self._inside(part, indent)]
            line = indent + (")" if isinstance(part, _Parenthesized) else part.closing[-1])
        return [*done, line + suffix]

    def _fits(self, line: str, part: _Bracket | _Parenthesized, rest: _Doc) -> bool:
        length = len(line) + len(_flat_part(part))
        for after in rest:
            if isinstance(after, _Bracket):
                length += len(after.opening)
                break
            length += len(_flat_part(after))
        return length <= self._width

    def _inside(self, part: _Bracket | _Parenthesized, indent: str) -> list[str]:
        inner = indent + _STEP
        flat = _flat_part(part)
        if isinstance(part, _Parenthesized):
            if len(inner + flat) <= self._width:
                return [inner + flat]
            return [line for operand in part.operands for line in self.lines(operand, inner, "")]
        body = flat[len(part.opening) : -len(part.closing)]
        if len(inner + body) <= self._width and (not part.exploded or len(part.elements) == 1):
            return [inner + body + ("," if part.with_comma else part.closing[:-1])]
        comma = "," if part.separator == ", " and (len(part.elements) > 1 or part.closing == ",)") else ""
        return [line for element in part.elements for line in self.lines(element, inner, comma)]
