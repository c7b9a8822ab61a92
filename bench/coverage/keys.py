"""A person who types into a file, key by key: lines that are not finished, mistakes taken back, and all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_BACK = "\b"
_WRITTEN = """
    if order_total > 12:
        order_total = apply_discount(order_totla<<al, rate=0.2)
        log.info("reduced to %s", order_total)
    else:
        notes = [note for note in notes if note.openn<]
    match order_total:
        case 0:
            return None
""".replace("<", _BACK)


class Typist:
    """Holds the text as the editor has it. The text is ASCII, so each encoding counts alike."""

    def __init__(self, text: str, *, whole: bool) -> None:
        assert text.isascii()
        self._lines = text.split("\n")
        self._whole = whole
        self._keys = self._endless()
        self._line = self._next_place(len(self._lines) // 2)
        self._column = len(self._lines[self._line])

    @property
    def text(self) -> str:
        return "\n".join(self._lines)

    def press(self) -> list[dict[str, Any]]:
        """Press one key, and return the ``contentChanges`` for it; the whole text where the server wants that."""
        key = next(self._keys)
        line, column = self._line, self._column
        end, start = {"line": line, "character": column}, {"line": line, "character": column}
        here = self._lines[line]
        if key == _BACK:
            start = {"line": line, "character": column - 1}
            self._lines[line], self._column = here[: column - 1] + here[column:], column - 1
        elif key == "\n":
            self._lines[line : line + 1] = [here[:column], here[column:]]
            self._line, self._column = line + 1, 0
        else:
            self._lines[line], self._column = here[:column] + key + here[column:], column + 1
        if self._whole:
            return [{"text": self.text}]
        return [{"range": {"start": start, "end": end}, "text": "" if key == _BACK else key}]

    def _endless(self) -> Iterator[str]:
        while True:
            yield from _WRITTEN
            self._line = self._next_place((self._line + 997) % len(self._lines))
            self._column = len(self._lines[self._line])

    def _next_place(self, line: int) -> int:
        """Return the next line that ends a statement of a function."""
        while not self._lines[line].startswith("    return "):
            line = (line + 1) % len(self._lines)
        return line - 1
