"""What names in a project's test files stand for: definitions there, in what they import, and in ``conftest.py``."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from greenline.domain.code.parse import inner_statements

if TYPE_CHECKING:
    from collections.abc import Iterator

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
_MOST_STEPS = 8
"""From a name to what it stands for: imports that pass it on, and other names for it."""


@dataclass(eq=False, slots=True)
class Module:
    """One file's names. Compared by identity: a file is read once."""

    path: Path
    tree: ast.Module
    lines: tuple[str, ...]
    is_test: bool
    """Tests, or what belongs to them; the code under test otherwise."""
    defined: dict[str, FunctionNode | ast.ClassDef] = field(default_factory=dict)
    imported: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Name -> module (with dots in front where it is relative), and the name there; "" for the module itself."""
    assigned: dict[str, ast.expr] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        for statement in statements_of(self.tree):
            self._learn(statement)

    def within(self, node: ast.AST) -> Module:
        """Return it with what a function imports, as seen from inside of it; the same where it imports nothing."""
        imports: list[ast.stmt] = [each for each in ast.walk(node) if isinstance(each, (ast.Import, ast.ImportFrom))]
        if not imports:
            return self
        inside = Module(self.path, ast.Module(imports, []), self.lines, self.is_test)
        inside.tree, inside.defined, inside.assigned = self.tree, self.defined, self.assigned
        inside.imported = self.imported | inside.imported
        inside.stars += self.stars
        return inside

    def comments(self, node: ast.AST) -> list[str]:
        """Return the comments on the lines of a definition, on the line above it, and at its end."""
        first = min(each.lineno for each in [node, *getattr(node, "decorator_list", ())])
        end: int = getattr(node, "end_lineno", None) or first
        while end < len(self.lines) and _is_comment_inside(self.lines[end], node):
            end += 1
        return [
            line[line.index("#") :]
            for line in self.lines[max(0, first - 2) : end]
            if "#" in line and "greenline:" not in line
        ]

    def _learn(self, statement: ast.AST) -> None:
        if isinstance(statement, (*FUNCTIONS, ast.ClassDef)):
            self.defined[statement.name] = statement
        elif isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            self.assigned[statement.targets[0].id] = statement.value
        elif isinstance(statement, ast.Import):
            for alias in statement.names:
                self.imported[alias.asname or alias.name] = (alias.name, "")
        elif isinstance(statement, ast.ImportFrom):
            module = "." * statement.level + (statement.module or "")
            self.stars += [module for alias in statement.names if alias.name == "*"]
            for alias in statement.names:
                self.imported[alias.asname or alias.name] = (module, alias.name)


class Modules(Protocol):
    """Finds files by what they are imported as. Raises nothing."""

    def named(self, name: str, seen_from: Path) -> Module | None:
        """Return a module of the project; None for libraries, and for what cannot be read."""

    def conftests(self, path: Path) -> list[Module]:
        """Return those that count for a test file, the nearest first."""


@dataclass(frozen=True, slots=True)
class Found:
    """A definition, and where it is."""

    module: Module
    node: FunctionNode | ast.ClassDef


class Names:
    """Follows names to definitions."""

    def __init__(self, modules: Modules) -> None:
        self._modules = modules

    def find(self, module: Module, name: str, steps: int = _MOST_STEPS) -> Found | None:
        """Return what a name, with dots or without, stands for at the top of a module; None where that is not known."""
        if not steps:
            return None
        if name in module.defined:
            return Found(module, module.defined[name])
        if name in module.assigned:
            other = dotted_inside(module.assigned[name])
            return self.find(module, other, steps - 1) if other and other != name else None
        return self._imported(module, name, steps) or self._from_stars(module, name, steps)

    def conftests(self, path: Path) -> list[Module]:
        """Return the ``conftest.py`` that count for a test file, the nearest first."""
        return self._modules.conftests(path)

    def is_of_project(self, module: Module, name: str) -> bool:
        """Tell whether a name, or what its first part names, comes from a file of the project."""
        first = name.partition(".")[0]
        if first in module.defined or self.find(module, name) is not None:
            return True
        return first in module.imported and self._module_of(module, *module.imported[first]) is not None

    def neighbours(self, module: Module) -> Iterator[Module]:
        """Yield the module, the test modules that it imports from, and the ``conftest.py`` above it."""
        seen = {id(module)}
        yield module
        imported = [self._module_of(module, *where) for where in module.imported.values()]
        starred = [self._modules.named(name, module.path) for name in module.stars]
        for other in [*imported, *starred, *self.conftests(module.path)]:
            if other is not None and other.is_test and id(other) not in seen:
                seen.add(id(other))
                yield other

    def methods(self, found: Found, name: str) -> Iterator[tuple[Found, FunctionNode]]:
        """Yield the definitions of a method in a class and its bases, nearest first, with their classes."""
        for each in self.lineage(found):
            for node in statements_of(each.node):
                if isinstance(node, FUNCTIONS) and node.name == name:
                    yield each, node

    def lineage(self, found: Found) -> Iterator[Found]:
        """Yield a class and those of its bases that are in the project."""
        waiting, seen = [found], set()
        while waiting:
            each = waiting.pop(0)
            if id(each.node) in seen or not isinstance(each.node, ast.ClassDef):
                continue
            seen.add(id(each.node))
            yield each
            bases = (self.find(each.module, dotted_inside(base)) for base in each.node.bases)
            waiting += [base for base in bases if base is not None]

    def bases(self, found: Found) -> Iterator[str]:
        """Yield the names of all bases of a class, also of those that are in no file of the project."""
        for each in self.lineage(found):
            yield from (dotted_inside(base) for base in getattr(each.node, "bases", ()))

    def _imported(self, module: Module, name: str, steps: int) -> Found | None:
        parts = name.split(".")
        for count in range(len(parts), 0, -1):  # `import a.b` binds "a.b"
            where = module.imported.get(".".join(parts[:count]))
            if where is None:
                continue
            rest = parts[count:]
            if where[1] and not rest:
                source = self._modules.named(where[0], module.path)
                return self.find(source, where[1], steps - 1) if source is not None else None
            inner = self._module_of(module, *where)
            return self.find(inner, ".".join(rest), steps - 1) if inner is not None and rest else None
        return None

    def _from_stars(self, module: Module, name: str, steps: int) -> Found | None:
        sources = (self._modules.named(star, module.path) for star in module.stars)
        found = (self.find(source, name, steps - 1) for source in sources if source is not None)
        return next((each for each in found if each is not None), None)

    def _module_of(self, module: Module, name: str, attribute: str) -> Module | None:
        """Return the module that an import names, or takes something from."""
        below = f"{name}.{attribute}" if name.strip(".") else f"{name}{attribute}"
        inner = self._modules.named(below, module.path) if attribute else None
        return inner or self._modules.named(name, module.path)


def statements_of(scope: ast.AST) -> Iterator[ast.AST]:
    """Yield the statements of a module, class or function, also below ``if`` and ``try``, not those of inner ones."""
    waiting = list(inner_statements(scope))
    while waiting:
        statement = waiting.pop(0)
        yield statement
        if not isinstance(statement, (*FUNCTIONS, ast.ClassDef)):
            waiting += inner_statements(statement)


def dotted_inside(node: ast.expr) -> str:
    """Return ``a.b`` of ``a.b``, ``a.b(...)``, ``a.b[...]`` and ``partial(a.b, ...)``; empty for anything else."""
    while isinstance(node, (ast.Call, ast.Subscript)):
        is_partial = isinstance(node, ast.Call) and ast.unparse(node.func).endswith("partial") and bool(node.args)
        node = node.args[0] if is_partial and isinstance(node, ast.Call) else _inner(node)
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.insert(0, node.attr)
        node = node.value
    return ".".join([node.id, *parts]) if isinstance(node, ast.Name) else ""


def _is_comment_inside(line: str, node: ast.AST) -> bool:
    text = line.lstrip()
    return text.startswith("#") and len(line) - len(text) > getattr(node, "col_offset", 0)


def _inner(node: ast.Call | ast.Subscript) -> ast.expr:
    return node.func if isinstance(node, ast.Call) else node.value
