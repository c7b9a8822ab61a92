"""Edits that were made one after the other, as the one edit that makes both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenline.domain.generation.model import TestEdit
from greenline.domain.generation.source_text import SourceText

if TYPE_CHECKING:
    from collections.abc import Sequence

    from greenline.domain.generation.model import Insertion


def joined(first: TestEdit, second: TestEdit) -> TestEdit:
    """Return the edit of ``first``'s base that gives ``second``'s text; ``second`` is one of what ``first`` gives.

    Both only insert. Raises ValueError where they do not follow each other.
    """
    if first.path != second.path or first.new_text != second.base_text:
        raise ValueError(f"the edits of {first.path.name} do not follow each other")
    base, between = SourceText(first.base_text), SourceText(first.new_text)
    pieces: list[tuple[int, str]] = _placed(base, first.insertions)
    for offset, text in reversed(_placed(between, second.insertions)):
        _insert(pieces, offset, text)
    insertions = tuple(base.insertion(offset, text) for offset, text in pieces)
    return TestEdit(first.path, first.creates, first.base_text, second.new_text, insertions)


def _placed(source: SourceText, insertions: Sequence[Insertion]) -> list[tuple[int, str]]:
    """Return offset and text of each, in the order of the text; one for each place."""
    found: dict[int, str] = {}
    for each in insertions:
        offset = source.place(each.line, each.column)
        found[offset] = each.text + found.get(offset, "")  # as they are inserted, the last stands first
    return sorted(found.items())


def _insert(pieces: list[tuple[int, str]], offset: int, text: str) -> None:
    """Insert at an offset of the text that has the pieces in it, ``offset`` counted there."""
    shift = 0
    for number, (at, piece) in enumerate(pieces):
        start = at + shift
        if offset < start:
            pieces.insert(number, (offset - shift, text))
            return
        if offset <= start + len(piece):
            inside = offset - start
            pieces[number] = (at, piece[:inside] + text + piece[inside:])
            return
        shift += len(piece)
    pieces.append((offset - shift, text))
