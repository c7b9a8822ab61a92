"""Put right by rule what is often wrong in a test that a model wrote, before the model is asked again."""

from __future__ import annotations

import ast
import re
import textwrap
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from greenline.domain.asking.missing_imports import Known, names_of, undefined_names
from greenline.domain.asking.patch_targets import with_right_targets
from greenline.domain.asking.waiting_tests import waiting_as
from greenline.domain.code.parse import parse
from greenline.domain.generation.import_items import ImportItem, items_of, statements_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from greenline.domain.asking.model import ProposedTest
    from greenline.domain.generation.test_style import Waiting

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_FENCE = re.compile(r"^[ \t]*(?:```+|~~~+)[ \t]*\w*[ \t]*$\n?", re.MULTILINE)
_PROMPT = re.compile(r"^(?:>>>|\.\.\.) ?", re.MULTILINE)
_LANGUAGE = re.compile(r"\A\s*(?:python3?|py)[ \t]*\n")
_QUOTES = str.maketrans("\u2018\u2019\u201c\u201d", "''\"\"")
_BARE = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")


@dataclass(frozen=True, slots=True)
class Around:
    """What a test can rely on."""

    module: str = ""
    """Dotted name of the module under test, as tests import it."""
    source: str = ""
    """Its text."""
    test_text: str = ""
    """The test file as it is."""
    waiting: Waiting = ""
    """How the project's tests wait for coroutines, by ``TestStyle``."""
    fixtures: frozenset[str] = frozenset()
    """Names of the fixtures that a test there can ask for."""


@dataclass(frozen=True, slots=True)
class Repaired:
    """A test and what was put right in it, in words ("added import json"); nothing where it is as it was."""

    test: ProposedTest
    changes: tuple[str, ...] = ()


def repaired(test: ProposedTest, around: Around) -> Repaired:
    """Return the test with what rules can put right; what it asserts stays as it is. Raises nothing.

    What repairing put right needs no repairing again.
    """
    changes: list[str] = []
    code = _laid_out(test.code, changes)
    tree, _ = parse(code)
    if tree is None:
        return Repaired(test)
    code = _without_self(code, tree, changes)
    code, targets = with_right_targets(code, around.module, around.source)
    changes += [f"patched {target} instead, where it is looked up" for target in targets]
    waiting = waiting_as(code, around.waiting, is_marked="pytestmark" in around.test_text)
    if waiting != code:
        code = waiting
        changes.append("waited as the project's tests do")
    imports = _imports(code, test.imports, around, changes)
    if not changes:
        return Repaired(test)
    return Repaired(replace(test, code=code, imports=imports), tuple(changes))


def _laid_out(code: str, changes: list[str]) -> str:
    """Return code without what markdown left in it, indented as Python has it; as it is where nothing helps."""
    if parse(code)[0] is not None and not code.startswith((" ", "\t")) and not _LANGUAGE.match(code):
        return code
    for words, candidate in _layouts(code):
        if candidate != code and parse(candidate)[0] is not None:
            changes.append(words)
            return candidate
    return code


def _layouts(code: str) -> Iterator[tuple[str, str]]:
    plain = code.replace("\r\n", "\n").replace("\r", "\n").expandtabs(4)
    cleaned = _LANGUAGE.sub("", _FENCE.sub("", plain))
    if not _LANGUAGE.match(plain):
        yield "put the indentation right", _dedented(plain)
    yield "took markdown out", _dedented(cleaned)
    yield "took markdown out", _dedented(_PROMPT.sub("", cleaned))
    if "\n" not in code.strip() and "\\n" in code:
        yield "put the line ends right", _dedented(code.replace("\\n", "\n").replace('\\"', '"').replace("\\t", "\t"))
    yield "put the quotes right", _dedented(cleaned.translate(_QUOTES))
    yield "put the indentation right", _body_indented(_dedented(cleaned))
    yield "put the indentation right", _evenly(_dedented(cleaned))


def _dedented(code: str) -> str:
    return textwrap.dedent(code).strip("\n") + "\n"


def _body_indented(code: str) -> str:
    """Indent what follows the head of a test, where it stands at the left margin."""
    lines = code.split("\n")
    heads = [n for n, line in enumerate(lines) if re.match(r"(?:async )?def test", line)]
    if len(heads) != 1:
        return code
    at = next((n for n in range(heads[0], len(lines)) if lines[n].rstrip().endswith(":")), heads[0])
    body = [f"    {line}" if line.strip() else line for line in lines[at + 1 :]]
    return "\n".join([*lines[: at + 1], *body])


def _evenly(code: str) -> str:
    """Take away spaces that make a depth which no line above has: those of a body that was moved by one or two."""
    lines: list[str] = []
    for line in code.split("\n"):
        depth = len(line) - len(line.lstrip(" "))
        lines.append(" " * (round(depth / 4) * 4) + line.lstrip(" "))
    return "\n".join(lines)


def _without_self(code: str, tree: ast.Module, changes: list[str]) -> str:
    """Take ``self`` from functions that are no methods and have no use for it."""
    before = code
    for node in reversed(tree.body):  # what stands above keeps its place
        if not isinstance(node, _FUNCTIONS) or not node.args.args or node.args.args[0].arg != "self":
            continue
        if any(isinstance(each, ast.Name) and each.id == "self" for each in ast.walk(node)):
            continue
        at = sum(len(line) + 1 for line in code.split("\n")[: node.lineno - 1])
        head, rest = code[:at], code[at:]
        code = head + re.sub(r"\(\s*self\s*(?:,\s*)?", "(", rest, count=1)
    changes += ["took self away"] if code != before else []
    return code


def _imports(code: str, imports: Sequence[str], around: Around, changes: list[str]) -> tuple[str, ...]:
    """Return the import statements, with those that are missing, and with the module's right name."""
    known = Known(around.module, around.source)
    tree, _ = parse(code)
    if tree is None:
        return tuple(imports)
    items: list[ImportItem] = []
    for text in imports:
        found = _read(text)
        if found is None:
            return tuple(imports)
        items += found
    right = [known.corrected(item) for item in items]
    changes += [
        f"imported {new.meaning} instead of {old.meaning}" for old, new in zip(items, right, strict=True) if new != old
    ]
    there = names_of(around.test_text) | around.fixtures
    added = []
    for name, used_with in sorted(undefined_names(tree, right, there).items()):
        item = known.item_for(name, used_with)
        if item is not None:
            added.append(item)
    changes += [f"added {' '.join(statements_for([item]))}" for item in added]
    is_written = not any(_BARE.fullmatch(text.strip()) for text in imports)
    if right == items and not added and is_written:
        return tuple(imports)
    if not is_written:
        changes.append("wrote its imports as statements")
    return tuple(statements_for(list(dict.fromkeys([*right, *added]))))


def _read(text: str) -> list[ImportItem] | None:
    """Return what an import statement imports; a bare name is one, too. None for anything else."""
    tree, _ = parse(text.strip())
    nodes = tree.body if tree else []
    if nodes and all(isinstance(node, (ast.Import, ast.ImportFrom)) for node in nodes):
        return [item for node in nodes if isinstance(node, (ast.Import, ast.ImportFrom)) for item in items_of(node)]
    if not _BARE.fullmatch(text.strip()):
        return None
    module, _, name = text.strip().rpartition(".")
    return [ImportItem(module, name) if module else ImportItem(name)]
