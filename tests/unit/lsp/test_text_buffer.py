from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types

from greenline.domain.code.text_lines import split_lines
from greenline.lsp.positions import Positions
from greenline.lsp.text_buffer import TextBuffer

pieces = st.sampled_from(["a", "b", "é", "👋", "\r", "\n", "\r\n", "\f", "\u2028", " "])
texts = st.lists(pieces, max_size=12).map("".join)
encodings = st.sampled_from(["utf-8", "utf-16", "utf-32"])


def partly(start: types.Position, end: types.Position, text: str) -> types.TextDocumentContentChangePartial:
    return types.TextDocumentContentChangePartial(range=types.Range(start, end), text=text)


@given(texts, st.data(), encodings)
def test_a_change_of_any_place_gives_the_text_that_it_gives(text: str, data: st.DataObject, encoding: str) -> None:
    buffer = TextBuffer(text, encoding)
    for _ in range(3):
        first, last = sorted(data.draw(st.tuples(*[st.integers(0, len(text))] * 2)))
        new = data.draw(texts)
        if _parts_a_line_end(text, first) or _parts_a_line_end(text, last):
            continue
        positions = Positions(text, encoding)
        before = list(buffer.lines)
        splice = buffer.change(partly(positions.position_at(first), positions.position_at(last), new))
        text = text[:first] + new + text[last:]
        assert buffer.text == text
        assert buffer.lines == split_lines(text)
        assert buffer.lines[: splice.first] == before[: splice.first]
        assert buffer.lines[splice.first + splice.inserted :] == before[splice.first + splice.removed :]


@given(texts, texts)
def test_a_whole_text_is_a_change_of_what_differs(before: str, after: str) -> None:
    buffer = TextBuffer(before, "utf-16")
    splice = buffer.change(types.TextDocumentContentChangeWholeDocument(text=after))
    assert (buffer.text, buffer.lines) == (after, split_lines(after))
    if split_lines(before) == split_lines(after):
        assert (splice.removed, splice.inserted) == (0, 0)


def test_places_outside_of_the_text_are_its_ends() -> None:
    buffer = TextBuffer("a\nb", "utf-16")
    buffer.change(partly(types.Position(0, 99), types.Position(0, 99), "c"))
    assert buffer.text == "ac\nb"
    buffer.change(partly(types.Position(7, 0), types.Position(9, 0), "d"))
    assert buffer.text == "ac\nbd"
    buffer.change(partly(types.Position(1, 1), types.Position(0, 0), "x"))  # the wrong way round
    assert buffer.text == "ac\nbxd"


def _parts_a_line_end(text: str, offset: int) -> bool:
    return 0 < offset < len(text) and text[offset - 1 : offset + 1] == "\r\n"
