"""Make of what a model proposed what the trial and the merge take."""

from __future__ import annotations

import ast
import keyword
import re
from typing import TYPE_CHECKING, TypeAlias

from greenline.domain.asking.asserting import asserts_nothing
from greenline.domain.asking.redaction import PLACEHOLDER
from greenline.domain.asking.written_tests import source_of
from greenline.domain.code.parse import parse
from greenline.domain.code.syntax_tree import module_of
from greenline.domain.code.text_lines import split_lines
from greenline.domain.generation.import_items import items_of, statements_for
from greenline.domain.generation.indentation import STEP, indented
from greenline.domain.generation.model import Brought, Candidate
from greenline.domain.generation.rename import rename_globals
from greenline.domain.generation.test_style import is_fixture
from greenline.domain.generation.text_spans import Spans

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from greenline.domain.asking.model import ProposedTest
    from greenline.domain.generation.import_items import ImportItem

_Def: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_CLOSED = (ast.List, ast.Dict, ast.Set, ast.Tuple)
_DEFINES = (*_FUNCTIONS, ast.ClassDef, ast.Assign, ast.AnnAssign)


class NoCandidate(Exception):
    """What was proposed cannot be a candidate; the message says why, as a sentence without a full stop."""


def as_candidate(test: ProposedTest, taken: Collection[str] = ()) -> Candidate:
    """Return the test as one top-level function with its import statements and the fixtures that it brings.

    What else stands beside the function (a class for a fake, a constant) goes into it, imports that nothing uses go.
    ``taken`` are names of tests that it may not have: it gets a number then. Raises NoCandidate.
    """
    if PLACEHOLDER.search(test.code):
        raise NoCandidate("it rests on a value that was taken out before anything was sent")
    tree, problems = parse(test.code)
    if tree is None:
        raise NoCandidate(f"it does not parse: {problems[0]}")
    parts = _Parts(tree, split_lines(test.code.removeprefix("\ufeff")))
    code = _renamed(parts.code(), parts.test.name, _free(parts.test.name, taken))
    if asserts_nothing(code):
        raise NoCandidate("it asserts nothing that the code under test could change")
    items = [*_imported(test.imports), *parts.imports]
    fixtures = tuple(Brought(node.name, text, _needed(items, text)) for node, text in parts.fixtures())
    return Candidate(
        _free(parts.test.name, taken), code, _needed(items, code), fixtures=fixtures, summary=test.intent.strip()
    )


class _Parts:
    """The statements of a text, by what becomes of them."""

    def __init__(self, tree: ast.Module, lines: Sequence[str]) -> None:
        self._lines = lines
        self.imports: list[ImportItem] = []
        self._fixtures: list[_Def] = []
        self._beside: list[ast.stmt] = []
        self._marks: list[str] = []
        tests = []
        for node in tree.body:
            if _is_test(node):
                tests.append(node)
            else:
                self._sort(node)
        self.test = self._only(tests)

    def _only(self, tests: Sequence[ast.stmt]) -> _Def:
        functions = [node for node in self._beside if isinstance(node, _FUNCTIONS)]
        if not tests and len(functions) == 1:  # named in another way, by the project's own or by mistake
            tests = functions
            self._beside.remove(functions[0])
        if len(tests) > 1:
            raise NoCandidate("it is several tests in one")
        if not tests:
            raise NoCandidate("it has no test function")
        if not isinstance(tests[0], _FUNCTIONS):
            raise NoCandidate("it is a method that uses others of its class, where a function is asked for")
        return tests[0]

    def _sort(self, node: ast.stmt) -> None:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            self.imports += items_of(node)
        elif isinstance(node, _FUNCTIONS) and is_fixture(node):
            if any("autouse" in ast.unparse(each) for each in node.decorator_list):
                raise NoCandidate(f"its fixture {node.name} would be used by all other tests of the file, too")
            self._fixtures.append(node)
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark":
            marks = node.value.elts if isinstance(node.value, (ast.List, ast.Tuple)) else [node.value]
            self._marks += [f"@{ast.unparse(each)}\n" for each in marks]
        elif isinstance(node, _DEFINES):
            self._beside.append(node)
        elif not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)) and not _is_main(node):
            raise NoCandidate("it does something outside of its function")

    def code(self) -> str:
        """Return the test with what it needs in it."""
        return "".join(self._marks) + self._with_beside(self.test)

    def fixtures(self) -> list[tuple[_Def, str]]:
        """Return the fixtures with their code."""
        return [(node, self._with_beside(node).rstrip("\n")) for node in self._fixtures]

    def _with_beside(self, node: _Def) -> str:
        code = _with_values_in_head(source_of(node, self._lines), self._values())
        node = _function_of(code)
        needed: list[ast.stmt] = []
        used = _names(code)
        for each in reversed(self._beside):
            if _bound(each) & used:
                needed.insert(0, each)
                used |= _names(source_of(each, self._lines))
        bound = {name for each in needed for name in _bound(each)}
        _check_outside(node, needed, bound)
        if not needed:
            return code + "\n"
        return _with_first(code, "\n".join(source_of(each, self._lines) for each in needed))

    def _values(self) -> dict[str, str]:
        """Return the source of what is assigned beside the function, as it can stand within an expression."""
        found: dict[str, str] = {}
        spans = Spans("\n".join(self._lines))
        for node in self._beside:
            target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
            value = node.value if isinstance(node, (ast.Assign, ast.AnnAssign)) else None
            if isinstance(target, ast.Name) and value is not None:
                text = spans.source(value)
                is_closed = isinstance(value, _CLOSED) and text[:1] in "[{("
                is_plain = isinstance(value, (ast.Constant, ast.Call, ast.Name)) and "\n" not in text
                found[target.id] = text if is_closed or is_plain else f"({text})"
        return found


def _with_values_in_head(code: str, values: Mapping[str, str]) -> str:
    """Return a function whose decorators and defaults have the values of names in their places: a table, say."""
    for _ in values:
        names = [name for name in _names_in_head(_function_of(code)) if name.id in values]
        spans = Spans(code)
        for span, text in sorted(((spans.of(n), values[n.id]) for n in names), key=lambda e: e[0].start, reverse=True):
            code = code[: span.start] + text + code[span.end :]
    return code


def _names_in_head(node: _Def) -> list[ast.Name]:
    head = [*node.decorator_list, *node.args.defaults, *(each for each in node.args.kw_defaults if each)]
    return [each for part in head for each in ast.walk(part) if isinstance(each, ast.Name)]


def _function_of(code: str) -> _Def:
    (node,) = [each for each in module_of(code).body if isinstance(each, _FUNCTIONS)]
    return node


def _check_outside(node: _Def, needed: Sequence[ast.stmt], bound: Collection[str]) -> None:
    """Raise NoCandidate where what stands beside the function cannot go into it."""
    names = {each.id for each in _names_in_head(node)}
    if names & set(bound):
        raise NoCandidate(f"its head uses {min(names & set(bound))}, which stands outside of the function")
    if any(isinstance(each, ast.Global) for part in [node, *needed] for each in ast.walk(part)):
        raise NoCandidate("it changes a variable outside of its function")


def _with_first(code: str, block: str) -> str:
    """Return a function with statements before all others, but for its docstring."""
    node = _function_of(code)
    first = node.body[0]
    if first.lineno == node.lineno:
        body = [*module_of(block).body, *node.body]
        node.body = body
        return ast.unparse(ast.fix_missing_locations(node)) + "\n"
    has_words = ast.get_docstring(node) is not None
    at = (first.end_lineno or first.lineno) if has_words else first.lineno - 1
    lines = split_lines(code)
    step = lines[first.lineno - 1][: first.col_offset] or STEP
    inner = indented(block, step, fitting=False).split("\n")
    return "\n".join([*lines[:at], *([""] if has_words else []), *inner, "", *lines[at:]]) + "\n"


def _imported(imports: Sequence[str]) -> list[ImportItem]:
    found: list[ImportItem] = []
    for text in imports:
        tree, _ = parse(text.strip())
        body = tree.body if tree else []
        if not body or not all(isinstance(node, (ast.Import, ast.ImportFrom)) for node in body):
            raise NoCandidate(f"what it imports is no import: {' '.join(text.split())[:60]}")
        found += [item for node in body if isinstance(node, (ast.Import, ast.ImportFrom)) for item in items_of(node)]
    return found


def _needed(items: Sequence[ImportItem], code: str) -> tuple[str, ...]:
    """Return whole statements of what the code uses."""
    used = _names(code)
    if any(item.name == "*" for item in items):
        raise NoCandidate("it imports everything of a module, so that nobody sees what it uses")
    found = list(dict.fromkeys(item for item in items if item.bound in used and item.module != "__future__"))
    whole = "\n".join(statements_for(found))
    tree, _ = parse(whole)
    return tuple(ast.get_source_segment(whole, node) or ast.unparse(node) for node in tree.body) if tree else ()


def _free(name: str, taken: Collection[str]) -> str:
    name = name if name.startswith("test") or keyword.iskeyword(name) else f"test_{name}"
    free, number = name, 2
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    return free


def _renamed(code: str, old: str, new: str) -> str:
    try:
        return code if old == new else rename_globals(code, {old: new})
    except (SyntaxError, ValueError) as error:
        raise NoCandidate(f"it does not parse: {error}") from error


def _is_test(node: ast.stmt) -> bool:
    if isinstance(node, ast.ClassDef):
        return any(isinstance(each, _FUNCTIONS) and each.name.startswith("test") for each in node.body)
    return isinstance(node, _FUNCTIONS) and node.name.startswith("test") and not is_fixture(node)


def _is_main(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and "__main__" in ast.unparse(node.test)


def _bound(node: ast.stmt) -> set[str]:
    if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
        return {node.name}
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}


def _names(code: str) -> set[str]:
    """Return the names that code uses, those in annotations that are texts included."""
    tree, _ = parse(code)
    if tree is None:
        return set(re.findall(r"\w+", code))
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    annotations = [node.annotation for node in ast.walk(tree) if isinstance(node, (ast.arg, ast.AnnAssign))]
    texts = (each for part in annotations if part for each in ast.walk(part) if isinstance(each, ast.Constant))
    return names | {word for each in texts if isinstance(each.value, str) for word in re.findall(r"\w+", each.value)}
