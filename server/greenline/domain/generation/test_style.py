"""How a project's tests are written, learned from the text of one test file."""

from __future__ import annotations

import ast
import re
import tokenize
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from greenline.domain.code.parse import parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Grouping = Literal["functions", "classes"]
Naming = Literal["snake", "camel", "it"]
RowNames = Literal["tuple", "list", "string"]
RowIds = Literal["params", "list", "none"]
Imports = Literal["names", "module", "from"]
Patching = Literal["monkeypatch", "mocker", "mock"]
Waiting = Literal["", "run", "asyncio", "anyio", "plain"]

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_CASES = ("TestCase", "IsolatedAsyncioTestCase")
_ENDINGS = ("TestCase", "Tests", "Test")
_TOGETHER = 2


@dataclass(frozen=True, slots=True)
class TestStyle:
    """What new tests have in common with those that are there. Each default is what is written where there are none."""

    __test__ = False  # not a test class, whatever pytest thinks of its name

    learned: bool = False
    """There was a test to learn from."""
    quotes: Literal['"', "'"] = '"'
    grouping: Grouping = "functions"
    """``classes``: tests of one class or function of the code are methods of one ``TestThing``."""
    base: str = ""
    """What test classes inherit, as it is written there: ``unittest.TestCase``."""
    ending: str = ""
    """What names of unittest's classes end with where they do not begin with ``Test``: ``CartTests``."""
    naming: Naming = "snake"
    """``test_move_when_full``, ``testMoveWhenFull``, ``test_it_...``."""
    short_names: bool = False
    """Methods of a ``TestThing`` do not name the thing again."""
    docstrings: bool = False
    annotated: bool = False
    """Tests are written with ``-> None``."""
    row_names: RowNames = "tuple"
    """How ``parametrize`` is given its names: ``("a", "b")``, ``["a", "b"]`` or ``"a, b"``."""
    names_apart: str = ", "
    """What stands between the names in one text."""
    row_ids: RowIds = "params"
    """``pytest.param(..., id="x")``, ``ids=["x"]`` or neither."""
    imports: Imports = "names"
    """``from a.b import f``; ``import a.b`` and ``a.b.f()``; ``from a import b`` and ``b.f()``."""
    named_from: frozenset[str] = frozenset()
    """What the file imports names from: ``shop`` of ``from shop import price``."""
    packages: Mapping[str, str] = field(default_factory=dict)
    """The modules that it imports as a whole, and what it calls them: ``{"shop": "s"}`` of ``import shop as s``."""
    reached: frozenset[str] = frozenset()
    """What it reaches through them: ``shop.price`` of ``s.price``."""
    patching: Patching = "monkeypatch"
    waiting: Waiting = ""
    """How coroutines are tested: ``asyncio.run``, a mark of pytest-asyncio or anyio, ``async def`` without one."""
    uses_fixtures: bool = False
    """The file defines fixtures of its own."""

    @property
    def unittest(self) -> bool:
        """Test classes are those of ``unittest``: no fixtures, no ``parametrize``."""
        return self.base.rpartition(".")[2] in _CASES

    def class_for(self, qualname: str) -> str:
        """Return the name of the class for the tests of a target: ``TestCart`` for ``Cart.add`` and ``cart``."""
        thing = qualname.partition(".")[0].strip("_")
        words = "".join(word[0].upper() + word[1:] for word in re.split(r"_+", thing) if word)
        return f"{words}{self.ending}" if self.ending and self.unittest else f"Test{words}"


def style_of(text: str, sources: Iterable[str] = ()) -> TestStyle:
    """Return the style of a test file; ``sources`` are the project's modules or top-level packages. Raises nothing."""
    tree, _ = parse(text)
    if tree is None:
        return TestStyle()
    tests, owners = _tests(tree)
    if not tests:
        return TestStyle()
    base = _base(owners)
    row_names, apart = _row_names(tree)
    return TestStyle(
        learned=True,
        quotes=_quotes(text),
        grouping="classes" if sum(len(_methods(o)) for o in owners) * 2 > len(tests) else "functions",
        base=base,
        ending=_ending(owners),
        naming=_naming(tests),
        short_names=_are_short(owners),
        docstrings=_most(ast.get_docstring(test) is not None for test in tests),
        annotated=_most(test.returns is not None for test in tests),
        row_names=row_names,
        names_apart=apart,
        row_ids=_row_ids(tree),
        imports=_imports(tree, frozenset(sources)),
        named_from=_named_from(tree, frozenset(sources)),
        packages=_packages(tree),
        reached=_reached(tree),
        patching=_patching(tests),
        waiting=_waiting(tree, tests),
        uses_fixtures=any(is_fixture(node) for node in ast.walk(tree)),
    )


def is_fixture(node: ast.AST) -> bool:
    """Tell whether a definition is a pytest fixture."""
    if not isinstance(node, _FUNCTIONS):
        return False
    named = [ast.unparse(d.func if isinstance(d, ast.Call) else d) for d in node.decorator_list]
    return any(name.rpartition(".")[2] == "fixture" for name in named)


def _tests(tree: ast.Module) -> tuple[list[ast.FunctionDef | ast.AsyncFunctionDef], list[ast.ClassDef]]:
    """Return the tests, those of classes included, and the classes that have some."""
    owners = [node for node in tree.body if isinstance(node, ast.ClassDef) and _methods(node)]
    functions = [node for node in tree.body if _is_test(node)]
    return [*functions, *(method for owner in owners for method in _methods(owner))], owners  # type: ignore[list-item]


def _methods(owner: ast.ClassDef) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in owner.body if isinstance(node, _FUNCTIONS) and _is_test(node)]


def _is_test(node: ast.AST) -> bool:
    return isinstance(node, _FUNCTIONS) and node.name.startswith("test") and not is_fixture(node)


def _most(answers: Iterable[bool]) -> bool:
    given = list(answers)
    return sum(given) * 2 > len(given)


def _quotes(text: str) -> Literal['"', "'"]:
    """Return the quotes of plain texts; those that hold the other kind of quote, and docstrings, do not count."""
    single = double = 0
    try:
        for token in tokenize.generate_tokens(iter([*text.splitlines(keepends=True), ""]).__next__):
            body = token.string.lstrip("rRbBfFuU")
            if (
                token.type != tokenize.STRING
                or body.startswith(('"""', "'''"))
                or "'" in body[1:-1]
                or '"' in body[1:-1]
            ):
                continue
            single, double = single + body.startswith("'"), double + body.startswith('"')
    except (tokenize.TokenError, SyntaxError):
        pass
    return "'" if single > double else '"'


def _base(owners: Sequence[ast.ClassDef]) -> str:
    bases = Counter(ast.unparse(base) for owner in owners for base in owner.bases)
    cases = [name for name, _ in bases.most_common() if name.rpartition(".")[2] in _CASES]
    return cases[0] if cases and sum(bases[name] for name in cases) * 2 > len(owners) else ""


def _ending(owners: Sequence[ast.ClassDef]) -> str:
    endings = Counter(
        next((each for each in _ENDINGS if owner.name.endswith(each) and not owner.name.startswith("Test")), "")
        for owner in owners
    )
    ending, number = endings.most_common(1)[0] if endings else ("", 0)
    return ending if number * 2 > len(owners) else ""


def _naming(tests: Sequence[ast.FunctionDef | ast.AsyncFunctionDef]) -> Naming:
    camel = [re.match(r"test[A-Z]", test.name) is not None for test in tests]
    if _most(camel):
        return "camel"
    return "it" if _most(test.name.startswith("test_it_") for test in tests) else "snake"


def _are_short(owners: Sequence[ast.ClassDef]) -> bool:
    """Tell whether names of methods leave out what the class is named after."""
    told = []
    for owner in owners:
        thing = (
            owner.name.removeprefix("Test").removesuffix("TestCase").removesuffix("Test").removesuffix("Tests").lower()
        )
        told += [thing not in method.name.replace("_", "").lower() for method in _methods(owner) if thing]
    return bool(told) and _most(told)


def _calls(tree: ast.AST, last: str) -> list[ast.Call]:
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [call for call in calls if ast.unparse(call.func).rpartition(".")[2] == last]


def _row_names(tree: ast.Module) -> tuple[RowNames, str]:
    seen: Counter[RowNames] = Counter()
    apart: Counter[str] = Counter()
    for call in _calls(tree, "parametrize"):
        names = call.args[0] if call.args else None
        if isinstance(names, ast.Constant) and isinstance(names.value, str) and "," in names.value:
            seen["string"] += 1
            apart[", " if ", " in names.value else ","] += 1
        elif isinstance(names, (ast.Tuple, ast.List)):
            seen["tuple" if isinstance(names, ast.Tuple) else "list"] += 1
    return (seen.most_common(1)[0][0] if seen else "tuple"), (apart.most_common(1)[0][0] if apart else ", ")


def _row_ids(tree: ast.Module) -> RowIds:
    tables = _calls(tree, "parametrize")
    if not tables:
        return "params"
    with_params = sum(any(k.arg == "id" for c in _calls(table, "param") for k in c.keywords) for table in tables)
    with_list = sum(any(k.arg == "ids" for k in table.keywords) for table in tables)
    if not with_params and not with_list:
        return "none" if len(tables) >= _TOGETHER else "params"
    return "params" if with_params >= with_list else "list"


def _imports(tree: ast.Module, sources: frozenset[str]) -> Imports:
    """Return how the project's own modules are imported: what the file imports most is what it uses most."""
    tops = {source.partition(".")[0] for source in sources}
    names = modules = members = 0
    used = Counter(n.value.id for n in ast.walk(tree) if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name))
    for node in tree.body:
        if isinstance(node, ast.Import):
            modules += sum(used[(a.asname or a.name).partition(".")[0]] > 0 for a in node.names if _top(a.name) in tops)
        elif isinstance(node, ast.ImportFrom) and (node.level or _top(node.module or "") in tops):
            for alias in node.names:
                is_module = f"{node.module}.{alias.name}" in sources
                members, names = members + is_module, names + (not is_module)
    if names >= max(modules, members):
        return "names"
    return "module" if modules >= members else "from"


def _named_from(tree: ast.Module, sources: frozenset[str]) -> frozenset[str]:
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module and not node.level]
    named = ((node.module, alias.name) for node in nodes for alias in node.names)
    return frozenset(module for module, name in named if module and f"{module}.{name}" not in sources)


def _packages(tree: ast.Module) -> dict[str, str]:
    imported = [alias for node in tree.body if isinstance(node, ast.Import) for alias in node.names]
    return {alias.name: alias.asname or alias.name for alias in imported if alias.asname or "." not in alias.name}


def _reached(tree: ast.Module) -> frozenset[str]:
    called = {bound: name for name, bound in _packages(tree).items()}
    found = (n for n in ast.walk(tree) if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name))
    pairs = ((n.value.id, n.attr) for n in found if isinstance(n.value, ast.Name))
    return frozenset(f"{called[name]}.{attribute}" for name, attribute in pairs if name in called)


def _top(name: str) -> str:
    return name.partition(".")[0]


def _patching(tests: Sequence[ast.FunctionDef | ast.AsyncFunctionDef]) -> Patching:
    asked = Counter(argument.arg for test in tests for argument in test.args.args)
    mocked = sum("patch" in ast.unparse(test) and "monkeypatch" not in ast.unparse(test) for test in tests)
    if asked["mocker"] > asked["monkeypatch"]:
        return "mocker"
    return "mock" if mocked > asked["monkeypatch"] + asked["mocker"] else "monkeypatch"


def _waiting(tree: ast.Module, tests: Sequence[ast.FunctionDef | ast.AsyncFunctionDef]) -> Waiting:
    """Return how the file tests coroutines, empty where it tests none."""
    of_file = [ast.unparse(n.value) for n in tree.body if isinstance(n, ast.Assign) and "pytestmark" in ast.unparse(n)]
    seen: Counter[Waiting] = Counter()
    for test in tests:
        if not isinstance(test, ast.AsyncFunctionDef):
            seen["run"] += "asyncio.run(" in ast.unparse(test)
            continue
        marks = " ".join([*map(ast.unparse, test.decorator_list), *of_file])
        seen["asyncio" if "mark.asyncio" in marks else "anyio" if "mark.anyio" in marks else "plain"] += 1
    found = seen.most_common(1)
    return found[0][0] if found and found[0][1] else ""
