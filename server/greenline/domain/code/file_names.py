"""What the names of one file stand for: imports, constants, fixtures, and what tables and loops put into them."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from greenline.domain.code.parse import inner_statements

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Def: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
Row: TypeAlias = dict[str, ast.expr]

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
    statements: list[ast.stmt] = field(default_factory=list)
    """In the order of the text, those inside of blocks too, those of inner functions not."""

    def value(self, name: str, line: int) -> ast.expr | None:
        """Return what the name stands for on that line, None when it was given nothing before, or that is unclear."""
        given = self.given.get(name, ())
        before = [value for at, value in given if at < line or len(given) == 1]
        return before[-1] if before and name not in self.unclear else None


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
            table = _parametrized(decorator, names)
            if table:
                scope.tables.append(table)
        names.scopes.append(scope)
        if any(_last(d) == "fixture" for d in function.decorator_list):
            names.fixtures[function.name] = scope
        if function.name in _SET_UP:
            names.attributes.setdefault(class_name, {}).update(_given_to_self(function))
    return names


def dotted(node: ast.expr) -> str:
    """Return ``a.b.c`` as it is written, empty for anything but names and dots."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.insert(0, node.attr)
        node = node.value
    return ".".join([node.id, *parts]) if isinstance(node, ast.Name) else ""


def first_name(node: ast.expr) -> ast.Name | None:
    """Return the ``a`` of ``a.b.c``, None for anything but names and dots."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node if isinstance(node, ast.Name) else None


def given_back(scope: Scope) -> ast.expr | None:
    """Return the expression that a function returns or yields, None when there are several or none."""
    found = []
    for statement in scope.statements:
        if isinstance(statement, ast.Return):
            found.append(statement.value)
        elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Yield):
            found.append(statement.value.value)
    return found[0] if len(found) == 1 else None


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
        table = _rows(statement.target, statement.iter)
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


def _given_to_self(function: Def) -> Row:
    given: Row = {}
    for statement in function.body:
        if isinstance(statement, ast.Assign):
            first = statement.targets[0]
            if isinstance(first, ast.Attribute) and dotted(first.value) in ("self", "cls"):
                given[first.attr] = statement.value
    return given


def _last(node: ast.expr) -> str:
    return dotted(node.func if isinstance(node, ast.Call) else node).rpartition(".")[2]


def _parametrized(decorator: ast.expr, names: FileNames) -> list[Row]:
    """Return the rows of ``@pytest.mark.parametrize("a, b", [...])``."""
    if not isinstance(decorator, ast.Call) or _last(decorator) != "parametrize":
        return []
    given = {k.arg: k.value for k in decorator.keywords}
    columns = decorator.args[0] if decorator.args else given.get("argnames")
    table = decorator.args[1] if len(decorator.args) > 1 else given.get("argvalues")
    if isinstance(columns, ast.Constant) and isinstance(columns.value, str):
        listed = [part.strip() for part in columns.value.split(",") if part.strip()]
    elif isinstance(columns, (ast.List, ast.Tuple)):
        listed = [c.value for c in columns.elts if isinstance(c, ast.Constant) and isinstance(c.value, str)]
    else:
        return []
    if isinstance(table, ast.Name):
        table = names.outer.value(table.id, table.lineno)
    return _rows_of(listed, _items(table))


def _rows(target: ast.expr, table: ast.expr) -> list[Row]:
    """Return what a loop over a written-out table gives its names."""
    listed = [target] if isinstance(target, ast.Name) else list(getattr(target, "elts", ()))
    columns = [n.id for n in listed if isinstance(n, ast.Name)]
    return _rows_of(columns, _items(table)) if columns and len(columns) == len(listed) else []


def _rows_of(columns: Sequence[str], items: Sequence[ast.expr]) -> list[Row]:
    rows = []
    for item in items:
        values: list[ast.expr] = [item]
        if isinstance(item, ast.Call) and _last(item) == "param":
            values = list(item.args)
        elif len(columns) > 1:
            values = list(item.elts) if isinstance(item, (ast.Tuple, ast.List)) else []
        if len(values) == len(columns):
            rows.append(dict(zip(columns, values, strict=True)))
    return rows


def _items(table: ast.expr | None) -> Sequence[ast.expr]:
    if isinstance(table, (ast.List, ast.Tuple, ast.Set)):
        return table.elts
    if isinstance(table, ast.Call) and isinstance(table.func, ast.Attribute) and isinstance(table.func.value, ast.Dict):
        pairs = [(k, v) for k, v in zip(table.func.value.keys, table.func.value.values, strict=True) if k]
        if table.func.attr == "items":
            return [ast.Tuple([k, v], ast.Load()) for k, v in pairs]
    if isinstance(table, ast.Dict):
        return [k for k in table.keys if k]
    return ()
