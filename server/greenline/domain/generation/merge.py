"""Put new tests into a test file without touching what is there."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from greenline.domain.generation.collected_names import Collected
from greenline.domain.generation.import_items import first_party_of, group_of, statements_for
from greenline.domain.generation.indentation import indented, step_of
from greenline.domain.generation.merge_places import Layout, spaced
from greenline.domain.generation.merge_scope import FileScope, identifiers
from greenline.domain.generation.model import Insertion
from greenline.domain.generation.source_text import SourceText
from greenline.domain.generation.test_suite import TestSuite
from greenline.domain.generation.text_spans import Spans

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from greenline.domain.generation.import_items import ImportItem
    from greenline.domain.generation.merge_scope import Fitted
    from greenline.domain.generation.model import Candidate


_NO_PLACE = "no safe place for new tests was found in this file"


@dataclass(frozen=True, slots=True)
class Block:
    """The code of one new test, not indented; ``is_method`` where it will be, by one step."""

    code: str
    is_method: bool = False


@dataclass(frozen=True, slots=True)
class Merged:
    """The test file with the new tests in it. With a ``problem`` nothing was merged and ``new_text`` is the base."""

    new_text: str
    insertions: tuple[Insertion, ...] = ()
    """Relative to the base text, in its order; one at the start for a new file."""
    names: tuple[str, ...] = ()
    """Final names of the tests that were added."""
    code: str = ""
    """Source of the new tests, with ``\\n`` as line ending."""
    problem: str = ""
    blocks: tuple[Block, ...] = ()
    """The new tests, each by itself: what a formatter can lay out anew."""
    placed: tuple[str | None, ...] = ()
    """One per candidate: its final name; None where the same test is there already or the candidate is not Python."""


def merge_tests(
    base_text: str | None,
    candidates: Sequence[Candidate],
    *,
    target: str | None = None,
    targets: Sequence[str] = (),
    first_party: Collection[str] = (),
    styled: Mapping[str, str] | None = None,
    collected: Collected | None = None,
    fixtures: Collection[str] = (),
) -> Merged:
    """Add the candidates to a test file; ``base_text`` None makes a new one.

    An existing file changes by insertions only. ``target`` is the qualified name of the tested function, ``targets``
    that of each candidate's where there are several (guessed from each candidate when neither is given);
    ``first_party`` are the project's top-level packages (guessed when empty). ``styled`` are other layouts of
    ``blocks``, as an earlier merge gave them. ``collected`` is what pytest takes for tests there, ``fixtures`` are the
    names of those around the file. Raises nothing.
    """
    source = SourceText(base_text or "")
    try:
        tree = source.parse()
        scope = FileScope.of(source, tree, fixtures)
    except (SyntaxError, ValueError, RecursionError) as error:
        return Merged(base_text or "", problem=_does_not_parse(error), placed=(None,) * len(candidates))
    suite = TestSuite(source, tree, collected or Collected())
    told = targets or [target or "" for _ in candidates]
    fitted = [_fit(scope, suite, each, about) for each, about in zip(candidates, told, strict=True)]
    blocks = tuple(Block(each.code, bool(each.seat.owner)) for each in fitted if each)
    tests = [_in_layout(each, styled or {}) for each in fitted if each]
    placed = tuple(each.name if each else None for each in fitted)
    if not tests:
        return Merged(base_text or "", placed=placed)
    ours = frozenset(first_party) or first_party_of(scope.added)
    if base_text is None:
        insertions = [Insertion(1, 0, _new_file(scope.added, tests, ours))]
    else:
        insertions = _insert(Layout(source, tree, ours), source, scope.added, tests)
    new_text = source.with_insertions(insertions)
    if base_text is not None and not _keeps(source, tree, new_text):
        # A place that only looked safe: put everything behind the last line, where nothing can be cut apart.
        if any(each.seat.owner for each in tests):
            return Merged(base_text, problem=_NO_PLACE, placed=(None,) * len(fitted))
        insertions = [_append(source, scope.added, tests, ours)]
        new_text = source.with_insertions(insertions)
        if not _keeps(source, tree, new_text):
            return Merged(base_text, problem=_NO_PLACE, placed=(None,) * len(fitted))
    code = "\n\n\n".join(each.code for each in tests) + "\n"
    return Merged(new_text, tuple(insertions), tuple(each.name for each in tests), code, placed=placed, blocks=blocks)


def only_adds(base_text: str, new_text: str) -> bool:
    """Tell whether a text has all that another one has, in its order: for edits that others have made. Raises nothing.

    Each character is there still, and each statement says what it said.
    """
    source, rest = SourceText(base_text), iter(new_text)
    try:
        tree = source.parse()
    except (SyntaxError, ValueError, RecursionError):
        return False
    return all(each in rest for each in base_text) and _keeps(source, tree, new_text)


def _fit(scope: FileScope, suite: TestSuite, candidate: Candidate, target: str) -> Fitted | None:
    try:
        words = target.split(".") if target else [_tested(candidate)]
        return scope.fit(candidate, suite.seat_for(words if words[-1] else []))
    except (SyntaxError, ValueError):
        return None


def _in_layout(test: Fitted, styled: Mapping[str, str]) -> Fitted:
    code = styled.get(test.code)
    return test if code is None else replace(test, code=code, is_styled=True)


def _tested(candidate: Candidate) -> str:
    """Guess from its name which of the functions that it uses a test is about."""
    used = identifiers(SourceText(candidate.code).parse())
    found = [name for name in used if f"_{name.lower()}_" in f"_{candidate.name.lower()}_"]
    return max(found, key=len, default="")


def _new_file(items: Sequence[ImportItem], tests: Sequence[Fitted], ours: Collection[str]) -> str:
    header = _header(items, ours)
    return "\n\n\n".join([*([header] if header else []), *(each.code for each in tests)]) + "\n"


def _header(items: Sequence[ImportItem], ours: Collection[str]) -> str:
    groups: dict[int, list[ImportItem]] = {}
    for item in items:
        groups.setdefault(group_of(item.module, ours), []).append(item)
    return "\n\n".join("\n".join(statements_for(groups[group])) for group in sorted(groups))


def _insert(
    layout: Layout, source: SourceText, items: Sequence[ImportItem], tests: Sequence[Fitted]
) -> list[Insertion]:
    # A new future import would change what the tests that are there do.
    pieces = layout.imports([item for item in items if item.module != "__future__"])
    at: dict[tuple[int, bool, str], list[Fitted]] = {}
    for test in tests:
        # At one place, methods come before what stands below their class.
        key = (layout.place_of(test.seat), not test.seat.method, test.seat.owner)
        at.setdefault(key, []).append(test)
    step = step_of(source.text)
    for (offset, is_module_level, _), found in sorted(at.items(), key=lambda item: item[0][:2]):
        before = source.text[:offset] + pieces.get(offset, "")
        body = _written(found, layout.column_of(found[0].seat), step)
        text = spaced(before, body, source.text[offset:], 2 if is_module_level else 1, source.newline)
        pieces[offset] = pieces.get(offset, "") + text
    return [source.insertion(offset, text) for offset, text in sorted(pieces.items())]


def _written(tests: Sequence[Fitted], column: str, step: str) -> str:
    """Return the tests of one place, in the class that is theirs."""
    seat = tests[0].seat
    if not seat.owner:
        return "\n\n\n".join(_at(each, "", step) for each in tests)
    methods = "\n\n".join(_at(each, column or step, step) for each in tests)
    if seat.method:
        return methods
    return f"class {seat.owner}{f'({seat.base})' if seat.base else ''}:\n{methods}"


def _at(test: Fitted, column: str, step: str) -> str:
    if test.is_styled:
        return indented(test.code, column, fitting=False)
    return indented(test.code, column, step, fitting=bool(column))


def _append(
    source: SourceText, items: Sequence[ImportItem], tests: Sequence[Fitted], ours: Collection[str]
) -> Insertion:
    body = _new_file([item for item in items if item.module != "__future__"], tests, ours).rstrip("\n")
    return source.insertion(len(source.text), spaced(source.text, body, "", 2, source.newline))


def _keeps(source: SourceText, tree: ast.Module, new_text: str) -> bool:
    """Tell whether the new text parses and every statement that was there is there, in its order."""
    try:
        found = iter(SourceText(new_text).parse().body)
    except (SyntaxError, ValueError, RecursionError):
        return False

    before, after = Spans(source.text), Spans(new_text)

    def is_there(old: ast.stmt, new: ast.stmt) -> bool:
        # The same words are the same statement, and much faster to compare.
        same = type(old) is type(new) and _words_of(before, old) == _words_of(after, new)
        return same or _is_still(old, new)

    return all(any(is_there(old, new) for new in found) for old in tree.body)


def _words_of(text: Spans, node: ast.stmt) -> list[str]:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return [*map(text.source, decorators), text.source(node)]


def _is_still(old: ast.stmt, new: ast.stmt) -> bool:
    if isinstance(old, ast.ImportFrom) and isinstance(new, ast.ImportFrom):
        names = {ast.dump(alias) for alias in new.names}
        same = (old.module, old.level) == (new.module, new.level)
        return same and all(ast.dump(alias) in names for alias in old.names)
    if isinstance(old, ast.Try) and isinstance(new, ast.Try) and len(old.body) == len(new.body):
        rest = [_without_body(old) == _without_body(new), *map(_is_still, old.body, new.body)]
        return all(rest)
    if isinstance(old, ast.ClassDef) and isinstance(new, ast.ClassDef):
        there = iter(ast.dump(each) for each in new.body)
        return _head(old) == _head(new) and all(ast.dump(each) in there for each in old.body)
    return type(old) is type(new) and ast.dump(old) == ast.dump(new)


def _without_body(node: ast.Try) -> str:
    return "|".join(ast.dump(each) for each in [*node.handlers, *node.orelse, *node.finalbody])


def _head(node: ast.ClassDef) -> str:
    return "".join(map(ast.dump, [*node.bases, *node.keywords, *node.decorator_list])) + node.name


def _does_not_parse(error: Exception) -> str:
    if isinstance(error, SyntaxError) and error.lineno:
        return f"the test file does not parse: line {error.lineno}: {error.msg}"
    return f"the test file does not parse: {error}"
