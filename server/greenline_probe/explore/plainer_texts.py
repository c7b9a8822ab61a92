"""A text that the search put together, made more like what a person would write: as a whole, in lists and in files."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterator

from greenline_probe.explore.sources import LONG, SEPARATOR, repeated
from greenline_probe.explore.typical import SEVERAL

MOST_WORDS = 3
_LITERAL = r"'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\""
_TEXT = re.compile(rf"(?<![\w'\"])(?:{_LITERAL})(?! \*)")
_CONTENT = re.compile(rf"(?<=\.write_text\()(?:{_LITERAL})(?=\))")
_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")


def simpler_texts(source: str, ordinary: list[str]) -> Iterator[str]:
    """Yield the expression with one of its texts simpler; ``ordinary`` are expressions that a person would write."""
    whole = source[:1] in "'\"" and SEPARATOR not in source
    pattern = _CONTENT if SEPARATOR in source else _TEXT
    usual = [text for each in ordinary for text in _texts(each)]
    for found in pattern.finditer(source):
        text = _value(found.group())
        for made in _simpler(text, usual, is_content=pattern is _CONTENT, is_whole=whole):
            yield source[: found.start()] + made + source[found.end() :]
    if source[:1] == "[":
        yield from _with_fewer_items(source)


def _simpler(text: str, usual: list[str], *, is_content: bool, is_whole: bool) -> Iterator[str]:
    if len(text) >= LONG and not is_content:
        yield repeated("x", len(text))
    if len(text) > 1:
        yield from map(repr, _more_like(text, usual))
    if is_content:
        yield from map(repr, _with_plain_lines(text))
    elif is_whole:
        yield from map(repr, _with_less(text, {t for each in usual for t in _TOKEN.findall(each)}))


def _more_like(text: str, usual: list[str]) -> Iterator[str]:
    """Yield the text with one of its differences from the nearest ordinary one undone, as a whole or in part."""
    tokens = _TOKEN.findall(text)
    others = [_TOKEN.findall(each) for each in usual if each]
    matches = [difflib.SequenceMatcher(None, tokens, other, autojunk=False) for other in others]
    ratio, place = max(((m.ratio(), -i) for i, m in enumerate(matches)), default=(0.0, 0))
    if not ratio:
        return
    nearest, other = matches[-place], others[-place]
    for kind, start, end, there, until in nearest.get_opcodes():
        if kind == "equal":
            continue
        for stop in dict.fromkeys((until, there + 1)):
            yield "".join([*tokens[:start], *other[there : min(stop, until)], *tokens[end:]])


def _with_plain_lines(text: str) -> Iterator[str]:
    """Yield a file's content without one of its lines, or with a plain word for one."""
    lines = text.splitlines(keepends=True)
    for i, line in enumerate(lines):
        if len(lines) > 1:
            yield "".join([*lines[:i], *lines[i + 1 :]])
        word = str(ast.literal_eval(SEVERAL[i % MOST_WORDS]))
        if line.strip() and line.strip() not in text.replace(line, "", 1) and line.strip() != word:
            yield "".join([*lines[:i], line.replace(line.strip(), word), *lines[i + 1 :]])


def _with_less(text: str, known: set[str]) -> Iterator[str]:
    """Yield the text without a part of it; words that are ordinary stay whole."""
    kept = [False] * len(text)
    for token in _TOKEN.finditer(text):
        if len(token.group()) > 1 and token.group() in known:
            kept[token.start() : token.end()] = [True] * len(token.group())
    size = max(1, len(text) // 2)
    while size:
        for start in range(0, len(text), size) if size < len(text) else ():
            if not any(kept[start : start + size]):
                yield text[:start] + text[start + size :]
        size //= 2


def _with_fewer_items(source: str) -> Iterator[str]:
    try:
        items = ast.literal_eval(source)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return
    for i in range(len(items)) if len(items) > 1 else ():
        yield repr([*items[:i], *items[i + 1 :]])


def _texts(source: str) -> list[str]:
    pattern = _CONTENT if SEPARATOR in source else _TEXT
    return [_value(literal) for literal in pattern.findall(source)]


def _value(literal: str) -> str:
    try:
        return str(ast.literal_eval(literal))
    except (ValueError, SyntaxError):
        return ""
