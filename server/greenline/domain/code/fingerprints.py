"""What a text's code is, whatever its comments and formatting: a fingerprint for each function and for each level.

A level is what runs when a module is imported: the statements of the module or of a class, and of the functions there
their headers (name, decorators, parameters with defaults and annotations). A function's body, with all that is defined
inside, is a region of its own: nothing notices a change of it but what calls it.
"""

from __future__ import annotations

import ast
from collections import Counter, deque
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING

from greenline.domain.code.parse import parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_Def = ast.FunctionDef | ast.AsyncFunctionDef
_BLOCKS = frozenset({"body", "handlers", "orelse", "finalbody", "cases"})
_NOT_WRITTEN = frozenset({"ctx", "kind", "type_comment", "type_ignores"})


@dataclass(frozen=True, slots=True)
class Region:
    """The body of one function."""

    fingerprint: str
    header: str
    """That of its header, which belongs to the level around it."""
    line: int
    """Of the ``def``."""
    first: int
    last: int
    """Of the body's lines: whoever calls it runs one of them."""

    @property
    def whole(self) -> str:
        """The fingerprint of header and body."""
        return _hash((self.header, self.fingerprint))


@dataclass(frozen=True, slots=True)
class Code:
    """The fingerprints of one text.

    ``functions`` are by qualified name; a second definition of one name is ``name#2``. ``levels`` are by the qualified
    name of the class, ``""`` is the module. ``whole`` is that of all of it.
    """

    whole: str
    levels: Mapping[str, str] = field(default_factory=dict)
    functions: Mapping[str, Region] = field(default_factory=dict)

    def function(self, qualname: str) -> Region | None:
        """Return the last definition of that name, the one that counts."""
        found, count = self.functions.get(qualname), 2
        while f"{qualname}#{count}" in self.functions:
            found = self.functions[f"{qualname}#{count}"]
            count += 1
        return found


@dataclass(frozen=True, slots=True)
class Change:
    """What is different between two texts, as the older one has it."""

    functions: frozenset[str] = frozenset()
    """Those whose body changed; those that came or went change a level."""
    levels: frozenset[str] = frozenset()
    """Names of the classes whose level changed, ``""`` for the module's."""
    spans: tuple[tuple[int, int], ...] = ()
    """First and last lines of their bodies, in the older text."""

    def __bool__(self) -> bool:
        return bool(self.functions or self.levels)


@lru_cache(maxsize=64)
def fingerprints(text: str) -> Code:
    """Return the fingerprints of a text; one that does not parse has only that of its characters. Raises nothing."""
    tree, problems = parse(text)
    if tree is not None and not problems:
        try:
            return _Reader().read(tree)
        except RecursionError:
            pass
    return Code(_hash(("text", text)))


def own_fingerprint(text: str, node_id: str) -> str:
    """Return the fingerprint of a test's function; of all of its file's code where it has none there."""
    code = fingerprints(text)
    name = node_id.partition("::")[2].partition("[")[0].replace("::", ".")
    region = code.function(name) if name else None
    return region.whole if region else code.whole


def changes(old: str, new: str) -> Change:
    """Return what changed from one text to another. Comments, formatting and positions are no change."""
    before, after = fingerprints(old), fingerprints(new)
    if before.whole == after.whole:
        return Change()
    names = before.levels.keys() | after.levels.keys()
    levels = frozenset(n for n in names if before.levels.get(n) != after.levels.get(n))
    kept = before.functions.keys() & after.functions.keys()
    functions = frozenset(n for n in kept if before.functions[n].fingerprint != after.functions[n].fingerprint)
    if levels or not functions:  # without either, one of them does not parse
        levels = levels or frozenset({""})
    regions = [before.functions[name] for name in sorted(functions)]
    return Change(functions, levels, tuple((region.first, region.last) for region in regions))


def moved_lines(old: str, new: str) -> dict[int, int]:
    """Map the lines of unchanged code of ``old`` to where they stand in ``new``. Of code at changed levels, nothing."""
    before, after = parse(old)[0], parse(new)[0]
    change = changes(old, new)
    found: dict[int, int] = {}
    if before is None or after is None or change.levels:
        return found
    skipped = {fingerprints(old).functions[name].line for name in change.functions}
    todo: deque[tuple[ast.AST, ast.AST]] = deque([(before, after)])
    while todo:
        one, other = todo.popleft()
        if isinstance(one, (ast.stmt, ast.expr, ast.excepthandler, ast.pattern, ast.alias)):
            found.setdefault(one.lineno, getattr(other, "lineno", one.lineno))  # the statement before its parts
        changed = isinstance(one, _Def) and one.lineno in skipped
        for name, value in ast.iter_fields(one):
            if not (changed and name == "body"):
                todo += zip(_nodes(value), _nodes(getattr(other, name, None)), strict=False)
    return found


def _nodes(value: object) -> list[ast.AST]:
    values = value if isinstance(value, list) else [value]
    return [node for node in values if isinstance(node, ast.AST)]


class _Reader:
    """Collects the fingerprints of one tree."""

    def __init__(self) -> None:
        self._levels: dict[str, str] = {}
        self._functions: dict[str, Region] = {}
        self._seen: Counter[str] = Counter()

    def read(self, tree: ast.Module) -> Code:
        self._level("", tree.body, [])
        parts = [*self._levels.items(), *((name, region.fingerprint) for name, region in self._functions.items())]
        return Code(_hash(part for pair in parts for part in pair), self._levels, self._functions)

    def _level(self, name: str, statements: Iterable[ast.AST], out: list[str]) -> None:
        for node in statements:
            self._statement(node, name, out)
        seen = f"{name}#2" if name in self._levels else name
        while seen in self._levels:
            seen += "'"
        self._levels[seen] = _hash(out)

    def _statement(self, node: ast.AST, level: str, out: list[str]) -> None:
        inside = f"{level}." if level else ""
        if isinstance(node, _Def):
            header = _header(node)
            out.append(header)
            self._function(inside + node.name, node, header)
        elif isinstance(node, ast.ClassDef):
            own: list[str] = []
            for name in node._fields:
                if name != "body":
                    own.append(f"{name}=")
                    _write(getattr(node, name), own)
            out.append(f"class {node.name}")
            self._level(inside + node.name, node.body, own)
        elif _BLOCKS & set(node._fields):
            out.append(f"{type(node).__name__}(")
            for name in node._fields:
                value = getattr(node, name, None)
                out.append(f"{name}=")
                if name in _BLOCKS and isinstance(value, list):
                    for child in value:
                        self._statement(child, level, out)
                else:
                    _write(value, out)
            out.append(")")
        else:
            _write(node, out)

    def _function(self, qualname: str, node: _Def, header: str) -> None:
        self._seen[qualname] += 1
        count = self._seen[qualname]
        out: list[str] = []
        _write(node.body, out)
        last = node.end_lineno or node.lineno
        self._functions[qualname if count == 1 else f"{qualname}#{count}"] = Region(
            _hash(out), header, node.lineno, node.body[0].lineno, last
        )


def _header(node: _Def) -> str:
    out = [type(node).__name__, node.name, "yields" if _yields(node) else ""]
    for name in ("decorator_list", "args", "returns", "type_params"):
        out.append(f"{name}=")
        _write(getattr(node, name, None), out)
    return _hash(out)


def _yields(node: _Def) -> bool:
    """Tell whether a call only makes a generator: then none of its lines runs."""
    todo: list[ast.AST] = list(node.body)
    while todo:
        inner = todo.pop()
        if isinstance(inner, (ast.Yield, ast.YieldFrom)):
            return True
        if not isinstance(inner, (_Def, ast.Lambda, ast.ClassDef)):
            todo.extend(ast.iter_child_nodes(inner))
    return False


def _write(value: object, out: list[str]) -> None:
    """Write a node without its places; what is empty is left out, since versions of Python differ in having it."""
    if isinstance(value, ast.Constant):
        out.append(f"{type(value.value).__name__} {_plain(value.value)}")
    elif isinstance(value, ast.AST):
        out.append(f"{type(value).__name__}(")
        for name in value._fields:
            inner = getattr(value, name, None)
            if inner is not None and inner != [] and name not in _NOT_WRITTEN:
                out.append(f"{name}=")
                _write(inner, out)
        out.append(")")
    elif isinstance(value, list):
        out.append("[")
        for inner in value:
            _write(inner, out)
        out.append("]")
    else:
        out.append(_plain(value))


def _plain(value: object) -> str:
    try:
        return repr(value)
    except ValueError:  # an integer of thousands of digits
        return hex(value) if isinstance(value, int) else ""


def _hash(parts: Iterable[str]) -> str:
    digest = blake2b(digest_size=12)
    for part in parts:
        digest.update(part.encode("utf-8", "surrogatepass"))
        digest.update(b"\0")
    return digest.hexdigest()
