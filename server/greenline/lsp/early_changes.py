"""Changes of a buffer that come before it is opened: Helix 25.01 hands each message to whichever thread is free."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lsprotocol import types

_PATIENCE = 5.0
"""Seconds: what was overtaken comes at once, and a change that is left from an earlier opening must not be taken."""
_MOST = 20
"""Buffers, and changes of each: whoever never opens what it changes fills no memory."""


@dataclass(frozen=True, slots=True)
class EarlyChange:
    """One notification."""

    version: int
    changes: tuple[types.TextDocumentContentChangeEvent, ...]
    came: float


@dataclass(slots=True)
class EarlyChanges:
    """By URI. Lost, they would leave the text as it was opened, for as long as it is open."""

    clock: Callable[[], float] = time.monotonic
    _waiting: dict[str, tuple[EarlyChange, ...]] = field(default_factory=dict)

    def keep(self, uri: str, version: int | None, changes: Sequence[types.TextDocumentContentChangeEvent]) -> None:
        """Keep a change of what is not open."""
        if version is None:
            return
        kept = (*self._waiting.pop(uri, ()), EarlyChange(version, tuple(changes), self.clock()))
        self._waiting[uri] = kept[-_MOST:]
        if len(self._waiting) > _MOST:
            del self._waiting[next(iter(self._waiting))]

    def take(self, uri: str, version: int | None) -> list[EarlyChange]:
        """Return those that follow this version without a hole, which was opened just now, and forget all of them."""
        found: list[EarlyChange] = []
        since = self.clock() - _PATIENCE
        for change in sorted(self._waiting.pop(uri, ()), key=lambda change: change.version):
            if version is not None and change.came >= since and change.version == version + len(found) + 1:
                found.append(change)
        return found
