"""Calls a little different from those that callers and tests make: noise of the same effect reads worse."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator

from greenline_probe.explore.meant import is_for
from greenline_probe.explore.template import Choice, Slot

MOST_CALLS = 60
MOST_CHANGES = 36
MOST_OF_A_KIND = 6
MOST_PIECES = 6
LONGEST = 40
LONGEST_PIECE = 12
_WORD = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"\d+")


def near_examples(examples: list[Choice]) -> list[Choice]:
    """Return the calls with one of their texts changed a little, and let their slots know these texts.

    The changes go by what the code compares the text with.
    """
    found: dict[object, Choice] = {}
    for choice in examples:
        for place, slot in enumerate(choice.template.slots):
            text = _plain_text(choice.chosen[place])
            if not text or slot.role not in ("argument", "construct") or slot.keyword:
                continue
            slot.familiar.setdefault(choice.chosen[place], 0)
            changes = itertools.islice(changed_texts(text, _pieces(choice, slot)), MOST_CHANGES)
            for rank, changed in enumerate(changes, start=1):
                source = repr(changed)
                if len(found) >= MOST_CALLS:
                    return list(found.values())
                if is_for(slot, source):
                    slot.familiar.setdefault(source, rank)
                    made = Choice(choice.template, (*choice.chosen[:place], source, *choice.chosen[place + 1 :]))
                    found.setdefault(made.key, made)
    return list(found.values())


def changed_texts(text: str, pieces: list[str]) -> Iterator[str]:
    """Yield the text with a piece put in, or a part taken away: what people change first, each once."""
    inside = [piece for piece in pieces if piece in text]
    absent = [piece for piece in pieces if piece not in text]
    once = [piece for piece in inside if text.count(piece) == 1]
    words = [piece for piece in absent if _WORD.search(piece)]
    marks = [piece for piece in absent if piece not in words]
    kinds = (
        _with_other_words(text, words),
        _put_in_front(text, words),
        _with_other_endings(text, inside, words),
        _without_pieces(text, once),
        _without_parts(text, inside),
        _without_words(text),
        _without_pieces(text, [piece for piece in inside if piece not in once]),
        _put_behind(text, words),
        _put_in_front(text, marks),
        _put_behind(text, marks),
        _put_between(text, words),
        _with_more_parts(text, inside),
        _with_other_separators(text, inside, marks),
        _with_other_numbers(text),
        iter([f" {text} "]),
    )
    seen = {text}
    for kind in kinds:
        for changed in itertools.islice(kind, MOST_OF_A_KIND):
            if changed.strip() and len(changed) <= LONGEST and changed not in seen:
                seen.add(changed)
                yield changed


def _plain_text(source: str) -> str:
    """Return the short text on one line that a source is; empty for anything else."""
    if source[:1] not in "'\"":
        return ""
    try:
        value = ast.literal_eval(source)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return ""
    is_short = isinstance(value, str) and 1 < len(value) <= LONGEST and value.isprintable()
    return value if is_short and _WORD.search(value) else ""


def _pieces(choice: Choice, slot: Slot) -> list[str]:
    """Return the short texts that the code works with, first those that the parameter is compared with."""
    facts = choice.template.subject.facts
    known = [*facts.compared.get(slot.name, ()), *facts.constants]
    texts = [each for each in known if isinstance(each, str) and 0 < len(each) <= LONGEST_PIECE]
    return [each for each in dict.fromkeys(texts) if each.isprintable() and each.strip()][:MOST_PIECES]


def _with_other_words(text: str, pieces: list[str]) -> Iterator[str]:
    for piece in filter(str.isalnum, pieces):
        for word in _WORD.finditer(text):
            if word.group() != text and word.group().isalpha() == piece.isalpha():
                yield text[: word.start()] + piece + text[word.end() :]


def _put_in_front(text: str, pieces: list[str]) -> Iterator[str]:
    for piece in pieces:
        if _stay_apart(piece, text):
            if piece.islower() and text[:1].isupper() and not text[1:2].isupper():
                yield f"{piece}{text[0].lower()}{text[1:]}"
            yield piece + text


def _put_behind(text: str, pieces: list[str]) -> Iterator[str]:
    return (text + piece for piece in pieces if _stay_apart(text, piece))


def _without_pieces(text: str, pieces: list[str]) -> Iterator[str]:
    for piece in pieces:
        yield text.replace(piece, "").strip()
        yield text.replace(piece, "", 1).strip()


def _without_parts(text: str, pieces: list[str]) -> Iterator[str]:
    """Yield it with one of its parts empty, then without it."""
    for piece in pieces:
        parts = text.split(piece)
        for i in range(len(parts)):
            yield piece.join([*parts[:i], "", *parts[i + 1 :]]).strip()
            yield piece.join([*parts[:i], *parts[i + 1 :]]).strip()


def _without_words(text: str) -> Iterator[str]:
    for word in _WORD.finditer(text):
        yield f"{text[: word.start()]}{text[word.end() :]}".strip()


def _put_between(text: str, pieces: list[str]) -> Iterator[str]:
    for piece in pieces:
        for word in itertools.islice(_WORD.finditer(text), 1, None):
            before, after = text[: word.start()], text[word.start() :]
            if _stay_apart(before, piece) and _stay_apart(piece, after):
                yield before + piece + after


def _with_other_endings(text: str, inside: list[str], words: list[str]) -> Iterator[str]:
    for piece, other in itertools.product(inside, words):
        if text.endswith(piece) and piece[0] == other[0] and not piece[0].isalnum() and _WORD.search(piece):
            yield text[: -len(piece)] + other


def _with_other_separators(text: str, inside: list[str], marks: list[str]) -> Iterator[str]:
    for piece, other in itertools.product(inside, marks):
        if not _WORD.search(piece):
            yield text.replace(piece, other)


def _with_more_parts(text: str, pieces: list[str]) -> Iterator[str]:
    """Yield it with one of its parts twice; the first says what it is about, and comes last."""
    for piece in pieces:
        parts = text.split(piece)
        for i in (*range(1, len(parts)), 0):
            yield piece.join([*parts[: i + 1], *parts[i:]])


def _with_other_numbers(text: str) -> Iterator[str]:
    for number in reversed(list(_NUMBER.finditer(text))):
        more = str(int(number.group()) + 1).zfill(len(number.group()))
        yield text[: number.start()] + more + text[number.end() :]


def _stay_apart(one: str, other: str) -> bool:
    """Tell whether two texts put together do not become one word at the seam."""
    return not (one[-1:].isalnum() and other[:1].isalnum())
