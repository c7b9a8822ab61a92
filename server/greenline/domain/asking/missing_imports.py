"""Imports that a test has forgotten, or names wrongly."""

from __future__ import annotations

import ast
import builtins
import sys
from typing import TYPE_CHECKING

from greenline.domain.code.parse import parse
from greenline.domain.generation.import_items import ImportItem, items_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

_DEFS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_MEMBERS: dict[str, str] = {
    "unittest.mock": "Mock MagicMock AsyncMock PropertyMock patch call ANY sentinel mock_open create_autospec",
    "datetime": "datetime date timedelta timezone",
    "pathlib": "Path PurePath PurePosixPath PosixPath",
    "decimal": "Decimal InvalidOperation",
    "io": "StringIO BytesIO",
    "collections": "defaultdict Counter OrderedDict deque namedtuple ChainMap",
    "contextlib": "suppress contextmanager asynccontextmanager ExitStack nullcontext redirect_stdout",
    "dataclasses": "dataclass asdict astuple field replace FrozenInstanceError",
    "typing": "Any Callable Iterator Iterable NamedTuple Optional Protocol TypedDict Union cast",
    "enum": "Enum IntEnum Flag",
    "functools": "partial lru_cache reduce wraps",
    "itertools": "chain product count islice repeat cycle",
    "types": "SimpleNamespace MappingProxyType",
    "uuid": "UUID uuid4",
    "fractions": "Fraction",
    "textwrap": "dedent",
    "math": "isclose",
    "zoneinfo": "ZoneInfo",
    "unittest": "mock",
    "pytest": "approx raises",
}
_KNOWN = {name: module for module, names in _MEMBERS.items() for name in names.split()}
"""What is used by its plain name almost always."""
_OF_DATETIME = frozenset({"datetime", "date", "timedelta", "timezone", "UTC"})
_STAND_INS = frozenset({"your_module", "my_module", "module", "module_name", "module_under_test", "target_module"})


class Known:
    """The names that a test can import: those of the module under test, and those that everybody knows."""

    def __init__(self, module: str, source: str) -> None:
        tree, _ = parse(source)
        body = tree.body if tree else []
        self._module = module
        self._package = module.rpartition(".")[0]
        self.defined = frozenset(_defined(body))
        self.imported = {item.bound: item for item in _imported(body) if item.name != "*"}

    def item_for(self, name: str, used_with: Collection[str]) -> ImportItem | None:
        """Return what to import for a name; ``used_with`` are the attributes that are asked of it."""
        if name == "pytest":
            return ImportItem("pytest")
        if name in self.imported or (self._module and name in self.defined):
            return self._of_module(name)
        if self._module and name == self._module.rpartition(".")[2] and used_with:
            return ImportItem(self._package, name) if self._package else ImportItem(self._module)
        if name in _KNOWN and not (name == "datetime" and _OF_DATETIME & set(used_with)):
            return ImportItem(_KNOWN[name], name)
        return ImportItem(name) if name in sys.stdlib_module_names and used_with else None

    def _of_module(self, name: str) -> ImportItem | None:
        if self._module and name in self.defined:
            return ImportItem(self._module, name)
        return self._absolute(self.imported[name])

    def corrected(self, item: ImportItem) -> ImportItem:
        """Return the import with the module's right name where it is meant, by part of its name or a stand-in."""
        if not self._module or item.module == self._module:
            return item
        is_near = (
            item.module in _STAND_INS
            or item.module.startswith(".")
            or self._module.endswith(f".{item.module}")
            or item.module == f"src.{self._module}"
        )
        if is_near and (item.name in self.defined if item.name else True):
            if item.name:
                return ImportItem(self._module, item.name, item.alias)
            return ImportItem(self._module, None, item.alias) if item.alias else item
        return item

    def _absolute(self, item: ImportItem) -> ImportItem | None:
        dots = len(item.module) - len(item.module.lstrip("."))
        if not dots:
            return item
        parts = self._module.split(".")
        base = parts[: len(parts) - dots]
        rest = item.module.lstrip(".")
        module = ".".join([*base, *([rest] if rest else [])])
        return ImportItem(module, item.name, item.alias) if base else None


def undefined_names(tree: ast.Module, imports: Iterable[ImportItem], around: Collection[str]) -> dict[str, set[str]]:
    """Return the names that a test uses and nobody defines, each with the attributes that are asked of it.

    ``around`` are the names of the file that it will stand in.
    """
    bound = {item.bound for item in imports} | set(around) | set(dir(builtins)) | {"__name__", "__file__"}
    bound |= {name for node in ast.walk(tree) for name in _bound(node)}
    found: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id not in bound:
            found.setdefault(node.id, set())
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in found:
            found[node.value.id].add(node.attr)
    return found


def _bound(node: ast.AST) -> Iterator[str]:
    """Yield the names that a node gives to something, wherever that is seen."""
    if isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, (*_DEFS, ast.ExceptHandler, ast.MatchAs, ast.MatchStar)):
        yield from [node.name] if node.name else []
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        yield from (item.bound for item in items_of(node))
    elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        yield node.id
    elif isinstance(node, ast.MatchMapping) and node.rest:
        yield node.rest


def names_of(text: str) -> frozenset[str]:
    """Return the names that a file's statements bind at its top level."""
    tree, _ = parse(text)
    body = tree.body if tree else []
    return frozenset(_defined(body)) | {item.bound for item in _imported(body)}


def _defined(body: Iterable[ast.stmt]) -> Iterator[str]:
    for node in body:
        if isinstance(node, _DEFS):
            yield node.name
        elif isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
            stored = (n for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
            yield from (n.id for n in stored)
        elif isinstance(node, (ast.If, ast.Try, ast.With)):
            yield from _defined(node.body)
            yield from _defined(getattr(node, "orelse", []))
            for handler in getattr(node, "handlers", []):
                yield from _defined(handler.body)


def _imported(body: Iterable[ast.stmt]) -> Iterator[ImportItem]:
    for node in body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from (item for item in items_of(node) if item.module != "__future__")
        elif isinstance(node, (ast.If, ast.Try, ast.With)):
            yield from _imported(node.body)
            yield from _imported(getattr(node, "orelse", []))
