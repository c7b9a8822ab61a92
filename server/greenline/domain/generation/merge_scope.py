"""What the names of a test file mean, and how new tests fit in without changing that."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from greenline.domain.generation.import_items import ImportItem, items_of
from greenline.domain.generation.methods import as_method
from greenline.domain.generation.rename import rename_globals, rename_parameters
from greenline.domain.generation.shapes import Shapes
from greenline.domain.generation.source_text import SourceText
from greenline.domain.generation.test_style import is_fixture

if TYPE_CHECKING:
    import symtable
    from collections.abc import Collection, Iterator, Sequence

    from greenline.domain.generation.model import Candidate
    from greenline.domain.generation.reach import Reach
    from greenline.domain.generation.test_suite import Seat


@dataclass(slots=True)
class FileScope:
    """The module-level names of a test file; it grows with each test that is fitted in."""

    taken: set[str] = field(default_factory=set)
    """Bound by the module, or used as a global name (a builtin, say): a new binding would change their meaning."""
    imported: list[ImportItem] = field(default_factory=list)
    """Imports that ran when the first test starts."""
    conditional: list[ImportItem] = field(default_factory=list)
    """Imports that may not have run: under ``if TYPE_CHECKING`` and the like."""
    guarded: list[ImportItem] = field(default_factory=list)
    """Imports that are tried: a person has decided what happens where they fail, and another one would undo that."""
    rebound: set[str] = field(default_factory=set)
    """Names that something other than an import binds."""
    shapes: Shapes = field(default_factory=lambda: Shapes(()))
    """The functions that are there, without their names."""
    added: list[ImportItem] = field(default_factory=list)
    """Imports that the new tests bring."""
    fixtures: set[str] = field(default_factory=set)
    """The names of the module's own: they are taken as they are."""
    asked: set[str] = field(default_factory=set)
    """What the functions that are there ask for, and what else is a fixture for them."""
    methods: dict[str, set[str]] = field(default_factory=dict)
    """By class that gets new tests: the names that are in it."""

    @classmethod
    def of(cls, source: SourceText, tree: ast.Module, fixtures: Collection[str] = ()) -> FileScope:
        """Read a file; ``fixtures`` are the names of those around it. Raises SyntaxError as the compiler does."""
        inside = [each for node in tree.body if isinstance(node, ast.ClassDef) for each in node.body]
        functions = [node for node in [*tree.body, *inside] if isinstance(node, _FUNCTIONS)]
        scope = cls(shapes=Shapes(functions))
        scope.fixtures = {node.name for node in functions if is_fixture(node)}
        scope.asked = {each.arg for node in functions for each in node.args.args} | set(fixtures)
        for table in _tables(source.symbols()):
            module = table.get_type() == "module"
            for symbol in table.get_symbols():
                if module or symbol.is_global():
                    scope.taken.add(symbol.get_name())
                if (module or symbol.is_declared_global()) and (symbol.is_assigned() or symbol.is_namespace()):
                    scope.rebound.add(symbol.get_name())
        for node, sure in _imports(tree.body, sure=True):
            (scope.imported if sure else scope.conditional).extend(items_of(node))
        scope.guarded = [item for node in guarded_imports(tree) for item in items_of(node)] + list(_skipping(tree))
        return scope

    def fit(self, candidate: Candidate, seat: Seat) -> Fitted | None:
        """Name the candidate's test and imports so that nothing clashes, and take note of them.

        None: the same test is there already. Raises SyntaxError when the candidate does not parse.
        """
        candidate = self._with_own_fixtures(candidate)
        brought = [fixture for fixture in candidate.fixtures if fixture.name not in self.fixtures]
        needed = tuple(statement for fixture in brought for statement in fixture.imports)
        candidate = replace(candidate, imports=(*candidate.imports, *needed), fixtures=tuple(brought))
        method = as_method(candidate, unittest=seat.unittest) if seat.owner and not brought else None
        if method is None and seat.owner:
            seat = seat.beside()
        return self._fit(method or candidate, seat)

    def _with_own_fixtures(self, candidate: Candidate) -> Candidate:
        """Name the fixtures that it brings so that no test gets another than it asks for."""
        renames: dict[str, str] = {}
        for fixture in candidate.fixtures:
            name = fixture.name
            while name not in self.fixtures and name in (self.taken | self.asked):
                name = f"fresh_{name}"
            renames |= {fixture.name: name} if name != fixture.name else {}
        if not renames:
            return candidate

        def renamed(code: str) -> str:
            return rename_parameters(rename_globals(code, renames), renames)

        brought = [replace(f, name=renames.get(f.name, f.name), code=renamed(f.code)) for f in candidate.fixtures]
        return replace(candidate, code=renamed(candidate.code), fixtures=tuple(brought))

    def _fit(self, candidate: Candidate, seat: Seat) -> Fitted | None:
        tree = SourceText(candidate.code).parse()
        used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        used |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
        renames: dict[str, str] = {}
        added: list[ImportItem] = []
        for need in _needs(candidate):
            self._import(need, candidate.reach, used, added, renames)
        code = rename_globals(candidate.code, renames)
        nodes = [node for node in SourceText(code).parse().body if isinstance(node, _FUNCTIONS)]
        if nodes and all(node in self.shapes for node in nodes):
            return None
        inside = self.methods.setdefault(seat.owner, set(seat.names)) if seat.owner else None
        own = {node.name: self._free(node.name, taken=inside) for node in nodes}
        code = rename_globals(code, {old: new for old, new in own.items() if old != new})
        self.shapes.add(nodes)
        self._commit(set() if seat.owner else set(own.values()), added)
        if inside is not None:
            inside |= set(own.values())
        name = own.get(candidate.name, candidate.name)
        above = [rename_globals(fixture.code, renames).strip("\n") for fixture in candidate.fixtures]
        self.fixtures |= {fixture.name for fixture in candidate.fixtures}
        self.taken |= {fixture.name for fixture in candidate.fixtures}
        code = "\n\n\n".join([*above, code.strip("\n")])
        return Fitted(f"{seat.owner}::{name}" if seat.owner else name, code, seat)

    def _import(
        self, need: ImportItem, reach: Reach | None, used: set[str], added: list[ImportItem], renames: dict[str, str]
    ) -> None:
        known = [*self.imported, *added]
        if need.bound == "*":
            added.extend([] if need in known else [need])
            return
        if any(item.serves(need) for item in self.guarded):
            return
        if not self._clashes(need, added):
            if not any(item.serves(need) for item in known):
                added.append(need)
            return
        if need.bound not in self.rebound and self._is_there(need, reach, known):
            return
        written = need.module if need.name is None and need.alias is None else need.bound
        for item in [*self.guarded, *known]:
            if item.meaning == _meant(need) and item.bound != need.bound and not self._clashes(item, added):
                renames[written] = item.bound
                return
        alias = self._free(_alias_for(need), used | {item.bound for item in added})
        renames[written] = alias
        added.append(ImportItem(need.module, need.name, alias))

    def _is_there(self, need: ImportItem, reach: Reach | None, known: Sequence[ImportItem]) -> bool:
        """Tell whether the name stands for what is needed already, by whatever way it came."""
        sure = [item for item in known if item.bound == need.bound]
        every = [*sure, *(item for item in self.conditional if item.bound == need.bound)]
        return bool(sure) and all(one.meaning == need.meaning or _is_passed_on(one, need, reach) for one in every)

    def _clashes(self, need: ImportItem, added: Sequence[ImportItem]) -> bool:
        bindings = [i for i in [*self.imported, *self.conditional, *added] if i.bound == need.bound]
        if need.bound in self.rebound or any(item.meaning != need.meaning for item in bindings):
            return True
        return need.bound in self.taken and not bindings

    def _free(self, name: str, also: set[str] | None = None, *, taken: set[str] | None = None) -> str:
        """Return the name, with a number behind it where it is taken, by the module or what else is told."""
        taken = (self.taken if taken is None else taken) | (also or set())
        number = 2
        free = name
        while free in taken:
            free = f"{name}_{number}"
            number += 1
        return free

    def _commit(self, names: set[str], added: list[ImportItem]) -> None:
        self.taken |= names | {item.bound for item in added}
        self.rebound |= names
        self.imported += added
        self.added += added


@dataclass(frozen=True, slots=True)
class Fitted:
    """A test as it will stand in the file."""

    name: str
    """``TestThing::test_it`` for a method."""
    code: str
    """Not indented, also that of a method."""
    seat: Seat
    is_styled: bool = False
    """Laid out by the project's formatter."""


_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def identifiers(tree: ast.AST) -> set[str]:
    """Return the plain names and the attribute names in a tree."""
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return names | {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


def guarded_imports(tree: ast.Module) -> Iterator[ast.Import | ast.ImportFrom]:
    """Yield the imports of a module that are tried before something else is done."""
    for node in tree.body:
        if isinstance(node, ast.Try) and node.handlers:
            yield from (each for each in node.body if isinstance(each, (ast.Import, ast.ImportFrom)))


def _skipping(tree: ast.Module) -> Iterator[ImportItem]:
    """Yield what ``name = pytest.importorskip("module")`` binds."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and len(node.targets) == 1:
            call, target = node.value, node.targets[0]
            is_one = ast.unparse(call.func).rpartition(".")[2] == "importorskip" and call.args
            if is_one and isinstance(target, ast.Name) and isinstance(call.args[0], ast.Constant):
                module = str(call.args[0].value)
                yield ImportItem(module, None, target.id if target.id != module else None)


def _needs(candidate: Candidate) -> Iterator[ImportItem]:
    for text in candidate.imports:
        for node in SourceText(text).parse().body:
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                yield from items_of(node)


def _is_passed_on(item: ImportItem, need: ImportItem, reach: Reach | None) -> bool:
    """Tell whether a package and a module of it give the same thing; where nobody has looked, the trial shows it."""
    if need.name is None or (item.name, item.bound) != (need.name, need.bound):
        return False
    if reach is None:
        return need.module.startswith(f"{item.module}.")
    return need.module == reach.module_of(item.module, need.name) or item.module == reach.module_of(
        need.module, need.name
    )


def _meant(need: ImportItem) -> str:
    return need.meaning if need.name or need.alias else need.module


def _alias_for(need: ImportItem) -> str:
    """``core_parse`` for ``from parcels.core import parse``, ``json_module`` for ``import json``."""
    parts = [part for part in _meant(need).split(".") if part]
    alias = "_".join(parts[-2:]) if len(parts) > 1 else f"{parts[0]}_module"
    alias = re.sub(r"\W", "_", alias)
    return alias.lstrip("_") or alias


def _tables(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    yield table
    for child in table.get_children():
        yield from _tables(child)


def _imports(body: Sequence[ast.stmt], *, sure: bool) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool]]:
    """Yield the module-level imports; ``sure`` where they ran if the module could be imported at all."""
    for node in body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield node, sure
        elif isinstance(node, ast.With):
            yield from _imports(node.body, sure=sure)
        elif not isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            for name in ("body", "handlers", "orelse", "finalbody"):
                inner = getattr(node, name, [])
                for each in inner:
                    nested = each.body if isinstance(each, ast.ExceptHandler) else [each]
                    yield from _imports(nested, sure=False)
