"""Updated tests laid out as their neighbours are: by the project's formatter, else broken where a line is too long."""

from __future__ import annotations

import ast
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import accumulate
from typing import TYPE_CHECKING

from greenline.domain.code.syntax_tree import module_of
from greenline.domain.generation.indentation import STEP, indented, outdented
from greenline.domain.generation.kept_tests import named_tests
from greenline.domain.generation.merge import Block
from greenline.domain.generation.revise import replaced
from greenline.domain.generation.text_spans import Span, Spans
from greenline.domain.generation.wrap_source import WIDTH, single_quoted, wrapped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from greenline.domain.generation.revise import Revised


def fitting(revised: Revised, text: str) -> Revised:
    """Return the test with lines broken that its new values have made too long."""
    found = _Places(revised, text)
    old = set(found.before.split("\n"))
    lines = [part for line in found.after.split("\n") for part in ([line] if line in old else _broken(line))]
    return found.written("\n".join(lines))


def blocks_of(revised: Revised, text: str) -> tuple[Block, Block] | None:
    """Return the test as it is and as it will be, for ``text_of`` of a formatter; None where it cannot stand alone."""
    found = _Places(revised, text)
    if found.indent not in ("", STEP):
        return None
    try:
        return Block(outdented(found.before), bool(found.indent)), Block(outdented(found.after), bool(found.indent))
    except SyntaxError:
        return None


def in_layout(revised: Revised, text: str, layouts: Mapping[str, str]) -> Revised | None:
    """Return the test as a formatter lays it out; None where the one of before is not as it would have it."""
    blocks = blocks_of(revised, text)
    if blocks is None or layouts.get(blocks[0].code) != blocks[0].code or blocks[1].code not in layouts:
        return None
    found = _Places(revised, text)
    return found.written(indented(layouts[blocks[1].code], found.indent, fitting=False))


class _Places:
    """One test in its file: its lines before and after, without the returns of a Windows file."""

    def __init__(self, revised: Revised, text: str) -> None:
        definition, spans = named_tests(text)[revised.test], Spans(text)
        first = min([definition, *definition.decorator_list], key=lambda node: node.lineno)
        start, end = spans.of(first).start, spans.of(definition).end
        self._start = text.rfind("\n", 0, start) + 1
        self._revised = revised
        self._source = text[self._start : end]
        shifted = [(Span(s.start - self._start, s.end - self._start), new) for s, new in revised.replacements]
        self.before = self._source.replace("\r\n", "\n")
        self.after = replaced(self._source, shifted).replace("\r\n", "\n")
        self.indent = self.before[: len(self.before) - len(self.before.lstrip())]

    def written(self, after: str) -> Revised:
        """Return the test with this text, its changed lines replaced as a whole; as it is where nothing is other."""
        if after == self.after or not _same(after, self.after):
            return self._revised
        ending = "\r\n" if "\r\n" in self._source else "\n"
        old, new = self._source.splitlines(keepends=True), after.replace("\n", ending).splitlines(keepends=True)
        starts = list(accumulate(map(len, old), initial=self._start))
        found = [
            (Span(starts[i1], starts[i2]), "".join(new[j1:j2]))
            for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
            if tag != "equal"
        ]
        return replace(self._revised, replacements=tuple(found))


def _broken(line: str) -> list[str]:
    text = line.lstrip()
    indent, sign = line[: len(line) - len(text)], "@" if text.startswith("@") else ""
    suffix = text[-1:] if text.endswith((",", ":")) else ""
    if len(line) <= WIDTH:
        return [line]
    lines = wrapped(text[len(sign) : len(text) - len(suffix)], indent, suffix)
    lines[0] = f"{indent}{sign}{lines[0][len(indent) :]}"
    if len(lines) == 1:
        return [line]
    return single_quoted("\n".join(lines)).split("\n") if '"' not in text else lines


def _same(one: str, other: str) -> bool:
    try:
        trees = [ast.dump(module_of(f"if 1:\n{text}" if text[:1].isspace() else text)) for text in (one, other)]
    except (SyntaxError, ValueError, RecursionError):
        return False
    return trees[0] == trees[1]
