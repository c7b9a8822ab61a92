"""The fixtures and factories of the project's tests, as expressions: a test names a fixture, and gets what it gives."""

from __future__ import annotations

import ast
import contextlib
import importlib
import io
import re
import sys
import types
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Callable

from greenline_probe import wire
from greenline_probe.explore.time_limit import TimeUp, limited

if TYPE_CHECKING:
    from greenline_probe.explore.express import Names

LOAD_SECONDS = 20.0
FIRST_SECONDS = 2.0
"""At first many fixtures import what they need. Less than after what a worker counts as stuck."""
DEEPEST = 4
LOADING = "(the fixtures of the project's tests)"
"""Noted while their files are imported, which takes longer than a call."""
_HELD = "__fixtures__"


class ProjectMakers:
    """Knows which of them may give an instance of a class, and provides what expressions ask for."""

    def __init__(self, makers: Sequence[wire.Maker], names: Names, announce: Callable[[str], bool]) -> None:
        self._makers = list(makers)
        self._names = names
        self._announce = announce
        self._spaces: dict[str, dict[str, Any] | None] = {}
        self._fixtures = {maker.name: maker for maker in makers if not maker.imported}
        self._asked = _asking(self._fixtures)
        self._plugins: set[str] = set()
        self._given_up: set[str] = set()
        self.brought: dict[str, str] = {}
        """Fixtures that are written beside the tests that ask for them: name -> source."""

    @property
    def fixtures(self) -> frozenset[str]:
        """The names of the fixtures."""
        return frozenset(self._fixtures)

    def file_of(self, fixture: str) -> str:
        """Return the file that a fixture stands in; empty for one that there is not, or that a test brings along."""
        return self._fixtures[fixture].file if fixture in self._fixtures and fixture not in self.brought else ""

    def instances(self, kind: Any) -> list[str]:
        """Return expressions that may be an instance of the class: fixtures first, then factories called plainly."""
        found = [maker for maker in self._of(kind) if self._is_there(maker)]
        plain = [maker.name for maker in found if not maker.factory]
        return [*plain, *(f"{maker.name}()" for maker in found if maker.factory)]

    def bring(self, name: str, source: str, kind: Any, same: Callable[[], Any] | None = None) -> str:
        """Add a fixture that a test brings along, a function as source, that gives an instance; return its name.

        ``same`` gives what the function gives, in less time: it is called in its place while exploring.
        """
        if name not in self.brought:
            space = dict(self._names.bound)
            exec(compile(source, "<greenline>", "exec"), space)
            self.brought[name] = source
            self._add(name, same or space[name], [kind.__name__])
        return name

    def of_plugin(self, name: str, give: Callable[[], Any]) -> str:
        """Add a fixture that a plugin of pytest gives; return its name, nothing where tests have something else there.

        ``give`` gives the same.
        """
        if name not in self._plugins and (name in self._fixtures or name in self._names.bound):
            return ""
        if name not in self._plugins:
            self._plugins.add(name)
            self._add(name, give, [])
        return name

    def _add(self, name: str, give: Callable[[], Any], gives: list[str]) -> None:
        self._spaces[name] = {name: give}
        self._fixtures[name] = wire.Maker(name, gives, name, "", "")
        self._asked = _asking(self._fixtures)
        self._names.reserved = self.fixtures

    def factories(self, kind: Any) -> list[str]:
        """Return what is called, with attributes by name, for an instance of the class."""
        return [maker.name for maker in self._of(kind) if maker.factory and self._is_there(maker)]

    def tool(self, module: str, attribute: str) -> str:
        """Return the name under which the project's tests import a maker of anything, empty where they do not."""
        found = [maker for maker in self._makers if maker.imported == [module, attribute] and not maker.gives]
        return next((maker.name for maker in found if self._is_there(maker)), "")

    def used(self, sources: Sequence[str]) -> list[str]:
        """Return the fixtures that sources ask for; ``sources`` are statements and expressions in their order."""
        asked: set[str] = set()
        bound: set[str] = set()
        for source in sources if self._fixtures else ():
            nodes = [n for n in ast.walk(ast.parse(source.replace("\x00", "_"))) if isinstance(n, ast.Name)]
            asked |= {n.id for n in nodes if isinstance(n.ctx, ast.Load)} - bound
            bound |= {n.id for n in nodes if not isinstance(n.ctx, ast.Load)}
        return sorted(asked & self.fixtures)

    def load(self, sources: Sequence[str]) -> None:
        """Import the files of the fixtures that the sources ask for, and of those that these need."""
        asked, loaded = self._asked_by(sources), set[str]()
        while asked - loaded:
            name = (asked - loaded).pop()
            loaded.add(name)
            self._space(self._fixtures[name].file)
            asked.update(self._fixtures.keys() & self._fixtures[name].needs)

    def provide(self, sources: Sequence[str], space: dict[str, Any], folder: Callable[[], Any]) -> None:
        """Put the fixtures that the sources ask for into the namespace, made anew. Raises what a fixture raises."""
        for name in self._asked_by(sources):
            made = next((s for s in sources if s.startswith(f"{name} = ")), f"{name} = {name}")
            if made == f"{name} = {name}":
                space[name] = self._value(name, space, folder, 0)

    def try_out(self, sources: Sequence[str], space: dict[str, Any], folder: Callable[[], Any]) -> None:
        """Provide them for the first time; what takes too long even for that is not made again."""
        try:
            with limited(FIRST_SECONDS):
                self.provide(sources, space, folder)
        except TimeUp:
            self._given_up |= self._asked_by(sources)
            raise

    def _asked_by(self, sources: Sequence[str]) -> set[str]:
        return {name for source in sources for name in self._asked.findall(source)} if self._fixtures else set()

    def _value(self, name: str, space: dict[str, Any], folder: Callable[[], Any], depth: int) -> Any:
        if name == "monkeypatch":
            return space[name]
        if name == "tmp_path":
            return folder()
        home = self._space(self._fixtures[name].file)
        if home is None or depth > DEEPEST or name in self._given_up:
            raise LookupError(name)
        maker = self._fixtures[name]
        if maker.expression:
            return eval(maker.expression, home)
        made = home[name](**{need: self._value(need, space, folder, depth + 1) for need in maker.needs})
        if isinstance(made, Iterator):
            space.setdefault(_HELD, []).append(made)  # it lives as long as the call's namespace does
            return next(made)
        return made

    # ---- which there are -----------------------------------------------------------------------------------------

    def _of(self, kind: Any) -> list[wire.Maker]:
        name = getattr(kind, "__name__", "")
        heirs: list[type] = type.__subclasses__(kind) if isinstance(kind, type) else []
        names = {name, *(heir.__name__ for heir in heirs)}
        return [maker for maker in self._makers if names.intersection(maker.gives)]

    def _is_there(self, maker: wire.Maker) -> bool:
        """Tell whether it can be asked for; what tests import is bound."""
        if not maker.imported:
            known = {"tmp_path", "monkeypatch", *self._fixtures}
            return known.issuperset(maker.needs) and self._space(maker.file) is not None
        module, attribute = maker.imported
        return self._load(maker, lambda: self._bind(maker.name, module, attribute)) is True

    def _bind(self, name: str, module: str, attribute: str) -> bool:
        thing = getattr(importlib.import_module(module), attribute, None)
        thing = importlib.import_module(f"{module}.{attribute}") if thing is None else thing
        return self._names.bind(name, module, attribute, thing) == name

    def _space(self, file: str) -> dict[str, Any] | None:
        """Return the namespace of a file with fixtures, these as plain functions; None where it cannot be loaded."""
        if file not in self._spaces:
            self._spaces[file] = None
            maker = next(m for m in self._makers if m.file == file)
            self._spaces[file] = self._load(maker, lambda: _loaded(maker))
        return self._spaces[file]

    def _load(self, maker: wire.Maker, work: Callable[[], Any]) -> Any:
        """Return what importing the project's test code gives; None where that fails, takes too long or ended here."""
        if maker.root not in sys.path:
            sys.path.append(maker.root)
        with contextlib.suppress(BaseException), contextlib.redirect_stdout(io.StringIO()), limited(LOAD_SECONDS):
            return work() if self._announce(LOADING) else None
        return None


def _asking(fixtures: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.'\"])({'|'.join(map(re.escape, fixtures)) or '(?!)'})\b")


def _loaded(maker: wire.Maker) -> dict[str, Any]:
    with open(maker.file, encoding="utf-8") as text:
        tree = ast.parse(text.read(), maker.file)
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            node.decorator_list = [d for d in node.decorator_list if _last(d) not in ("fixture", "register")]
    tree.body = [n for n in tree.body if not (isinstance(n, ast.Expr) and _last(n.value) == "register")]
    module = types.ModuleType(maker.module)
    module.__file__, module.__package__ = maker.file, maker.module.rpartition(".")[0]
    exec(compile(tree, maker.file, "exec"), vars(module))
    return vars(module)


def _last(node: ast.AST) -> str:
    called = node.func if isinstance(node, ast.Call) else node
    return called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
