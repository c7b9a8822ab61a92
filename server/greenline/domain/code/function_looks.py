"""What a function's text alone tells of the risk in it, and of what stands in the way of a test."""

from __future__ import annotations

import ast
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from greenline.domain.code.dotted_names import dotted
from greenline.domain.code.parse import all_statements, blocks_of, inner_statements, parse

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence

_DECISIONS = {ast.If, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.IfExp, ast.Assert}
_COUNTED = {ast.match_case, ast.BoolOp, ast.comprehension}
"""May decide several times, or not at all."""
_NO_EXPRESSIONS = frozenset({"ctx", "op", "ops", "id", "attr", "kind", "type_comment"})
"""Fields of trees in which nothing decides."""
_PARTS = {
    kind: tuple(name for name in kind._fields if name not in {*_NO_EXPRESSIONS, *blocks_of(kind)})
    for kind in vars(ast).values()
    if isinstance(kind, type) and issubclass(kind, ast.AST)
}
"""The fields that expressions may be in, of each kind of node."""
_WORDED = {ast.If, ast.For, ast.AsyncFor}
"""Statements that begin with such a word themselves."""
_WORDS = "|".join(rf"{word}(?<![A-Za-z_]{word})" for word in ("and", "or", "if", "elif", "for"))
_DECIDING = re.compile(rf"(?:{_WORDS})(?![A-Za-z0-9_])")
"""What may stand before is asked last: so written, most characters are passed over at once."""
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef)
_CALLED = re.compile(r"(\w+)(\s+(?:fed|ssalc)(?![\w.]))?")
"""From the parenthesis back: so each name is looked at once, and other words never."""

_IN_THE_WAY = {
    "asks for what a person types": {"input", "getpass.getpass", "sys.stdin"},
    "draws on a display": {"tkinter", "PyQt5", "PyQt6", "PySide2", "PySide6", "pygame", "wx", "curses", "turtle"},
    "speaks over sockets of its own": {"socket", "socketserver", "ftplib", "smtplib", "paramiko", "asyncssh"},
    "speaks to devices": {"serial", "usb", "bluetooth", "RPi", "smbus", "pyaudio"},
    "starts processes of its own": {"multiprocessing", "os.fork", "concurrent.futures.ProcessPoolExecutor"},
}  # fmt: skip
"""Modules and names by what a test cannot easily stand in for."""
_NAMES_IN_THE_WAY = frozenset().union(*_IN_THE_WAY.values())
_BEGIN_SO = frozenset(name.partition(".")[0] for name in _NAMES_IN_THE_WAY)
"""What their first parts are: most imports begin otherwise."""


@dataclass(frozen=True, slots=True)
class FunctionLooks:
    """Of one function that can be called alone, with the functions inside it."""

    complexity: int = 1
    """McCabe's number (IEEE Transactions on Software Engineering SE-2, 1976): ways that part, and one."""
    in_the_way: str = ""
    """What a test would have to do without, in words; empty where nothing was seen."""


def function_looks(text: str, wanted: Container[str] | None = None) -> dict[str, FunctionLooks]:
    """Look at each function that can be called alone, by its qualified name; none of a text that does not parse.

    Only at those that are ``wanted``, where these are named. Raises nothing.
    """
    tree, _ = parse(text)
    if tree is None:
        return {}
    imported = _imported(tree)
    functions = (each for each in _callable_alone(tree) if wanted is None or each[0] in wanted)
    if _may_be_hindered(text, imported):
        return {qualname: _looks(node, imported) for qualname, node in functions}
    words = _words(text)
    return {qualname: FunctionLooks(_complexity(node, words)) for qualname, node in functions}


def called_names(text: str) -> Counter[str]:
    """Count the names that stand before a parenthesis and are not being defined: what may be calls.

    Read from the characters, which takes a hundredth of the time of a parser: enough to tell what is called by many
    from what is called by none.
    """
    before = (_CALLED.match(part[::-1]) for part in text.split("(")[:-1])
    return Counter(name[1][::-1] for name in before if name and not name[2])


def _callable_alone(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """Yield functions and methods, none that stands inside another one."""
    todo: list[tuple[ast.AST, str]] = [(node, "") for node in tree.body]
    while todo:
        node, prefix = todo.pop()
        if isinstance(node, _SCOPES):
            yield prefix + node.name, node
            continue
        if isinstance(node, ast.ClassDef):
            prefix = f"{prefix}{node.name}."
        todo.extend((child, prefix) for child in inner_statements(node))


def _looks(function: ast.AST, imported: Mapping[str, str]) -> FunctionLooks:
    complexity, in_the_way = 1, ""
    for node in ast.walk(function):
        complexity += _ways(node)
        if isinstance(node, ast.Name) and not in_the_way:
            in_the_way = _obstacle(node.id, imported)
        elif isinstance(node, ast.Attribute) and not in_the_way:
            in_the_way = _obstacle(dotted(node), imported)
    return FunctionLooks(complexity, in_the_way)


def _may_be_hindered(text: str, imported: Mapping[str, str]) -> bool:
    """Tell whether a text can name what stands in a test's way: most cannot, and need no look at each name."""
    if "input" in text:
        return True
    sources = {source for source in imported.values() if source.partition(".")[0] in _BEGIN_SO}
    return any(_leads_to(name, source, text) for source in sources for name in _NAMES_IN_THE_WAY)


def _leads_to(name: str, source: str, text: str) -> bool:
    if f"{source}.".startswith(f"{name}."):
        return True
    return f"{name}.".startswith(f"{source}.") and all(part in text for part in name[len(source) + 1 :].split("."))


def _words(text: str) -> dict[int, int]:
    """Return the lines that have words of decisions, and how many."""
    found: Counter[int] = Counter()
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    line, at = 1, 0
    for word in _DECIDING.finditer(text):
        line += text.count("\n", at, word.start())
        at = word.start()
        found[line] += 1
    return found


def _complexity(function: ast.AST, words: Mapping[int, int]) -> int:
    """Return what ``_looks`` does, without a look into expressions on whose lines there is no word of a decision."""
    found, todo = 1, [function]
    while todo:
        node = todo.pop()
        inner = list(inner_statements(node)) if blocks_of(type(node)) else []
        found += _ways(node)
        if _may_decide(node, inner, words):
            found += _ways_inside(node)
        todo += inner
    return found


def _ways_inside(node: ast.AST) -> int:
    """Return how many more ways lead through the expressions of a statement, or of the head of a block, than one."""
    found, todo = 0, [node]
    while todo:
        looked_at = todo.pop()
        for name in _PARTS[type(looked_at)]:
            part = getattr(looked_at, name)
            inside = part if isinstance(part, list) else [part]
            todo += [one for one in inside if isinstance(one, ast.AST)]
        found += _ways(looked_at) if looked_at is not node else 0
    return found


def _may_decide(node: ast.AST, inner: Sequence[ast.AST], words: Mapping[int, int]) -> bool:
    """Tell whether the expressions of a statement, or of the head of a block, may decide something."""
    if isinstance(node, ast.match_case):
        return True
    first, last = getattr(node, "lineno", 0), getattr(node, "end_lineno", 0)
    if inner:
        first = min([first, *(one.lineno for one in getattr(node, "decorator_list", ()))])
        last = getattr(inner[0], "lineno", last)
    own = type(node) in _WORDED
    if first == last:
        return words.get(first, 0) > own
    return sum(words.get(line, 0) for line in range(first, last + 1)) > own


def _ways(node: ast.AST) -> int:
    """Return how many more ways lead through a node than one."""
    kind = type(node)
    if kind in _DECISIONS:
        return 1
    return _counted_ways(node) if kind in _COUNTED else 0


def _counted_ways(node: ast.AST) -> int:
    if isinstance(node, ast.match_case):  # `case _` is the way that is there without any
        return int(node.guard is not None or not _is_wildcard(node.pattern))
    if isinstance(node, ast.BoolOp):
        return len(node.values) - 1
    return 1 + len(node.ifs) if isinstance(node, ast.comprehension) else 0


def _is_wildcard(pattern: ast.pattern) -> bool:
    return isinstance(pattern, ast.MatchAs) and pattern.pattern is None


def _obstacle(written: str, imported: Mapping[str, str]) -> str:
    first, _, rest = written.partition(".")
    if first not in imported and first != "input":
        return ""
    parts = [*imported.get(first, first).split("."), *(rest.split(".") if rest else ())]
    starts = {".".join(parts[:size]) for size in range(1, len(parts) + 1)}
    return next((words for words, names in _IN_THE_WAY.items() if starts & names), "")


def _imported(tree: ast.Module) -> dict[str, str]:
    """Return what the names of imports stand for, of those that may be in a test's way."""
    found: dict[str, str] = {}
    for node in all_statements(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                name = alias.asname or alias.name.partition(".")[0]
                found[name] = alias.name if alias.asname else name
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.update({alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names})
    return found
