"""What the names of one file stand for: imports, constants, fixtures, and what tables and loops put into them."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from greenline.domain.code.dotted_names import dotted, last_name
from greenline.domain.code.parse import inner_statements
from greenline.domain.code.written_tables import Row, looped, parametrized

if TYPE_CHECKING:
    from collections.abc import Iterator

Def: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef

_DEFS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
AT_THE_END = 1 << 30
"""A line after all others."""
_SET_UP = frozenset({"setUp", "setup_method", "setup", "setUpClass", "setup_class"})


@dataclass
class Scope:
    """One function's body (or the module's): what its names were given, and the tables that it is run with."""

    node: ast.AST
    class_name: str = ""
    given: dict[str, list[tuple[int, ast.expr]]] = field(default_factory=dict)
    """Name -> (line, value) of its assignments: one, or several that all run, one after the other."""
    unclear: set[str] = field(default_factory=set)
    """Names of which that cannot be said."""
    tables: list[list[Row]] = field(default_factory=list)
    annotations: dict[str, ast.expr] = field(default_factory=dict)
    defaults: Row = field(default_factory=dict)
    counters: set[str] = field(default_factory=set)
    """Names that loops over ``range`` and ``enumerate`` count with."""
    statements: list[ast.stmt] = field(default_factory=list)
    """In the order of the text, those inside of blocks too, those of inner functions not."""

    def value(self, name: str, line: int) -> ast.expr | None:
        """Return what the name stands for on that line, None when it was given nothing before, or that is unclear."""
        given = self.given.get(name, ())
        before = [value for at, value in given if at < line or len(given) == 1]
        return before[-1] if before and name not in self.unclear else None

    def last_values(self) -> Row:
        """Return what names stand for at the end."""
        return {name: given[-1][1] for name, given in self.given.items() if name not in self.unclear}


@dataclass
class FileNames:
    """The names of one file. ``imports`` maps a name to (module, attribute); no attribute means the module itself."""

    module: str
    imports: dict[str, tuple[str, str]] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    modules: set[str] = field(default_factory=set)
    """Modules that ``import a.b`` made reachable by their whole name."""
    defined: set[str] = field(default_factory=set)
    """Classes and functions of the file's own."""
    outer: Scope = field(default_factory=lambda: Scope(ast.Module([], [])))
    fixtures: dict[str, Scope] = field(default_factory=dict)
    attributes: dict[str, Row] = field(default_factory=dict)
    """Class -> what its tests' set-up puts on ``self``."""
    scopes: list[Scope] = field(default_factory=list)
    functions: dict[str, Scope] = field(default_factory=dict)
    """By qualified name, as far as they are no local ones."""


def names_of_file(tree: ast.Module, module: str, *, is_package: bool = False) -> FileNames:
    """Read the names of a file that is imported as ``module``."""
    names = FileNames(module)
    package = module if is_package else module.rpartition(".")[0]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            _import(node, names)
        elif isinstance(node, ast.ImportFrom):
            _import_from(node, package, names)
    names.defined = {node.name for node in tree.body if isinstance(node, _DEFS)}
    names.outer = _scope(tree, "")
    names.scopes = [names.outer]
    for class_name, function, decorators in _functions(tree):
        scope = _scope(function, class_name)
        for decorator in decorators:
            table = parametrized(decorator, names.outer.last_values())
            if table:
                scope.tables.append(table)
        names.scopes.append(scope)
        names.functions[f"{class_name}.{function.name}" if class_name else function.name] = scope
        if any(last_name(d) == "fixture" for d in function.decorator_list):
            names.fixtures[function.name] = scope
        if function.name in _SET_UP:
            names.attributes.setdefault(class_name, {}).update(given_to_self(scope))
    return names


def given_back(scope: Scope) -> ast.expr | None:
    """Return the expression that a function returns or yields, None when there are several or none."""
    found = []
    for statement in scope.statements:
        if isinstance(statement, ast.Return):
            found.append(statement.value)
        elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Yield):
            found.append(statement.value.value)
    return found[0] if len(found) == 1 else None


def given_to_self(scope: Scope) -> Row:
    """Return what a method's own statements put on ``self`` (or ``cls``)."""
    given: Row = {}
    for statement in scope.statements:
        if isinstance(statement, ast.Assign):
            first = statement.targets[0]
            if isinstance(first, ast.Attribute) and dotted(first.value) in ("self", "cls"):
                given[first.attr] = statement.value
    return given


def _import(node: ast.Import, names: FileNames) -> None:
    for alias in node.names:
        if alias.asname:
            names.imports[alias.asname] = alias.name, ""
        else:
            names.modules.add(alias.name)
            names.imports.setdefault(alias.name.partition(".")[0], (alias.name.partition(".")[0], ""))


def _import_from(node: ast.ImportFrom, package: str, names: FileNames) -> None:
    module = node.module or ""
    if node.level:
        parts = package.split(".") if package else []
        above = parts[: len(parts) - node.level + 1]
        module = ".".join([*above, *([module] if module else [])])
    for alias in node.names:
        if alias.name == "*":
            names.stars.append(module)
        elif module:
            names.imports[alias.asname or alias.name] = module, alias.name


def _functions(tree: ast.Module) -> Iterator[tuple[str, Def, list[ast.expr]]]:
    """Yield (class, function, decorators of both), however deep."""
    todo: list[tuple[ast.AST, str, list[ast.expr]]] = [(node, "", []) for node in reversed(tree.body)]
    while todo:
        node, class_name, decorators = todo.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield class_name, node, [*node.decorator_list, *decorators]
            todo.extend((child, class_name, []) for child in reversed(node.body))
        elif isinstance(node, ast.ClassDef):
            name = f"{class_name}.{node.name}" if class_name else node.name
            todo.extend((child, name, node.decorator_list) for child in reversed(node.body))
        else:
            todo.extend((child, class_name, decorators) for child in reversed(list(inner_statements(node))))


def _scope(node: ast.Module | Def, class_name: str) -> Scope:
    scope = Scope(node, class_name)
    parameters: set[str] = set()
    if not isinstance(node, ast.Module):
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        scope.unclear |= {a.arg for a in (node.args.vararg, node.args.kwarg) if a}
        parameters = {a.arg for a in arguments}
        positional = [*node.args.posonlyargs, *node.args.args]
        defaulted = positional[len(positional) - len(node.args.defaults) :]
        scope.defaults = {a.arg: d for a, d in zip(defaulted, node.args.defaults, strict=True)}
        scope.annotations = {a.arg: a.annotation for a in arguments if a.annotation}
    todo: list[ast.AST] = list(reversed(node.body))
    while todo:
        statement = todo.pop()
        if isinstance(statement, _DEFS):
            continue
        if isinstance(statement, ast.stmt):
            scope.statements.append(statement)
            _assigned(statement, scope)
        todo.extend(reversed(list(inner_statements(statement))))
    scope.unclear |= parameters & set(scope.given)
    always = {id(statement) for statement in node.body}
    for statement in scope.statements:
        if id(statement) not in always:
            scope.unclear |= {name for name in _assigned_names(statement) if len(scope.given.get(name, ())) > 1}
    return scope


def _assigned(statement: ast.stmt, scope: Scope) -> None:
    """Take in what one statement gives names to."""
    if isinstance(statement, (ast.For, ast.AsyncFor)):
        if isinstance(statement.iter, ast.Call) and last_name(statement.iter) in ("range", "enumerate"):
            first = statement.target.elts[0] if isinstance(statement.target, ast.Tuple) else statement.target
            scope.counters |= {first.id} if isinstance(first, ast.Name) else set()
        table = looped(statement.target, statement.iter)
        if table:
            scope.tables.append(table)
            return
    for name in _assigned_names(statement):
        scope.given.setdefault(name, []).append((statement.lineno, statement.value))  # type: ignore[attr-defined]
        return
    heads: list[ast.AST | None] = [getattr(statement, name, None) for name in ("target", "name")]
    heads += [*getattr(statement, "targets", ()), *(i.optional_vars for i in getattr(statement, "items", ()))]
    bound = [n.id for head in heads if isinstance(head, ast.AST) for n in ast.walk(head) if isinstance(n, ast.Name)]
    scope.unclear.update(bound)


def _assigned_names(statement: ast.stmt) -> list[str]:
    """Return the name that ``name = value`` gives one, as a list; empty for anything else."""
    if isinstance(statement, ast.AnnAssign) and statement.value is not None:
        targets: list[ast.expr] = [statement.target]
    else:
        targets = statement.targets if isinstance(statement, ast.Assign) else []
    return [t.id for t in targets if isinstance(t, ast.Name)] if len(targets) == 1 else []
