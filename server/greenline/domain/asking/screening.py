"""What a test that a model wrote may not even be run for: in front of the guard, and not in its place.

The guard refuses what happens; this refuses what is written, before anything happens, and says what it was.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from greenline.domain.asking import screened_names as screened
from greenline.domain.asking.real_names import RealNames
from greenline.domain.code.dotted_names import dotted, last_name
from greenline.domain.code.parse import parse
from greenline.domain.generation.test_style import is_fixture

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenline.domain.asking.model import ProposedTest

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_MACHINE = re.compile(r"^(?:\w+://)?(?:[^@/\s]*@)?(?P<host>\[[0-9a-f:]+\]|[\w-]+(?:\.[\w-]+)+|localhost)(?=[:/?#]|$)")
_LOCAL = re.compile(
    r"^(?:localhost|127\.[\d.]+|0\.0\.0\.0|\[::1?\]|testserver|test|(?:[\w-]+\.)*(?:test|invalid|local))$"
)
_ELSEWHERE = re.compile(r"^(?:/|~|[A-Za-z]:[\\/]|\\\\)")
_UPWARDS = re.compile(r"(?:^|[\\/])\.\.(?:[\\/]|$)")
_HOMES = frozenset({"home", "expanduser", "expandvars", "gettempdir"})
_DEEPEST = 120
"""Levels of the syntax tree; what people write has a dozen or two."""
_OWN_FOLDERS = ("chdir", "isolated_filesystem", "TemporaryDirectory", "contextlib.chdir", "fs")


def refused(test: ProposedTest) -> str:
    """Return why a test is not run, as a sentence without a full stop: "it starts another program (os.system)".

    Empty where it may be: the guard looks at what it does then. What does not parse is refused nothing here, for it
    does not run. Raises nothing.
    """
    tree, _ = parse("\n".join([*test.imports, test.code]))
    if tree is None:
        tree, _ = parse(test.code)
    if tree is None:
        return ""
    return "it is nested too deeply to be looked at" if _is_deep(tree) else next(_Screening(tree).refusals(), "")


def _is_deep(tree: ast.Module) -> bool:
    """Tell whether reading it again and again, a call for each level, may come to the end of the stack."""
    level: list[ast.AST] = [tree]
    for _ in range(_DEEPEST):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return False
    return True


class _Screening:
    def __init__(self, tree: ast.Module) -> None:
        self._tree = tree
        self._names = RealNames(tree)
        self._parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
        self._words = frozenset(re.findall(r"\w+", ast.unparse(tree)))
        self._set = _variables_set(tree)

    def refusals(self) -> Iterator[str]:
        """Yield what is refused, in sentences."""
        for node in ast.walk(self._tree):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                yield from self._import(node)
            elif isinstance(node, _FUNCTIONS):
                yield from _function(node)
            elif isinstance(node, (ast.Assign, ast.AnnAssign)):
                yield from _assignment(node)
            elif isinstance(node, ast.Call):
                yield from self._call(node)
            if isinstance(node, (ast.Name, ast.Attribute)):
                yield from self._name(node)

    def _import(self, node: ast.Import | ast.ImportFrom) -> Iterator[str]:
        modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
        for module in modules:
            why = screened.FORBIDDEN_MODULES.get(module.partition(".")[0])
            if why and not (isinstance(node, ast.ImportFrom) and node.level):
                yield f"it {why} ({module})"

    def _name(self, node: ast.Name | ast.Attribute) -> Iterator[str]:
        if isinstance(node, ast.Attribute) and node.attr in screened.UNSEEN:
            yield f"it {screened.BEHIND} ({node.attr})"
        real = self._names.of(node)
        real = self._dangerous(real)
        why = screened.FORBIDDEN.get(real, "")
        if why == screened.ENVIRONMENT:
            yield from [] if self._reads_what_it_set(node) else [f"it {why} ({real})"]
        elif why and not self._is_only_named(node):
            yield f"it {why} ({real})"

    def _dangerous(self, real: str) -> str:
        """Return the name of Python's library also where another module hands it on: ``shop.core.os.environ``."""
        parts = real.split(".")
        ends = (".".join(parts[at:]) for at in range(1, len(parts) - 1))
        return next((end for end in ends if end in screened.FORBIDDEN), real)

    def _call(self, node: ast.Call) -> Iterator[str]:
        real = self._names.of(node.func)
        texts = [
            each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str)
        ]
        if real in screened.REACHING and not self._words & screened.STAND_INS_FOR_NETWORK:
            for host in filter(None, map(_host, texts)):
                yield f"it {screened.NETWORK} ({host})"
        if isinstance(node.func, ast.Attribute) and node.func.attr == "connect" and node.args:
            for host in filter(None, map(_host_of_pair, node.args)):
                yield f"it {screened.NETWORK} ({host})"
        if real in screened.DESTROYING and node.args:
            yield from self._file(node.args[0], real, is_written=_writes(node, real))
        if isinstance(node.func, ast.Attribute) and node.func.attr in screened.METHODS_OF_PATHS:
            yield from self._file(node.func.value, node.func.attr, is_written=False)
        if real in {"getattr", "vars"} and node.args and self._names.of(node.args[0]) in screened.SEARCHED_BY_NAME:
            yield f"it {screened.BEHIND} ({real} of {self._names.of(node.args[0])})"
        if real == "importlib.import_module" and _named(node) in screened.SEARCHED_BY_NAME:
            yield f"it {screened.BEHIND} (import_module of {_named(node)})"
        if real in {"sys.path.insert", "sys.path.append", "sys.path.extend", "site.addsitedir"}:
            yield f"it {screened.TESTS} ({real})"

    def _file(self, path: ast.expr, name: str, *, is_written: bool) -> Iterator[str]:
        """Look at what a file is named by: what is built from ``tmp_path`` has no text that leads elsewhere."""
        texts = [n.value for n in ast.walk(path) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
        first = _beginning(path)
        homes = {last_name(n) for n in ast.walk(path) if isinstance(n, ast.Call)} & _HOMES
        if homes or _ELSEWHERE.search(first) or any(map(_UPWARDS.search, texts)):
            yield f"it {screened.FILES} ({first or next(iter(texts), '') or min(homes)})"
        elif is_written and isinstance(path, ast.Constant) and first and not self._words & set(_OWN_FOLDERS):
            yield f"it {screened.FILES} ({name} of {first})"

    def _is_only_named(self, node: ast.AST) -> bool:
        """Tell whether a name is not used: the model of a stand-in, one that is compared, one that was replaced."""
        parent = self._parents.get(node)
        if isinstance(parent, ast.Attribute):
            return not parent.attr.startswith("__")
        if isinstance(parent, ast.keyword):
            parent = self._parents.get(parent)
        if isinstance(parent, (ast.Tuple, ast.List)):
            return self._is_only_named(parent)
        if isinstance(parent, ast.Call):
            return parent.func is not node and _only_names(parent)
        return isinstance(parent, (ast.Compare, ast.arg))

    def _reads_what_it_set(self, node: ast.Name | ast.Attribute) -> bool:
        parent = self._parents.get(node)
        if isinstance(parent, ast.Call) and parent.func is not node:
            return _only_names(parent)
        if isinstance(parent, ast.Call):
            return _named(parent) in self._set
        if isinstance(parent, ast.Subscript):
            is_read = isinstance(parent.ctx, ast.Load)
            return not is_read or (isinstance(parent.slice, ast.Constant) and parent.slice.value in self._set)
        if isinstance(parent, ast.Attribute) and isinstance(call := self._parents.get(parent), ast.Call):
            return parent.attr in {"pop", "get", "setdefault"} and _named(call) in self._set
        if isinstance(parent, ast.Compare) and isinstance(parent.left, ast.Constant):
            return parent.left.value in self._set or all(isinstance(each, (ast.In, ast.NotIn)) for each in parent.ops)
        return False


def _only_names(call: ast.Call) -> bool:
    """``patch.dict(os.environ, ...)`` does, ``dict(os.environ)`` does not."""
    name = last_name(call)
    return name in screened.NAMED_ONLY or (name == "dict" and isinstance(call.func, ast.Attribute))


def _beginning(path: ast.expr) -> str:
    """Return the text that a path begins with, empty where it begins with something else."""
    if isinstance(path, ast.Constant):
        return path.value if isinstance(path.value, str) else ""
    if isinstance(path, ast.JoinedStr):
        return _beginning(path.values[0]) if path.values else ""
    if isinstance(path, ast.BinOp):
        return _beginning(path.left)
    if not isinstance(path, ast.Call):
        return ""
    if isinstance(path.func, ast.Attribute) and (before := _beginning(path.func.value)):
        return before
    return _beginning(path.args[0]) if path.args else ""


def _function(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    if node.name.startswith("pytest_"):
        yield f"it {screened.TESTS} ({node.name})"
    if is_fixture(node) and any("autouse=True" in ast.unparse(each) for each in node.decorator_list):
        yield f"it {screened.TESTS} (the fixture {node.name} is for all of them)"


def _assignment(node: ast.Assign | ast.AnnAssign) -> Iterator[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    for target in targets:
        name = dotted(target)
        if name in {"pytest_plugins", "sys.path", "collect_ignore", "collect_ignore_glob"}:
            yield f"it {screened.TESTS} ({name})"


def _variables_set(tree: ast.Module) -> frozenset[object]:
    """Return the variables of the environment that the test itself sets, in one of the usual ways."""
    found: set[object] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and last_name(node) in {"setenv", "delenv"}:
            found.add(_named(node))
        elif isinstance(node, ast.Call) and last_name(node) in {"dict", "setitem", "delitem"}:
            found |= {each.value for arg in node.args[1:] for each in ast.walk(arg) if isinstance(each, ast.Constant)}
            found |= {each.arg for each in node.keywords}
        elif (
            isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store) and "environ" in ast.unparse(node.value)
        ):
            found |= {node.slice.value} if isinstance(node.slice, ast.Constant) else set()
    return frozenset(found - {None})


def _named(node: ast.Call) -> object:
    return node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else None


def _writes(node: ast.Call, real: str) -> bool:
    """Tell whether a call changes a file; ``open`` does by its mode."""
    if not real.endswith("open"):
        return real not in {"os.listdir", "os.scandir", "os.walk"}
    modes = [*node.args[1:2], *(each.value for each in node.keywords if each.arg == "mode")]
    return any(isinstance(each, ast.Constant) and set(str(each.value)) & set("wax+") for each in modes)


def _host(text: str) -> str:
    """Return the name of another machine in an address, empty for none."""
    found = _MACHINE.match(text)
    host = found["host"] if found else ""
    return "" if _LOCAL.match(host) else host


def _host_of_pair(node: ast.expr) -> str:
    first = node.elts[0] if isinstance(node, ast.Tuple) and node.elts else None
    return _host(first.value) if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""
