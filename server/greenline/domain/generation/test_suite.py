"""The tests of a file as a person sees them: which are about a target, and where another one of it belongs."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from greenline.domain.generation.collected_names import Collected
from greenline.domain.generation.import_items import items_of
from greenline.domain.generation.merge_scope import identifiers
from greenline.domain.generation.test_style import is_fixture, style_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from greenline.domain.generation.source_text import SourceText
    from greenline.domain.generation.test_style import TestStyle

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_HARMLESS = ("django_db", "usefixtures", "asyncio", "anyio")
"""Marks of a class that leave a new test as it is: others may skip it, pass it arguments or put it aside."""
_TEST_LIBRARIES = frozenset({"pytest", "unittest", "mock", "hypothesis", "TestCase", "Mock", "patch"})
_CASES = ("TestCase", "IsolatedAsyncioTestCase")


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a test belongs. With a class it is a method, below ``after`` in it, or in a new class of that name."""

    after: ast.stmt | None = None
    """The statement of the module that it follows; None for the end of the file."""
    owner: str = ""
    unittest: bool = False
    method: ast.stmt | None = None
    """The statement of the class that it follows; None for a new class."""
    base: str = ""
    """What a new class inherits."""
    names: frozenset[str] = frozenset()
    """What is in the class already."""

    def beside(self) -> Seat:
        """Return the seat of a function that can be no method there."""
        return Seat(self.after)


class TestSuite:
    """The tests of one file."""

    __test__ = False

    def __init__(self, source: SourceText, tree: ast.Module, collected: Collected) -> None:
        self._body = tree.body
        self._collected = collected
        self._classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
        self._source = source
        self._bases = {ast.unparse(base) for node in self._classes.values() for base in node.bases}
        self._seats: dict[tuple[str, ...], Seat] = {}
        self._tests = [test for node in tree.body for test in self._tests_of(node)]

    def seat_for(self, words: Sequence[str]) -> Seat:
        """Return the place behind the last test of a target, given as the parts of its qualified name."""
        known = self._seats.get(tuple(words))
        if known is None:
            known = self._seats[tuple(words)] = self._seat_for(words)
        return known

    def _seat_for(self, words: Sequence[str]) -> Seat:
        words = [word for word in words if not word.startswith("__")] or list(words)
        ranks = [(*test.rank(words), number) for number, test in enumerate(self._tests)] if words else []
        rank, _, number = max(ranks, default=(0, False, 0))
        if not rank:
            return self._new(words)
        test = self._tests[number]
        if test.owner is None:
            return Seat(test.node)
        if not self._is_open(test.owner):
            return Seat(test.owner)
        return self._inside(test.owner, test.node)

    def _new(self, words: Sequence[str]) -> Seat:
        """Return the end of the file: in a class of its own where that is the style."""
        if not any(test.owner for test in self._tests) or not words or not words[0].strip("_"):
            return Seat()
        style = self._style
        if style.grouping != "classes":
            return Seat()
        if self._common_class:
            return self._inside(self._common_class, self._common_class.body[-1])
        name = style.class_for(".".join(words))
        if name in self._classes:
            owner = self._classes[name]
            return self._inside(owner, owner.body[-1]) if self._is_open(owner) else Seat(owner)
        if not style.unittest and not self._collected.has_class(name):
            return Seat()
        return Seat(None, name, style.unittest, None, style.base)

    @cached_property
    def _style(self) -> TestStyle:
        return style_of(self._source.text.removeprefix("\ufeff"))

    @cached_property
    def _common_class(self) -> ast.ClassDef | None:
        """Return the only class of the file, where it is for the tests of everything."""
        owners = {test.owner.name: test.owner for test in self._tests if test.owner}
        if len(owners) != 1:
            return None
        (owner,) = owners.values()
        plain = self._collected.usual_class(owner.name)
        is_of_one = any(_is_of(plain, name) for name in identifiers(owner))
        is_of_one = is_of_one or (len(self._tests) > 1 and len(self._called_in(owner)) == 1)
        return owner if self._is_open(owner) and not is_of_one else None

    def _called_in(self, owner: ast.ClassDef) -> set[str]:
        """Return what the tests of a class call that the file imports, test libraries aside."""
        nodes = [node for node in self._body if isinstance(node, (ast.Import, ast.ImportFrom))]
        bound = {item.bound for node in nodes for item in items_of(node)} - _TEST_LIBRARIES
        calls = [node.func for node in ast.walk(owner) if isinstance(node, ast.Call)]
        plain = {func.id for func in calls if isinstance(func, ast.Name)} & bound
        dotted = [func for func in calls if isinstance(func, ast.Attribute)]
        return plain | {func.attr for func in dotted if ast.unparse(func.value).partition(".")[0] in bound}

    def _inside(self, owner: ast.ClassDef, method: ast.stmt) -> Seat:
        names = frozenset(node.name for node in owner.body if isinstance(node, _FUNCTIONS))
        return Seat(owner, owner.name, self._is_unittest(owner), method, names=names)

    def _is_open(self, owner: ast.ClassDef) -> bool:
        """Tell whether a new method is collected, and does what it would do elsewhere."""
        marks = [each.func if isinstance(each, ast.Call) else each for each in owner.decorator_list]
        unwelcome = any(ast.unparse(each).rpartition(".")[2] not in _HARMLESS for each in marks)
        unwelcome = unwelcome or owner.name in self._bases  # its heirs would run a new test, too
        collected = self._collected.has_class(owner.name) or self._is_unittest(owner)
        in_lines = owner.body[0].lineno > owner.lineno
        return not unwelcome and collected and in_lines

    def _is_unittest(self, owner: ast.ClassDef, depth: int = 0) -> bool:
        for base in owner.bases:
            written = ast.unparse(base)
            known = self._classes.get(written)
            if written.endswith(_CASES) or (
                known and depth < len(self._classes) and self._is_unittest(known, depth + 1)
            ):
                return True
        return False

    def _tests_of(self, node: ast.stmt) -> list[_Test]:
        if isinstance(node, _FUNCTIONS):
            name = self._collected.usual_function(node.name)
            return [_Test(node, self._words_of(node), name)] if name and not is_fixture(node) else []
        if not isinstance(node, ast.ClassDef) or any(is_named(each, "__init__") for each in node.body):
            return []
        cases = self._is_unittest(node)
        if not cases and not self._collected.has_class(node.name):
            return []
        collected = Collected() if cases else self._collected
        group = self._collected.usual_class(node.name)
        methods = [each for each in node.body if isinstance(each, _FUNCTIONS) and not is_fixture(each)]
        named = [(each, name) for each in methods if (name := collected.usual_function(each.name))]
        return [_Test(each, self._words_of(each), name, node, group) for each, name in named]

    def _words_of(self, node: ast.stmt) -> str:
        """Return the lines of a test: most of them need no closer look."""
        return self._source.text[self._source.start(node.lineno) : self._source.start((node.end_lineno or 0) + 1)]


def is_named(node: ast.stmt, name: str) -> bool:
    """Tell whether a statement defines a function of that name."""
    return isinstance(node, _FUNCTIONS) and node.name == name


@dataclass(frozen=True, slots=True)
class _Test:
    node: ast.FunctionDef | ast.AsyncFunctionDef
    text: str
    name: str
    """As it would be where pytest takes the usual names for tests; so is the class's, ``group``."""
    owner: ast.ClassDef | None = None
    group: str = ""

    def rank(self, words: Sequence[str]) -> tuple[int, bool]:
        """Return how surely it is a test of the target, 0 for one of something else; and whether its class says so."""
        stems = {words[-1].lower(), "_".join(_snake(word) for word in words[-2:])}
        named = any(_is_named_after(self.name, stem) for stem in stems)
        things = [*words[:-1][-1:], words[-1], "".join(words[-2:])]
        grouped = self.owner is not None and any(_is_of(self.group, thing) for thing in things)
        used = identifiers(self.node) if words[-1] in self.text else set()
        mentions = words[-1] in used and (set(words) <= used or grouped)
        if mentions and (named or grouped):
            return 4, grouped
        if not mentions:
            return 2 if named and self.owner is None else 1 if grouped else 0, grouped
        return 0 if self._is_of_another(used - set(words)) else 3, grouped

    def _is_of_another(self, used: set[str]) -> bool:
        """Tell whether it is named after something else that it uses: the target only helps there."""
        stems = {_snake(name).strip("_") for name in used}
        if any(len(stem) > 1 and _is_named_after(self.name, stem) for stem in stems):
            return True
        return self.owner is not None and any(_is_of(self.group, name) for name in used if len(name) > 1)


def _is_of(owner: str, thing: str) -> bool:
    plain = re.sub(r"^Tests?_?|_?(Tests?|TestCase|Cases?)$", "", owner).replace("_", "").lower()
    return bool(plain) and plain == thing.replace("_", "").lower()


def _is_named_after(test_name: str, stem: str) -> bool:
    stem = stem.strip("_")
    if not stem:
        return False
    name = _snake(test_name)
    return (
        f"{name}_".startswith((f"test_{stem}_", f"test_it_{stem}_"))
        or name.replace("_", "") == f"test{stem.replace('_', '')}"
    )


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
