"""The source of files with what ran of it; a browser draws one when somebody opens it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from greenline.domain.code.text_lines import split_lines
from greenline.page.markup import Html, data, element

if TYPE_CHECKING:
    from pathlib import Path

    from greenline.domain.coverage.model import Gap
    from greenline.services.picture import Picture


@dataclass(frozen=True, slots=True)
class Listing:
    """One file's source: each line's state is a letter, as in ``domain/coverage/line_states.py``."""

    path: Path
    lines: tuple[str, ...]
    states: str
    gaps: tuple[Gap, ...]

    @property
    def size(self) -> int:
        """Characters."""
        return sum(map(len, self.lines)) + len(self.lines)

    @classmethod
    def of(cls, picture: Picture, text: str) -> Listing:
        """Return what a picture says of its text."""
        lines = split_lines(text)
        return cls(picture.path, tuple(lines if lines[-1] else lines[:-1]), picture.states, picture.gaps)


def listing(one: Listing, name: str, words: str, link: str) -> Html:
    """Return a closed file: its source is data until it is opened."""
    notes: dict[int, list[str]] = {}
    for gap in one.gaps:
        notes.setdefault(gap.lines[0], []).append(gap.explanation)
    held = data({"lines": one.lines, "states": one.states, "notes": notes})
    title = element("summary", element("b", name), " ", element("span", words))
    return element("details", title, held, class_="listing", id=link)
