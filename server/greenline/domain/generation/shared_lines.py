"""What several tests begin with becomes a fixture: ``client = app.test_client()`` is written once."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from greenline.domain.generation.import_items import items_of
from greenline.domain.generation.model import Brought, Candidate
from greenline.domain.generation.source_text import SourceText
from greenline.domain.generation.table_shape import FIXTURES
from greenline.domain.generation.wrap_source import double_quoted, wrapped

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

SHARED_FROM = 3
"""So many tests of one file are worth a fixture; fewer say it themselves."""
_CLASS = re.compile(r"^class ", re.MULTILINE)
_Function = (ast.FunctionDef, ast.AsyncFunctionDef)


def with_fixtures(
    found: Sequence[Sequence[Candidate]], text: str | None, known: Collection[str] = ()
) -> list[tuple[Candidate, ...]]:
    """Return the candidates, those that begin alike with a fixture that does it.

    ``text`` is that of the test file, None where there is none; in classes each test stays as it is. ``known`` are the
    names of fixtures that are there.
    """
    counts: dict[tuple[str, ...], int] = {}
    for candidate in (each for group in found for each in group if _is_shareable(each, known)):
        counts[candidate.shared] = counts.get(candidate.shared, 0) + 1
    if text and _CLASS.search(text):
        counts = {}

    def written(candidate: Candidate) -> Candidate:
        is_one = counts.get(candidate.shared, 0) >= SHARED_FROM and _is_shareable(candidate, known)
        return _with_fixture(candidate) if is_one else candidate

    return [tuple(map(written, group)) for group in found]


def _is_shareable(candidate: Candidate, known: Collection[str]) -> bool:
    """Tell whether a fixture can do it: what it may depend on comes not before, what else it makes is not used."""
    if not candidate.shared:
        return False
    statements = _parsed(candidate.shared)
    function = _function(candidate.code)
    place = _place(function, statements)
    name = _target(statements[-1])
    if place is None or not name or name in known:
        return False
    called = [n.func for n in _walk(statements) if isinstance(n, ast.Call)]
    makes = any(isinstance(each, ast.Name) and each.id.islower() for each in called)
    if place and makes:  # a factory may look at what stands before it
        return False
    others = {target for each in statements[:-1] if (target := _target(each))}
    rest = [*function.body[:place], *function.body[place + len(statements) :]]
    return not others & {n.id for n in _walk(rest) if isinstance(n, ast.Name)}


def _with_fixture(candidate: Candidate) -> Candidate:
    statements = _parsed(candidate.shared)
    function = _function(candidate.code)
    place = _place(function, statements) or 0
    last = statements[-1]
    name = _target(last)
    made = [*map(ast.unparse, statements[:-1]), f"return {ast.unparse(last.value)}"]  # type: ignore[attr-defined]
    lines = [each for statement in made for each in wrapped(double_quoted(statement), "    ")]
    code = _without(candidate.code, function, place, len(statements))
    needed = {n.id for n in _walk(statements) if isinstance(n, ast.Name)}
    left = {n.id for n in ast.walk(SourceText(code).parse()) if isinstance(n, ast.Name)}
    fixture = Brought(
        name,
        "\n".join(["@pytest.fixture", f"def {name}():", *lines]),
        ("import pytest", *(each for each in candidate.imports if _bound(each) & needed)),
    )
    kept = tuple(each for each in candidate.imports if not _bound(each) & needed or _bound(each) & left)
    return replace(
        candidate, code=_asking(code, name), imports=kept, fixtures=(fixture, *candidate.fixtures), shared=()
    )


def _without(code: str, function: ast.FunctionDef | ast.AsyncFunctionDef, place: int, count: int) -> str:
    """Return the code without statements of the body, and without the blank line that would open or double then."""
    lines = code.split("\n")
    first, last = function.body[place].lineno - 1, function.body[place + count - 1].end_lineno or 0
    before, after = lines[:first], lines[last:]
    if after and not after[0].strip() and (place == 0 or not before[-1].strip()):
        after = after[1:]
    return "\n".join([*before, *after])


def _asking(code: str, name: str) -> str:
    """Return the test with a parameter more: behind the columns of its table, before pytest's own fixtures."""
    function = _function(code)
    named = [each.arg for each in function.args.args]
    place = next((i for i, each in enumerate(named) if each in FIXTURES), len(named))
    head = wrapped(f"def {function.name}({', '.join([*named[:place], name, *named[place:]])})", "", ":")
    lines = code.split("\n")
    return "\n".join([*lines[: function.lineno - 1], *head, *lines[function.body[0].lineno - 1 :]])


def _function(code: str) -> ast.FunctionDef | ast.AsyncFunctionDef:
    return next(node for node in SourceText(code).parse().body if isinstance(node, _Function))


def _place(function: ast.FunctionDef | ast.AsyncFunctionDef, statements: Sequence[ast.stmt]) -> int | None:
    """Return the index of the first of these statements in the body, None where they are not all there in a row."""
    wanted = [ast.dump(each) for each in statements]
    body = [ast.dump(each) for each in function.body]
    places = [i for i in range(len(body) - len(wanted) + 1) if body[i : i + len(wanted)] == wanted]
    return places[0] if len(places) == 1 and len(body) > len(wanted) else None


def _parsed(statements: Iterable[str]) -> list[ast.stmt]:
    return SourceText("\n".join(statements)).parse().body


def _walk(statements: Iterable[ast.AST]) -> Iterable[ast.AST]:
    return (node for statement in statements for node in ast.walk(statement))


def _target(statement: ast.stmt) -> str:
    """Return the variable that a plain assignment makes, else nothing."""
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1 and isinstance(statement.targets[0], ast.Name):
        return statement.targets[0].id
    return ""


def _bound(statement: str) -> set[str]:
    (node,) = SourceText(statement).parse().body
    return {item.bound for item in items_of(node)} if isinstance(node, (ast.Import, ast.ImportFrom)) else set()
