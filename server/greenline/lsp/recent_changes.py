"""The last changes of a buffer: Helix 25.01 may send two of them in the wrong order."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from greenline.lsp.text_buffer import TextBuffer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lsprotocol import types

_PATIENCE = 5.0
"""Seconds: what was overtaken comes at once."""
_MOST = 20


@dataclass(frozen=True, slots=True)
class _Text:
    """What a change was made in."""

    version: int
    text: str


@dataclass(frozen=True, slots=True)
class _Made:
    version: int
    changes: tuple[types.TextDocumentContentChangeEvent, ...]
    came: float
    before: _Text | None
    """Where versions between them were left out: most editors number that way, but one of them may come late."""


@dataclass(slots=True)
class RecentChanges:
    """Those of one buffer. A version that is left out proves nothing; one that is smaller than the last came late."""

    encoding: str
    clock: Callable[[], float] = time.monotonic
    _made: deque[_Made] = field(default_factory=lambda: deque(maxlen=_MOST))

    def note(
        self,
        before: tuple[int | None, TextBuffer],
        version: int | None,
        changes: Sequence[types.TextDocumentContentChangeEvent],
    ) -> None:
        """Note a change that is about to be made in a buffer of a version."""
        last, buffer = before
        if version is None or last is None or version <= last:
            self._made.clear()
            return
        skipped = _Text(last, buffer.text) if version > last + 1 else None
        self._made.append(_Made(version, tuple(changes), self.clock(), skipped))

    def put_right(self, version: int, changes: Sequence[types.TextDocumentContentChangeEvent]) -> str | None:
        """Return the text with a change that was overtaken in its place; None where its place is not known."""
        since = self.clock() - _PATIENCE
        later = list(self._made)
        while later and not _is_place(later[0], version, since):
            del later[0]
        if not later or later[0].before is None:
            return None
        for _ in later:
            self._made.pop()
        last, buffer = later[0].before.version, TextBuffer(later[0].before.text, self.encoding)
        for each_version, each in [(version, changes), *((made.version, made.changes) for made in later)]:
            self.note((last, buffer), each_version, each)
            last = each_version
            for change in each:
                buffer.change(change)
        return buffer.text


def _is_place(made: _Made, version: int, since: float) -> bool:
    return made.came >= since and made.before is not None and made.before.version < version < made.version
