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
    _closed: dict[str, float] = field(default_factory=dict)
    """When; what comes soon after is late, not early."""

    def keep(self, uri: str, version: int | None, changes: Sequence[types.TextDocumentContentChangeEvent]) -> None:
        """Keep a change of what is not open, and was not a moment ago."""
        since = self.clock() - _PATIENCE
        if version is None or self._closed.get(uri, since) > since:
            return
        kept = (*self._waiting.pop(uri, ()), EarlyChange(version, tuple(changes), self.clock()))
        self._waiting[uri] = kept[-_MOST:]
        if len(self._waiting) > _MOST:
            del self._waiting[next(iter(self._waiting))]

    def take(self, uri: str, version: int | None) -> list[EarlyChange]:
        """Return those that follow this version, which was opened just now, in their order, and forget all of them.

        One that is missing between them comes late: see ``RecentChanges``.
        """
        since = self.clock() - _PATIENCE
        found = [
            change
            for change in self._waiting.pop(uri, ())
            if version is not None and change.came >= since and change.version > version
        ]
        return sorted(found, key=lambda change: change.version)

    def closed(self, uri: str) -> None:
        """Remember that a buffer was closed just now."""
        since = self.clock() - _PATIENCE
        self._closed = {each: then for each, then in self._closed.items() if then > since and each != uri}
        self._closed[uri] = self.clock()
